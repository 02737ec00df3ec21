"""The derived tables on both engines of a warehouse, embedded DuckDB and embedded ClickHouse, from the same orders:
rows compared, then processor time and peak memory; and how ClickHouse's pairs are counted: in numpy, or by its arrays.

Each step is a process of its own, so that its memory is its own; `python -m benchmarks.engines FOLDER` counts pairs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.shop_store import ACCOUNT, CLICKHOUSE, DUCKDB, opened
from benchmarks.table import Figure
from data_access.derived.baskets import Baskets, pair_table
from data_access.engines.base import Session
from data_access.operations.tables import catalogue, portions
from data_access.stores import close_stores
from settings import PROJECT_ROOT

LIMIT_MB: Final = 2048.0
ROUNDS: Final = 3
# What the pages read; what else there is (states, baskets, counts of pairs) shows in it.
COMPARED: Final = (
    "customer_profiles", "customer_values", "cohort_months", "products_master", "product_trends", "basket_products",
    "product_pair_counts", "product_relationships_optimized", "basket_relationships", "basket_bundles",
)  # fmt: skip
_OWN: Final = frozenset({"updated_at", "computed_at", "is_deleted", "last_updated", "calculated_at"})
_COUNTED: Final = (
    "INSERT INTO counted_here "
    "(klaviyo_public_id, code_a, code_b, baskets, first_date, last_date, updated_at, is_deleted) "
    f"SELECT '{ACCOUNT}', code_a, code_b, baskets, first_date, last_date, now64(6), 0 FROM "
)
# A day is a small number while it is compared, which is half the work of Date32; of several forms the fastest one.
_ARRAYS: Final = (
    "SELECT a AS code_a, b AS code_b, toInt64(count()) AS baskets, toDate32(min(day)) AS first_date, "
    "toDate32(max(day)) AS last_date FROM (SELECT day, a, arrayJoin(arrayFilter(other -> other > a, products)) AS b "
    "FROM (SELECT toUInt16(toInt32(order_date)) AS day, products, arrayJoin(products) AS a FROM order_baskets "
    f"WHERE klaviyo_public_id = '{ACCOUNT}' AND length(products) > 1)) GROUP BY a, b"
)


def measure(folder: Path, part: float = 0.1) -> Iterator[Figure]:
    """`part`: of 10,000,000 order lines. Raises AssertionError where the engines have other rows."""
    found: dict[str, dict[str, Any]] = {}
    for engine in (DUCKDB, CLICKHOUSE):
        place = folder / engine
        place.mkdir(parents=True, exist_ok=True)
        filled = _child("shop_store", "fill", place, part, engine)
        found[engine] = _child("shop_store", "derive", place, engine)
    compared = _same(folder)
    note = f"{filled['lines']:,} lines; {compared:,} rows of {len(COMPARED)} tables are the same on both"
    ours, beside = (found[engine]["seconds"] for engine in (CLICKHOUSE, DUCKDB))
    yield Figure(
        "all derived tables on ClickHouse", sum(ours.values()), "s", "on DuckDB", sum(beside.values()), note=note
    )  # fmt: skip
    for name, seconds in ours.items():
        yield Figure(f"{name} on ClickHouse", seconds, "s", "on DuckDB", beside[name])
    for engine in (DUCKDB, CLICKHOUSE):
        peak = found[engine]["megabytes"]
        yield Figure(f"peak memory on {engine}", peak, "MB", "limit", LIMIT_MB, "≤ 2 GB", peak <= LIMIT_MB)
    counted = _child("engines", folder / CLICKHOUSE)
    for step in ("counted", "counted and put"):
        yield Figure(
            f"pairs on ClickHouse, {step}: numpy over Arrow", counted[f"numpy, {step}"], "s", "arrays in the database",
            counted[f"arrays, {step}"], note=f"{counted['pairs']:,} pairs, equal; with FINAL and all transfers",
        )  # fmt: skip


def _child(module: str, *given: object) -> dict[str, Any]:
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, given)]
    done = subprocess.run(command, cwd=PROJECT_ROOT, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _same(folder: Path) -> int:
    """How many rows both warehouses hold alike. Raises AssertionError with the first columns that differ."""
    sides = {engine: opened(folder / engine, engine) for engine in (DUCKDB, CLICKHOUSE)}
    try:
        with sides[DUCKDB].warehouse.read() as one, sides[CLICKHOUSE].warehouse.read() as other:
            return sum(_same_rows(name, _rows(one, name), _rows(other, name)) for name in COMPARED)
    finally:
        for stores in sides.values():
            close_stores(stores)


def _rows(session: Session, name: str) -> pa.Table:
    """A table's own columns, by name, in the order of its key."""
    table = catalogue(session, "warehouse")[name]
    parts = list(portions(session, table, sorted(set(table.names) - _OWN)))
    if not parts:
        return pa.table({})
    found = pa.concat_tables(parts)
    flat = [field.name for field in found.schema if not pa.types.is_nested(field.type)]
    keys = [name for name in flat if not pa.types.is_floating(found[name].type)]
    return found.sort_by([(name, "ascending") for name in keys])


def _same_rows(name: str, one: pa.Table, other: pa.Table) -> int:
    assert one.num_rows == other.num_rows, f"{name} has {one.num_rows} rows on DuckDB, {other.num_rows} on ClickHouse"
    for column in one.column_names:
        mine, theirs = one[column].combine_chunks(), other[column].combine_chunks()
        if pa.types.is_floating(mine.type):
            assert mine.is_valid().equals(theirs.is_valid()), f"{name}.{column} differs"
            here, there = (pc.fill_null(held, 0.0).to_numpy(zero_copy_only=False) for held in (mine, theirs))
            np.testing.assert_allclose(here, there, rtol=1e-9, err_msg=f"{name}.{column}")
        elif pa.types.is_list(mine.type):
            # ClickHouse has no missing list, only an empty one.
            assert [held or [] for held in mine.to_pylist()] == [held or [] for held in theirs.to_pylist()], (
                f"{name}.{column} differs"
            )
        else:
            assert theirs.cast(mine.type).equals(mine), f"{name}.{column} differs"
    return int(one.num_rows)


def main(folder: Path) -> dict[str, Any]:
    """Processor seconds of both ways to count the pairs of a store's baskets, and with putting them into a table."""
    stores = opened(folder, CLICKHOUSE)
    try:
        with stores.warehouse.write() as session:
            ways: dict[str, tuple[Callable[[], pa.Table], Callable[[], None]]] = {
                "numpy": (lambda: _numpy(session), lambda: _put_numpy(session)),
                "arrays": (
                    lambda: session.query_text(_ARRAYS, {}),
                    lambda: session.execute_text(f"{_COUNTED}({_ARRAYS})"),
                ),
            }
            told: dict[str, Any] = {}
            pairs: list[pa.Table] = []
            for name, (count, put) in ways.items():
                seconds = [_timed(count) for _ in range(ROUNDS)]
                told[f"{name}, counted"] = min(seconds)
                told[f"{name}, counted and put"] = min(_put(session, put) for _ in range(ROUNDS))
                rows = session.query_text("SELECT code_a, code_b, baskets, first_date, last_date FROM counted_here", {})
                pairs.append(rows.sort_by([("code_a", "ascending"), ("code_b", "ascending")]).combine_chunks())
            session.execute_text("DROP TABLE counted_here SYNC")
            assert pairs[0].equals(pairs[1]), "numpy and the arrays count otherwise"
            return told | {"pairs": pairs[0].num_rows}
    finally:
        close_stores(stores)


def _numpy(session: Session) -> pa.Table:
    baskets = Baskets.of(session.query("derive/baskets", account=ACCOUNT))
    found = baskets.pairs(int(np.max(baskets.product)) + 1)
    return pair_table(found.a, found.b, found.n, found.first, found.last)


def _put_numpy(session: Session) -> None:
    session.stage("counted_pairs", _numpy(session))
    session.execute_text(f"{_COUNTED}counted_pairs")


def _put(session: Session, put: Callable[[], None]) -> float:
    """Seconds of filling a table like the one that holds the counts, empty before."""
    session.execute_text("DROP TABLE IF EXISTS counted_here SYNC")
    session.execute_text("CREATE TABLE counted_here AS product_pair_counts")
    return _timed(put)


def _timed(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]))))
