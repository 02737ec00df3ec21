"""Days that are far from expected, from series that a person can follow by eye."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from analytics.anomalies import HISTORY_DAYS, Array, Daily, Finding, find, find_all, judge
from analytics.watched import BY_KEY, Thresholds
from benchmarks.anomalies import counted, ours, plain, simulated

FIRST = date(2026, 1, 5)  # a Monday
USUAL = Thresholds()


def of(values: Any, key: str = "orders", **more: Any) -> Daily:
    return Daily(BY_KEY[key], FIRST, np.asarray(values, float), **more)


def level(days: int, value: float = 100.0) -> Array:
    return np.full(days, value)


def with_day(values: Array, place: int, value: float) -> Array:
    changed = values.copy()
    changed[place] = value
    return changed


def told(found: list[Finding]) -> list[tuple[int, float, float]]:
    return [((finding.day - FIRST).days, finding.actual, round(finding.expected, 1)) for finding in found]


def test_a_day_of_half_as_many_again_is_found_with_what_was_expected() -> None:
    (found,) = find(of(with_day(level(80), 70, 150.0)), USUAL)
    assert told([found]) == [(70, 150.0, 100.0)]
    # sqrt(150.375 / 100.375) - 1 = 0.224, over a spread of 1 % and chance of 0.5 / sqrt(100.375) = 4.99 %.
    assert found.score == pytest.approx(0.224 / np.hypot(0.01, 0.0499), abs=0.01)
    assert found.change_pct == pytest.approx(50.0)
    assert found.good
    (low,) = find(of(with_day(level(80), 70, 55.0)), USUAL)
    assert not low.good


def test_more_of_what_nobody_wants_is_bad() -> None:
    (found,) = find(of(with_day(level(80, 1000.0), 70, 9000.0), "deductions", unit=50.0), USUAL)
    assert not found.good


def test_nothing_is_judged_in_the_first_eight_weeks() -> None:
    early, late = HISTORY_DAYS - 1, HISTORY_DAYS
    assert find(of(with_day(level(80), early, 900.0)), USUAL) == []
    assert len(find(of(with_day(level(80), late, 900.0)), USUAL)) == 1
    assert np.isnan(judge(of(level(40))).score).all()
    # Eight weeks count from the first day with a value.
    begun = level(120)
    begun[:50] = np.nan
    assert np.flatnonzero(~np.isnan(judge(of(begun)).score))[0] == 50 + HISTORY_DAYS


def test_a_shop_without_orders_is_not_alarmed_by_its_first_ones() -> None:
    assert find(of(with_day(level(80, 0.0), 70, 1.0)), USUAL) == []
    (found,) = find(of(with_day(level(80, 0.0), 70, 30.0)), USUAL)
    assert (found.expected, found.change_pct) == (0.0, None)
    assert find(of(level(80, 0.0), "gross", unit=1.0), USUAL) == []


def test_days_without_a_value_are_not_judged_and_teach_nothing() -> None:
    values = level(120)
    values[60:75] = np.nan
    values[::9] = np.nan
    judged = judge(of(values))
    assert np.isnan(judged.score[np.isnan(values)]).all()
    assert told(find(of(with_day(values, 100, 150.0)), USUAL)) == [(100, 150.0, 100.0)]


def test_days_without_an_order_are_told_once_while_they_last() -> None:
    values = level(100)
    values[80:85] = 0.0
    (found,) = find(of(values), USUAL)
    assert (found.actual, round(found.expected), found.days) == (0.0, 100, 5)
    assert (found.day, found.last) == (FIRST + timedelta(days=80), FIRST + timedelta(days=84))


def test_a_level_that_moved_is_told_once_and_becomes_usual() -> None:
    values = level(250)
    values[100:] = 200.0
    found = find(of(values), USUAL)
    assert told(found)[0] == (100, 200.0, 100.0)
    assert len(found) == 1
    # Half of the three weeks behind a day's level are new by then.
    assert (found[0].last - found[0].day).days <= 14
    back = with_day(values, 200, 100.0)
    assert told(find(of(back), USUAL))[-1] == (200, 100.0, 200.0)


def test_a_closed_sunday_is_expected_and_an_open_one_is_not() -> None:
    week = np.array([100.0, 110, 90, 100, 130, 60, 0])
    values = np.tile(week, 20)
    assert find(of(values), USUAL) == []
    sunday = 17 * 7 - 1
    assert told(find(of(with_day(values, sunday, 80.0)), USUAL)) == [(sunday, 80.0, 0.0)]


def test_a_day_is_judged_by_the_past_alone() -> None:
    store = simulated(7)
    whole = judge(store.daily, campaigns=store.campaigns)
    for end in (57, 200, 511):
        daily = Daily(store.daily.metric, store.daily.first, store.daily.values[:end], unit=store.daily.unit)
        cut = judge(daily, campaigns=store.campaigns[:end])
        np.testing.assert_allclose(cut.score, whole.score[:end])
        np.testing.assert_allclose(cut.expected, whole.expected[:end])


def test_a_holiday_needs_twice_the_deviation_and_teaches_nothing() -> None:
    values = with_day(level(120), 80, 45.0)
    day = FIRST + timedelta(days=80)
    assert [finding.day for finding in find_all([of(values)], USUAL)] == [day]
    assert find_all([of(values)], USUAL, holidays={day}) == []
    assert len(find_all([of(with_day(values, 80, 5.0))], USUAL, holidays={day})) == 1


def test_campaign_days_are_expected_once_four_are_known() -> None:
    sent = [61, 66, 73, 76, 82, 87, 94, 99]
    values = level(110)
    values[sent] = 180.0
    days = {FIRST + timedelta(days=place) for place in sent}
    late = FIRST + timedelta(days=82)
    assert [found for found in find_all([of(values)], USUAL, campaigns=days) if found.day >= late] == []
    assert [found for found in find_all([of(values)], USUAL) if found.day >= late] != []
    # A campaign that brings nothing is far from what campaigns bring.
    (found,) = [each for each in find_all([of(with_day(values, 99, 95.0))], USUAL, campaigns=days) if each.day >= late]
    assert round(found.expected) == 180


def test_the_same_peak_on_the_same_weekday_a_year_before_is_the_seasons() -> None:
    values = level(480)
    values[[100, 464]] = 300.0
    assert told(find(of(values), USUAL)) == [(100, 300.0, 100.0)]
    assert told(find(of(with_day(values, 464, 900.0)), USUAL))[-1][0] == 464


def test_a_christmas_like_that_of_last_year_is_no_news() -> None:
    day = np.arange(560)
    values = 1000 * (1 + 1.2 * np.exp(-((((day - 130) % 364) - 60) ** 2) / 400))
    again = [finding for finding in find(of(values), USUAL) if (finding.day - FIRST).days > 470]
    assert again == []


def test_what_a_person_calls_too_small_is_left_out() -> None:
    values = with_day(level(80, 1e6), 70, 1.05e6)
    assert find(of(values), USUAL) == []
    assert len(find(of(values), Thresholds(least_change_pct=1.0, sensitivity=2.0))) == 1
    assert find(of(with_day(level(80), 70, 150.0)), Thresholds(sensitivity=5.0)) == []
    assert find_all([of(with_day(level(80), 70, 150.0))], Thresholds(metrics=("aov",))) == []


def test_a_rate_of_few_messages_is_given_its_chance() -> None:
    values = with_day(level(80, 0.2), 70, 0.4)
    few, many = (of(values, "open_rate", sizes=level(80, size)) for size in (20.0, 2000.0))
    assert find(few, USUAL) == []
    assert told(find(many, USUAL)) == [(70, 40.0, 20.0)]


def test_an_average_of_few_orders_is_given_its_chance() -> None:
    values = with_day(level(80, 50.0), 70, 80.0)
    few, many = (of(values, "aov", sizes=level(80, size)) for size in (3.0, 300.0))
    assert find(few, USUAL) == []
    assert told(find(many, USUAL)) == [(70, 80.0, 50.0)]


def test_more_refunds_than_orders_are_far_below() -> None:
    (found,) = find(of(with_day(level(80, 1000.0), 70, -400.0), "net", unit=50.0), USUAL)
    assert (found.actual, round(found.expected), found.good) == (-400.0, 1000, False)


def test_planted_days_are_found_and_few_others_are() -> None:
    stores = [simulated(seed) for seed in range(60)]
    mine, naive = counted(stores, ours), counted(stores, plain)
    assert mine.planted == 60 * 12
    assert mine.precision >= 0.8
    assert mine.recall >= 0.8
    assert mine.precision > naive.precision
    assert mine.recall > naive.recall
    quiet = counted([simulated(1000 + seed, planted=0) for seed in range(12)], ours)
    assert quiet.false <= 5 * quiet.judged / 1000
