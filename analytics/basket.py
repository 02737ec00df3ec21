"""What the page Basket shows: pairs of products or categories, what goes with a set, and what a hint could bring."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import numpy as np

from analytics.pair_measures import measures

SUBSTITUTE: Final = "substitute"
BOUGHT_TOGETHER: Final = ("frequently_bought", "complement")
# Parts of what is asked of baskets that are kept: pairs of categories, and of products in each segment's orders.
CATEGORIES: Final = "categories"
# How the parts begin of which only counts are kept.
COUNTED: Final = "categories of "


def segment_part(segment: str) -> str:
    """The part that is the orders of an RFM segment's customers."""
    return f"segment {segment}"


def segment_categories(segment: str) -> str:
    """The counts of categories in the orders of an RFM segment's customers: what several segments' add up to is tested
    when it is asked for."""
    return f"{COUNTED}{segment}"


class Level(StrEnum):
    """What stands in a basket."""

    PRODUCT = "Products"
    CATEGORY = "Categories"


@dataclass(frozen=True, slots=True)
class Item:
    """A product, or a category: the baskets that hold it; price: what a unit brought on average."""

    id: str
    name: str
    baskets: int
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Told:
    """Of a rule what does not follow from the counts of both items and of their pair."""

    given: Item
    other: Item
    baskets: int
    low: float | None
    high: float | None
    q: float | None
    kind: str
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Rule:
    """Who has `given` buys `other`, or not. Shares are 0–1; low, high: ends of the lift's 95 % interval; q: the false
    discovery rate. Of possible substitutes these three are those among baskets of two or more."""

    given: Item
    other: Item
    baskets: int
    support: float
    confidence: float | None
    lift: float | None
    low: float | None
    high: float | None
    q: float | None
    kind: str
    first: date | None
    last: date | None
    leverage: float | None
    conviction: float | None
    zhang: float | None
    jaccard: float | None
    kulczynski: float | None

    def extra_revenue(self, total: int) -> Decimal | None:
        """What it would bring if buyers of `given` alone took `other` by as much more often than chance as is seen:
        baskets with the one only × (confidence − share of baskets with the other) × its mean price."""
        if self.confidence is None or self.other.price is None or not total:
            return None
        above = self.confidence - self.other.baskets / total
        return round(Decimal((self.given.baskets - self.baskets) * above) * self.other.price, 2) if above > 0 else None


@dataclass(frozen=True, slots=True)
class Found:
    """A set of items that comes in baskets together: lift over independence."""

    items: tuple[Item, ...]
    baskets: int
    lift: float


@dataclass(frozen=True, slots=True)
class Bundles:
    """whole: whether all sets were looked at."""

    sets: Sequence[Found]
    minimum: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Basket:
    """rules: surest first, at most so many as were asked for; substitutes: pairs, one direction each.

    baskets: all that were counted; with_others: those of two items or more. pairs: how many of them were tested; bound:
    how many are bought together. segments_at: when customers were in the segments that were asked for, None: they are.
    """

    as_of: date
    computed_at: datetime
    baskets: int
    with_others: int
    mean_size: float | None
    minimum: int
    pairs: int
    bound: int
    rules: Sequence[Rule]
    substitutes: Sequence[Rule]
    segments_at: datetime | None = None


def rules(told: Sequence[Told], total: int) -> list[Rule]:
    """Rules with the measures that counts alone tell. total: all baskets."""
    if not told:
        return []
    both, given, other = np.array([(one.baskets, one.given.baskets, one.other.baskets) for one in told], float).T
    made = measures(both, given, other, total)
    columns = [
        [None if math.isnan(value) else value for value in getattr(made, name).tolist()]
        for name in ("confidence", "lift", "leverage", "conviction", "zhang", "jaccard", "kulczynski")
    ]
    return [
        Rule(
            one.given, one.other, one.baskets, support, confidence, lift, one.low, one.high, one.q, one.kind, one.first,
            one.last, leverage, conviction, zhang, jaccard, kulczynski,
        )
        for one, support, confidence, lift, leverage, conviction, zhang, jaccard, kulczynski in zip(
            told, made.support.tolist(), *columns, strict=True
        )
    ]  # fmt: skip
