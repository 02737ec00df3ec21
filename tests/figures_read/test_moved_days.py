"""Spans of days are found by an index on ClickHouse: rows that moved to or from them, ties and removed rows with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from analytics.periods import Against, Period, compared
from data_access.queries.revenue import RevenueQuery
from data_access.scope import local_admin
from data_access.scoped import ScopedSession
from data_access.stores import Stores
from tests.warehouse_rows import ACCOUNT, migrated

# 20,000 orders of 1.00, a hundred a day from 1 January 2026 on, at noon; order 4,500 is the first of 15 February.
PLACED = (
    "INSERT INTO {table} (klaviyo_public_id, order_id, {columns} order_date, inserted_at, is_deleted)"
    " SELECT 'AbC123', concat('o', leftPad(toString(number), 9, '0')), {values}"
    " toDate32('2026-01-01') + {day}, toDateTime64('2026-11-21 12:00:00.00000{version}', 6, 'UTC'), {gone}"
    " FROM numbers(20000) WHERE {which}"
)
ORDERS = {
    "columns": "order_value, order_value_account, currency, order_timestamp, is_first_order, order_count_for_customer,",
    "values": "{value}, {value}, 'EUR', toDateTime64(toDate32('2026-01-01') + {day}, 6, 'UTC') + 43200, 1, 1,",
}
LINES = {
    "columns": "line_item_id, product_id, quantity, unit_price, line_total, line_total_account,",
    "values": "'1', 'p', 1, {value}, {value}, {value},",
}
WEEK = Period(date(2026, 2, 15), date(2026, 2, 21))
ASKED = RevenueQuery(WEEK, compared(WEEK, Against.NONE), None, "UTC", 1)
# Each is a part of its own, the versions out of order: which rows, on which day, their value, version, removed.
CHANGES = [
    ("number IN (4500, 4600, 4700)", "150", "1", 2, 0),  # left the week
    ("number IN (9000, 9001)", "47", "1", 2, 0),  # came into it
    ("number IN (4510)", "45", "1", 2, 1),  # removed
    ("number IN (4520)", "190", "1", 2, 1),  # moved and removed
    ("number IN (4530)", "45", "2", 1, 0),  # a tie with the first version: what came last holds
    ("number IN (4540)", "100", "1", 3, 0),  # left the week, ...
    ("number IN (4540)", "45", "9", 2, 0),  # ... of which an earlier version arrives late
]


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with migrated(tmp_path_factory.mktemp("moved"), "clickhouse") as stores, stores.warehouse.write() as session:
        for table, own in (("klaviyo_orders", ORDERS), ("klaviyo_order_line_items", LINES)):
            session.execute_text(f"SYSTEM STOP MERGES {table}")
            for which, day, value, version, gone in [("true", "intDiv(number, 100)", "1", 1, 0), *CHANGES]:
                values = own["values"].format(value=value, day=day)
                put = {"day": day, "version": version, "gone": gone, "which": which}
                session.execute_text(PLACED.format(table=table, columns=own["columns"], values=values, **put))
        yield stores


def told(stores: Stores, **settings: int) -> tuple[Decimal, int, int, int]:
    """Of the week: gross, orders, customers' orders by the hour, units of the product."""
    with stores.warehouse.write() as session:
        for name, value in settings.items():
            session.execute_text(f"SET {name} = {value}")
        try:
            reader = ScopedSession(session, local_admin(), ACCOUNT)
            rows = reader.rows("read/revenue/orders", **ASKED.bound())
            (total,) = [row for row in rows if row["split"] == "total"]
            hours = sum(row["orders"] for row in reader.rows("read/revenue/hours", **ASKED.bound()))
            (product,) = reader.rows("read/revenue/products", **ASKED.bound())
        finally:
            for name in settings:
                session.execute_text(f"SET {name} = 1")
    return total["gross"], total["orders"], hours, product["units"]


def test_a_row_counts_on_its_newest_day_only(moved: Stores) -> None:
    # 700 of seven days, less three, plus two, less two removed ones, less the one that left; one of them of 2.00.
    assert told(moved) == (Decimal("697.00"), 696, 696, 696)


def test_the_index_changes_no_answer(moved: Stores) -> None:
    assert told(moved, use_skip_indexes=0) == told(moved)


def test_without_exact_reading_of_the_index_there_would_be_more(moved: Stores) -> None:
    """These rows would tell: read by the index alone, the old days of rows that left are counted."""
    assert told(moved, use_skip_indexes_if_final_exact_mode=0)[1] > 696


def test_the_index_is_used(moved: Stores) -> None:
    with moved.warehouse.read() as session:
        plan = session.query_text(
            "EXPLAIN indexes = 1 SELECT count() FROM klaviyo_orders"
            " WHERE klaviyo_public_id = 'AbC123' AND order_date BETWEEN '2026-06-20' AND '2026-06-25'",
            {},
        )
    lines = [str(row).strip() for row in plan.column(0).to_pylist()]
    assert "Name: by_day" in lines
