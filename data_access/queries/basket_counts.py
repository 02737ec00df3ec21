"""What is counted from the baskets themselves: for some days, segments or categories, and for sets of products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.basket import BOUGHT_TOGETHER, Item, Rule, Told, rules
from analytics.pair_counts import Numbers, PairCounts
from analytics.pair_measures import false_discovery, independence, lift_interval
from analytics.product_pairs import KINDS, NO_DAY, SIGNIFICANT, SUBSTITUTE, Relationships, Shop, relationships
from data_access.basket_lines import Counted, lines_of, numbered, of_ids, related
from data_access.queries.basket_query import BasketQuery
from data_access.scoped import ScopedSession

SUBSTITUTES: Final = 50
_EPOCH: Final = date(1970, 1, 1)


def counted(session: ScopedSession, asked: BasketQuery) -> Counted:
    """The baskets of these days and segments, of products or of categories. Raises StoreError."""
    found = session.query(
        "read/basket/baskets", start=asked.start, end=asked.end, segments=list(asked.segments),
        any_segment=not asked.segments,
    )  # fmt: skip
    lines = lines_of(found)
    del found
    return numbered(lines, session.query("read/basket/products"), asked.level)


def anew(session: ScopedSession, asked: BasketQuery, minimum: int, most: int) -> dict[str, Any]:
    """All that a Basket tells but when it was computed. Raises StoreError."""
    baskets = counted(session, asked)
    shop, found = related(baskets, minimum)
    held = int(baskets.sizes.sum())
    return _told(asked, baskets, shop, found, held=held, minimum=minimum, most=most)


def added_up(
    session: ScopedSession, asked: BasketQuery, totals: Sequence[Mapping[str, int]], minimum: int, most: int
) -> dict[str, Any]:
    """The same of categories, from the kept counts of each of the segments. totals: what the baskets of each come to.

    Raises StoreError.
    """
    rows = session.query("read/basket/part_counts", parts=list(asked.counts))
    ids = sorted(set(rows["item_a"].to_pylist()))
    a, b = (pc.index_in(rows[side], value_set=pa.array(ids, pa.string())).to_numpy() for side in ("item_a", "item_b"))
    n = rows["baskets"].cast(pa.int64()).to_numpy()
    first, last = (rows[day].cast(pa.date32()).cast(pa.int32()).to_numpy() for day in ("first_date", "last_date"))
    one, held = a == b, np.zeros(len(ids), np.int64)
    held[a[one]] = n[one]
    pair = ~one
    pairs = PairCounts(np.minimum(a, b)[pair], np.maximum(a, b)[pair], n[pair], first[pair], last[pair])
    size, several, lines = (sum(total[what] for total in totals) for what in ("baskets", "with_others", "held"))
    none = np.full(len(ids), -1, np.int64)
    # What is in baskets of several is asked of possible substitutes only, which categories have none of.
    shop = Shop(held, held, none, size, several)
    return _told(asked, of_ids(ids), shop, relationships(shop, pairs, minimum), held=lines, minimum=minimum, most=most)


def _told(
    asked: BasketQuery, baskets: Counted, shop: Shop, found: Relationships, *, held: int, minimum: int, most: int
) -> dict[str, Any]:
    """held: products (or categories) of all baskets, those of one basket once."""
    given = baskets.numbers(asked.given) if asked.given else None
    chosen = np.isin(found.a, given) if given is not None else np.ones(len(found), bool)
    kept = chosen & (found.support >= asked.support) & (np.nan_to_num(found.lift) >= asked.lift)
    bound = np.isin(found.kind, [KINDS.index(kind) for kind in BOUGHT_TOGETHER])
    if asked.related:
        kept &= bound
    instead = chosen & (found.kind == SUBSTITUTE)
    if given is None:
        instead &= found.a < found.b
    total = shop.total
    if given is not None and len(given) > 1:
        of_set = np.isin(baskets.item, given)
        whole = np.bincount(baskets.basket[of_set], minlength=len(baskets.sizes)) == len(given)
        line = whole[baskets.basket] & ~of_set
        others = baskets.item[line], baskets.day[line]
        items = baskets.named(np.append(others[0], given), shop.baskets)
        ids = [items[code] for code in given]
        shown = with_set(ids, int(whole.sum()), others, items, total, asked, minimum)[:most]
    else:
        shown = _rules(found, kept, baskets, shop, most)
    return {
        "baskets": total,
        "with_others": shop.total_with_others,
        "mean_size": held / total if total else None,
        "minimum": minimum,
        "pairs": len(found) // 2,
        "bound": int(bound.sum()) // 2,
        "rules": shown,
        "substitutes": _rules(found, instead, baskets, shop, SUBSTITUTES),
    }


def with_set(
    given: Sequence[Item],
    whole: int,
    within: tuple[Numbers, Numbers],
    items: Mapping[int, Item],
    total: int,
    asked: BasketQuery,
    minimum: int,
) -> list[Rule]:
    """What stands in the `whole` baskets that hold all of the given, tested as pairs are, surest first.

    within: number and day of each other line of these baskets. items: by number, at least those in `minimum` of them.
    """
    item, day = within
    both = np.bincount(item)
    tested = np.flatnonzero(both >= minimum)
    if not len(tested):
        return []
    held = np.array([items[code].baskets for code in tested.tolist()], np.float64)
    q = false_discovery(independence(both[tested], float(whole), held, float(total)))
    low, high = lift_interval(both[tested], np.full(len(tested), float(whole)), held, total)
    first, last = np.full(len(both), np.iinfo(np.int64).max), np.full(len(both), NO_DAY, np.int64)
    np.minimum.at(first, item, day)
    np.maximum.at(last, item, day)
    named = Item(" + ".join(one.id for one in given), " + ".join(one.name for one in given), whole, None)
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


def _rules(found: Relationships, kept: Any, baskets: Counted, shop: Shop, most: int) -> list[Rule]:
    """The kept rows as rules, surest first."""
    places = np.flatnonzero(kept)
    places = places[np.argsort(-found.low[places], kind="stable")]
    # As many as are wanted, and those that are as sure as the last of them: ids decide between these.
    if len(places) > most:
        places = places[found.low[places] >= found.low[places[most - 1]]]
    items = baskets.named(np.concatenate((found.a[places], found.b[places])), shop.baskets)
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
    return rules(told, shop.total)
