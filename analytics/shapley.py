"""Shares of a change that add up to it: each factor's Shapley value (Shapley 1953), exact and to the cent.

A change is what a function of n factors gives with all factors of now less what it gives with all of before. A factor's
share is what it adds on top of others, averaged over all orders in which factors can change.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Final

CENT: Final = Decimal("0.01")


def shapley(factors: int, value: Callable[[Collection[int]], Fraction]) -> list[Fraction]:
    """What each factor (0 … factors − 1) adds to value(all) − value(none), exactly; their sum has no rest.

    `value` is asked once of each subset: what the figure is where these factors are as now and the others as before.
    So it takes 2 to the power of `factors` calls. Raises ValueError for a negative number of factors.
    """
    if factors < 0:
        raise ValueError(f"there is no change of {factors} factors")
    subsets = [frozenset(s) for size in range(factors + 1) for s in combinations(range(factors), size)]
    held = {subset: Fraction(value(subset)) for subset in subsets}
    weights = [Fraction(factorial(size) * factorial(factors - size - 1), factorial(factors)) for size in range(factors)]
    return [
        sum(
            (weights[len(s)] * (held[s | {factor}] - held[s]) for s in subsets if factor not in s),
            Fraction(0),
        )
        for factor in range(factors)
    ]


def to_cents(parts: Sequence[Fraction], step: Decimal = CENT) -> list[Decimal]:
    """Parts rounded to whole steps whose sum is that of the parts, by the largest remainder; ties go to the first.

    A part that is a whole number of steps stays as it is. Raises ValueError where the sum is no whole number of steps.
    """
    unit = Fraction(step)
    total = sum(parts, Fraction(0)) / unit
    if total.denominator != 1:
        raise ValueError(f"parts that add up to {float(total * unit)} cannot be rounded to steps of {step}")
    floors = [part / unit // 1 for part in parts]
    left = int(total) - sum(floors)
    order = sorted(range(len(parts)), key=lambda i: (floors[i] - parts[i] / unit, i))
    raised = set(order[:left])
    return [step * (floor + (1 if i in raised else 0)) for i, floor in enumerate(floors)]
