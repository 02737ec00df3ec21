"""Why net revenue changed: the shares of buyers, orders per buyer, order value and deductions. docs/metrics.md has it.

net = Σ over new and repeat buyers (buyers × orders per buyer × value per order) − deductions, which holds exactly.
Money is Decimal in the account's currency.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, NamedTuple

from analytics.shapley import shapley, to_cents

ZERO: Final = Decimal(0)


class Factor(StrEnum):
    """What net revenue is made of, in the order of FACTORS."""

    NEW_BUYERS = "new buyers"
    REPEAT_BUYERS = "repeat buyers"
    ORDERS_PER_BUYER = "orders per buyer"
    ORDER_VALUE = "order value"
    DEDUCTIONS = "refunds, and cancellations of earlier orders"


FACTORS: Final = tuple(Factor)


class Purchases(NamedTuple):
    """What a group of buyers bought: distinct customers, their orders that count, the value of these."""

    buyers: int = 0
    orders: int = 0
    value: Decimal = ZERO

    @property
    def per_buyer(self) -> Fraction | None:
        """Orders / buyers."""
        return Fraction(self.orders, self.buyers) if self.buyers else None

    @property
    def per_order(self) -> Fraction | None:
        """Value / orders."""
        return Fraction(self.value) / self.orders if self.orders else None


NOBODY: Final = Purchases()


@dataclass(frozen=True, slots=True)
class ChannelSum:
    """Orders that one channel won: gross revenue by order date, deductions booked in the same days."""

    gross: Decimal = ZERO
    booked: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """Net revenue (booked)."""
        return self.gross - self.booked


@dataclass(frozen=True, slots=True)
class Made:
    """What one period's net revenue is made of.

    new, repeat: buyers whose first order lies in the period, and the others. uncounted: value of the period's orders
    that are nobody's purchase (cancelled, or not above 0), which is in gross revenue. channels: by what won the order,
    'none' where nothing did; they hold all of gross revenue and of what was booked. new_customers, repeat_customers,
    placed: customers and orders (cancelled ones included) as the page Revenue counts them, with those that no exchange
    rate turns into the account's currency; unpriced: how many orders these are, by currency.
    """

    new: Purchases = NOBODY
    repeat: Purchases = NOBODY
    uncounted: Decimal = ZERO
    channels: Mapping[str, ChannelSum] = field(default_factory=dict)
    new_customers: int = 0
    repeat_customers: int = 0
    placed: int = 0
    unpriced: Mapping[str, int] = field(default_factory=dict)

    @property
    def gross(self) -> Decimal:
        """Values of all orders by order date."""
        return self.new.value + self.repeat.value + self.uncounted

    @property
    def booked(self) -> Decimal:
        """Refunds and cancellations booked in the period."""
        return sum((channel.booked for channel in self.channels.values()), ZERO)

    @property
    def net(self) -> Decimal:
        """Net revenue (booked): gross less what was booked."""
        return self.gross - self.booked

    @property
    def deductions(self) -> Decimal:
        """What purchases bring more than net revenue: booked deductions, less the value of uncounted orders.

        An order that comes and is cancelled within the period is in gross and deducted again: it moves nothing.
        """
        return self.booked - self.uncounted

    @property
    def orders(self) -> int:
        """Orders that count."""
        return self.new.orders + self.repeat.orders

    @property
    def buyers(self) -> int:
        """Distinct customers with an order that counts."""
        return self.new.buyers + self.repeat.buyers

    @property
    def order_value(self) -> Decimal | None:
        """Value of the orders that count / their number."""
        return (self.new.value + self.repeat.value) / self.orders if self.orders else None


def explain(this: Made, other: Made) -> dict[Factor, Decimal]:
    """Each factor's share of this.net − other.net, to the cent; the shares add up to the change without a rest.

    A group without buyers in one of the periods has no orders per buyer and no value per order there: those of the
    other period are taken, so that all of its change is one of the number of buyers.
    """
    groups = [_filled(this.new, other.new), _filled(this.repeat, other.repeat)]
    deducted = (Fraction(this.deductions), Fraction(other.deductions))

    def net(now: Collection[int]) -> Fraction:
        def of(place: int) -> int:
            return 0 if place in now else 1

        found = Fraction(0)
        for place, (buyers, per_buyer, per_order) in enumerate(groups):
            found += buyers[of(place)] * per_buyer[of(2)] * per_order[of(3)]
        return found - deducted[of(4)]

    shares = to_cents(shapley(len(FACTORS), net))
    return dict(zip(FACTORS, shares, strict=True))


def by_channel(this: Made, other: Made) -> dict[str, Decimal]:
    """Each channel's change of net revenue, the largest first; they add up to the change."""
    nothing = ChannelSum()
    changes = {
        name: this.channels.get(name, nothing).net - other.channels.get(name, nothing).net
        for name in this.channels.keys() | other.channels.keys()
    }
    return dict(sorted(changes.items(), key=lambda item: (-abs(item[1]), item[0])))


_Pair = tuple[Fraction, Fraction]


def _filled(this: Purchases, other: Purchases) -> tuple[_Pair, _Pair, _Pair]:
    """Buyers, orders per buyer and value per order, of now and of before; what is not defined is as in the other."""

    def both(now: Fraction | None, before: Fraction | None) -> _Pair:
        return (
            now if now is not None else before or Fraction(0),
            before if before is not None else now or Fraction(0),
        )

    return (
        (Fraction(this.buyers), Fraction(other.buyers)),
        both(this.per_buyer, other.per_buyer),
        both(this.per_order, other.per_order),
    )
