"""Time in the synthetic accounts: local time, the start of history, how demand moves over hours, weekdays and years."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import cast
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

HOUR = 3600
DAY = 86400
WEEKDAY = np.array([1.06, 0.98, 0.96, 1.0, 0.98, 0.92, 1.2])  # Monday … Sunday
NIGHT = (0.32, 0.16, 0.09, 0.06, 0.07, 0.14)
MORNING = (0.34, 0.62, 0.86, 1.02, 1.15, 1.2)
AFTERNOON = (1.22, 1.2, 1.14, 1.12, 1.16, 1.26)
EVENING = (1.4, 1.62, 1.86, 1.82, 1.36, 0.75)
HOURS = np.array([*NIGHT, *MORNING, *AFTERNOON, *EVENING])
MONTH = np.array([0.86, 0.84, 0.92, 0.96, 1.02, 0.97, 0.9, 0.86, 0.98, 1.05, 1.28, 1.42])


def since_for(now: datetime) -> datetime:
    """Start of history: the first day of the quarter of `now`, two years before.

    Within a quarter the history does not change when the clock moves on: later days only add to it.
    """
    return datetime(now.year - 2, 3 * ((now.month - 1) // 3) + 1, 1, tzinfo=UTC)


def horizon_for(since: datetime) -> datetime:
    """The generated world ends four months after its second birthday: the quarter, and a month to move on into."""
    month = since.month + 4
    return datetime(since.year + 2 + (month > 12), (month - 1) % 12 + 1, 1, tzinfo=UTC)


def black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


@lru_cache(maxsize=8)
def _offsets(zone: str, first_hour: int, hours: int) -> Ints:
    info = ZoneInfo(zone)
    found = [
        datetime.fromtimestamp((first_hour + hour) * HOUR, info).utcoffset() or timedelta() for hour in range(hours)
    ]
    return np.array([int(offset.total_seconds()) for offset in found], dtype=np.int64)


class Zone:
    """Local time of an account, vectorised over UTC seconds within its history (with a margin on both sides)."""

    def __init__(self, name: str, start: int, end: int) -> None:
        self.name = name
        self._first = start // HOUR - 40 * 24
        self._offset = _offsets(name, self._first, (end - start) // HOUR + 140 * 24)

    def local(self, seconds: npt.ArrayLike) -> Ints:
        """Seconds of the local wall clock, as if it were UTC."""
        utc = np.asarray(seconds, dtype=np.int64)
        hour = np.clip(utc // HOUR - self._first, 0, len(self._offset) - 1)
        return utc + self._offset[hour]

    def utc(self, local: npt.ArrayLike) -> Ints:
        """UTC seconds of a local wall clock; a time that the clock change skips moves forward by the gap."""
        wall = np.asarray(local, dtype=np.int64)
        guess = wall - self._offset[np.clip(wall // HOUR - self._first, 0, len(self._offset) - 1)]
        offset = self._offset[np.clip(guess // HOUR - self._first, 0, len(self._offset) - 1)]
        return cast(Ints, wall - offset)

    def day(self, seconds: npt.ArrayLike) -> Ints:
        """Local day as a number of days since 1970-01-01."""
        return self.local(seconds) // DAY

    def midnight(self, days: npt.ArrayLike) -> Ints:
        """UTC second at which a local day begins."""
        return self.utc(np.asarray(days, dtype=np.int64) * DAY)


class Demand:
    """Orders' intensity by hour and its inverse: a uniform number becomes a moment with season, weekday and hour."""

    def __init__(self, zone: Zone, start: int, end: int, growth: float) -> None:
        self.start = start
        hours = np.arange((end - start) // HOUR, dtype=np.int64)
        local = zone.local(start + hours * HOUR)
        days = local // DAY
        first = int(np.min(days))
        factor = np.array([self._of_day(first + i) for i in range(int(np.max(days)) - first + 1)])
        years = hours * HOUR / (365.25 * DAY)
        intensity = factor[days - first] * HOURS[(local % DAY) // HOUR] * (1.0 + growth) ** years
        self._cumulative = np.concatenate([[0.0], np.cumsum(intensity)])
        self.total = float(self._cumulative[-1])

    @staticmethod
    def _of_day(number: int) -> float:
        day = date(1970, 1, 1) + timedelta(days=number)
        level = float(MONTH[day.month - 1] * WEEKDAY[day.weekday()])
        friday = black_friday(day.year)
        distance = (day - friday).days
        if -4 <= distance <= -1:
            level *= 1.6
        elif distance in (0, 3):
            level *= 3.6
        elif distance in (1, 2):
            level *= 2.4
        if day.month == 12 and day.day >= 20:
            level *= 0.55 if day.day <= 23 else 0.35
        if day.month == 1 and 2 <= day.day <= 10:
            level *= 1.35
        return level

    def moments(self, position: Floats) -> Ints:
        """UTC seconds for positions in [0, total) of the cumulative intensity."""
        index = np.searchsorted(self._cumulative, position, side="right") - 1
        index = np.clip(index, 0, len(self._cumulative) - 2)
        low, high = self._cumulative[index], self._cumulative[index + 1]
        part = (position - low) / np.maximum(high - low, 1e-12)
        return cast(Ints, self.start + index * HOUR + np.clip((part * HOUR).astype(np.int64), 0, HOUR - 1))

    def position(self, seconds: Ints) -> Floats:
        where = (seconds - self.start) / HOUR
        index = np.clip(where.astype(np.int64), 0, len(self._cumulative) - 2)
        low, high = self._cumulative[index], self._cumulative[index + 1]
        return cast(Floats, low + (where - index) * (high - low))


def iso(seconds: int) -> str:
    """UTC seconds as the service prints them."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def iso_many(seconds: Ints) -> list[str]:
    """The same for a whole block."""
    return [f"{value}+00:00" for value in np.datetime_as_string(seconds.astype("datetime64[s]"), unit="s").tolist()]
