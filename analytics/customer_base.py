"""A store's customer base as the page Cohorts shows it: whether customers come back, and what is expected of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from analytics.cohorts import Cohort, GapClass, Returned
from analytics.lifetime_intervals import Interval
from analytics.lifetime_value import Calibration, Terms
from analytics.order_value import OrderValues
from analytics.repeat_buying import Fitted, NotFitted


@dataclass(frozen=True, slots=True)
class Expected:
    """Of some customers: how many are expected to be alive, and (None without a fit) their orders and what they bring
    within the horizon."""

    alive: float
    orders: float | None = None
    value: float | None = None

    def plus(self, other: Expected) -> Expected:
        """Of both."""
        if self.orders is None or other.orders is None or self.value is None or other.value is None:
            return Expected(self.alive + other.alive)
        return Expected(self.alive + other.alive, self.orders + other.orders, self.value + other.value)


NOTHING_EXPECTED = Expected(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of whom much is expected. email: None where there is none or it may not be seen. orders and
    net_revenue: so far, None before the customer's profile is computed. alive: 0–1. expected_…: within the horizon;
    interval: the middle 90 % of what they may bring."""

    id: str
    email: str | None
    first_order: date
    last_order: date
    orders: int | None
    net_revenue: Decimal | None
    alive: float
    expected_orders: float
    expected_order_value: Decimal
    expected_value: Decimal
    interval: Interval


@dataclass(frozen=True, slots=True)
class Outlook:
    """One customer, and how sure it is that they are still active: alive, by day from the last order on, and beyond the
    as-of date should they stay silent; 0–1. repeat_days: days with an order after the first such day."""

    customer: Customer
    repeat_days: int
    as_of: date
    alive: tuple[tuple[date, float], ...]

    @property
    def usual_gap(self) -> float | None:
        """Mean days between two order days; None with one."""
        first, last = self.customer.first_order, self.customer.last_order
        return (last - first).days / self.repeat_days if self.repeat_days else None

    @property
    def even_chance(self) -> date | None:
        """The first day shown on which it is as likely that they have stopped as that they have not."""
        return next((day for day, chance in self.alive if chance <= 0.5), None)


@dataclass(frozen=True, slots=True)
class CustomerBase:
    """All that the page shows, as of the day after the last whole day.

    repeat_customers: who bought again, with two orders or more; of one day, too. gaps: between order days of one
    customer, by class; median_gap in days. returned: by days since the first order. expected: by cohort. calibration:
    None where the history is too short to hold some of it out. interval: of what all customers bring within the
    horizon, None without a fit. order_values: None without a fit.
    """

    as_of: date
    computed_at: datetime
    customers: int
    repeat_customers: int
    cohorts: tuple[Cohort, ...]
    gaps: tuple[GapClass, ...]
    median_gap: float | None
    returned: tuple[Returned, ...]
    model: Fitted | NotFitted
    order_values: OrderValues | None
    terms: Terms
    interval: Interval | None
    expected: Mapping[date, Expected]
    calibration: Calibration | NotFitted | None
    leading: tuple[Customer, ...]

    @property
    def repeat_rate(self) -> float:
        """Customers who bought again / customers × 100."""
        return 100 * self.repeat_customers / self.customers

    @property
    def total(self) -> Expected:
        """Of all customers."""
        found = NOTHING_EXPECTED
        for one in self.expected.values():
            found = found.plus(one)
        return found
