"""Whether one share is larger than another, or only looks so: variations of a message against each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LEVEL: Final = 0.05


@dataclass(frozen=True, slots=True)
class Difference:
    """Two shares: their difference in points with its 95 % interval, and the two-sided p-value of no difference."""

    points: float
    low: float
    high: float
    p_value: float


def two_proportions(a: float, n: float, b: float, m: float) -> Difference | None:
    """a of n against b of m: the pooled z test, and Newcombe's (1998) interval from two Wilson intervals.

    None where one of them is empty, or where all or none of both did: then nothing tells them apart.
    """
    if n <= 0 or m <= 0 or not 0 < a + b < n + m:
        return None
    first, second, pooled = a / n, b / m, (a + b) / (n + m)
    z = (first - second) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    (low_1, high_1), (low_2, high_2) = wilson(a, n), wilson(b, m)
    difference = first - second
    return Difference(
        difference * 100,
        (difference - math.hypot(first - low_1, high_2 - second)) * 100,
        (difference + math.hypot(high_1 - first, second - low_2)) * 100,
        math.erfc(abs(z) / math.sqrt(2)),
    )


def wilson(a: float, n: float) -> tuple[float, float]:
    """Wilson's (1927) 95 % interval of a share a / n."""
    z = 1.959963984540054
    share = a / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(centre - half, 0.0), min(centre + half, 1.0)


@dataclass(frozen=True, slots=True)
class Winner:
    """The variation with the largest share, against the next best.

    sure: the difference to the next best is significant at LEVEL. More variations need no stricter level: the more are
    equal, the nearer the two best of them come to each other, so that two are the worst case.
    """

    place: int
    against: int
    difference: Difference
    sure: bool


def winner(counts: Sequence[tuple[float, float]]) -> Winner | None:
    """The best of several (successes, tries); None with fewer than two, or where nothing tells them apart."""
    held = [place for place, (_, tries) in enumerate(counts) if tries > 0]
    if len(held) < 2:
        return None
    best, second = sorted(held, key=lambda place: (-counts[place][0] / counts[place][1], place))[:2]
    difference = two_proportions(*counts[best], *counts[second])
    if difference is None:
        return None
    return Winner(best, second, difference, difference.points > 0 and difference.p_value < LEVEL)
