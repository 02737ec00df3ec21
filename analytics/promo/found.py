"""Promotions that nobody named, found in the sales themselves: runs of days on promotion."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PromoDay:
    """A day of a department and channel on promotion. weighted: sum of sales × discount (per cent) over what was sold
    at a known discount; weight: those sales; both 0 where the depth is not known."""

    department: str
    channel: str
    day: date
    weighted: float
    weight: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A promotion that has a name. No departments (or channels) are all of them."""

    start: date
    end: date
    departments: Sequence[str] = ()
    channels: Sequence[str] = ()

    def covers(self, one: PromoDay) -> bool:
        return (
            self.start <= one.day <= self.end
            and (not self.departments or one.department in self.departments)
            and (not self.channels or one.channel in self.channels)
        )


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive days on promotion. discount: mean in per cent, weighted by sales; None where no day's is known."""

    department: str
    channel: str
    start: date
    end: date
    discount: float | None
    source: str = ""


def runs(days: Iterable[PromoDay], named: Sequence[Named] = ()) -> list[Run]:
    """Runs by department and channel, of days that no named promotion covers.

    `days`: by department, channel and day, each once. A day without promotion, or without sales, ends a run; another
    discount does not.
    """
    found: list[Run] = []
    current: list[PromoDay] = []
    for one in days:
        if any(promotion.covers(one) for promotion in named):
            continue
        last = current[-1] if current else None
        if last and (last.department, last.channel, last.day + _DAY) != (one.department, one.channel, one.day):
            found.append(_run(current))
            current = []
        current.append(one)
    if current:
        found.append(_run(current))
    return found


def _run(days: Sequence[PromoDay]) -> Run:
    weight = sum(one.weight for one in days)
    first, last = days[0], days[-1]
    return Run(
        first.department, first.channel, first.day, last.day,
        sum(one.weighted for one in days) / weight if weight > 0 else None, last.source,
    )  # fmt: skip
