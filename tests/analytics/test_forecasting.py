"""Forecasts on rows that a person can check: measures, sums, choice, intervals, landings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from analytics.forecasting import measures
from analytics.forecasting.backtest import LEADS, Backtest, Task, origins, worked
from analytics.forecasting.candidates import Kind, Past, filled, prophet, seasonal_naive
from analytics.forecasting.choice import Record, put_together
from analytics.forecasting.intervals import Calibration, calibrated, size_of
from analytics.forecasting.kept import Basis, Counted, Kept, World
from analytics.forecasting.outlook import outlook
from analytics.forecasting.reconciliation import reconciled
from analytics.forecasting.series import Key, Series, Trouble, family
from analytics.gaps import estimated, not_delivered
from analytics.promo.terms import Cell, Floats

MONDAY = date(2026, 1, 5)


def days(*values: float, first: date = MONDAY) -> dict[date, float]:
    return {first + timedelta(days=place): value for place, value in enumerate(values)}


def series(values: Floats | list[float], key: Key | None = None) -> Series:
    return Series(key or Key("units"), MONDAY, np.asarray(values, float))


def test_measures_by_hand() -> None:
    came, told = np.array([10.0, 20.0, 30.0]), np.array([12.0, 18.0, 36.0])
    # Errors 2, 2, 6 of 60; 66 forecast where 60 came.
    assert measures.wape(came, told) == pytest.approx(100 * 10 / 60)
    assert measures.bias(came, told) == pytest.approx(10.0)
    assert measures.wape(came * 0, told) is None
    # A week of 10s, then of 14s and one of 18: each day lies 4 above the same weekday before.
    scale = measures.naive_scale(np.array([10.0] * 7 + [14.0] * 7 + [18.0]))
    assert scale == 4.0
    assert measures.mase(came, told, 4.0) == pytest.approx(10 / 3 / 4)
    assert measures.naive_scale(np.array([5.0] * 7)) is None
    assert measures.share_inside(came, np.array([9.0, 21.0, 0.0]), np.array([11.0, 25.0, 30.0])) == pytest.approx(
        200 / 3
    )
    # 40 had come, 30 + 30 came, 25 + 29 were forecast: 94 instead of 100.
    assert measures.landing_error(40.0, np.array([30.0, 30.0]), np.array([25.0, 29.0])) == pytest.approx(-6.0)


def test_parts_are_summed_and_a_week_without_any_delivery_is_not_known() -> None:
    cells = {
        ("online", "TV"): days(*[1.0] * 14, first=MONDAY),
        ("offline", "TV"): {**days(2.0, 2.0), **days(2.0, 0.0, 2.0, first=MONDAY + timedelta(days=21))},
        ("offline", "Toys"): days(5.0),
    }
    found = {one.key[1:]: one.values for one in family("units", cells, MONDAY, MONDAY + timedelta(days=23))}
    assert list(found) == [
        ("", ""), ("offline", ""), ("online", ""), ("", "TV"), ("", "Toys"), ("offline", "TV"), ("offline", "Toys"),
        ("online", "TV"),
    ]  # fmt: skip
    assert found["", ""][:3].tolist() == [8.0, 3.0, 1.0]
    # The third week: nothing of any cell.
    assert np.isnan(found["", ""][14:21]).all()
    assert np.isnan(found["offline", "TV"][14:21]).all()
    assert found["", "TV"][21:].tolist() == [2.0, 0.0, 2.0]
    assert found["offline", "Toys"][1:14].tolist() == [0.0] * 13


def test_a_synced_store_that_sold_nothing_sold_nothing() -> None:
    cells = {("email", ""): {**days(2.0), **days(2.0, first=MONDAY + timedelta(days=10))}}
    last = MONDAY + timedelta(days=20)
    for delivered, missing in ((True, 0), (False, 9)):
        whole = family("orders", cells, MONDAY, last, delivered=delivered)[0]
        assert len(whole.unknown) == missing
        # After the last order the store sold nothing, whoever brought its orders.
        assert whole.values[11:].tolist() == [0.0] * 10


def kept(last: date, *value: float, key: Key | None = None, kind: Kind = Kind.ETS, promoted: bool = False) -> Kept:
    """Forecasts of the days behind `last`; half the width of a sum is a tenth of it."""
    told = np.array(value)
    return Kept(
        key or Key("sales_value"), kind, None, MONDAY, last, {}, (), Record(None, None, None), None, {}, told, told,
        told, Calibration(10.0, (0.1,) * 3, np.full(91, 0.1)), promoted,
    )  # fmt: skip


def test_a_week_of_the_running_month_that_was_not_delivered_is_estimated_and_told() -> None:
    # Each weekday of November sells 10, Sundays 20; 2 to 8 November, Monday to Sunday, were not delivered.
    first, last = date(2026, 10, 5), date(2026, 11, 20)
    sold = {
        day: 20.0 if day.weekday() == 6 else 10.0
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
        if not date(2026, 11, 2) <= day <= date(2026, 11, 8)
    }
    (actual,) = (
        one
        for one in family("sales_value", {("online", "TV"): sold}, first, last)
        if one.key == Key("sales_value", "online", "TV")
    )
    found = outlook(kept(last, *[10.0] * 10), actual, {"2026-11": 500.0}).month
    assert found is not None
    # 13 days came, the 1st and the 15th on Sundays: 150. The week stands at 6 × 10 + 20, ten days of 10 are to come.
    told = found.landing
    assert (told.come, told.missing, told.estimated, told.expected, told.days_left) == (150, 7, 80, 330, 10)
    # As unsure as if the week were to come, too: a tenth of 180.
    assert (told.low, told.high) == (pytest.approx(312), pytest.approx(348))
    # A day less is a gap of six: days without sales.
    (short,) = family("sales_value", {("online", ""): {**sold, date(2026, 11, 8): 20.0}}, first, last)[1:]
    found = outlook(kept(last, *[10.0] * 10), short, {}).month
    assert found is not None
    assert (found.landing.come, found.landing.missing, found.landing.expected) == (170, 0, 270)


def test_estimates_of_parts_add_up_and_come_from_the_days_around() -> None:
    missing = [MONDAY + timedelta(days=n) for n in range(70, 77)]
    # Mondays sold 1 up to eight weeks before the gap, and 3 since.
    online = {MONDAY + timedelta(days=n): 1.0 if n < 14 else 3.0 for n in range(0, 70, 7)}
    shop = {MONDAY + timedelta(days=n): float(n) for n in range(77, 84)}
    last = MONDAY + timedelta(days=83)
    delivered = {*online, *shop, *(MONDAY + timedelta(days=n) for n in range(70))}
    assert not_delivered(delivered, MONDAY, last) == tuple(missing)
    assert not_delivered(delivered, missing[3], last) == tuple(missing[3:])
    both = {day: online.get(day, 0.0) + shop.get(day, 0.0) for day in {*online, *shop}}
    one, two, whole = (estimated(held, missing, missing, MONDAY, last) for held in (online, shop, both))
    # Eight Mondays before with 3 each, and one after without any.
    assert one[missing[0]] == pytest.approx(8 * 3 / 9)
    assert sum(one.values()) + sum(two.values()) == pytest.approx(sum(whole.values()))
    # Days further off tell where none is near; a day that is missing itself tells nothing.
    far = missing[0] - timedelta(days=63)
    assert estimated({far: 5.0}, missing[:1], [missing[0] - timedelta(weeks=n) for n in range(9)], far, missing[0]) == {
        missing[0]: 5.0
    }
    assert estimated({}, missing[:1], missing, missing[0], missing[0]) == {missing[0]: 0.0}


def test_how_far_an_approved_scenario_is_in_a_forecast() -> None:
    last, shop, web = date(2026, 11, 20), Cell("TV", "offline"), Cell("TV", "online")

    def world(**knows: bool) -> World:
        keys = {
            "whole": Key("units"), "web": Key("units", "online"), "shop": Key("units", "offline"),
            "other": Key("sales_value"),
        }  # fmt: skip
        series = {keys[name]: kept(last, 1.0, key=keys[name], promoted=know) for name, know in knows.items()}
        return World(series, Basis(scenarios={"s": 2}), datetime(2026, 11, 21, tzinfo=UTC))

    knowing = world(whole=True, web=True, shop=False, other=False)
    # The shop's model has nothing to do with a promotion online.
    assert knowing.counted("units", "s", [web]) is Counted.WHOLLY
    assert knowing.counted("units", "s", [shop]) is Counted.PARTLY
    assert knowing.counted("units", "another", [web]) is Counted.NOT
    # The total's model knows of none; the part that does moves it.
    assert world(whole=False, web=True, shop=False).counted("units", "s", [web, shop]) is Counted.PARTLY
    assert world(whole=False, web=True, shop=False).counted("units", "s", [shop]) is Counted.NOT


def test_what_is_wrong_with_a_series_is_told() -> None:
    def trouble(values: list[float]) -> Trouble | None:
        return series(values).trouble

    week = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 0.0]
    assert trouble([0.0] * 100) is Trouble.EMPTY
    assert trouble([0.0] * 50 + week * 11) is Trouble.SHORT
    assert trouble([3.0] * 84) is Trouble.CONSTANT
    assert trouble(week * 12) is None
    assert trouble([*week * 9, *[np.nan] * 21, *week * 9]) is Trouble.GAPPY


def test_origins_leave_eight_weeks_to_learn_from_and_lie_a_week_apart_at_least() -> None:
    assert origins(84) == (77, 70, 63, 56)
    assert origins(83) == (76, 69, 62)
    assert origins(50) == ()
    assert origins(1000) == (963, 926, 889, 852, 815, 778, 741, 704)


def test_the_seasonal_naive_repeats_the_last_week_and_unknown_days_are_their_weekdays_mean() -> None:
    told = seasonal_naive(Past(np.arange(14.0), MONDAY, np.zeros(24), (), 10))
    assert told.tolist() == [7, 8, 9, 10, 11, 12, 13, 7, 8, 9]
    values = np.array([1.0, 5, 5, 5, 5, 5, 5, 3, 5, 5, 5, 5, 5, 5, np.nan])
    assert filled(values)[14] == 2.0


def test_sums_hold_and_the_sure_ones_give_way_least() -> None:
    keys = [Key("units"), Key("units", "online"), Key("units", "offline")]
    told = np.array([[36.0], [10.0], [20.0]])
    # Least squares over all three: 12 and 22, together 34.
    assert reconciled(keys, told, np.ones(3), above_zero=True)[:, 0].tolist() == [34.0, 12.0, 22.0]
    # Of the total nothing is to be moved: each part takes half of the 6.
    assert reconciled(keys, told, np.array([1e-9, 1.0, 1.0]), above_zero=True)[:, 0].tolist() == [36.0, 13.0, 23.0]
    # 30 less than the parts are 10 less each; one that would fall below nothing stays at it.
    told = np.array([[0.0], [4.0], [26.0]])
    assert reconciled(keys, told, np.ones(3), above_zero=True)[:, 0].tolist() == [16.0, 0.0, 16.0]
    assert reconciled(keys, told, np.ones(3), above_zero=False)[:, 0].tolist() == [10.0, -6.0, 16.0]


def made(off: float) -> tuple[list[Series], dict[Key, Backtest], tuple[int, ...]]:
    """A series that goes up and down by weeks, so that a week is forecast 10 off by the naive, and by another model
    `off` off."""
    count = 140
    weeks = np.arange(count) // 7
    own = series(100.0 + 10.0 * (weeks % 2) + np.arange(count) % 7)
    places = origins(count)
    came = np.full((len(places), LEADS), np.nan)
    for row, place in enumerate(places):
        came[row, : min(LEADS, count - place)] = own.values[place : place + LEADS]
    future = np.full(30, 110.0)
    tested = Backtest(own.key, {Kind.NAIVE: came + 10, Kind.ETS: came + off}, {Kind.NAIVE: future, Kind.ETS: future})
    return [own], {own.key: tested}, places


def test_a_model_is_in_use_only_where_it_is_clearly_better_than_the_seasonal_naive() -> None:
    for off, kind in ((9.7, Kind.ETS), (9.9, Kind.NAIVE), (12.0, Kind.NAIVE)):
        family_of, tested, places = made(off)
        (found,) = put_together(family_of, tested, places, above_zero=True)
        assert found.active.kind is kind
        by_kind = {model.kind: model for model in found.models}
        # Every day lies 10 from the same weekday a week before.
        assert by_kind[Kind.NAIVE].record.mase == pytest.approx(1.0)
        assert by_kind[Kind.ETS].record.mase == pytest.approx(off / 10)
        assert len(by_kind[Kind.ETS].by_origin) == len(places) == 8
    # Fewer than four origins tell nothing for certain.
    family_of, tested, places = made(1.0)
    few = {key: Backtest(key, {k: v[:3] for k, v in one.past.items()}, one.future) for key, one in tested.items()}
    (found,) = put_together(family_of, few, places[:3], above_zero=True)
    assert found.active.kind is Kind.NAIVE


def test_an_interval_is_as_wide_as_past_errors_over_their_scale() -> None:
    # 100 were told of each day, each came 10 higher or lower: a tenth of a scale of 100. Nothing is known of the days
    # from the 28th on: the interval there is a fifth wider.
    errors = np.tile([10.0, -10, 10, -10, 10, -10, 10], 20)[: 4 * 28].reshape(4, 28)
    told = np.full((4, 28), 100.0)
    found = calibrated(told + errors, told, [100.0] * 4, 100.0)
    assert found is not None
    assert found.days == pytest.approx((0.1, 0.1, 0.1 * 1.2))
    assert found.of_days(np.array([100.0, 400.0])) == pytest.approx([10.0, 20.0])
    assert calibrated(told[:1] + 10, told[:1], [100.0], 100.0) is None
    # Each sum of any days was off by 5 %: t of four origins (1.533) × 0.05 × √(1 + 1/4).
    together = calibrated(told + 5, told, [100.0] * 4, 100.0)
    assert together is not None
    assert together.of_sum(np.full(10, 100.0)) == pytest.approx(1000 * 0.05 * 1.533 * 1.25**0.5)
    assert Calibration(100.0, (0.1, 0.1, 0.1), np.array([0.1])).of_sum(np.array([])) == 0.0


def test_days_before_anything_was_sold_say_nothing_of_how_sure_a_forecast_is() -> None:
    # A department of 145 days in a history of 800: weeks of 100 a day and of 120 in turn, so that a day is told right
    # or 20 off. Three of the eight origins lie in its days, five before its first.
    weeks = [100.0 if place // 7 % 2 == 0 else 120.0 for place in range(145)]
    own = series([0.0] * 655 + weeks)
    places = origins(800)
    assert sum(place > 655 for place in places) == 3
    tested = worked(Task(own, np.zeros(860), (), places, 60, (Kind.NAIVE,)))
    (found,) = put_together([own], {own.key: tested}, places, above_zero=True)
    # 20 over the scale of a day of 100 or of 120, times the scale of the day that is told: 20, or √1.2 more or less.
    assert found.high - found.value == pytest.approx(np.full(60, 20.0), rel=0.12)
    # The sum of 20 days: each off by 20 at most, by √(1 + 1/3) × Student's t of three origins (1.638) at most.
    assert found.calibration.of_sum(found.value[:20]) < 20 * 20 * 1.638 * (4 / 3) ** 0.5 * 1.2
    # One that sold 100 a day and then nothing for eight weeks may sell again: a quarter of 20,000 / 256.
    assert size_of(np.array([100.0] * 200 + [0.0] * 56)) == pytest.approx(20_000 / 256 / 4)
    assert (size_of(np.array([8.0] * 60)), size_of(np.array([])), size_of(np.array([np.nan]))) == (8.0, 0.0, 0.0)


def test_nothing_sold_is_forecast_as_nothing_and_what_never_changes_as_it_is() -> None:
    for value in (0.0, 3.0):
        own = series([value] * 120)
        places = origins(120)
        tested = worked(Task(own, np.zeros(150), (), places, 30))
        (found,) = put_together([own], {own.key: tested}, places, above_zero=True)
        assert found.trouble is (Trouble.CONSTANT if value else Trouble.EMPTY)
        assert found.active.kind is Kind.NAIVE
        assert found.value.tolist() == [value] * 30
        assert found.low.tolist() == found.high.tolist() == found.value.tolist()


def test_landings_are_held_against_the_months_that_are_over() -> None:
    family_of, tested, places = made(5.0)
    (found,) = put_together(family_of, tested, places, above_zero=True)
    # From 5 January on, 140 days: to 24 May. From 5 April on, the 26 days left of it were 5 too high each.
    before = MONDAY + timedelta(days=places[4] - 1)
    assert before == date(2026, 4, 4)
    april = [family_of[0].values[(date(2026, 4, day) - MONDAY).days] for day in range(1, 31)]
    assert found.landings[before] == pytest.approx(5.0 * 26 / sum(april) * 100)
    assert max(found.landings) < date(2026, 5, 1)


def test_prophet_learns_what_a_discount_brings() -> None:
    depth = np.zeros(140)
    for start in (20, 50, 80, 105, 130):
        depth[start : start + 6] = 0.2
    values = 100.0 * (1 + 2.5 * depth[:126]) + np.arange(126) % 7
    told = prophet(Past(values, MONDAY, depth, (), 14))
    # 20 % off brings half as much again.
    assert told[5] / told[2] == pytest.approx(1.5, rel=0.06)
