"""The page Products: what a person reads of a few products, and in the states without figures."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from streamlit.testing.v1 import AppTest

from data_access.derived import product_relationships, products_master
from data_access.derived.frame import compute
from data_access.queries.basket import all_rules
from data_access.queries.basket_query import BasketQuery
from data_access.queries.product_range import product_range
from data_access.scope import local_admin
from data_access.stores import Stores
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, deduction, insert, line, order


def sold(stores: Stores, *lines: tuple[str, str, str, int]) -> Stores:
    """(product, day, total, quantity), an order each; orders are known up to the end of 20 November 2026."""
    until = datetime(2026, 11, 20, 23, tzinfo=UTC)
    own = {"klaviyo_public_id": ACCOUNT, "resource": "events", "partition": ""}
    insert(stores, "sync_cursors", own | {"watermark": until, "updated_at": until})
    rows: list[dict[str, Any]] = []
    for place, (_, day, total, _) in enumerate(lines):
        rows.append(order(f"o{place}", total, f"{day}T12:00", customer_id=f"c{place % 3}"))
    insert(stores, "klaviyo_orders", *rows)
    insert(
        stores,
        "klaviyo_order_line_items",
        *(line(f"o{place}", product, total, day, units) for place, (product, day, total, units) in enumerate(lines)),
    )
    return stores


def cards(app: AppTest) -> dict[str, tuple[str, str]]:
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


@both_stacks
def test_what_sells_what_is_new_and_what_fades(connected: Stores, open_page: Open) -> None:
    """Tent: 900 in October, 300 lately. Tea: new. Stove: 20 units in September, none since."""
    sold(
        connected,
        ("tent", "2025-01-10", "100.00", 1),
        ("tent", "2026-10-10", "900.00", 3),
        ("tent", "2026-11-10", "300.00", 1),
        ("tea", "2026-11-05", "50.00", 10),
        ("stove", "2026-01-05", "10.00", 1),
        ("stove", "2026-09-10", "200.00", 20),
    )
    insert(connected, "order_deductions", deduction("o2", "29.00", "2026-11-12T12:00", "2026-11-10"))
    compute(connected, ACCOUNT, products_master.TABLE)
    app = open_page("products")
    assert not app.exception
    assert app.title[0].value == "Products"
    # 271 + 50 in the 30 days, 900 in those before; 29 of 1,450 came back.
    assert cards(app) == {
        "Revenue, 30 days": ("€321", "−64.3 %"),
        "Units, 30 days": ("11", "+266.7 %"),
        "Products sold": ("2", "+100.0 %"),
        "New products": ("1", "3.5 % of revenue"),
        "Fading products": ("1", "14.1 % of revenue"),
        "Refund rate": ("2.0 %", "€29.00"),
    }
    said = texts(app)
    assert "No product is a star: none is among the best fifth both by units and by revenue" in said
    assert "30 and 90 days up to 20 Nov 2026, against the 30 days before · cancelled orders out · Europe/Berlin" in said
    tables = [frame.value for frame in app.dataframe]
    new, fading, every = tables
    assert new["Product"].to_list() == ["Product tea"]
    assert (fading["Product"].to_list(), fading["Velocity"].to_list()) == (["Product stove"], [0.0])
    rows = dict(zip(every["Product"], every["Standing"], strict=True))
    # The best fifth of three: 16 units and more, 750.40 and more.
    assert rows == {"Product tent": "High value", "Product stove": "Popular", "Product tea": "Standard"}
    assert [float(one) for one in every["Revenue"]] == [float(Decimal("1171.00")), 200.0, 50.0]
    app.segmented_control("standing").set_value("Popular").run()
    assert app.dataframe[2].value["Product"].to_list() == ["Product stove"]


@both_stacks
def test_a_product_has_the_weeks_and_the_refund_rate_of_its_variants_too(connected: Stores) -> None:
    """Shirts for 40, called by their size, and for 60; 10 of the 100 came back."""
    own = {"klaviyo_public_id": ACCOUNT}
    insert(connected, "klaviyo_catalog_items", own | {"item_id": "i1", "external_id": "shirt"})
    insert(connected, "klaviyo_catalog_variants", own | {"variant_id": "v1", "item_id": "i1", "external_id": "shirt-s"})
    sold(connected, ("shirt-s", "2026-11-19", "40.00", 1), ("shirt", "2026-11-20", "60.00", 1))
    insert(connected, "order_deductions", deduction("o0", "10.00", "2026-11-20T12:00", "2026-11-19"))
    compute(connected, ACCOUNT, products_master.TABLE)
    found = product_range(connected, local_admin(), ACCOUNT)
    assert found is not None
    (shirt,) = found.products
    assert (shirt.revenue_90d, shirt.gross_90d, shirt.refund_rate) == (Decimal(90), Decimal(100), 10.0)
    assert shirt.weeks[-1] == 100.0


def test_what_is_bought_with_a_picked_product(connected: Stores, open_page: Open) -> None:
    sold(connected, *[("tent", "2026-11-10", "9.00", 1)] * 6)
    insert(connected, "klaviyo_orders", *(order(f"n{place}", "5.00", "2026-11-11T12:00") for place in range(20)))
    insert(
        connected,
        "klaviyo_order_line_items",
        *(line(f"o{place}", "pegs", "1.00", "2026-11-10") for place in range(6)),
        *(line(f"n{place}", "tea", "5.00", "2026-11-11") for place in range(20)),
    )
    for table in (products_master.TABLE, product_relationships.TABLE):
        compute(connected, ACCOUNT, table)
    app = open_page("products", product="tent")
    assert "Bought with Product tent" in texts(app)
    (pairs,) = [frame.value for frame in app.dataframe if "Kulczynski" in frame.value.columns]
    assert "Given" not in pairs  # the heading names it
    assert pairs[["Other", "Baskets"]].values.tolist() == [["Product pegs", 6]]
    app.button("product_close").click().run()
    assert "Bought with" not in texts(app)
    gone = texts(open_page("products", product="nothing"))
    assert "The link asked for the product “nothing”, which is not here." in gone
    assert "Bought with" not in gone


@both_stacks
def test_prices_below_a_cent_have_their_digits(connected: Stores, open_page: Open) -> None:
    """40 bolts for 25 cents are 0.625 cents each; nuts are bought with them, for 10 cents each."""
    sold(connected, *[("bolt", "2026-11-10", "0.25", 40)] * 6, *[("tea", "2026-11-11", "5.00", 1)] * 20)
    nuts = (line(f"o{place}", "nut", "0.10", "2026-11-10") for place in range(6))
    insert(connected, "klaviyo_order_line_items", *nuts)
    for table in (products_master.TABLE, product_relationships.TABLE):
        compute(connected, ACCOUNT, table)
    app = open_page("products")
    (table,) = [frame for frame in app.dataframe if "Standing" in frame.value.columns]
    prices = dict(zip(table.value["Product"], table.value["Price"], strict=True))
    assert prices == {"Product bolt": 0.0063, "Product nut": 0.1, "Product tea": 5.0}
    assert json.loads(table.proto.columns)["Price"]["type_config"]["format"] == "%,.4f"
    # Kept relationships, and those that are counted anew.
    for asked in (BasketQuery(), BasketQuery(start=date(2026, 11, 1), end=date(2026, 11, 20))):
        found = {one.given.id: one for one in all_rules(connected, local_admin(), ACCOUNT, asked)}
        assert (found["nut"].other.price, found["bolt"].other.price) == (Decimal("0.0063"), Decimal("0.10"))


def test_before_products_are_computed(connected: Stores, open_page: Open) -> None:
    app = open_page("products")
    assert not app.exception
    assert "No products yet" in texts(app)
    compute(connected, ACCOUNT, products_master.TABLE)
    assert "No products yet" in texts(open_page("products"))
