"""The month of a report and the two that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from analytics.periods import ONE_DAY, Against, Alignment, Comparison, Kind, Period, add_months, compared


@dataclass(frozen=True, slots=True)
class ReportMonth:
    """A month, or its days so far, with the month before and the same month of last year; over: it is told whole."""

    period: Period
    before: Comparison
    last_year: Comparison
    over: bool


def last_day(reached: datetime) -> date:
    """The last day of which something is known, where the data reach to a moment on the account's clock."""
    return (reached - timedelta(microseconds=1)).date()


def report_month(first: date, reached: datetime) -> ReportMonth:
    """The month that begins on `first`, as far as the data reach (on the account's clock).

    A whole month is compared with the whole month before, whatever their lengths; one that is not over with the same
    days of that month. Raises ValueError where the data do not reach into the month, or `first` is not its first day.
    """
    if first.day != 1:
        raise ValueError(f"a month begins on its first day, not on {first}")
    if first > last_day(reached):
        raise ValueError(f"The data reach up to {last_day(reached)}: {first:%Y-%m} has not begun by then.")
    end = add_months(first, 1) - ONE_DAY
    over = reached.date() > end
    period = Period(first, end, Kind.MONTHS) if over else Period(first, last_day(reached), Kind.MONTH_TO_DATE)
    before = compared(period, Against.PREVIOUS)
    last_year = compared(period, Against.LAST_YEAR, Alignment.DATES)
    assert before is not None
    assert last_year is not None
    return ReportMonth(period, before, last_year, over)
