"""The products of a shop beside each other: which carry it, which are new, which fade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import numpy as np

# A product stands out by what it sells from this percentile of the products sold in 90 days on.
STANDS_OUT: Final = 80
NEW_DAYS: Final = 30
# Fading: on the market for longer than 90 days, at least so many units in them, and of these less than half the share
# that the last 30 days should have.
FADING_VELOCITY: Final = 0.5
FADING_UNITS: Final = 10
WINDOW_DAYS: Final = 90
WEEKS: Final = 13


class Standing(StrEnum):
    """How a product stands out among those that sell."""

    STAR = "Star"
    POPULAR = "Popular"
    HIGH_VALUE = "High value"
    STANDARD = "Standard"


@dataclass(frozen=True, slots=True)
class RangeProduct:
    """A product: money net of refunds in the account's currency, rates in per cent, None where nothing is to divide by.

    weeks: gross sales of the last WEEKS weeks, the oldest first; gross_90d: line totals before refunds.
    """

    id: str
    name: str
    brand: str
    category: str
    standing: Standing
    revenue_30d: Decimal
    revenue_90d: Decimal
    gross_90d: Decimal
    units_30d: int
    units_90d: int
    customers_90d: int
    average_price: Decimal | None
    conversion_rate: float | None
    repurchase_rate: float | None
    discount_rate: float | None
    velocity: float | None
    first_sold: date
    days_on_market: int
    weeks: tuple[float, ...]

    @property
    def is_new(self) -> bool:
        """Whether it was first sold within the last NEW_DAYS days."""
        return self.days_on_market <= NEW_DAYS

    @property
    def fades(self) -> bool:
        """Whether it sells less than half as fast lately as in the 90 days as a whole."""
        return (
            self.velocity is not None
            and self.velocity < FADING_VELOCITY
            and self.units_90d >= FADING_UNITS
            and self.days_on_market > WINDOW_DAYS
        )

    @property
    def refund_rate(self) -> float | None:
        """Refunds of 90 days' orders / their line totals, in per cent."""
        return refund_rate(self.gross_90d, self.revenue_90d)


@dataclass(frozen=True, slots=True)
class Totals:
    """Of all products: net revenue and units of the last 30 days and of the 30 before, products that sold in each."""

    revenue: Decimal
    revenue_before: Decimal
    units: int
    units_before: int
    sold: int
    sold_before: int
    gross_90d: Decimal
    revenue_90d: Decimal


@dataclass(frozen=True, slots=True)
class ProductRange:
    """`products`: the leading ones, best revenue of 90 days first; `known`: how many were ever sold.

    new, fading: of all, most revenue and most units in 90 days first. limits: units and revenue of 90 days from which
    on a product stands out, None where nothing sold in them.
    """

    as_of: date
    computed_at: datetime
    known: int
    totals: Totals
    limits: tuple[float, float] | None
    products: Sequence[RangeProduct]
    new: Sequence[RangeProduct]
    fading: Sequence[RangeProduct]
    standings: Mapping[Standing, tuple[int, Decimal]]


def refund_rate(gross: Decimal, net: Decimal) -> float | None:
    """Deductions / gross in per cent; None without sales."""
    return float((gross - net) / gross * 100) if gross > 0 else None


def limits(units: Sequence[int], revenue: Sequence[Any]) -> tuple[float, float] | None:
    """Units and revenue from which on a product stands out among those that sold."""
    held = np.asarray(units) > 0
    if not held.any():
        return None
    sold, earned = np.asarray(units)[held], np.asarray(revenue, float)[held]
    return float(np.percentile(sold, STANDS_OUT)), float(np.percentile(earned, STANDS_OUT))


def standings(units: Any, revenue: Any) -> tuple[Any, tuple[float, float] | None]:
    """Of each product its place in Standing, and the limits. units, revenue: of 90 days, one number a product.

    Star: many units and much revenue; Popular: many units; High value: much revenue.
    """
    limit = limits(units, revenue)
    found = np.full(len(units), list(Standing).index(Standing.STANDARD))
    if limit is None:
        return found, None
    sold, many, much = units > 0, units >= limit[0], revenue >= limit[1]
    for kind, held in ((Standing.POPULAR, many), (Standing.HIGH_VALUE, much & ~many), (Standing.STAR, many & much)):
        found[sold & held] = list(Standing).index(kind)
    return found, limit
