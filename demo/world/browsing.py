"""What people do in the shop around and between their orders: views, baskets, checkouts, sessions, sign-ups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demo.world.catalog import Catalog
from demo.world.clock import DAY, Demand
from demo.world.orders import Orders
from demo.world.people import People

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Browsing:
    """Pairs of (profile, second) and what was touched: a product, or for a checkout an order (-1: left behind)."""

    view_profile: Ints
    view_ts: Ints
    view_product: Ints
    cart_profile: Ints
    cart_ts: Ints
    cart_product: Ints
    checkout_profile: Ints
    checkout_ts: Ints
    checkout_line: Ints


def build_browsing(
    rng: np.random.Generator, demand: Demand, people: People, catalog: Catalog, orders: Orders, views: int, end: int
) -> Browsing:
    lines = len(orders.line_order)
    seen = np.flatnonzero(rng.random(lines) < 0.5)
    order = orders.line_order[seen]
    near_ts = orders.ts[order] - rng.integers(120, 5000, len(seen))
    idle = max(views - len(seen), 20)
    visitor = rng.integers(0, people.size, idle)
    moment = demand.moments(rng.random(idle) * demand.total)
    known = moment > people.created[visitor]
    visitor, moment = visitor[known], moment[known]
    looked = np.minimum(np.searchsorted(np.cumsum(catalog.popularity), rng.random(len(visitor))), catalog.size - 1)
    cart = np.flatnonzero(rng.random(lines) < 0.36)
    cart_order = orders.line_order[cart]
    begun = np.flatnonzero(rng.random(orders.size) < 0.72)
    left = rng.integers(0, lines, max(len(begun) // 3, 5))
    left_order = orders.line_order[left]
    left_ts = orders.ts[left_order] - rng.integers(DAY, 9 * DAY, len(left))
    stays = left_ts > people.created[orders.profile[left_order]]
    left, left_order, left_ts = left[stays], left_order[stays], left_ts[stays]
    return Browsing(
        view_profile=np.concatenate([orders.profile[order], visitor]),
        view_ts=np.minimum(np.concatenate([near_ts, moment]), end - 1),
        view_product=np.concatenate([orders.line_product[seen], looked]),
        cart_profile=orders.profile[cart_order],
        cart_ts=orders.ts[cart_order] - rng.integers(60, 3000, len(cart)),
        cart_product=orders.line_product[cart],
        checkout_profile=np.concatenate([orders.profile[begun], orders.profile[left_order]]),
        checkout_ts=np.concatenate([orders.ts[begun] - rng.integers(40, 900, len(begun)), left_ts]),
        checkout_line=np.concatenate([orders.first_line[begun], left]),
    )
