"""Files of order lines into an account without Klaviyo: literal lines in, rows, figures and reasons out."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import grocery
from data_access.aggregates import recompute
from data_access.migrate import migrate
from data_access.queries.accounts import accounts, data_state
from data_access.scope import local_admin
from data_access.stores import Stores, close_stores, open_stores
from data_access.writes.load_orders import OrdersRefused
from data_access.writes.rates import load_rates_file
from ingest.doctor import look
from ingest.order_files.columns import UnfitColumns, columns_of
from ingest.order_files.loading import Asked, Loaded, NothingLoaded, load_orders
from ingest.order_files.reading import Format, UnreadableFile, opened
from settings import Settings
from tests.embedded_clickhouse import migrated_warehouse

SHOP = "SHOP"
BERLIN = Asked(timezone="Europe/Berlin", currency="EUR")
LINES = """\
order_id,customer_id,customer_email,order_timestamp,product_id,product_name,product_type,quantity,unit_price,line_total
A1,c1,Ann@Example.com,2026-03-01 23:30,P1,Shirt,Tops,2,10.00,18.50
A1,c1,ann@example.com,2026-03-01 23:30,P2,Socks,Feet,1,5.00,5.00
A2,c2,,2026-03-02 10:00,P1,Shirt,Tops,1,10.00,10.00
A3,c1,ann@example.com,2026-03-04T08:15:00Z,P2,Socks,Feet,3,5.00,15.00
"""


def text(folder: Path, content: str, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def load(stores: Stores, settings: Settings, path: Path, asked: Asked = BERLIN, account: str = SHOP) -> Loaded:
    return load_orders(stores, settings, local_admin("test"), account, path, asked)


def rows(stores: Stores, sql: str) -> list[dict[str, Any]]:
    with stores.warehouse.read() as session:
        found: list[dict[str, Any]] = session.query_text(sql, {}).to_pylist()
    return found


@pytest.fixture
def both(
    settings: Settings, stores: Stores, migrated_postgres_url: str, tmp_path: Path
) -> Iterator[list[tuple[Settings, Stores]]]:
    """Empty stores in one DuckDB file, and on PostgreSQL with ClickHouse."""
    apart = Settings(
        data_dir=tmp_path / "apart", database_url=migrated_postgres_url, warehouse_url=migrated_warehouse(tmp_path)
    )
    opened_stores = open_stores(apart)
    migrate(opened_stores)
    yield [(settings, stores), (apart, opened_stores)]
    close_stores(opened_stores)


def test_a_file_becomes_orders_and_figures(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    done = load(stores, settings, text(tmp_path, LINES))

    assert (done.orders, done.lines, done.customers, done.lines_rejected) == (3, 4, 2, 0)
    assert rows(
        stores,
        "SELECT order_id, customer_id, customer_email, order_value, order_date, order_timestamp, item_count,"
        " product_count, is_first_order, order_count_for_customer, days_since_last_order, customer_total_spent,"
        " discount_amount"
        " FROM klaviyo_orders ORDER BY order_id",
    ) == [
        {
            "order_id": "A1", "customer_id": "c1", "customer_email": "ann@example.com", "order_value": Decimal("23.50"),
            "order_date": date(2026, 3, 1), "order_timestamp": datetime(2026, 3, 1, 22, 30, tzinfo=UTC),
            "item_count": 3, "product_count": 2, "is_first_order": 1, "order_count_for_customer": 1,
            "days_since_last_order": None, "customer_total_spent": Decimal("23.50"), "discount_amount": Decimal("1.50"),
        },
        {
            "order_id": "A2", "customer_id": "c2", "customer_email": "c2", "order_value": Decimal("10.00"),
            "order_date": date(2026, 3, 2), "order_timestamp": datetime(2026, 3, 2, 9, tzinfo=UTC),
            "item_count": 1, "product_count": 1, "is_first_order": 1, "order_count_for_customer": 1,
            "days_since_last_order": None, "customer_total_spent": Decimal("10.00"), "discount_amount": Decimal("0.00"),
        },
        {
            "order_id": "A3", "customer_id": "c1", "customer_email": "ann@example.com", "order_value": Decimal("15.00"),
            "order_date": date(2026, 3, 4), "order_timestamp": datetime(2026, 3, 4, 8, 15, tzinfo=UTC),
            "item_count": 3, "product_count": 1, "is_first_order": 0, "order_count_for_customer": 2,
            "days_since_last_order": 3, "customer_total_spent": Decimal("38.50"), "discount_amount": Decimal("0.00"),
        },
    ]  # fmt: skip
    assert rows(
        stores,
        "SELECT line_item_id, product_id, quantity, unit_price, line_total, discount_amount, discount_per_item"
        " FROM klaviyo_order_line_items WHERE order_id = 'A1' ORDER BY line_item_id",
    ) == [
        {"line_item_id": "A1:1", "product_id": "P1", "quantity": 2, "unit_price": Decimal("10.00"),
         "line_total": Decimal("18.50"), "discount_amount": Decimal("1.50"), "discount_per_item": Decimal("0.75")},
        {"line_item_id": "A1:2", "product_id": "P2", "quantity": 1, "unit_price": Decimal("5.00"),
         "line_total": Decimal("5.00"), "discount_amount": Decimal("0.00"), "discount_per_item": Decimal("0.00")},
    ]  # fmt: skip
    assert rows(
        stores,
        "SELECT date, total_revenue, total_orders, new_customers, repeat_customers"
        " FROM account_metrics_daily ORDER BY 1",
    ) == [
        {"date": date(2026, 3, 1), "total_revenue": Decimal("23.50"), "total_orders": 1, "new_customers": 1,
         "repeat_customers": 0},
        {"date": date(2026, 3, 2), "total_revenue": Decimal("10.00"), "total_orders": 1, "new_customers": 1,
         "repeat_customers": 0},
        {"date": date(2026, 3, 4), "total_revenue": Decimal("15.00"), "total_orders": 1, "new_customers": 0,
         "repeat_customers": 1},
    ]  # fmt: skip
    # Known up to the end of the day of the last order, in the account's zone.
    scope = local_admin("test")
    assert data_state(stores, scope, SHOP).as_of == datetime(2026, 3, 4, 23, tzinfo=UTC)
    (account,) = accounts(stores, scope)
    assert account.files is not None
    assert (account.files.name, account.currency, account.timezone) == ("orders.csv", "EUR", "Europe/Berlin")
    # Nothing is due of an account without Klaviyo: no key is missed, and no sync.
    said = [check for check in look(stores, settings, scope).checks if SHOP in check.name]
    assert [(check.ok, check.message[:24]) for check in said] == [(True, "orders up to 04 Mar 2026")]


def test_both_stacks_hold_the_same_and_a_second_load_replaces(
    both: list[tuple[Settings, Stores]], tmp_path: Path
) -> None:
    first = text(tmp_path, LINES)
    second = text(
        tmp_path,
        "order_id,customer_id,order_timestamp,order_status,product_id,line_total\n"
        # A1 has one line now and is an earlier order; A2 is cancelled; A4 is new, in dollars without a rate.
        "A1,c1,2026-02-01 12:00,placed,P9,7.00\nA2,c2,2026-03-02 10:00,cancelled,P1,10.00\n"
        "A4,c2,2026-03-05 10:00,placed,P1,4.00\n",
        "more.csv",
    )  # fmt: skip
    found = []
    for settings, stores in both:
        load(stores, settings, first)
        done = load(stores, settings, second)
        assert (done.orders, done.replaced) == (3, 2)
        found.append(
            [
                rows(
                    stores,
                    "SELECT order_id, customer_id, customer_email, order_value, order_status, order_date, item_count,"
                    " is_first_order, order_count_for_customer, days_since_last_order, customer_total_spent"
                    " FROM klaviyo_orders ORDER BY order_id",
                ),
                rows(
                    stores,
                    "SELECT order_id, line_item_id, product_id, quantity, unit_price, line_total, line_total_account"
                    " FROM klaviyo_order_line_items ORDER BY order_id, line_item_id",
                ),
                rows(stores, "SELECT order_id, event_type, deduction_date, amount FROM order_deductions ORDER BY 1"),
                rows(
                    stores,
                    "SELECT date, total_revenue, total_orders, new_customers FROM account_metrics_daily"
                    " WHERE total_revenue > 0 ORDER BY date",
                ),
            ]
        )
    assert found[0] == found[1]
    orders, lines, deductions, days = found[0]
    assert [(o["order_id"], o["order_status"], o["is_first_order"], o["order_count_for_customer"]) for o in orders] == [
        ("A1", "placed", 1, 1), ("A2", "cancelled", 0, 0), ("A3", "placed", 0, 2), ("A4", "placed", 1, 1),
    ]  # fmt: skip
    assert [o["customer_email"] for o in orders] == ["ann@example.com", "c2", "ann@example.com", "c2"]
    assert [(line["order_id"], line["product_id"]) for line in lines] == [
        ("A1", "P9"), ("A2", "P1"), ("A3", "P2"), ("A4", "P1"),
    ]  # fmt: skip
    assert deductions == [
        {"order_id": "A2", "event_type": "cancelled", "deduction_date": date(2026, 3, 2), "amount": Decimal("10.00")}
    ]
    assert [(day["date"], day["total_revenue"]) for day in days] == [
        (date(2026, 2, 1), Decimal("7.00")), (date(2026, 3, 2), Decimal("10.00")), (date(2026, 3, 4), Decimal("15.00")),
        (date(2026, 3, 5), Decimal("4.00")),
    ]  # fmt: skip


WRONG = """\
order_id;line_item_id;customer_email;order_timestamp;product_id;quantity;line_total;currency
B1;1;a@x.de;2026-03-01 10:00;P1;1;4,50;EUR
B1;1;a@x.de;2026-03-01 10:00;P1;1;4,50;EUR
B2;1;a@x.de;2026-03-29 02:30;P1;1;5,00;EUR
B2;2;a@x.de;2026-03-29 03:30;P1;1;5,00;EUR

B3;1;a@x.de;2026-03-01 10:00;P1;1,5;5,00;EUR
B4;1;a@x.de;2026-03-01 10:00;P1;1;5.00;EUR
B5;1;a@x.de;2026-03-01 10:00;P1;1;5,00;EUR
B5;2;b@x.de;2026-03-01 10:00;P2;1;5,00;EUR
B6;1;a@x.de;2026-03-01 10:00;P1;1;5,00;EUR
B6;1;a@x.de;2026-03-01 10:00;P2;1;5,00;EUR
B7;1;;2026-03-01 10:00;P1;1;5,00;EUR
B8;1;a@x.de;;P1;1;5,00;EUR
;1;a@x.de;2026-03-01 10:00;P1;1;5,00;EUR
B9;1;a@x.de;1.3.2026;P1;1;5,00;EUR
C1;1;a@x.de;2026-03-01 10:00;P1;1;99999999999999;EUR
C2;1;a@x.de;2026-03-01 10:00;P1;1;-5,00;EUR
C3;1;a@x.de;2026-03-01 10:00;P1;1;5,00;Euro
C4;1;a@x.de;2026-03-01 10:00;"P
1";1;5,00;EUR
C5;1;a@x.de;2999-03-01 10:00;P1;1;5,00;EUR
C6;1;a@x.de;2026-03-01 10:00
"""


def test_what_is_wrong_is_told_with_its_place_and_left_out_with_its_order(
    stores: Stores, settings: Settings, tmp_path: Path
) -> None:
    asked = replace(BERLIN, decimal=",")
    done = load(stores, settings, text(tmp_path, "\ufeff" + WRONG), asked)

    assert [r["order_id"] for r in rows(stores, "SELECT order_id FROM klaviyo_orders ORDER BY 1")] == ["B1", "C4"]
    assert done.lines == 2  # a line told twice counts once
    assert [(r["place"].removeprefix("orders.csv, "), r["reason"]) for r in done.rejects] == [
        ("line 4, order_timestamp", "'2026-03-29 02:30' does not exist in Europe/Berlin: the clocks skip it. Is it the"
         " right --timezone?"),
        ("line 7, quantity", "'1,5' is not a whole number from 0 on"),
        ("line 8, line_total", "'5.00' is not an amount: the file was said to have decimal commas"),
        ("line 10, customer_email", "order B5 has 'b@x.de' here and 'a@x.de' on line 9"),
        ("line 12, line_item_id", "order B6 has two lines 1, here and on line 11"),
        ("line 13, customer_id", "no line of order B7 says who bought"),
        ("line 14, order_timestamp", "no line of order B8 says when it was placed"),
        ("line 15, order_id", "is missing"),
        ("line 16, order_timestamp", "'1.3.2026' is not a date or time like 2026-11-21 14:05: if the file writes it"
         " otherwise, say --date-format"),
        ("line 17, line_total", "'99999999999999' is not an amount that money can hold"),
        ("line 18, line_total", "'-5,00' is below 0: a return is no line of an order"),
        ("line 19, currency", "'Euro' is not a currency code like EUR"),
        ("line 22, order_timestamp", "'2999-03-01 10:00' lies in the future"),
        ("line 23", "has 4 values instead of 8: C6;1;a@x.de;2026-03-01 10:00"),
    ]  # fmt: skip
    assert done.orders_rejected == 12
    assert done.reject_file is not None
    with open(done.reject_file, newline="", encoding="utf-8") as file:
        kept = list(csv.DictReader(file))
    # All lines of an order that is left out are there, so that the file can be loaded once it is mended.
    assert [(r["order_id"], r["rejected_at"]) for r in kept][:6] == [
        ("B2", "4"), ("B2", "5"), ("B3", "7"), ("B4", "8"), ("B5", "9"), ("B5", "10"),
    ]  # fmt: skip
    mended = text(tmp_path, Path(done.reject_file).read_text().replace("02:30", "03:30"), "mended.csv")
    again = load(stores, settings, mended, replace(BERLIN, decimal=","))
    assert (again.orders, again.lines) == (1, 2)  # B2 is in now


def test_rates_and_rebuilds_leave_the_orders_of_a_file(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    dollars = LINES.replace("line_total\n", "line_total,currency\n", 1).replace(".50\n", ".50,USD\n")
    dollars = dollars.replace(".00\n", ".00,USD\n")
    assert "3 order(s) have no exchange rate" in load(stores, settings, text(tmp_path, dollars)).notes[-1]
    scope = local_admin("test")
    load_rates_file(stores, scope, text(tmp_path, "date,base,quote,rate\n2026-01-01,USD,EUR,0.5\n", "rates.csv"))
    recompute(stores, SHOP)
    assert rows(
        stores, "SELECT order_value, order_value_account, customer_total_spent FROM klaviyo_orders ORDER BY order_id"
    ) == [
        {"order_value": Decimal("23.50"), "order_value_account": Decimal("11.75"),
         "customer_total_spent": Decimal("11.75")},
        {"order_value": Decimal("10.00"), "order_value_account": Decimal("5.00"),
         "customer_total_spent": Decimal("5.00")},
        {"order_value": Decimal("15.00"), "order_value_account": Decimal("7.50"),
         "customer_total_spent": Decimal("19.25")},
    ]  # fmt: skip
    assert rows(stores, "SELECT sum(line_total_account) AS total FROM klaviyo_order_line_items") == [
        {"total": Decimal("24.25")}
    ]
    assert rows(stores, "SELECT sum(total_revenue) AS total FROM account_metrics_daily") == [
        {"total": Decimal("24.25")}
    ]


def test_an_account_has_one_source(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    with stores.operational.write() as session:
        session.execute_text(
            "INSERT INTO stores (public_id, name, klaviyo_public_id) VALUES ('store_K', 'Klaviyo shop', 'K')"
        )
    path = text(tmp_path, LINES)
    with pytest.raises(OrdersRefused, match=r"Klaviyo shop \(K\) come from Klaviyo"):
        load(stores, settings, path, account="K")
    load(stores, settings, path)
    with pytest.raises(OrdersRefused, match="with the currency EUR: leave --currency out"):
        load(stores, settings, path, Asked(currency="USD"))


def test_an_email_is_one_customers_whatever_its_case(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    head = "order_id,customer_id,customer_email,order_date,product_id,line_total\n"
    load(stores, settings, text(tmp_path, head + "1,c1,ANN@x.de,2026-03-01,P,1\n2,c1,,2026-03-02,P,1\n"))
    # c1 has another address now, and c2 has taken over the old one.
    load(stores, settings, text(tmp_path, head + "3,c1,new@x.de,2026-03-03,P,1\n4,c2,Ann@X.de,2026-03-04,P,1\n"))
    assert rows(stores, "SELECT order_id, customer_id, customer_email FROM klaviyo_orders ORDER BY 1") == [
        {"order_id": "1", "customer_id": "c1", "customer_email": "new@x.de"},
        {"order_id": "2", "customer_id": "c1", "customer_email": "new@x.de"},
        {"order_id": "3", "customer_id": "c1", "customer_email": "new@x.de"},
        {"order_id": "4", "customer_id": "c2", "customer_email": "ann@x.de"},
    ]
    # The day begins at 23:00 UTC of the day before.
    said = [check.message for check in look(stores, settings, local_admin("test")).checks if SHOP in check.name]
    assert [message[:24] for message in said] == ["orders up to 04 Mar 2026"]


def test_parquet_has_types_of_its_own(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pq.write_table(
        pa.table(
            {
                "basket": [31198570044.0, 31198570044.0, None],  # an id that pandas made a floating-point number
                "who": [7, 7, 7],
                "at": pa.array([datetime(2026, 10, 25, 2, 30)] * 3, pa.timestamp("us")),  # noqa: DTZ001
                "product_id": ["P1", "P2", "P3"],
                "sales": [0.1 + 0.2, 840.0, 1.0],
                "tags": [["a", "b"], [], None],
            }
        ),
        path,
    )
    said = ("order_id=basket", "customer_id=who", "order_timestamp=at", "line_total=sales", "collections=tags")
    done = load(stores, settings, path, replace(BERLIN, mapping=said))
    assert [reject["place"] for reject in done.rejects] == ["orders.parquet, row 3, basket (order_id)"]
    assert rows(stores, "SELECT order_id, customer_id, order_value, order_timestamp FROM klaviyo_orders") == [
        # Of an hour that the clocks pass twice, the second one.
        {"order_id": "31198570044", "customer_id": "7", "order_value": Decimal("840.30"),
         "order_timestamp": datetime(2026, 10, 25, 1, 30, tzinfo=UTC)},
    ]  # fmt: skip
    assert rows(stores, "SELECT collections, product_type FROM klaviyo_order_line_items ORDER BY line_item_id") == [
        {"collections": ["a", "b"], "product_type": "a"}, {"collections": [], "product_type": ""},
    ]  # fmt: skip


def test_a_year_of_real_baskets_is_loaded_as_it_stands_in_the_file(
    stores: Stores, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "grocery.parquet"
    lines = grocery.write(path, days=2)
    asked = Asked(mapping=grocery.MAPPING, timezone=grocery.ZONE, account_timezone=grocery.ACCOUNT_ZONE)
    done = load(stores, settings, path, asked)
    assert (done.read, done.lines, done.lines_rejected) == (lines, lines, 0)
    file = duckdb.read_parquet(str(path), connection=duckdb.connect())
    assert file.aggregate(
        "count(DISTINCT basket_id), count(DISTINCT household_id), sum(CAST(sales_value AS DECIMAL(18, 2)))"
    ).fetchone() == (
        done.orders,
        done.customers,
        rows(stores, "SELECT sum(order_value) AS s FROM klaviyo_orders")[0]["s"],
    )
    days = file.aggregate(
        "CAST(timezone('America/New_York', timezone('UTC', transaction_timestamp)) AS DATE) AS day,"
        " sum(CAST(sales_value AS DECIMAL(18, 2)))"
    ).order("day")  # fmt: skip
    assert [tuple(row.values()) for row in rows(
        stores, "SELECT date, total_revenue FROM account_metrics_daily WHERE total_orders > 0 ORDER BY date"
    )] == days.fetchall()  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"order_id,product_id\n", "has no column for customer_id or customer_email"),
        (b"PK\x03\x04 a workbook", "is a workbook or an archive"),
        (b"just some words\n", "is not the names of columns"),
        (b"order_id,order_id,x\n1,2,3\n", "has two columns 'order_id'"),
        ("Bestellung;Größe\n".encode("utf-16"), "is UTF-16"),
    ],
)
def test_a_file_that_is_none_is_refused(
    stores: Stores, settings: Settings, tmp_path: Path, content: bytes, said: str
) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(content)
    with pytest.raises((UnreadableFile, UnfitColumns), match=said):
        load(stores, settings, path)
    assert accounts(stores, local_admin("test")) == []


def test_a_file_without_lines_and_one_in_another_encoding(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises((NothingLoaded, UnreadableFile), match="has no lines below its header"):
        load(stores, settings, text(tmp_path, LINES.splitlines(keepends=True)[0]))
    path = tmp_path / "old.csv"
    path.write_bytes(LINES.replace("Shirt", "Größe").encode("cp1252"))
    with pytest.raises(UnreadableFile, match=r"line 2: a letter that is none in utf-8.*--encoding cp1252"):
        load(stores, settings, path)
    load(stores, settings, path, replace(BERLIN, encoding="cp1252"))
    packed = tmp_path / "orders.csv.gz"
    packed.write_bytes(gzip.compress(LINES.encode()))
    assert load(stores, settings, packed).replaced == 3
    assert rows(stores, "SELECT DISTINCT product_name FROM klaviyo_order_line_items ORDER BY 1") == [
        {"product_name": "Shirt"}, {"product_name": "Socks"},
    ]  # fmt: skip


def test_missing_columns_are_told_with_a_proposal() -> None:
    file = ["household_id", "basket_id", "Product ID", "quantity", "sales_value", "transaction_timestamp", "week"]
    with pytest.raises(UnfitColumns) as told:
        columns_of(file, ())
    assert str(told.value).endswith(
        "If they are meant: --map order_id=basket_id --map customer_id=household_id"
        " --map order_timestamp=transaction_timestamp --map line_total=sales_value"
    )
    found = columns_of(
        file, ("order_id=basket_id", "customer_id=household_id", "order_date=transaction_timestamp",
               "klaviyo_order_line_items.line_total=sales_value", "klaviyo_orders.discount_amount=week"),
    )  # fmt: skip
    assert found.sources["product_id"] == "Product ID"  # the same name, written otherwise
    assert found.sources["order_discount"] == "week"
    assert found.unused == ()
    for item, said in {
        "oder_id=basket_id": "Did you mean order_id",
        "order_id=basket": "Did you mean basket_id",
        "is_first_order=week": "is computed, not loaded",
        "order_id": "is not target=source",
    }.items():
        with pytest.raises(UnfitColumns, match=said):
            columns_of(file, (item,))


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    path = text(tmp_path, 'a;b\n1;2\n"3\n3";4\n\n5\n6;7\n"8\n\n8";9;9\n10;"11\n11"\n12;13\n')
    (block,) = [block for block in opened(path, Format()).blocks() if block.rows.num_rows]
    assert list(zip(block.places.tolist(), block.rows["a"].to_pylist(), strict=True)) == [
        (2, "1"), (3, "3\n3"), (5, None), (7, "6"), (11, "10"), (13, "12"),
    ]  # fmt: skip
    assert [place for place, _ in block.malformed] == [6, 8]
