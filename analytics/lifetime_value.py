"""What customers will order and bring: expected value over a horizon, and calibration.

Expected orders are those of `analytics.repeat_buying`, the value of an order that of `analytics.order_value`. Times are
days; rates (refund, margin, discount) are fractions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analytics.order_value import OrderValues
from analytics.repeat_buying import (
    Fitted,
    Model,
    NotFitted,
    expected_if_alive,
    expected_orders,
    fit,
    histories,
    p_alive,
)

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

DAYS_OF_MONTH: Final = 365 / 12
MOST_ORDERS_APART: Final = 7
LEAST_HELD_OUT_DAYS: Final = 28
MOST_HELD_OUT_DAYS: Final = 182


@dataclass(frozen=True, slots=True)
class Terms:
    """What value is made of beside orders. months: the horizon. discount_rate: a year's, 0 for none. refund_rate: the
    share of gross revenue that is given back. margin_rate: None where none is set: then it is revenue, not value."""

    months: int = 12
    discount_rate: float = 0.0
    refund_rate: float = 0.0
    margin_rate: float | None = None

    @property
    def days(self) -> float:
        """The horizon in days."""
        return self.months * DAYS_OF_MONTH

    @property
    def kept(self) -> float:
        """The share of gross revenue that counts."""
        return (1 - self.refund_rate) * (1.0 if self.margin_rate is None else self.margin_rate)


@dataclass(frozen=True, slots=True)
class Base:
    """Some customers, one place each, in days; columns of one length.

    repeat, last, age: as `repeat_buying.Histories` has them. priced: those of the repeat orders whose value is known.
    mean: the mean value of these, not looked at where there are none.
    """

    repeat: Whole
    last: Floats
    age: Floats
    priced: Whole
    mean: Floats

    @classmethod
    def of(cls, repeat: Any, last: Any, age: Any, mean: Any, priced: Any = None) -> Base:
        """From sequences; without `priced` the value of every repeat order is known."""
        whole = np.asarray(repeat, np.int64)
        known = whole if priced is None else np.asarray(priced, np.int64)
        return cls(
            whole, np.asarray(last, np.float64), np.asarray(age, np.float64), known, np.asarray(mean, np.float64)
        )

    def at(self, places: Any) -> Base:
        """The customers at some places."""
        return Base(*(getattr(self, name)[places] for name in self.__slots__))


def discounted_orders(fitted: Fitted, repeat: Any, age: Any, terms: Terms) -> Floats:
    """Expected orders within the horizon of customers who are alive, those of a later month worth less.

    A month's orders are discounted from its middle. Without a discount rate: the expected orders.
    """
    if terms.discount_rate == 0:
        return expected_if_alive(fitted, repeat, age, terms.days)
    found = np.zeros(np.shape(repeat))
    before = np.zeros(np.shape(repeat))
    for month in range(1, terms.months + 1):
        upto = expected_if_alive(fitted, repeat, age, month * DAYS_OF_MONTH)
        found += (upto - before) / (1 + terms.discount_rate) ** ((month - 0.5) / 12)
        before = upto
    return found


@dataclass(frozen=True, slots=True)
class Valued:
    """One place a customer. alive: P(alive), 0–1. orders: expected within the horizon. order_value: expected gross
    value of one, in currency. value: what they bring within the horizon after refunds (and costs, where a margin is
    set)."""

    alive: Floats
    orders: Floats
    order_value: Floats
    value: Floats


def valued(fitted: Fitted, values: OrderValues, base: Base, terms: Terms) -> Valued:
    """Every customer's expectations."""
    data, places = histories(base.repeat, base.last, base.age)
    alive = p_alive(fitted, data.repeat, data.last, data.age)
    orders = alive * expected_if_alive(fitted, data.repeat, data.age, terms.days)
    counted = orders if terms.discount_rate == 0 else alive * discounted_orders(fitted, data.repeat, data.age, terms)
    order_value = values.expected(base.priced, base.mean)
    return Valued(alive[places], orders[places], order_value, counted[places] * order_value * terms.kept)


def exact_sums(groups: Whole, values: Floats, count: int) -> list[float]:
    """Sums of values by group, 0 to count − 1, each rounded once: the same whatever order the values come in."""
    order = np.argsort(groups, kind="stable")
    ends = np.searchsorted(groups[order], np.arange(count + 1))
    ordered = values[order]
    return [math.fsum(ordered[start:end].tolist()) for start, end in pairwise(ends)]


@dataclass(frozen=True, slots=True)
class FrequencyClass:
    """Customers with so many repeat orders before the split (the last class: that many or more), and their mean orders
    after it, predicted and actual."""

    repeat: int
    customers: int
    predicted: float
    actual: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fit on the orders before a day, held against those after it. held_out_days: how many days that are."""

    held_out_days: int
    classes: tuple[FrequencyClass, ...]

    @property
    def predicted(self) -> float:
        """Orders of all customers after the split, as predicted."""
        return sum(one.customers * one.predicted for one in self.classes)

    @property
    def actual(self) -> float:
        """The orders that came."""
        return sum(one.customers * one.actual for one in self.classes)

    @property
    def error_pct(self) -> float | None:
        """(predicted − actual) / actual × 100; None where no orders came."""
        return (self.predicted - self.actual) / self.actual * 100 if self.actual else None


def held_out_days(history_days: int) -> int:
    """How many of the last days are held out: a third of the history, at most half a year; 0 where too few are left."""
    days = min(history_days // 3, MOST_HELD_OUT_DAYS)
    return days if days >= LEAST_HELD_OUT_DAYS else 0


def calibrated(
    repeat: Any, last: Any, age: Any, after: Any, days: int, model: Model = Model.MBG_NBD
) -> Calibration | NotFitted:
    """Fits histories as they were at the split and compares with the orders of the `days` after it.

    after: each customer's order days after the split.
    """
    data, places = histories(repeat, last, age)
    fitted = fit(data, model)
    if isinstance(fitted, NotFitted):
        return fitted
    predicted = expected_orders(fitted, data.repeat, data.last, data.age, days)[places]
    return by_frequency(repeat, predicted, after, days)


def by_frequency(repeat: Any, predicted: Any, after: Any, days: int) -> Calibration:
    """Predicted and actual orders by the number of repeat orders before the split, empty classes left out."""
    classes = np.minimum(np.asarray(repeat, np.int64), MOST_ORDERS_APART)
    customers = np.bincount(classes, minlength=MOST_ORDERS_APART + 1)
    sums = [exact_sums(classes, np.asarray(x, np.float64), MOST_ORDERS_APART + 1) for x in (predicted, after)]
    return Calibration(
        days,
        tuple(
            FrequencyClass(number, int(count), sums[0][number] / int(count), sums[1][number] / int(count))
            for number, count in enumerate(customers)
            if count
        ),
    )
