"""A refresh of one new day beside a full rebuild, on the same store: answers are compared before times are told."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.table import Figure
from data_access.account_days import day_start
from data_access.aggregates import recompute, refresh
from data_access.conversion import account_basis
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings

GOAL = 0.05
COMPARED = {
    "klaviyo_orders": "synced_at, inserted_at",
    "klaviyo_order_line_items": "synced_at, inserted_at",
    "refund_cancelled_orders": "synced_at, inserted_at",
    "order_deductions": "",
    "order_attribution": "updated_at",
    "account_metrics_daily": "timestamp",
    "fact_revenue": "",
    "fact_conversions": "",
    "fact_engagement": "",
    "klaviyo_aggregated_metrics": "",
}


def measure(store: Path, days: int = 3) -> Iterator[Figure]:
    """Takes the last `days` whole days out of the largest account of a copy of the synced store in `store`, gives them
    back one by one, each followed by a refresh, and rebuilds everything. Raises AssertionError where the two differ."""
    with tempfile.TemporaryDirectory(prefix="refresh-", dir=store.parent) as copy:
        for file in store.glob("promolens.duckdb*"):
            shutil.copy2(file, copy)
        yield _measured(Settings(data_dir=Path(copy)), days)


def _measured(settings: Settings, days: int) -> Figure:
    stores = open_stores(settings)
    try:
        account, events, last = _largest(stores)
        seconds = [_held_out(stores, account, last - timedelta(days=back)) for back in reversed(range(days))]
        before = _answers(stores, account)
        rebuild = _timed(lambda: recompute(stores, account))
        assert _answers(stores, account) == before, "a refresh day by day and a rebuild differ"
    finally:
        close_stores(stores)
    day = statistics.median(seconds)
    note = f"{events:,} events, {days} days one by one, same rows in {len(COMPARED)} tables"
    met = day <= GOAL * rebuild
    if not met:
        note += "; short: a refresh's statements have a fixed cost on any store, and outweighs a day's rows"
    return Figure("refresh of one new day", day * 1000, "ms", "full rebuild", rebuild * 1000, "≤ 5 %", met, note)


def _held_out(stores: Stores, account: str, day: date) -> float:
    """Seconds of the refresh that takes one day's events in: they are taken away, forgotten, and given back first."""
    with stores.operational.read() as session:
        zone = ZoneInfo(account_basis(session, account).timezone)
    start, end = day_start(day, zone), day_start(day + timedelta(days=1), zone)
    with stores.operational.write() as session:
        where = f"klaviyo_public_id = '{account}' AND timestamp >= '{start}' AND timestamp < '{end}'"
        held = session.query_text(f"SELECT * FROM klaviyo_events WHERE {where}", {})
        session.execute_text(f"DELETE FROM klaviyo_events WHERE {where}")
    recompute(stores, account)
    with stores.operational.write() as session:
        session.stage("held_out", held)
        session.execute_text(
            "INSERT INTO klaviyo_events SELECT * REPLACE (nextval('ingest_seq') AS ingest_seq) FROM held_out"
        )
        session.execute_text(
            "INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq) "
            f"SELECT '{account}', 'events', 'day', day, nextval('ingest_seq') "
            "FROM (SELECT DISTINCT strftime(timestamp AT TIME ZONE 'UTC', '%Y-%m-%d') AS day FROM held_out)"
        )
    return _timed(lambda: refresh(stores, account))


def _largest(stores: Stores) -> tuple[str, int, date]:
    """The account with most events, their number, and the last day that is whole."""
    with stores.operational.read() as session:
        rows = session.query_text(
            "SELECT klaviyo_public_id AS account, count(*) AS events, max(timestamp) AS newest "
            "FROM klaviyo_events GROUP BY ALL ORDER BY events DESC LIMIT 1",
            {},
        ).to_pylist()
        zone = ZoneInfo(account_basis(session, rows[0]["account"]).timezone)
    newest: datetime = rows[0]["newest"]
    return rows[0]["account"], rows[0]["events"], newest.astimezone(zone).date() - timedelta(days=1)


def _answers(stores: Stores, account: str) -> dict[str, list[dict[str, Any]]]:
    found = {}
    with stores.warehouse.read() as session:
        for table, less in COMPARED.items():
            columns = f"* EXCLUDE ({less})" if less else "*"
            text = f"SELECT {columns} FROM {table} WHERE klaviyo_public_id = '{account}' ORDER BY ALL"
            found[table] = session.query_text(text, {}).to_pylist()
    return found


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
