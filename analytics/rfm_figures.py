"""What the page RFM shows: customers by segment and score, where the scores' limits lie, and who moved where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analytics.ordered_values import OrderedValues
from analytics.rfm import KLAVIYO_LAPSING_DAYS, KLAVIYO_RECENT_DAYS, QUINTILES, THIRDS, CutOffs, limits_of

Whole = npt.NDArray[np.int64]
MEASURES: Final = ("recency", "frequency", "monetary")
BEST_FIRST: Final = (
    "Champions", "Loyal", "Potential Loyalist", "New Customers", "Promising", "Recent", "Need Attention",
    "Needs attention", "About To Sleep", "At Risk", "At risk", "Cannot Lose Them", "Hibernating", "Inactive", "Lost",
)  # fmt: skip
# Where somebody came from who was no customer before, and went to who is none any more within the window.
NOBODY: Final = "No order yet"
GONE: Final = "No order in the window"
MOST_BARS: Final = 30


class Scheme(StrEnum):
    """How customers are scored."""

    QUINTILES = "Quintiles"
    KLAVIYO = "Klaviyo's groups"
    FIXED = "Fixed limits"

    @property
    def groups(self) -> int:
        """Scores of a measure: 1 to this."""
        return THIRDS if self is Scheme.KLAVIYO else QUINTILES


@dataclass(frozen=True, eq=False)
class Measured:
    """What customers are scored by, one place a customer: days since the last order, orders, net revenue in cents."""

    days: Whole
    orders: Whole
    cents: Whole

    @cached_property
    def ordered(self) -> tuple[OrderedValues, OrderedValues, OrderedValues] | None:
        """The values of each measure in order, days negated; None where there is no customer."""
        if not len(self.days):
            return None
        return OrderedValues(-self.days), OrderedValues(self.orders), OrderedValues(self.cents)

    def limits(self, scheme: Scheme, cut_offs: CutOffs | None) -> tuple[tuple[int, ...], ...]:
        """Of each measure the values above which the next score begins; of days, negated, since fewest are best."""
        if scheme is Scheme.FIXED and cut_offs is not None:
            days = tuple(-limit - 1 for limit in reversed(cut_offs.recency_days))
            cents = tuple(round(limit * 100) - 1 for limit in cut_offs.net_revenue)
            return days, tuple(limit - 1 for limit in cut_offs.orders), cents
        by_rank = [tuple(limits_of(values, scheme.groups)) for values in self.ordered or (None,) * 3]
        if scheme is Scheme.KLAVIYO:
            by_rank[0] = (-KLAVIYO_LAPSING_DAYS - 1, -KLAVIYO_RECENT_DAYS - 1)
        return tuple(by_rank)

    def scores(self, limits: Sequence[Sequence[int]]) -> tuple[Whole, Whole, Whole]:
        """Scores of each measure by such limits."""
        columns = (-self.days, self.orders, self.cents)
        r, f, m = (
            1 + np.searchsorted(np.array(limit), column, side="left")
            for limit, column in zip(limits, columns, strict=True)
        )
        return r, f, m


@dataclass(frozen=True, slots=True)
class Group:
    """A segment: its customers, their orders and net revenue (cents), and their median days since the last order."""

    name: str
    customers: int
    orders: int
    cents: int
    median_days: float


@dataclass(frozen=True, slots=True)
class Bar:
    """Customers with a value from low up to high, both in."""

    low: int
    high: int
    customers: int


@dataclass(frozen=True, slots=True)
class RfmFigures:
    """The page's figures. cells: (recency, frequency) → customers and cents. limits: of each measure, as people read
    them: days up to which, orders and cents from which on, the next better score is earned; empty where all customers
    are alike. bars: of each measure. moves: (group before, group now) → customers. best_fifth: their share of net
    revenue in per cent, None where there is none."""

    as_of: date
    before: date
    scheme: Scheme
    customers: int
    repeat: int
    cents: int
    groups: tuple[Group, ...]
    cells: Mapping[tuple[int, int], tuple[int, int]]
    limits: Mapping[str, tuple[int, ...]]
    bars: Mapping[str, tuple[Bar, ...]]
    moves: Mapping[tuple[str, str], int]
    best_fifth: float | None

    def group(self, name: str) -> Group | None:
        """The segment of that name; None where nobody is in it."""
        return next((group for group in self.groups if group.name == name), None)


@dataclass(frozen=True, slots=True)
class Member:
    """A customer. email: None where there is none, masked where the scope may not see it. consent, suppressed: of
    e-mail marketing as Klaviyo says it, '' and None where it does not. risk: of being gone, 0–1."""

    id: str
    email: str | None
    scores: tuple[int, int, int]
    group: str
    days: int
    orders: int
    net_revenue: Decimal
    risk: float | None
    consent: str
    suppressed: bool | None
    sms_consent: str
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None


def named(scores: Sequence[Whole], names: Mapping[str, str]) -> tuple[npt.NDArray[Any], list[str]]:
    """Of each customer the place of their segment in the list of names, which comes with it."""
    known = sorted(set(names.values()), key=BEST_FIRST.index)
    by_code = np.zeros(1_000, np.int64)
    for score, name in names.items():
        by_code[int(score)] = known.index(name)
    return by_code[scores[0] * 100 + scores[1] * 10 + scores[2]], known


def figures(
    now: Measured, earlier: Measured, is_now: npt.NDArray[np.bool_], was: npt.NDArray[np.bool_],
    names: Mapping[str, str], *, as_of: date, before: date, scheme: Scheme, cut_offs: CutOffs | None,
) -> RfmFigures:  # fmt: skip
    """Figures of the customers measured now and before. is_now, was: of everybody in either, who is in each of them."""
    ordered = now.ordered
    limits = now.limits(scheme, cut_offs)
    scores = now.scores(limits)
    place, known = named(scores, names)
    earlier_place, _ = named(earlier.scores(earlier.limits(scheme, cut_offs)), names)
    cells = np.zeros((2, 36), np.int64)
    cell = scores[0] * 6 + scores[1]
    cells[0] = np.bincount(cell, minlength=36)
    cells[1] = np.bincount(cell, now.cents, minlength=36).round()
    return RfmFigures(
        as_of=as_of,
        before=before,
        scheme=scheme,
        customers=len(now.days),
        repeat=int(np.sum(now.orders > 1)),
        cents=int(now.cents.sum()),
        groups=_groups(now, place, known),
        cells={divmod(at, 6): (int(cells[0, at]), int(cells[1, at])) for at in np.flatnonzero(cells[0]).tolist()},
        limits=_readable(limits),
        bars=_all_bars(now, ordered),
        moves=_moves(place, earlier_place, is_now, was, known),
        best_fifth=_best_fifth(ordered),
    )  # fmt: skip


def _readable(limits: Sequence[Sequence[int]]) -> dict[str, tuple[int, ...]]:
    held = [[limit for limit in column if abs(limit) < 2**61] for column in limits]
    days = tuple(sorted(-limit - 1 for limit in held[0]))
    return {"recency": days, "frequency": tuple(v + 1 for v in held[1]), "monetary": tuple(v + 1 for v in held[2])}


def _groups(now: Measured, place: Whole, known: Sequence[str]) -> tuple[Group, ...]:
    """The segments that somebody is in. Sums of whole numbers below 2^53 are exact as floating point numbers."""
    if not len(place):
        return ()
    size, low, span = len(known), int(np.min(now.days)), int(np.ptp(now.days)) + 1
    customers = np.bincount(place, minlength=size)
    orders, cents = (np.bincount(place, values, size).round() for values in (now.orders, now.cents))
    upto = np.cumsum(np.bincount(place * span + (now.days - low), minlength=size * span).reshape(size, span), axis=1)
    found = []
    for number in np.flatnonzero(customers).tolist():
        last = int(customers[number]) - 1
        middle = np.searchsorted(upto[number], (last // 2, (last + 1) // 2), side="right")
        found.append(
            Group(known[number], last + 1, int(orders[number]), int(cents[number]), low + float(middle.sum()) / 2)
        )
    return tuple(found)


def _all_bars(now: Measured, ordered: Sequence[OrderedValues] | None) -> dict[str, tuple[Bar, ...]]:
    if ordered is None:
        return dict.fromkeys(MEASURES, ())
    columns = (OrderedValues(now.days), *ordered[1:])
    return {name: _bars(values) for name, values in zip(MEASURES, columns, strict=True)}


def _bars(values: OrderedValues) -> tuple[Bar, ...]:
    """Up to MOST_BARS bars of equal width; the last holds the long tail above the 98th percentile."""
    low, top = values.low, values.high
    high = values.at(-(-98 * (values.size - 1) // 100))
    width = max(1, -(-(high - low + 1) // MOST_BARS))
    last = (high - low) // width
    ends = np.append(low + np.arange(1, last + 1) * width - 1, top)
    counts = np.diff(values.up_to(ends), prepend=0)
    return tuple(Bar(low + at * width, int(end), int(counts[at])) for at, end in enumerate(ends.tolist()))


def _moves(
    place: Whole, earlier: Whole, is_now: npt.NDArray[np.bool_], was: npt.NDArray[np.bool_], known: Sequence[str]
) -> dict[tuple[str, str], int]:
    names = [*known, NOBODY, GONE]
    come, left = np.full(len(is_now), len(known), np.int64), np.full(len(is_now), len(known) + 1, np.int64)
    left[is_now], come[was] = place, earlier
    counts = np.bincount(come * 100 + left)
    moved = np.flatnonzero(counts)
    counts = counts[moved]
    return {
        (names[move // 100], names[move % 100]): int(count)
        for move, count in zip(moved.tolist(), counts.tolist(), strict=True)
    }


def _best_fifth(ordered: Sequence[OrderedValues] | None) -> float | None:
    if ordered is None:
        return None
    cents = ordered[2]
    total = cents.sum_of_highest(cents.size)
    return 100 * cents.sum_of_highest(max(1, cents.size // 5)) / total if total > 0 else None
