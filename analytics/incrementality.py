"""What a campaign brought on top: people who got it beside people who were left out of it, over the same days.

It is no attribution: it does not ask which order followed a message, but how much more was bought where there was one.
Left out by chance, people are compared with what they bought before taken into account (Lin 2013), which only makes the
answer surer. Left out by a rule, as the members of a segment are, each side is compared with itself before (difference
in differences), which holds where both would have gone on alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.promo.terms import Floats
from analytics.proportions import Difference as Shares
from analytics.proportions import two_proportions

LEVEL: Final = 0.95
# With fewer buyers on a side one order more or less is the answer.
LEAST_BUYERS: Final = 20
LEAST_PEOPLE: Final = 50
# Groups made by chance differ more than this before the campaign once in a thousand times.
_UNLIKE: Final = 0.001
# So many of those left out who got it all the same make the comparison doubtful.
_LEAKED: Final = 0.05


class Kind(StrEnum):
    """How people came to be left out."""

    CHANCE = "chance"
    RULE = "rule"


class Doubt(StrEnum):
    """Why a comparison says less than it seems to, or nothing."""

    FEW_PEOPLE = "few_people"
    FEW_BUYERS = "few_buyers"
    NO_BEFORE = "no_before"
    UNLIKE_BEFORE = "unlike_before"
    LEAKED = "leaked"
    DAYS_OPEN = "days_open"


@dataclass(frozen=True, slots=True)
class Side:
    """One side. people; buyers: of them, with an order in the days after; mean, before: revenue a person after and
    before, in the account's currency; variance, before_variance, covariance: of these over people."""

    people: int
    buyers: int
    mean: float
    before: float
    variance: float
    before_variance: float
    covariance: float

    @property
    def share(self) -> float | None:
        """Buyers / people, None without people."""
        return self.buyers / self.people if self.people else None


@dataclass(frozen=True, slots=True)
class Difference:
    """Reached less left out. per_person: revenue a person, with its standard error and the ends of the interval of
    LEVEL; p: how often so much comes from nothing; buyers: the same of shares of buyers, in points, None where all or
    none bought and of groups by a rule."""

    per_person: float
    error: float
    low: float
    high: float
    p: float | None
    buyers: Shares | None


@dataclass(frozen=True, slots=True)
class Incrementality:
    """reached, left_out: the two sides; difference: None where nothing can be told; leaked: people who were to be left
    out and got it, who count on neither side; doubts: the heaviest first."""

    kind: Kind
    reached: Side
    left_out: Side
    difference: Difference | None
    leaked: int
    doubts: tuple[Doubt, ...]

    @property
    def revenue(self) -> tuple[float, float, float] | None:
        """What the campaign brought on top of all whom it reached: the figure and its interval, in the account's
        currency; None where nothing can be told."""
        if self.difference is None:
            return None
        told = self.difference
        low, middle, high = (self.reached.people * value for value in (told.low, told.per_person, told.high))
        return low, middle, high

    @property
    def sure(self) -> bool:
        """Whether the interval leaves nothing out."""
        told = self.difference
        return told is not None and (told.low > 0 or told.high < 0)


@dataclass(frozen=True, slots=True)
class Sums:
    """What one side bought after and before the campaign, summed over people: values, their squares, and the products
    of each person's two."""

    after: float
    before: float
    squares: float
    before_squares: float
    products: float


def side(people: int, after: Floats, before: Floats, orders: NDArray[np.int64]) -> Side:
    """after, before, orders: of those people who bought before or after; all the others bought nothing."""
    sums = Sums(
        float(after.sum()), float(before.sum()), float((after**2).sum()), float((before**2).sum()),
        float((after * before).sum()),
    )  # fmt: skip
    return side_of(people, int((orders > 0).sum()), sums)


def side_of(people: int, buyers: int, sums: Sums) -> Side:
    """The same from sums over all of its people."""
    if people == 0:
        return Side(0, 0, 0.0, 0.0, 0.0, 0.0, 0.0)
    mean, earlier = sums.after / people, sums.before / people
    free = max(people - 1, 1)
    return Side(
        people=people,
        buyers=buyers,
        mean=mean,
        before=earlier,
        variance=max(sums.squares - people * mean**2, 0.0) / free,
        before_variance=max(sums.before_squares - people * earlier**2, 0.0) / free,
        covariance=(sums.products - people * mean * earlier) / free,
    )


def compared(
    kind: Kind,
    reached: Side,
    left_out: Side,
    *,
    leaked: int = 0,
    days: float,
    days_before: float,
    over: bool = True,
    before_known: bool = True,
) -> Incrementality:
    """days, days_before: how long after and before the campaign purchases count; over: whether those after are;
    before_known: whether orders of all days before are known. Groups by a rule cannot be compared without them."""
    doubts = []
    if min(reached.people, left_out.people) < LEAST_PEOPLE:
        doubts.append(Doubt.FEW_PEOPLE)
    elif min(reached.buyers, left_out.buyers) < LEAST_BUYERS:
        doubts.append(Doubt.FEW_BUYERS)
    elif kind is Kind.RULE and not before_known:
        doubts.append(Doubt.NO_BEFORE)
    told = None if doubts else _difference(kind, reached, left_out, days / days_before)
    if not over:
        doubts.append(Doubt.DAYS_OPEN)
    if kind is Kind.CHANCE and _apart(reached, left_out) < _UNLIKE:
        doubts.append(Doubt.UNLIKE_BEFORE)
    if leaked > _LEAKED * (left_out.people + leaked):
        doubts.append(Doubt.LEAKED)
    return Incrementality(kind, reached, left_out, told, leaked, tuple(doubts))


def _difference(kind: Kind, reached: Side, left_out: Side, longer: float) -> Difference:
    sides = (reached, left_out)
    if kind is Kind.CHANCE:
        # Each side's own slope on what was bought before, from the mean of both.
        people = reached.people + left_out.people
        middle = sum(one.before * one.people for one in sides) / people
        means, variances = [], []
        for one in sides:
            slope = one.covariance / one.before_variance if one.before_variance > 0 else 0.0
            means.append(one.mean - slope * (one.before - middle))
            variances.append(max(one.variance - slope * one.covariance, 0.0) / one.people)
    else:
        means = [one.mean - longer * one.before for one in sides]
        variances = [
            max(one.variance + longer**2 * one.before_variance - 2 * longer * one.covariance, 0.0) / one.people
            for one in sides
        ]
    more = means[0] - means[1]
    error = float(np.sqrt(sum(variances)))
    reach, p = _student(more, error, variances, (reached.people - 1, left_out.people - 1))
    # Groups by a rule differ in it before any campaign, and sums by side do not tell who bought both before and after.
    buyers = None
    if kind is Kind.CHANCE:
        buyers = two_proportions(reached.buyers, reached.people, left_out.buyers, left_out.people)
    return Difference(more, error, more - reach * error, more + reach * error, p, buyers)


def _student(more: float, error: float, variances: list[float], freedom: tuple[int, int]) -> tuple[float, float | None]:
    """The quantile of LEVEL by Welch's degrees of freedom, and how often so much comes from nothing."""
    from scipy.special import stdtr, stdtrit  # only here, and not the whole of scipy.stats, which takes a second

    parts = sum(variance**2 / free for variance, free in zip(variances, freedom, strict=True))
    free = sum(variances) ** 2 / parts if parts > 0 else float(sum(freedom))
    p = float(2 * stdtr(free, -abs(more) / error)) if error > 0 else None
    return float(stdtrit(free, 0.5 + LEVEL / 2)), p


def _apart(reached: Side, left_out: Side) -> float:
    """How often two groups made by chance differ by so much in what they bought before; 1 where they bought nothing."""
    variances = [one.before_variance / max(one.people, 1) for one in (reached, left_out)]
    error = float(np.sqrt(sum(variances)))
    if error == 0:
        return 1.0
    free = (max(reached.people - 1, 1), max(left_out.people - 1, 1))
    p = _student(reached.before - left_out.before, error, variances, free)[1]
    return 1.0 if p is None else p
