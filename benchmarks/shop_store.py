"""A store filled with the shop of `order_lines`, and the tables derived from it. Each step is a process of its own:
`python -m benchmarks.shop_store fill FOLDER PART ENGINE`, `python -m benchmarks.shop_store derive FOLDER ENGINE`. The
warehouse's engine is `duckdb` (if none is named) or `clickhouse`, embedded."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from benchmarks.order_lines import SHOP, as_text, order_lines, scaled
from benchmarks.table import peak_megabytes
from data_access.derived.frame import compute
from data_access.derived.registry import TABLES
from data_access.migrate import migrate
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings

ACCOUNT: Final = "AbC123"
AT_ONCE: Final = 500_000
MEMORY: Final = "900MB"
DUCKDB: Final = "duckdb"
CLICKHOUSE: Final = "clickhouse"
_EPOCH: Final = date(1970, 1, 1)
_MONEY: Final = pa.decimal128(18, 2)
_CENT: Final = Decimal("0.01")


def opened(folder: Path, engine: str = DUCKDB) -> Stores:
    warehouse = {} if engine == DUCKDB else {"warehouse_url": f"chdb:///{folder / 'warehouse'}"}
    return open_stores(
        Settings(data_dir=folder, duckdb_memory_limit=MEMORY, duckdb_threads=2, _env_file=None, **warehouse)
    )


def fill(folder: Path, part: float, engine: str = DUCKDB) -> dict[str, Any]:
    """Puts orders, lines and refunds in a new store: how many."""
    stores = opened(folder, engine)
    try:
        migrate(stores)
        lines = order_lines(scaled(SHOP, part))
        last = _EPOCH + timedelta(days=int(lines["day"][-1].as_py()))
        connect(stores, last + timedelta(days=1))
        for piece in _pieces(lines):
            _put(stores, piece)
    finally:
        close_stores(stores)
    return {"lines": lines.num_rows, "orders": int(lines["order_number"][-1].as_py()) + 1}


def derive(folder: Path, engine: str = DUCKDB) -> dict[str, Any]:
    """Computes all derived tables: processor seconds of each, peak memory in MB."""
    stores, seconds = opened(folder, engine), {}
    try:
        for table in TABLES:
            began = time.process_time()
            compute(stores, ACCOUNT, table)
            seconds[table.name] = time.process_time() - began
    finally:
        close_stores(stores)
    return {"seconds": seconds, "megabytes": peak_megabytes()}


def connect(stores: Stores, until: date) -> None:
    """The store, synced up to midnight of a day."""
    at = datetime(until.year, until.month, until.day, 0, 30, tzinfo=UTC)
    rows: dict[str, dict[str, Any]] = {
        "stores": {
            "public_id": ACCOUNT, "name": "Shop", "klaviyo_public_id": ACCOUNT, "timezone": "UTC", "currency": "EUR",
            "country": "DE",
        },
        "sync_cursors": {"klaviyo_public_id": ACCOUNT, "resource": "events", "partition": "", "watermark": at},
        "data_versions": {"klaviyo_public_id": ACCOUNT, "dataset": "orders", "version": 1, "as_of": at},
    }  # fmt: skip
    with stores.operational.write() as session:
        for table, row in rows.items():
            session.stage("added", pa.Table.from_pylist([row]))
            names = ", ".join(f'"{name}"' for name in row)
            session.execute_text(f"INSERT INTO {table} ({names}) SELECT {names} FROM added")


def _pieces(lines: pa.Table) -> Iterator[pa.Table]:
    """Whole orders, so many lines at once."""
    number = lines["order_number"].to_numpy()
    start = 0
    while start < len(number):
        end = min(start + AT_ONCE, len(number))
        while end < len(number) and number[end] == number[end - 1]:
            end += 1
        yield lines.slice(start, end - start)
        start = end


def _put(stores: Stores, lines: pa.Table) -> None:
    """Orders and lines; of fours one is discounted, of twelves one half refunded, of fifties one cancelled."""
    number, product = lines["order_number"].to_numpy(), lines["product"].to_numpy()
    order, first = np.unique(number, return_index=True)
    cents = np.add.reduceat(lines["cents"].to_numpy(), first)
    day = lines["day"].to_numpy()[first].astype(np.int64)
    customer = as_text(lines["customer"].to_numpy()[first], "c")
    discount = np.where(order % 4 == 0, 500, 0)
    orders = {
        "order_id": as_text(order, "o"), "event_id": as_text(order, "e"), "customer_id": customer,
        "customer_email": pa.compute.binary_join_element_wise(customer, pa.scalar("example.com"), "@"),
        "order_value": _money(cents), "order_value_account": _money(cents), "order_date": _date(day),
        "order_status": pa.array(np.where(order % 50 == 0, "cancelled", "placed")),
        "order_timestamp": pa.array(
            day * 86_400_000_000 + (order * 7_919 % 86_400) * 1_000_000, pa.timestamp("us", "UTC")
        ),
        "discount_amount": _money(discount), "discount_amount_account": _money(discount),
        "item_count": np.diff(np.append(first, len(number))),
    }  # fmt: skip
    refunded = order % 12 == 0
    deductions = {
        "event_id": as_text(order[refunded], "r"), "order_id": as_text(order[refunded], "o"),
        "customer_id": customer.filter(pa.array(refunded)), "order_date": _date(day[refunded]),
        "amount": _money(cents[refunded] // 2),
    }  # fmt: skip
    bought = {
        "order_id": as_text(number, "o"), "line_item_id": as_text(product, ""), "product_id": as_text(product, "p"),
        "product_name": as_text(product, "Product "), "product_brand": as_text(product % 40, "Brand "),
        "product_type": as_text(product % 200, "Type "), "quantity": lines["quantity"],
        "line_total_account": _money(lines["cents"].to_numpy()),
        "order_date": _date(lines["day"].to_numpy().astype(np.int64)),
    }  # fmt: skip
    with stores.warehouse.write() as session:
        _insert(session, "klaviyo_orders", orders, {"currency": "'EUR'", "synced_at": "now()"})
        own = {"event_type": "'refund'", "event_timestamp": "now()", "deduction_date": "order_date"}
        _insert(session, "order_deductions", deductions, own)
        priced = {"unit_price": "line_total_account / quantity", "line_total": "line_total_account"}
        _insert(session, "klaviyo_order_line_items", bought, priced | {"synced_at": "now()"})


def _insert(session: Any, table: str, columns: dict[str, Any], more: dict[str, str]) -> None:
    session.stage("added", pa.table(columns))
    names = ", ".join(columns)
    session.execute_text(
        f"INSERT INTO {table} (klaviyo_public_id, {names}, {', '.join(more)})"
        f" SELECT '{ACCOUNT}', {names}, {', '.join(more.values())} FROM added"
    )


def _money(cents: Any) -> pa.Array:
    return pa.compute.multiply(pa.array(cents, pa.int64()).cast(pa.decimal128(19, 0)), pa.scalar(_CENT)).cast(_MONEY)


def _date(days: Any) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())


if __name__ == "__main__":
    _, step, place, *given = sys.argv
    told = fill(Path(place), float(given[0]), *given[1:]) if step == "fill" else derive(Path(place), *given)
    sys.stdout.write(json.dumps(told))
