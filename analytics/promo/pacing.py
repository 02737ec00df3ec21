"""Where a month's sales stand against their target: by day, what is needed, where they land, and what falls on each
department and channel.

The target is spread over the month's days as they usually sell: by the baseline of the uplift model in force (weekday,
holiday and, from two years of sales on, season); without one by last year's same days (364 days earlier), else by the
weekdays of the last 56 days. Sales carry no region: all of them belong to the default one, or to all together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, Protocol

from analytics.gaps import Reach, filled, told_enough
from analytics.landing import NORMAL_80, PROFILE_DAYS, YEAR_DAYS, Landing, land, month_end
from analytics.promo.terms import Cell

# A department's part of a target, where the same month last year is not known whole, is its share of so many days.
RECENT_DAYS: Final = 90
ZERO: Final = Decimal(0)
_CENTS: Final = 100


class TargetRow(Protocol):
    """A target of a month ('2026-10') and region: money in the company's currency, the margin in per cent."""

    @property
    def month(self) -> str: ...
    @property
    def geo(self) -> str: ...
    @property
    def sales_value(self) -> Decimal: ...
    @property
    def margin_pct(self) -> Decimal: ...
    @property
    def units(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class MonthTarget:
    """A month's target: the sum over the regions named, the margin in per cent weighted by their sales; units only
    where each of them has some."""

    sales: Decimal
    margin_pct: Decimal | None
    geos: tuple[str, ...]
    units: int | None = None


class Stage(StrEnum):
    """How far a month's sales have come."""

    NOT_BEGUN = "not begun"
    RUNNING = "running"
    OVER = "over"


class Method(StrEnum):
    """What the target was spread over the days by."""

    BASELINE = "baseline"
    YEAR = "last year"
    WEEKDAYS = "weekdays"
    EVEN = "even"


class How(StrEnum):
    """What a landing rests on: the whole month has come; past months; or, where too few of them can be tested or the
    month has not begun, the baseline of the days left."""

    OVER = "over"
    HISTORY = "history"
    BASELINE = "baseline"


class Basis(StrEnum):
    """What a target was shared out by."""

    YEAR = "the same month last year"
    RECENT = "the last 90 days"


@dataclass(frozen=True, slots=True)
class Rest:
    """What the days left sell without promotion, with its standard deviation; money."""

    expected: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Ending:
    """Where a month's sales will end; 80 % lie between low and high. past: of the rule's past months, None by the
    baseline."""

    expected: float
    low: float
    high: float
    how: How
    past: Landing | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What a day sold."""

    sales: Decimal
    margin: Decimal
    units: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What a department sold in a channel: in the month so far, in the same month last year, in the last 90 days."""

    cell: Cell
    so_far: Decimal
    last_year: Decimal
    recent: Decimal


@dataclass(frozen=True, slots=True)
class Pace:
    """A month against its target. through: the last day with sales, None where there are none up to the month's end;
    actual: what its days sold, from the first to `through`; weights: by day of the month, they sum to 1. missing: what
    stands in for those of its days that were not delivered, by day; they count in no rate and in no comparison. reach:
    how far channels are loaded, None where nobody asked."""

    first: date
    through: date | None
    target: MonthTarget | None
    actual: tuple[Day, ...]
    weights: tuple[float, ...]
    method: Method
    ending: Ending | None
    missing: Mapping[date, float] = field(default_factory=dict)
    reach: Reach | None = None

    @property
    def end(self) -> date:
        """The month's last day."""
        return month_end(self.first)

    @property
    def days(self) -> tuple[date, ...]:
        """All days of the month."""
        return tuple(self.first + timedelta(days=n) for n in range(len(self.weights)))

    @property
    def stage(self) -> Stage:
        """How far its sales have come."""
        if not self.actual:
            return Stage.NOT_BEGUN
        return Stage.RUNNING if self.days_left else Stage.OVER

    @property
    def sales(self) -> Decimal:
        """Sales so far."""
        return sum((day.sales for day in self.actual), ZERO)

    @property
    def units(self) -> int:
        """Pieces so far."""
        return sum(day.units for day in self.actual)

    @property
    def margin_pct(self) -> Decimal | None:
        """Margin / sales × 100 so far; None for sales of 0 or less."""
        sales = self.sales
        return sum((day.margin for day in self.actual), ZERO) / sales * 100 if sales > 0 else None

    @property
    def days_left(self) -> int:
        """Days of the month behind the last one with sales."""
        return len(self.weights) - len(self.actual)

    @property
    def run_rate(self) -> Decimal | None:
        """Sales a day that was delivered; None before the first of them."""
        delivered = len(self.actual) - len(self.missing)
        return self.sales / delivered if delivered else None

    @property
    def path(self) -> tuple[float, ...] | None:
        """The target added up by the days' usual shares, by day; None without a target."""
        if self.target is None:
            return None
        whole, come = float(self.target.sales), 0.0
        found = []
        for weight in self.weights:
            come += weight
            found.append(whole * come)
        return tuple(found)

    @property
    def expected(self) -> float | None:
        """What the target's path has come to by the last day with sales, in the days that were delivered; None without
        a target."""
        return None if self.target is None else float(self.target.sales) * self.gone

    @property
    def gone(self) -> float:
        """The share of the month that the days usually sell that were delivered, 0–1."""
        shares = zip(self.days, self.weights[: len(self.actual)], strict=False)
        return sum(weight for day, weight in shares if day not in self.missing)

    @property
    def ahead(self) -> float | None:
        """Sales so far less the path's, below 0 where they are behind; None without a target or before it begins."""
        return None if self.expected is None or not self.actual else float(self.sales) - self.expected

    @property
    def reached_pct(self) -> Decimal | None:
        """Sales so far / target × 100; None without a target above 0."""
        return self.sales / self.target.sales * 100 if self.target and self.target.sales > 0 else None

    @property
    def to_go(self) -> Decimal | None:
        """Target less sales so far and what stands in for missing days, below 0 where it is passed; None without
        one."""
        return to_go(self.target, self.sales + round(Decimal(repr(sum(self.missing.values()))), 2))

    @property
    def needed_a_day(self) -> Decimal | None:
        """What each day left has to bring; None without a target or a day left."""
        return needed_a_day(self.to_go, self.days_left)

    @property
    def gap(self) -> float | None:
        """Target less landing, below 0 where the landing is above it; None without either."""
        if self.target is None or self.ending is None:
            return None
        return float(self.target.sales) - self.ending.expected


@dataclass(frozen=True, slots=True)
class Part:
    """What falls on a department in a channel, or on several together: its part of the target and of the landing
    (None where the month has none), and its own sales so far. expected: its part of the target's path."""

    name: str
    target: float | None
    sales: float
    expected: float | None
    landing: float | None

    @property
    def gap(self) -> float | None:
        """Its target less its landing."""
        return None if self.target is None or self.landing is None else self.target - self.landing


@dataclass(frozen=True, slots=True)
class Shared:
    """A month's target by cell. basis: what it was shared out by, None where nothing was sold in either."""

    basis: Basis | None
    cells: Mapping[Cell, Part]

    def by(self, of: Callable[[Cell], str]) -> tuple[Part, ...]:
        """Parts put together by what `of` tells of a cell, the largest gap first."""
        groups: dict[str, list[Part]] = {}
        for cell, part in self.cells.items():
            groups.setdefault(of(cell), []).append(part)
        found = [
            Part(
                name,
                _sum([part.target for part in held]),
                sum(part.sales for part in held),
                _sum([part.expected for part in held]),
                _sum([part.landing for part in held]),
            )
            for name, held in groups.items()
        ]
        return tuple(sorted(found, key=lambda part: (-(part.gap or 0.0), part.name)))


def to_go(target: MonthTarget | None, sales: Decimal) -> Decimal | None:
    """Target less sales so far, below 0 where it is passed; None without one."""
    return None if target is None else target.sales - sales


def needed_a_day(missing: Decimal | None, days_left: int) -> Decimal | None:
    """What each day left has to bring to reach the target; None without one, or without a day left."""
    return None if missing is None or not days_left else max(missing, ZERO) / days_left


def target_of(rows: Sequence[TargetRow], first: date, geo: str) -> MonthTarget | None:
    """The target that sales of the month are held against: of the region `geo`, of all together where none is the
    default; None without one."""
    held = [row for row in rows if row.month == f"{first:%Y-%m}" and (not geo or row.geo == geo)]
    if not held:
        return None
    sales = sum((row.sales_value for row in held), ZERO)
    margin = sum((row.sales_value * row.margin_pct for row in held), ZERO) / sales if sales > 0 else None
    units = [row.units for row in held if row.units is not None]
    return MonthTarget(sales, margin, tuple(row.geo for row in held), sum(units) if len(units) == len(held) else None)


def last_day(days: Mapping[date, object], first: date, today: date) -> date | None:
    """The last day with sales up to `today` and to the month's end; None without any."""
    last = max((day for day in days if day <= today), default=None)
    return None if last is None else min(last, month_end(first))


def pace(
    days: Mapping[date, Day],
    first: date,
    today: date,
    target: MonthTarget | None,
    usual: Mapping[date, float] | None = None,
    rest: Rest | None = None,
    reach: Reach | None = None,
) -> Pace:
    """A month against its target. days: what was sold, as far back as the landing looks and up to where all channels
    are loaded, which `reach` tells; first: the month's first day; today: sales of later days do not count. usual: the
    baseline's sales by day of the month; rest: those of the days left; None without an uplift model."""
    end, through = month_end(first), last_day(days, first, today)
    begun = through is not None and through >= first
    come = ((through - first).days + 1) if through is not None and begun else 0
    nothing = Day(ZERO, ZERO, 0)
    actual = tuple(days.get(first + timedelta(days=n), nothing) for n in range(come))
    known, missing = filled({day: float(one.sales) for day, one in days.items() if day <= today})
    weights, method = day_weights(known, first, usual)
    return Pace(
        first, through, target, actual, weights, method,
        ending(known, first, through, end, rest, told=told_enough(known, missing)),
        {day: told for day, told in missing.items() if first <= day <= end},
        reach,
    )  # fmt: skip


def ending(
    days: Mapping[date, float], first: date, through: date | None, end: date, rest: Rest | None, *, told: bool = True
) -> Ending | None:
    """Where the month lands: by past months where it has begun (or begins the next day) and at least three of them can
    be tested; else what has come and the baseline of the days left, given that cells err each by itself. None where
    neither is known. through: the last day with sales; told: whether enough past days were
    delivered to test by."""
    found = None
    if through is not None and through >= first - timedelta(days=1) and (told or through >= end):
        found = land(days, min(days), through, end)
    if found is not None:
        return Ending(found.expected, found.low, found.high, How.OVER if found.over else How.HISTORY, found)
    if rest is None:
        return None
    come = sum(amount for day, amount in days.items() if first <= day <= end)
    whole, around = come + rest.expected, NORMAL_80 * rest.deviation
    return Ending(whole, max(whole - around, come), whole + around, How.BASELINE)


def day_weights(
    days: Mapping[date, float], first: date, usual: Mapping[date, float] | None = None
) -> tuple[tuple[float, ...], Method]:
    """The share of the month that each of its days usually sells; they sum to 1. days: what was sold by day; usual: the
    baseline's sales by day of the month."""
    month = [first + timedelta(days=n) for n in range(month_end(first).day)]
    if usual is not None and (found := _shares([usual.get(day, 0.0) for day in month])):
        return found, Method.BASELINE
    year = [day - timedelta(days=YEAR_DAYS) for day in month]
    if known_whole(days, year[0], year[-1]) and (found := _shares([days.get(day, 0.0) for day in year])):
        return found, Method.YEAR
    before = [day for day in days if day < first]
    recent = {day: days[day] for day in before if day > max(before) - timedelta(days=PROFILE_DAYS)}
    means = []
    for weekday in range(7):
        held = [amount for day, amount in recent.items() if day.weekday() == weekday]
        means.append(sum(held) / len(held) if held else 0.0)
    if found := _shares([means[day.weekday()] for day in month]):
        return found, Method.WEEKDAYS
    return (1 / len(month),) * len(month), Method.EVEN


def known_whole(days: Mapping[date, object], start: date, end: date) -> bool:
    """Whether sales go back to `start` and on to `end`: of a month that is far ahead, last year's may not be over."""
    return bool(days) and min(days) <= start and end <= max(days)


def shared(month: Pace, sums: Sequence[Sums], *, year_known: bool) -> Shared:
    """The month's target by department and channel: by the share of the same month last year, or of the last 90 days
    where that is not known whole (year_known). The rest of the landing is shared out by the last 90 days, beside what
    each has sold so far. Parts add up to the whole, to the cent."""
    by_year, by_recent = [max(one.last_year, ZERO) for one in sums], [max(one.recent, ZERO) for one in sums]
    basis = Basis.YEAR if year_known and sum(by_year) > 0 else Basis.RECENT if sum(by_recent) > 0 else None
    target = month.target
    wanted: list[Decimal | None] = [None] * len(sums)
    if target is not None and basis is not None:
        wanted = [*allocated(target.sales, by_year if basis is Basis.YEAR else by_recent)]
    landing: list[Decimal | None] = [None] * len(sums)
    if month.ending is not None and sum(by_recent) > 0:
        come = sum((one.so_far for one in sums), ZERO)
        left = round(Decimal(repr(month.ending.expected)), 2) - come
        landing = [one.so_far + part for one, part in zip(sums, allocated(left, by_recent), strict=True)]
    gone = month.gone
    return Shared(
        basis,
        {
            one.cell: Part(
                f"{one.cell.department}, {one.cell.channel}",
                None if goal is None else float(goal),
                float(one.so_far),
                None if goal is None else float(goal) * gone,
                None if ends is None else float(ends),
            )
            for one, goal, ends in zip(sums, wanted, landing, strict=True)
        },
    )


def allocated(amount: Decimal, by: Sequence[Decimal]) -> list[Decimal]:
    """An amount of money in proportion to shares of at least 0 (one above it), in cents that add up to it: those with
    the largest fractions are rounded up, ties by place."""
    whole = Fraction(sum(by))
    cents = round(amount * _CENTS)
    exact = [cents * Fraction(share) / whole for share in by]
    found = [math.floor(part) for part in exact]
    up = sorted(range(len(by)), key=lambda place: (found[place] - exact[place], place))
    for place in up[: cents - sum(found)]:
        found[place] += 1
    return [Decimal(part) / _CENTS for part in found]


def _shares(amounts: Sequence[float]) -> tuple[float, ...]:
    """Amounts over their sum, those below 0 as 0; nothing where none is above 0."""
    kept = [max(amount, 0.0) for amount in amounts]
    whole = sum(kept)
    return tuple(amount / whole for amount in kept) if whole > 0 else ()


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) and known else None
