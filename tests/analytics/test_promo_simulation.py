"""Scenarios of one or two cells, by hand: 100 pieces a day at 10.00 with a margin of 25 %, variable cost 10 %."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from analytics.promo.arithmetic import ebit_break_even, margin_break_even
from analytics.promo.bridge import bridge
from analytics.promo.simulation import NotSimulable, offers_of, simulate, sold_out
from analytics.promo.terms import Baseline, Cell, CrossEffect, Curve, Form, Knowledge, PullForward, Terms

TV, GAMING, SHOP = Cell("TV", "online"), Cell("Gaming", "online"), Cell("TV", "offline")


def baseline(*cells: Cell, days: int = 2, units: float = 100.0) -> Baseline:
    shape = (len(cells), days)
    first = date(2026, 10, 1)
    return Baseline(
        cells=cells,
        days=tuple(first + timedelta(days=n) for n in range(days)),
        units=np.full(shape, units),
        sales=np.full(shape, units * 10),
        margin=np.full(shape, units * 2.5),
        error=np.zeros(len(cells)),
    )


def curve(*points: tuple[float, float], deepest: float = 0.3) -> Curve:
    knots, uplift = zip((0.0, 0.0), *points, strict=True)
    return Curve(np.array(knots), np.array(uplift), np.zeros(len(knots)), deepest, 20)


def knowledge(cells: dict[Cell, Curve], **rest: object) -> Knowledge:
    return Knowledge(curves=cells, **rest)  # type: ignore[arg-type]


def test_one_cell() -> None:
    # 20 % off, half as many pieces again: 300 pieces at 8.00 with a cost of 7.50.
    found = simulate(baseline(TV), [Terms(TV, 0.2)], knowledge({TV: curve((0.2, 0.5))}))
    assert found.totals.units == pytest.approx(300)
    assert found.totals.sales == pytest.approx(2400)
    assert found.totals.margin == pytest.approx(150)
    assert found.totals.ebit == pytest.approx(150 - 240)
    assert found.totals.margin_pct == pytest.approx(6.25)
    assert found.delta.units == pytest.approx(100)
    assert found.delta.sales == pytest.approx(400)
    assert found.delta.margin == pytest.approx(150 - 500)
    assert found.delta.ebit == pytest.approx(-90 - 300)
    # What buyers kept: 300 × 2.00; what came of it: 100 pieces more at 2.50.
    assert found.invested == pytest.approx(600)
    assert found.gain == pytest.approx(250)
    assert found.roi == pytest.approx(-350 / 600)
    # Gain less investment is the change of margin where price, cost and mix stay.
    assert found.gain - found.invested == pytest.approx(found.delta.margin)


def test_no_promotion_is_the_baseline() -> None:
    found = simulate(baseline(TV, GAMING), [], knowledge({}))
    assert found.delta.units == found.delta.sales == found.delta.margin == found.delta.ebit == 0
    assert found.roi is None


@pytest.mark.parametrize(("discount", "fixed", "funding"), [(0.05, 0, 0), (0.1, 0, 0), (0.1, 300, 0), (0.1, 300, 120)])
def test_at_its_break_even_ebit_is_the_baselines(discount: float, fixed: float, funding: float) -> None:
    uplift = ebit_break_even(0.25, discount, 0.1, fixed_cost=fixed, funding=funding, baseline_sales=2000)
    assert uplift is not None
    terms = [Terms(TV, discount, fixed_cost=fixed, funding=funding)]
    found = simulate(baseline(TV), terms, knowledge({TV: curve((discount, uplift))}))
    assert found.delta.ebit == pytest.approx(0, abs=1e-9)


def test_at_its_break_even_margin_is_the_baselines() -> None:
    uplift = margin_break_even(0.25, 0.1)
    assert uplift is not None
    found = simulate(baseline(TV), [Terms(TV, 0.1)], knowledge({TV: curve((0.1, uplift))}))
    assert found.delta.margin == pytest.approx(0, abs=1e-9)
    assert found.roi == pytest.approx(0, abs=1e-9)


def test_other_cells_win_and_lose_at_their_regular_price() -> None:
    # An uplift of 50 % takes 10 % of Gaming's 200 pieces and brings the shops 5 % of theirs.
    crosses = (CrossEffect(TV, GAMING, -0.2), CrossEffect(TV, SHOP, 0.1))
    known = knowledge({TV: curve((0.2, 0.5))}, crosses=crosses)
    found = simulate(baseline(TV, GAMING, SHOP), [Terms(TV, 0.2)], known)
    assert found.cross_units.sum(axis=1) == pytest.approx([0, -20, 10])
    assert found.delta.sales == pytest.approx(400 - 200 + 100)
    assert found.delta.margin == pytest.approx(-350 - 50 + 25)
    assert found.gain == pytest.approx(250 - 50 + 25)
    steps = bridge(found, known)
    # EBIT of a regular piece is 2.50 − 1.00 = 1.50, of a promoted one 0.50 − 0.80 = −0.30.
    assert steps.baseline == pytest.approx(900)
    assert steps.price == pytest.approx(200 * -1.8)
    assert steps.volume == pytest.approx(100 * -0.3)
    assert steps.cannibalization == pytest.approx(-20 * 1.5)
    assert steps.halo == pytest.approx(10 * 1.5)
    assert steps.promo_cost == 0
    total = steps.baseline + steps.price + steps.volume + steps.cannibalization + steps.halo + steps.promo_cost
    assert total == pytest.approx(steps.period) == pytest.approx(found.totals.ebit)


def test_a_cell_loses_no_more_than_it_sells() -> None:
    known = knowledge({TV: curve((0.2, 3.0))}, crosses=(CrossEffect(TV, GAMING, -0.5),))
    found = simulate(baseline(TV, GAMING), [Terms(TV, 0.2)], known)
    assert found.units[1].tolist() == [0, 0]


def test_what_is_only_brought_forward_is_missing_after() -> None:
    # A quarter of the 100 pieces more: 25 at a regular margin of 2.50 and EBIT of 1.50.
    known = knowledge({TV: curve((0.2, 0.5))}, pull_forward={TV: PullForward(0.25)})
    found = simulate(baseline(TV), [Terms(TV, 0.2)], known)
    assert found.pulled_units.tolist() == pytest.approx([25])
    assert found.pulled_margin.tolist() == pytest.approx([62.5])
    assert found.delta.ebit == pytest.approx(-390)
    assert found.net_ebit_delta == pytest.approx(-390 - 37.5)
    assert found.gain == pytest.approx(75 * 2.5)
    assert bridge(found, known).net == pytest.approx(found.totals.ebit - 37.5)


def test_sold_out() -> None:
    assert sold_out(np.array([[60.0, 60.0, 60.0]]), np.array([100.0])).tolist() == [[60, 40, 0]]
    assert sold_out(np.array([[60.0, 60.0]]), np.array([np.inf])).tolist() == [[60, 60]]
    found = simulate(baseline(TV), [Terms(TV, 0.2, stock_cap=220)], knowledge({TV: curve((0.2, 0.5))}))
    assert found.own_units.tolist() == [[150, 70]]
    assert found.totals.sales == pytest.approx(220 * 8)


@pytest.mark.parametrize(("effect", "cap", "sold"), [(0.2, 220.0, 220.0), (-1.0, 120.0, 120.0), (-1.0, 220.0, 200.0)])
def test_stock_ends_what_others_win_and_is_never_taken_twice(effect: float, cap: float, sold: float) -> None:
    """Gaming asks for 150 a day. TV's uplift of 50 % brings it 10 more a day, or takes 50: 160 or 100 are asked for."""
    known = knowledge({TV: curve((0.2, 0.5)), GAMING: curve((0.2, 0.5))}, crosses=(CrossEffect(TV, GAMING, effect),))
    found = simulate(baseline(TV, GAMING), [Terms(TV, 0.2), Terms(GAMING, 0.2, stock_cap=cap)], known)
    assert found.units[1].sum() == pytest.approx(sold)
    assert (found.units >= 0).all()
    assert bridge(found, known).period == pytest.approx(found.totals.ebit)


def test_a_stock_that_lasts_changes_no_figure() -> None:
    """Gaming would sell 300 by itself, TV takes 100 of them: 220 last for the 200 that are asked for."""
    known = knowledge({TV: curve((0.2, 0.5)), GAMING: curve((0.2, 0.5))}, crosses=(CrossEffect(TV, GAMING, -1.0),))
    told, rows = baseline(TV, GAMING), [Terms(TV, 0.2), Terms(GAMING, 0.2)]
    free, capped = (simulate(told, [rows[0], replace(rows[1], stock_cap=cap)], known) for cap in (None, 220.0))
    assert capped.asked_units[1].tolist() == pytest.approx([100, 100])
    assert capped.totals == free.totals
    assert capped.own_units.tolist() == free.own_units.tolist()
    # Of 340 that are asked for when TV brings 20 a day, 120 are lost: these 40 first.
    known = replace(known, crosses=(CrossEffect(TV, GAMING, 0.4),))
    short = simulate(told, [rows[0], replace(rows[1], stock_cap=220.0)], known)
    assert short.asked_units[1].tolist() == pytest.approx([170, 170])
    assert short.units[1].tolist() == pytest.approx([170, 50])
    assert (short.own_units[1].sum(), short.cross_units[1].sum()) == (pytest.approx(220), pytest.approx(0))
    assert short.sales[1].sum() == pytest.approx(220 * 8)


def test_rows_for_several_segments_add_up() -> None:
    # 20 % for 30 % of the revenue and 10 % for 40 %: 6 % + 4 % of all regular sales; eager and steady buyers.
    terms = [Terms(TV, 0.2, reach=0.3, sensitivity=1.3), Terms(TV, 0.1, reach=0.4, sensitivity=0.7)]
    offer = offers_of(terms, knowledge({TV: curve((0.1, 0.2))}))[TV]
    assert offer.discount == pytest.approx(0.1)
    assert offer.uplift == pytest.approx(0.2 * (0.06 * 1.3 + 0.04 * 0.7) / 0.1)


def test_a_discount_that_was_never_seen_is_told() -> None:
    known = knowledge({TV: curve((0.2, 0.5), deepest=0.15)})
    assert offers_of([Terms(TV, 0.2)], known)[TV].beyond_seen
    assert not offers_of([Terms(TV, 0.15)], known)[TV].beyond_seen
    assert not offers_of([Terms(TV, 0.2, Form.COUPON)], known)[TV].beyond_seen
    # 10 % and 20 % for two segments are 30 %, which was seen.
    thirty = knowledge({TV: curve((0.2, 0.5), deepest=0.3)})
    assert not offers_of([Terms(TV, 0.1), Terms(TV, 0.2)], thirty)[TV].beyond_seen


def test_what_cannot_be_simulated_says_why() -> None:
    known = knowledge({TV: curve((0.2, 0.5)), GAMING: curve((0.2, 0.5))})
    with pytest.raises(NotSimulable, match=r"TV, online: the discounts of its rows come to 110 %|110%"):
        simulate(baseline(TV), [Terms(TV, 0.6), Terms(TV, 0.5)], known)
    with pytest.raises(NotSimulable, match="TV, offline: no uplift"):
        simulate(baseline(TV), [Terms(SHOP, 0.2)], known)
    with pytest.raises(NotSimulable, match="Gaming, online: no sales"):
        simulate(baseline(TV), [Terms(GAMING, 0.2)], known)


def test_days_without_sales_and_returns_above_sales() -> None:
    told = baseline(TV, days=3)
    told.units[0, 0] = told.sales[0, 0] = told.margin[0, 0] = 0
    found = simulate(told, [Terms(TV, 0.2)], knowledge({TV: curve((0.2, 0.5))}))
    assert found.units[0].tolist() == pytest.approx([0, 150, 150])
    assert np.isfinite(found.ebit).all()
