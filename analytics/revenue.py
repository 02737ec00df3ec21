"""The figures of the revenue page as plain values, and what is computed from them.

Money is Decimal in the account's currency, rates are per cent. Definitions: docs/metrics.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
HUNDRED = Decimal(100)
YOUNG_HISTORY_DAYS = 365
MOST_UNPRICED = Decimal("0.02")


class Amounts(NamedTuple):
    """What a set of orders adds up to, by order date.

    gross: order values; positive: values of orders above 0; orders: number of orders above 0; priced: those of them
    with a value in the account's currency; discounted: those with a discount; discount: what it took off; deducted:
    refunds and cancellations of these orders, whenever they came; new: first orders.
    """

    gross: Decimal = ZERO
    positive: Decimal = ZERO
    orders: int = 0
    priced: int = 0
    discounted: int = 0
    discount: Decimal = ZERO
    deducted: Decimal = ZERO
    new: int = 0

    def plus(self, other: Amounts) -> Amounts:
        """The sum of two disjoint sets of orders."""
        return Amounts(
            self.gross + other.gross,
            self.positive + other.positive,
            self.orders + other.orders,
            self.priced + other.priced,
            self.discounted + other.discounted,
            self.discount + other.discount,
            self.deducted + other.deducted,
            self.new + other.new,
        )

    @property
    def fully_priced(self) -> bool:
        """Whether so few of the orders lack an exchange rate that their sums can be compared."""
        return self.orders - self.priced <= MOST_UNPRICED * self.orders

    @property
    def aov(self) -> Decimal | None:
        """Value of the positive orders / their number."""
        return self.positive / self.priced if self.priced else None

    @property
    def refund_rate(self) -> Decimal | None:
        """Deductions of these orders / their gross revenue × 100."""
        return self.deducted / self.gross * HUNDRED if self.gross > 0 else None

    @property
    def list_value(self) -> Decimal:
        """What the orders would have cost without their discounts."""
        return self.gross + self.discount

    @property
    def discount_share(self) -> Decimal | None:
        """Discounts / list value × 100."""
        return self.discount / self.list_value * HUNDRED if self.list_value > 0 else None

    @property
    def discounted_orders_share(self) -> Decimal | None:
        """Orders with a discount / orders × 100."""
        return Decimal(self.discounted) / self.orders * HUNDRED if self.orders else None


NO_AMOUNTS = Amounts()


@dataclass(frozen=True, slots=True)
class Source:
    """Orders that one campaign or flow won through one channel; kind and channel 'none' where nobody did."""

    kind: str
    channel: str
    id: str
    name: str
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Product:
    """One product's lines, cancelled orders out: sales after discounts, units, orders, sales by bucket."""

    id: str
    name: str
    brand: str
    sales: Decimal
    compared_sales: Decimal | None
    units: int
    orders: int
    trend: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """One period's figures: totals, by day, and by what the page splits them by.

    cancelled and refunded: deductions booked in the period, positive; booked: both by day. won: attributed gross
    revenue by day. customers: distinct customers with an order that counts.
    """

    total: Amounts = NO_AMOUNTS
    days: Mapping[date, Amounts] = field(default_factory=dict)
    cancelled: Decimal = ZERO
    refunded: Decimal = ZERO
    booked: Mapping[date, Decimal] = field(default_factory=dict)
    won: Mapping[date, Decimal] = field(default_factory=dict)
    customers: int = 0
    sources: tuple[Source, ...] = ()
    countries: Mapping[str, Amounts] = field(default_factory=dict)
    channels: Mapping[str, Amounts] = field(default_factory=dict)
    devices: Mapping[str, Amounts] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        """Gross revenue of the period less the deductions booked in it."""
        return self.total.gross - self.cancelled - self.refunded

    @property
    def repeat_customers(self) -> int:
        """Customers of the period whose first order was earlier."""
        return max(self.customers - self.total.new, 0)

    @property
    def attributed(self) -> Decimal:
        """Gross revenue that a campaign or a flow won."""
        return sum((s.amounts.gross for s in self.sources if s.kind != "none"), ZERO)

    @property
    def attributed_share(self) -> Decimal | None:
        """Attributed / gross revenue × 100."""
        return self.attributed / self.total.gross * HUNDRED if self.total.gross > 0 else None


@dataclass(frozen=True, slots=True)
class RevenueFigures:
    """All that the revenue page shows, read from one state of the data.

    hours: gross revenue and orders by weekday (1 Monday) and hour of the account's clock. bucket_customers: distinct
    customers by bucket of the series. unpriced: orders left out of sums for want of an exchange rate, by currency.
    unconverted: refunds that are deducted nowhere for want of one, by currency. rejected: events of orders and refunds
    of these days that could not be taken in. rejected_lines: product lines of orders that could. immature: orders
    younger than the usual return time. first_day: first day with an order in the account's history.
    """

    this: Span
    compared: Span | None
    products: tuple[Product, ...]
    hours: Mapping[tuple[int, int], tuple[Decimal, int]]
    bucket_customers: Mapping[date, int]
    unpriced: Mapping[str, int]
    unconverted: Mapping[str, int]
    rejected: int
    rejected_lines: int
    immature: int
    first_day: date | None
    read_at: datetime | None = None

    @property
    def fully_priced(self) -> bool:
        """Whether the sums of both periods can be compared: few orders of either lack an exchange rate."""
        return self.this.total.fully_priced and (self.compared is None or self.compared.total.fully_priced)

    @property
    def empty(self) -> bool:
        """Whether the period holds neither an order nor a deduction."""
        span = self.this
        return span.total.orders == 0 and span.total.gross == 0 and span.cancelled == 0 and span.refunded == 0


@dataclass(frozen=True, slots=True)
class Movement:
    """Why gross revenue moved: per cent in total, points from the number of orders and from their value."""

    change_pct: float
    orders_points: float
    value_points: float


def movement(this: Amounts, other: Amounts) -> Movement | None:
    """Splits the change of gross revenue between the number of priced orders N and their mean value A, with no rest.

    N₁A₁ − N₀A₀ = (N₁ − N₀)(A₁ + A₀)/2 + (A₁ − A₀)(N₁ + N₀)/2: each factor's Shapley value. None where either period
    has no priced orders or the compared one no revenue.
    """
    if not this.priced or not other.priced or other.gross == 0:
        return None
    a1, a0 = this.gross / this.priced, other.gross / other.priced
    scale = HUNDRED / abs(other.gross)
    by_orders = (this.priced - other.priced) * (a1 + a0) / 2 * scale
    by_value = (a1 - a0) * (this.priced + other.priced) / 2 * scale
    return Movement(float((this.gross - other.gross) * scale), float(by_orders), float(by_value))


def by_source(sources: tuple[Source, ...]) -> dict[tuple[str, str], Amounts]:
    """Sources added up by kind (campaign, flow, none) and channel."""
    found: dict[tuple[str, str], Amounts] = {}
    for source in sources:
        key = (source.kind, source.channel)
        found[key] = found.get(key, Amounts()).plus(source.amounts)
    return found


def largest_shift(this: Span, other: Span) -> tuple[tuple[str, str], Decimal] | None:
    """The kind and channel whose gross revenue changed most, and by how much; None where nothing did."""
    now, before = by_source(this.sources), by_source(other.sources)
    shifts = {
        key: now.get(key, Amounts()).gross - before.get(key, Amounts()).gross for key in now.keys() | before.keys()
    }
    if not any(shifts.values()):
        return None
    key = max(sorted(shifts), key=lambda k: abs(shifts[k]))
    return key, shifts[key]
