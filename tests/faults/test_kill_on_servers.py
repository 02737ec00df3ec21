"""Killed twice on PostgreSQL with ClickHouse: the next run goes on from the last commits and ends at the truth."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import psycopg

from data_access.aggregates import recompute
from data_access.operations.tables import catalogue, portions
from data_access.stores import Stores, close_stores, open_stores
from demo.emulator import RunningEmulator, running_emulator
from settings import PROJECT_ROOT, Settings
from tests.embedded_clickhouse import migrated_warehouse
from tests.ingest.synced import MOMENTS, NOW, registered_account, rows, settings_for

RUNNER = """
import sys
from datetime import datetime
from pathlib import Path
from data_access.stores import open_stores
from ingest import run, state
from ingest.runner import run_sync
from settings import Settings
Settings.model_config["env_file"] = None
run.GATHER_SECONDS = 0.3
build = state.build_plan
def small(*arguments, **more):
    plan, notes = build(*arguments, **more)
    plan.chunk_pages, plan.chunk_seconds = 16, 0.3
    return plan, notes
run.build_plan = small
folder, klaviyo, now, account, database, warehouse = sys.argv[1:]
settings = Settings(
    data_dir=Path(folder), klaviyo_base_url=klaviyo, klaviyo_limits=False,
    database_url=database, warehouse_url=warehouse,
)
known = ["metrics", "profiles", "events"]
summary = run_sync(open_stores(settings), settings, account, only=known, now=lambda: datetime.fromisoformat(now))
sys.exit(summary.error)
"""
# What stands in PostgreSQL at the moment of each kill: the first events; then orders that are in ClickHouse, uncounted.
LOADED = "SELECT count(*) > 0 FROM klaviyo_events"
PROJECTED = "SELECT count(*) > 0 FROM projection_watermarks"
COMPUTED = ("account_metrics_daily",)


def test_killed_while_loading_and_while_projecting(migrated_postgres_url: str, tmp_path: Path) -> None:
    warehouse = migrated_warehouse(tmp_path)
    with running_emulator(events=3_000, seed=5, now=NOW, limits=False) as emulator:
        settings = settings_for(emulator, tmp_path, database_url=migrated_postgres_url, warehouse_url=warehouse)
        stores = open_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)
        close_stores(stores)
        for moment in (LOADED, PROJECTED):
            killed_at(moment, settings, account)
        assert in_a_process(settings, account).wait(120) == 0
        stores = open_stores(settings)
        try:
            states = rows(stores, "SELECT state FROM sync_jobs ORDER BY created_at")
            assert states == [("failed",), ("failed",), ("done",)]
            told_by_the_shop(stores, emulator)
            before = figures(stores)
            assert all(before.values())
            recompute(stores, account)
            assert figures(stores) == before
        finally:
            close_stores(stores)


def killed_at(moment: str, settings: Settings, account: str) -> None:
    """Starts a sync, and ends it as a power cut does once the statement is true."""
    program = in_a_process(settings, account)
    address = settings.database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(address, autocommit=True) as connection:
        end = time.monotonic() + 120
        while connection.execute(moment).fetchone() != (True,):  # type: ignore[call-overload]
            assert program.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < end, "it did not happen"
            time.sleep(0.005)
    os.kill(program.pid, signal.SIGKILL)
    program.wait()


def in_a_process(settings: Settings, account: str) -> subprocess.Popen[bytes]:
    arguments = [str(settings.data_dir), settings.klaviyo_base_url, NOW.isoformat(), account]
    urls = [settings.database_url, settings.warehouse_url]
    return subprocess.Popen([sys.executable, "-c", RUNNER, *arguments, *urls], cwd=PROJECT_ROOT)


def told_by_the_shop(stores: Stores, emulator: RunningEmulator) -> None:
    """Every order of the emulator's own books is there once, at its value."""
    truth = {order["order_id"]: Decimal(order["value"]).scaleb(-2) for order in emulator.ledger.account(0)["orders"]}
    found = rows(stores, "SELECT order_id, order_value FROM klaviyo_orders")
    assert len(found) == len(truth) > 50
    assert dict(found) == truth
    assert rows(stores, "SELECT count(*) - count(DISTINCT id) FROM klaviyo_events") == [(0,)]


def figures(stores: Stores) -> dict[str, list[str]]:
    """The rows of what is computed, without the moments of writing."""
    found = {}
    with stores.warehouse.read() as session:
        known = catalogue(session, "warehouse")
        for name in COMPUTED:
            table = known[name]
            kept = [column for column in table.names if column not in MOMENTS]
            found[name] = sorted(str(row) for part in portions(session, table, kept) for row in part.to_pylist())
    return found
