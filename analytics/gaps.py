"""Days on which nothing was delivered, and what stands in for them: a gap of a week or more is not known, a shorter one
are days without sales. Behind the last day of one channel, what others sold is not all that was sold."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

# So many days in a row on which nothing at all was delivered are days that are not known; fewer are days without sales.
GAP_DAYS: Final = 7
# Where more than this share of a year's days was not delivered, what stands in for them tells nothing of a month's end.
MOST_MISSING: Final = 1 / 3
YEAR_DAYS: Final = 365
# A missing day is told by the known days of its weekday that lie so near.
NEAR_DAYS: Final = 56
# A channel whose sales end so long before another's has closed.
CLOSED: Final = timedelta(days=28)
# A channel is shut on a day of the week that it is known of for so many of those weeks, always without sales.
SHUT_WEEKS: Final = 3


@dataclass(frozen=True, slots=True)
class Reach:
    """How far channels are loaded. until: the last day up to which all that still sell are; newest: the last day of
    any; behind: the channels that end on `until` where others go on."""

    until: date
    newest: date
    behind: tuple[str, ...]


def reach(days: Mapping[str, Collection[date]]) -> Reach:
    """How far channels are loaded, from the days with sales of each (at least one): days that one of them lacks yet
    are no days without its sales, unless it is shut on that day of the week. One that sold nothing for longer than four
    weeks holds nobody up."""
    newest = max(max(sold) for sold in days.values())
    ends = {channel: _loaded(sold, newest) for channel, sold in days.items() if newest - max(sold) <= CLOSED}
    until = min(ends.values())
    behind = sorted(channel for channel, last in ends.items() if last == until < newest)
    return Reach(until, newest, tuple(behind))


def _loaded(sold: Collection[date], newest: date) -> date:
    """The last day with sales, or the last of the days after it on whose day of the week nothing was sold either."""
    held = set(sold)
    first, last = min(held), max(held)
    weeks = CLOSED.days // 7

    def is_shut(day: date) -> bool:
        before = [day - timedelta(weeks=n) for n in range(1, weeks + 1)]
        known = [one for one in before if one >= first]
        return len(known) >= SHUT_WEEKS and not held.intersection(known)

    while last < newest and is_shut(last + timedelta(days=1)):
        last += timedelta(days=1)
    return last


def not_delivered(delivered: Collection[date], first: date, last: date) -> tuple[date, ...]:
    """The days from first to last, both in, in gaps of `GAP_DAYS` and more. delivered: days with figures of any part;
    gaps are those between the first and the last of them."""
    found: list[date] = []
    held = sorted(delivered)
    for before, after in pairwise(held):
        size = (after - before).days - 1
        if size >= GAP_DAYS:
            found += [before + timedelta(days=n) for n in range(1, size + 1)]
    return tuple(day for day in found if first <= day <= last)


def estimated(
    days: Mapping[date, float], wanted: Sequence[date], missing: Collection[date], first: date, last: date
) -> dict[date, float]:
    """What some of the missing days may have brought: the mean of the known days of their weekday, those at most
    `NEAR_DAYS` away, else of all; 0 where none is known. days: a figure by day from `first` to `last`, both in; days
    without one but the missing are 0. The estimates of parts add up to that of their sum."""
    gone = frozenset(missing)

    def known(day: date, weeks: range) -> list[float]:
        found = (day + timedelta(weeks=n) for n in weeks)
        return [float(days.get(one, 0.0)) for one in found if first <= one <= last and one not in gone]

    near = range(-NEAR_DAYS // 7, NEAR_DAYS // 7 + 1)
    found = {}
    for day in wanted:
        held = known(day, near) or known(day, range((first - day).days // 7, (last - day).days // 7 + 1))
        found[day] = sum(held) / len(held) if held else 0.0
    return found


def filled(days: Mapping[date, float]) -> tuple[Mapping[date, float], Mapping[date, float]]:
    """A figure by day with what stands in for the days that were not delivered, and that alone."""
    if not days:
        return days, {}
    first, last = min(days), max(days)
    missing = not_delivered(days, first, last)
    stands_in = estimated(days, missing, missing, first, last)
    return {**days, **stands_in}, stands_in


def told_enough(days: Mapping[date, float], missing: Collection[date]) -> bool:
    """Whether enough of the last year's days, or of all where they are fewer, was delivered to look ahead from."""
    if not days:
        return False
    last = max(days)
    since = max(min(days), last - timedelta(days=YEAR_DAYS - 1))
    return sum(day >= since for day in missing) <= MOST_MISSING * ((last - since).days + 1)
