"""Which products stand together in how many baskets, counted over whole columns.

Two ways, by how often a pair comes again. Where pairs are few (baskets of two or three), their numbers are sorted and
runs counted: 32-bit numbers sort fastest. Where they explode (groceries), products are numbered by popularity and pairs
are made slab by slab: the few popular products have most pairs and few cells, which a table counts; the long tail is
sorted. A slab holds about SLAB_PAIRS pairs, which bounds memory whatever the baskets' size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.integer[Any]]
# Lines looked at together: they and the numbers made of them stay in the processor's cache.
BLOCK: Final = 1 << 18
SLAB_PAIRS: Final = 1 << 23
# Pairs up to which all of them are sorted at once.
SORTED_PAIRS: Final = 1 << 25
MOST_PRODUCTS: Final = 1 << 24
_KEY_BITS: Final = 64
_DAY_BITS: Final = 31
# Cells a pair up to which a table is less work than sorting.
_SPARSE: Final = 4


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Pairs of products a < b with n, the number of baskets that hold both, in no order.

    first, last: days since 1970 of the earliest and the latest of these baskets; empty where days were not asked for.
    """

    a: Numbers
    b: Numbers
    n: Numbers
    first: Numbers
    last: Numbers

    def __len__(self) -> int:
        return len(self.n)


def count_pairs(
    basket: Numbers, product: Numbers, products: int, *, day: Numbers | None = None, minimum: int = 1
) -> PairCounts:
    """All pairs of at least `minimum` baskets.

    One entry a line: basket (equal numbers stand together), product (from 0, below `products`; distinct within a
    basket), day (days since 1970). Raises ValueError for more than MOST_PRODUCTS products, and where the days lie
    further apart than 64 bits tell beside two products: of MOST_PRODUCTS 179 years, of fewer more.
    """
    if products > MOST_PRODUCTS:
        raise ValueError(f"Pairs can be counted of {MOST_PRODUCTS:,} products, not of {products:,}")
    if minimum > 1:
        # A pair is in no more baskets than either of its products.
        kept = (np.bincount(product, minlength=products) >= minimum)[product]
        if not kept.all():
            basket, product, day = basket[kept], product[kept], None if day is None else day[kept]
    earliest, bits = 0, 0
    if day is not None:
        earliest, latest = (int(np.min(day)), int(np.max(day))) if len(day) else (0, 0)
        # A bit even for one day: a pair with days is told from one without.
        bits = max((latest - earliest).bit_length(), 1)
        if (products**2 - 1).bit_length() + bits > _KEY_BITS or bits > _DAY_BITS:
            raise ValueError(f"Pairs of {products:,} products cannot be counted over {latest - earliest:,} days")
        day = (day.astype(np.int64) - earliest).astype(np.int32)
    if _pairs_within(basket) > SORTED_PAIRS:
        found = _by_slabs(basket, product, day, products, minimum, bits)
    else:
        found = _split(_runs(_keys(basket, product, day, products, bits), bits, minimum), products)
    if earliest:
        found.first[:] += earliest
        found.last[:] += earliest
    return found


def _pairs_within(basket: Numbers) -> int:
    """How many pairs the baskets hold."""
    sizes = np.diff(np.append(_starts(basket), len(basket)))
    return int((sizes * (sizes - 1) // 2).sum())


def _starts(basket: Numbers) -> Numbers:
    edge = np.ones(len(basket), bool)
    np.not_equal(basket[1:], basket[:-1], out=edge[1:])
    return np.flatnonzero(edge)


def _blocks(basket: Numbers) -> Iterator[slice]:
    """Places of BLOCK lines or a few more, cut between baskets."""
    start, lines = 0, len(basket)
    while start < lines:
        end = min(lines, start + BLOCK)
        while end < lines and basket[end] == basket[end - 1]:
            end += 1
        yield slice(start, end)
        start = end


def _partners(basket: Numbers, place: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """The places, each with that of the line one further on in the same basket, then two further on, and so forth."""
    step = 1
    while len(place):
        place = place[: np.searchsorted(place, len(basket) - step)]
        place = place[basket[place] == basket[place + step]]
        if len(place):
            yield place, place + step
        step += 1


def _keys(basket: Numbers, product: Numbers, day: Numbers | None, products: int, bits: int) -> Numbers:
    """Numbers of all pairs: a × products + b, and the day in the lowest bits."""
    kind = np.uint32 if day is None and products <= 1 << 16 else np.uint64
    parts = []
    for block in _blocks(basket):
        what = product[block].astype(kind)
        when = None if day is None else day[block].astype(np.uint64)
        for left, right in _partners(basket[block], np.arange(len(what))):
            one, other = what[left], what[right]
            key = np.minimum(one, other)
            key *= kind(products)
            key += np.maximum(one, other, out=other)
            if when is not None:
                key <<= np.uint64(bits)
                key |= when[left]
            parts.append(key)
    return np.concatenate(parts) if parts else np.empty(0, kind)


_Runs = tuple[Numbers, Numbers, Numbers, Numbers]


def _runs(keys: Numbers, bits: int, minimum: int) -> _Runs:
    """Each pair's number, how often it comes, and its first and last day; bits: those of the day, 0 without."""
    keys.sort()
    days = np.empty(0, np.int32)
    pairs = keys >> np.uint64(bits) if bits else keys
    start = _starts(pairs)
    n = np.diff(np.append(start, len(pairs)))
    if minimum > 1:
        enough = n >= minimum
        start, n = start[enough], n[enough]
    if not bits:
        return pairs[start], n, days, days
    mask = np.uint64((1 << bits) - 1)
    first, last = ((keys[at] & mask).astype(np.int32) for at in (start, start + n - 1))
    return pairs[start], n, first, last


def _split(runs: _Runs, width: int, lowest: int = 0) -> PairCounts:
    key, n, first, last = runs
    a = key // key.dtype.type(width)
    b = key - a * key.dtype.type(width)
    return PairCounts(a.astype(np.int32) + np.int32(lowest), b.astype(np.int32) + np.int32(lowest), n, first, last)


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines by basket, within it the most popular product first; products are numbered by popularity.

    after: how many lines of the basket stand after a line. bits: those that a day needs.
    """

    product: Numbers
    after: Numbers
    day: Numbers | None
    bits: int


def _by_slabs(
    basket: Numbers, product: Numbers, day: Numbers | None, products: int, minimum: int, bits: int
) -> PairCounts:
    """The same where pairs are many: slabs of products, the most popular ones first."""
    popular = np.argsort(-np.bincount(product, minlength=products), kind="stable").astype(np.int32)
    number = np.empty(products, np.int32)
    number[popular] = np.arange(products, dtype=np.int32)
    starts = _starts(basket)
    sizes = np.diff(np.append(starts, len(basket)))
    line = np.repeat(np.arange(len(starts), dtype=np.uint64) << np.uint64(24), sizes)
    line |= number[product].astype(np.uint64)
    line.sort()
    line &= np.uint64(MOST_PRODUCTS - 1)
    after = (np.repeat(starts + sizes, sizes) - np.arange(1, len(basket) + 1)).astype(np.int32)
    lines = _Lines(line.astype(np.int32), after, day, bits)
    del line, starts, sizes
    pairs_of = np.bincount(lines.product, weights=after, minlength=products).astype(np.int64)
    up_to = np.cumsum(pairs_of)
    found: list[PairCounts] = []
    low = done = 0
    while low < products:
        high = max(low + 1, int(np.searchsorted(up_to, done + SLAB_PAIRS, side="right")))
        pairs = int(up_to[high - 1]) - done
        if pairs:
            found.append(_slab(lines, pairs, (low, high, products), minimum))
        low, done = high, done + pairs
    a, b, n, first, last = (
        np.concatenate([getattr(part, name) for part in found]) for name in ("a", "b", "n", "first", "last")
    )
    found.clear()
    a, b = popular[a], popular[b]
    return PairCounts(np.minimum(a, b), np.maximum(a, b), n, first, last)


def _slab(lines: _Lines, pairs: int, bounds: tuple[int, int, int], minimum: int) -> PairCounts:
    """Pairs whose first product is in [low, high): so many as `pairs` says, before equal ones are put together."""
    low, high, products = bounds
    width = products - low
    cells = (high - low) * width
    keys, days = np.empty(pairs, np.int64), np.empty(pairs if lines.day is not None else 0, np.int32)
    places = np.flatnonzero((lines.product >= low) & (lines.product < high))
    places = places[lines.after[places] > 0]
    done = np.concatenate(([0], np.cumsum(lines.after[places], dtype=np.int64)))
    cuts = np.unique(np.append(np.searchsorted(done, np.arange(0, pairs, BLOCK)), len(places)))
    for start, end in pairwise(cuts):
        # The lines after each place stand together: one run of places a line, all runs at once.
        place, after, into = places[start:end], lines.after[places[start:end]], slice(done[start], done[end])
        right = np.repeat(place + 1 - done[start:end], after)
        right += np.arange(done[start], done[end])
        key = np.repeat((lines.product[place].astype(np.int64) - low) * width - low, after)
        np.add(key, lines.product[right], out=keys[into])
        if lines.day is not None:
            days[into] = np.repeat(lines.day[place], after)
    if cells > _SPARSE * pairs:
        if lines.day is None:
            return _split(_runs(keys, 0, minimum), width, low)
        dated = (keys.astype(np.uint64) << np.uint64(lines.bits)) | days.astype(np.uint64)
        return _split(_runs(dated, lines.bits, minimum), width, low)
    counts = np.bincount(keys, minlength=cells)
    cell = np.flatnonzero(counts >= minimum)
    if lines.day is None:
        return _split((cell, counts[cell], days, days), width, low)
    first, last = np.full(cells, np.iinfo(np.int32).max, np.int32), np.full(cells, -1, np.int32)
    np.minimum.at(first, keys, days)
    np.maximum.at(last, keys, days)
    return _split((cell, counts[cell], first[cell], last[cell]), width, low)
