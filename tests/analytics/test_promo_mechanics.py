"""A scenario's rows: as they are stored, checked and reckoned with; its figures as they are stored."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from analytics.promo.arithmetic import effective_discount
from analytics.promo.breakdown import kpis_of, largest_remainder
from analytics.promo.mechanics import BadMechanics, Segment, mechanics_of, terms_of
from analytics.promo.simulation import simulate
from analytics.promo.terms import Baseline, Cell, Curve, Form, Knowledge, Terms

SAMPLE = {"department": "TV", "channel": "online", "discount_pct": 20, "segments": ["ALL"], "notes": "main hero"}


def test_the_sample_comes_back_as_it_was() -> None:
    (row,) = mechanics_of([SAMPLE])
    assert row.stored() == SAMPLE
    (terms,) = terms_of([row], [])
    assert (terms.cell, terms.depth, terms.form) == (Cell("TV", "online"), 0.2, Form.PERCENTAGE)
    assert (terms.reach, terms.sensitivity, terms.fixed_cost, terms.stock_cap) == (1, 1, 0, None)


def test_optional_keys() -> None:
    told = {**SAMPLE, "form": "coupon", "redemption": 0.5, "fixed_cost": 100, "funding": 40, "stock_cap": 900}
    (row,) = mechanics_of([told])
    assert row.stored() == told
    (terms,) = terms_of([row], [])
    assert effective_discount(terms) == pytest.approx(0.1)
    assert (terms.fixed_cost, terms.funding, terms.stock_cap) == (100, 40, 900)


def test_segments_reach_their_share_of_revenue() -> None:
    segments = [Segment("LOYAL", 0.3, "low"), Segment("DEALS", 0.1, "high")]
    (row,) = mechanics_of([{**SAMPLE, "segments": "LOYAL, DEALS"}])
    (terms,) = terms_of([row], segments)
    assert terms.reach == pytest.approx(0.4)
    assert terms.sensitivity == pytest.approx((0.3 * 0.7 + 0.1 * 1.3) / 0.4)
    assert effective_discount(terms) == pytest.approx(0.08)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"channel": "web"}, "row 1: channel is 'web'; it is online or offline"),
        ({"department": " "}, "row 1: department is missing"),
        ({"discount_pct": None}, "row 1: discount_pct is missing; 20 is 20 %"),
        ({"discount_pct": "much"}, "row 1: discount_pct is 'much', not a number"),
        ({"discount_pct": 120}, "row 1: discount_pct is 120; it lies between 0 and 99.99"),
        ({"discount_pct": float("nan")}, "row 1: discount_pct is nan; it lies between 0 and 99.99"),
        ({"redemption": -1}, "row 1: redemption is -1; it lies between 0 and 1"),
        ({"segments": ["ALL", "LOYAL"]}, "row 1: segments are ALL or some, not both"),
        ({"segments": ["GONE"]}, "row 1: segment 'GONE' is not known"),
        ({"form": "gift"}, "row 1: form is 'gift'; it is one of"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(change: dict[str, object], said: str) -> None:
    with pytest.raises(BadMechanics) as told:
        mechanics_of([{**SAMPLE, **change}], known_segments=["LOYAL"])
    assert any(problem.startswith(said) for problem in told.value.problems), told.value.problems


def test_two_rows_for_the_same_buyers() -> None:
    with pytest.raises(BadMechanics, match="row 2: TV, online has a row for ALL already"):
        mechanics_of([SAMPLE, SAMPLE])
    with pytest.raises(BadMechanics, match="one row is for everybody and another for some segments"):
        mechanics_of([SAMPLE, {**SAMPLE, "segments": ["LOYAL"]}])
    assert len(mechanics_of([SAMPLE, {**SAMPLE, "channel": "offline"}])) == 2


def test_parts_sum_to_their_rounded_total() -> None:
    assert largest_remainder(np.array([1 / 3, 1 / 3, 1 / 3]), 2) == [34, 33, 33]
    assert largest_remainder(np.array([0.5, 0.5]), 0) == [1, 0]
    assert largest_remainder(np.array([-0.4, -0.4, -0.4]), 0) == [0, 0, -1]
    assert largest_remainder(np.array([]), 2) == []


def test_figures_as_they_are_stored() -> None:
    cells = (Cell("TV", "online"), Cell("TV", "offline"))
    units = np.array([[10.0], [20.0]])
    baseline = Baseline(cells, (date(2026, 10, 1),), units, units * 10, units * 2.5, np.zeros(2))
    curve = Curve(np.array([0, 0.2]), np.array([0, 0.5]), np.zeros(2), 0.2, 20)
    found = kpis_of(
        simulate(baseline, [Terms(cells[0], 0.2)], Knowledge({cells[0]: curve})),
        [Segment("LOYAL", 0.3), Segment("NEW", 0.5)],
    )
    # 15 pieces at 8.00 with a cost of 7.50 online, 20 at 10.00 in the shops.
    assert found.total_sales_value == Decimal("320.00")
    assert found.total_margin_value == Decimal("57.50")
    assert found.total_margin_pct == Decimal("17.97")
    assert found.total_ebit == Decimal("25.50")
    assert (found.total_units, found.units_delta) == (35, 5)
    assert (found.sales_value_delta, found.margin_value_delta) == (Decimal("20.00"), Decimal("-17.50"))
    assert found.ebit_delta == Decimal("-19.50")
    told = found.kpi_breakdown
    assert told["by_channel"] == [
        {"channel": "offline", "sales_value": 200.0, "margin_value": 50.0, "margin_pct": 25.0, "ebit": 30.0,
         "units": 20, "sales_value_delta": 0.0, "margin_value_delta": 0.0, "ebit_delta": 0.0, "units_delta": 0},
        {"channel": "online", "sales_value": 120.0, "margin_value": 7.5, "margin_pct": 6.25, "ebit": -4.5,
         "units": 15, "sales_value_delta": 20.0, "margin_value_delta": -17.5, "ebit_delta": -19.5, "units_delta": 5},
    ]  # fmt: skip
    assert [row["department"] for row in told["by_department"]] == ["TV"]
    assert [(row["segment_id"], row["sales_value"], row["units"]) for row in told["by_segment"]] == [
        ("LOYAL", 96.0, 11), ("NEW", 160.0, 17), ("OTHER", 64.0, 7),
    ]  # fmt: skip
    # 30, 50 and 20 % of each change: the parts sum to it.
    assert [(row["sales_value_delta"], row["ebit_delta"], row["units_delta"]) for row in told["by_segment"]] == [
        (6.0, -5.85, 2), (10.0, -9.75, 2), (4.0, -3.9, 1),
    ]  # fmt: skip
    assert told["by_day"][0]["date"] == "2026-10-01"
    assert told["after"] == {"units": 0, "margin_value": 0.0, "ebit": 0.0, "net_ebit_delta": -19.5}
