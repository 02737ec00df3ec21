"""Order lines of a shop that never was: seeded Arrow columns sorted by order, for what is timed at ten million."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ints = NDArray[np.int64]
DAYS: Final = 730
SEED: Final = 20_261_121


@dataclass(frozen=True, slots=True)
class Shape:
    """How many of what. sizes: the share of orders with 1, 2, … lines; skew: the exponent by which products sell."""

    orders: int
    customers: int
    products: int
    sizes: tuple[float, ...]
    skew: float = 0.8


SHOP: Final = Shape(4_000_000, 1_000_000, 20_000, (0.1, 0.3, 0.6))
# Grocery: one to sixty lines, twelve on average, few of them long.
GROCERY: Final = Shape(
    833_000, 200_000, 20_000, tuple((np.exp(-np.arange(60) / 12.6) / np.exp(-np.arange(60) / 12.6).sum()).tolist())
)


def scaled(shape: Shape, part: float) -> Shape:
    """The same shop with a part of its orders and customers."""
    return Shape(
        max(1, int(shape.orders * part)), max(1, int(shape.customers * part)), shape.products, shape.sizes, shape.skew
    )


def order_lines(shape: Shape, seed: int = SEED) -> pa.Table:
    """Columns order_number (int64, ascending), day (int32, days since 1970, ascending), customer (int32), product
    (int32, distinct within an order), cents (int64, the line's total), quantity (int32)."""
    dice = np.random.default_rng(seed)
    sizes = dice.choice(np.arange(1, len(shape.sizes) + 1), shape.orders, p=shape.sizes)
    order = np.repeat(np.arange(shape.orders, dtype=np.int64), sizes)
    product = _without_repeats(order, shape, dice)
    first_day = 20_000
    day = first_day + (np.arange(shape.orders, dtype=np.int64) * DAYS // shape.orders)
    # A customer's number squared: some buy often, most once or twice.
    customer = (shape.customers * dice.random(shape.orders) ** 1.5).astype(np.int32)
    price = dice.integers(300, 20_000, shape.products)
    quantity = dice.choice(np.array([1, 1, 1, 2, 3]), len(order)).astype(np.int32)
    return pa.table(
        {
            "order_number": order,
            "day": day[order].astype(np.int32),
            "customer": customer[order],
            "product": product,
            "cents": price[product] * quantity,
            "quantity": quantity,
        }
    )


def _without_repeats(order: Ints, shape: Shape, dice: np.random.Generator) -> NDArray[np.int32]:
    """Products by popularity, thrown again where an order has one twice; some go together with the next in the list."""
    weights = 1.0 / np.arange(1, shape.products + 1) ** shape.skew
    limits = np.cumsum(weights / weights.sum())
    # Popularity must not follow the number of a product.
    names = dice.permutation(shape.products)

    def thrown(count: int) -> Ints:
        return np.minimum(np.searchsorted(limits, dice.random(count)), shape.products - 1)

    rank = thrown(len(order))
    follows = (dice.random(len(order)) < 0.1) & np.append(False, order[1:] == order[:-1])
    rank[follows] = (rank[np.flatnonzero(follows) - 1] ^ 1) % shape.products
    while True:
        key = order * shape.products + rank
        place = np.argsort(key, kind="stable")
        again = place[1:][key[place][1:] == key[place][:-1]]
        if not len(again):
            return names[rank].astype(np.int32)
        rank[again] = thrown(len(again))


def as_text(numbers: Any, prefix: str) -> pa.Array:
    """Numbers as a shop's own ids: the prefix and the number."""
    strings = pa.array(numbers).cast(pa.string())
    return pa.compute.binary_join_element_wise(pa.scalar(prefix), strings, "")
