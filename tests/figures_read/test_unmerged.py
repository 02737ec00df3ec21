"""Rows that are not merged yet, versions that came out of order, moved and removed rows: no query counts one twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analytics.periods import Against, Period, compared
from data_access.queries.accounts import busiest, without_rate
from data_access.queries.product_sales import ProductQuery, product_orders, product_sales
from data_access.queries.revenue import RevenueQuery, orders, products, revenue, revenue_choices
from data_access.scope import local_admin
from data_access.stores import Stores
from tests.warehouse_rows import ACCOUNT, SEEN, attribution, deduction, insert, line, migrated, order

WEEK = Period(date(2026, 11, 9), date(2026, 11, 15))
ASKED = RevenueQuery(
    period=WEEK,
    comparison=compared(WEEK, Against.PREVIOUS),
    compared_until=None,
    zone="Europe/Berlin",
    first_weekday=1,
)
ADMIN = local_admin()
# The version column of each table.
VERSION = {
    "klaviyo_orders": "inserted_at",
    "klaviyo_order_line_items": "inserted_at",
    "refund_cancelled_orders": "inserted_at",
    "order_deductions": "updated_at",
    "order_attribution": "updated_at",
    "projection_rejects": "updated_at",
}
READS: dict[str, Callable[[Stores], Any]] = {
    "revenue": lambda stores: revenue(stores, ADMIN, ACCOUNT, ASKED),
    "choices": lambda stores: revenue_choices(stores, ADMIN, ACCOUNT),
    "products": lambda stores: products(stores, ADMIN, ACCOUNT, ASKED),
    "orders": lambda stores: list(orders(stores, ADMIN, ACCOUNT, ASKED)),
    "product": lambda stores: product_sales(stores, ADMIN, ACCOUNT, ProductQuery(ASKED, "p")),
    "product orders": lambda stores: list(product_orders(stores, ADMIN, ACCOUNT, ProductQuery(ASKED, "p"))),
    "without a rate": lambda stores: without_rate(stores, ADMIN, ACCOUNT),
    "busiest": lambda stores: busiest(stores, ADMIN, [ACCOUNT, "Other"]),
    "doctor": lambda stores: left_out(stores),
}


def left_out(stores: Stores) -> list[dict[str, Any]]:
    with stores.warehouse.read() as session:
        return session.rows("doctor/left_out")


def refund(event: str, order_id: str) -> dict[str, Any]:
    return {
        "klaviyo_public_id": ACCOUNT, "event_id": event, "event_timestamp": datetime(2026, 11, 10, 9, tzinfo=UTC),
        "event_type": "refund", "original_order_id": order_id, "customer_id": "c", "refund_amount": Decimal("5.00"),
        "refund_currency": "CHF", "synced_at": SEEN,
    }  # fmt: skip


def reject(event: str) -> dict[str, Any]:
    at = datetime(2026, 11, 10, 9, tzinfo=UTC)
    return {"klaviyo_public_id": ACCOUNT, "event_id": event, "event_timestamp": at, "reason": "no value"}


# What holds in the end; an order without a rate, one of the period before, one that was moved here from another month.
TRUTH: dict[str, list[dict[str, Any]]] = {
    "klaviyo_orders": [
        order("a", "100.00", "2026-11-09 10:00", customer_id="ann"),
        order("b", "50.00", "2026-11-10 10:00", customer_id="ann", is_first_order=0, order_count_for_customer=2),
        order("moved", "30.00", "2026-11-11 10:00", customer_id="bob"),
        order("before", "20.00", "2026-11-03 10:00"),
        order("francs", "9.00", "2026-11-12 10:00", currency="CHF", order_value_account=None),
    ],
    "klaviyo_order_line_items": [
        line("a", "p", "100.00", "2026-11-09", 2), line("b", "p", "50.00", "2026-11-10"),
        line("before", "p", "20.00", "2026-11-03"),
    ],
    "refund_cancelled_orders": [refund("r1", "a")],
    "order_deductions": [deduction("b", "10.00", "2026-11-12 09:00", "2026-11-10")],
    "order_attribution": [attribution("a", "campaign", "C1", "email", "2026-11-09")],
    "projection_rejects": [reject("bad")],
}  # fmt: skip
# Earlier versions of the same keys: other values, other days, other months; and rows that are no more.
EARLIER: dict[str, list[dict[str, Any]]] = {
    "klaviyo_orders": [
        order("a", "999.00", "2026-11-09 11:00", customer_id="eve", shipping_country="FR"),
        order("moved", "30.00", "2026-09-02 10:00", customer_id="bob"),
        order("b", "50.00", "2026-11-13 10:00", customer_id="ann", order_status="cancelled"),
    ],
    "klaviyo_order_line_items": [line("a", "p", "7.00", "2026-10-01", 9)],
    "refund_cancelled_orders": [refund("r1", "b")],
    "order_deductions": [deduction("b", "10.00", "2026-11-12 09:00", "2026-09-10")],
    "order_attribution": [attribution("a", "flow", "F9", "sms", "2026-09-09")],
    "projection_rejects": [reject("bad")],
}
REMOVED: dict[str, list[dict[str, Any]]] = {
    "klaviyo_orders": [order("gone", "500.00", "2026-11-10 10:00")],
    "klaviyo_order_line_items": [line("a", "q", "500.00", "2026-11-09")],
    "refund_cancelled_orders": [refund("r9", "a")],
    "order_deductions": [deduction("a", "44.00", "2026-11-12 09:00", "2026-11-09")],
    "order_attribution": [attribution("b", "flow", "F1", "sms", "2026-11-10")],
    "projection_rejects": [reject("gone")],
}


def at(table: str, rows: list[dict[str, Any]], place: int, **more: Any) -> list[dict[str, Any]]:
    return [row | {VERSION[table]: SEEN + timedelta(microseconds=place)} | more for row in rows]


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the embedded engine says of the rows that hold."""
    with migrated(tmp_path_factory.mktemp("truth")) as stores:
        for table, rows in TRUTH.items():
            insert(stores, table, *rows)
        return {name: read(stores) for name, read in READS.items()}


@pytest.fixture(scope="module")
def unmerged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """The same rows with others of their keys: each version twice, the newest first, each insert a part of its own."""
    folder: Path = tmp_path_factory.mktemp("unmerged")
    with migrated(folder, "clickhouse") as stores:
        for table in VERSION:
            with stores.warehouse.write() as session:
                session.execute_text(f"SYSTEM STOP MERGES {table}")
            for _ in range(2):
                insert(stores, table, *at(table, TRUTH[table], 3))
                insert(stores, table, *at(table, REMOVED[table], 2, is_deleted=1))
                insert(stores, table, *at(table, EARLIER[table], 2))
                insert(stores, table, *at(table, EARLIER[table], 1, is_deleted=1))
                insert(stores, table, *at(table, REMOVED[table], 1))
        yield stores


@pytest.mark.parametrize("name", READS)
def test_a_query_counts_no_version_twice(truth: dict[str, Any], unmerged: Stores, name: str) -> None:
    assert READS[name](unmerged) == truth[name]


def test_there_was_something_to_count_twice(unmerged: Stores) -> None:
    with unmerged.warehouse.read() as session:
        parts = session.query_text(
            "SELECT table, count(*) AS n FROM system.parts WHERE active AND table LIKE '%order%' GROUP BY table", {}
        ).to_pylist()
        rows = session.query_text("SELECT count(*) AS n FROM klaviyo_orders SETTINGS final = 0", {})["n"][0].as_py()
        whole = session.query_text("SELECT count(*) AS n FROM klaviyo_orders", {})["n"][0].as_py()
    assert min(row["n"] for row in parts) >= 10
    assert (rows, whole) == (2 * (5 + 1 + 3 + 3 + 1), 5)


def test_every_query_of_the_warehouse_is_among_them() -> None:
    from data_access import statements

    asked = {path.stem for path in (statements.SQL_ROOT / "clickhouse" / "read" / "revenue").glob("*.sql")}
    assert asked == {
        "orders", "hours", "deductions", "customers", "products", "left_out", "order_rows", "product_days",
        "product_orders",
    }  # fmt: skip
