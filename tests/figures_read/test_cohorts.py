"""The customer base from orders that can be counted by hand, and from a base that the models describe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from analytics.customer_base import CustomerBase
from analytics.lifetime_value import Calibration
from analytics.repeat_buying import Fitted, NotFitted, Reason, fit, histories
from data_access.derived import customer_profiles, customer_values
from data_access.derived.frame import compute
from data_access.queries.cohorts import all_customers, customer_base, customer_outlook
from data_access.queries.rfm import RfmQuery, rfm
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from tests.embedded_clickhouse import WAREHOUSES
from tests.repeat_orders import bought, covered
from tests.repeat_orders import modelled as modelled_orders
from tests.warehouse_rows import ACCOUNT, deduction, insert, migrated, store

ADMIN = local_admin()
TODAY = date(2026, 11, 20)


def computed(stores: Stores) -> CustomerBase | None:
    compute(stores, ACCOUNT, customer_values.TABLE)
    return customer_base(stores, ADMIN, ACCOUNT)


def test_cohorts_and_gaps_of_a_few_orders(warehouse: Stores) -> None:
    insert(warehouse, "stores", store())
    covered(warehouse, "2026-03-16")
    insert(
        warehouse,
        "klaviyo_orders",
        bought("ann", "100.00", "2026-01-10"),
        bought("ann", "20.00", "2026-01-10b", 0),  # two orders of one day count once
        bought("ann", "60.00", "2026-02-09", 30),
        bought("ann", None, "2026-03-11", 30),  # no exchange rate
        bought("bob", "50.00", "2026-01-31"),
        bought("cem", "80.00", "2026-02-01"),
        bought("cem", "40.00", "2026-02-11", 10),
        bought("dia", "70.00", "2026-01-02", order_status="cancelled"),
        bought("eva", "0.00", "2026-01-02"),
        bought("fay", "30.00", "2026-03-17"),  # later than what a sync has covered
    )
    insert(warehouse, "order_deductions", deduction("bob-2026-01-31", "50.00", "2026-03-01 09:00", "2026-01-31"))
    found = computed(warehouse)
    assert found is not None
    assert (found.as_of, found.customers, found.repeat_customers) == (date(2026, 3, 16), 3, 2)
    january, february = found.cohorts
    # 180 + 60 of ann; bob's order came back.
    assert (january.month, january.size, january.net_revenue) == (date(2026, 1, 1), 2, Decimal("180.00"))
    assert [(c.retention, c.orders, c.revenue, c.over) for c in january.cells] == [
        (100, 1.5, 60, True), (50, 2, 90, True), (50, 2.5, 90, False),
    ]  # fmt: skip
    assert [(c.retention, c.revenue, c.over) for c in february.cells] == [(100, 120, True), (0, 120, False)]
    assert found.median_gap == 30
    assert [(c.low, c.gaps) for c in found.gaps if c.gaps] == [(8, 1), (15, 2)]
    # cem is back after 10 days, ann after 30; bob is known for 44 days and has not come back.
    assert [(p.days, round(p.share, 2), p.watched) for p in found.returned] == [(10, 33.33, 2), (30, 66.67, 1)]
    assert found.model == NotFitted(Reason.FEW_REPEAT_CUSTOMERS, 2)
    assert found.calibration is None
    assert found.leading == ()
    # Silence of 5, 44 and 33 days against a median gap of 20 days: 0, 10, 30 and 30 between orders.
    assert found.total.alive == pytest.approx(np.exp(-np.array([5, 44, 33]) / 40).sum())
    assert found.total.value is None
    rows = all_customers(warehouse, ADMIN, ACCOUNT)
    assert [(row["customer_id"], row["repeat_orders"], row["expected_value"]) for row in rows] == [
        ("ann", 2, None), ("bob", 0, None), ("cem", 1, None),
    ]  # fmt: skip


def test_bought_again_is_the_same_on_both_pages(warehouse: Stores) -> None:
    """ann ordered twice on one day, cem on two days, bob once: two of three bought again, one came back later."""
    insert(warehouse, "stores", store())
    covered(warehouse, "2026-03-16")
    insert(
        warehouse,
        "klaviyo_orders",
        bought("ann", "100.00", "2026-01-10"),
        bought("ann", "20.00", "2026-01-10b", 0),
        bought("bob", "50.00", "2026-01-31"),
        bought("cem", "80.00", "2026-02-01"),
        bought("cem", "40.00", "2026-02-11", 10),
    )
    found = computed(warehouse)
    assert found is not None
    assert (found.customers, found.repeat_customers) == (3, 2)
    assert found.model == NotFitted(Reason.FEW_REPEAT_CUSTOMERS, 1)
    compute(warehouse, ACCOUNT, customer_profiles.TABLE)
    told = rfm(warehouse, ADMIN, ACCOUNT, RfmQuery(date(2026, 3, 16), date(2026, 2, 16)))
    assert (told.customers, told.repeat) == (3, 2)


def test_nobody_has_ordered(warehouse: Stores) -> None:
    insert(warehouse, "stores", store())
    assert customer_base(warehouse, ADMIN, ACCOUNT) is None
    assert computed(warehouse) is None
    covered(warehouse, "2026-03-16")
    assert computed(warehouse) is None


def test_the_last_customer_is_taken_back(warehouse: Stores) -> None:
    insert(warehouse, "stores", store())
    insert(warehouse, "klaviyo_orders", bought("ann", "10.00", "2026-01-10"), bought("bob", "10.00", "2026-01-10"))
    found = computed(warehouse)
    assert found is not None
    assert (found.as_of, found.customers) == (date(2026, 1, 11), 2)
    assert [(c.revenue, c.over) for c in found.cohorts[0].cells] == [(10, False)]
    with warehouse.warehouse.write() as session:
        marks = ", 1 AS is_deleted, now64(6) AS inserted_at" if session.dialect == "clickhouse" else ""
        gone = f"klaviyo_public_id = '{ACCOUNT}' AND customer_id = 'bob'"
        if marks:
            text = f"INSERT INTO klaviyo_orders SELECT * REPLACE ({marks[2:]}) FROM klaviyo_orders WHERE {gone}"
        else:
            text = f"DELETE FROM klaviyo_orders WHERE {gone}"
        session.execute_text(text)
    compute(warehouse, ACCOUNT, customer_values.TABLE, full=True)
    found = customer_base(warehouse, ADMIN, ACCOUNT)
    assert found is not None
    assert found.customers == 1
    assert [row["customer_id"] for row in all_customers(warehouse, ADMIN, ACCOUNT)] == ["ann"]


# --- a base that the models describe ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rows() -> Sequence[dict[str, Any]]:
    return modelled_orders(1500, TODAY)


@pytest.fixture(scope="module", params=WAREHOUSES)
def modelled(
    request: pytest.FixtureRequest, rows: Sequence[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stores]:
    with migrated(tmp_path_factory.mktemp("modelled"), request.param) as stores:
        insert(stores, "stores", store())
        covered(stores, TODAY.isoformat())
        insert(stores, "klaviyo_orders", *rows)
        compute(stores, ACCOUNT, customer_profiles.TABLE)
        compute(stores, ACCOUNT, customer_values.TABLE)
        yield stores


def test_the_fit_is_that_of_the_days_with_orders(modelled: Stores, rows: Sequence[dict[str, Any]]) -> None:
    found = customer_base(modelled, ADMIN, ACCOUNT)
    assert found is not None
    days: dict[str, list[date]] = {}
    for row in rows:
        days.setdefault(row["customer_id"], []).append(row["order_date"])
    first, last = [[pick(of) for of in days.values()] for pick in (min, max)]
    known = fit(
        histories(
            [len(of) - 1 for of in days.values()],
            [(b - a).days for a, b in zip(first, last, strict=True)],
            [(TODAY - a).days for a in first],
        )[0]
    )
    assert isinstance(known, Fitted)
    assert found.model == known
    assert found.total.alive == pytest.approx(sum(row["p_alive"] for row in all_customers(modelled, ADMIN, ACCOUNT)))


def test_expectations_add_up(modelled: Stores) -> None:
    found = customer_base(modelled, ADMIN, ACCOUNT)
    assert found is not None
    assert found.interval is not None
    assert found.total.value is not None
    customers = all_customers(modelled, ADMIN, ACCOUNT)
    assert len(customers) == found.customers == 1500
    assert found.total.value == pytest.approx(float(sum(row["expected_value"] for row in customers)), abs=10)
    assert found.total.orders == pytest.approx(sum(row["expected_orders"] for row in customers))
    assert found.interval.low < found.total.value < found.interval.high
    assert sum(cohort.size for cohort in found.cohorts) == 1500
    assert {cohort.month for cohort in found.cohorts} == found.expected.keys()
    for row in customers[:20]:
        product = row["expected_orders"] * float(row["expected_order_value"])
        assert float(row["expected_value"]) == pytest.approx(product, rel=1e-3)


def test_the_leading_customers_are_those_of_whom_most_is_expected(modelled: Stores) -> None:
    found = customer_base(modelled, ADMIN, ACCOUNT)
    assert found is not None
    rows = all_customers(modelled, ADMIN, ACCOUNT)
    first = rows[:25]
    ends = [(one.interval.low, one.interval.high) for one in found.leading]
    told = [(float(row["expected_value_low"]), float(row["expected_value_high"])) for row in first]
    assert told == [(pytest.approx(low, abs=0.005), pytest.approx(high, abs=0.005)) for low, high in ends]
    # Of 1,500 customers those of whom most is expected have an interval.
    assert [row["expected_value_low"] is not None for row in rows] == [True] * 500 + [False] * 1000
    assert rows[499]["expected_value_low"] <= rows[499]["expected_value"] <= rows[499]["expected_value_high"]
    assert [(one.id, one.expected_value) for one in found.leading] == [
        (row["customer_id"], row["expected_value"]) for row in first
    ]
    for one in found.leading:
        assert one.orders is not None
        assert one.orders > 1
        assert one.email == f"{one.id}@example.com"
        assert one.interval.low < float(one.expected_value) < one.interval.high


def test_silence_makes_a_customer_less_likely_active(modelled: Stores) -> None:
    base = customer_base(modelled, ADMIN, ACCOUNT)
    assert base is not None
    first = base.leading[0]
    found = customer_outlook(modelled, ADMIN, ACCOUNT, first.id)
    assert found is not None
    assert found.customer == first
    assert dict(found.alive)[TODAY] == pytest.approx(first.alive)
    chances = [chance for _, chance in found.alive]
    assert chances == sorted(chances, reverse=True)
    assert found.alive[0][0] == first.last_order
    assert found.even_chance is not None
    assert customer_outlook(modelled, ADMIN, ACCOUNT, "nobody") is None


def test_held_out_orders_are_foretold(modelled: Stores) -> None:
    found = customer_base(modelled, ADMIN, ACCOUNT)
    assert found is not None
    assert isinstance(found.calibration, Calibration)
    assert found.calibration.held_out_days == 182
    assert found.calibration.error_pct == pytest.approx(0, abs=15)


def test_without_the_right_nobody_reads_an_address(modelled: Stores) -> None:
    scope = granted("reader", [ACCOUNT], [Right.VIEW, Right.EXPORT])
    found = customer_base(modelled, scope, ACCOUNT)
    assert found is not None
    assert {one.email for one in found.leading} == {None}
    assert {row["customer_email"] for row in all_customers(modelled, scope, ACCOUNT)} == {None}
    with pytest.raises(NotPermitted):
        all_customers(modelled, granted("viewer", [ACCOUNT], [Right.VIEW]), ACCOUNT)


def test_the_profiles_tell_the_same_risk(modelled: Stores) -> None:
    alive = {row["customer_id"]: row["p_alive"] for row in all_customers(modelled, ADMIN, ACCOUNT)}
    with modelled.warehouse.read() as session:
        text = "SELECT customer_id, churn_risk_score AS risk FROM customer_profiles"
        risks = {row["customer_id"]: row["risk"] for row in session.query_text(text, {}).to_pylist()}
    assert len(risks) == 1500
    assert {id: 1 - risk for id, risk in risks.items()} == pytest.approx(alive)


def test_computing_anew_changes_nothing(modelled: Stores) -> None:
    before = all_customers(modelled, ADMIN, ACCOUNT)
    compute(modelled, ACCOUNT, customer_values.TABLE, full=True)
    assert all_customers(modelled, ADMIN, ACCOUNT) == before
