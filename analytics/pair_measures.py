"""How strongly products go together, and how sure that is: measures and tests over whole columns of pairs.

All take numbers of baskets as arrays of one length (or single numbers): n_ab with both products, n_a and n_b with each,
baskets in all. A measure whose denominator is 0 is NaN. Formulas: Brin et al. 1997 (lift, conviction), Piatetsky-
Shapiro 1991 (leverage), Zhang 2000, Wu, Chen & Han 2010 (Kulczynski); tests: Fisher 1935, Benjamini & Hochberg 1995,
Clopper & Pearson 1934.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Floats = NDArray[np.floating[Any]]
# The expected count from which on the chi-squared test takes the place of Fisher's.
CHI_SQUARED_FROM: Final = 10
# Outcomes count as no likelier than the observed one up to this rounding of their probabilities.
_AS_LIKELY: Final = 1 + 1e-7
_NEGLIGIBLE: Final = 1e-18
_BEYOND: Final = 1e290


@dataclass(frozen=True, slots=True)
class Measures:
    """Of the rule A → B, as shares (0–1) where they are shares. conviction of a rule without exception is NaN."""

    support: Floats
    confidence: Floats
    lift: Floats
    leverage: Floats
    conviction: Floats
    zhang: Floats
    jaccard: Floats
    kulczynski: Floats


def measures(n_ab: ArrayLike, n_a: ArrayLike, n_b: ArrayLike, baskets: ArrayLike) -> Measures:
    """support = P(AB), confidence = P(B|A), lift = P(AB) / (P(A) P(B)), leverage = P(AB) − P(A) P(B), conviction =
    (1 − P(B)) / (1 − P(B|A)), Zhang = leverage / max(P(AB)(1 − P(A)), P(A)(P(B) − P(AB))), Jaccard = AB / (A or B),
    Kulczynski = the mean of both confidences."""
    ab, a, b, n = (np.asarray(value, float) for value in (n_ab, n_a, n_b, baskets))
    confidence = _ratio(ab, a)
    leverage = _ratio(ab * n - a * b, n * n)
    return Measures(
        support=_ratio(ab, n),
        confidence=confidence,
        lift=_ratio(ab * n, a * b),
        leverage=leverage,
        conviction=_ratio((n - b) * a, n * (a - ab)),
        zhang=_ratio(leverage, np.maximum(_ratio(ab * (n - a), n * n), _ratio(a * (b - ab), n * n))),
        jaccard=_ratio(ab, a + b - ab),
        kulczynski=(confidence + _ratio(ab, b)) / 2,
    )


def _ratio(above: Floats, below: Floats) -> Floats:
    shape = np.broadcast_shapes(above.shape, below.shape)
    found: Floats = np.divide(above, below, out=np.full(shape, np.nan), where=below != 0)
    return found


def independence(n_ab: ArrayLike, n_a: ArrayLike, n_b: ArrayLike, baskets: ArrayLike) -> Floats:
    """Two-sided p of n_ab if both products were bought independently: the chi-squared test without correction where
    n_a × n_b / baskets is at least CHI_SQUARED_FROM, else Fisher's exact test."""
    ab, a, b, n = (np.atleast_1d(np.asarray(value, float)) for value in (n_ab, n_a, n_b, baskets))
    ab, a, b, n = np.broadcast_arrays(ab, a, b, n)
    p = np.ones(ab.shape)
    many = a * b >= CHI_SQUARED_FROM * n
    free = (n - a) * (n - b)
    # Where a product is in every basket there is nothing to be independent of.
    tested = many & (free > 0)
    off = ab[tested] * n[tested] - a[tested] * b[tested]
    p[tested] = special.erfc(np.sqrt(off / (a * b)[tested] * off / free[tested] * n[tested] / 2))
    p[~many] = fisher(ab[~many], a[~many], b[~many], n[~many])
    return p


def fisher(n_ab: Floats, n_a: Floats, n_b: Floats, baskets: Floats) -> Floats:
    """Two-sided p of Fisher's exact test: outcomes no likelier than the observed one, over all; 0 below about 1e-290.

    Every outcome's probability is told relative to the observed one's by the recursion of the hypergeometric
    distribution, so that no factorial of a large number is needed.
    """
    if not len(n_ab):
        return np.empty(0)
    unlikely, likely = np.ones(len(n_ab)), np.zeros(len(n_ab))
    for direction in (1, -1):
        _sum_outcomes(n_ab, n_a, n_b, baskets, direction, (unlikely, likely))
    return unlikely / (unlikely + likely)


def _sum_outcomes(ab: Floats, a: Floats, b: Floats, n: Floats, direction: int, sums: tuple[Floats, Floats]) -> None:
    """Adds the outcomes above (1) or below (−1) the observed ones to those no likelier than it and to the others."""
    unlikely, likely = sums
    place = np.arange(len(ab))
    x: Floats = ab
    weight: Floats = np.ones(len(ab))
    rest = n - a - b
    while len(place):
        if direction == 1:
            ratio = (a - x) * (b - x) / ((x + 1) * (rest + x + 1))
        else:
            ratio = x * (rest + x) / ((a - x + 1) * (b - x + 1))
        weight = weight * ratio
        x = x + direction
        rare = weight <= _AS_LIKELY
        unlikely[place] += np.where(rare, weight, 0)
        likely[place] += np.where(rare, 0, weight)
        # Beyond the mode each ratio is smaller than the one before: what comes is less than this one's geometric sum.
        on = (weight > 0) & ~((ratio < 0.5) & (weight < _NEGLIGIBLE)) & (weight < _BEYOND)
        if not on.all():
            place = place[on]
            x, weight, a, b, rest = x[on], weight[on], a[on], b[on], rest[on]


def false_discovery(p: Floats) -> Floats:
    """q by Benjamini and Hochberg: the false discovery rate at which each test would just be accepted."""
    order = np.argsort(p)
    tests = len(p)
    scaled = p[order] * tests / np.arange(1, tests + 1)
    q = np.empty(tests)
    q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1)
    return q


def lift_interval(
    n_ab: ArrayLike, n_a: ArrayLike, n_b: ArrayLike, baskets: int, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Both ends of the lift's interval: Clopper–Pearson of n_ab among all baskets, over the share expected."""
    count, place = np.unique(np.asarray(n_ab, float), return_inverse=True)
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(count > 0, special.betaincinv(count, baskets - count + 1, tail), 0)
        high = np.where(count < baskets, special.betaincinv(count + 1, baskets - count, 1 - tail), 1)
    expected = _ratio(np.asarray(n_a, float) * np.asarray(n_b, float), np.asarray(float(baskets) ** 2))
    return _ratio(low[place], expected), _ratio(high[place], expected)
