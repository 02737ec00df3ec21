"""What a planner is told of a scenario, by hand: 100 pieces a day at 10.00 for two days, margin 25 %, costs 10 %."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from analytics.promo.arithmetic import ebit_break_even
from analytics.promo.mechanics import BadMechanics, Mechanic, Segment
from analytics.promo.scenarios import Content
from analytics.promo.settings import PromoSettings
from analytics.promo.terms import Baseline, Cell, CrossEffect, Curve, Form, Knowledge, PullForward
from analytics.promo.trial import Ground, Month, Tried, applied, tried
from analytics.promo.verdict import Check, Fix, Limits

TV, GAMING, AUDIO = Cell("TV", "online"), Cell("Gaming", "online"), Cell("Audio", "online")
FIRST = date(2026, 10, 30)


def curve(discount: float, uplift: float, deepest: float = 0.3, error: float = 0.0) -> Curve:
    return Curve(np.array([0, discount, 0.9]), np.array([0, uplift, uplift]), np.full(3, error), deepest, 20)


def baseline(*, prices: tuple[float, float] = (10.0, 10.0), days: int = 2) -> Baseline:
    units = np.full((2, days), 100.0)
    sales = units * np.resize(np.array(prices), days)
    told = tuple(FIRST + timedelta(days=n) for n in range(days))
    return Baseline((TV, GAMING), told, units, sales, sales * 0.25, np.zeros(2))


def ground(known: Curve, **rest: Any) -> Ground:
    knowledge = Knowledge({TV: known}, (CrossEffect(TV, GAMING, -0.1),), {TV: PullForward(0.25)})
    return Ground(
        **{"baseline": baseline(), "knowledge": knowledge, "model_version": "m1", "sales_until": None, **rest}
    )


def content(*rows: Mechanic, notes: str = "") -> Content:
    return Content("A", FIRST, FIRST + timedelta(days=1), rows, "balanced", notes)


def one(found: Tried, check: Check) -> Any:
    return next((issue for issue in found.report.issues if issue.type is check), None)


def test_all_that_is_told_of_one_row() -> None:
    found = tried(ground(curve(0.2, 0.5)), content(Mechanic("TV", "online", 20.0)))
    # 300 pieces at 8.00 (cost 7.50), and 10 of Gaming's 200 gone: 10 % of an uplift of 50 % is 5 %.
    assert found.simulation.totals.units == pytest.approx(300 + 190)
    assert float(found.kpis.total_sales_value) == pytest.approx(2400 + 1900)
    # EBIT: 300 × (0.50 − 0.80) + 190 × 1.50 = −90 + 285, against 400 × 1.50.
    assert float(found.kpis.total_ebit) == pytest.approx(195)
    assert float(found.kpis.ebit_delta) == pytest.approx(195 - 600)
    # What the days after lose stands apart: a quarter of 100 pieces at 1.50.
    assert found.simulation.net_ebit_delta == pytest.approx(-405 - 37.5)
    (row,) = found.rows
    assert (row.discount, row.whole, row.uplift) == pytest.approx((0.2, 0.2, 0.5))
    # d / (m − d) = 0.2 / 0.05; (m − v) / ((m − d) − v(1 − d)) = 0.15 / (0.05 − 0.08): no uplift reaches it.
    assert row.margin_break_even == pytest.approx(4.0)
    assert row.ebit_break_even is None
    assert not row.beyond_seen
    assert not row.problem


@pytest.mark.parametrize(("discount", "fixed", "funding"), [(5.0, 0, 0), (10.0, 300, 120), (8.0, 0, 500)])
def test_at_the_break_even_that_is_told_ebit_is_the_baselines(discount: float, fixed: float, funding: float) -> None:
    """The days cost unlike each other, and nothing goes elsewhere: what the page names is where EBIT stands still."""
    told = baseline(prices=(10.0, 14.0))
    needed = ebit_break_even(0.25, discount / 100, 0.1, fixed_cost=fixed, funding=funding, baseline_sales=2400)
    assert needed is not None
    known = Knowledge({TV: curve(discount / 100, needed)})
    row = Mechanic("TV", "online", discount, fixed_cost=fixed, funding=funding)
    found = tried(ground(curve(0, 0), baseline=told, knowledge=known), content(row))
    assert found.rows[0].ebit_break_even == pytest.approx(needed)
    assert found.rows[0].uplift == pytest.approx(needed)
    assert float(found.kpis.ebit_delta) == pytest.approx(0, abs=0.01)
    assert found.bridge.baseline == pytest.approx(found.bridge.period)


@pytest.mark.parametrize(
    ("row", "effective"),
    [
        # A coupon that names no redemption has the settings' usual one.
        (Mechanic("TV", "online", 20.0, form=Form.COUPON), 0.2 * 0.4),
        (Mechanic("TV", "online", 20.0, form=Form.COUPON, redemption=0.5), 0.1),
        (Mechanic("TV", "online", 20.0, form=Form.MEMBER_ONLY, reach=0.25), 0.05),
        (Mechanic("TV", "online", 20.0, promoted_share=0.3), 0.06),
        (Mechanic("TV", "online", 20.0, ("LOYAL",)), 0.05),
        (Mechanic("TV", "online", 20.0, form=Form.CASHBACK, redemption=0.8), 0.16),
    ],
)
def test_mechanics_count_with_what_they_come_to(row: Mechanic, effective: float) -> None:
    settings = PromoSettings(default_redemption=0.4)
    told = ground(curve(0.2, 0.5), settings=settings, segments=(Segment("LOYAL", 0.25),))
    found = tried(told, content(row))
    assert found.rows[0].discount == pytest.approx(effective)
    assert found.rows[0].uplift == pytest.approx(0.5 * effective / 0.2)


def test_rows_of_one_cell_share_uplift_and_break_evens() -> None:
    segments = (Segment("LOYAL", 0.25, "high"), Segment("NEW", 0.5))
    rows = (Mechanic("TV", "online", 20.0, ("LOYAL",)), Mechanic("TV", "online", 10.0, ("NEW",)))
    found = tried(ground(curve(0.1, 0.5), segments=segments), content(*rows))
    assert [row.discount for row in found.rows] == pytest.approx([0.05, 0.05])
    assert [row.whole for row in found.rows] == pytest.approx([0.1, 0.1])
    # The curve at 10 %, times the mean of 1.3 and 1.
    assert {round(row.uplift, 9) for row in found.rows} == {0.575}
    assert {row.row.discount_pct for row in found.rows} == {20.0, 10.0}


def test_a_row_without_coefficients_is_named_and_not_counted() -> None:
    rows = (Mechanic("Gaming", "online", 20.0), Mechanic("Audio", "online", 20.0), Mechanic("TV", "online", 45.0))
    found = tried(ground(curve(0.45, 0.5)), content(*rows))
    assert [row.problem for row in found.rows] == ["no uplift is known", "no sales are known", ""]
    assert [row.place for row in found.left_out] == [0, 1]
    # What would run is not what is told: it cannot be submitted before they are out.
    blocking = [issue for issue in found.report.issues if "not in the figures" in issue.message]
    assert [(issue.severity, issue.fix.drop) for issue in blocking if issue.fix] == [("high", (0,)), ("high", (1,))]
    left = tried(ground(curve(0.45, 0.5)), applied(content(*rows), Fix(drop=(0, 1))))
    assert not [issue for issue in left.report.issues if "not in the figures" in issue.message]
    assert set(found.simulation.offers) == {TV}
    assert found.rows[2].beyond_seen
    # A fix names the row by its place among all three.
    assert one(found, Check.DISCOUNT_LIMIT).fix.depths == pytest.approx({2: 0.25})


def test_a_low_margin_is_never_answered_with_a_deeper_discount() -> None:
    """Margin 25 %: at 24 % off hardly anything is left. Every depth that is suggested is less than what was planned."""
    for depth in (15.0, 20.0, 24.0, 30.0):
        planned = content(Mechanic("TV", "online", depth))
        found = tried(ground(curve(depth / 100, 0.5)), planned)
        assert one(found, Check.MARGIN_THRESHOLD) is not None
        for issue in found.report.issues:
            if issue.fix is not None and (issue.fix.depths or issue.fix.drop):
                for row in applied(planned, issue.fix).mechanics:
                    assert row.discount_pct < depth


def test_what_is_worth_more_is_told_by_its_result_not_its_depth() -> None:
    """Twice the discount and hardly more pieces: the shallow one leaves more."""
    known = Curve(np.array([0, 0.05, 0.1]), np.array([0, 0.9, 1.0]), np.zeros(3), 0.1, 20)
    shallow, deep = (tried(ground(known), content(Mechanic("TV", "online", depth))) for depth in (5.0, 10.0))
    assert shallow.simulation.net_ebit_delta > deep.simulation.net_ebit_delta


def test_a_fix_holds_the_limit_that_it_is_for() -> None:
    """A third of a coupon's 0.3333… is not rounded up over the ceiling again."""
    settings = PromoSettings(limits=Limits(discount=0.1))
    planned = content(Mechanic("TV", "online", 50.0, redemption=0.3), Mechanic("Gaming", "online", 5.0), notes="Hello")
    told = ground(curve(0.1, 5.0), settings=settings)
    fix = one(tried(told, planned), Check.DISCOUNT_LIMIT).fix
    mended = applied(planned, fix)
    assert mended.mechanics[0].discount_pct == 33.33
    assert one(tried(told, mended), Check.DISCOUNT_LIMIT) is None
    moved = applied(planned, Fix(drop=(1,), start=date(2026, 12, 1), end=date(2026, 12, 2), add=("Terms apply",)))
    assert [row.department for row in moved.mechanics] == ["TV"]
    assert (moved.start, moved.end, moved.notes) == (date(2026, 12, 1), date(2026, 12, 2), "Hello\nTerms apply")
    # 29 % is 28.999999… as a binary fraction of a hundredth.
    assert applied(planned, Fix(depths={0: 0.29})).mechanics[0].discount_pct == 29.0


def test_mandatory_texts_are_looked_for_in_the_notes_of_scenario_and_rows() -> None:
    settings = PromoSettings(mandatory={"legal": ("Terms apply",), "brand": ("Our logo",)})
    told = ground(curve(0.1, 5.0), settings=settings)
    planned = content(Mechanic("TV", "online", 10.0, notes="our LOGO on top"))
    issue = one(tried(told, planned), Check.BRAND_COMPLIANCE)
    assert issue.message == "Mandatory elements are missing: Terms apply"
    assert one(tried(told, applied(planned, issue.fix)), Check.BRAND_COMPLIANCE) is None
    # What the saved brief has every asset carry counts as well.
    briefed = replace(told, briefed={"legal": ("Terms apply, see shop",)})
    assert one(tried(briefed, planned), Check.BRAND_COMPLIANCE) is None


def test_a_legal_note_and_the_brand_are_wanted_where_nobody_has_said_how() -> None:
    told, planned = ground(curve(0.1, 5.0)), content(Mechanic("TV", "online", 10.0))
    issue = one(tried(told, planned), Check.BRAND_COMPLIANCE)
    assert (issue.severity, issue.message) == (
        "medium", "Mandatory elements are missing: Terms and conditions apply, Company logo",
    )  # fmt: skip
    assert one(tried(told, applied(planned, issue.fix)), Check.BRAND_COMPLIANCE) is None
    # A brief's own words for them do; those that the planners set must be the ones.
    briefed = replace(told, briefed={"legal": ("See the shop's terms",), "brand": ("Our claim",)})
    assert one(tried(briefed, planned), Check.BRAND_COMPLIANCE) is None
    settings = PromoSettings(mandatory={"brand": ("Our logo",)})
    issue = one(tried(replace(briefed, settings=settings), planned), Check.BRAND_COMPLIANCE)
    assert issue.message == "Mandatory elements are missing: Our logo"


def test_a_scenario_that_begins_before_today_is_told_and_moved() -> None:
    planned = content(Mechanic("TV", "online", 10.0))
    for today in (FIRST, FIRST - timedelta(days=3), None):
        issues = tried(ground(curve(0.1, 5.0), today=today), planned).report.issues
        assert not [issue for issue in issues if "before today" in issue.message]
    late = ground(curve(0.1, 5.0), today=FIRST + timedelta(days=1), sales_until=FIRST - timedelta(days=5))
    issue = one(tried(late, planned), Check.KPI_PLAUSIBILITY)
    assert (issue.severity, issue.message) == (
        "medium", "It begins on 30 Oct 2026, before today: the figures of days that are over are no forecast",
    )  # fmt: skip
    moved = applied(planned, issue.fix)
    assert (moved.start, moved.end) == (date(2026, 10, 31), date(2026, 11, 1))


def test_of_two_months_the_one_further_below_its_target_is_told() -> None:
    """Four days over the end of October, two of them in November, which also misses what was bought earlier."""
    first, second = date(2026, 10, 1), date(2026, 11, 1)
    months = (Month(first, "Oct 2026", 10_000, 9_000), Month(second, "Nov 2026", 10_000, 8_000))
    told = ground(curve(0.2, 0.5), baseline=baseline(days=4), months=months)
    planned = replace(content(Mechanic("TV", "online", 20.0)), end=FIRST + timedelta(days=3))
    issue = one(tried(told, planned), Check.TARGET)
    # A day: 150 × 8.00 − 1,000 = 200 more in TV, 50 less in Gaming; two days are in November. A quarter of the 200
    # pieces more is missing in the 14 days from 3 to 16 November, at 10.00: 500.
    assert issue.message == "Nov 2026 would land at 7,800, 2,200 below its target"
    # Two days to 31 October: what they bring forward, November misses, and October's landing has 300 more.
    october = (Month(first, "Oct 2026", 10_000, 9_000),)
    short = one(tried(ground(curve(0.2, 0.5), months=october), content(Mechanic("TV", "online", 20.0))), Check.TARGET)
    assert short.message == "Oct 2026 would land at 9,300, 700 below its target"
    unknown = ground(curve(0.2, 0.5), months=(Month(first, "Oct 2026", 10_000, None),))
    assert one(tried(unknown, content(Mechanic("TV", "online", 20.0))), Check.TARGET) is None


def test_stock_that_does_not_last_to_the_break_even() -> None:
    """5 % off needs 15 / 10.5 − 1 = 42.9 % more: 285.7 of 200 pieces."""
    for cap, lasts in ((286, True), (285, False)):
        row = Mechanic("TV", "online", 5.0, stock_cap=cap)
        assert tried(ground(curve(0.05, 0.1)), content(row)).rows[0].within_stock is lasts


def test_a_segment_that_is_not_known_is_said() -> None:
    with pytest.raises(BadMechanics, match="segment 'GONE' is not known"):
        tried(ground(curve(0.1, 0.5)), content(Mechanic("TV", "online", 10.0, ("GONE",))))
