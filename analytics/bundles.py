"""Sets of three and more products that are bought together: frequent item sets by their baskets (Zaki 2000, Eclat)."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.pair_counts import Numbers, PairCounts, count_pairs

# Sets looked at, at most: the most frequent ones first, so that a large shop waits for what matters.
MOST_TRIED: Final = 4_000
LARGEST: Final = 5
# Bytes of what is kept of products' baskets while sets are looked for.
MEMORY: Final = 200_000_000
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
    held = _Held(basket, product, products, pairs)
    after: dict[int, list[int]] = {}
    for a, b in zip(pairs.a.tolist(), pairs.b.tolist(), strict=True):
        after.setdefault(a, []).append(b)
    together = {(a, b) for a, following in after.items() for b in following}
    found: list[Bundle] = []
    order = np.argsort(-pairs.n, kind="stable")
    # The baskets of a pair are looked up when its turn comes: all of them at once would take gigabytes.
    stack: list[tuple[tuple[int, ...], Bits | None]] = [
        ((int(pairs.a[row]), int(pairs.b[row])), None) for row in order[::-1][-MOST_TRIED:]
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
            if bits is None:
                bits = held.bits(one[0]) & held.bits(one[1])
            both = bits & held.bits(code)
            count = int(np.bitwise_count(both).sum())
            if count < minimum:
                continue
            larger = (*one, code)
            expected = float(np.prod(single[list(larger)] / total)) * total
            found.append(Bundle(larger, count, count / expected))
            if len(larger) < largest:
                stack.append((larger, both))
    return sorted(found, key=lambda bundle: (-bundle.baskets, bundle.products)), whole


class _Held:
    """For each product of a pair a bit a basket of at least three such products, made when it is asked for."""

    def __init__(self, basket: Numbers, product: Numbers, products: int, pairs: PairCounts) -> None:
        paired = np.zeros(products, np.bool_)
        paired[pairs.a] = paired[pairs.b] = True
        kept = paired[product]
        basket, product = basket[kept], product[kept]
        large = np.bincount(basket) > 2
        kept = large[basket]
        basket, product = basket[kept], product[kept]
        self._size = int(large.sum())
        self._numbers = (np.cumsum(large) - 1)[basket[np.argsort(product, kind="stable")]]
        self._starts = np.append(0, np.cumsum(np.bincount(product, minlength=products)))
        self._made: OrderedDict[int, Bits] = OrderedDict()

    def bits(self, code: int) -> Bits:
        found = self._made.get(code)
        if found is not None:
            self._made.move_to_end(code)
            return found
        held = np.zeros(self._size, np.bool_)
        held[self._numbers[self._starts[code] : self._starts[code + 1]]] = True
        found = self._made[code] = np.packbits(held)
        while len(self._made) * len(found) > MEMORY:
            self._made.popitem(last=False)
        return found
