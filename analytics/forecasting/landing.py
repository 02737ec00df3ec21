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
    days to come and those that were not delivered; low, high: 80 %. missing: how many days up to `through` were not
    delivered; estimated: what stands in for them."""

    start: date
    end: date
    through: date
    come: float
    expected: float
    low: float
    high: float
    missing: int = 0
    estimated: float = 0.0

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


def land(
    kept: Kept,
    come: float,
    start: date,
    end: date,
    estimates: Mapping[date, float] | None = None,
) -> Landing | None:
    """Where the period lands that the day after the last one with figures lies in; None where its days are not all
    forecast, or it is another period. come: what its days have brought; estimates: what stands in for days that were
    not delivered, which are as unsure as days to come."""
    ahead = (end - kept.last).days
    if not start <= kept.last + timedelta(days=1) <= end or ahead > len(kept.value):
        return None
    missing = {day: told for day, told in (estimates or {}).items() if start <= day <= kept.last}
    rest = np.concatenate([kept.value[:ahead], list(missing.values())])
    half = kept.calibration.of_sum(rest)
    # What cannot fall below nothing on any day cannot do so in sum.
    least = 0.0 if bool((kept.low >= 0).all()) else -np.inf
    told = float(rest.sum())
    return Landing(
        start, end, kept.last, come, come + told, come + max(told - half, least), come + told + half, len(missing),
        float(sum(missing.values())),
    )  # fmt: skip
