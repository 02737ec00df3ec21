"""Intervals of a scenario: whether they hold the truth as often as they say, and which assumption matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from analytics.promo.simulation import simulate
from analytics.promo.terms import Baseline, Cell, CrossEffect, Curve, Knowledge, PullForward, Terms
from analytics.promo.uncertainty import intervals, swings

TV, GAMING = Cell("TV", "online"), Cell("Gaming", "online")


def baseline(units: float = 100.0, error: float = 0.1) -> Baseline:
    shape = (2, 3)
    ones = np.full(shape, units)
    days = tuple(date(2026, 10, 1) + timedelta(days=n) for n in range(3))
    return Baseline((TV, GAMING), days, ones, ones * 10, ones * 2.5, np.full(2, error))


def knowledge(uplift: float = 0.8, cross: float = -0.1, pulled: float = 0.2) -> Knowledge:
    curve = Curve(np.array([0, 0.2]), np.array([0, uplift]), np.array([0, 0.2]), 0.2, 20)
    return Knowledge(
        {TV: curve}, (CrossEffect(TV, GAMING, cross, 0.05),), {TV: PullForward(pulled, 0.05)}, {"online": 0.1}
    )


def test_they_hold_the_truth_as_often_as_they_say() -> None:
    """The truth is drawn around the estimates by the errors that the estimates name."""
    random = np.random.default_rng(5)
    terms = [Terms(TV, 0.2, stock_cap=600)]
    estimate = simulate(baseline(), terms, knowledge())
    told = intervals(estimate, knowledge())
    held = {"sales": 0, "ebit": 0, "net": 0, "units_delta": 0}
    worlds = 1000
    spread = np.sqrt(np.log1p(0.01))
    for _ in range(worlds):
        factor = np.exp(random.standard_normal(2) * spread - spread**2 / 2)[:, None]
        one = baseline()
        world = replace(one, units=one.units * factor, sales=one.sales * factor, margin=one.margin * factor)
        uplift, cross, pulled = random.normal([0.8, -0.1, 0.2], [0.2, 0.05, 0.05])
        truth = simulate(world, terms, knowledge(uplift, cross, pulled))
        held["sales"] += told.sales.low <= truth.totals.sales <= told.sales.high
        held["ebit"] += told.ebit.low <= truth.totals.ebit <= told.ebit.high
        held["net"] += told.net_ebit_delta.low <= truth.net_ebit_delta <= told.net_ebit_delta.high
        held["units_delta"] += told.units_delta.low <= truth.delta.units <= told.units_delta.high
    shares = {name: number / worlds for name, number in held.items()}
    assert all(0.87 <= share <= 0.93 for share in shares.values()), shares


def test_without_errors_there_is_no_width() -> None:
    sure = knowledge()
    sure = replace(
        sure,
        curves={TV: replace(sure.curves[TV], error=np.zeros(2))},
        crosses=(CrossEffect(TV, GAMING, -0.1),),
        pull_forward={TV: PullForward(0.2)},
    )
    found = simulate(baseline(error=0), [Terms(TV, 0.2)], sure)
    told = intervals(found, sure)
    assert told.sales.low == pytest.approx(told.sales.high) == pytest.approx(found.totals.sales)
    assert told.net_ebit_delta.low == pytest.approx(found.net_ebit_delta)
    widths = {swing.assumption: swing.width for swing in swings(found, sure)}
    assert widths.pop("Variable cost") > 0
    assert set(widths.values()) == {0.0}
    # Nor where stock ends what others win: Gaming has 310 pieces, and is asked for 540 and a tenth of 240 more.
    sure = replace(sure, curves={TV: sure.curves[TV], GAMING: sure.curves[TV]}, crosses=(CrossEffect(TV, GAMING, 0.1),))
    capped = simulate(baseline(error=0), [Terms(TV, 0.2), Terms(GAMING, 0.2, stock_cap=310)], sure)
    assert capped.units[1].sum() == pytest.approx(310)
    ends = intervals(capped, sure)
    assert ends.units.low == pytest.approx(ends.units.high) == pytest.approx(540 + 310)
    assert ends.margin.low == pytest.approx(capped.totals.margin)


def test_an_effect_on_others_moves_nothing_where_their_stock_has_ended() -> None:
    """TV sells 240 more and brings Gaming's 300 + 240 a tenth of 240, give or take: there are 310 anyway."""
    sold = Curve(np.array([0, 0.2]), np.array([0, 0.8]), np.zeros(2), 0.2, 20)
    known = Knowledge({TV: sold, GAMING: sold}, (CrossEffect(TV, GAMING, 0.1, 0.02),), {}, {"online": 0.1})
    for cap, moves in ((310.0, 0.0), (None, 2 * 1.6448536269514722 * 0.02 * 0.8 * 3 * 100 * 1.5)):
        found = simulate(baseline(error=0), [Terms(TV, 0.2), Terms(GAMING, 0.2, stock_cap=cap)], known)
        (one,) = (swing for swing in swings(found, known) if swing.assumption == "Cannibalization and halo")
        assert one.width == pytest.approx(moves, abs=1e-9)


def test_the_widest_swing_comes_first() -> None:
    found = simulate(baseline(), [Terms(TV, 0.2)], knowledge())
    told = swings(found, knowledge())
    assert [swing.width for swing in told] == sorted((swing.width for swing in told), reverse=True)
    assert {swing.assumption for swing in told} == {
        "Uplift", "Baseline", "Cannibalization and halo", "Pull-forward", "Variable cost",
    }  # fmt: skip
    # 2 points of variable cost: 3 days × (180 × 8 + 92 × 10) of sales against 200 × 10, and what is pulled forward,
    # 48 pieces at 10, comes cheaper by as much.
    cost = next(swing for swing in told if swing.assumption == "Variable cost")
    assert cost.width == pytest.approx(abs(0.04 * (3 * (1440 + 920 - 2000) - 48 * 10)))


def test_independent_errors_add_up_in_squares() -> None:
    """Two promoted departments, each with its own errors; 90 % of a normal lie within 1.645 standard errors."""
    z = 1.6448536269514722
    sold = Curve(np.array([0, 0.2]), np.array([0, 0.8]), np.array([0, 0.2]), 0.2, 20)
    known = Knowledge({TV: sold, GAMING: sold}, (), {TV: PullForward(0.2, 0.05)}, {"online": 0.1})
    found = simulate(baseline(), [Terms(TV, 0.05), Terms(GAMING, 0.2)], known)
    told = {one.assumption: one for one in swings(found, known)}
    net = found.net_ebit_delta
    # TV, three days: 5 % off, a fifth more: 360 pieces at 9.50 with 10 % cost: 1.05 of each; the baseline earns 450. 12
    # of the 60 more are missing after, at 1.50.
    tv = 360 * 1.05 - 450 - 12 * 1.5
    # Gaming: 540 at 8.00: −0.30 of each.
    gaming = 540 * -0.3 - 450
    assert net == pytest.approx(tv + gaming)
    spread = z * 0.1 * (tv**2 + gaming**2) ** 0.5
    # A larger baseline loses more.
    assert (told["Baseline"].low, told["Baseline"].high) == pytest.approx((net + spread, net - spread))
    # Standard errors of the uplifts are 5 and 20 points of 300 pieces; of TV's, a fifth is pulled forward.
    of_uplift = (15 * (1.05 - 0.2 * 1.5), 60 * -0.3)
    assert told["Uplift"].width == pytest.approx(2 * z * (of_uplift[0] ** 2 + of_uplift[1] ** 2) ** 0.5)
    assert told["Pull-forward"].width == pytest.approx(2 * z * 0.05 * 60 * 1.5)


def test_where_stock_ends_a_larger_baseline_changes_less() -> None:
    """80 % more of 300 pieces are 540, but there are 600: scaled by 1.16 they would be 628."""
    known = replace(knowledge(), crosses=(), pull_forward={})
    found = simulate(baseline(), [Terms(TV, 0.2, stock_cap=600)], known)
    (one,) = (swing for swing in swings(found, known) if swing.assumption == "Baseline")
    factor = 1 + 1.6448536269514722 * 0.1
    assert one.high == pytest.approx(600 * -0.3 - 450 * factor)
    assert one.low == pytest.approx((2 - factor) * (540 * -0.3 - 450))


def test_no_assumption_reaches_further_than_all_together() -> None:
    known = knowledge()
    found = simulate(baseline(), [Terms(TV, 0.2)], known)
    whole = intervals(found, known).net_ebit_delta
    for one in swings(found, known):
        if one.assumption != "Variable cost":
            # The interval is drawn: within two per cent of its width.
            assert one.width <= (whole.high - whole.low) * 1.02
