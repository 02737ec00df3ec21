"""What is forecast: daily series of a world of sales, on one calendar, with what is wrong with each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

from analytics.gaps import not_delivered
from analytics.promo.terms import Floats

# A model needs so many days before the first origin of its backtest, and at least so many origins a week apart.
LEAST_TRAINED: Final = 56
LEAST_ORIGINS: Final = 4
# A series of which a larger part than this is not known is told to be gappy.
GAPPY_SHARE: Final = 0.1


class Trouble(StrEnum):
    """Why a series cannot be forecast as others are."""

    EMPTY = "empty"
    CONSTANT = "constant"
    SHORT = "short"
    GAPPY = "gappy"


class Key(NamedTuple):
    """One series: a figure of all sales, of a channel ('' for all), of a department ('' for all), or of both."""

    metric: str
    channel: str = ""
    department: str = ""

    @property
    def whole(self) -> bool:
        """Whether it is the total of its world."""
        return not self.channel and not self.department


@dataclass(frozen=True, slots=True)
class Series:
    """A figure by day without gaps, from the world's first day; NaN on days that are not known."""

    key: Key
    first: date
    values: Floats

    @property
    def last(self) -> date:
        """Its last day."""
        return self.first + timedelta(days=len(self.values) - 1)

    @property
    def unknown(self) -> tuple[date, ...]:
        """The days that were not delivered."""
        return tuple(self.first + timedelta(days=int(place)) for place in np.flatnonzero(np.isnan(self.values)))

    @property
    def begins(self) -> int:
        """The place of the first day on which anything was sold; the length of a series in which nothing was."""
        sold = np.flatnonzero(np.nan_to_num(self.values) != 0)
        return int(sold[0]) if len(sold) else len(self.values)

    @property
    def trouble(self) -> Trouble | None:
        """What is wrong with it, the worst first."""
        own = self.values[self.begins :]
        known = own[~np.isnan(own)]
        if not len(known):
            return Trouble.EMPTY
        if len(known) < LEAST_TRAINED + LEAST_ORIGINS * 7:
            return Trouble.SHORT
        if np.ptp(known) == 0:
            return Trouble.CONSTANT
        return Trouble.GAPPY if len(known) < len(own) * (1 - GAPPY_SHARE) else None


def family(
    metric: str,
    days: Mapping[tuple[str, str], Mapping[date, float]],
    first: date,
    last: date,
    *,
    delivered: bool = False,
) -> list[Series]:
    """The series of one figure: of each cell (channel, department), of each channel, of each department where there are
    several in one, and of all, on the days from first to last. The total stands first, cells last.

    days: a figure by cell and day; a day without any is 0, but not known where for a week or longer no cell has one.
    delivered: all days are known to be there, as those of a store that was synced: one without any figure sold nothing.
    """
    count = (last - first).days + 1
    cells: dict[tuple[str, str], Floats] = {}
    for cell, own in days.items():
        values: Floats = np.zeros(count)
        for day, value in own.items():
            if first <= day <= last:
                values[(day - first).days] += value
        cells[cell] = values
    seen = {day for own in days.values() for day in own}
    return summed(metric, cells, first, seen, delivered=delivered)


def summed(
    metric: str,
    cells: Mapping[tuple[str, str], Floats],
    first: date,
    seen: Collection[date],
    *,
    delivered: bool = False,
) -> list[Series]:
    """The same of cells whose days from `first` on are an array each, all of one length. seen: the days on which any of
    them has a figure."""
    count = len(next(iter(cells.values())))
    unknown = np.zeros(count, bool)
    if not delivered:
        for day in not_delivered(seen, first, first + timedelta(days=count - 1)):
            unknown[(day - first).days] = True
    sums: dict[tuple[str, str], Floats] = {("", ""): np.zeros(count)}
    for (channel, department), values in sorted(cells.items()):
        for part in {("", ""), (channel, ""), ("", department)}:
            sums[part] = sums.get(part, np.zeros(count)) + values
    sums |= dict(sorted(cells.items()))
    order = sorted(sums, key=lambda part: (bool(part[0]) + bool(part[1]), not part[0], part))
    return [Series(Key(metric, *part), first, np.where(unknown, np.nan, sums[part])) for part in order]


def bottom(keys: Iterable[Key]) -> list[Key]:
    """Those of some series of one figure that all others are sums of."""
    held = list(keys)
    departments = any(key.channel and key.department for key in held)
    return [key for key in held if key.channel and (key.department or not departments)]


def parts_of(key: Key, cells: Iterable[Key]) -> list[Key]:
    """The cells that a series is the sum of."""
    return [
        cell
        for cell in cells
        if (not key.channel or cell.channel == key.channel)
        and (not key.department or cell.department == key.department)
    ]
