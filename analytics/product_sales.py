"""One product's sales as plain values: by day, and the orders that hold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from analytics.periods import Period
from analytics.revenue import ZERO


class Sold(NamedTuple):
    """Line totals after discounts in the account's currency, units, and orders that hold the product."""

    sales: Decimal = ZERO
    units: int = 0
    orders: int = 0

    def plus(self, other: Sold) -> Sold:
        """The sum of two disjoint sets of orders."""
        return Sold(self.sales + other.sales, self.units + other.units, self.orders + other.orders)

    @property
    def price(self) -> Decimal | None:
        """Sales / units: what a unit brought after discounts."""
        return self.sales / self.units if self.units else None


@dataclass(frozen=True, slots=True)
class ProductSales:
    """A product in a period; cancelled orders are out.

    days, compared: by day, compared is None without a comparison. orders: the newest ones, with the columns of
    `read/revenue/product_orders.sql`. Name and brand are empty where it did not sell.
    """

    id: str
    name: str
    brand: str
    days: Mapping[Any, Sold]
    compared: Mapping[Any, Sold] | None
    orders: Sequence[Mapping[str, Any]]


def within(days: Mapping[Any, Sold], period: Period | None) -> Sold:
    """What was sold on the days of a period; nothing where there is none."""
    total = Sold()
    for day in period or ():
        total = total.plus(days.get(day, Sold()))
    return total
