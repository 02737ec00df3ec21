"""What is bought together: relationships as they are kept, or counted anew for some days, segments or categories."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.basket import BOUGHT_TOGETHER, SUBSTITUTE, Basket, Bundles, Found, Item, Level, Rule, Told, rules
from analytics.bundles import bundles
from analytics.pair_counts import Numbers, count_pairs
from analytics.pair_measures import false_discovery, independence, lift_interval
from analytics.product_pairs import KINDS, NO_DAY, SIGNIFICANT, Relationships, Shop, relationships
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import ScopedSession, scoped_read
from data_access.stores import Stores

SHOWN: Final = 500
SUBSTITUTES: Final = 50
ALL: Final = 2**31 - 1
# What the figures rest on beside orders: in the cache's key.
DERIVED: Final = ("pairs", "products", "customers")
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class BasketQuery:
    """level: products or categories. start, end: days of the orders, None for all. segments: RFM segments of their
    customers, none for all. given: ids of the products (or categories) that are bought, none for all.

    support (a share, 0–1), lift: at least. related: only pairs that are bought together, else all that were tested.
    """

    level: Level = Level.PRODUCT
    start: date | None = None
    end: date | None = None
    segments: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    support: float = 0.0
    lift: float = 0.0
    related: bool = True

    @property
    def kept(self) -> bool:
        """Whether the answer is kept in the warehouse; else it is counted from the baskets."""
        whole = self.start is None and self.end is None and not self.segments
        return self.level is Level.PRODUCT and whole and len(self.given) < 2


@dataclass(frozen=True, slots=True)
class BundleQuery:
    """Bundles in the baskets of `basket`, in at least `minimum` of them."""

    basket: BasketQuery = field(default_factory=BasketQuery)
    minimum: int = 5


@dataclass(frozen=True, slots=True)
class _Counted:
    """Baskets as lines: number, item and day each; `items` by number; sizes by basket."""

    basket: Numbers
    item: Numbers
    day: Numbers
    sizes: Numbers
    items: Sequence[tuple[str, str, Any]]
    category: Numbers


@repeatable
def basket(stores: Stores, scope: Scope, account: str, asked: BasketQuery) -> Basket | None:
    """The relationships asked for; None before they were computed, or without orders.

    Raises NotPermitted, StoreError.
    """
    state = _state(stores, scope, account)
    if state is None:
        return None
    told: dict[str, Any] = json.loads(state["details"])
    with scoped_read(stores.warehouse, scope, account) as session:
        found = _as_kept(session, asked, told, SHOWN) if asked.kept else _anew(session, asked, told, SHOWN)
    return Basket(as_of=state["as_of"], computed_at=state["computed_at"].astimezone(UTC), **found)


@repeatable
def all_rules(stores: Stores, scope: Scope, account: str, asked: BasketQuery) -> Sequence[Rule]:
    """All that the filters leave, surest first: for the export. Raises NotPermitted, StoreError."""
    scope.require(Right.EXPORT, account)
    state = _state(stores, scope, account)
    if state is None:
        return ()
    told: dict[str, Any] = json.loads(state["details"])
    with scoped_read(stores.warehouse, scope, account) as session:
        found = _as_kept(session, asked, told, ALL) if asked.kept else _anew(session, asked, told, ALL)
    rules: Sequence[Rule] = found["rules"]
    return rules


@repeatable
def found_bundles(stores: Stores, scope: Scope, account: str, asked: BundleQuery) -> Bundles:
    """Sets of three and more, the first that a page shows. Raises NotPermitted, StoreError."""
    return _bundles_of(stores, scope, account, asked, SHOWN)


@repeatable
def all_bundles(stores: Stores, scope: Scope, account: str, asked: BundleQuery) -> Bundles:
    """All of them: for the export. Raises NotPermitted, StoreError."""
    scope.require(Right.EXPORT, account)
    return _bundles_of(stores, scope, account, asked, ALL)


def _bundles_of(stores: Stores, scope: Scope, account: str, asked: BundleQuery, most: int) -> Bundles:
    with scoped_read(stores.warehouse, scope, account) as session:
        counted = _counted(session, asked.basket)
    held = np.bincount(counted.item, minlength=len(counted.items))
    sets, whole = bundles(
        counted.basket, counted.item, len(counted.items), minimum=asked.minimum, total=len(counted.sizes)
    )
    return Bundles(
        [
            Found(tuple(_item(counted, code, held) for code in one.products), one.baskets, one.lift)
            for one in sets[:most]
        ],
        asked.minimum,
        whole,
    )


@repeatable
def basket_segments(stores: Stores, scope: Scope, account: str, _asked: None = None) -> list[str]:
    """RFM segments that customers are in. Raises NotPermitted, StoreError."""
    with scoped_read(stores.warehouse, scope, account) as session:
        return [row["rfm_segment"] for row in session.rows("read/basket/segments")]


def _state(stores: Stores, scope: Scope, account: str) -> dict[str, Any] | None:
    with scoped_read(stores.operational, scope, account) as session:
        state = session.one("read/products/state", derived="product_relationships_optimized")
    return None if state is None or state["as_of"] is None else state


def _as_kept(session: ScopedSession, asked: BasketQuery, told: Mapping[str, Any], most: int) -> dict[str, Any]:
    total, with_others = int(told["baskets"]), int(told["baskets_with_others"])
    products = {
        row["product_id"]: Item(
            row["product_id"], row["product_name"] or row["product_id"], int(row["baskets"]), row["avg_price"]
        )
        for row in session.rows("read/basket/products")
    }
    given = next(iter(asked.given), "")
    wanted = {"product": given, "least_support": asked.support, "least_lift": asked.lift}
    kinds = {"kinds": list(BOUGHT_TOGETHER), "any_kind": not asked.related}
    rows = session.rows("read/basket/pairs", most=most, **wanted, **kinds)
    instead = session.rows(
        "read/basket/pairs", kinds=[SUBSTITUTE], any_kind=False, product=given, least_support=0.0,
        least_lift=0.0, most=2 * SUBSTITUTES,
    )  # fmt: skip
    counts = {row["relationship_type"]: int(row["directions"]) for row in session.rows("read/basket/counts")}
    return {
        "baskets": total,
        "with_others": with_others,
        "mean_size": sum(item.baskets for item in products.values()) / total if total else None,
        "minimum": int(told["minimum"]),
        "pairs": int(told["pairs"]),
        "bound": sum(counts.get(kind, 0) for kind in BOUGHT_TOGETHER) // 2,
        "rules": rules([_kept_rule(row, products) for row in rows], total),
        "substitutes": rules(
            [_kept_rule(row, products) for row in instead if given or row["product_a"] < row["product_b"]], total
        ),
        "items": sorted(products.values(), key=lambda item: (-item.baskets, item.id)),
    }


def _kept_rule(row: Mapping[str, Any], products: Mapping[str, Item]) -> Told:
    return Told(
        given=products[row["product_a"]],
        other=products[row["product_b"]],
        baskets=int(row["co_purchase_count"]),
        low=row["lift_low"],
        high=row["lift_high"],
        q=row["false_discovery_rate"],
        kind=row["relationship_type"],
        first=row["first_co_purchase"],
        last=row["last_co_purchase"],
    )


def _counted(session: ScopedSession, asked: BasketQuery) -> _Counted:
    """The baskets of these days and segments, of products or of categories."""
    products = session.rows("read/basket/products")
    found = session.query(
        "read/basket/baskets", start=asked.start, end=asked.end, segments=list(asked.segments),
        any_segment=not asked.segments,
    )  # fmt: skip
    lists = found["products"].combine_chunks()
    sizes = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    number = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    code = lists.flatten().to_numpy(zero_copy_only=False).astype(np.int64)
    days = found["order_date"].cast(pa.int32()).to_numpy().astype(np.int64)
    names = sorted({row["category"] for row in products})
    places = {name: place for place, name in enumerate(names)}
    category = np.full(max((row["code"] for row in products), default=-1) + 1, -1, np.int64)
    items: list[tuple[str, str, Any]] = [("", "", None)] * len(category)
    for row in products:
        category[row["code"]] = places[row["category"]] if row["category"] else -1
        items[row["code"]] = (row["product_id"], row["product_name"] or row["product_id"], row["avg_price"])
    if asked.level is Level.CATEGORY:
        kept = category[code] >= 0
        # A category stands in a basket once, however many of its products do.
        line = np.sort(number[kept] * len(names) + category[code[kept]])
        line = line[np.append(True, line[1:] != line[:-1])] if len(line) else line
        number, code = line // max(len(names), 1), line % max(len(names), 1)
        sizes = np.bincount(number, minlength=len(sizes)).astype(np.int64)
        items, category = [(name, name, None) for name in names], np.full(len(names), -1, np.int64)
    return _Counted(number, code, days[number], sizes, items, category)


def _item(counted: _Counted, code: int, held: Numbers) -> Item:
    id, name, price = counted.items[code]
    return Item(id, name, int(held[code]), price)


def _anew(session: ScopedSession, asked: BasketQuery, told: Mapping[str, Any], most: int) -> dict[str, Any]:
    counted, minimum = _counted(session, asked), int(told["minimum"])
    size = len(counted.items)
    held = np.bincount(counted.item, minlength=size)
    several = np.bincount(counted.item[counted.sizes[counted.basket] > 1], minlength=size)
    total = int((counted.sizes > 0).sum())
    shop = Shop(held, several, counted.category, total, int((counted.sizes > 1).sum()))
    pairs = count_pairs(counted.basket, counted.item, max(size, 1), day=counted.day)
    found = relationships(shop, pairs, minimum)
    given = [code for code, (id, _, _) in enumerate(counted.items) if id in asked.given] if asked.given else None
    chosen = np.isin(found.a, given) if given is not None else np.ones(len(found), bool)
    kept = chosen & (found.support >= asked.support) & (np.nan_to_num(found.lift) >= asked.lift)
    bound = np.isin(found.kind, [KINDS.index(kind) for kind in BOUGHT_TOGETHER])
    if asked.related:
        kept &= bound
    instead = chosen & (found.kind == KINDS.index(SUBSTITUTE))
    if given is None:
        instead &= found.a < found.b
    items = [_item(counted, code, held) for code in range(size)]
    if given is not None and len(given) > 1:
        shown = _with_set(counted, given, items, total, asked, minimum)[:most]
    else:
        shown = _rules(found, kept, items, total, most)
    return {
        "baskets": total,
        "with_others": shop.total_with_others,
        "mean_size": float(counted.sizes.sum() / total) if total else None,
        "minimum": minimum,
        "pairs": len(found) // 2,
        "bound": int(bound.sum()) // 2,
        "rules": shown,
        "substitutes": _rules(found, instead, items, total, SUBSTITUTES),
        "items": sorted((item for item in items if item.baskets), key=lambda item: (-item.baskets, item.id)),
    }


def _with_set(
    counted: _Counted, given: Sequence[int], items: Sequence[Item], total: int, asked: BasketQuery, minimum: int
) -> list[Rule]:
    """What stands in baskets that hold all of the given, tested as pairs are."""
    size = len(items)
    place = np.isin(counted.item, given)
    whole = np.flatnonzero(np.bincount(counted.basket[place], minlength=len(counted.sizes)) == len(given))
    within = np.isin(counted.basket, whole) & ~place
    both = np.bincount(counted.item[within], minlength=size)
    tested = np.flatnonzero(both >= minimum)
    if not len(tested):
        return []
    held = np.array([items[code].baskets for code in tested.tolist()], np.float64)
    q = false_discovery(independence(both[tested], float(len(whole)), held, float(total)))
    low, high = lift_interval(both[tested], np.full(len(tested), float(len(whole))), held, total)
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, NO_DAY, np.int64)
    np.minimum.at(first, counted.item[within], counted.day[within])
    np.maximum.at(last, counted.item[within], counted.day[within])
    named = Item(
        " + ".join(items[code].id for code in given), " + ".join(items[code].name for code in given), len(whole), None
    )
    told = [
        Told(
            named, items[code], int(both[code]), float(low[row]), float(high[row]), float(q[row]),
            "complement" if q[row] <= SIGNIFICANT and low[row] > 1 else "",
            _EPOCH + timedelta(days=int(first[code])), _EPOCH + timedelta(days=int(last[code])),
        )
        for row, code in enumerate(tested.tolist())
    ]  # fmt: skip
    kept = [
        one
        for one in rules(told, total)
        if (one.kind or not asked.related) and one.support >= asked.support and (one.lift or 0) >= asked.lift
    ]
    return sorted(kept, key=lambda one: (-(one.low or 0), one.other.id))


def _rules(found: Relationships, kept: Any, items: Sequence[Item], total: int, most: int) -> list[Rule]:
    """The kept rows as rules, surest first."""
    places = np.flatnonzero(kept)
    ranked = sorted(
        places.tolist(),
        key=lambda place: (-found.low[place], items[int(found.a[place])].id, items[int(found.b[place])].id),
    )

    def day(days: int) -> date | None:
        return None if days == NO_DAY else _EPOCH + timedelta(days=int(days))

    told = [
        Told(
            items[int(found.a[place])],
            items[int(found.b[place])],
            int(found.n[place]),
            low=float(found.low[place]),
            high=float(found.high[place]),
            q=float(found.q[place]),
            kind=KINDS[found.kind[place]],
            first=day(found.first[place]),
            last=day(found.last[place]),
        )
        for place in ranked[:most]
    ]
    return rules(told, total)
