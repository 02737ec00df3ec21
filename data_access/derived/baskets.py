"""Baskets of orders that count, and how many hold each product and each pair: what is added up, order by order.

Three tables of the warehouse, see docs/schema.md: `order_baskets`, `basket_products`, `product_pair_counts`. A changed
order's basket as it was counted is taken off, its basket as it is now is added; what a basket that is gone was the
first or the last of is looked up again. So an update leaves what a rebuild makes, but for the numbers of products.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.pair_counts import Numbers, PairCounts, count_pairs
from data_access.account_days import ONE_DAY
from data_access.derived.frame import Changes, Run
from data_access.engines.base import Session

_IDS = pa.schema([("order_id", pa.string())])
_NAMED: Final = ("named_at", "named_by", "line_item_id")
_VARIANTS = pa.schema([("line_product", pa.string()), ("of_product", pa.string())])
_PRODUCT = pa.schema(
    [
        ("product_id", pa.string()),
        ("code", pa.int32()),
        ("product_name", pa.string()),
        ("category", pa.string()),
        ("named_at", pa.timestamp("us", "UTC")),
        ("named_by", pa.string()),
        ("baskets", pa.int64()),
        ("baskets_with_others", pa.int64()),
    ]
)
_BITS: Final = np.int64(24)
_LOWEST: Final = (1 << 24) - 1


@dataclass(frozen=True, slots=True)
class Totals:
    """All baskets, and those of two products or more."""

    baskets: int = 0
    with_others: int = 0


@dataclass(frozen=True, slots=True)
class Baskets:
    """Baskets one after another: by line a number, a product's code and the day (days since 1970); each one's size."""

    basket: Numbers
    product: Numbers
    day: Numbers
    sizes: Numbers

    @classmethod
    def of(cls, table: pa.Table) -> Baskets:
        """From columns order_date and products (a list of codes)."""
        lists = table["products"].combine_chunks()
        sizes = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
        codes = lists.flatten().to_numpy(zero_copy_only=False).astype(np.int32)
        days = table["order_date"].cast(pa.int32()).to_numpy()
        return cls(np.repeat(np.arange(len(sizes), dtype=np.int32), sizes), codes, np.repeat(days, sizes), sizes)

    @property
    def totals(self) -> Totals:
        return Totals(len(self.sizes), int((self.sizes > 1).sum()))

    def products(self, codes: int) -> tuple[Numbers, Numbers]:
        """By code: baskets that hold the product, and those of them with other products."""
        several = self.product[np.repeat(self.sizes > 1, self.sizes)]
        return np.bincount(self.product, minlength=codes), np.bincount(several, minlength=codes)

    def pairs(self, codes: int) -> PairCounts:
        return count_pairs(self.basket, self.product, codes, day=self.day)


def variants(run: Run) -> pa.Table:
    """Names by which lines may call a variant, each with its product: line_product, of_product."""
    with run.pair.operational() as session:
        return session.query("derive/variant_products", account=run.account).cast(_VARIANTS)


def count_all(session: Session, run: Run, names: pa.Table) -> Totals:
    """Counts everything anew. `session`: of the warehouse; `names`: of `variants`. Raises StoreError."""
    place = {"account": run.account, "as_of": run.as_of or date(1, 1, 1)}
    session.stage("variant_products", names)
    session.execute("derive/basket_products_all", **place)
    session.execute("derive/order_baskets_all", **place)
    baskets = Baskets.of(session.query("derive/baskets", account=run.account))
    codes = _codes(baskets.product)
    held, with_others = baskets.products(codes)
    counts = {"code": np.arange(codes, dtype=np.int32), "baskets": held, "baskets_with_others": with_others}
    session.stage("product_counts", pa.table(counts))
    session.execute("derive/basket_products_put", account=run.account)
    pairs = baskets.pairs(codes)
    totals = baskets.totals
    del baskets
    counted = pair_table(pairs.a, pairs.b, pairs.n, pairs.first, pairs.last)
    del pairs
    session.stage("counted_pairs", counted)
    session.execute("derive/pairs_all", account=run.account)
    # A staged table is held to the session's end: of a large shop that is a hundred megabytes.
    session.stage("counted_pairs", counted.schema.empty_table())
    return totals


def count_changed(session: Session, run: Run, changes: Changes, names: pa.Table, totals: Totals) -> Totals:
    """Takes changed orders off as they were counted and adds them as they are; `totals`: of before."""
    assert run.as_of is not None
    place = {"account": run.account, "as_of": run.as_of}
    passed = session.query("derive/orders_in_view", days_from=changes.days_from, **place)
    ids = pa.concat_tables([changes.orders.select(["order_id"]).cast(_IDS), passed.cast(_IDS)])
    # Days on which changed orders stood or stand: what is stored of other days need not be looked at.
    days = [*changes.orders["day"].unique().to_pylist(), run.as_of, min(changes.days_from + ONE_DAY, run.as_of)]
    span = {"first": min(days), "last": max(days)}
    session.stage("variant_products", names)
    session.stage("changed_orders", ids.group_by("order_id").aggregate([]))
    told = session.query("derive/baskets_before", account=run.account, **span)
    lines = session.query("derive/basket_lines", **place, **span)
    products = session.query("derive/basket_products", account=run.account).select(_PRODUCT.names).cast(_PRODUCT)
    products = pa.concat_tables([products, _new_products(products, lines)])
    now = _as_baskets(lines, products)
    before, after = Baskets.of(told), Baskets.of(now)
    codes = _codes(products["code"].to_numpy())
    session.stage("changed_baskets", now)
    session.execute("derive/order_baskets_put", account=run.account, **span)
    _change_pairs(session, run.account, before, after, codes)
    _change_products(session, run, (products, lines, told), before.products(codes), after.products(codes))
    was, added = before.totals, after.totals
    return Totals(
        totals.baskets - was.baskets + added.baskets, totals.with_others - was.with_others + added.with_others
    )


def pair_counts(table: pa.Table) -> PairCounts:
    """From columns code_a, code_b, baskets, first_date, last_date."""
    first, last = (table[name].cast(pa.int32()).to_numpy() for name in ("first_date", "last_date"))
    return PairCounts(table["code_a"].to_numpy(), table["code_b"].to_numpy(), table["baskets"].to_numpy(), first, last)


def pair_table(a: Numbers, b: Numbers, n: Numbers, first: Numbers, last: Numbers) -> pa.Table:
    """Columns code_a, code_b, baskets, first_date, last_date; `first`, `last`: days since 1970."""
    days = [pa.array(day.astype(np.int32)).cast(pa.date32()) for day in (first, last)]
    return pa.table(
        {
            "code_a": a.astype(np.int32),
            "code_b": b.astype(np.int32),
            "baskets": n.astype(np.int64),
            "first_date": days[0],
            "last_date": days[1],
        }
    )


def _new_products(products: pa.Table, lines: pa.Table) -> pa.Table:
    """Products that are in a basket for the first time, with the next numbers, without names yet."""
    known = pc.is_in(lines["product_id"], value_set=products["product_id"].combine_chunks())
    new = lines.filter(pc.invert(known)).group_by("product_id").aggregate([]).sort_by("product_id")
    next_code = _codes(products["code"].to_numpy())
    count = new.num_rows
    columns: dict[str, Any] = {
        "product_id": new["product_id"],
        "code": np.arange(next_code, next_code + count, dtype=np.int32),
        "category": [""] * count,
        "baskets": [0] * count,
        "baskets_with_others": [0] * count,
    }
    return pa.table([columns.get(name, pa.nulls(count)) for name in _PRODUCT.names], names=_PRODUCT.names).cast(
        _PRODUCT
    )


def _as_baskets(lines: pa.Table, products: pa.Table) -> pa.Table:
    """Lines as baskets: order_id, order_date, products."""
    place = pc.index_in(lines["product_id"], value_set=products["product_id"].combine_chunks())
    code = pc.take(products["code"], place).to_numpy().astype(np.int64)
    order = lines["order_id"].combine_chunks().dictionary_encode()
    line = np.unique((order.indices.to_numpy().astype(np.int64) << _BITS) | code)
    number, code = line >> _BITS, (line & _LOWEST).astype(np.int32)
    starts = np.flatnonzero(np.append(True, number[1:] != number[:-1])) if len(number) else np.empty(0, np.int64)
    offsets = np.append(starts, len(number)).astype(np.int32)
    first_line = np.unique(order.indices.to_numpy(), return_index=True)[1]
    return pa.table(
        {
            "order_id": order.dictionary,
            "order_date": lines["order_date"].take(pa.array(first_line)),
            "products": pa.ListArray.from_arrays(pa.array(offsets), pa.array(code)),
        }
    )


def _change_pairs(session: Session, account: str, before: Baskets, after: Baskets, codes: int) -> None:
    old, new = before.pairs(codes), after.pairs(codes)
    old_key, new_key = (_key(pairs.a, pairs.b) for pairs in (old, new))
    key = np.union1d(old_key, new_key)
    if not len(key):
        return
    pairs = pa.table({"code_a": (key >> _BITS).astype(np.int32), "code_b": (key & _LOWEST).astype(np.int32)})
    session.stage("changed_pairs", pairs)
    kept = pair_counts(session.query("derive/pairs_take", account=account))
    kept_at, old_at, new_at = (np.searchsorted(key, held) for held in (_key(kept.a, kept.b), old_key, new_key))
    n = np.zeros(len(key), np.int64)
    first, last = np.full(len(key), np.iinfo(np.int32).max), np.full(len(key), np.iinfo(np.int32).min)
    n[kept_at], first[kept_at], last[kept_at] = kept.n, kept.first, kept.last
    # What the baskets that are taken off were the first or the last of is not known any more.
    gone = np.zeros(len(key), bool)
    gone[old_at] = (old.first == first[old_at]) | (old.last == last[old_at])
    n[old_at] -= old.n
    n[new_at] += new.n
    first[new_at], last[new_at] = np.minimum(first[new_at], new.first), np.maximum(last[new_at], new.last)
    again = gone & (n > 0)
    unchanged = np.zeros(len(key), bool)
    both, of_old, of_new = np.intersect1d(old_key, new_key, return_indices=True)
    unchanged[np.searchsorted(key, both)] = (
        (old.n[of_old] == new.n[of_new])
        & (old.first[of_old] == new.first[of_new])
        & (old.last[of_old] == new.last[of_new])
    )
    again &= ~unchanged
    if again.any():
        first[again], last[again] = _days_of(session, account, key[again], codes)
    none = n == 0
    first[none] = last[none] = 0
    # All that were looked up: they have been taken out.
    session.stage("changed_pairs", pair_table(key >> _BITS, key & _LOWEST, n, first, last))
    session.execute("derive/pairs_put", account=account)


def _days_of(session: Session, account: str, key: Numbers, codes: int) -> tuple[Numbers, Numbers]:
    """First and last day of pairs, from the baskets themselves."""
    wanted = np.unique(np.concatenate((key >> _BITS, key & _LOWEST)))
    baskets = Baskets.of(session.query("derive/baskets_holding", account=account, codes=wanted.tolist()))
    kept = np.isin(baskets.product, wanted)
    found = count_pairs(baskets.basket[kept], baskets.product[kept], codes, day=baskets.day[kept])
    held = _key(found.a, found.b)
    order = np.argsort(held)
    place = order[np.searchsorted(held[order], key)]
    return found.first[place], found.last[place]


def _codes(code: Numbers) -> int:
    """The number of numbers up to the greatest one in use."""
    return int(np.max(code)) + 1 if len(code) else 0


def _key(a: Numbers, b: Numbers) -> Numbers:
    key: Numbers = (a.astype(np.int64) << _BITS) | b
    return key


_Told = tuple[pa.Table, pa.Table, pa.Table]
_Counted = tuple[Numbers, Numbers]


def _change_products(session: Session, run: Run, told: _Told, before: _Counted, after: _Counted) -> None:
    """Products whose baskets or whose latest line changed. told: products, the changed lines, baskets of before."""
    products, lines, baskets = told
    code = products["code"].to_numpy()
    moved = tuple(new[code] - old[code] for old, new in zip(before, after, strict=True))
    touched = (before[0][code] > 0) | (after[0][code] > 0)
    rows = products.filter(pa.array(touched)).to_pylist()
    deltas = zip(moved[0][touched].tolist(), moved[1][touched].tolist(), strict=True)
    changed = set(lines["order_id"].to_pylist()) | set(baskets["order_id"].to_pylist())
    latest = _latest(lines)
    lost: list[dict[str, Any]] = []
    for row, (one, others) in zip(rows, deltas, strict=True):
        row["baskets"] += one
        row["baskets_with_others"] += others
        line = latest.get(row["product_id"])
        later = line is not None and (
            row["named_at"] is None or (line["named_at"], line["named_by"]) >= (row["named_at"], row["named_by"])
        )
        if line is not None and later:
            row |= line
        elif row["named_by"] in changed and row["baskets"] > 0:
            lost.append(row)
    if lost:
        session.stage("looked_for", pa.table({"product_id": [row["product_id"] for row in lost]}))
        place = {"account": run.account, "as_of": run.as_of}
        found = _latest(session.query("derive/product_lines", **place))
        for row in lost:
            row |= found[row["product_id"]]
    if rows:
        session.stage("changed_products", pa.Table.from_pylist(rows, schema=_PRODUCT))
        session.execute("derive/basket_products_change", account=run.account)


def _latest(lines: pa.Table) -> dict[str, dict[str, Any]]:
    """Of each product its latest line's name and category, and which order that is."""
    renamed = lines.select(
        ["product_id", "order_timestamp", "order_id", "line_item_id", "product_name", "category"]
    ).rename_columns(["product_id", "named_at", "named_by", "line_item_id", "product_name", "category"])
    ordered = renamed.sort_by([(name, "ascending") for name in ("product_id", *_NAMED)])
    if not ordered.num_rows:
        return {}
    ids = ordered["product_id"].combine_chunks()
    ends = np.append(pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False).astype(bool), True)
    rows = ordered.filter(pa.array(ends)).drop_columns(["line_item_id"]).to_pylist()
    return {row["product_id"]: row for row in rows}
