"""What is asked of baskets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from analytics.basket import CATEGORIES, Level, segment_categories, segment_part


@dataclass(frozen=True, slots=True)
class BasketQuery:
    """level: products or categories. start, end: days of the orders, None for all. segments: RFM segments of their
    customers, none for all. given: ids of the products (or categories) that are bought, none for all.

    support (a share, 0–1), lift: at least. related: only pairs that are bought together, else all that were tested.
    """

    level: Level = Level.PRODUCT
    start: date | None = None
    end: date | None = None
    segments: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    support: float = 0.0
    lift: float = 0.0
    related: bool = True

    @property
    def kept(self) -> bool:
        """Whether the relationships asked for are kept in the warehouse; else they are counted from the baskets."""
        return self.level is Level.PRODUCT and self.start is None and self.end is None and not self.segments

    @property
    def part(self) -> str | None:
        """The part of the baskets of which the relationships asked for are kept besides; None where they are not."""
        if self.start is not None or self.end is not None or len(self.given) > 1:
            return None
        if self.level is Level.CATEGORY:
            return None if self.segments else CATEGORIES
        return segment_part(self.segments[0]) if len(self.segments) == 1 else None

    @property
    def counts(self) -> tuple[str, ...]:
        """The parts whose kept counts add up to those that are asked for; none where they do not."""
        if self.start is not None or self.end is not None or len(self.given) > 1 or self.level is Level.PRODUCT:
            return ()
        return tuple(segment_categories(segment) for segment in self.segments)


@dataclass(frozen=True, slots=True)
class BundleQuery:
    """Bundles in the baskets of `basket`, in at least `minimum` of them."""

    basket: BasketQuery = field(default_factory=BasketQuery)
    minimum: int = 5
