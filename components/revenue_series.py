"""The revenue page's series: one value a bucket, of the period and of what it is compared with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, TypeVar

from analytics.account import Account
from analytics.day_marks import Mark
from analytics.periods import (
    ONE_DAY,
    Comparison,
    Grain,
    Period,
    add_months,
    bucket_of,
    bucket_starts,
    grain_of,
    is_running,
)
from analytics.revenue import NO_AMOUNTS, ZERO, Amounts, RevenueFigures, Span
from components import wording
from components.line_chart import Series

SO_FAR: Final = "so far"
Value = Decimal | int | float | None
Sum = tuple[Amounts, Decimal]
T = TypeVar("T")


def nothing_marked(_first: date, _last: date) -> Sequence[Mark]:
    """No marks on any day."""
    return ()


@dataclass(frozen=True)
class Shown:
    """What the page shows: whose figures, for which days, how far the data reach; what is marked on days."""

    account: Account
    period: Period
    comparison: Comparison | None
    as_of: datetime | None
    now: datetime
    marked: Callable[[date, date], Sequence[Mark]] = field(default=nothing_marked, repr=False, compare=False)
    _kept: dict[str, tuple[Span, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def grain(self) -> Grain:
        """Width of one point of the series."""
        return grain_of(self.period)

    @cached_property
    def starts(self) -> list[date]:
        """First days of the series' buckets."""
        return bucket_starts(self.period, self.grain, self.account.first_weekday)

    def last_day(self, place: int) -> date:
        """The last day of a bucket that lies in the period."""
        return min(_after(self.starts[place], self.grain) - ONE_DAY, self.period.end)

    @cached_property
    def compared_buckets(self) -> list[Period | None]:
        """The compared days of each bucket; empty without a comparison."""
        return self.comparison.buckets(self.starts, self.period) if self.comparison else []

    @cached_property
    def drawn_buckets(self) -> list[Period | None]:
        """The same as a chart draws them: a day's point is the day that answers to it, not all that a longer month has
        left at its end."""
        by_day = self.grain is Grain.DAY
        return [Period(bucket.start, bucket.start) if bucket and by_day else bucket for bucket in self.compared_buckets]

    def once(self, name: str, span: Span, compute: Callable[[Span, Shown], T]) -> T:
        """`compute(span, self)`, once in a run: cards, charts and tables are drawn from the same sums."""
        held = self._kept.get(name)
        if held is None or held[0] is not span:
            held = self._kept[name] = (span, compute(span, self))
        kept: T = held[1]
        return kept

    @cached_property
    def running(self) -> bool:
        """Whether the period's last day with data is not over yet."""
        return self.as_of is not None and is_running(self.period, self.as_of, self.account.zone)

    @cached_property
    def reached(self) -> date:
        """The day up to which something is known."""
        return (self.as_of or self.now).astimezone(self.account.zone).date()

    @cached_property
    def last_bucket(self) -> int:
        """How many buckets have begun by the moment that the data reach; all where it lies behind the period."""
        if self.as_of is None:
            return len(self.starts)
        reached = self.as_of.astimezone(self.account.zone).date()
        return max(sum(start <= reached for start in self.starts), 1)

    @cached_property
    def partial(self) -> dict[int, str]:
        """Places of buckets that do not hold all of their days, and why; the first and the last may be such."""
        found: dict[int, str] = {}
        if self.starts[0] < self.period.start:
            found[0] = f"part of a {self.grain.value}"
        last = self.last_bucket - 1
        if self.running:
            found[last] = SO_FAR
        elif self.grain is not Grain.DAY and _after(self.starts[-1], self.grain) - ONE_DAY > self.period.end:
            found[last] = f"part of a {self.grain.value}"
        return found

    def said_of(self, place: int) -> str:
        """What a value has to say of itself where its bucket is not complete."""
        why = self.partial.get(place)
        return "" if why is None else f" {why}" if why == SO_FAR else f", {why}"

    @cached_property
    def whole(self) -> slice:
        """The buckets of a sparkline: a partial one would look like a fall."""
        found = [i for i in range(self.last_bucket) if i not in self.partial]
        return slice(found[0], found[-1] + 1) if len(found) > 1 else slice(0, self.last_bucket)


@dataclass(frozen=True, slots=True)
class Measure:
    """What the main chart can draw: how it is computed from a bucket's orders and deductions, and how it reads.

    `counted`: a number of orders, which can be compared where their sums cannot.
    """

    short: str
    name: str
    of: Callable[[Amounts, Decimal], Value]
    text: Callable[[Value, str], str]
    money: bool = True
    counted: bool = False


def _money(value: Value, currency: str) -> str:
    return wording.money(value, currency)


def _count(value: Value, _currency: str) -> str:
    return wording.count(value)


def rate_text(value: Value, _currency: str) -> str:
    """A per cent as a measure shows it; its currency is of no use."""
    return wording.rate(value)


MEASURES: Final = (
    Measure("Gross", "Gross revenue", lambda a, _d: a.gross, _money),
    Measure("Net", "Net revenue", lambda a, d: a.gross - d, _money),
    Measure("Orders", "Orders", lambda a, _d: a.orders, _count, money=False, counted=True),
    Measure("AOV", "Average order value", lambda a, _d: a.aov, _money),
    Measure("Discounts", "Discount share of list value", lambda a, _d: a.discount_share, rate_text, money=False),
)


def sums(span: Span, shown: Shown) -> list[Sum]:
    """Orders and booked deductions of each bucket of the period."""
    return shown.once("sums", span, _sums)


def _sums(span: Span, shown: Shown) -> list[Sum]:
    by_bucket: dict[date, Sum] = dict.fromkeys(shown.starts, (NO_AMOUNTS, ZERO))
    for day in {*span.days, *span.booked}:
        start = bucket_of(day, shown.grain, shown.account.first_weekday)
        amounts, booked = by_bucket[start]
        by_bucket[start] = (amounts.plus(span.days.get(day, NO_AMOUNTS)), booked + span.booked.get(day, ZERO))
    return list(by_bucket.values())


def compared_sums(span: Span, shown: Shown) -> list[Sum | None]:
    """The same of the compared period, laid under the buckets of this one."""
    return shown.once("compared_sums", span, lambda span, shown: _summed(span, shown.compared_buckets))


def _drawn_sums(span: Span, shown: Shown) -> list[Sum | None]:
    return shown.once("drawn_sums", span, lambda span, shown: _summed(span, shown.drawn_buckets))


def _summed(span: Span, buckets: Sequence[Period | None]) -> list[Sum | None]:
    found: list[Sum | None] = []
    for bucket in buckets:
        if bucket is None:
            found.append(None)
            continue
        amounts, booked = NO_AMOUNTS, ZERO
        for day in bucket:
            amounts = amounts.plus(span.days.get(day, NO_AMOUNTS))
            booked += span.booked.get(day, ZERO)
        found.append((amounts, booked))
    return found


def this_series(figures: RevenueFigures, shown: Shown, measure: Measure) -> Series:
    """The period's series; buckets that have not begun are left out."""
    values: list[Value] = [measure.of(*pair) for pair in sums(figures.this, shown)]
    values[shown.last_bucket :] = [None] * (len(values) - shown.last_bucket)
    hover = [f"{measure.text(value, shown.account.currency)}{shown.said_of(i)}" for i, value in enumerate(values)]
    if shown.grain is not Grain.DAY:
        names = [wording.bucket(start, shown.grain, shown.period) for start in shown.starts]
        hover = [f"{text}  {name}" for text, name in zip(hover, names, strict=True)]
    return Series(measure.name, _floats(values), hover)


def compared_series(other: Span | None, shown: Shown, measure: Measure) -> Series | None:
    """The compared series under the same buckets, or None where there is nothing to compare with."""
    if other is None or shown.comparison is None:
        return None
    pairs = _drawn_sums(other, shown)
    values: list[Value] = [None if pair is None else measure.of(*pair) for pair in pairs]
    hover = [
        f"{measure.text(value, shown.account.currency)}  {wording.days(bucket) if bucket else ''}"
        for value, bucket in zip(values, shown.drawn_buckets, strict=True)
    ]
    label = "a year before" if shown.comparison.of_last_year else "previous period"
    return Series("Compared", _floats(values), hover, label)


def trend(figures: RevenueFigures, shown: Shown, of: Callable[[Amounts, Decimal], Value]) -> list[float]:
    """A sparkline: one value a bucket up to the last one that is over, 0 where there is none."""
    values = [of(*pair) for pair in sums(figures.this, shown)][shown.whole]
    return [round(float(value), 2) if value is not None else 0.0 for value in values]


def attributed_trend(figures: RevenueFigures, shown: Shown) -> list[float]:
    """Attributed share by bucket, in per cent."""
    won = dict.fromkeys(shown.starts, ZERO)
    for day, amount in figures.this.won.items():
        won[bucket_of(day, shown.grain, shown.account.first_weekday)] += amount
    pairs = list(zip(won.values(), sums(figures.this, shown), strict=True))[shown.whole]
    return [round(float(part / whole.gross * 100), 1) if whole.gross > 0 else 0.0 for part, (whole, _) in pairs]


def _after(start: date, grain: Grain) -> date:
    """The first day of the bucket after the one that begins on `start`."""
    return add_months(start, 1) if grain is Grain.MONTH else start + timedelta(days=7 if grain is Grain.WEEK else 1)


def _floats(values: Sequence[Value]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]
