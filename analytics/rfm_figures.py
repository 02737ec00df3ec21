"""What the page RFM shows: customers by segment and score, where the scores' limits lie, and who moved where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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
Scores = npt.NDArray[np.uint8]
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

    days: npt.NDArray[np.integer[Any]]
    orders: npt.NDArray[np.integer[Any]]
    cents: Whole

    @cached_property
    def by_recency(self) -> OrderedValues | None:
        """The days in order, negated; None where there is no customer."""
        return OrderedValues(-self.days) if len(self.days) else None

    @cached_property
    def by_orders(self) -> OrderedValues | None:
        """The numbers of orders in order; None where there is no customer."""
        return OrderedValues(self.orders) if len(self.days) else None

    @cached_property
    def by_cents(self) -> OrderedValues | None:
        """The net revenues in order; None where there is no customer."""
        return OrderedValues(self.cents) if len(self.days) else None

    def limits(self, scheme: Scheme, cut_offs: CutOffs | None) -> tuple[tuple[int, ...], ...]:
        """Of each measure the values above which the next score begins; of days, negated, since fewest are best."""
        if scheme is Scheme.FIXED and cut_offs is not None:
            days = tuple(-limit - 1 for limit in reversed(cut_offs.recency_days))
            cents = tuple(round(limit * 100) - 1 for limit in cut_offs.net_revenue)
            return days, tuple(limit - 1 for limit in cut_offs.orders), cents
        by_rank = [tuple(limits_of(values, scheme.groups)) for values in (self.by_orders, self.by_cents)]
        if scheme is Scheme.KLAVIYO:
            return (-KLAVIYO_LAPSING_DAYS - 1, -KLAVIYO_RECENT_DAYS - 1), *by_rank
        return tuple(limits_of(self.by_recency, scheme.groups)), *by_rank

    def scores(self, limits: Sequence[Sequence[int]]) -> tuple[Scores, Scores, Scores]:
        """Scores of each measure by such limits: one, and one more for each limit that a customer is above."""
        recency, frequency, monetary = key = tuple(tuple(column) for column in limits)
        known = self._scored.get("last")
        if known is None or known[0] != key:
            known = (
                key,
                (
                    _passed(self.days < -limit for limit in recency) + np.uint8(1),
                    _passed(self.orders > limit for limit in frequency) + np.uint8(1),
                    _passed(self.cents > limit for limit in monetary) + np.uint8(1),
                ),
            )
            self._scored["last"] = known
        return known[1]

    @cached_property
    def _scored(self) -> dict[str, tuple[tuple[tuple[int, ...], ...], tuple[Scores, Scores, Scores]]]:
        """The limits that were asked for last, and the scores: the questions of a page ask for the same ones."""
        return {}


def _passed(limits: Iterator[npt.NDArray[np.bool_]]) -> Scores:
    """Of each customer how many limits are passed; one limit at least."""
    found = next(limits).astype(np.uint8)
    for passed in limits:
        found += passed
    return found


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


def named(scores: Sequence[Scores], names: Mapping[str, str]) -> tuple[Scores, list[str]]:
    """Of each customer the place of their segment in the list of names, which comes with it."""
    by_code, known = _segment_of(names)
    return by_code[_code(scores)], known


def _code(scores: Sequence[Scores]) -> Scores:
    """The three scores in one small number, R × 36 + F × 6 + M, since none is above 5."""
    return scores[0] * np.uint8(36) + scores[1] * np.uint8(6) + scores[2]


def _segment_of(names: Mapping[str, str]) -> tuple[Scores, list[str]]:
    """By such a number the place of the segment in the list of names, which comes with it."""
    known = sorted(set(names.values()), key=BEST_FIRST.index)
    by_code = np.zeros(216, np.uint8)
    for score, name in names.items():
        recency, frequency, monetary = map(int, score)
        by_code[recency * 36 + frequency * 6 + monetary] = known.index(name)
    return by_code, known


def figures(
    now: Measured, earlier: Measured, is_now: npt.NDArray[np.bool_], was: npt.NDArray[np.bool_],
    names: Mapping[str, str], *, as_of: date, before: date, scheme: Scheme, cut_offs: CutOffs | None,
) -> RfmFigures:  # fmt: skip
    """Figures of the customers measured now and before. is_now, was: of everybody in either, who is in each of them."""
    limits = now.limits(scheme, cut_offs)
    scores = now.scores(limits)
    code = _code(scores)
    by_code, known = _segment_of(names)
    place = by_code[code]
    earlier_place, _ = named(earlier.scores(earlier.limits(scheme, cut_offs)), names)
    # Customers, orders and cents by code. Sums of whole numbers below 2^53 are exact as floating point numbers.
    sums = (
        np.stack([np.bincount(code, values, 216) for values in (None, now.orders, now.cents)]).round().astype(np.int64)
    )
    cells = sums.reshape(3, 36, 6).sum(axis=2)
    return RfmFigures(
        as_of=as_of,
        before=before,
        scheme=scheme,
        customers=len(now.days),
        repeat=int(np.sum(now.orders > 1)),
        cents=int(now.cents.sum()),
        groups=_groups(now, place, known, sums, by_code),
        cells={divmod(at, 6): (int(cells[0, at]), int(cells[2, at])) for at in np.flatnonzero(cells[0]).tolist()},
        limits=_readable(limits),
        bars=_all_bars(now),
        moves=_moves(place, earlier_place, is_now, was, known),
        best_fifth=_best_fifth(now.by_cents),
    )  # fmt: skip


def _readable(limits: Sequence[Sequence[int]]) -> dict[str, tuple[int, ...]]:
    held = [[limit for limit in column if abs(limit) < 2**61] for column in limits]
    days = tuple(sorted(-limit - 1 for limit in held[0]))
    return {"recency": days, "frequency": tuple(v + 1 for v in held[1]), "monetary": tuple(v + 1 for v in held[2])}


def _groups(now: Measured, place: Scores, known: Sequence[str], sums: Whole, by_code: Scores) -> tuple[Group, ...]:
    """The segments that somebody is in. sums: customers, orders and cents by code; by_code: the segment of each."""
    if not len(place):
        return ()
    size, low, span = len(known), int(np.min(now.days)), int(np.ptp(now.days)) + 1
    customers, orders, cents = (np.bincount(by_code, values, size).round() for values in sums)
    at = place * np.int64(span)
    at += now.days
    at -= low
    upto = np.cumsum(np.bincount(at, minlength=size * span).reshape(size, span), axis=1)
    found = []
    for number in np.flatnonzero(customers).tolist():
        last = int(customers[number]) - 1
        middle = np.searchsorted(upto[number], (last // 2, (last + 1) // 2), side="right")
        found.append(
            Group(known[number], last + 1, int(orders[number]), int(cents[number]), low + float(middle.sum()) / 2)
        )
    return tuple(found)


def _all_bars(now: Measured) -> dict[str, tuple[Bar, ...]]:
    columns = (OrderedValues(now.days) if len(now.days) else None, now.by_orders, now.by_cents)
    return {name: _bars(values) if values else () for name, values in zip(MEASURES, columns, strict=True)}


def _bars(values: OrderedValues) -> tuple[Bar, ...]:
    """Up to MOST_BARS bars of equal width; the last holds the long tail above the 98th percentile."""
    low, top = values.low, values.high
    high = values.at(-(-98 * (values.size - 1) // 100))
    width = max(1, -(-(high - low + 1) // MOST_BARS))
    last = (high - low) // width
    counts = values.bars(width, last).tolist()
    ends = [*(low + at * width - 1 for at in range(1, last + 1)), top]
    return tuple(Bar(low + at * width, end, counts[at]) for at, end in enumerate(ends))


def _moves(
    place: Scores, earlier: Scores, is_now: npt.NDArray[np.bool_], was: npt.NDArray[np.bool_], known: Sequence[str]
) -> dict[tuple[str, str], int]:
    # Of at most 14 groups, and nobody before or after, a move fits into one small number.
    names = [*known, NOBODY, GONE]
    come, left = np.full(len(is_now), len(known), np.uint8), np.full(len(is_now), len(known) + 1, np.uint8)
    left[is_now], come[was] = place, earlier
    counts = np.bincount(come * np.uint8(16) + left)
    moved = np.flatnonzero(counts)
    counts = counts[moved]
    return {
        (names[move // 16], names[move % 16]): int(count)
        for move, count in zip(moved.tolist(), counts.tolist(), strict=True)
    }


def _best_fifth(cents: OrderedValues | None) -> float | None:
    if cents is None:
        return None
    total = cents.sum_of_highest(cents.size)
    return 100 * cents.sum_of_highest(max(1, cents.size // 5)) / total if total > 0 else None
