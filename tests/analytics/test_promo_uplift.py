"""Uplift curves: exact where nothing is by chance, and as often right as they say where something is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics.promo.history import Series
from analytics.promo.response import fitted, segments, transformed
from analytics.promo.shrinkage import Measured, shrunk_slopes, shrunk_to
from analytics.promo.terms import Cell, Curve
from analytics.promo.uplift import BANDS, bands_of, learn, related
from benchmarks.uplift import KINDS, judged

TV, SHOP, GAMING, BOOKS = Cell("TV", "online"), Cell("TV", "offline"), Cell("Gaming", "online"), Cell("Books", "online")


def without_chance(cell: Cell, runs: list[tuple[int, int, float]], elasticity: float = 2.0, days: int = 300) -> Series:
    """1,000 pieces a day, half as many again on Saturdays; in runs (first day, after the last, depth) × (1 − d)^−ε."""
    depth = np.zeros(days)
    for start, end, of_run in runs:
        depth[start:end] = of_run
    weekday = (date(2025, 1, 6).weekday() + np.arange(days)) % 7
    units = np.round(np.where(weekday == 5, 1500.0, 1000.0) * (1 - depth) ** -elasticity)
    sales = units * 20 * (1 - depth)
    return Series(cell, date(2025, 1, 6), units, sales, sales - units * 14, depth > 0, depth, np.sign(depth))


RUNS = [(30, 40, 0.1), (80, 90, 0.2), (130, 140, 0.3), (180, 190, 0.1), (230, 240, 0.2)]


def test_segments_of_the_transformed_scale() -> None:
    assert transformed(np.array([0.0, 0.5])) == pytest.approx([0, np.log(2)])
    reach = segments(np.array([0.0, 0.1, 0.2, 0.45]))
    assert reach.sum(axis=1) == pytest.approx(transformed(np.array([0.0, 0.1, 0.2, 0.45])))
    assert reach[1].tolist() == pytest.approx([-np.log(0.9), 0, 0, 0])
    assert (reach[3] > 0).all()


def test_without_chance_the_curve_is_the_truth() -> None:
    learned = learn([without_chance(TV, RUNS)])
    curve = learned.curves[TV]
    for depth in (0.1, 0.2, 0.3):
        assert curve.at(depth) == pytest.approx((1 - depth) ** -2 - 1, rel=0.02)
    assert curve.at(0) == 0
    assert curve.deepest == pytest.approx(0.3)
    assert curve.promo_days == 50
    assert learned.pull_forward[TV].share == pytest.approx(0, abs=0.02)


def test_what_is_missing_in_a_departments_own_days_after_is_brought_forward() -> None:
    series = without_chance(TV, RUNS)
    units = series.units.copy()
    for _, end, depth in RUNS:
        # Of ten days' incremental units, a quarter is missing in the five days after: half a day's increment on each.
        units[end : end + 5] *= 1 - 0.25 * ((1 - depth) ** -2 - 1) * 10 / 5
    learned = learn([replace(series, units=units)], windows={"TV": 5, "Gaming": 9})
    assert learned.pull_forward[TV].window_days == 5
    assert learned.pull_forward[TV].share == pytest.approx(0.25, abs=0.02)
    assert learned.curves[TV].at(0.2) == pytest.approx(0.8**-2 - 1, rel=0.02)


def test_one_depth_alone_gives_a_curve_through_it() -> None:
    curve = learn([without_chance(TV, [(30, 40, 0.2), (80, 90, 0.2)])]).curves[TV]
    assert curve.at(0.2) == pytest.approx(0.8**-2 - 1, rel=0.03)
    assert 0 < curve.at(0.1) < curve.at(0.2) < curve.at(0.3)
    assert curve.deepest == pytest.approx(0.2)
    # Beyond what was seen it knows less.
    assert curve.error_at(0.4) > curve.error_at(0.2)


def test_curves_are_monotone_and_begin_at_nothing() -> None:
    series = without_chance(TV, RUNS)
    # The deepest promotion went worse than the one before.
    units = series.units.copy()
    units[130:140] = units[81:91]
    curve = learn([replace(series, units=units)]).curves[TV]
    assert curve.at(0) == 0
    assert (np.diff(curve.uplift) >= -1e-12).all()


def test_a_cell_never_on_promotion_gets_what_the_others_say() -> None:
    learned = learn([without_chance(TV, RUNS), without_chance(GAMING, [])])
    assert learned.curves[GAMING].promo_days == 0
    assert learned.curves[GAMING].deepest == 0
    assert learned.curves[GAMING].at(0.2) == pytest.approx(learned.curves[TV].at(0.2), rel=0.25)
    assert learned.curves[GAMING].error_at(0.2) > learned.curves[TV].error_at(0.2)
    alone = learn([without_chance(GAMING, [])])
    assert alone.curves[GAMING].at(0.2) == 0
    assert learn([]).curves == {}


def test_a_depth_that_is_not_known_stays_out_of_the_curve() -> None:
    series = without_chance(TV, RUNS)
    depth = series.depth.copy()
    depth[230:240] = np.nan
    learned = learn([replace(series, depth=depth)])
    assert learned.curves[TV].promo_days == 40
    assert learned.curves[TV].at(0.2) == pytest.approx(0.8**-2 - 1, rel=0.03)
    assert learned.unknown_depth[TV] == pytest.approx(0.8**-2 - 1, rel=0.05)


def test_days_without_rows_and_a_short_series() -> None:
    series = without_chance(TV, RUNS)
    units = series.units.copy()
    units[[3, 85, 200]] = np.nan
    assert learn([replace(series, units=units)]).curves[TV].at(0.2) == pytest.approx(0.8**-2 - 1, rel=0.03)
    short = fitted(without_chance(TV, [(10, 16, 0.2)], days=30))
    assert np.isfinite(short.slopes).all()
    assert np.isfinite(short.baseline_units).all()


def test_who_can_take_from_whom() -> None:
    groups = {"TV": "screens", "Gaming": "screens"}
    assert related(TV, SHOP, groups)
    assert related(TV, GAMING, groups)
    assert not related(TV, BOOKS, groups)
    assert not related(SHOP, GAMING, groups)


def test_bands_are_read_at_their_mean_discount() -> None:
    series = without_chance(TV, RUNS)
    curve = Curve(np.array([0, 0.5]), np.array([0, 1.0]), np.array([0.0, 0.0]), 0.3, 50)
    rows = {band.band: band for band in bands_of(series, curve, margin=0.3)}
    assert list(rows) == list(BANDS)
    # The upper limit is in: 20 days at 10 %, 20 at 20 %, 10 at 30 %; deeper ones were never seen.
    assert [rows[name].promo_days for name in BANDS] == [20, 20, 10, 0, 0]
    twenty = rows["10-20"]
    assert (twenty.discount, twenty.uplift_units) == pytest.approx((0.2, 0.4))
    assert twenty.uplift_sales == pytest.approx(1.4 * 0.8 - 1)
    assert twenty.margin_impact == pytest.approx(1.4 * 0.1 / 0.3 - 1)
    assert (twenty.confidence, twenty.extrapolated) == (1, False)
    assert (rows["40+"].discount, rows["40+"].extrapolated) == (0.45, True)


def test_shrinking() -> None:
    # Two sure and one unsure estimate: the unsure one is drawn to the others.
    means, errors = shrunk_to(np.array([1.0, 1.1, 3.0]), np.array([0.05, 0.05, 2.0]), center=None, usual=1.0)
    assert means[0] == pytest.approx(1.0, abs=0.05)
    assert means[2] < 2
    assert errors[2] < 2
    toward_none, _ = shrunk_to(np.array([0.2]), np.array([0.5]), center=0.0, usual=0.1)
    assert 0 < toward_none[0] < 0.05
    assert shrunk_to(np.zeros(0), np.zeros(0), center=0.0, usual=0.1)[0].size == 0
    nothing = Measured(np.zeros(0), np.zeros((0, 2)), np.zeros((0, 0)))
    sure = Measured(np.array([2.0, 2.0]), np.eye(2), np.eye(2) * 1e-4)
    told = shrunk_slopes([sure, sure, nothing], 2)
    assert told[0].mean == pytest.approx([2, 2], abs=0.05)
    assert told[2].mean == pytest.approx([2, 2], abs=0.1)
    assert told[2].covariance[0, 0] > told[0].covariance[0, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_intervals_hold_the_truth_as_often_as_they_say(kind: str) -> None:
    """The same as `make bench BENCH_ARGS='--only uplift'`, on fewer companies."""
    scores = judged(6, KINDS[kind], seed=500)
    assert abs(scores["uplift"].bias) < 0.03
    assert scores["uplift"].coverage > 0.8
    assert scores["cross"].coverage > 0.75
