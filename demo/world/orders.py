"""Orders: baskets, prices, discounts, and what is later cancelled or refunded. All money in minor units (integers)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from demo.world.catalog import COMPLEMENT, Catalog
from demo.world.clock import DAY, HOUR, Zone
from demo.world.people import People
from demo.world.profile import AccountPlan

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

CODES = ("", "WELCOME10", "SPRING15", "SUMMER20", "VIP20", "COMEBACK15", "FRIENDS25", "FREEGIFT")
DEPTHS = (0, 10, 15, 20, 20, 15, 25, 100)
AUTOMATIC, CODE = 1, 2
FULFILLED, CANCELLED, REFUNDED = 1, 2, 3
NO_AMOUNT = -1


@dataclass(frozen=True)
class Orders:
    """Arrays by order (O), by line (L, sorted by order) and by later event (A: fulfilment, cancellation, refund).

    `value` = subtotal - discount + shipping. `currency` 0 is the account's, others index `plan.foreign`. A line's
    `line_discount` adds up to the order's. `after_amount` NO_AMOUNT: the event has no $value; `after_line` -1: the
    whole order.
    """

    profile: Ints
    ts: Ints
    number: Ints
    value: Ints
    subtotal: Ints
    discount: Ints
    discount_kind: Ints
    code: Ints
    shipping: Ints
    currency: Ints
    shopify: Bools
    device: Ints
    source: Ints
    landing: Ints
    line_order: Ints
    line_product: Ints
    line_variant: Ints
    line_quantity: Ints
    line_price: Ints
    line_discount: Ints
    first_line: Ints
    lines: Ints
    after_order: Ints
    after_kind: Ints
    after_ts: Ints
    after_amount: Ints
    after_line: Ints
    after_reason: Ints
    event_id_only: Bools

    @property
    def size(self) -> int:
        return len(self.ts)


def _baskets(rng: np.random.Generator, catalog: Catalog, favourite: Ints) -> tuple[Ints, Ints]:
    """(order, product) pairs, distinct, with partners added and substitutes kept apart."""
    orders = len(favourite)
    cumulative = np.cumsum(catalog.popularity)

    def draw(count: int) -> Ints:
        return cast(Ints, np.minimum(np.searchsorted(cumulative, rng.random(count)), catalog.size - 1))

    main = draw(orders)
    loyal = rng.random(orders) < 0.45
    bounds = np.searchsorted(catalog.category, np.arange(int(np.max(catalog.category)) + 2))
    for number in range(len(bounds) - 1):
        rows = np.flatnonzero(loyal & (favourite == number))
        low, high = int(bounds[number]), int(bounds[number + 1])
        if len(rows) and high > low:
            own = np.cumsum(catalog.popularity[low:high])
            main[rows] = low + np.minimum(np.searchsorted(own, rng.random(len(rows)) * own[-1]), high - low - 1)
    parts_order, parts_product = [np.arange(orders)], [main]
    for chance in (0.38, 0.34, 0.3, 0.25):
        previous_order, previous = parts_order[-1], parts_product[-1]
        partner = catalog.partner[previous]
        both = (partner >= 0) & (rng.random(len(previous)) < COMPLEMENT)
        more = ~both & (rng.random(len(previous)) < chance)
        rows = np.flatnonzero(both | more)
        if not len(rows):
            break
        extra = draw(len(rows))
        parts_order.append(previous_order[rows])
        parts_product.append(np.where(both[rows], partner[rows], extra))
    order, product = np.concatenate(parts_order), np.concatenate(parts_product)
    rank = np.arange(len(order))
    by = np.lexsort((rank, product, order))
    order, product = order[by], product[by]
    keep = np.ones(len(order), dtype=bool)
    keep[1:] = (order[1:] != order[:-1]) | (product[1:] != product[:-1])
    order, product = order[keep], product[keep]
    group = catalog.group[product]
    unique = np.where(group >= 0, group, catalog.size + np.arange(len(product)))
    by = np.lexsort((rank[: len(order)], unique, order))
    keep = np.ones(len(order), dtype=bool)
    keep[1:] = (order[by][1:] != order[by][:-1]) | (unique[by][1:] != unique[by][:-1])
    chosen = np.sort(by[keep])
    return order[chosen], product[chosen]


def _spread(amount: Ints, gross: Ints, line_order: Ints, last: Bools, orders: int) -> Ints:
    """An order's amount over its lines, pro rata by gross value, rounded down; the last line takes the rest."""
    total = np.bincount(line_order, weights=gross, minlength=orders).astype(np.int64)
    part = amount[line_order] * gross // np.maximum(total[line_order], 1)
    given = np.bincount(line_order, weights=np.where(last, 0, part), minlength=orders).astype(np.int64)
    return cast(Ints, np.where(last, amount[line_order] - given[line_order], part))


def build_orders(
    plan: AccountPlan, rng: np.random.Generator, people: People, catalog: Catalog, zone: Zone, end: int
) -> Orders:
    profile, ts = people.order_profile, people.order_ts
    count = len(ts)
    line_order, line_product = _baskets(rng, catalog, people.favourite[profile])
    total_lines = len(line_order)
    quantity = 1 + (rng.random(total_lines) < 0.14) + (rng.random(total_lines) < 0.04) * rng.integers(1, 4, total_lines)
    years = np.maximum((ts - int(ts[0])) // (365 * DAY), 0)
    price = catalog.price[line_product] + catalog.price[line_product] * 3 * years[line_order] // 100 // 10 * 10
    gross = price * quantity
    subtotal = np.bincount(line_order, weights=gross, minlength=count).astype(np.int64)
    first = np.searchsorted(line_order, np.arange(count))
    lines = np.diff(np.append(first, total_lines))

    draw = rng.random(count)
    local_day = zone.day(ts)
    month = (local_day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)) % 12
    sale = (month == 10) & (((local_day + 4) % 7 >= 3) | (rng.random(count) < 0.3))
    kind = np.where(draw < 0.21, CODE, np.where(draw < np.where(sale, 0.6, 0.27), AUTOMATIC, 0))
    code = np.where(kind == CODE, rng.integers(1, len(CODES) - 1, count), 0)
    free = rng.random(count) < 0.005
    code = np.where(free, len(CODES) - 1, code)
    kind = np.where(free, CODE, kind)
    depth = np.where(kind == AUTOMATIC, rng.choice([10, 15, 20, 30], count), np.array(DEPTHS)[code])
    discount = subtotal * depth // 100
    shipping = np.where((subtotal - discount >= 6000) | free, 0, 495)
    foreign = np.where(rng.random(count) < 0.018, 1 + rng.integers(0, len(plan.foreign), count), 0)
    last = np.zeros(total_lines, dtype=bool)
    last[first + lines - 1] = True

    orders_value = subtotal - discount + shipping
    after = _afterlife(
        rng, ts, orders_value, first, lines, gross, _spread(discount, gross, line_order, last, count), end
    )
    return Orders(
        profile=profile,
        ts=ts,
        number=np.arange(count) + 1000,
        value=orders_value,
        subtotal=subtotal,
        discount=discount,
        discount_kind=kind,
        code=code,
        shipping=shipping,
        currency=foreign,
        shopify=rng.random(count) < plan.shopify_share,
        device=np.where(rng.random(count) < 0.85, people.device[profile], rng.integers(0, 3, count)),
        source=rng.choice(4, count, p=[0.86, 0.06, 0.05, 0.03]).astype(np.int64),
        landing=rng.choice(6, count, p=[0.3, 0.2, 0.18, 0.14, 0.1, 0.08]).astype(np.int64),
        line_order=line_order,
        line_product=line_product,
        line_variant=catalog.first_variant[line_product]
        + (rng.random(total_lines) * catalog.variants[line_product]).astype(np.int64),
        line_quantity=quantity.astype(np.int64),
        line_price=price,
        line_discount=_spread(discount, gross, line_order, last, count),
        first_line=first.astype(np.int64),
        lines=lines.astype(np.int64),
        event_id_only=rng.random(count) < 0.004,
        **after,
    )


def _afterlife(
    rng: np.random.Generator,
    ts: Ints,
    value: Ints,
    first: Ints,
    lines: Ints,
    gross: Ints,
    line_discount: Ints,
    end: int,
) -> dict[str, Ints]:
    """Fulfilments, cancellations and refunds, in no order. Refunds come after days or months, some twice."""
    count = len(ts)
    fate = rng.random(count)
    cancelled = fate < 0.027
    full = (fate >= 0.027) & (fate < 0.055)
    partial = (fate >= 0.055) & (fate < 0.1)
    both = cancelled & (rng.random(count) < 0.15)
    returned = rng.random(count)
    delay = (
        np.where(
            returned < 0.7,
            rng.gamma(3, 4 * DAY, count),
            np.where(returned < 0.92, rng.gamma(4, 14 * DAY, count), 150 * DAY),
        ).astype(np.int64)
        + 2 * DAY
    )
    rows: list[tuple[Ints, int, Ints, Ints, Ints]] = []

    def add(which: Bools, kind: int, when: Ints, amount: Ints, line: Ints) -> None:
        order = np.flatnonzero(which)
        rows.append((order, kind, when[order], amount[order], line[order]))

    whole = np.full(count, -1, dtype=np.int64)
    none = np.full(count, NO_AMOUNT, dtype=np.int64)
    silent = rng.random(count) < 0.25
    add(~cancelled, FULFILLED, ts + rng.integers(4 * HOUR, 60 * HOUR, count), value, whole)
    stop = ts + rng.integers(600, 50 * HOUR, count)
    add(cancelled, CANCELLED, stop, value, whole)
    refund_of_cancelled = np.where(rng.random(count) < 0.6, stop + 3 * HOUR, np.maximum(stop - 1800, ts + 60))
    add(both, REFUNDED, refund_of_cancelled, value, whole)
    add(full, REFUNDED, ts + delay, np.where(silent, none, value), whole)
    picked = first + (rng.random(count) * lines).astype(np.int64)
    net = gross - line_discount
    by_line = partial & (rng.random(count) < 0.6)
    add(by_line, REFUNDED, ts + delay, np.where(silent, none, net[picked]), picked)
    flat = np.maximum(value * rng.integers(10, 60, count) // 100, 100)
    add(partial & ~by_line, REFUNDED, ts + delay, flat, whole)
    again = (partial | full) & (rng.random(count) < 0.12)  # a second refund: the sum may exceed the order's value
    add(again, REFUNDED, ts + delay + 20 * DAY, np.maximum(value * 7 // 10, 100), whole)
    order = np.concatenate([row[0] for row in rows])
    kind = np.concatenate([np.full(len(row[0]), row[1], dtype=np.int64) for row in rows])
    when = np.concatenate([row[2] for row in rows])
    amount = np.concatenate([row[3] for row in rows])
    line = np.concatenate([row[4] for row in rows])
    kept = (when < end) & ((value[order] > 0) | (kind != REFUNDED))
    return {
        "after_order": order[kept],
        "after_kind": kind[kept],
        "after_ts": when[kept],
        "after_amount": amount[kept],
        "after_line": line[kept],
        "after_reason": rng.integers(0, 5, int(kept.sum())),
    }
