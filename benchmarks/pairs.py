"""All product pairs of ten million order lines: our count beside polars, numpy, ClickHouse arrays, mlxtend; the state
and the relationships of a store of that size. Processor time of this process; answers are compared before times."""

from __future__ import annotations

import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.account import DEFAULT_MINIMUM_PAIR_COUNT
from analytics.pair_counts import count_pairs
from analytics.pair_measures import measures
from benchmarks.order_lines import GROCERY, SHOP, Shape, as_text, order_lines, scaled
from benchmarks.table import Figure, peak_megabytes
from data_access.derived.baskets import count_all, count_changed, variants
from data_access.derived.frame import Changes, Run
from data_access.derived.product_relationships import told
from data_access.migrate import migrate
from data_access.projections import basis_in, open_pair
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings

ACCOUNT = "AbC123"
ROUNDS = 3
MINIMUM_OF_GROCERIES = 5
GIGABYTES = 2.0
Answer = tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]


def measure(part: float = 1.0) -> Iterator[Figure]:
    """`part`: of the ten million lines. Raises AssertionError where two answers differ."""
    yield from _counted("shop", scaled(SHOP, part), 1)
    yield from _counted("grocery", scaled(GROCERY, part), MINIMUM_OF_GROCERIES)
    yield from _beside_mlxtend(part)
    yield from _kept(scaled(SHOP, part))


def _counted(name: str, shape: Shape, minimum: int) -> Iterator[Figure]:
    lines = order_lines(shape).select(["order_number", "product"])
    products = shape.products
    ours, took = _best(lambda: _ours(lines, products, minimum))
    peers: dict[str, Callable[[], Answer]] = {
        "numpy over sorted columns": lambda: _numpy(lines, products, minimum),
        "polars": lambda: _polars(lines, products, minimum),
    }
    times: dict[str, float] = {}
    for peer, answer in peers.items():
        theirs, times[peer] = _best(answer)
        _same(ours, theirs, peer)
    if name == "shop":
        with tempfile.TemporaryDirectory(prefix="pairs-") as folder:
            theirs, times["ClickHouse arrays"] = _clickhouse(Path(folder), lines, products, minimum)
        _same(ours, theirs, "ClickHouse arrays")
    best = min(times, key=lambda peer: times[peer])
    told_times = ", ".join(f"{peer} {seconds:.2f} s" for peer, seconds in times.items())
    yield Figure(
        f"all product pairs, {name}", took, "s", best, times[best], "≤ 1.0 × the best", took <= times[best],
        f"{lines.num_rows:,} lines, {len(ours[0]):,} pairs of at least {minimum} baskets; {told_times}",
    )  # fmt: skip


def _best(answer: Callable[[], Answer]) -> tuple[Answer, float]:
    times = []
    for _ in range(ROUNDS):
        gc.collect()
        began = time.process_time()
        found = answer()
        times.append(time.process_time() - began)
    return found, min(times)


def _same(ours: Answer, theirs: Answer, peer: str) -> None:
    (key, n), (other, count) = (_sorted(answer) for answer in (ours, theirs))
    assert np.array_equal(key, other), f"{peer} finds other pairs"
    assert np.array_equal(n, count), f"{peer} counts otherwise"


def _sorted(answer: Answer) -> Answer:
    order = np.argsort(answer[0])
    return answer[0][order], answer[1][order]


def _ours(lines: pa.Table, products: int, minimum: int) -> Answer:
    found = count_pairs(lines["order_number"].to_numpy(), lines["product"].to_numpy(), products, minimum=minimum)
    return found.a.astype(np.int64) * products + found.b, found.n


def _numpy(lines: pa.Table, products: int, minimum: int) -> Answer:
    order, product = lines["order_number"].to_numpy(), lines["product"].to_numpy().astype(np.int64)
    parts, lag = [], 1
    while (same := order[lag:] == order[:-lag]).any():
        left, right = product[:-lag][same], product[lag:][same]
        parts.append(np.minimum(left, right) * products + np.maximum(left, right))
        lag += 1
    key, n = np.unique(np.concatenate(parts), return_counts=True)
    return key[n >= minimum], n[n >= minimum]


def _polars(lines: pa.Table, products: int, minimum: int) -> Answer:
    import polars as pl

    frame = pl.DataFrame(pl.from_arrow(lines)).lazy()
    together = frame.join(frame, on="order_number").filter(pl.col("product") < pl.col("product_right"))
    pairs = together.group_by("product", "product_right").agg(pl.len().alias("n"))
    found = pairs.filter(pl.col("n") >= minimum).collect()
    return found["product"].to_numpy().astype(np.int64) * products + found["product_right"].to_numpy(), found[
        "n"
    ].to_numpy()


def _clickhouse(folder: Path, lines: pa.Table, products: int, minimum: int) -> tuple[Answer, float]:
    import clickhouse_connect

    pq.write_table(lines, folder / "lines.parquet")
    client = clickhouse_connect.get_client(interface="chdb", path=str(folder / "chdb"))
    try:
        client.command(
            "CREATE TABLE bought (order_number Int64, product Int32, version DateTime64(6), gone UInt8) "
            "ENGINE = ReplacingMergeTree(version, gone) ORDER BY (order_number, product)"
        )
        client.command(
            "INSERT INTO bought SELECT order_number, product, now64(6), 0 "
            f"FROM file('{folder}/lines.parquet') SETTINGS max_threads = 1"
        )
        text = (
            f"SELECT pair, count() AS n FROM (SELECT groupArray(toUInt64(product)) AS held FROM bought FINAL "
            "GROUP BY order_number HAVING length(held) > 1) ARRAY JOIN arrayFlatten(arrayMap((one, place) -> arrayMap("
            f"other -> one * {products} + other, arraySlice(held, place + 1)), held, arrayEnumerate(held))) AS pair "
            f"GROUP BY pair HAVING n >= {minimum} SETTINGS optimize_aggregation_in_order = 1, max_threads = 1"
        )

        def asked() -> Answer:
            found = client.query_arrow(text)
            return found["pair"].to_numpy().astype(np.int64), found["n"].to_numpy().astype(np.int64)

        return _best(asked)
    finally:
        client.close()


def _beside_mlxtend(part: float) -> Iterator[Figure]:
    """fpgrowth of pairs on fewer lines: it takes a column a product, and its time grows with baskets × products."""
    import pandas as pd
    from mlxtend.frequent_patterns import association_rules, fpgrowth
    from scipy import sparse

    shape = Shape(int(200_000 * part), int(50_000 * part), 2_000, SHOP.sizes)
    lines = order_lines(shape).select(["order_number", "product"])
    minimum = 20
    share = minimum / shape.orders
    ours, took = _best(lambda: _ours(lines, shape.products, minimum))

    def frame(kept: pa.Table) -> Any:
        cells = (np.ones(kept.num_rows, bool), (kept["order_number"].to_numpy(), kept["product"].to_numpy()))
        return pd.DataFrame.sparse.from_spmatrix(  # type: ignore[attr-defined]
            sparse.csr_matrix(cells, shape=(shape.orders, shape.products)), columns=[*map(str, range(shape.products))]
        )

    bought = np.bincount(lines["product"].to_numpy(), minlength=shape.products)
    frequent = lines.filter(pa.array((bought >= minimum)[lines["product"].to_numpy()]))
    several = np.bincount(frequent["order_number"].to_numpy(), minlength=shape.orders) > 1
    frequent = frequent.filter(pa.array(several[frequent["order_number"].to_numpy()]))
    for name, kept, goal in (("prefiltered", frequent, 6), ("as it is", lines, 14)):
        matrix = frame(kept)
        began = time.process_time()
        sets = fpgrowth(matrix, min_support=share - 1e-12, use_colnames=True, max_len=2)
        theirs = time.process_time() - began
        _same(ours, _pairs_of_sets(sets, shape), f"mlxtend, {name}")
        if kept is lines:
            _same_measures(association_rules(sets, metric="support", min_threshold=0), bought, shape.orders)
        note = f"{kept.num_rows:,} lines, {len(ours[0]):,} pairs of at least {minimum} baskets; equal measures to 1e-9"
        yield Figure(
            f"pairs beside mlxtend's fpgrowth, its input {name}", took, "s", "mlxtend", theirs, f"≥ {goal} × as fast",
            theirs >= goal * took, note,
        )  # fmt: skip


def _pairs_of_sets(sets: Any, shape: Shape) -> Answer:
    pairs = [(sorted(map(int, held)), support) for held, support in zip(sets["itemsets"], sets["support"], strict=True)]
    kept = [(held, support) for held, support in pairs if len(held) == 2]
    key = np.array([held[0] * shape.products + held[1] for held, _ in kept], np.int64)
    return key, np.rint(np.array([support for _, support in kept]) * shape.orders).astype(np.int64)


def _same_measures(rules: Any, bought: np.ndarray[Any, Any], baskets: int) -> None:
    one, other = (np.array([int(next(iter(side))) for side in rules[name]]) for name in ("antecedents", "consequents"))
    found = measures(np.rint(rules["support"] * baskets), bought[one], bought[other], baskets)
    theirs = {"zhang": "zhangs_metric"}
    for name in ("support", "confidence", "lift", "leverage", "conviction", "zhang", "jaccard", "kulczynski"):
        column = rules[theirs.get(name, name)].to_numpy()
        np.testing.assert_allclose(getattr(found, name), np.where(np.isinf(column), np.nan, column), rtol=1e-9)


def _kept(shape: Shape) -> Iterator[Figure]:
    """A store of that shape, filled here and computed in a process of its own, whose memory is told."""
    lines = order_lines(shape)
    last = int(lines["day"][-1].as_py())
    with tempfile.TemporaryDirectory(prefix="pairs-") as name:
        folder = Path(name)
        stores = open_stores(_settings(folder))
        try:
            migrate(stores)
            _fill(stores, lines.filter(pa.compute.less(lines["day"], last)))
        finally:
            close_stores(stores)
        pq.write_table(lines.filter(pa.compute.equal(lines["day"], last)), folder / "day.parquet")
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
            told_of = apart.submit(_computed, folder, last).result()
    counted, full, day, derived, peak, pairs = told_of
    whole = counted + full
    note = f"{lines.num_rows:,} lines on embedded DuckDB; an update equals a rebuild"
    yield Figure(
        "baskets and counts of pairs, one more day", day, "s", "all of it", whole, "≤ 2 %", day <= 0.02 * whole, note
    )
    yield Figure(
        "relationships derived from the counts", derived, "s", "all of it", whole, "≤ 20 %", derived <= 0.2 * whole,
        f"{pairs:,.0f} tested pairs, measures, tests, types, all rows written anew",
    )  # fmt: skip
    yield Figure("peak memory of that", peak, "GB", "limit", GIGABYTES, "≤ 1 ×", peak <= GIGABYTES)


def _settings(folder: Path) -> Settings:
    return Settings(data_dir=folder, duckdb_memory_limit="1GB")


def _computed(folder: Path, last: int) -> tuple[float, ...]:
    """Processor seconds of all counts, all relationships, one day's counts and the relationships after it; peak memory
    in GB; tested pairs. Raises AssertionError where the update and a rebuild differ."""
    as_of = date(1970, 1, 1) + timedelta(days=last + 1)
    stores = open_stores(_settings(folder))
    try:
        with open_pair(stores) as pair:
            run = Run(pair, basis_in(pair, ACCOUNT), as_of - timedelta(days=1))
            names = variants(run)
            with pair.warehouse() as session:
                totals, counted = _timed(lambda: count_all(session, run, names))
                _, full = _timed(lambda: told(session, run, totals, DEFAULT_MINIMUM_PAIR_COUNT))
        new = pq.read_table(folder / "day.parquet")
        _fill(stores, new)
        ids = as_text(np.unique(new["order_number"].to_numpy()), "o")
        orders = {"order_id": ids, "day": [as_of - timedelta(days=1)] * len(ids), "known": [False] * len(ids)}
        nobody = pa.table({"customer_id": pa.array([], pa.string())})
        changes = Changes(pa.table(orders), nobody, as_of - timedelta(days=1))
        with open_pair(stores) as pair:
            run = Run(pair, basis_in(pair, ACCOUNT), as_of)
            with pair.warehouse() as session:
                totals, day = _timed(lambda: count_changed(session, run, changes, names, totals))
                pairs, derived = _timed(lambda: told(session, run, totals, DEFAULT_MINIMUM_PAIR_COUNT))
                updated = _digest(session)
                again = count_all(session, run, names)
                told(session, run, again, DEFAULT_MINIMUM_PAIR_COUNT)
                assert (again, _digest(session)) == (totals, updated), "an update and a rebuild differ"
    finally:
        close_stores(stores)
    return counted, full, day, derived, peak_megabytes() / 1024, pairs


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    return work(), time.process_time() - began


def _digest(session: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = session.query_text(
        "SELECT count(*) AS n, sum(hash(product_a, product_b, co_purchase_count, round(confidence, 12), "
        "round(lift_low, 9), first_co_purchase, last_co_purchase, relationship_type)) AS h "
        "FROM product_relationships_optimized",
        {},
    ).to_pylist()
    return rows


def _fill(stores: Stores, lines: pa.Table) -> None:
    """Orders and lines as a shop's own, with ids as texts."""
    with stores.operational.write() as session:
        known = session.query_text("SELECT count(*) AS n FROM stores", {})["n"][0].as_py()
        if not known:
            session.execute_text(
                "INSERT INTO stores (public_id, name, klaviyo_public_id, timezone, currency, country) "
                f"VALUES ('{ACCOUNT}', 'Shop', '{ACCOUNT}', 'UTC', 'EUR', 'DE')"
            )
    for start in range(0, lines.num_rows, 2_000_000):
        part = lines.slice(start, 2_000_000)
        texts = {"order_id": as_text(part["order_number"], "o"), "product_id": as_text(part["product"], "p")}
        table = pa.table({**{name: part[name] for name in part.column_names}, **texts})
        with stores.warehouse.write() as session:
            session.stage("part", table)
            session.execute_text(
                "INSERT INTO klaviyo_order_line_items (klaviyo_public_id, order_id, line_item_id, product_id, "
                "product_name, product_type, quantity, unit_price, line_total, line_total_account, order_date, "
                "synced_at) "
                f"SELECT '{ACCOUNT}', order_id, order_id || ':' || row_number() OVER (), product_id, product_id, "
                "'c' || (product % 200), quantity, cents / quantity / 100, cents / 100, cents / 100, "
                "DATE '1970-01-01' + day, now() FROM part"
            )
    orders = lines.group_by("order_number").aggregate([("day", "min"), ("customer", "min"), ("cents", "sum")])
    with stores.warehouse.write() as session:
        session.stage("part", orders)
        session.execute_text(
            "INSERT INTO klaviyo_orders (klaviyo_public_id, order_id, event_id, customer_id, order_value, currency, "
            "order_value_account, order_date, order_timestamp, synced_at) "
            f"SELECT '{ACCOUNT}', 'o' || order_number, 'e', 'c' || customer_min, cents_sum / 100, 'EUR', "
            "cents_sum / 100, DATE '1970-01-01' + day_min, "
            "TIMESTAMPTZ '1970-01-01 12:00:00+00' + INTERVAL 1 DAY * day_min, now() FROM part"
        )
