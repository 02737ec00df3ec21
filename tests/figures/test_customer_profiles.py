"""customer_profiles: every column by hand and by the definitions, on each warehouse; updates equal a rebuild."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from data_access.derived import customer_profiles, registry
from data_access.derived.customer_profiles import NAME
from data_access.derived.frame import Derived, Run
from data_access.queries.accounts import data_state
from data_access.scope import local_admin
from data_access.stores import Stores
from tests.embedded_clickhouse import WAREHOUSES, migrated_stores
from tests.figures.literal import METRICS, Ledger, cancelled, item, placed, refunded
from tests.figures.profiles import blocks, purchases, states, stored, told
from tests.figures.test_any_order import apply, histories, shuffled

numbers = itertools.count()


@pytest.fixture(scope="module", params=WAREHOUSES)
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    with migrated_stores(tmp_path_factory.mktemp("profiles"), request.param) as found:
        yield found


@pytest.fixture
def ledger(stores: Stores) -> Ledger:
    """An account of its own in Berlin that reckons in euros."""
    found = Ledger(stores, f"P{next(numbers)}")
    found.store()
    return found


def synced_until(ledger: Ledger, at: str) -> None:
    """A sync has covered everything up to then."""
    with ledger.stores.operational.write() as session:
        session.execute_text(f"DELETE FROM sync_cursors WHERE klaviyo_public_id = '{ledger.account}'")
    ledger.insert(
        "sync_cursors",
        {
            "klaviyo_public_id": ledger.account,
            "resource": "events",
            "partition": "",
            "watermark": datetime.fromisoformat(at).astimezone(UTC),
        },
    )


def derive(ledger: Ledger, *, full: bool = False) -> Derived:
    ledger.refresh()
    return registry.derive(ledger.stores, ledger.account, [NAME], full=full)[0]


def column(ledger: Ledger, *names: str) -> list[Any]:
    rows = stored(ledger)
    return [tuple(row[name] for name in names) if len(names) > 1 else row[names[0]] for row in rows]


def test_every_column_of_two_customers(ledger: Ledger) -> None:
    ledger.profile("p1", "Anna@Example.com")
    ledger.profile("p2")  # without an e-mail
    shoe = item("a", 80.0, 1, ProductType="Shoes", Brand="North")
    sock = item("b", 10.0, 2, ProductType="Socks", Brand="Alba")
    more: dict[str, Any] = {"Total Discounts": 5.0}
    ledger.load(
        placed("o1", "2026-01-03T10:15+01:00", 100.00, Items=[shoe, sock]),  # a Saturday
        placed("o2", "2026-01-11T10:45+01:00", 33.33, Items=[sock], **more),  # a Sunday
        placed("o3", "2026-01-14T23:59+01:00", 20.00, Items=[item("c", 20.0, ProductType="Shoes", Brand="Alba")]),
        placed("o4", "2026-01-20T08:00+01:00", 15.00, "p2"),
        refunded("r1", "o1", "2026-01-06T12:00+01:00", 25.50),
    )
    synced_until(ledger, "2026-01-21T15:00+01:00")  # the 20th is the last whole day
    assert derive(ledger) == Derived(NAME, "rebuilt", date(2026, 1, 21))
    anna, nobody = stored(ledger)
    assert (anna["customer_email"], anna["customer_id"], anna["total_orders"]) == ("anna@example.com", "p1", 3)
    money = ("total_revenue", "total_refunds", "net_revenue", "avg_order_value", "avg_discount_amount")
    assert [str(anna[name]) for name in money] == ["153.33", "25.50", "127.83", "51.11", "5.00"]
    assert (anna["first_order_date"], anna["last_order_date"]) == (date(2026, 1, 3), date(2026, 1, 14))
    assert (anna["days_since_last_order"], anna["avg_days_between_orders"], anna["customer_age_days"]) == (7, 5.5, 18)
    # Shoes 80 + 20, socks 20 + 20; North 80, Alba 20 + 20 + 20.
    assert (anna["favorite_category"], anna["favorite_brand"]) == ("Shoes", "North")
    assert (anna["categories_purchased"], anna["brands_purchased"]) == (["Shoes", "Socks"], ["Alba", "North"])
    assert (anna["unique_products_purchased"], anna["discount_usage_rate"]) == (3, 1 / 3)
    assert (anna["weekend_buyer"], anna["preferred_order_hour"]) == (1, 10)
    assert (anna["rfm_score"], anna["rfm_segment"]) == ("155", "Cannot Lose Them")
    # Gaps of 8 and 3 days: silence of 7 days against twice their median.
    assert anna["churn_risk_score"] == pytest.approx(1 - 2.718281828459045 ** (-7 / 11))
    assert (nobody["customer_email"], nobody["customer_id"], nobody["rfm_score"]) == ("p2", "p2", "511")
    assert (nobody["avg_days_between_orders"], nobody["avg_discount_amount"]) == (None, None)
    assert (nobody["favorite_category"], nobody["favorite_brand"], nobody["categories_purchased"]) == (None, None, [])
    assert 0 < nobody["churn_risk_score"] < 1
    assert stored(ledger) == told(ledger, date(2026, 1, 21))


def test_no_orders_leave_no_customers(ledger: Ledger) -> None:
    assert derive(ledger) == Derived(NAME, "rebuilt", None)
    assert derive(ledger).how == "unchanged"
    ledger.load(placed("o1", "2026-01-03T10:00Z", 0), placed("o2", "2026-01-03T10:00Z", -5.0, "p2"))
    assert derive(ledger).as_of == date(2026, 1, 4)
    assert stored(ledger) == []


def test_one_customer_is_in_the_middle_of_everything(ledger: Ledger) -> None:
    ledger.load(placed("o1", "2026-01-03T10:00Z", 12.0))
    derive(ledger)
    assert column(ledger, "rfm_score", "rfm_segment", "days_since_last_order") == [("333", "Potential Loyalist", 1)]


def test_equal_customers_score_equal(ledger: Ledger) -> None:
    ledger.load(*(placed(f"o{n}", "2026-01-03T10:00Z", 12.0, f"p{n}") for n in range(7)))
    derive(ledger)
    assert column(ledger, "rfm_score") == ["333"] * 7
    # One who bought more: six are not worse than each other, and all worse than the seventh.
    ledger.load(placed("o9", "2026-01-03T12:00Z", 1.0, "p0"))
    assert derive(ledger).how == "updated"
    assert column(ledger, "rfm_score") == ["355"] + ["311"] * 6


def test_orders_of_no_value_do_not_count(ledger: Ledger) -> None:
    ledger.load(
        placed("o1", "2026-01-03T10:00Z", 50.0), placed("o2", "2026-01-05T10:00Z", 0),
        placed("o3", "2026-01-06T10:00Z", -20.0), placed("o4", "2026-01-07T10:00Z", 30.0),
        cancelled("x4", "o4", "2026-01-07T11:00Z"),
    )  # fmt: skip
    derive(ledger)
    assert column(ledger, "total_orders", "last_order_date", "days_since_last_order") == [(1, date(2026, 1, 3), 5)]


def test_refunds_take_no_more_than_the_order(ledger: Ledger) -> None:
    ledger.load(
        placed("o1", "2026-01-03T10:00Z", 50.0), refunded("r1", "o1", "2026-01-04T10:00Z", 40.0),
        refunded("r2", "o1", "2026-01-05T10:00Z", 40.0),
    )  # fmt: skip
    derive(ledger)
    (row,) = stored(ledger)
    assert (row["total_refunds"], row["net_revenue"], row["total_orders"]) == (50, 0, 1)


def test_an_email_moves_the_row_and_its_case_does_not(ledger: Ledger) -> None:
    ledger.profile("p1", "Ann@X.de")
    ledger.load(placed("o1", "2026-01-03T10:00Z", 50.0), placed("o2", "2026-01-04T10:00Z", 5.0, "p2"))
    derive(ledger)
    assert column(ledger, "customer_email") == ["ann@x.de", "p2"]
    ledger.profile("p1", "ANN@x.DE")
    derive(ledger)
    assert column(ledger, "customer_email") == ["ann@x.de", "p2"]
    ledger.profile("p1", "new@x.de")
    assert derive(ledger).how == "updated"
    assert column(ledger, "customer_email", "customer_id") == [("new@x.de", "p1"), ("p2", "p2")]


def test_merged_profiles_count_once(ledger: Ledger) -> None:
    ledger.profile("p1", "a@x.de")
    ledger.profile("p2", "b@x.de")
    ledger.load(*(placed(f"o{n}", f"2026-01-0{n}T10:00Z", 10.0 * n, f"p{n}") for n in (1, 2, 3)))
    derive(ledger)
    assert column(ledger, "customer_email", "total_orders") == [("a@x.de", 1), ("b@x.de", 1), ("p3", 1)]
    ledger.profile("p1", None, merged_into="p2")
    assert derive(ledger).how == "updated"
    assert column(ledger, "customer_email", "total_orders") == [("b@x.de", 2), ("p3", 1)]


def test_an_id_without_an_email_keeps_its_case(ledger: Ledger) -> None:
    """01Ab and 01AB are two profiles; merged, the one that is left stands with its orders as Klaviyo writes it."""
    ledger.profile("01Ab")
    ledger.profile("01AB")
    ledger.load(placed("o1", "2026-01-01T10:00Z", 10.0, "01Ab"), placed("o2", "2026-01-02T10:00Z", 20.0, "01AB"))
    derive(ledger)
    assert sorted(column(ledger, "customer_email", "customer_id")) == [("01AB", "01AB"), ("01Ab", "01Ab")]
    ledger.profile("01AB", None, merged_into="01Ab")
    derive(ledger)
    assert column(ledger, "customer_email", "customer_id", "total_orders") == [("01Ab", "01Ab", 2)]


def test_an_email_of_two_customers_is_the_last_buyers(ledger: Ledger) -> None:
    ledger.profile("p1", "a@x.de")
    ledger.profile("p2", "A@x.de")
    ledger.load(placed("o1", "2026-01-05T10:00Z", 10.0), placed("o2", "2026-01-03T10:00Z", 10.0, "p2"))
    derive(ledger)
    assert column(ledger, "customer_email", "customer_id") == [("a@x.de", "p1"), ("p2", "p2")]


def test_orders_count_from_the_as_of_date_on(ledger: Ledger) -> None:
    """A sync that stalled before the first order, then went on: nobody touched these orders in between."""
    synced_until(ledger, "2026-01-02T15:00+01:00")
    ledger.load(placed("o1", "2026-01-03T10:00Z", 50.0), placed("o2", "2026-01-09T10:00Z", 20.0, "p2"))
    assert derive(ledger).as_of == date(2026, 1, 2)
    assert stored(ledger) == []
    synced_until(ledger, "2026-01-05T00:00+01:00")
    assert derive(ledger).how == "updated"
    assert column(ledger, "customer_id", "days_since_last_order") == [("p1", 2)]
    synced_until(ledger, "2026-01-09T23:59+01:00")
    derive(ledger)
    assert column(ledger, "customer_id", "days_since_last_order") == [("p1", 6), ("p2", 0)]
    assert stored(ledger) == told(ledger, date(2026, 1, 9))
    synced_until(ledger, "2026-01-04T00:00+01:00")  # as after the restore of an older backup
    assert derive(ledger).how == "rebuilt"
    assert column(ledger, "customer_id") == ["p1"]


@given(data=st.data())
@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@pytest.mark.timeout(600)
def test_updates_in_any_order_equal_a_rebuild_and_the_definitions(stores: Stores, data: st.DataObject) -> None:
    steps = [step for step in data.draw(histories(), label="history") if step.kind in ("event", "profile", "metric")]
    ledger = Ledger(stores, f"P{next(numbers)}")
    ledger.store(metrics=METRICS.keys() - {step.body for step in steps if step.kind == "metric"})
    # Enough customers that touch nothing, so that the rest is no large part.
    ledger.load(*(placed(f"s{n}", f"2025-02-{n % 28 + 1:02}T10:00Z", n + 1, f"still{n % 5}") for n in range(84)))
    derive(ledger)
    for part in data.draw(shuffled(steps), label="slices"):
        apply(ledger, part)
        derive(ledger)
    done = derive(ledger)
    updated = stored(ledger), states(ledger), blocks(ledger), purchases(ledger)
    assert done.as_of is not None
    assert updated[0] == told(ledger, done.as_of)
    assert updated[2]
    assert derive(ledger, full=True).how == "rebuilt"
    assert (stored(ledger), states(ledger), blocks(ledger), purchases(ledger)) == updated


def bought(product: str, price: float, kind: str, brand: str = "") -> dict[str, Any]:
    return item(product, price, 1, ProductType=kind, Brand=brand)


def test_what_is_kept_of_purchases_follows_every_change(ledger: Ledger) -> None:
    """A name that comes later but stands before others, a second order of a day, a cancelled one, one that is told anew
    on another day, one of another customer, and orders that a merge brings along, which nothing else names."""
    ledger.load(*(placed(f"s{n}", f"2026-01-{n + 1:02}T10:00Z", 1, f"still{n}") for n in range(20)))
    ledger.load(
        placed("o1", "2026-01-03T10:00Z", 20, "p1", Items=[bought("x", 20, "Shoes", "North")]),
        placed("o2", "2026-01-05T10:00Z", 20, "p2", Items=[bought("y", 20, "Socks", "Alba")]),
        placed("o3", "2026-01-06T10:00Z", 5, "p2", Items=[bought("y", 5, "Shoes")]),
    )
    derive(ledger)
    kinds = ("customer_id", "favorite_category", "favorite_brand", "categories_purchased", "unique_products_purchased")

    def told_of(*customers: str) -> list[tuple[Any, ...]]:
        return sorted(found for found in column(ledger, *kinds) if found[0] in customers)

    def follows(*events: Any) -> None:
        ledger.load(*events)
        assert derive(ledger).how == "updated"

    # Bags cost as much as shoes, and stand before them.
    follows(placed("o4", "2026-01-03T11:00Z", 20, "p1", Items=[bought("z", 20, "Bags", "North")]))
    assert told_of("p1") == [("p1", "Bags", "North", ["Bags", "Shoes"], 2)]
    follows(cancelled("c4", "o4", "2026-01-04T10:00Z"))
    assert told_of("p1") == [("p1", "Shoes", "North", ["Shoes"], 1)]
    # Two days of p2 change at once: his socks are told on another day, and cost less than his shoes there.
    follows(placed("o2b", "2026-01-08T10:00Z", 4, "p2", OrderId="o2", Items=[bought("y", 4, "Socks", "Alba")]))
    assert told_of("p2") == [("p2", "Shoes", "Alba", ["Shoes", "Socks"], 1)]
    follows(refunded("r1", "o1", "2026-01-09T10:00Z", 5))
    assert told_of("p1") == [("p1", "Shoes", "North", ["Shoes"], 1)]
    ledger.profile("p2", None, merged_into="p1")
    assert derive(ledger).how == "updated"
    assert told_of("p1", "p2") == [("p1", "Shoes", "North", ["Shoes", "Socks"], 2)]
    kept = [
        (row["day"].day, row["product"], row["category"], row["cents"]) for row in purchases(ledger) if row["product"]
    ]
    assert kept == [(3, "x", "Shoes", 2000), (6, "y", "Shoes", 500), (8, "y", "Socks", 400)]
    updated = stored(ledger), states(ledger), purchases(ledger)
    assert derive(ledger, full=True).how == "rebuilt"
    assert (stored(ledger), states(ledger), purchases(ledger)) == updated


def test_an_order_of_500_products_and_a_product_of_two_names(ledger: Ledger) -> None:
    """500 lines of 1 euro: 100 of each of five categories, so the first by name is the favourite; all of one brand but
    the last. Later the product p000 is called otherwise, in another category: it is still one product."""
    lines = [
        item(f"p{n:03}", 1.0, ProductType=f"Kind {n % 5}", Brand="Alba" if n < 499 else "North") for n in range(500)
    ]
    ledger.load(placed("o1", "2026-01-03T10:00Z", 500.0, Items=lines))
    derive(ledger)
    names = ("favorite_category", "favorite_brand", "categories_purchased", "brands_purchased")
    kinds = [f"Kind {n}" for n in range(5)]
    assert column(ledger, *names, "unique_products_purchased") == [("Kind 0", "Alba", kinds, ["Alba", "North"], 500)]
    renamed = item("p000", 2.0, ProductName="Another name", ProductType="Kind 1", Brand="North")
    ledger.load(placed("o2", "2026-01-04T10:00Z", 2.0, Items=[renamed]))
    derive(ledger)
    assert column(ledger, *names, "unique_products_purchased") == [("Kind 1", "Alba", kinds, ["Alba", "North"], 500)]
    assert stored(ledger) == told(ledger, date(2026, 1, 5))


class PowerCut(Exception):
    """The machine went off."""


def test_a_run_that_breaks_off_is_made_anew(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """On one database nothing of it stays; on two nobody reads what it left, and the next one rebuilds."""
    ledger.load(*(placed(f"o{n}", f"2026-01-{n + 1:02}T10:00Z", n + 1, f"p{n}") for n in range(8)))
    derive(ledger)
    before = stored(ledger)
    ledger.load(placed("o9", "2026-01-09T10:00Z", 9.0, "p1"))

    def cut(_run: Run) -> None:
        raise PowerCut

    with monkeypatch.context() as patched:
        patched.setattr(customer_profiles, "derive_profiles", cut)
        with pytest.raises(PowerCut):
            derive(ledger)
    state = data_state(ledger.stores, local_admin(), ledger.account)
    assert state.including({"customers"}).publishing is not ledger.stores.same
    assert not state.publishing  # pages that rest on orders alone go on
    assert stored(ledger) == before
    assert derive(ledger).how == ("updated" if ledger.stores.same else "rebuilt")
    state = data_state(ledger.stores, local_admin(), ledger.account)
    assert not state.including({"customers"}).publishing
    assert stored(ledger) == told(ledger, date(2026, 1, 10))
