"""Every column of products_master, from a handful of literal orders that a person can reckon up, on each warehouse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data_access.derived import products_master
from data_access.derived.frame import compute
from data_access.stores import Stores
from tests.embedded_clickhouse import WAREHOUSES
from tests.warehouse_rows import ACCOUNT, SEEN, deduction, insert, line, migrated, order, store, version

OWN = {"klaviyo_public_id": ACCOUNT}


@pytest.fixture(params=WAREHOUSES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """An account whose events are known up to the end of 31 May."""
    with migrated(tmp_path, request.param) as stores:
        insert(stores, "stores", store())
        until = datetime(2026, 5, 31, 22, tzinfo=UTC)
        insert(
            stores,
            "sync_cursors",
            OWN | {"resource": "events", "partition": "", "watermark": until, "updated_at": until},
        )
        yield stores


def products(stores: Stores) -> dict[str, dict[str, Any]]:
    compute(stores, ACCOUNT, products_master.TABLE, full=True)
    return rows(stores)


def rows(stores: Stores) -> dict[str, dict[str, Any]]:
    with stores.warehouse.read() as session:
        found = session.query_text("SELECT * FROM products_master", {}).to_pylist()
    return {row["product_id"]: row for row in found}


def sold(stores: Stores, id: str, day: str, *lines: dict[str, Any], customer: str = "ann", **other: Any) -> None:
    total = sum((one["line_total"] for one in lines), Decimal(0))
    insert(stores, "klaviyo_orders", order(id, str(total), f"{day}T12:00", customer_id=customer, **other))
    insert(stores, "klaviyo_order_line_items", *lines)


def one_line(id: str, product: str, total: str, day: str, quantity: int = 1, **other: Any) -> dict[str, Any]:
    return line(id, product, total, day, quantity) | other


def test_every_column_of_one_product(shop: Stores) -> None:
    """Tea: 2 for 10.00 on 1 May (30 days before the as-of date), 1 for 5.55 on 2 April, 4 for 16.00 on 1 January."""
    tea = {"sku": "T-1", "product_brand": "Leaf", "product_type": "", "collections": ["Drinks", "New"]}
    discounted: dict[str, Any] = {"discount_amount": Decimal("1.00")}
    sold(shop, "o1", "2026-01-01", one_line("o1", "tea", "16.00", "2026-01-01", 4, product_name="Old tea"))
    sold(shop, "o2", "2026-04-02", one_line("o2", "tea", "5.55", "2026-04-02", **discounted), customer="ben")
    sold(
        shop,
        "o3",
        "2026-05-02",
        one_line("o3", "tea", "10.00", "2026-05-02", 2, product_name="Tea", **tea),
        one_line("o3", "cup", "30.00", "2026-05-02"),
    )
    # 4 euros of o3 came back without saying of what: 1 of them is the tea's, by value.
    insert(shop, "order_deductions", deduction("o3", "4.00", "2026-05-04T12:00", "2026-05-02"))
    insert(shop, "klaviyo_catalog_items", OWN | {"item_id": "i1", "external_id": "tea", "tags": ["organic"]})
    insert(
        shop, "klaviyo_metrics", OWN | {"id": "seen", "name": "Viewed Product", "created_at": SEEN, "updated_at": SEEN}
    )
    views = [("v1", "ann"), ("v2", "ann"), ("v3", "cid"), ("v4", "dan"), ("v5", "eve")]
    for id, who in views:
        insert(
            shop,
            "klaviyo_events",
            OWN
            | {"id": id, "metric_id": "seen", "profile_id": who, "timestamp": datetime(2026, 5, 20, 12, tzinfo=UTC)}
            | {"properties": '{"ProductID": "tea"}', "raw_data": "{}", "ingest_seq": 1},
        )
    row = products(shop)["tea"]
    expected = {
        "product_name": "Tea", "sku": "T-1", "brand": "Leaf", "category": "Drinks", "collections": ["Drinks", "New"],
        "tags": ["organic"], "avg_price": Decimal("4.51"), "min_price": Decimal("4.00"), "max_price": Decimal("5.55"),
        "revenue_30d": Decimal("9.00"), "revenue_60d": Decimal("14.55"), "revenue_90d": Decimal("14.55"),
        "quantity_sold_30d": 2, "quantity_sold_60d": 3, "quantity_sold_90d": 3,
        "unique_customers_30d": 1, "unique_customers_60d": 2, "unique_customers_90d": 2,
        "conversion_rate": 25.0, "repurchase_rate": 50.0, "avg_units_per_order": pytest.approx(7 / 3),
        "revenue_per_customer": Decimal("15.28"), "first_sold_date": date(2026, 1, 1),
        "last_sold_date": date(2026, 5, 2), "days_on_market": 151, "velocity_score": 2.0,
        "revenue_rank": 2, "quantity_rank": 1, "discount_rate": pytest.approx(100 / 7),
        "avg_discount_amount": Decimal("1.00"),
    }  # fmt: skip
    assert {key: row[key] for key in expected} == expected


def test_what_has_nothing_to_divide_by_is_null_and_ties_share_a_rank(shop: Stores) -> None:
    """Sold once, long ago, never looked at: no rate of these. Two that sold alike are both first, the next is third."""
    sold(shop, "o1", "2025-01-01", one_line("o1", "old", "5.00", "2025-01-01"))
    sold(shop, "o2", "2026-05-20", one_line("o2", "a", "8.00", "2026-05-20"), one_line("o2", "b", "8.00", "2026-05-20"))
    found = products(shop)
    old = found["old"]
    assert (old["conversion_rate"], old["velocity_score"], old["avg_discount_amount"]) == (None, None, None)
    assert (old["revenue_90d"], old["repurchase_rate"], old["discount_rate"]) == (Decimal(0), 0, 0)
    ranks = {id: (row["revenue_rank"], row["quantity_rank"]) for id, row in found.items()}
    assert ranks == {"a": (1, 1), "b": (1, 1), "old": (3, 3)}


def test_days_of_a_window(shop: Stores) -> None:
    """The 30 days before 1 June are 2 May to 31 May: 1 May is the 31st, 1 June itself is not over."""
    for place, day in enumerate(("2026-05-01", "2026-05-02", "2026-05-31", "2026-06-01", "2026-06-02")):
        sold(shop, f"o{place}", day, one_line(f"o{place}", "tea", "1.00", day))
    row = products(shop)["tea"]
    assert (row["quantity_sold_30d"], row["quantity_sold_60d"], row["last_sold_date"]) == (2, 3, date(2026, 6, 1))


def test_a_refund_that_names_its_lines_comes_off_these(shop: Stores) -> None:
    """One of three cups and the tea go back for 15.00: 10 of the cups' 30, 10 of the tea; nothing off the spoon."""
    day = "2026-05-10"
    sold(
        shop,
        "o1",
        day,
        one_line("o1", "cup", "30.00", day, 3),
        one_line("o1", "tea", "10.00", day),
        one_line("o1", "spoon", "60.00", day),
    )
    back = deduction("o1", "15.00", "2026-05-12T12:00", day)
    insert(shop, "order_deductions", back)
    named = {"line_items_affected": ["o1:cup", "o1:tea"], "quantities_refunded": [1, 1]}
    insert(
        shop,
        "refund_cancelled_orders",
        OWN
        | {"event_id": back["event_id"], "event_timestamp": back["event_timestamp"], "event_type": "refund"}
        | {"original_order_id": "o1", "customer_id": "ann", "refund_currency": "EUR"}
        | {"synced_at": back["event_timestamp"]}
        | named,
    )
    found = {id: row["revenue_30d"] for id, row in products(shop).items()}
    assert found == {"cup": Decimal("22.50"), "tea": Decimal("2.50"), "spoon": Decimal("60.00")}


def test_lines_that_a_refund_does_not_name_keep_every_cent(shop: Stores) -> None:
    """Cup and jam of 10 go back for 5.01: 2.50 and 2.51; the spoon, the last line, stays and keeps its 10."""
    day = "2026-05-10"
    sold(shop, "o1", day, *(one_line("o1", product, "10.00", day) for product in ("cup", "jam", "spoon")))
    back = deduction("o1", "5.01", "2026-05-12T12:00", day)
    insert(shop, "order_deductions", back)
    insert(
        shop,
        "refund_cancelled_orders",
        OWN
        | {"event_id": back["event_id"], "event_timestamp": back["event_timestamp"], "event_type": "refund"}
        | {"original_order_id": "o1", "customer_id": "ann", "refund_currency": "EUR"}
        | {"synced_at": back["event_timestamp"]}
        | {"line_items_affected": ["o1:cup", "o1:jam"], "quantities_refunded": [1, 1]},
    )
    # Of another order a free card went back, for 3.00: the spoon beside it is not concerned.
    sold(shop, "o2", day, one_line("o2", "card", "0.00", day), one_line("o2", "spoon", "10.00", day))
    gift = deduction("o2", "3.00", "2026-05-12T12:00", day)
    insert(shop, "order_deductions", gift)
    insert(
        shop,
        "refund_cancelled_orders",
        OWN
        | {"event_id": gift["event_id"], "event_timestamp": gift["event_timestamp"], "event_type": "refund"}
        | {"original_order_id": "o2", "customer_id": "ann", "refund_currency": "EUR"}
        | {"synced_at": gift["event_timestamp"]}
        | {"line_items_affected": ["o2:card"], "quantities_refunded": [1]},
    )
    found = {id: row["revenue_30d"] for id, row in products(shop).items()}
    cards = {"cup": Decimal("7.50"), "jam": Decimal("7.49"), "card": Decimal("-3.00")}
    assert found == cards | {"spoon": Decimal("20.00")}


def refund(stores: Stores, id: str, of: str, day: str, amount: str, said: str, **lines: Any) -> None:
    """A refund that deducts `amount` of the order's 20 and 80, and tells `said` of its lines."""
    back = deduction(id, amount, f"{day}T15:00", day)
    insert(stores, "order_deductions", back | {"order_id": id})
    insert(
        stores,
        "refund_cancelled_orders",
        OWN
        | {"event_id": back["event_id"], "event_timestamp": back["event_timestamp"], "event_type": "refund"}
        | {"original_order_id": id, "customer_id": "ann", "refund_amount": Decimal(said), "refund_currency": of}
        | {"amount_source": "event", "synced_at": back["event_timestamp"]}
        | lines,
    )


def test_a_refund_that_tells_amounts_of_its_lines_takes_these(shop: Stores) -> None:
    """Each order: 2 jams for 20.00 and a pan of 80.00. Days tell the refunds apart, and with them what is left of each.

    45.00 told as 5.00 and 40.00 leave 15.00 and 40.00. Told in dollars, 10.01 and 20.02 of 30.03 deduct 25.00 euros: a
    third is 8.33, the pan takes 16.67. Named twice, the pan's 7.00 and 8.00 are 15.00.
    Told of one line only, or not coming to the refund: 45.00 go by totals, 9.00 and 36.00.
    """
    amounts: dict[str, tuple[str, str, str, list[str | None]]] = {
        "told": ("45.00", "EUR", "45.00", ["5.00", "40.00"]),
        "dollars": ("25.00", "USD", "30.03", ["10.01", "20.02"]),
        "twice": ("20.00", "EUR", "20.00", ["5.00", "7.00", "8.00"]),
        "partly": ("45.00", "EUR", "45.00", [None, "45.00"]),
        "shipping": ("45.00", "EUR", "45.00", ["5.00", "35.00"]),
        "negative": ("45.00", "EUR", "45.00", ["-5.00", "50.00"]),
    }
    day = "2026-05-10"
    for id, (amount, currency, said, told) in amounts.items():
        jam, pan = f"{id} jam", f"{id} pan"
        sold(shop, id, day, one_line(id, jam, "20.00", day, 2), one_line(id, pan, "80.00", day))
        named = [f"{id}:{jam}", *[f"{id}:{pan}"] * (len(told) - 1)]
        lists = {"line_items_affected": named, "quantities_refunded": [2, *[1] * (len(told) - 1)]}
        totals = [None if one is None else Decimal(one) for one in told]
        refund(shop, id, currency, day, amount, said, line_totals_affected=totals, **lists)
    found = {id: str(row["revenue_30d"]) for id, row in products(shop).items()}
    assert {id: (found[f"{id} jam"], found[f"{id} pan"]) for id in amounts} == {
        "told": ("15.00", "40.00"),
        "dollars": ("11.67", "63.33"),
        "twice": ("15.00", "65.00"),
        "partly": ("11.00", "44.00"),
        "shipping": ("11.00", "44.00"),
        "negative": ("11.00", "44.00"),
    }


def test_no_orders_cancelled_ones_and_lines_worth_nothing(shop: Stores) -> None:
    assert products(shop) == {}
    day = "2026-05-10"
    sold(shop, "o1", day, one_line("o1", "tea", "9.00", day), order_status="cancelled")
    sold(shop, "o2", day, one_line("o2", "gift", "0.00", day, 2), one_line("o2", "cup", "3.00", day))
    sold(shop, "o3", day, one_line("o3", "back", "-2.00", day), one_line("o3", "cup", "7.00", day))
    insert(shop, "order_deductions", deduction("o3", "5.00", "2026-05-12T12:00", day))
    found = products(shop)
    assert {id: row["revenue_30d"] for id, row in found.items()} == {
        "gift": Decimal(0),
        "back": Decimal("-2.00"),
        "cup": Decimal("5.00"),
    }
    assert (found["gift"]["avg_price"], found["back"]["min_price"]) == (Decimal(0), Decimal("-2.00"))


def test_prices_below_a_cent(shop: Stores) -> None:
    """Bolts: 30 for 10 cents are 1/3 of a cent each, 10 for 15 cents 1.5, all 40 for 25 cents 0.625. A washer of 0.995
    cents is one of a cent; tea of 333.33 cents has no more digits than any other price."""
    day = "2026-05-10"
    sold(shop, "o1", day, one_line("o1", "bolt", "0.10", day, 30), one_line("o1", "washer", "1.99", day, 200))
    sold(shop, "o2", day, one_line("o2", "bolt", "0.15", day, 10), one_line("o2", "tea", "10.00", day, 3))
    found = products(shop)
    prices = {id: [str(row[f"{what}_price"]) for what in ("avg", "min", "max")] for id, row in found.items()}
    assert prices == {
        "bolt": ["0.0063", "0.0033", "0.0200"],
        "washer": ["0.0100"] * 3,
        "tea": ["3.3300"] * 3,
    }


def test_an_order_of_500_products(shop: Stores) -> None:
    """Each for 1 euro, and 7.77 of the 500 come back: 1.554 cents off each, so one cent off 223 of them and two off 277
    (223 + 554 = 777), none further from its part than a cent."""
    day = "2026-05-10"
    sold(shop, "o1", day, *(one_line("o1", f"p{place:03d}", "1.00", day) for place in range(500)))
    insert(shop, "order_deductions", deduction("o1", "7.77", "2026-05-12T12:00", day))
    found = products(shop)
    left = Counter(row["revenue_30d"] for row in found.values())
    assert left == {Decimal("0.99"): 223, Decimal("0.98"): 277}
    # Units are all alike, so all are first; those that kept 99 cents are before the others.
    assert {row["quantity_rank"] for row in found.values()} == {1}
    assert Counter(row["revenue_rank"] for row in found.values()) == {1: 223, 224: 277}
    assert {row["unique_customers_30d"] for row in found.values()} == {1}


def test_one_customer_who_has_all_back_and_a_day_before_the_first_order(shop: Stores) -> None:
    """Tea, twice, for 4 and 6 euros; all is refunded, and no more than all: nothing is left, nothing is owed. Looked at
    from before the first order on, there is no product yet."""
    for place, (day, total) in enumerate((("2026-05-10", "4.00"), ("2026-05-20", "6.00"))):
        sold(shop, f"o{place}", day, one_line(f"o{place}", "tea", total, day), customer="ann")
        insert(shop, "order_deductions", deduction(f"o{place}", total, "2026-05-25T12:00", day))
    row = products(shop)["tea"]
    assert (row["revenue_30d"], row["revenue_per_customer"], row["avg_price"]) == (0, 0, Decimal("5.00"))
    assert (row["unique_customers_30d"], row["repurchase_rate"], row["avg_units_per_order"]) == (1, 100.0, 1.0)
    assert (row["revenue_rank"], row["quantity_rank"]) == (1, 1)
    early = datetime(2026, 5, 1, 22, tzinfo=UTC)
    with shop.operational.write() as session:
        session.execute_text("DELETE FROM sync_cursors")
    insert(shop, "sync_cursors", OWN | {"resource": "events", "partition": "", "watermark": early, "updated_at": early})
    assert products(shop) == {}


def test_a_variant_is_its_product_and_a_product_that_is_gone_goes(shop: Stores) -> None:
    day = "2026-05-10"
    insert(shop, "klaviyo_catalog_items", OWN | {"item_id": "i1", "external_id": "shirt"})
    insert(shop, "klaviyo_catalog_variants", OWN | {"variant_id": "v1", "item_id": "i1", "external_id": "shirt-s"})
    sold(shop, "o1", day, one_line("o1", "shirt-s", "9.00", day), one_line("o1", "shirt", "9.00", day))
    sold(shop, "o2", day, one_line("o2", "tea", "9.00", day))
    found = products(shop)
    assert {id: row["quantity_sold_30d"] for id, row in found.items()} == {"shirt": 2, "tea": 1}
    insert(shop, "klaviyo_catalog_variants", OWN | {"variant_id": "v2", "item_id": "i1", "external_id": "tea"})
    # No order has changed, the catalog has.
    insert(shop, "data_versions", version("catalog"))
    done = [compute(shop, ACCOUNT, products_master.TABLE).how for _ in range(2)]
    assert done == ["updated", "unchanged"]
    assert rows(shop).keys() == {"shirt"}
