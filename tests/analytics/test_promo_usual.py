"""What cells sell without promotion on any days: by hand where it can be, and how often its intervals hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from analytics.baseline import SalesRow
from analytics.promo import model, usual
from analytics.promo.history import Series, aligned, series_of
from analytics.promo.postmortem import report
from analytics.promo.response import fitted
from analytics.promo.terms import Cell
from benchmarks.promo_stores import company
from benchmarks.uplift import judged_baselines

MONDAY = date(2026, 1, 5)
TV = Cell("TV", "online")


def sold(
    units: Sequence[int], *, promo: Sequence[int] = (), price: float = 10, department: str = "TV"
) -> list[SalesRow]:
    """A row a day from a Monday on; none where None; promo: days at 20 %. A piece costs 6."""
    rows = []
    for day, pieces in enumerate(units):
        off = day in promo
        sales = Decimal(str(round(pieces * price * (0.8 if off else 1), 2)))
        if pieces:
            rows.append(
                SalesRow(MONDAY + timedelta(days=day), "online", department, off, Decimal(20) if off else None, sales,
                         sales - 6 * pieces, pieces)
            )  # fmt: skip
    return rows


def parts(rows: Sequence[SalesRow], holidays: frozenset[date] = frozenset()) -> usual.Parts:
    """Of the only cell, its curve none."""
    [series] = series_of(rows)
    return usual.parts_of(series, fitted(series, holidays), holidays, lambda _: 0.5)


def test_a_short_series_has_the_weekday_means_of_its_days_without_promotion() -> None:
    # Three weeks of 10 on Mondays … 16 on Sundays; the second Monday is sold off.
    week = [10, 11, 12, 13, 14, 15, 16]
    held = parts(sold([*week, 40, *week[1:], 12, *week[1:]], promo=[7]))
    told = usual.baseline({TV: held}, date(2026, 2, 2), date(2026, 2, 8))
    assert told.cells == (TV,)
    # The Monday: (10 + 12) / 2, at 10.00 each with 4.00 of margin.
    assert told.units[0].tolist() == pytest.approx([11, 11, 12, 13, 14, 15, 16])
    assert told.sales[0].tolist() == pytest.approx([110, 110, 120, 130, 140, 150, 160])
    assert told.margin[0].tolist() == pytest.approx([44, 44, 48, 52, 56, 60, 64])
    assert 0.05 < told.error[0] < 0.3


def test_where_all_days_are_on_promotion_their_uplift_is_taken_off() -> None:
    held = parts(sold([15] * 14, promo=range(14)))
    told = usual.baseline({TV: held}, date(2026, 2, 2), date(2026, 2, 2))
    # 15 / 1.5 pieces; they cost 8.00, which is 80 % of the regular price, and cost 6.00.
    assert (told.units[0][0], told.sales[0][0], told.margin[0][0]) == pytest.approx((10, 100, 40))


def test_a_steady_series_goes_on_and_a_closed_weekday_stays_closed() -> None:
    # Half a year of 100 a day, closed on Sundays, and a week that was not delivered.
    units = [0 if day % 7 == 6 or 70 <= day < 77 else 100 for day in range(182)]
    held = parts(sold(units))
    assert held.open_share.tolist() == [1, 1, 1, 1, 1, 1, 0, 1]
    start = MONDAY + timedelta(days=182)
    told = usual.baseline({TV: held}, start, start + timedelta(days=6))
    assert told.units[0][:6].tolist() == pytest.approx([100] * 6, rel=0.02)
    assert told.units[0][6] == 0
    # Days that are over are told in the same way.
    past = usual.baseline({TV: held}, MONDAY, MONDAY + timedelta(days=6))
    assert past.units[0][:6].tolist() == pytest.approx([100] * 6, rel=0.02)


def test_a_cell_that_sells_now_and_then_is_not_told_to_sell_each_day() -> None:
    # 20 pieces each tenth day from the first to the 91st. The first is there because it sold: of the 90 days after it
    # one of 12 Mondays sold, and of 13 weeks' other days eight.
    held = parts(sold([20 if day % 10 == 0 else 0 for day in range(91)]))
    told = usual.baseline({TV: held}, date(2026, 6, 1), date(2026, 6, 7))
    assert told.units.sum() == pytest.approx(20 * (1 / 12 + 8 / 13))
    # Whoever changes these makes other models and post-mortems of the same sales: the kept ones are of a method before.
    assert held.open_share[:7].tolist() == pytest.approx([one / 13 for one in (13 / 12, 1, 1, 2, 1, 1, 2)])
    assert (model.METHOD, report.METHOD) == (7, 5)


def test_one_day_of_sales_ever_is_not_each_day() -> None:
    # 20 pieces on a Monday, the last day that is loaded: of other weekdays nothing is known to be sold.
    [once] = series_of(sold([20]))
    held = usual.parts_of(once, None, frozenset(), lambda _: 0.5)
    week = usual.baseline({TV: held}, date(2026, 2, 2), date(2026, 2, 8))
    assert week.units[0].tolist() == [20, 0, 0, 0, 0, 0, 0]
    # Others have been loaded for four weeks since that began on a Monday: one Monday of four.
    rows = [*sold([20]), *sold([5] * 28, department="Toys")]
    _, once = sorted(aligned(series_of(rows)), key=lambda one: one.cell.department == "TV")
    held = usual.parts_of(once, None, frozenset(), lambda _: 0.5)
    week = usual.baseline({TV: held}, date(2026, 2, 2), date(2026, 2, 8))
    assert week.units[0].tolist() == [5, 0, 0, 0, 0, 0, 0]


def test_the_regular_price_is_that_of_the_time() -> None:
    # 10.00 until the end of June, 12.00 from July on; days on promotion do not count.
    days = (date(2026, 7, 1) - MONDAY).days
    rows = sold([100] * days, promo=range(100, 110))
    later = [
        SalesRow(row.date + timedelta(days=days), "online", "TV", False, None, row.units * Decimal(12),
                 row.units * Decimal(6), row.units)
        for row in sold([100] * 184)
    ]  # fmt: skip
    held = parts([*rows, *later])

    def price(day: date) -> tuple[float, float]:
        found = held.price_on(day)
        return round(found.price, 4), round(found.margin, 4)

    assert price(date(2026, 6, 15)) == (10, 4)
    # July's 90 days: 31 at 12.00 and 59 at 10.00.
    assert price(date(2026, 7, 31)) == (round((31 * 12 + 59 * 10) / 90, 4), round((31 * 6 + 59 * 4) / 90, 4))
    assert price(date(2026, 12, 1)) == price(date(2029, 1, 1)) == (12, 6)
    assert price(date(2020, 1, 1)) == (10, 4)


def test_what_is_kept_tells_the_same_when_it_is_read_again() -> None:
    truth = company(3, departments=2, days=120)
    rows = [*as_rows(truth.history), *sold([20] * 30, department="New")]
    learned = model.estimated(rows, truth.groups)
    row = {"model_version": learned.version, "fingerprint": learned.fingerprint, "sales_from": learned.first,
           "sales_to": learned.last, "details": model.details(learned)}  # fmt: skip
    again = model.model_from(row, {cell: model.stored(learned, cell) for cell in learned.curves})
    start, end = date(2025, 5, 1), date(2025, 5, 30)
    first, second = (usual.baseline(held.parts, start, end) for held in (learned, again))
    assert first.cells == second.cells
    for name in ("units", "sales", "margin", "error"):
        assert np.allclose(getattr(first, name), getattr(second, name), rtol=1e-6)
    for cell, curve in learned.curves.items():
        assert np.allclose(curve.uplift, again.curves[cell].uplift, rtol=1e-5, atol=1e-6)
    assert len(again.crosses) == len(learned.crosses) > 0
    assert again.doubts == learned.doubts
    # A department of 30 days says nothing itself: its curve is what the others have in common.
    [doubt] = learned.doubts
    assert (doubt.cell, doubt.why, doubt.days, doubt.promo_days) == (Cell("New", "online"), model.Why.SHORT, 30, 0)
    new = learned.curves[Cell("New", "online")]
    assert (new.deepest, new.promo_days) == (0, 0)
    assert new.at(0.2) > 0
    assert new.error_at(0.2) > max(curve.error_at(0.2) for cell, curve in learned.curves.items() if cell != doubt.cell)
    # Models of before the country's holidays counted do not name it.
    del row["details"]["country"]
    assert model.model_from(row, {cell: model.stored(learned, cell) for cell in learned.curves}).country == ""


def test_nothing_is_learned_from_nothing() -> None:
    with pytest.raises(model.NotLearnable, match="There are no sales yet"):
        model.estimated([])
    with pytest.raises(model.NotLearnable, match="no day on promotion with a known discount"):
        model.estimated(sold([10] * 100))


def test_the_fingerprint_is_of_the_sales_and_the_settings_alone() -> None:
    rows = sold([10, 20, 30])
    mark = model.fingerprint(rows, {"TV": "Media"}, frozenset({date(2026, 1, 6), date(2027, 1, 1)}))
    # In another order, and with a holiday beyond the sales, it is the same.
    assert mark == model.fingerprint(rows[::-1], {"TV": "Media"}, frozenset({date(2026, 1, 6)}))
    others = [
        model.fingerprint([*rows[:2], replace(rows[2], units=31)], {"TV": "Media"}, frozenset({date(2026, 1, 6)})),
        model.fingerprint(rows, {}, frozenset({date(2026, 1, 6)})),
        model.fingerprint(rows, {"TV": "Media"}, frozenset()),
        model.fingerprint(rows, {"TV": "Media"}, frozenset({date(2026, 1, 6)}), {"TV": 7}),
    ]
    assert len({mark, *others}) == 5


def test_series_are_put_on_the_same_days() -> None:
    long, short = aligned(series_of([*sold([1] * 10), *sold([0, 0, 5, 6], department="Toys")]))
    assert (long.cell.department, long.first, len(long.units)) == ("TV", MONDAY, 10) or (short.cell.department == "TV")
    toys = long if long.cell.department == "Toys" else short
    assert toys.units.tolist() == pytest.approx([np.nan, np.nan, 5, 6, *[np.nan] * 6], nan_ok=True)


def as_rows(history: Sequence[Series]) -> list[SalesRow]:
    """Days as rows of sales."""
    return [
        SalesRow(day, series.cell.channel, series.cell.department, bool(series.promoted[n]),
                 Decimal(str(round(series.depth[n] * 100, 2))) if series.promoted[n] else None,
                 Decimal(str(round(series.sales[n], 2))), Decimal(str(round(series.margin[n], 2))),
                 int(series.units[n]))
        for series in history
        for n, day in enumerate(series.days)
    ]  # fmt: skip


def test_which_days_of_a_seldom_seller_sell_is_chance_too() -> None:
    """10 pieces a day with a variance of 4, on each day or on every other one: of four days then 20 pieces, whose
    variance is larger by 4 × ½ × ½ × (10² + 4)."""
    means = usual.Weekdays(np.full(7, 10.0), np.full(7, 50.0), 4.0)
    always = usual.Parts(TV, None, means, 0.0, (0.0, 0.0), np.ones(8), (usual.Price(MONDAY, 1.0, 0.5),), MONDAY)
    seldom = replace(always, open_share=np.array([0.5] * 7 + [1.0]))
    days = MONDAY, MONDAY + timedelta(days=3)
    steady, lumpy = (usual.baseline({TV: one}, *days) for one in (always, seldom))
    assert (steady.units.sum(), lumpy.units.sum()) == (40, 20)
    assert lumpy.error[0] ** 2 == pytest.approx(steady.error[0] ** 2 + 104 / 20**2)


def test_a_seldom_sellers_interval_holds_as_often_as_it_says() -> None:
    """120 cells that sell on a quarter of the days, three pieces then: 30 days to come after a year and a half."""
    random, held = np.random.default_rng(7), 0
    for _ in range(120):
        sold_at_all = random.random(570) < 0.25
        units = np.where(sold_at_all, 1 + random.poisson(2, 570), np.nan)
        known, none = units[:540], np.zeros(540)
        series = Series(TV, MONDAY, known, known * 10, known * 4, none.astype(bool), none, none)
        own = usual.parts_of(series, fitted(series), frozenset(), lambda _: 0.0)
        told = usual.baseline({TV: own}, MONDAY + timedelta(days=540), MONDAY + timedelta(days=569))
        spread = float(np.sqrt(np.log1p(told.error[0] ** 2)))
        off = np.log(np.nansum(units[540:])) - (np.log(told.units.sum()) - spread**2 / 2)
        held += abs(off) <= 1.645 * spread
    assert 0.85 <= held / 120 <= 0.95


def test_intervals_of_30_days_hold_as_often_as_they_say() -> None:
    """Eight series of each of 26 companies with promotions on a quarter of their days: 208 totals of days to come."""
    found = judged_baselines(26, days=240)
    assert len(found.held) >= 200
    assert 0.85 <= found.coverage <= 0.95
    assert abs(found.bias) < 0.02
