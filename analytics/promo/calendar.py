"""What runs when: promotions of the past and those planned on one time line, and where two of them meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from analytics.periods import Period
from analytics.promo.mechanics import CHANNELS
from analytics.promo.terms import Cell

_DAY: Final = timedelta(days=1)


class Kind(StrEnum):
    """Where a promotion on the calendar comes from, those that hold their days first."""

    APPROVED = "approved"
    SUBMITTED = "submitted"
    NAMED = "named"
    FOUND = "found"
    DRAFT = "draft"


class Span(StrEnum):
    """How much of the time line is seen at once."""

    MONTH = "Month"
    QUARTER = "Quarter"


ORDER: Final = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Promotion:
    """One bar: start and end both in. cells: what it discounts, a department of '' being all of them. discount: in per
    cent, the deepest of its rows or the mean of the catalog, None where it is not known. scenario_id, version: None for
    one of the catalog."""

    key: str
    kind: Kind
    label: str
    start: date
    end: date
    cells: tuple[Cell, ...]
    discount: float | None = None
    scenario_id: str | None = None
    version: int | None = None

    @property
    def departments(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cell.department for cell in self.cells))

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(cell.channel for cell in self.cells))


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign: the day of its store on which it was, or is to be, sent."""

    store: str
    channel: str
    name: str
    day: date
    sent: bool


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two promotions in the same departments and channels on the same days, start and end both in."""

    first: Promotion
    second: Promotion
    cells: tuple[Cell, ...]
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


@dataclass(frozen=True, slots=True)
class Plan:
    """The promotions of some days, by start, and where they meet. first, last: the days between which there are any at
    all, None where there are none."""

    promotions: tuple[Promotion, ...]
    overlaps: tuple[Overlap, ...]
    first: date | None = None
    last: date | None = None


def window(day: date, span: Span) -> Period:
    """The calendar month or quarter that holds a day."""
    if span is Span.MONTH:
        first = day.replace(day=1)
        return Period(first, _month_after(first, 1) - _DAY)
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Period(first, _month_after(first, 3) - _DAY)


def moved(of: Period, span: Span, by: int) -> date:
    """The first day of the month or quarter so many after (before: less than 0) the one that is seen."""
    return _month_after(of.start, by * (1 if span is Span.MONTH else 3))


def _month_after(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def cells_of(departments: Sequence[str], channels: Sequence[str]) -> tuple[Cell, ...]:
    """The cells of a promotion of the catalog: no departments are all of them, no channels are both."""
    return tuple(Cell(department, channel) for department in departments or [""] for channel in channels or CHANNELS)


def overlaps(promotions: Sequence[Promotion]) -> tuple[Overlap, ...]:
    """Where two promotions meet, by first day.

    Drafts are choices: they meet what was approved, submitted or run, never each other. A run that was found in sales
    is the trace of what ran then, a draft of an approved scenario replaces it, and a promotion of the catalog by the
    name of a scenario is that scenario: none of these meets the other.
    """
    held = sorted(
        (one for one in promotions if one.kind is not Kind.FOUND),
        key=lambda one: (one.start, ORDER[one.kind], one.label, one.key),
    )
    places = {cell: n for n, cell in enumerate(dict.fromkeys(cell for one in held for cell in one.cells))}
    of_channel = {
        channel: sum(1 << n for cell, n in places.items() if cell.channel == channel)
        for channel in {cell.channel for cell in places}
    }
    found: list[Overlap] = []
    running: list[tuple[Promotion, int]] = []
    for one in held:
        mask = 0
        for cell in one.cells:
            mask |= 1 << places[cell] if cell.department else of_channel[cell.channel]
        running = [(other, its) for other, its in running if other.end >= one.start]
        for other, its in running:
            both = its & mask
            if both and _may_meet(other, one):
                end = min(other.end, one.end)
                found.append(Overlap(other, one, _cells(places, both), one.start, end))
        running.append((one, mask))
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def _cells(places: Mapping[Cell, int], mask: int) -> tuple[Cell, ...]:
    """What a mask stands for; all departments of a channel by themselves only where no one of them is named."""
    cells = [cell for cell, n in places.items() if mask >> n & 1]
    named = {cell.channel for cell in cells if cell.department}
    return tuple(cell for cell in cells if cell.department or cell.channel not in named)


def _may_meet(one: Promotion, other: Promotion) -> bool:
    kinds = {one.kind, other.kind}
    if kinds == {Kind.DRAFT}:
        return False
    if one.scenario_id is not None and one.scenario_id == other.scenario_id:
        return False
    same_name = one.label.strip().casefold() == other.label.strip().casefold()
    return not (same_name and Kind.NAMED in kinds and len(kinds) > 1)


def lanes(promotions: Sequence[Promotion], most: int) -> list[int | None]:
    """In which of `most` lanes of a row each stands so that none covers another, in their order; None where it has no
    room."""
    held: list[list[Promotion]] = [[] for _ in range(most)]
    found: list[int | None] = []
    for one in promotions:
        free = (n for n, row in enumerate(held) if all(one.end < other.start or other.end < one.start for other in row))
        lane = next(free, None)
        if lane is not None:
            held[lane].append(one)
        found.append(lane)
    return found


def days_on(promotions: Iterable[Promotion], within: Period) -> int:
    """Days of a period on which at least one of these runs."""
    held: set[int] = set()
    for one in promotions:
        first, last = max(one.start, within.start), min(one.end, within.end)
        held.update(range(first.toordinal(), last.toordinal() + 1))
    return len(held)
