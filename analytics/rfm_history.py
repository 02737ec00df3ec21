"""The orders of all customers, from which they are measured at any date and over any window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.rfm_figures import Measured, Whole

Some = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class OrderHistory:
    """Orders that count, customer by customer, each of whom has one at least, and of each by day.

    starts: the place of each customer's first order, and at its end the number of all. day: days since 1970. earned:
    the net revenue in cents of all orders before each place, one place more than there are orders.
    """

    starts: Whole
    day: Some
    earned: Whole
    first_day: int
    last_day: int

    @classmethod
    def of(cls, orders: Sequence[Some], days: Sequence[Some], cents: Sequence[Some]) -> OrderHistory:
        """From the number of each customer's orders, and the day and net revenue of every order, in parts."""
        day: Some = np.concatenate([np.empty(0, np.int8), *days])
        ends = (int(np.min(day)), int(np.max(day))) if len(day) else (0, 0)
        return cls(_running(orders), day, _running(cents), *ends)

    def measured(self, until: int, after: int) -> tuple[Measured, npt.NDArray[np.bool_]]:
        """What the orders of days above `after` and up to `until` measure, of those who have one, and who has one."""
        if after < self.first_day and until >= self.last_day and len(self.day):
            # All orders of everybody: what stands between two customers' places is looked up once.
            days = np.subtract(until, self.day[self.starts[1:] - 1], dtype=np.int32)
            orders, cents = np.diff(self.starts).astype(np.int32), np.diff(self.earned[self.starts])
            return Measured(days, orders, cents), np.ones(len(days), np.bool_)
        first, end = self._later_than(after), self._later_than(until)
        held = end > first
        if not held.all():
            first, end = first[held], end[held]
        days = np.subtract(until, self.day[end - 1], dtype=np.int32)
        cents = self.earned[end]
        cents -= self.earned[first]
        end -= first
        return Measured(days, end.astype(np.int32), cents), held

    def _later_than(self, day: int) -> Whole:
        """Of each customer the place of the first order after a day, or past the last one: an array of its own."""
        if not len(self.day) or day < self.first_day:
            return self.starts[:-1].copy()
        if day >= self.last_day:
            return self.starts[1:].copy()
        upto = np.zeros(len(self.day) + 1, np.int32)
        np.cumsum(self.day <= day, dtype=np.int32, out=upto[1:])
        found = upto[self.starts]
        return self.starts[:-1] + (found[1:] - found[:-1])


def _running(parts: Sequence[Some]) -> Whole:
    """The sum of all values before each place, and of all."""
    found = np.zeros(sum(map(len, parts)) + 1, np.int64)
    at = 0
    for part in parts:
        own = found[at + 1 : at + 1 + len(part)]
        np.cumsum(part, dtype=np.int64, out=own)
        own += found[at]
        at += len(part)
    return found
