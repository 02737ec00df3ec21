"""The page Basket: pairs by hand, filters that count anew, a set, bundles, and the states without figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from threading import Event
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.basket import Basket, Item, Level, Told, rules
from components.basket import answer, export_bundles, labels
from data_access import cache
from data_access.derived import product_relationships, products_master
from data_access.derived.frame import compute
from data_access.queries import basket as reads
from data_access.queries.basket import all_bundles, all_rules, basket, basket_choices
from data_access.queries.basket_counts import anew
from data_access.queries.basket_query import BasketQuery, BundleQuery
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from pages.frame import waiting
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, SEEN, insert, line, order

HELD = (
    [["pasta", "sauce"]] * 12
    + [["pasta", "sauce", "cheese"]] * 8
    + [["pasta"]] * 20
    + [["sauce"]] * 5
    + [["soap"]] * 55
)


def placed(stores: Stores, held: Sequence[Sequence[str]] = HELD) -> Stores:
    """One order a day from 1 June 2026 on, every line 10.00; computed."""
    days = [date.fromordinal(date(2026, 6, 1).toordinal() + place).isoformat() for place in range(len(held))]
    orders: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for place, (day, products) in enumerate(zip(days, held, strict=True)):
        orders.append(order(f"o{place}", "10.00", f"{day}T12:00"))
        lines += [line(f"o{place}", product, "10.00", day) | {"product_type": product[0]} for product in products]
    insert(stores, "klaviyo_orders", *orders)
    insert(stores, "klaviyo_order_line_items", *lines)
    for table in (products_master.TABLE, product_relationships.TABLE):
        compute(stores, ACCOUNT, table)
    return stores


def cards(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def pairs(app: AppTest) -> list[tuple[str, str, int]]:
    (table,) = [frame.value for frame in app.dataframe if "Kulczynski" in frame.value.columns]
    return list(zip(table["Given"], table["Other"], table["Baskets"], strict=True))


@both_stacks
def test_pairs_of_a_hundred_baskets(connected: Stores, open_page: Open) -> None:
    app = open_page("basket")
    assert "No baskets yet" in texts(app)
    placed(connected)
    app = open_page("basket", days="Chosen period", period="Custom", **{"from": "2026-06-01", "to": "2026-06-03"})
    assert "No two products stand in 5 baskets together, which a test needs." in texts(app)
    assert "orders of 1–3 Jun 2026" in texts(app)
    app = open_page("basket")
    assert not app.exception
    assert "all orders up to 9 Sep 2026 · cancelled orders out · Europe/Berlin time · EUR · computed" in texts(app)
    # 40 + 25 + 8 + 55 products in 100 baskets; all three pairs of pasta, sauce and cheese were tested.
    assert cards(app) == {
        "Baskets": "100",
        "Products a basket": "1.28",
        "With several": "20.0 %",
        "Pairs tested": "3",
        "Bought together": "3",
        "Surest lift": "1.8 ×",
    }
    found = pairs(app)
    assert ("Product pasta", "Product sauce", 20) in found
    assert len(found) == 6
    assert "Of the baskets with" in texts(app)
    (hints,) = [frame.value for frame in app.dataframe if "Extra" in frame.value.columns]
    extra = dict(zip(zip(hints["Given"], hints["Offer"], strict=True), hints["Extra"], strict=True))
    # 20 baskets of pasta without sauce × (50 % − 25 %) × 10 euros.
    assert extra["Product pasta", "Product sauce"] == pytest.approx(50.0)
    categories = texts(open_page("basket", level="Categories"))
    assert "Offers are of products, which have a price; categories have none." in categories
    assert "No pair with a price" not in categories
    app.toggle("bundles").set_value(True).run()
    assert not app.exception
    (sets,) = [frame.value for frame in app.dataframe if "Set" in frame.value.columns]
    assert sets[["Set", "Baskets"]].values.tolist() == [["Product cheese + Product pasta + Product sauce", 8]]


def test_counting_anew_gives_what_is_kept(connected: Stores) -> None:
    placed(connected)
    kept = basket(connected, local_admin(), ACCOUNT, BasketQuery(related=False))
    anew = basket(connected, local_admin(), ACCOUNT, BasketQuery(related=False, start=date(2000, 1, 1)))
    assert kept is not None
    assert kept == anew
    june = basket(connected, local_admin(), ACCOUNT, BasketQuery(start=date(2026, 6, 1), end=date(2026, 6, 11)))
    assert june is not None
    assert (june.baskets, [rule.baskets for rule in june.rules]) == (11, [])
    categories = basket(connected, local_admin(), ACCOUNT, BasketQuery(level=Level.CATEGORY, related=False))
    assert categories is not None
    # Sauce and soap are one category: it stands in 80 baskets, with pasta in 20.
    assert {(rule.given.id, rule.other.id): rule.baskets for rule in categories.rules}["p", "s"] == 20
    assert {rule.given.id: rule.given.baskets for rule in categories.rules} == {"s": 80, "p": 40, "c": 8}
    assert basket_choices(connected, local_admin(), ACCOUNT, Level.CATEGORY) == (("s", "s"), ("p", "p"), ("c", "c"))
    both = ("sauce", "pasta")
    with_both = basket(connected, local_admin(), ACCOUNT, BasketQuery(given=both))
    assert with_both is not None
    assert with_both == basket(connected, local_admin(), ACCOUNT, BasketQuery(given=both, start=date(2000, 1, 1)))
    assert [(rule.given.baskets, rule.other.id, rule.baskets) for rule in with_both.rules] == [(20, "cheese", 8)]
    # Nobody has bought tea: it is as if it had not been asked for.
    alone = basket(connected, local_admin(), ACCOUNT, BasketQuery(given=("cheese", "tea")))
    assert alone == basket(connected, local_admin(), ACCOUNT, BasketQuery(given=("cheese",)))


def test_what_is_bought_with_a_set_and_filters(connected: Stores, open_page: Open) -> None:
    placed(connected)
    app = open_page("basket", **{"with": ["Product pasta", "Product sauce"], "tested": "All tested"})
    assert not app.exception
    # 20 baskets hold both, 8 of them cheese.
    assert pairs(app) == [("Product pasta + Product sauce", "Product cheese", 8)]
    one = open_page("basket", **{"with": "Product cheese", "lift": "2"})
    assert {given for given, _, _ in pairs(one)} == {"Product cheese"}
    gone = open_page("basket", **{"with": "Product tea"})
    assert "which is not here" in "\n".join(str(warning.value) for warning in gone.warning)


def test_products_of_one_name_are_told_apart() -> None:
    """Two shampoos, and two names that are the same as far as a chart shows them."""
    long = "A very long name of a product, "
    items = [Item(id, name, 9, None) for id, name in (("1", "Shampoo"), ("2", "Shampoo"), ("3", f"{long}a"))]
    assert labels(items) == {"1": "Shampoo (1)", "2": "Shampoo (2)", "3": f"{long}a"}
    other = Item("4", f"{long}b", 9, None)
    assert labels([items[2], other], 12) == {"3": "A very long… (3)", "4": "A very long… (4)"}


def test_what_takes_long_is_counted_beside_the_page(
    connected: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """June: 12 baskets of two, 8 of three, 10 of one product."""
    placed(connected)
    may_count = Event()

    def late(*given: Any, **named: Any) -> Any:
        assert may_count.wait(60)
        return anew(*given, **named)

    monkeypatch.setattr(reads, "anew", late)
    monkeypatch.setattr(waiting, "PAIRS_SOON", 0)
    june = {"days": "Chosen period", "period": "Custom", "from": "2026-06-01", "to": "2026-06-30"}
    app = open_page("basket", **june)
    assert not app.exception
    assert "Counting pairs in 30 baskets" in texts(app)
    assert not app.metric
    # Another person's question of what is kept is answered meanwhile.
    assert cards(open_page("basket"))["Baskets"] == "100"
    may_count.set()
    monkeypatch.setattr(cache, "AT_ONCE", timedelta(seconds=60))
    app.run()
    assert "Counting pairs" not in texts(app)
    assert (cards(app)["Baskets"], cards(app)["With several"]) == ("30", "66.7 %")


def test_a_pair_of_one_name_is_told_apart_and_its_lift_can_be_read() -> None:
    """Five of 155,370 baskets hold both shampoos, each of them in no other."""
    one, other = (Item(id, "Shampoo", 5, None) for id in ("1", "2"))
    (rule,) = rules([Told(one, other, 5, 10089.72, 72000.0, 0.0, "complement", None, None)], 155_370)
    found = Basket(
        as_of=date(2018, 1, 1), computed_at=SEEN, baskets=155_370, with_others=122_000, mean_size=9.4, minimum=5,
        pairs=1, bound=1, rules=[rule], substitutes=[],
    )  # fmt: skip
    assert answer(found, Level.PRODUCT) == (
        "Of the baskets with **Shampoo (1)**, **100.0 %** hold **Shampoo (2)** too: 31,074 times as many as by chance,"
        " in 5 baskets."
    )


def test_days_before_the_first_order_have_no_baskets(connected: Stores, open_page: Open) -> None:
    placed(connected)
    app = open_page(
        "basket", days="Chosen period", period="Custom", **{"from": "2025-01-01", "to": "2025-01-31"}, bundles="true"
    )
    assert not app.exception
    assert "No baskets in this selection" in texts(app)


def test_an_export_needs_its_right(connected: Stores) -> None:
    placed(connected)
    assert len(all_rules(connected, local_admin(), ACCOUNT, BasketQuery())) == 6
    viewer = granted("v@example.com", [ACCOUNT], [Right.VIEW])
    with pytest.raises(NotPermitted):
        all_rules(connected, viewer, ACCOUNT, BasketQuery())
    # The one set of three is bought in 8 of a hundred baskets: cheese in 8, pasta in 40, sauce in 25.
    found = all_bundles(connected, local_admin(), ACCOUNT, BundleQuery(BasketQuery(), 5))
    (row,) = export_bundles(found)
    assert (row["products"], row["size"], row["baskets"]) == ("cheese + pasta + sauce", 3, 8)
    assert row["lift"] == pytest.approx(0.08 / (0.08 * 0.40 * 0.25))
    with pytest.raises(NotPermitted):
        all_bundles(connected, viewer, ACCOUNT, BundleQuery(BasketQuery(), 5))
