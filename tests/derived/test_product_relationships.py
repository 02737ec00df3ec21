"""Products bought together, from literal orders, on each warehouse: figures by hand; updates that equal a rebuild."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from data_access.derived import product_relationships
from data_access.derived.frame import compute
from data_access.derived.work_list import note
from data_access.stores import Stores
from tests.embedded_clickhouse import WAREHOUSES
from tests.warehouse_rows import ACCOUNT, deduction, insert, line, migrated, order, store, version

NAME = product_relationships.NAME
TABLES = (NAME, "product_pair_counts", "order_baskets", "basket_products")
LESS = {"calculated_at", "updated_at", "is_deleted"}


@pytest.fixture(params=WAREHOUSES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    """An account without orders."""
    with migrated(tmp_path, request.param) as stores:
        insert(stores, "stores", store())
        yield stores


def baskets(
    stores: Stores, held: Sequence[Sequence[str]], start: int = 0, day: str | Sequence[str] = "2026-03-02", **other: Any
) -> list[str]:
    """Orders o<start>, o<start + 1>, … of 10 euros a line, all of one day or each of its own; their ids."""
    ids = [f"o{start + place}" for place in range(len(held))]
    days = [day] * len(held) if isinstance(day, str) else day
    orders = [order(id, "10.00", f"{on}T12:00", **other) for id, on in zip(ids, days, strict=True)]
    lines = [
        line(id, product, "10.00", on) | {"line_item_id": f"{id}:{place}"}
        for id, on, products in zip(ids, days, held, strict=True)
        for place, product in enumerate(products)
    ]
    if orders:
        insert(stores, "klaviyo_orders", *orders)
    if lines:
        insert(stores, "klaviyo_order_line_items", *lines)
    return ids


def told_anew(stores: Stores, id: str, day: str = "2026-03-02", moved_from: str = "", **other: Any) -> None:
    """An order's row is another one, and it is noted so."""
    with stores.warehouse.write() as session:
        if session.dialect == "duckdb":
            session.execute_text(f"DELETE FROM klaviyo_orders WHERE order_id = '{id}'")
    # ClickHouse holds the newest of a row's versions.
    later = {"inserted_at": datetime.now(UTC) + timedelta(hours=1)}
    insert(stores, "klaviyo_orders", order(id, "10.00", f"{day}T12:00", **other) | later)
    changed(stores, [id], day, known=True)


def changed(stores: Stores, ids: Sequence[str], day: str = "2026-03-02", known: bool = False) -> None:
    rows = [{"kind": "order", "key": id, "day": datetime.fromisoformat(day).date(), "known": known} for id in ids]
    with stores.operational.write() as session:
        note(session, ACCOUNT, pa.Table.from_pylist(rows))


def computed(stores: Stores, full: bool = False) -> str:
    return compute(stores, ACCOUNT, product_relationships.TABLE, full=full).how


def table(stores: Stores, name: str = NAME) -> list[dict[str, Any]]:
    with stores.warehouse.read() as session:
        found = session.query_text(f"SELECT * FROM {name}", {}).to_pylist()
    rows = [{key: value for key, value in row.items() if key not in LESS} for row in found]
    return sorted(rows, key=repr)


def pair(stores: Stores, a: str, b: str) -> dict[str, Any]:
    (row,) = [row for row in table(stores) if (row["product_a"], row["product_b"]) == (a, b)]
    return row


def test_figures_of_a_hundred_baskets(shop: Stores) -> None:
    """Pasta in 40 of 100 baskets, sauce in 25, both in 20. A cancelled order, one of no value and one of the day after
    the as-of date hold both as well, and count for nothing."""
    baskets(shop, [["pasta", "sauce"]] * 19 + [["pasta"]] * 20 + [["sauce"]] * 5 + [["soap"]] * 55)
    baskets(shop, [["sauce", "pasta", "pasta"]], 99, day="2026-03-05")
    baskets(shop, [["pasta", "sauce"]], 100, order_status="cancelled")
    baskets(shop, [["pasta", "sauce"]], 101, order_value=0)
    assert computed(shop) == "rebuilt"
    row = pair(shop, "pasta", "sauce")
    assert {
        key: row[key] for key in ("co_purchase_count", "product_a_name", "product_b_name", "relationship_type")
    } == {
        "co_purchase_count": 20,
        "product_a_name": "Product pasta",
        "product_b_name": "Product sauce",
        "relationship_type": "complement",
    }
    assert (row["support"], row["confidence"], row["lift"]) == pytest.approx((0.2, 0.5, 2.0))
    assert (row["first_co_purchase"].isoformat(), row["last_co_purchase"].isoformat()) == ("2026-03-02", "2026-03-05")
    assert (row["lift_low"], row["lift_high"]) == pytest.approx((1.2666, 2.9184), abs=1e-3)
    assert row["false_discovery_rate"] < 1e-4
    assert row["similarity"] is None
    back = pair(shop, "sauce", "pasta")
    assert (back["confidence"], back["relationship_type"]) == (pytest.approx(0.8), "frequently_bought")
    assert len(table(shop)) == 2


def test_how_many_baskets_a_pair_needs_is_a_setting(shop: Stores) -> None:
    """Two baskets of a pair are too few, unless somebody says that two are enough."""
    baskets(shop, [["tea", "cup"]] * 2 + [["tea"]] * 3)
    computed(shop)
    assert table(shop) == []
    chosen = {"klaviyo_public_id": ACCOUNT, "key": "minimum_pair_count", "value": "2"}
    insert(shop, "settings", chosen)
    computed(shop, full=True)
    assert pair(shop, "cup", "tea")["co_purchase_count"] == 2


def test_without_orders_and_with_one_product(shop: Stores) -> None:
    assert computed(shop) == "rebuilt"
    assert table(shop) == []
    baskets(shop, [["only"]] * 6)
    changed(shop, [f"o{place}" for place in range(6)])
    computed(shop)
    assert table(shop) == []
    assert [row["baskets"] for row in table(shop, "basket_products")] == [6]


def test_an_order_of_500_products(shop: Stores) -> None:
    baskets(shop, [[f"p{place:03d}" for place in range(500)]])
    computed(shop)
    assert table(shop) == []
    with shop.warehouse.read() as session:
        counted = session.query_text("SELECT count(*) AS n FROM product_pair_counts", {}).to_pylist()
    assert counted == [{"n": 500 * 499 // 2}]


def test_baskets_that_are_all_alike_refunded_ones_and_orders_below_zero(shop: Stores) -> None:
    """Twelve orders of one customer, all of tea and cup: both in every basket, so together as often as by chance. An
    order that was refunded whole was a basket all the same; one of a negative value is none."""
    baskets(shop, [["tea", "cup"]] * 12, customer_id="ann")
    insert(shop, "order_deductions", deduction("o0", "10.00", "2026-03-03T12:00", "2026-03-02"))
    baskets(shop, [["tea", "cup"]], 12, order_value=-5)
    computed(shop)
    row = pair(shop, "tea", "cup")
    assert (row["co_purchase_count"], row["support"], row["confidence"], row["lift"]) == (12, 1.0, 1.0, 1.0)
    assert (row["relationship_type"], row["false_discovery_rate"]) == ("", 1.0)


def test_a_product_with_two_names_is_one_and_is_called_by_the_latest(shop: Stores) -> None:
    baskets(shop, [["a", "b"]] * 5, day="2026-03-02")
    for place, (day, name) in enumerate((("2026-03-09", "New name"), ("2026-03-01", "Old name"))):
        insert(shop, "klaviyo_orders", order(f"n{place}", "10.00", f"{day}T12:00"))
        insert(shop, "klaviyo_order_line_items", line(f"n{place}", "a", "10.00", day) | {"product_name": name})
    computed(shop)
    assert pair(shop, "a", "b")["product_a_name"] == "New name"
    told_anew(shop, "n0", "2026-03-09", order_status="cancelled")
    assert computed(shop) == "updated"
    assert pair(shop, "b", "a")["product_b_name"] == "Product a"


def test_variants_are_rolled_up_to_their_product(shop: Stores) -> None:
    """Lines that name a variant, or its SKU, where the catalog knows of which product it is."""
    own = {"klaviyo_public_id": ACCOUNT}
    insert(shop, "klaviyo_catalog_items", own | {"item_id": "i1", "external_id": "shirt"})
    insert(
        shop,
        "klaviyo_catalog_variants",
        own | {"variant_id": "v1", "item_id": "i1", "external_id": "shirt-s", "sku": "S-1"},
        own | {"variant_id": "v2", "item_id": "i1", "external_id": "shirt-m", "sku": "S-2"},
    )
    baskets(shop, [["shirt-s", "socks"]] * 2 + [["shirt-m", "shirt", "socks"]] * 2 + [["S-2", "socks"]])
    computed(shop)
    assert pair(shop, "shirt", "socks")["co_purchase_count"] == 5
    assert len(table(shop)) == 2
    # What the catalog says anew holds for orders that were counted already.
    insert(shop, "klaviyo_catalog_items", own | {"item_id": "i2", "external_id": "socks-pack"})
    insert(
        shop,
        "klaviyo_catalog_variants",
        own | {"variant_id": "v3", "item_id": "i2", "external_id": "socks", "sku": ""},
    )
    insert(shop, "data_versions", version("catalog"))
    assert [computed(shop), computed(shop)] == ["updated", "unchanged"]
    assert pair(shop, "shirt", "socks-pack")["co_purchase_count"] == 5


def test_updates_leave_what_a_rebuild_makes(shop: Stores) -> None:
    """New orders, late ones, cancelled ones, orders of other days and other products, in three portions."""
    dice = random.Random(4)
    names = [f"p{place}" for place in range(9)]
    days = [f"2026-03-{day:02d}" for day in range(1, 20)]
    placed: dict[str, str] = {}

    def some(number: int, known_products: int) -> list[str]:
        on = dice.choices(days, k=number)
        held = [dice.sample(names[:known_products], dice.randint(1, min(4, known_products))) for _ in on]
        ids = baskets(shop, held, len(placed), day=on)
        placed.update(zip(ids, on, strict=True))
        return ids

    some(60, 5)
    assert computed(shop) == "rebuilt"
    for portion in range(3):
        for id in some(4, 6 + portion):
            changed(shop, [id], placed[id])
        for id in dice.sample(sorted(placed), 2):
            before, placed[id] = placed[id], dice.choice(days)
            told_anew(shop, id, placed[id], order_status=dice.choice(["placed", "cancelled"]))
            changed(shop, [id], before, known=True)
        assert computed(shop) == "updated"
    updated = by_name(shop)
    computed(shop, full=True)
    assert updated == by_name(shop)
    assert any(row["co_purchase_count"] > 5 for row in updated[NAME])


def by_name(stores: Stores) -> dict[str, list[dict[str, Any]]]:
    """All tables with products by their ids: which numbers they have is nobody's business."""
    found = {name: table(stores, name) for name in TABLES}
    id = {row["code"]: row["product_id"] for row in found["basket_products"]}
    for row in found["basket_products"]:
        del row["code"]
    for row in found["order_baskets"]:
        row["products"] = sorted(id[code] for code in row["products"])
    for row in found["product_pair_counts"]:
        row["pair"] = sorted((id[row.pop("code_a")], id[row.pop("code_b")]))
    return {name: sorted(rows, key=repr) for name, rows in found.items()}


def test_orders_after_the_as_of_date_count_once_it_has_passed_them(shop: Stores) -> None:
    def covered(until: str) -> None:
        with shop.operational.write() as session:
            session.execute_text("DELETE FROM sync_cursors")
        mark = datetime.fromisoformat(until).replace(tzinfo=UTC)
        own = {"klaviyo_public_id": ACCOUNT, "resource": "events", "partition": ""}
        insert(shop, "sync_cursors", own | {"watermark": mark, "updated_at": mark})

    covered("2026-03-03T02:00")
    baskets(shop, [["a", "b"]] * 5, day="2026-03-02")
    baskets(shop, [["a", "b"]] * 2, 5, day="2026-03-04")
    computed(shop)
    assert pair(shop, "a", "b")["co_purchase_count"] == 5
    covered("2026-03-04T02:00")
    assert computed(shop) == "updated"
    assert pair(shop, "a", "b")["co_purchase_count"] == 7
