"""RFM scores: how recently, how often and for how much a customer bought, against the account's other customers.

Recency is in days to the as-of date (fewest are best), frequency in orders, monetary in the account's currency.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analytics.ordered_values import OrderedValues

Scores = npt.NDArray[np.int64]
Values = npt.NDArray[Any]

QUINTILES: Final = 5
THIRDS: Final = 3
# Klaviyo's own recency: bought within 180 days, within a year, longer ago.
KLAVIYO_RECENT_DAYS: Final = 180
KLAVIYO_LAPSING_DAYS: Final = 365


def rank_scores(values: Values, *, groups: int = QUINTILES, fewest_best: bool = False) -> Scores:
    """Scores 1 (worst) to `groups` by rank, equal values equal: min(groups, 1 + floor(groups × percent_rank)).

    percent_rank = customers with a strictly worse value / (n − 1), kept in whole numbers. Where all values are equal
    (n = 1 too) everybody gets the middle score, 3 of 5 and 2 of 3. Values: one number a customer, none missing.
    """
    count = len(values)
    if count == 0:
        return np.empty(0, np.int64)
    distinct, places, sizes = np.unique(values, return_inverse=True, return_counts=True)
    if len(distinct) == 1:
        return np.full(count, (groups + 1) // 2, np.int64)
    below = np.cumsum(sizes) - sizes
    worse = count - below - sizes if fewest_best else below
    scores = np.minimum(groups, 1 + groups * worse.astype(np.int64) // (count - 1))
    return scores[places]


# Above and below every value: limits that no value passes, and that all pass.
NO_VALUE: Final = 2**62


def score_limits(values: Values, groups: int = QUINTILES) -> list[int]:
    """The values above which the next score begins, groups − 1 of them: the same scores as by rank.

    Of n sorted values it is the one at place ⌈k (n − 1) / groups⌉ for k = 1 …; where all values are equal, half of the
    limits are passed by all, the others by none. values: whole numbers, higher is better.
    """
    return limits_of(OrderedValues(values) if len(values) else None, groups)


def limits_of(values: OrderedValues | None, groups: int = QUINTILES) -> list[int]:
    """The same, of values that are in order already; None: there are none."""
    if values is None or values.low == values.high:
        half = (groups - 1) // 2
        return [-NO_VALUE] * half + [NO_VALUE] * (groups - 1 - half)
    return [values.at(-(-k * (values.size - 1) // groups) - 1) for k in range(1, groups)]


def scores_above(values: Values, limits: Sequence[int]) -> Scores:
    """1 and one more for each limit that a value is above."""
    found = np.ones(len(values), np.int64)
    for limit in limits:
        found += values > limit
    return found


def code(recency: Values, frequency: Values, monetary: Values) -> Scores:
    """The three digits of rfm_score as one number: 5, 4, 1 → 541."""
    found: Scores = recency.astype(np.int64)
    return found * 100 + frequency.astype(np.int64) * 10 + monetary


def quintile_codes(recency_days: Values, orders: Values, net_revenue: Values) -> Scores:
    """rfm_score, 111 to 555, of each customer among all that are given."""
    return code(
        rank_scores(recency_days, fewest_best=True),
        rank_scores(orders),
        rank_scores(net_revenue),
    )


def klaviyo_codes(recency_days: Values, orders: Values, net_revenue: Values) -> Scores:
    """Klaviyo's codes, 111 to 333: recency by its fixed days, frequency and monetary in thirds."""
    recency = np.where(recency_days <= KLAVIYO_RECENT_DAYS, 3, np.where(recency_days <= KLAVIYO_LAPSING_DAYS, 2, 1))
    return code(
        recency.astype(np.int64),
        rank_scores(orders, groups=THIRDS),
        rank_scores(net_revenue, groups=THIRDS),
    )


@dataclass(frozen=True, slots=True)
class CutOffs:
    """Fixed limits that an admin sets: four a measure, each the least that earns the next score.

    recency_days: (30, 90, 180, 365) gives 5 up to 30 days, 4 up to 90, … 1 beyond 365. orders and net_revenue: (2, 3,
    5, 10) gives 1 below 2, 2 from 2 on, … 5 from 10 on. Raises ValueError where limits do not rise strictly.
    """

    recency_days: tuple[int, int, int, int]
    orders: tuple[int, int, int, int]
    net_revenue: tuple[float, float, float, float]

    def __post_init__(self) -> None:
        for name in ("recency_days", "orders", "net_revenue"):
            limits = getattr(self, name)
            if any(low >= high for low, high in pairwise(limits)):
                said = ", ".join(f"{limit:,g}" for limit in limits)
                raise ValueError(f"The limits of {name.replace('_', ' ')} have to rise: {said} do not")

    def codes(self, recency_days: Values, orders: Values, net_revenue: Values) -> Scores:
        """rfm_score, 111 to 555, of each customer; it does not depend on the other customers."""
        recency = QUINTILES - np.searchsorted(self.recency_days, recency_days, side="left")
        frequency = 1 + np.searchsorted(self.orders, orders, side="right")
        monetary = 1 + np.searchsorted(self.net_revenue, net_revenue, side="right")
        return code(recency, frequency, monetary)
