"""RFM and customer_profiles on ten million order lines: beside polars on the same orders, and one more day beside all.

Each measurement is a process of its own, so that its memory is its own; processor time of all of its threads.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.rfm import code
from analytics.rfm_figures import Scheme
from benchmarks.order_lines import SHOP, as_text, order_lines, scaled
from benchmarks.table import Figure
from data_access.derived import customer_profiles
from data_access.derived.frame import Changes, Run
from data_access.migrate import migrate
from data_access.projections import basis_in, open_pair
from data_access.queries.rfm import measured, measures
from data_access.scope import local_admin
from data_access.scoped import scoped_read
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings

ACCOUNT: Final = "AbC123"
MEMORY: Final = "1200MB"
RUNS: Final = 3
_EPOCH: Final = date(1970, 1, 1)
_MONEY: Final = pa.decimal128(18, 2)
_CENT: Final = Decimal("0.01")


def measure(part: float = 1.0) -> Iterator[Figure]:
    """Figures of `part` of 4,000,000 orders. Raises AssertionError where the answers differ."""
    with tempfile.TemporaryDirectory(prefix="rfm-") as folder:
        place = Path(folder)
        _child("fill", place, part)
        ours, polars = _child("scores", place), _child("polars", place)
        assert ours["answer"] == polars["answer"], "polars finds other scores"
        size = f"{ours['customers']:,} customers, {ours['orders']:,} orders"
        yield Figure(
            "RFM of all customers", ours["seconds"], "s CPU", "polars", polars["seconds"], "≤ 1.0 × polars",
            ours["seconds"] <= polars["seconds"], size,
        )  # fmt: skip
        full = _child("rebuild", place)
        more = _child("update", place)
        yield Figure("customer_profiles from all orders", full["seconds"], "s CPU", note=size)
        for name, key, share in (("its state", "state", 0.02), ("all it is derived to", "derive", 0.2)):
            yield Figure(
                f"one more day: {name}", more[key], "s CPU", f"{share:.0%} of all", full["seconds"] * share,
                f"≤ {share:.0%}", more[key] <= full["seconds"] * share,
            )  # fmt: skip
        peak = max(run["megabytes"] for run in (ours, full, more))
        yield Figure("peak memory", peak, "MB", "limit", 2048.0, "≤ 2 GB", peak <= 2048)


def _child(what: str, folder: Path, *given: Any) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.rfm", what, str(folder), *map(str, given)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _stores(folder: Path) -> Stores:
    return open_stores(Settings(data_dir=folder, duckdb_memory_limit=MEMORY, duckdb_threads=2, _env_file=None))


def _fill(folder: Path, part: float) -> dict[str, Any]:
    lines = order_lines(scaled(SHOP, part))
    last_day = int(pa.compute.max(lines["day"]).as_py())
    kept = lines.filter(pa.compute.less(lines["day"], last_day))
    later = lines.filter(pa.compute.equal(lines["day"], last_day))
    pq.write_table(later, folder / "later.parquet")
    stores = _stores(folder)
    migrate(stores)
    with stores.operational.write() as session:
        store = {"public_id": "s", "name": "Bench", "klaviyo_public_id": ACCOUNT, "timezone": "Europe/Berlin"}
        session.stage("added", pa.Table.from_pylist([store | {"currency": "EUR", "country": "DE"}]))
        session.execute_text(f"INSERT INTO stores ({', '.join(store)}, currency, country) SELECT * FROM added")
    _put(stores, kept)
    with stores.warehouse.read() as session:
        orders = session.query_text(
            "SELECT order_id, customer_id, order_date, order_status, order_value_account AS value FROM klaviyo_orders",
            {},
        )
        deductions = session.query_text("SELECT order_id, customer_id, amount FROM order_deductions", {})
    pq.write_table(orders, folder / "orders.parquet")
    pq.write_table(deductions, folder / "deductions.parquet")
    return {}


def _put(stores: Stores, lines: pa.Table) -> None:
    """Orders and their lines; of fours one is discounted, of twelves one half refunded, of fifties one cancelled."""
    order, first = np.unique(lines["order_number"].to_numpy(), return_index=True)
    cents = np.add.reduceat(lines["cents"].to_numpy(), first)
    day = lines["day"].to_numpy()[first].astype(np.int64)
    customer = as_text(lines["customer"].to_numpy()[first], "c")
    moment = day * 86_400_000_000 + (order * 7_919 % 86_400) * 1_000_000
    discount = np.where(order % 4 == 0, 500, 0)
    orders = {
        "order_id": as_text(order, "o"), "event_id": as_text(order, "e"), "customer_id": customer,
        "customer_email": pa.compute.binary_join_element_wise(customer, pa.scalar("example.com"), "@"),
        "order_value": _money(cents), "order_value_account": _money(cents), "order_date": _date(day),
        "order_status": pa.array(np.where(order % 50 == 0, "cancelled", "placed")),
        "order_timestamp": pa.array(moment, pa.timestamp("us", "UTC")), "discount_amount": _money(discount),
        "discount_amount_account": _money(discount),
    }  # fmt: skip
    refunded = order % 12 == 0
    deductions = {
        "event_id": as_text(order[refunded], "r"), "order_id": as_text(order[refunded], "o"),
        "customer_id": customer.filter(pa.array(refunded)), "order_date": _date(day[refunded]),
        "amount": _money(cents[refunded] // 2),
    }  # fmt: skip
    number, product = lines["order_number"].to_numpy(), lines["product"].to_numpy()
    bought = {
        "order_id": as_text(number, "o"), "line_item_id": as_text(product, ""), "product_id": as_text(product, "p"),
        "product_brand": as_text(product % 40, "Brand "), "product_type": as_text(product % 25, "Type "),
        "quantity": lines["quantity"], "line_total_account": _money(lines["cents"].to_numpy()),
        "order_date": _date(lines["day"].to_numpy().astype(np.int64)),
    }  # fmt: skip
    with stores.warehouse.write() as session:
        _insert(session, "klaviyo_orders", orders, "currency, synced_at", "'EUR', now()")
        _insert(
            session, "order_deductions", deductions, "event_type, event_timestamp, deduction_date",
            "'refund', now(), order_date",
        )  # fmt: skip
        _insert(
            session, "klaviyo_order_line_items", bought, "unit_price, line_total, synced_at",
            "line_total_account, line_total_account, now()",
        )  # fmt: skip


def _insert(session: Any, table: str, columns: dict[str, Any], more: str, values: str) -> None:
    session.stage("added", pa.table(columns))
    names = ", ".join(columns)
    session.execute_text(
        f"INSERT INTO {table} (klaviyo_public_id, {names}, {more}) SELECT '{ACCOUNT}', {names}, {values} FROM added"
    )


def _money(cents: Any) -> pa.Array:
    return pa.compute.multiply(pa.array(cents, pa.int64()).cast(pa.decimal128(19, 0)), pa.scalar(_CENT)).cast(_MONEY)


def _date(days: Any) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())


def _scores(folder: Path) -> dict[str, Any]:
    stores, as_of = _stores(folder), _as_of(folder)
    best = float("inf")
    for _ in range(RUNS):
        begun = time.process_time()
        with scoped_read(stores.warehouse, local_admin(), ACCOUNT) as session:
            found = measures(session, as_of)
        now, _ = measured(found, as_of)
        codes = code(*now.scores(now.limits(Scheme.QUINTILES, None)))
        best = min(best, time.process_time() - begun)
    orders = int(pa.compute.sum(found["orders"]).as_py())
    return _answer(found["customer_id"], codes) | {"seconds": best, "orders": orders}


def _polars(folder: Path) -> dict[str, Any]:
    import polars as pl

    orders = pl.read_parquet(folder / "orders.parquet").with_columns((pl.col("value") * 100).cast(pl.Int64))
    cuts = pl.read_parquet(folder / "deductions.parquet").with_columns((pl.col("amount") * 100).cast(pl.Int64))
    best = float("inf")
    for _ in range(RUNS):
        begun = time.process_time()
        dropped = orders.lazy().filter(pl.col("order_status") == "cancelled").select("order_id")
        cut = cuts.lazy().join(dropped, on="order_id", how="anti").group_by("customer_id").agg(pl.col("amount").sum())
        found = (
            orders.lazy()
            .filter((pl.col("order_status") != "cancelled") & (pl.col("value") > 0))
            .group_by("customer_id")
            .agg(pl.col("order_date").max().alias("last"), pl.len().alias("orders"), pl.col("value").sum())
            .join(cut, on="customer_id", how="left")
            .with_columns(net=pl.col("value") - pl.col("amount").fill_null(0), n=pl.len())
            .with_columns(
                pl.min_horizontal(5, 1 + 5 * (pl.col(name).rank("min").cast(pl.Int64) - 1) // (pl.col("n") - 1)).alias(
                    f"{name}_score"
                )
                for name in ("last", "orders", "net")
            )
            .select(
                "customer_id",
                code=100 * pl.col("last_score") + 10 * pl.col("orders_score") + pl.col("net_score"),
            )
            .collect()
        )
        best = min(best, time.process_time() - begun)
    return _answer(found["customer_id"].to_arrow(), found["code"].to_numpy()) | {"seconds": best}


def _answer(customers: Any, codes: Any) -> dict[str, Any]:
    numbers = np.array([int(name[1:]) for name in customers.to_pylist()], np.int64)
    codes = np.asarray(codes, np.int64)
    counts = {str(code): int(count) for code, count in zip(*np.unique(codes, return_counts=True), strict=True)}
    return {"answer": [int(numbers @ codes), counts], "customers": len(numbers), "megabytes": _megabytes()}


def _rebuild(folder: Path) -> dict[str, Any]:
    stores = _stores(folder)
    with open_pair(stores) as pair:
        begun = time.process_time()
        customer_profiles.rebuild(Run(pair, basis_in(pair, ACCOUNT), _as_of(folder)))
        seconds = time.process_time() - begun
    close_stores(stores)
    return {"seconds": seconds, "megabytes": _megabytes()}


def _update(folder: Path) -> dict[str, Any]:
    stores = _stores(folder)
    later = pq.read_table(folder / "later.parquet")
    _put(stores, later)
    number = np.unique(later["order_number"].to_numpy())
    day = _EPOCH + timedelta(days=int(later["day"][0].as_py()))
    names = {"order_id": as_text(number, "o"), "day": pa.array([day] * len(number), pa.date32())}
    known = pa.array(np.zeros(len(number), bool))
    nobody = pa.schema([("customer_id", pa.string()), ("day", pa.date32())]).empty_table()
    changes = Changes(pa.table(names | {"known": known}), nobody, day)
    with open_pair(stores) as pair:
        run = Run(pair, basis_in(pair, ACCOUNT), day + timedelta(days=1))
        begun = time.process_time()
        customer_profiles.update_states(run, changes)
        state = time.process_time() - begun
        begun = time.process_time()
        customer_profiles.derive_profiles(run)
        derive = time.process_time() - begun
    close_stores(stores)
    return {"state": state, "derive": derive, "megabytes": _megabytes()}


def _as_of(folder: Path) -> date:
    return _EPOCH + timedelta(days=int(pq.read_table(folder / "later.parquet")["day"][0].as_py()))


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _, what, place, *more = sys.argv
    kinds = {"scores": _scores, "polars": _polars, "rebuild": _rebuild, "update": _update}
    told = _fill(Path(place), float(more[0])) if what == "fill" else kinds[what](Path(place))
    sys.stdout.write(json.dumps(told))
