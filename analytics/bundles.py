"""Sets of three and more products that are bought together: frequent item sets by their baskets (Zaki 2000, Eclat)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.pair_counts import Numbers, count_pairs

# Sets looked at, at most: the most frequent ones first, so that a large shop waits for what matters.
MOST_TRIED: Final = 4_000
LARGEST: Final = 5
Bits = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Products (numbers, ascending), the baskets that hold all of them, and by how much that is more than by chance."""

    products: tuple[int, ...]
    baskets: int
    lift: float


def bundles(
    basket: Numbers, product: Numbers, products: int, *, minimum: int, total: int, largest: int = LARGEST
) -> tuple[list[Bundle], bool]:
    """All sets of three to `largest` products in at least `minimum` baskets, the most frequent first, and whether all
    were looked at. One entry a line as for `count_pairs`; total: all baskets, those of one product too.

    lift: share of baskets with all / the product of each one's share.
    """
    pairs = count_pairs(basket, product, products, minimum=minimum)
    if not len(pairs):
        return [], True
    single = np.bincount(product, minlength=products)
    frequent = np.unique(np.concatenate((pairs.a, pairs.b)))
    held = _held(basket, product, frequent)
    place = {int(code): row for row, code in enumerate(frequent)}
    after: dict[int, list[int]] = {}
    for a, b in zip(pairs.a.tolist(), pairs.b.tolist(), strict=True):
        after.setdefault(a, []).append(b)
    together = {(a, b) for a, following in after.items() for b in following}
    found: list[Bundle] = []
    order = np.argsort(-pairs.n, kind="stable")
    stack: list[tuple[tuple[int, ...], Any]] = [
        ((int(pairs.a[row]), int(pairs.b[row])), held[place[int(pairs.a[row])]] & held[place[int(pairs.b[row])]])
        for row in order[::-1][-MOST_TRIED:]
    ]
    tried, whole = 0, len(pairs) <= MOST_TRIED
    while stack:
        one, bits = stack.pop()
        for code in after.get(one[-1], ()):
            if any((other, code) not in together for other in one[:-1]):
                continue
            tried += 1
            if tried > MOST_TRIED * LARGEST:
                whole = False
                stack.clear()
                break
            both = bits & held[place[code]]
            count = int(np.bitwise_count(both).sum())
            if count < minimum:
                continue
            larger = (*one, code)
            expected = float(np.prod(single[list(larger)] / total)) * total
            found.append(Bundle(larger, count, count / expected))
            if len(larger) < largest:
                stack.append((larger, both))
    return sorted(found, key=lambda bundle: (-bundle.baskets, bundle.products)), whole


def _held(basket: Numbers, product: Numbers, frequent: Numbers) -> Bits:
    """For each frequent product a bit a basket of at least three of them."""
    kept = np.isin(product, frequent)
    basket, product = basket[kept], product[kept]
    _, number, size = np.unique(basket, return_inverse=True, return_counts=True)
    large = size[number] > 2
    number, product = np.unique(number[large], return_inverse=True)[1], product[large]
    baskets = int(np.max(number)) + 1 if len(number) else 0
    rows = np.searchsorted(frequent, product)
    bits = np.zeros((len(frequent), -(-baskets // 8)), np.uint8)
    np.bitwise_or.at(bits, (rows, number >> 3), (1 << (number & 7)).astype(np.uint8))
    return bits
