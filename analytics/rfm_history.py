"""The orders of all customers, from which they are measured at any date and over any window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.rfm_figures import Measured, Whole


@dataclass(frozen=True, slots=True, eq=False)
class OrderHistory:
    """Orders that count, customer by customer, each of whom has one at least, and of each by day.

    starts: the place of each customer's first order, and at its end the number of all. day: days since 1970. earned:
    the net revenue in cents of all orders before each place, one place more than there are orders.
    """

    starts: Whole
    day: npt.NDArray[np.int32]
    earned: Whole

    @classmethod
    def of(cls, orders: Whole, day: npt.NDArray[np.int32], cents: Whole) -> OrderHistory:
        """From the number of each customer's orders, and the day and net revenue of every order."""
        return cls(np.append(0, np.cumsum(orders)), day, np.append(0, np.cumsum(cents)))

    def measured(self, until: int, after: int) -> tuple[Measured, npt.NDArray[np.bool_]]:
        """What the orders of days above `after` and up to `until` measure, of those who have one, and who has one."""
        first, end = self._later_than(after), self._later_than(until)
        held = end > first
        if not held.all():
            first, end = first[held], end[held]
        days = until - self.day[end - 1].astype(np.int64)
        return Measured(days, end - first, self.earned[end] - self.earned[first]), held

    def _later_than(self, day: int) -> Whole:
        """Of each customer the place of the first order after a day, or past the last one."""
        if not len(self.day) or day < int(np.min(self.day)):
            return self.starts[:-1]
        if day >= int(np.max(self.day)):
            return self.starts[1:]
        upto = np.append(np.int32(0), np.cumsum(self.day <= day, dtype=np.int32))
        starts = self.starts[:-1]
        return starts + (upto[self.starts[1:]] - upto[starts])
