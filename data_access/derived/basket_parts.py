"""basket_relationships and basket_bundles: what the page Basket is asked for besides pairs of products in all orders.

Pairs of categories, pairs of products in the orders of each RFM segment's customers, and bundles of three and more are
counted from the baskets that the pairs rest on, after pairs or customers have been computed anew. They are what the
page would count if it were asked, with the same minimum; customers are in the segments that they are in by then.

Categories in each segment's orders are kept as mere counts, of all pairs: what several segments' come to is tested by
the page. Of products such counts would be as many as the pairs of all baskets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.account import DEFAULT_MINIMUM_PAIR_COUNT
from analytics.basket import BOUGHT_TOGETHER, CATEGORIES, COUNTED, Level, segment_categories, segment_part
from analytics.bundles import bundles
from analytics.pair_counts import count_pairs
from analytics.product_pairs import KINDS, NO_DAY, Relationships, Shop
from data_access.basket_lines import Counted, lines_of, numbered, related
from data_access.derived.frame import Changes, DerivedTable, Details, Run
from data_access.engines.base import Session

NAME: Final = "basket_parts"
# Pairs of categories in a segment's baskets up to which their counts are kept: more take long to add up for a page.
KEPT_COUNTS: Final = 50_000
_RELATED = pa.schema(
    [
        ("part", pa.string()),
        ("item_a", pa.string()),
        ("item_b", pa.string()),
        ("baskets_a", pa.int64()),
        ("baskets_b", pa.int64()),
        ("baskets", pa.int64()),
        ("first_date", pa.date32()),
        ("last_date", pa.date32()),
        ("kind", pa.string()),
        ("support", pa.float64()),
        ("lift", pa.float64()),
        ("lift_low", pa.float64()),
        ("lift_high", pa.float64()),
        ("false_discovery_rate", pa.float64()),
    ]
)
_BUNDLES = pa.schema(
    [("items", pa.list_(pa.string())), ("place", pa.int64()), ("baskets", pa.int64()), ("lift", pa.float64())]
)


def rebuild(run: Run) -> Details:
    """All of it, from the baskets as the pairs have them. Raises StoreError."""
    with run.pair.operational() as session:
        row = session.one("derive/pair_terms", account=run.account)
    minimum = int((json.loads(row["value"]) if row else None) or DEFAULT_MINIMUM_PAIR_COUNT)
    parts: dict[str, dict[str, int]] = {}
    with run.pair.warehouse() as session:
        products = session.query("derive/part_products", account=run.account)
        products = products.append_column("price", pa.nulls(products.num_rows, pa.decimal128(18, 2)))
        found: list[pa.Table] = []
        sets, whole = _bundles(session, run, products, minimum)
        for part, baskets in _parts(session, run, products):
            if part.startswith(COUNTED):
                counts = _counts(part, baskets)
                if counts.num_rows <= KEPT_COUNTS:
                    found.append(counts)
                    parts[part] = _sizes(baskets)
                continue
            shop, pairs = related(baskets, minimum)
            found.append(_table(part, baskets, shop, pairs))
            parts[part] = _totals(baskets, pairs)
        session.stage("part_bundles", sets)
        session.stage("part_relationships", pa.concat_tables([_RELATED.empty_table(), *found]))
        session.execute("derive/parts_put", account=run.account)
    return {"minimum": minimum, "parts": parts, "bundles": {"whole": whole, "sets": sets.num_rows}}


def update(run: Run, _: Changes) -> Details:
    """The same: measures of all pairs change with every order. Raises StoreError."""
    return rebuild(run)


def _bundles(session: Session, run: Run, products: pa.Table, minimum: int) -> tuple[pa.Table, bool]:
    """Sets of three products and more in all baskets; whether all were looked at."""
    lines = lines_of(session.query("derive/baskets", account=run.account))
    baskets = numbered(lines, products, Level.PRODUCT)
    sets, whole = bundles(baskets.basket, baskets.item, len(baskets.row), minimum=minimum, total=len(baskets.sizes))
    ids = products["id"].to_pylist()
    columns = {
        "items": [[ids[baskets.row[code]] for code in one.products] for one in sets],
        "place": np.arange(len(sets)),
        "baskets": [one.baskets for one in sets],
        "lift": [one.lift for one in sets],
    }
    return pa.table(columns, _BUNDLES), whole


def _parts(session: Session, run: Run, products: pa.Table) -> Iterator[tuple[str, Counted]]:
    """Each part of the baskets, one after another: together they would take as much memory as all baskets again."""
    lines = lines_of(session.query("derive/baskets", account=run.account))
    yield CATEGORIES, numbered(lines, products, Level.CATEGORY)
    del lines
    segments = [row["rfm_segment"] for row in session.rows("derive/part_segments", account=run.account)]
    held = session.query("derive/part_baskets", account=run.account)
    place = pc.index_in(held["segment"], value_set=pa.array(segments, pa.string())).to_numpy()
    held = held.drop_columns(["segment"])
    for number, segment in enumerate(segments):
        of_segment = lines_of(held.filter(pa.array(place == number)))
        yield segment_part(segment), numbered(of_segment, products, Level.PRODUCT)
        yield segment_categories(segment), numbered(of_segment, products, Level.CATEGORY)


def _sizes(baskets: Counted) -> dict[str, int]:
    """What the baskets come to that is added up over segments."""
    return {
        "baskets": int((baskets.sizes > 0).sum()),
        "with_others": int((baskets.sizes > 1).sum()),
        "held": int(baskets.sizes.sum()),
    }


def _counts(part: str, baskets: Counted) -> pa.Table:
    """One row a pair a < b that is in a basket, and one an item with itself: the baskets that hold both, untested."""
    pairs = count_pairs(baskets.basket, baskets.item, max(len(baskets.row), 1), day=baskets.day)
    held = np.bincount(baskets.item, minlength=len(baskets.row))
    single = np.flatnonzero(held)
    first, last = np.full(len(held), np.iinfo(np.int64).max), np.full(len(held), NO_DAY, np.int64)
    np.minimum.at(first, baskets.item, baskets.day)
    np.maximum.at(last, baskets.item, baskets.day)
    ids = baskets.items["id"].combine_chunks()
    a, b, both = (np.concatenate(sides) for sides in ((pairs.a, single), (pairs.b, single), (pairs.n, held[single])))
    columns = {
        "part": pa.repeat(part, len(a)),
        "item_a": ids.take(pa.array(baskets.row[a])),
        "item_b": ids.take(pa.array(baskets.row[b])),
        "baskets_a": held[a],
        "baskets_b": held[b],
        "baskets": both,
        "first_date": pa.array(np.concatenate((pairs.first, first[single])).astype(np.int32)).cast(pa.date32()),
        "last_date": pa.array(np.concatenate((pairs.last, last[single])).astype(np.int32)).cast(pa.date32()),
        "kind": pa.repeat("", len(a)),
        "support": both / max(_sizes(baskets)["baskets"], 1),
    }
    nothing = {name: pa.nulls(len(a)) for name in _RELATED.names if name not in columns}
    return pa.table(columns | nothing).cast(_RELATED)


def _totals(baskets: Counted, found: Relationships) -> dict[str, int]:
    bound = np.isin(found.kind, [KINDS.index(kind) for kind in BOUGHT_TOGETHER])
    return {
        **_sizes(baskets),
        "pairs": len(found) // 2,
        "bound": int(bound.sum()) // 2,
    }


def _table(part: str, baskets: Counted, shop: Shop, found: Relationships) -> pa.Table:
    ids = baskets.items["id"].combine_chunks()

    def days(values: Any) -> pa.Array:
        return pa.array(values.astype(np.int32), mask=values == NO_DAY).cast(pa.date32())

    def number(values: Any) -> pa.Array:
        return pa.array(values, pa.float64(), mask=np.isnan(values))

    kinds = pa.DictionaryArray.from_arrays(pa.array(found.kind.astype(np.int8)), pa.array(KINDS))
    columns = (
        pa.repeat(part, len(found)), ids.take(pa.array(baskets.row[found.a])), ids.take(pa.array(baskets.row[found.b])),
        shop.baskets[found.a], shop.baskets[found.b], found.n, days(found.first), days(found.last),
        kinds.cast(pa.string()), number(found.support), number(found.lift), number(found.low), number(found.high),
        number(found.q),
    )  # fmt: skip
    return pa.table(dict(zip(_RELATED.names, columns, strict=True))).cast(_RELATED)


TABLE: Final = DerivedTable(
    name=NAME, dataset="parts", every=timedelta(hours=4), edition=2, rebuild=rebuild, update=update,
    rests_on=("customers", "pairs"),
)  # fmt: skip
