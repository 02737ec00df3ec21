"""A period that is not over against as much of the compared one: the last days of months, leap days, changed clocks.

Each row is a date and what it must be compared with, as a person finds it in a calendar.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from analytics.engagement import compared_days, whole_days
from analytics.periods import Against, Alignment, Kind, Period, Preset, chosen, compared, to_date

BERLIN = ZoneInfo("Europe/Berlin")
NOON = 12


@pytest.mark.parametrize(
    ("today", "against", "cut"),
    [
        # Month to date against the month before: 28, 29, 30 and 31.
        (date(2026, 3, 28), Against.PREVIOUS, date(2026, 2, 28)),
        (date(2026, 3, 29), Against.PREVIOUS, date(2026, 2, 28)),
        (date(2026, 3, 30), Against.PREVIOUS, date(2026, 2, 28)),
        (date(2026, 3, 31), Against.PREVIOUS, date(2026, 2, 28)),
        (date(2024, 3, 29), Against.PREVIOUS, date(2024, 2, 29)),
        (date(2024, 3, 31), Against.PREVIOUS, date(2024, 2, 29)),
        (date(2026, 5, 31), Against.PREVIOUS, date(2026, 4, 30)),
        # Against the same dates of last year: 29 February has none, and takes the last of February.
        (date(2024, 2, 29), Against.LAST_YEAR, date(2023, 2, 28)),
        (date(2025, 2, 28), Against.LAST_YEAR, date(2024, 2, 28)),
        (date(2026, 3, 31), Against.LAST_YEAR, date(2025, 3, 31)),
    ],
)
def test_a_month_that_runs_is_cut_at_the_same_hour_of_the_day_that_answers_to_today(
    today: date, against: Against, cut: date
) -> None:
    this = to_date(today, Kind.MONTH_TO_DATE)
    other = compared(this, against)
    assert other is not None
    as_of = datetime(today.year, today.month, today.day, NOON, tzinfo=BERLIN)
    assert other.until(this, as_of, BERLIN).astimezone(BERLIN) == datetime(
        cut.year, cut.month, cut.day, NOON, tzinfo=BERLIN
    )
    # Statistics by day know no hours: the days that are over are compared, as many as there are on both sides.
    whole = whole_days(this, today)
    days = compared_days(other, this, whole)
    assert whole is not None
    assert days is not None
    assert (days.start, days.end.day) == (
        other.period.start,
        min(today.day - 1, (cut if cut.day < today.day else today).day),
    )


def test_days_against_last_year_move_364_days_so_that_a_saturday_meets_a_saturday() -> None:
    this = chosen(Preset.DAYS_7, date(2026, 11, 21))
    other = compared(this, Against.LAST_YEAR)
    assert other is not None
    cut = other.until(this, datetime(2026, 11, 21, NOON, tzinfo=BERLIN), BERLIN)
    assert cut == datetime(2025, 11, 22, NOON, tzinfo=BERLIN)
    assert cut.astimezone(BERLIN).isoweekday() == date(2026, 11, 21).isoweekday() == 6
    days = compared_days(other, this, whole_days(this, date(2026, 11, 21)))
    assert days == Period(date(2025, 11, 16), date(2025, 11, 21))


@pytest.mark.parametrize(
    ("now", "cut"),
    [
        # Clocks went back on 25 Oct 2026 and forward on 29 Mar 2026: nine by the clock is nine by the clock.
        (datetime(2026, 10, 26, 9, tzinfo=BERLIN), datetime(2026, 10, 19, 7, tzinfo=UTC)),
        (datetime(2026, 3, 30, 9, tzinfo=BERLIN), datetime(2026, 3, 23, 8, tzinfo=UTC)),
        # Half past two was not on the clock on 29 March: the moment as far behind two, half past three.
        (datetime(2026, 4, 5, 2, 30, tzinfo=BERLIN), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ],
)
def test_the_same_hour_is_that_of_the_clock(now: datetime, cut: datetime) -> None:
    this = chosen(Preset.DAYS_7, now.date())
    other = compared(this, Against.PREVIOUS, Alignment.AUTO)
    assert other is not None
    assert other.until(this, now, BERLIN) == cut
