"""Periods of a page and what they are compared with: one rule for every page.

Days are days of the account's own zone. Nothing here reads a clock: the caller says what day or moment it is.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
WEEKDAY_SHIFT = timedelta(days=364)


class Preset(StrEnum):
    """What a person picks in the sidebar."""

    DAYS_7 = "7 d"
    DAYS_28 = "28 d"
    DAYS_90 = "90 d"
    MONTHS_12 = "12 m"
    MONTH_TO_DATE = "Month to date"
    CUSTOM = "Custom"


class Against(StrEnum):
    """What a period is compared with."""

    PREVIOUS = "Previous period"
    LAST_YEAR = "Last year"
    NONE = "No comparison"


class Alignment(StrEnum):
    """How last year is laid under this one."""

    AUTO = "Automatic"
    DATES = "Same dates"
    WEEKDAYS = "Same weekdays"


class Kind(StrEnum):
    """Whether a period is a number of days or a piece of the calendar."""

    DAYS = "days"
    MONTHS = "months"
    MONTH_TO_DATE = "month to date"
    QUARTER_TO_DATE = "quarter to date"
    YEAR_TO_DATE = "year to date"


UNIT_MONTHS = {Kind.MONTH_TO_DATE: 1, Kind.QUARTER_TO_DATE: 3, Kind.YEAR_TO_DATE: 12}


class Grain(StrEnum):
    """Width of one point of a time series."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from start to end, both in. Raises ValueError where the end is before the start."""

    start: date
    end: date
    kind: Kind = Kind.DAYS

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"a period cannot end ({self.end}) before it starts ({self.start})")

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.end - self.start).days + 1

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def __iter__(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(self.days))


@dataclass(frozen=True, slots=True)
class Comparison:
    """The period compared with, and how far a day is moved to reach it: whole days or whole months.

    of_last_year: it is last year's, not merely as far away.
    """

    period: Period
    shift_days: int = 0
    shift_months: int = 0
    of_last_year: bool = False

    def counterpart(self, day: date) -> date:
        """The compared day of one day; the last day of the month where that month is shorter."""
        moved = add_months(day, -self.shift_months) - timedelta(days=self.shift_days)
        return min(moved, self.period.end)

    def until(self, this: Period, as_of: datetime, zone: ZoneInfo) -> datetime:
        """UTC instant before which compared orders count.

        While `this` is not over at `as_of` (aware), the compared period is cut at the same clock time of the
        counterpart of that day; otherwise it is taken whole.
        """
        local = as_of.astimezone(zone)
        if local.date() > this.end:
            return day_start(self.period.end + ONE_DAY, zone)
        # The last day answers to the last day, also where the compared month is longer.
        moved = self.period.end if local.date() == this.end else self.counterpart(max(local.date(), this.start))
        clock = local.time() if local.date() >= this.start else time()
        return datetime.combine(moved, clock, zone).astimezone(UTC)

    def same_age(self, as_of: datetime, zone: ZoneInfo) -> datetime:
        """UTC instant at which the compared period was as old as the period itself is at `as_of` (aware).

        Unlike `until` it goes on when the period is over: what its orders brought later has had the same time.
        """
        local = as_of.astimezone(zone)
        moved = add_months(local.date(), -self.shift_months) - timedelta(days=self.shift_days)
        return datetime.combine(moved, local.time(), zone).astimezone(UTC)

    def buckets(self, starts: list[date], this: Period) -> list[Period | None]:
        """The compared days of each bucket of `this` that begins on one of `starts` (ascending).

        Together they hold every compared day exactly once; a bucket whose days fall beyond the end of a shorter
        month has none.
        """
        found: list[Period | None] = []
        free = self.period.start
        for i, start in enumerate(starts):
            if i + 1 < len(starts):
                last = max(
                    self.counterpart(starts[i + 1] - ONE_DAY),
                    self.counterpart(starts[i + 1]) - ONE_DAY,
                )
            else:
                last = self.period.end
            first = max(self.counterpart(max(start, this.start)), free) if i else free
            found.append(Period(first, last) if first <= last else None)
            free = max(free, last + ONE_DAY)
        return found


def add_months(day: date, months: int) -> date:
    """The same day that many months away; the last day of the month where that month is shorter."""
    if months == 0:
        return day
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """UTC instant at which a day of the zone begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def to_date(today: date, kind: Kind) -> Period:
    """The month, quarter or year of `today`, from its first day to `today`."""
    months = UNIT_MONTHS[kind]
    first_month = (today.month - 1) // months * months + 1
    return Period(date(today.year, first_month, 1), today, kind)


def chosen(preset: Preset, today: date, custom: tuple[date, date] | None = None) -> Period:
    """The period that a preset stands for on a day. A custom one without both ends falls back to 28 days.

    A custom one of whole calendar months (a quarter, a year) is a piece of the calendar.
    """
    match preset:
        case Preset.MONTHS_12:
            return Period(add_months(today, -12) + ONE_DAY, today, Kind.MONTHS)
        case Preset.MONTH_TO_DATE:
            return to_date(today, Kind.MONTH_TO_DATE)
        case Preset.CUSTOM if custom is not None:
            picked = Period(min(custom), max(custom))
            return replace(picked, kind=Kind.MONTHS) if whole_months(picked) else picked
        case Preset.DAYS_7:
            days = 7
        case Preset.DAYS_90:
            days = 90
        case _:
            days = 28
    return Period(today - timedelta(days=days - 1), today)


def whole_months(period: Period) -> int:
    """How many calendar months a period is, from the first day of one to the last day of one; 0 where it is not."""
    behind = period.end + ONE_DAY
    if period.start.day != 1 or behind.day != 1:
        return 0
    return (behind.year - period.start.year) * 12 + behind.month - period.start.month


def compared(this: Period, against: Against, alignment: Alignment = Alignment.AUTO) -> Comparison | None:
    """What a period is compared with, or None where nothing was asked for.

    Previous: the same number of days just before; to-date periods against the same days of the unit before, and whole
    calendar months against as many whole months before, whatever their lengths.
    Last year: the same dates, or 364 days earlier so that weekdays match; by default dates for calendar periods and
    weekdays otherwise.
    """
    if against is Against.NONE:
        return None
    if against is Against.PREVIOUS:
        if this.kind in UNIT_MONTHS:
            return _months_back(this, UNIT_MONTHS[this.kind])
        if months := whole_months(this):
            before = Period(add_months(this.start, -months), this.start - ONE_DAY, Kind.MONTHS)
            return Comparison(before, shift_months=months)
        return _days_back(this, this.days)
    if alignment is Alignment.AUTO:
        alignment = Alignment.WEEKDAYS if this.kind is Kind.DAYS else Alignment.DATES
    found = _months_back(this, 12) if alignment is Alignment.DATES else _days_back(this, WEEKDAY_SHIFT.days)
    return replace(found, of_last_year=True)


def _months_back(this: Period, months: int) -> Comparison:
    period = Period(add_months(this.start, -months), add_months(this.end, -months), this.kind)
    return Comparison(period, shift_months=months)


def _days_back(this: Period, days: int) -> Comparison:
    shift = timedelta(days=days)
    return Comparison(Period(this.start - shift, this.end - shift, this.kind), shift_days=days)


def grain_of(period: Period) -> Grain:
    """The grain at which a period is drawn: days to two months, weeks to 13 months, months beyond."""
    if period.days <= 62:
        return Grain.DAY
    return Grain.WEEK if period.days <= 400 else Grain.MONTH


def bucket_of(day: date, grain: Grain, first_weekday: int = 1) -> date:
    """First day of the bucket that holds a day. `first_weekday`: 1 Monday … 7 Sunday."""
    if grain is Grain.DAY:
        return day
    if grain is Grain.MONTH:
        return day.replace(day=1)
    return day - timedelta(days=(day.isoweekday() - first_weekday) % 7)


def bucket_starts(period: Period, grain: Grain, first_weekday: int = 1) -> list[date]:
    """First days of all buckets that touch a period, ascending; the first may begin before the period does."""
    found: list[date] = []
    day = bucket_of(period.start, grain, first_weekday)
    while day <= period.end:
        found.append(day)
        if grain is Grain.MONTH:
            day = add_months(day, 1)
        else:
            day += timedelta(days=7 if grain is Grain.WEEK else 1)
    return found


def change_pct(this: float | None, other: float | None) -> float | None:
    """(this − other) / |other| × 100, in per cent; None where one is missing or the other is 0."""
    if this is None or other is None or other == 0:
        return None
    return float((this - other) / abs(other) * 100)


def known_until(this: Period, as_of: datetime, zone: ZoneInfo) -> datetime | None:
    """UTC instant before which orders of a period are known, None where all of its days are over at `as_of` (aware)."""
    return as_of.astimezone(UTC) if as_of.astimezone(zone).date() <= this.end else None


def is_running(this: Period, as_of: datetime, zone: ZoneInfo) -> bool:
    """Whether the last day with data of a period was not over at a moment."""
    return as_of.astimezone(zone).date() in this
