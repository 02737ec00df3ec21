"""From counts of baskets to relationships: what is bought together, and what perhaps instead of each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.pair_counts import Numbers, PairCounts
from analytics.pair_measures import Floats, false_discovery, independence, lift_interval, measures

KINDS: Final = ("", "frequently_bought", "complement", "substitute")
NONE, FREQUENTLY_BOUGHT, COMPLEMENT, SUBSTITUTE = range(4)
SIGNIFICANT: Final = 0.05
# Co-purchases that chance would have brought, from which on their absence says something.
EXPECTED_OF_SUBSTITUTES: Final = 10
# A confidence from this percentile of the account's on is frequent; a similarity from this of its category's is alike.
FREQUENT_PERCENTILE: Final = 90
ALIKE_PERCENTILE: Final = 75
NO_DAY: Final = np.iinfo(np.int32).min
_ROWS: Final = 512


@dataclass(frozen=True, slots=True)
class Shop:
    """Products by number: the baskets that hold each, those of them with other products too, and its category's number
    (−1: none). total, total_with_others: all baskets, and those of two products or more."""

    baskets: Numbers
    with_others: Numbers
    category: Numbers
    total: int
    total_with_others: int


@dataclass(frozen=True, slots=True)
class Relationships:
    """Tested pairs, one row a direction a → b. n: baskets with both; first, last: days since 1970, NO_DAY without any;
    kind: a place in KINDS; q: the false discovery rate at which it would just be accepted; low, high: ends of the
    lift's 95 % interval. Of possible substitutes q, low and high are those among baskets of two products or more, and
    similarity is the cosine of what both are bought with, else NaN."""

    a: Numbers
    b: Numbers
    n: Numbers
    first: Numbers
    last: Numbers
    support: Floats
    confidence: Floats
    lift: Floats
    low: Floats
    high: Floats
    q: Floats
    similarity: Floats
    kind: Numbers

    def __len__(self) -> int:
        return len(self.n)


def candidates(shop: Shop) -> tuple[Numbers, Numbers]:
    """Pairs a < b of one category that chance alone would bring together EXPECTED_OF_SUBSTITUTES times."""
    needed = EXPECTED_OF_SUBSTITUTES * shop.total_with_others
    found: list[tuple[Numbers, Numbers]] = []
    for members in _by_category(shop.category):
        ranked = members[np.argsort(-shop.with_others[members], kind="stable")]
        often = shop.with_others[ranked].astype(float)
        often = often[often > 0]
        partners = np.searchsorted(-often, -needed / often, side="right") if len(often) else often.astype(int)
        later = np.maximum(partners - np.arange(len(often)) - 1, 0)
        left = np.repeat(np.arange(len(often)), later)
        right = left + 1 + np.arange(len(left)) - np.repeat(np.cumsum(later) - later, later)
        one, other = ranked[left], ranked[right]
        found.append((np.minimum(one, other), np.maximum(one, other)))
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


def _by_category(category: Numbers) -> list[Numbers]:
    order = np.argsort(category, kind="stable")
    edges = np.flatnonzero(np.diff(category[order])) + 1
    return [part for part in np.split(order, edges) if len(part) > 1 and category[part[0]] >= 0]


def relationships(shop: Shop, pairs: PairCounts, minimum: int) -> Relationships:
    """All tested pairs: those of at least `minimum` baskets, and the `candidates` for substitutes.

    pairs: with first and last; at least those of `minimum` baskets and all those of the candidates' products.
    """
    products = len(shop.baskets)
    key = pairs.a.astype(np.int64) * products + pairs.b
    order = np.argsort(key)
    key = key[order]
    left, right = candidates(shop)
    replaceable = np.sort(left.astype(np.int64) * products + right)
    tested = np.union1d(key[pairs.n[order] >= minimum], replaceable)
    place = np.minimum(np.searchsorted(key, tested), max(len(key) - 1, 0))
    held = key[place] == tested if len(key) else np.zeros(len(tested), bool)
    row = order[place[held]]

    def of_pairs(values: Numbers, otherwise: int) -> Numbers:
        taken = np.full(len(tested), otherwise, np.int64)
        taken[held] = values[row]
        return taken

    a, b, n = tested // products, tested % products, of_pairs(pairs.n, 0)
    together, apart = n >= minimum, np.isin(tested, replaceable, assume_unique=True)
    q_together, q_apart = _tested(shop, (a, b, n), together, apart)
    low, high = lift_interval(n, shop.baskets[a], shop.baskets[b], shop.total)
    similarity = np.full(len(tested), np.nan)
    similarity[apart] = _similarity(shop, pairs, a[apart], b[apart])
    low_apart, high_apart = lift_interval(n, shop.with_others[a], shop.with_others[b], shop.total_with_others)
    instead = (
        apart
        & (q_apart <= SIGNIFICANT)
        & (high_apart < 1)
        & (similarity >= _alike_from(shop.category[a], similarity, apart))
    )
    bound = together & (q_together <= SIGNIFICANT) & (low > 1)
    instead &= ~bound
    # What was tested among baskets of several products only is told by that test.
    there = instead | ~together
    figures = (
        np.where(there, low_apart, low),
        np.where(there, high_apart, high),
        np.where(there, q_apart, q_together),
        similarity,
    )
    days = of_pairs(pairs.first, NO_DAY), of_pairs(pairs.last, NO_DAY)
    return _both_ways(shop, (a, b, n), days, figures, bound, instead)


def _tested(
    shop: Shop, pairs: tuple[Numbers, Numbers, Numbers], together: NDArray[np.bool_], apart: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """q of both families of tests, corrected as one; 1 where a pair is not of the family."""
    a, b, n = pairs
    p = np.concatenate(
        (
            independence(n[together], shop.baskets[a[together]], shop.baskets[b[together]], shop.total),
            independence(n[apart], shop.with_others[a[apart]], shop.with_others[b[apart]], shop.total_with_others),
        )
    )
    q = false_discovery(p)
    q_together, q_apart = np.ones(len(n)), np.ones(len(n))
    q_together[together], q_apart[apart] = q[: together.sum()], q[together.sum() :]
    return q_together, q_apart


def _alike_from(category: Numbers, similarity: Floats, apart: NDArray[np.bool_]) -> Floats:
    """For each pair the similarity from which on its category's pairs are alike."""
    limit = np.full(int(np.append(category, 0).max()) + 1, np.inf)
    known = apart & ~np.isnan(similarity)
    for number in np.unique(category[known]):
        limit[number] = np.percentile(similarity[known & (category == number)], ALIKE_PERCENTILE)
    return np.where(apart, limit[np.maximum(category, 0)], np.inf)


def _similarity(shop: Shop, pairs: PairCounts, left: Numbers, right: Numbers) -> Floats:
    """Cosine of what each two products are bought with, other than each other; NaN where one has no company."""
    found = np.full(len(left), np.nan)
    if not len(left):
        return found
    products = len(shop.baskets)
    wanted = np.zeros(products, bool)
    wanted[left] = wanted[right] = True
    one, other = wanted[pairs.a], wanted[pairs.b]
    rows = np.concatenate((pairs.a[one], pairs.b[other]))
    columns = np.concatenate((pairs.b[one], pairs.a[other]))
    counts = np.concatenate((pairs.n[one], pairs.n[other])).astype(float)
    company = sparse.csr_array((counts, (rows, columns)), shape=(products, products))
    length = np.asarray(company.power(2).sum(axis=1)).ravel()
    category = shop.category[left]
    for number in np.unique(category):
        of = np.flatnonzero(category == number)
        members, place = np.unique(np.concatenate((left[of], right[of])), return_inverse=True)
        row, column = place[: len(of)], place[len(of) :]
        mine = company[members]
        columns_of = mine.T.tocsc()
        for start in range(0, len(members), _ROWS):
            within = np.flatnonzero((row >= start) & (row < start + _ROWS))
            if not len(within):
                continue
            both = (mine[start : start + _ROWS] @ columns_of).toarray()
            itself = company[left[of[within]], right[of[within]]]
            itself = np.asarray(itself).ravel() ** 2
            # Without each other: neither product's company is the other one.
            lengths = (length[left[of[within]]] - itself) * (length[right[of[within]]] - itself)
            found[of[within]] = np.divide(
                both[row[within] - start, column[within]],
                np.sqrt(lengths),
                out=np.full(len(within), np.nan),
                where=lengths > 0,
            )
    return found


def _both_ways(
    shop: Shop,
    pairs: tuple[Numbers, Numbers, Numbers],
    days: tuple[Numbers, Numbers],
    figures: tuple[Floats, Floats, Floats, Floats],
    bound: NDArray[np.bool_],
    instead: NDArray[np.bool_],
) -> Relationships:
    a, b, n = pairs
    one, other = np.concatenate((a, b)), np.concatenate((b, a))

    def twice(values: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate((values, values))

    told = measures(twice(n), shop.baskets[one], shop.baskets[other], shop.total)
    known = told.confidence[~np.isnan(told.confidence)]
    often = told.confidence >= (np.percentile(known, FREQUENT_PERCENTILE) if len(known) else np.inf)
    kind = np.where(twice(bound), np.where(often, FREQUENTLY_BOUGHT, COMPLEMENT), NONE)
    kind[twice(instead)] = SUBSTITUTE
    low, high, q, similarity = (twice(values) for values in figures)
    return Relationships(
        one, other, twice(n), twice(days[0]), twice(days[1]), told.support, told.confidence, told.lift,
        low, high, q, similarity, kind,
    )  # fmt: skip
