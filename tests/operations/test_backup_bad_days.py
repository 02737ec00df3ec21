"""A disk that is too small for one more backup; a restore that breaks off."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data_access import jobs
from data_access.errors import StoreBusy, StoreFull
from data_access.operations import backup as backups
from data_access.operations import restore as restores
from data_access.operations import scratch
from data_access.operations.backup import back_up
from data_access.operations.restore import NotEqual, restore, trial
from data_access.scope import Scope
from data_access.stores import close_stores, open_stores
from settings import Settings
from tests.embedded_clickhouse import beside, migrated_stores
from tests.figures.literal import Ledger, placed
from tests.operations.conftest import read_once


def test_backups_leave_room_on_their_disk(
    ledger: Ledger, settings: Settings, admin: Scope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.load(placed("A", "2025-05-03T12:00:00+02:00", 20))
    now, folder = datetime(2026, 3, 1, tzinfo=UTC), tmp_path / "backups"
    old, last = (back_up(ledger.stores, settings, admin, folder, now=now - timedelta(days=days)) for days in (40, 20))
    free = 2 * last.manifest.size - 1
    room = shutil.disk_usage(folder)._replace(free=free)
    monkeypatch.setattr(backups.shutil, "disk_usage", lambda _place: room)  # type: ignore[attr-defined]
    with pytest.raises(StoreFull, match="BACKUP_DIR"):
        back_up(ledger.stores, settings, admin, folder, now=now - timedelta(days=12))
    assert [path.name for path in sorted(folder.iterdir())] == [old.path.name, last.path.name]
    # The one of 40 days is too old now: what it gives back is room enough.
    monkeypatch.setattr(
        backups.shutil,  # type: ignore[attr-defined]
        "disk_usage",
        lambda _place: room._replace(free=free + (0 if old.path.exists() else 1)),
    )
    done = back_up(ledger.stores, settings, admin, folder, now=now)
    assert done.removed == (old.path.name,)
    assert [path.name for path in sorted(folder.iterdir())] == [last.path.name, done.path.name]


def test_a_restore_into_two_databases_that_breaks_off_loses_no_order(
    admin: Scope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The warehouse holds the backup's orders, the embedded operational store still the newer events."""

    def breaks(*_: Any) -> None:
        raise NotEqual("the power fails")

    settings = beside(tmp_path / "apart", "clickhouse")
    with migrated_stores(tmp_path / "apart", "clickhouse") as stores:
        ledger = read_once(stores)
        ledger.load(placed("A", "2025-05-03T12:00:00+02:00", 20), placed("B", "2025-05-04T12:00:00+02:00", 30))
        ledger.refresh()
        made = back_up(stores, settings, admin, tmp_path / "backups")
        ledger.load(placed("C", "2025-05-10T12:00:00+02:00", 7))
        ledger.refresh()
        days = ledger.table("account_metrics_daily", "date", "total_revenue")
    monkeypatch.setattr(restores, "_compare", breaks)
    with pytest.raises(NotEqual):
        restore(settings, admin, made.path, replace=True)
    ledger = Ledger(open_stores(settings))
    assert ledger.table("klaviyo_orders", "order_id") == [("A",), ("B",)]
    assert {row["publishing"] for row in ledger.rows("data_versions")} == {True}
    ledger.refresh()
    assert ledger.table("klaviyo_orders", "order_id") == [("A",), ("B",), ("C",)]
    assert ledger.table("account_metrics_daily", "date", "total_revenue") == days
    close_stores(ledger.stores)


def test_servers_that_somebody_works_on_are_not_restored_into(
    ledger: Ledger, settings: Settings, admin: Scope, migrated_postgres_url: str, tmp_path: Path
) -> None:
    made = back_up(ledger.stores, settings, admin, tmp_path / "backups")
    servers = Settings(data_dir=tmp_path / "team", database_url=migrated_postgres_url)
    stores = open_stores(servers)
    jobs.claim(stores.operational, ledger.account, by="the app", lease=timedelta(minutes=5))
    with stores.operational.write() as session:
        # As another machine's app has it.
        session.execute_text("UPDATE sync_jobs SET lease_owner = 'elsewhere:7'")
    close_stores(stores)
    with pytest.raises(StoreBusy, match=r"a job of AbC123 is running \(sync, process elsewhere:7\).* Stop the app"):
        restore(servers, admin, made.path, replace=True)
    stores = open_stores(servers)
    with stores.operational.write() as session:
        session.execute_text("UPDATE sync_jobs SET lease_until = now() - interval '1 second'")
    close_stores(stores)
    restore(servers, admin, made.path, replace=True)
    assert [row["klaviyo_public_id"] for row in Ledger(open_stores(servers)).rows("stores")] == [ledger.account]
    close_stores()


def test_what_a_killed_trial_left_goes_and_a_living_one_stays(
    ledger: Ledger, settings: Settings, admin: Scope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    killed, living = (settings.data_dir / f"trial-{pid}-abc" for pid in (ended.pid, os.getppid()))
    for folder in (killed, living):
        folder.mkdir()
        (folder / "trial.duckdb").write_bytes(b"rows")
    ledger.load(placed("A", "2025-05-03T12:00:00+02:00", 20))
    made = back_up(ledger.stores, settings, admin, tmp_path / "backups")
    trial(ledger.stores, settings, admin, made.path)
    assert [path.name for path in settings.data_dir.glob("trial-*")] == [living.name]
    room = shutil.disk_usage(tmp_path)._replace(free=4 * made.manifest.size - 1)
    monkeypatch.setattr(scratch.shutil, "disk_usage", lambda _place: room)  # type: ignore[attr-defined]
    with pytest.raises(StoreFull, match="Free some space"):
        trial(ledger.stores, settings, admin, made.path)
