"""Baskets as columns of lines, of products or of their categories, and what is related in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.basket import Item, Level
from analytics.pair_counts import Numbers, count_pairs
from analytics.product_pairs import Relationships, Shop, relationships

_ITEM = pa.schema([("id", pa.string()), ("name", pa.string()), ("price", pa.decimal128(18, 4))])


@dataclass(frozen=True, slots=True)
class Counted:
    """Baskets as lines: number, item and day each; sizes by basket. items: id, name and price, `row` by number."""

    basket: Numbers
    item: Numbers
    day: Numbers
    sizes: Numbers
    items: pa.Table
    row: Numbers
    category: Numbers

    def numbers(self, ids: Sequence[str]) -> list[int]:
        """Of those of the items that there are, in the order of their ids."""
        place = pc.index_in(pa.array(sorted(set(ids)), pa.string()), value_set=self.items["id"].combine_chunks())
        number = np.flatnonzero(self.row >= 0)
        by_row = dict(zip(self.row[number].tolist(), number.tolist(), strict=True))
        return [by_row[row] for row in place.to_pylist() if row is not None]

    def named(self, codes: Numbers, held: Numbers) -> dict[int, Item]:
        """Items by number; held: by number the baskets that hold each."""
        codes = np.unique(codes)
        rows = self.items.take(pa.array(self.row[codes])).to_pylist()
        return {
            code: Item(row["id"], row["name"] or row["id"], int(held[code]), row["price"])
            for code, row in zip(codes.tolist(), rows, strict=True)
        }


def numbered(lines: tuple[Numbers, Numbers, Numbers, Numbers], products: pa.Table, level: Level) -> Counted:
    """Lines as of `lines_of`, of products (columns code, id, name, price, category) or of their categories."""
    number, code, day, sizes = lines
    codes = products["code"].to_numpy()
    kinds = products["category"].combine_chunks().dictionary_encode()
    names = [name or "" for name in kinds.dictionary.to_pylist()]
    row, category = (np.full(int(codes.max()) + 1 if len(codes) else 0, -1, np.int64) for _ in range(2))
    row[codes] = np.arange(len(codes))
    category[codes] = kinds.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    category[np.isin(category, [place for place, name in enumerate(names) if not name])] = -1
    if level is Level.PRODUCT:
        return Counted(number, code, day, sizes, products, row, category)
    kept = category[code] >= 0
    # A category stands in a basket once, however many of its products do.
    line = np.sort(number[kept].astype(np.int64) * len(names) + category[code[kept]])
    line = line[np.append(True, line[1:] != line[:-1])] if len(line) else line
    number, code = line // max(len(names), 1), line % max(len(names), 1)
    day = day[np.append(0, np.cumsum(sizes))[:-1][number]]
    items = pa.table({"id": names, "name": names, "price": pa.nulls(len(names))}, _ITEM)
    none = np.full(len(names), -1, np.int64)
    return Counted(number, code, day, np.bincount(number, minlength=len(sizes)), items, np.arange(len(names)), none)


def of_ids(ids: Sequence[str]) -> Counted:
    """No lines, of items that are called by their ids."""
    items = pa.table({"id": ids, "name": ids, "price": pa.nulls(len(ids))}, _ITEM)
    nothing = np.empty(0, np.int64)
    return Counted(nothing, nothing, nothing, nothing, items, np.arange(len(ids)), np.full(len(ids), -1, np.int64))


def lines_of(baskets: pa.Table) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """From columns order_date and products: by line the basket's number, the product's and the day; each one's size."""
    lists = baskets["products"].combine_chunks()
    sizes = pc.list_value_length(lists).to_numpy(zero_copy_only=False).astype(np.int64)
    number = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    code = lists.flatten().to_numpy(zero_copy_only=False).astype(np.int32)
    days = baskets["order_date"].cast(pa.int32()).to_numpy()
    return number, code, days[number], sizes


def related(baskets: Counted, minimum: int) -> tuple[Shop, Relationships]:
    """How many baskets hold what, and all tested pairs."""
    size = len(baskets.row)
    held = np.bincount(baskets.item, minlength=size)
    several = np.bincount(baskets.item[baskets.sizes[baskets.basket] > 1], minlength=size)
    total = int((baskets.sizes > 0).sum())
    shop = Shop(held, several, baskets.category, total, int((baskets.sizes > 1).sum()))
    pairs = count_pairs(baskets.basket, baskets.item, max(size, 1), day=baskets.day)
    return shop, relationships(shop, pairs, minimum)
