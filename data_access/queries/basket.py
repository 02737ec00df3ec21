"""What is bought together: relationships as they are kept, or counted anew for some days, segments or categories."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from analytics.basket import BOUGHT_TOGETHER, SUBSTITUTE, Basket, Bundles, Found, Item, Level, Rule, Told, rules
from analytics.bundles import bundles
from data_access.basket_lines import lines_of
from data_access.queries.basket_counts import SUBSTITUTES, added_up, anew, counted, with_set
from data_access.queries.basket_query import BasketQuery, BundleQuery
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import ScopedSession, scoped_read
from data_access.stores import Stores

SHOWN: Final = 500
ALL: Final = 2**31 - 1
# Products to choose from, those in most baskets: more would make every run of a page slow.
CHOICES: Final = 1_000
# What the figures rest on beside orders: in the cache's key.
DERIVED: Final = ("pairs", "products", "customers", "parts")


@dataclass(frozen=True, slots=True)
class _Parts:
    """What is kept of parts of the baskets. totals: by part what its baskets come to; whole: all bundles are among
    those that are kept."""

    minimum: int
    totals: Mapping[str, Mapping[str, int]]
    whole: bool
    computed_at: datetime


@dataclass(frozen=True, slots=True)
class ToCount:
    """Baskets that have to be looked through; steps: their lines and pairs."""

    baskets: int = 0
    steps: int = 0


@repeatable
def basket(stores: Stores, scope: Scope, account: str, asked: BasketQuery) -> Basket | None:
    """The relationships asked for; None before they were computed, or without orders.

    Raises NotPermitted, StoreError.
    """
    state = _state(stores, scope, account)
    if state is None:
        return None
    parts = _parts(stores, scope, account) if asked.part or asked.counts else None
    with scoped_read(stores.warehouse, scope, account) as session:
        found = _found(session, asked, json.loads(state["details"]), parts, SHOWN)
    return Basket(as_of=state["as_of"], computed_at=state["computed_at"].astimezone(UTC), **found)


@repeatable
def to_count(stores: Stores, scope: Scope, account: str, asked: BasketQuery | BundleQuery) -> ToCount:
    """What has to be looked through for an answer; nothing where it is kept. Raises NotPermitted, StoreError."""
    state = _state(stores, scope, account)
    if state is None:
        return ToCount()
    parts = _parts(stores, scope, account)
    of = asked.basket if isinstance(asked, BundleQuery) else asked
    if isinstance(asked, BundleQuery):
        kept = of.kept and parts is not None and parts.minimum == asked.minimum
    else:
        kept = _kept_as(of, int(json.loads(state["details"])["minimum"]), parts) is not None
    if kept:
        return ToCount()
    with scoped_read(stores.warehouse, scope, account) as session:
        row = session.rows("read/basket/number", start=of.start, end=of.end)[0]
    return ToCount(int(row["baskets"]), int(row["steps"]))


@repeatable
def basket_choices(stores: Stores, scope: Scope, account: str, level: Level) -> Sequence[tuple[str, str]]:
    """Id and name of what stands in most baskets, to choose from. Raises NotPermitted, StoreError."""
    name = "items" if level is Level.PRODUCT else "categories"
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = session.rows(f"read/basket/{name}", most=CHOICES)
    return tuple((row["id"], row["name"] or row["id"]) for row in rows)


@repeatable
def all_rules(stores: Stores, scope: Scope, account: str, asked: BasketQuery) -> Sequence[Rule]:
    """All that the filters leave, surest first: for the export. Raises NotPermitted, StoreError."""
    scope.require(Right.EXPORT, account)
    state = _state(stores, scope, account)
    if state is None:
        return ()
    parts = _parts(stores, scope, account) if asked.part or asked.counts else None
    with scoped_read(stores.warehouse, scope, account) as session:
        found = _found(session, asked, json.loads(state["details"]), parts, ALL)
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
    parts = _parts(stores, scope, account) if asked.basket.kept else None
    with scoped_read(stores.warehouse, scope, account) as session:
        if parts is not None and parts.minimum == asked.minimum:
            return _kept_bundles(session, parts, most)
        baskets = counted(session, asked.basket)
    size = len(baskets.row)
    sets, whole = bundles(baskets.basket, baskets.item, size, minimum=asked.minimum, total=len(baskets.sizes))
    codes = np.array([code for one in sets[:most] for code in one.products], np.int64)
    items = baskets.named(codes, np.bincount(baskets.item, minlength=size))
    shown = [Found(tuple(items[code] for code in one.products), one.baskets, one.lift) for one in sets[:most]]
    return Bundles(shown, asked.minimum, whole)


@repeatable
def basket_segments(stores: Stores, scope: Scope, account: str, _asked: None = None) -> list[str]:
    """RFM segments that customers are in. Raises NotPermitted, StoreError."""
    with scoped_read(stores.warehouse, scope, account) as session:
        return [row["rfm_segment"] for row in session.rows("read/basket/segments")]


def _state(stores: Stores, scope: Scope, account: str) -> dict[str, Any] | None:
    with scoped_read(stores.operational, scope, account) as session:
        state = session.one("read/products/state", derived="product_relationships_optimized")
    return None if state is None or state["as_of"] is None else state


def _parts(stores: Stores, scope: Scope, account: str) -> _Parts | None:
    """What is kept besides; None where it is not, or rests on other pairs than those that are there. Customers may have
    moved since: the page says up to when they are counted."""
    with scoped_read(stores.operational, scope, account) as session:
        state = session.one("read/basket/parts_state")
    told = json.loads(state["details"]) if state is not None else {}
    if state is None or told.get("rests_on", {}).get("pairs") != int(state["version"]):
        return None
    at = state["computed_at"].astimezone(UTC)
    return _Parts(int(told["minimum"]), told["parts"], bool(told["bundles"]["whole"]), at)


def _kept_bundles(session: ScopedSession, parts: _Parts, most: int) -> Bundles:
    sets = session.rows("read/basket/bundles", most=most)
    ids = sorted({id for one in sets for id in one["items"]})
    rows = session.rows("read/basket/named", ids=ids, codes=[]) if ids else []
    items = {row["id"]: Item(row["id"], row["name"] or row["id"], int(row["baskets"]), row["price"]) for row in rows}
    shown = [Found(tuple(items[id] for id in one["items"]), int(one["baskets"]), one["lift"]) for one in sets]
    return Bundles(shown, parts.minimum, parts.whole)


def _found(
    session: ScopedSession, asked: BasketQuery, told: Mapping[str, Any], parts: _Parts | None, most: int
) -> dict[str, Any]:
    minimum = int(told["minimum"])
    kept = _kept_as(asked, minimum, parts)
    if kept is None:
        return anew(session, asked, minimum, most)
    if parts is not None and asked.counts:
        totals = [parts.totals[part] for part in kept]
        return added_up(session, asked, totals, minimum, most) | {"segments_at": parts.computed_at}
    if parts is not None and kept:
        return _of_part(session, asked, kept[0], parts, most)
    total = int(told["baskets"])
    given, codes = asked.given, []
    if len(given) > 1:
        # Of products that no basket holds nothing is known: the others are asked for.
        rows = session.rows("read/basket/named", ids=list(given), codes=[])
        given, codes = tuple(row["id"] for row in rows) or given, [int(row["code"]) for row in rows]
    counts = {row["relationship_type"]: int(row["directions"]) for row in session.rows("read/basket/counts")}
    instead = _kept_rules(session, total, given, most=2 * SUBSTITUTES, kinds=[SUBSTITUTE])
    if len(codes) > 1:
        shown = _with_set(session, asked, codes, told)[:most]
    else:
        shown = _kept_rules(
            session, total, given, most=most, kinds=BOUGHT_TOGETHER, any_kind=not asked.related,
            least_support=asked.support, least_lift=asked.lift,
        )  # fmt: skip
    held = session.rows("read/basket/held")[0]["products"]
    return {
        "baskets": total,
        "with_others": int(told["baskets_with_others"]),
        "mean_size": int(held) / total if total else None,
        "minimum": minimum,
        "pairs": int(told["pairs"]),
        "bound": sum(counts.get(kind, 0) for kind in BOUGHT_TOGETHER) // 2,
        "rules": shown,
        "substitutes": [one for one in instead if given or one.given.id < one.other.id][:SUBSTITUTES],
    }


def _kept_as(asked: BasketQuery, minimum: int, parts: _Parts | None) -> tuple[str, ...] | None:
    """The parts of the baskets whose kept figures answer it, none where those of all baskets do; None: nothing does."""
    if asked.kept:
        return ()
    if parts is None:
        return None
    if asked.part is not None and parts.minimum == minimum and asked.part in parts.totals:
        return (asked.part,)
    return asked.counts if asked.counts and parts.totals.keys() >= set(asked.counts) else None


def _of_part(session: ScopedSession, asked: BasketQuery, part: str, parts: _Parts, most: int) -> dict[str, Any]:
    """A part of the baskets as it is kept."""
    told, given = parts.totals[part], asked.given
    total = told["baskets"]
    shown = _kept_rules(
        session, total, given, most=most, kinds=BOUGHT_TOGETHER, any_kind=not asked.related,
        least_support=asked.support, least_lift=asked.lift, part=part,
    )  # fmt: skip
    instead = _kept_rules(session, total, given, most=2 * SUBSTITUTES, kinds=[SUBSTITUTE], part=part)
    return {
        "baskets": total,
        "with_others": told["with_others"],
        "mean_size": told["held"] / total if total else None,
        "minimum": parts.minimum,
        "pairs": told["pairs"],
        "bound": told["bound"],
        "rules": shown,
        "substitutes": [one for one in instead if given or one.given.id < one.other.id][:SUBSTITUTES],
        "segments_at": parts.computed_at if asked.segments else None,
    }


def _kept_rules(
    session: ScopedSession,
    total: int,
    given: Sequence[str],
    *,
    most: int,
    kinds: Sequence[str],
    any_kind: bool = False,
    least_support: float = 0.0,
    least_lift: float = 0.0,
    part: str | None = None,
) -> list[Rule]:
    limits = {"least_support": least_support, "least_lift": least_lift, "most": most}
    wanted = {"kinds": list(kinds), "any_kind": any_kind}
    if part is None:
        rows = session.rows("read/basket/pairs", products=list(given), any_product=not given, **wanted, **limits)
    else:
        rows = session.rows(
            "read/basket/part_pairs", part=part, items=list(given), any_item=not given, **wanted, **limits
        )

    def item(row: Mapping[str, Any], side: str) -> Item:
        id = row[f"item_{side}"]
        return Item(id, row[f"name_{side}"] or id, int(row[f"baskets_{side}"]), row[f"price_{side}"])

    told = [
        Told(
            item(row, "a"), item(row, "b"), int(row["baskets"]), row["lift_low"], row["lift_high"],
            row["false_discovery_rate"], row["kind"], row["first_date"], row["last_date"],
        )
        for row in rows
    ]  # fmt: skip
    return rules(told, total)


def _with_set(session: ScopedSession, asked: BasketQuery, codes: Sequence[int], told: Mapping[str, Any]) -> list[Rule]:
    """What is bought with several products, from the baskets that hold them."""
    minimum = int(told["minimum"])
    found = session.rows("read/basket/named", ids=[], codes=list(codes))
    rarest = [int(row["code"]) for row in sorted(found, key=lambda row: (row["baskets"], row["code"]))]
    number, code, day, sizes = lines_of(session.query("read/basket/holding", one=rarest[0], other=rarest[1]))
    held = np.isin(code, rarest)
    whole = np.bincount(number[held], minlength=len(sizes)) == len(rarest)
    line = whole[number] & ~held
    others = code[line], day[line]
    often = np.flatnonzero(np.bincount(others[0]) >= minimum)
    rows = session.rows("read/basket/named", ids=[], codes=often.tolist()) if len(often) else []
    items = {
        int(row["code"]): Item(row["id"], row["name"] or row["id"], int(row["baskets"]), row["price"])
        for row in (*rows, *found)
    }
    given = sorted((items[code] for code in codes), key=lambda item: item.id)
    return with_set(given, int(whole.sum()), others, items, int(told["baskets"]), asked, minimum)
