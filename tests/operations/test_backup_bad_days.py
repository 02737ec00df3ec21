"""A disk that is too small for one more backup; a restore that breaks off."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data_access.errors import StoreFull
from data_access.operations import backup as backups
from data_access.operations import restore as restores
from data_access.operations.backup import back_up
from data_access.operations.restore import NotEqual
from data_access.scope import Scope
from settings import Settings
from tests.embedded_clickhouse import migrated_stores
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
    settings: Settings, admin: Scope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The warehouse holds the backup's orders, the operational store still the newer events."""

    def breaks(*_: Any) -> None:
        raise NotEqual("the power fails")

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
            restores._fill(stores, made.path, made.manifest, lambda _text: None)
        assert ledger.table("klaviyo_orders", "order_id") == [("A",), ("B",)]
        ledger.refresh()
        assert ledger.table("klaviyo_orders", "order_id") == [("A",), ("B",), ("C",)]
        assert ledger.table("account_metrics_daily", "date", "total_revenue") == days
