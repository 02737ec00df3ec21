"""The periods that pages show and what they are compared with, at every edge of the calendar."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.periods import (
    Against,
    Alignment,
    Comparison,
    Grain,
    Kind,
    Period,
    Preset,
    add_months,
    bucket_of,
    bucket_starts,
    change_pct,
    chosen,
    compared,
    day_start,
    grain_of,
    is_running,
    known_until,
    to_date,
)

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))


def against(this: Period, how: Against, alignment: Alignment = Alignment.AUTO) -> Comparison:
    found = compared(this, how, alignment)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("preset", "start"),
    [
        (Preset.DAYS_7, date(2026, 11, 15)),
        (Preset.DAYS_28, date(2026, 10, 25)),
        (Preset.DAYS_90, date(2026, 8, 24)),
        (Preset.MONTHS_12, date(2025, 11, 22)),
        (Preset.MONTH_TO_DATE, date(2026, 11, 1)),
    ],
)
def test_presets_end_today(preset: Preset, start: date) -> None:
    today = date(2026, 11, 21)
    found = chosen(preset, today)
    assert (found.start, found.end) == (start, today)


def test_a_custom_range_is_taken_in_either_order_and_falls_back_without_both_ends() -> None:
    today = date(2026, 11, 21)
    found = chosen(Preset.CUSTOM, today, (date(2026, 3, 9), date(2026, 3, 2)))
    assert (found.start, found.end) == (date(2026, 3, 2), date(2026, 3, 9))
    assert chosen(Preset.CUSTOM, today) == chosen(Preset.DAYS_28, today)


@pytest.mark.parametrize(
    ("dates", "before"),
    [
        ((date(2026, 10, 1), date(2026, 10, 31)), (date(2025, 10, 1), date(2025, 10, 31))),
        ((date(2026, 4, 1), date(2026, 6, 30)), (date(2025, 4, 1), date(2025, 6, 30))),
        ((date(2025, 1, 1), date(2025, 12, 31)), (date(2024, 1, 1), date(2024, 12, 31))),
        ((date(2026, 10, 1), date(2026, 10, 30)), (date(2025, 10, 2), date(2025, 10, 31))),
        ((date(2026, 10, 2), date(2026, 10, 31)), (date(2025, 10, 3), date(2025, 11, 1))),
    ],
)
def test_whole_calendar_months_are_laid_over_the_same_dates_of_last_year(
    dates: tuple[date, date], before: tuple[date, date]
) -> None:
    found = against(chosen(Preset.CUSTOM, date(2026, 11, 21), dates), Against.LAST_YEAR)
    assert (found.period.start, found.period.end) == before


@pytest.mark.parametrize(
    ("as_of", "until"),
    [
        (datetime(2026, 11, 15, 12, 0, tzinfo=UTC), datetime(2026, 11, 15, 12, 0, tzinfo=UTC)),
        (datetime(2026, 11, 15, 22, 59, tzinfo=UTC), datetime(2026, 11, 15, 22, 59, tzinfo=UTC)),
        (datetime(2026, 11, 15, 23, 0, tzinfo=UTC), None),  # midnight in Berlin: the period is over
        (datetime(2026, 11, 1, 12, 0, tzinfo=UTC), datetime(2026, 11, 1, 12, 0, tzinfo=UTC)),
    ],
)
def test_orders_of_a_period_are_known_up_to_the_last_complete_sync(as_of: datetime, until: datetime | None) -> None:
    assert known_until(Period(date(2026, 11, 9), date(2026, 11, 15)), as_of, BERLIN) == until


def test_twelve_months_from_a_leap_day() -> None:
    found = chosen(Preset.MONTHS_12, date(2024, 2, 29))
    assert (found.start, found.end) == (date(2023, 3, 1), date(2024, 2, 29))


def test_previous_is_the_same_number_of_days_just_before() -> None:
    found = against(Period(date(2026, 3, 1), date(2026, 3, 28)), Against.PREVIOUS)
    assert (found.period.start, found.period.end) == (date(2026, 2, 1), date(2026, 2, 28))


@pytest.mark.parametrize(
    ("dates", "before"),
    [
        ((date(2026, 11, 1), date(2026, 11, 30)), (date(2026, 10, 1), date(2026, 10, 31))),
        ((date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 1, 1), date(2026, 1, 31))),
        ((date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 2, 1), date(2026, 2, 28))),
        ((date(2024, 3, 1), date(2024, 3, 31)), (date(2024, 2, 1), date(2024, 2, 29))),
        ((date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 1, 1), date(2026, 3, 31))),
        ((date(2025, 12, 1), date(2026, 1, 31)), (date(2025, 10, 1), date(2025, 11, 30))),
        ((date(2025, 1, 1), date(2025, 12, 31)), (date(2024, 1, 1), date(2024, 12, 31))),
        # Not whole months: as many days.
        ((date(2026, 11, 1), date(2026, 11, 29)), (date(2026, 10, 3), date(2026, 10, 31))),
    ],
)
def test_whole_calendar_months_are_compared_with_the_months_before(
    dates: tuple[date, date], before: tuple[date, date]
) -> None:
    this = chosen(Preset.CUSTOM, date(2026, 12, 5), dates)
    found = against(this, Against.PREVIOUS)
    assert (found.period.start, found.period.end) == before
    over = datetime(2026, 12, 5, 9, tzinfo=BERLIN)
    assert found.until(this, over, BERLIN) == day_start(before[1] + timedelta(days=1), BERLIN)


def test_the_last_day_of_a_month_is_compared_up_to_the_same_hour_of_the_last_day_before() -> None:
    this = chosen(Preset.CUSTOM, date(2026, 11, 30), (date(2026, 11, 1), date(2026, 11, 30)))
    found = against(this, Against.PREVIOUS)
    assert found.until(this, datetime(2026, 11, 30, 13, tzinfo=BERLIN), BERLIN) == datetime(
        2026, 10, 31, 13, tzinfo=BERLIN
    )
    assert found.until(this, datetime(2026, 11, 29, 13, tzinfo=BERLIN), BERLIN) == datetime(
        2026, 10, 29, 13, tzinfo=BERLIN
    )


@pytest.mark.parametrize(
    ("today", "kind", "start", "end"),
    [
        (date(2026, 3, 15), Kind.MONTH_TO_DATE, date(2026, 2, 1), date(2026, 2, 15)),
        (date(2026, 3, 31), Kind.MONTH_TO_DATE, date(2026, 2, 1), date(2026, 2, 28)),
        (date(2024, 3, 30), Kind.MONTH_TO_DATE, date(2024, 2, 1), date(2024, 2, 29)),
        (date(2026, 1, 31), Kind.MONTH_TO_DATE, date(2025, 12, 1), date(2025, 12, 31)),
        (date(2026, 5, 31), Kind.QUARTER_TO_DATE, date(2026, 1, 1), date(2026, 2, 28)),
        (date(2024, 2, 29), Kind.YEAR_TO_DATE, date(2023, 1, 1), date(2023, 2, 28)),
    ],
)
def test_to_date_is_compared_with_the_same_days_of_the_unit_before(
    today: date, kind: Kind, start: date, end: date
) -> None:
    found = against(to_date(today, kind), Against.PREVIOUS)
    assert (found.period.start, found.period.end) == (start, end)


def test_last_year_of_days_keeps_weekdays_and_of_the_calendar_keeps_dates() -> None:
    days = against(chosen(Preset.DAYS_28, date(2026, 11, 21)), Against.LAST_YEAR)
    assert (days.period.start, days.period.end) == (date(2025, 10, 26), date(2025, 11, 22))
    assert days.period.start.isoweekday() == date(2026, 10, 25).isoweekday()
    month = against(chosen(Preset.MONTH_TO_DATE, date(2026, 11, 21)), Against.LAST_YEAR)
    assert (month.period.start, month.period.end) == (date(2025, 11, 1), date(2025, 11, 21))


def test_the_person_can_choose_the_other_alignment() -> None:
    days = chosen(Preset.DAYS_7, date(2026, 11, 21))
    assert against(days, Against.LAST_YEAR, Alignment.DATES).period.end == date(2025, 11, 21)
    month = chosen(Preset.MONTH_TO_DATE, date(2026, 11, 21))
    assert against(month, Against.LAST_YEAR, Alignment.WEEKDAYS).period.start == date(2025, 11, 2)


def test_the_leap_day_is_compared_with_the_last_of_february() -> None:
    leap = Period(date(2024, 2, 29), date(2024, 2, 29))
    found = against(leap, Against.LAST_YEAR, Alignment.DATES)
    assert (found.period.start, found.period.end) == (date(2023, 2, 28), date(2023, 2, 28))


def test_no_comparison() -> None:
    assert compared(chosen(Preset.DAYS_7, date(2026, 11, 21)), Against.NONE) is None


def test_a_running_day_is_compared_up_to_the_same_hour() -> None:
    this = chosen(Preset.DAYS_7, date(2026, 11, 21))
    cut = against(this, Against.PREVIOUS).until(this, datetime(2026, 11, 21, 13, 30, tzinfo=UTC), BERLIN)
    assert cut == datetime(2026, 11, 14, 14, 30, tzinfo=BERLIN)


def test_the_same_hour_is_the_clocks_even_when_the_clocks_have_changed_between() -> None:
    this = chosen(Preset.DAYS_7, date(2026, 10, 26))
    cut = against(this, Against.PREVIOUS).until(this, datetime(2026, 10, 26, 9, 0, tzinfo=UTC), BERLIN)
    assert cut == datetime(2026, 10, 19, 8, 0, tzinfo=UTC)


def test_a_day_31_not_over_is_cut_on_the_last_day_of_the_shorter_month() -> None:
    this = to_date(date(2026, 3, 31), Kind.MONTH_TO_DATE)
    cut = against(this, Against.PREVIOUS).until(this, datetime(2026, 3, 31, 10, 0, tzinfo=UTC), ZoneInfo("UTC"))
    assert cut == datetime(2026, 2, 28, 10, 0, tzinfo=UTC)


def test_a_period_that_is_over_is_compared_whole() -> None:
    this = Period(date(2026, 11, 1), date(2026, 11, 7))
    cut = against(this, Against.PREVIOUS).until(this, datetime(2026, 11, 8, 0, 0, tzinfo=BERLIN), BERLIN)
    assert cut == day_start(date(2026, 11, 1), BERLIN) == datetime(2026, 10, 31, 23, 0, tzinfo=UTC)


def test_data_that_ends_before_the_period_leaves_nothing_to_compare() -> None:
    this = Period(date(2026, 11, 8), date(2026, 11, 14))
    cut = against(this, Against.PREVIOUS).until(this, datetime(2026, 11, 3, 12, 0, tzinfo=UTC), BERLIN)
    assert cut == day_start(date(2026, 11, 1), BERLIN)


def test_is_running_only_while_the_moment_lies_in_the_period() -> None:
    this = Period(date(2026, 11, 1), date(2026, 11, 7))
    assert is_running(this, datetime(2026, 11, 7, 22, 59, tzinfo=UTC), BERLIN)
    assert not is_running(this, datetime(2026, 11, 7, 23, 0, tzinfo=UTC), BERLIN)


def test_days_beyond_a_shorter_month_have_no_counterpart_of_their_own() -> None:
    this = to_date(date(2026, 3, 31), Kind.MONTH_TO_DATE)
    found = against(this, Against.PREVIOUS).buckets(bucket_starts(this, Grain.DAY), this)
    assert found[27] == Period(date(2026, 2, 28), date(2026, 2, 28))
    assert found[28:] == [None, None, None]


def test_a_leap_day_last_year_is_kept_with_the_day_before() -> None:
    this = Period(date(2025, 2, 27), date(2025, 3, 1), Kind.MONTHS)
    found = against(this, Against.LAST_YEAR).buckets(bucket_starts(this, Grain.DAY), this)
    assert found[1] == Period(date(2024, 2, 28), date(2024, 2, 29))


@settings(deadline=None)
@given(DAYS, st.integers(0, 800), st.sampled_from(list(Kind)), st.sampled_from(list(Grain)), st.integers(1, 7))
def test_compared_buckets_hold_every_compared_day_once(
    end: date, length: int, kind: Kind, grain: Grain, first_weekday: int
) -> None:
    this = Period(end - timedelta(days=length), end) if kind in (Kind.DAYS, Kind.MONTHS) else to_date(end, kind)
    starts = bucket_starts(this, grain, first_weekday)
    for how in (Against.PREVIOUS, Against.LAST_YEAR):
        for alignment in Alignment:
            other = against(this, how, alignment)
            days = [day for bucket in other.buckets(starts, this) if bucket for day in bucket]
            assert days == list(other.period)


@given(DAYS, st.sampled_from(list(Grain)), st.integers(1, 7))
def test_a_bucket_starts_on_its_own_bucket_and_holds_the_day(day: date, grain: Grain, first_weekday: int) -> None:
    start = bucket_of(day, grain, first_weekday)
    assert bucket_of(start, grain, first_weekday) == start <= day
    if grain is Grain.WEEK:
        assert start.isoweekday() == first_weekday
        assert (day - start).days < 7


def test_grains() -> None:
    end = date(2026, 11, 21)
    assert [grain_of(chosen(preset, end)) for preset in (Preset.DAYS_28, Preset.DAYS_90)] == [Grain.DAY, Grain.WEEK]
    assert grain_of(Period(date(2024, 1, 1), end)) is Grain.MONTH


def test_months_are_added_to_the_last_day_that_exists() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 2, 29), -12) == date(2023, 2, 28)
    assert add_months(date(2026, 3, 31), -13) == date(2025, 2, 28)


def test_change_is_relative_to_the_size_of_what_it_is_compared_with() -> None:
    assert change_pct(120, 100) == 20
    assert change_pct(-50, -100) == 50
    assert change_pct(5, 0) is None
    assert change_pct(None, 3) is None


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Period(date(2026, 1, 2), date(2026, 1, 1))
