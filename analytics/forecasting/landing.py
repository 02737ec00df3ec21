"""Where a month or a quarter lands: what has come, and what a kept forecast expects of its days to come."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.forecasting.kept import Kept


@dataclass(frozen=True, slots=True)
class Landing:
    """A period from `start` to `end`, both in. come: what its days up to `through` have brought; expected: with the
    days to come; low, high: 80 %."""

    start: date
    end: date
    through: date
    come: float
    expected: float
    low: float
    high: float

    @property
    def days_left(self) -> int:
        """How many of its days are forecast."""
        return (self.end - max(self.through, self.start - timedelta(days=1))).days


def month_of(day: date) -> tuple[date, date]:
    """First and last day of a day's month."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def quarter_of(day: date) -> tuple[date, date]:
    """First and last day of a day's calendar quarter."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return first, month_of(first.replace(month=first.month + 2))[1]


def land(kept: Kept, days: Mapping[date, float], start: date, end: date) -> Landing | None:
    """Where the period lands that the day after the last one with figures lies in; None where its days are not all
    forecast, or it is another period. days: the series' figure by day, days without one are 0."""
    ahead = (end - kept.last).days
    if not start <= kept.last + timedelta(days=1) <= end or ahead > len(kept.value):
        return None
    come = sum(float(days.get(start + timedelta(days=n), 0.0)) for n in range((kept.last - start).days + 1))
    rest = kept.value[:ahead]
    half = kept.calibration.of_sum(rest)
    # What cannot fall below nothing on any day cannot do so in sum.
    least = 0.0 if bool((kept.low >= 0).all()) else -np.inf
    expected = come + float(rest.sum())
    return Landing(start, end, kept.last, come, expected, come + max(float(rest.sum()) - half, least), expected + half)
