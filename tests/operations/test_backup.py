"""A backup and its restore: the same rows to the cent, in the same and in other engines; a bad one touches nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from data_access import jobs
from data_access.aggregates import recompute
from data_access.errors import StoreBusy
from data_access.migrate import migrate
from data_access.operations import backup as backups
from data_access.operations import manifest as manifests
from data_access.operations import tables as copied
from data_access.operations.backup import back_up
from data_access.operations.digests import Digests
from data_access.operations.manifest import BackupRefused
from data_access.operations.restore import NotEmpty, NotEqual, restore, trial
from data_access.operations.runs import last_done
from data_access.operations.tables import ROLES, catalogue, portions, tables_of
from data_access.scope import NotPermitted, Right, Scope, granted
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings
from tests.figures.literal import ACCOUNT, OPENED, RECEIVED, Event, Ledger, item, placed, refunded

# What says that operations ran is no data of theirs.
RECORDS = {"operation_runs", "audit_log", "persons"}


def fill(ledger: Ledger) -> None:
    """A row of every awkward kind: documents, lists, maps, identities, money, nothing at all, and every letter."""
    ledger.load(
        Event("o1", OPENED, "2025-05-01T08:00:00+02:00"),
        Event("r1", RECEIVED, "2025-05-02T08:00:00+02:00", "p2"),
        placed("A", "2025-05-03T12:00:00+02:00", 19.99, "p1", Items=[item("red", 19.99)]),
        placed(
            "B", "2025-05-04T12:00:00+02:00", 30, "p2", note='ü 漢 "quoted" \\ new\nline', Items=[item("blue", 15, 2)]
        ),
        refunded("RA", "A", "2025-05-09T12:00:00+02:00", 5),
    )
    ledger.attribute("B", {"attributed_event_id": "r1", "campaign_id": "c1", "campaign_message_id": "m1"})
    ledger.profile("p1", "Ada@Example.com", tags=["vip", "a,b"])
    ledger.refresh()
    ledger.insert(
        "sales_aggregated",
        {
            "date": date(2025, 5, 1),
            "channel": "online",
            "department": "Schuhe",
            "sales_value": Decimal("100.10"),
            "margin_value": Decimal("-33.33"),
            "units": 3,
        },
    )
    promotion = {"date_start": date(2025, 5, 1), "date_end": date(2025, 5, 2), "departments": ["Schuhe", "Ta'schen"]}
    ledger.insert("promo_catalog", promotion | {"mechanics": json.dumps({"b": 1, "a": [1.10]})})
    scenario, span = str(UUID(int=1)), {"period_start": date(2025, 5, 1), "period_end": date(2025, 5, 2)}
    ledger.insert(
        "promo_scenarios",
        {"id": scenario, "label": "Mai", "mechanics": "{}"}
        | {"date_range_start": date(2025, 5, 1), "date_range_end": date(2025, 5, 2)},
    )
    ledger.insert("creative_briefs", {"scenario_id": scenario, "brief": '{"a": 1}'})
    deltas = dict.fromkeys(("sales_value_delta", "margin_value_delta", "ebit_delta", "units_delta"), 1)
    totals = dict.fromkeys(("total_sales_value", "total_margin_value", "total_ebit", "total_units"), 1)
    ledger.insert("scenario_kpis", {"scenario_id": scenario, "kpi_breakdown": "{}"} | span | deltas | totals)
    with ledger.stores.operational.write() as session:
        session.execute_text("UPDATE stores SET api_key_encrypted = 'gAAAA-encrypted'")
        session.execute_text("INSERT INTO settings (klaviyo_public_id, key, value) VALUES ('AbC123', 'k', '\"v\"')")
    with ledger.stores.warehouse.write() as session:
        session.execute_text(
            "INSERT INTO campaign_daily_aggregates (klaviyo_public_id, date, send_channel, campaigns_sent, top_tags,"
            " tag_performance, avg_open_rate, processed_at) VALUES ('AbC123', DATE '2025-05-02', 'email', ['c1', 'c2'],"
            " NULL, MAP {'vip': 1.5}, 0.1, TIMESTAMPTZ '2025-05-03 00:00:00.123456+00')"
        )


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    fill(ledger)
    return ledger


def contents(stores: Stores, told: Callable[[Any], Any] = lambda value: value) -> dict[str, list[str]]:
    """Every table of both stores, its rows as text in order, all columns, each value as `told` tells it."""
    found = {}
    for role in ROLES:
        store = stores.operational if role == "operational" else stores.warehouse
        with store.read() as session:
            for name, table in catalogue(session, role).items():
                rows = [row for part in portions(session, table, table.names) for row in part.to_pylist()]
                found[name] = sorted(str({key: told(row[key]) for key in sorted(row)}) for row in rows)
    return {name: rows for name, rows in found.items() if name not in RECORDS}


@contextmanager
def reopened(settings: Settings) -> Iterator[Stores]:
    stores = open_stores(settings)
    try:
        yield stores
    finally:
        close_stores(stores)


def test_every_table_of_both_stores_is_copied(full: Ledger, settings: Settings, admin: Scope, tmp_path: Path) -> None:
    done = back_up(full.stores, settings, admin, tmp_path / "backups")
    with full.stores.operational.read() as session:
        there = session.query_text(
            "SELECT table_name FROM duckdb_tables() WHERE table_name <> 'schema_migrations' AND NOT temporary", {}
        )
    assert sorted(table.table for table in done.manifest.tables) == sorted(there["table_name"].to_pylist())
    assert sorted(tables_of("operational") + tables_of("warehouse")) == sorted(there["table_name"].to_pylist())


def test_after_a_restore_every_table_is_as_it_was(
    full: Ledger, settings: Settings, admin: Scope, tmp_path: Path
) -> None:
    before = contents(full.stores)
    back_up(full.stores, settings, admin, tmp_path / "backups")
    full.load(placed("C", "2025-05-05T12:00:00+02:00", 99))
    full.refresh()
    with full.stores.operational.write() as session:
        session.execute_text("DELETE FROM settings")
        session.execute_text("UPDATE klaviyo_orders SET order_value = order_value + 0.01")
    assert contents(full.stores) != before
    close_stores(full.stores)
    done = restore(settings, admin, tmp_path / "backups", replace=True)
    assert [path.name.rpartition("-")[0] for path in done.set_aside] == ["promolens.duckdb.replaced"]
    with reopened(settings) as stores:
        assert contents(stores) == before
        # The database goes on as before: numbers follow those that are there, and a rebuild finds the same.
        ledger = Ledger(stores)
        with stores.operational.write() as session:
            number = session.query_text("SELECT nextval('ingest_seq') AS n", {})["n"][0].as_py()
            highest = session.query_text("SELECT max(ingest_seq) AS n FROM klaviyo_events", {})["n"][0].as_py()
        assert number > highest
        recompute(stores, ACCOUNT)
        assert ledger.table("fact_revenue", "date", "revenue") == [("2025-05-03", "19.99"), ("2025-05-04", "30.00")]
        with stores.operational.read() as session:
            assert last_done(session, "restore") is not None


def test_portions_hold_each_row_once(
    full: Ledger, settings: Settings, admin: Scope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copied, "PORTION_ROWS", 2)
    before = contents(full.stores)
    back_up(full.stores, settings, admin, tmp_path / "backups")
    close_stores(full.stores)
    restore(settings, admin, tmp_path / "backups", replace=True)
    with reopened(settings) as stores:
        assert contents(stores) == before


def test_a_change_beside_it_is_not_half_in_it(full: Ledger, settings: Settings, admin: Scope, tmp_path: Path) -> None:
    before = contents(full.stores)

    def change(table: str) -> None:
        if table == "klaviyo_events":
            full.load(placed("C", "2025-05-05T12:00:00+02:00", 99))
            full.refresh()

    back_up(full.stores, settings, admin, tmp_path / "backups", told=change)
    assert contents(full.stores) != before
    close_stores(full.stores)
    restore(settings, admin, tmp_path / "backups", replace=True)
    with reopened(settings) as stores:
        assert contents(stores) == before


def test_keys_stay_encrypted(full: Ledger, settings: Settings, admin: Scope, tmp_path: Path) -> None:
    done = back_up(full.stores, settings, admin, tmp_path / "backups")
    assert done.path.stat().st_mode & 0o077 == 0
    assert all(path.suffix in {".parquet", ".json"} for path in done.path.iterdir())
    assert not list(done.path.rglob("*key*"))
    close_stores(full.stores)
    restore(settings, admin, done.path, replace=True)
    with reopened(settings) as stores, stores.operational.read() as session:
        assert session.query_text("SELECT api_key_encrypted AS k FROM stores", {})["k"].to_pylist() == [
            "gAAAA-encrypted"
        ]


# --- two databases ----------------------------------------------------------------------------------------------------


def apart(tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=f"duckdb:///{tmp_path / 'operational.duckdb'}",
        warehouse_url=f"duckdb:///{tmp_path / 'warehouse.duckdb'}",
    )


def test_one_database_becomes_two(full: Ledger, settings: Settings, admin: Scope, tmp_path: Path) -> None:
    before = contents(full.stores)
    back_up(full.stores, settings, admin, tmp_path / "backups")
    two = apart(tmp_path / "two")
    done = restore(two, admin, tmp_path / "backups")
    assert done.set_aside == []
    with reopened(two) as stores:
        assert not stores.same
        assert contents(stores) == before


def test_two_databases_stand_still_for_a_backup(full: Ledger, admin: Scope, tmp_path: Path) -> None:
    two = apart(tmp_path / "two")
    with reopened(two) as stores:
        migrate(stores)
        ledger = Ledger(stores)
        ledger.store()
        ledger.load(placed("A", "2025-05-03T12:00:00+02:00", 19.99))
        ledger.refresh()
        refused: list[str] = []

        def sync(table: str) -> None:
            if table == "klaviyo_orders":
                with pytest.raises(jobs.JobRunning) as running:
                    jobs.claim(stores.operational, ACCOUNT, by="test", lease=timedelta(minutes=1))
                refused.append(str(running.value))

        before = contents(stores)
        back_up(stores, two, admin, tmp_path / "backups", told=sync)
        assert len(refused) == 1
        running = jobs.claim(stores.operational, ACCOUNT, by="test", lease=timedelta(minutes=1))
        with pytest.raises(StoreBusy, match="sync or computation is running"):
            back_up(stores, two, admin, tmp_path / "backups")
        jobs.finish(stores.operational, running.job_id, "done", jobs.Progress())
    restore(two, admin, tmp_path / "backups", replace=True)
    with reopened(two) as stores:
        restored = contents(stores)
    assert {name: rows for name, rows in restored.items() if name != "sync_jobs"} == {
        name: rows for name, rows in before.items() if name != "sync_jobs"
    }


def test_figures_that_change_without_a_lease_make_it_begin_anew(full: Ledger, admin: Scope, tmp_path: Path) -> None:
    two = apart(tmp_path / "two")
    with reopened(two) as stores:
        migrate(stores)
        ledger = Ledger(stores)
        ledger.store()
        ledger.load(placed("A", "2025-05-03T12:00:00+02:00", 19.99))
        ledger.refresh()
        tries: list[int] = []

        def compute(table: str) -> None:
            if table == "klaviyo_orders" and not tries:
                tries.append(1)
                ledger.load(placed("B", "2025-05-04T12:00:00+02:00", 5))
                ledger.refresh()

        done = back_up(stores, two, admin, tmp_path / "backups", told=compute)
        assert next(table.rows for table in done.manifest.tables if table.table == "klaviyo_orders") == 2
        assert next(table.rows for table in done.manifest.tables if table.table == "klaviyo_events") == 2


# --- refusals: nothing is touched -------------------------------------------------------------------------------------


@pytest.fixture
def made(full: Ledger, settings: Settings, admin: Scope, tmp_path: Path) -> Path:
    done = back_up(full.stores, settings, admin, tmp_path / "backups")
    close_stores(full.stores)
    return done.path


def refused(settings: Settings, admin: Scope, place: Path, **how: Any) -> str:
    """The reason of a refusal, once it is sure that no file of the data folder has changed."""
    before = {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in settings.data_dir.rglob("*")}
    with pytest.raises((BackupRefused, NotEmpty)) as error:
        restore(settings, admin, place, **({"replace": True} | how))
    assert {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in settings.data_dir.rglob("*")} == before
    return str(error.value)


def test_a_full_target_is_not_overwritten_unasked(made: Path, settings: Settings, admin: Scope) -> None:
    assert "--replace" in refused(settings, admin, made, replace=False)


def test_a_damaged_file_is_refused(made: Path, settings: Settings, admin: Scope) -> None:
    path = made / "operational.klaviyo_events.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "klaviyo_events.parquet is damaged" in refused(settings, admin, made)


def test_a_missing_or_short_file_is_refused(made: Path, settings: Settings, admin: Scope) -> None:
    path = made / "operational.klaviyo_events.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    assert "cut short" in refused(settings, admin, made)
    path.unlink()
    assert "missing" in refused(settings, admin, made)


def test_a_changed_manifest_is_refused(made: Path, settings: Settings, admin: Scope) -> None:
    path = made / manifests.FILE
    path.write_text(path.read_text().replace('"rows": 5', '"rows": 4', 1))
    assert "checksum" in refused(settings, admin, made)
    path.write_text("{")
    assert "cannot be read" in refused(settings, admin, made)
    path.unlink()
    assert "no whole backup" in refused(settings, admin, made)


def test_a_manifest_that_leads_elsewhere_is_refused(made: Path, settings: Settings, admin: Scope) -> None:
    """Its checksum fits: whoever can write a backup can write that, too."""
    held = manifests.read(made)
    (made.parent / "elsewhere.parquet").write_bytes(b"x")
    for place in ("../elsewhere.parquet", str(made.parent / "elsewhere.parquet")):
        first = replace(held.tables[0], file=place, size=1)
        manifests.write(made, replace(held, tables=[first, *held.tables[1:]]))
        with pytest.raises(BackupRefused, match="names a file outside of it"):
            manifests.read(made)


def test_a_newer_schema_is_refused(made: Path, settings: Settings, admin: Scope) -> None:
    found = manifests.read(made)
    newer = found.stores | {"operational": {"dialect": "duckdb", "schema": 9999}}
    manifests.write(made, manifests.Manifest(**{**{f: getattr(found, f) for f in found.__slots__}, "stores": newer}))
    assert "newer schema (operational 9999)" in refused(settings, admin, made)


def test_what_a_killed_backup_left_is_no_backup(made: Path, settings: Settings, admin: Scope) -> None:
    made.rename(made.with_name(made.name + manifests.PARTIAL))
    assert "no whole backup" in refused(settings, admin, made.parent)


def test_a_restore_that_does_not_fit_leaves_the_old_database(
    made: Path, settings: Settings, admin: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    with reopened(settings) as stores:
        before = contents(stores)
    monkeypatch.setattr("data_access.operations.restore.Digests.same", lambda *_: False)
    with pytest.raises(NotEqual):
        restore(settings, admin, made, replace=True)
    with reopened(settings) as stores:
        assert contents(stores) == before
    assert [path.name for path in settings.data_dir.iterdir() if "restoring" in path.name] == []


def test_only_an_admin_may(full: Ledger, settings: Settings, tmp_path: Path) -> None:
    somebody = granted("somebody", [ACCOUNT], [Right.VIEW, Right.SYNC, Right.SETTINGS])
    with pytest.raises(NotPermitted):
        back_up(full.stores, settings, somebody, tmp_path)
    with pytest.raises(NotPermitted):
        restore(settings, somebody, tmp_path)


# --- the rest ---------------------------------------------------------------------------------------------------------


def test_a_failed_backup_leaves_nothing_and_is_recorded(
    full: Ledger, settings: Settings, admin: Scope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "_to_disk", fails)
    with pytest.raises(backups.StoreFull, match="No space left"):
        back_up(full.stores, settings, admin, tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
    with full.stores.operational.read() as session:
        found = session.rows("operations/runs_last")[0]
    assert (found["kind"], found["state"]) == ("backup", "failed")


def test_old_backups_go_and_the_newest_stays(full: Ledger, settings: Settings, admin: Scope, tmp_path: Path) -> None:
    now, folder = datetime(2026, 3, 1, tzinfo=UTC), tmp_path / "backups"
    for days in (60, 31, 30, 1):
        back_up(full.stores, settings, admin, folder, now=now - timedelta(days=days))
    (folder / f"promolens-20260101T000000Z{manifests.PARTIAL}").mkdir()
    (folder / "somebody-else").mkdir()
    done = back_up(full.stores, settings, admin, folder, now=now)
    # Those of 60 and 31 days went when younger ones were made; what a killed run left goes after a day.
    assert sorted(path.name for path in folder.iterdir()) == [
        "promolens-20260130T000000Z",
        "promolens-20260228T000000Z",
        "promolens-20260301T000000Z",
        "somebody-else",
    ]
    assert f"promolens-20260101T000000Z{manifests.PARTIAL}" in done.removed
    assert manifests.clear_out(folder, 1, now + timedelta(days=400)) == [
        "promolens-20260130T000000Z",
        "promolens-20260228T000000Z",
    ]


def test_a_trial_restore_proves_the_newest_backup(
    full: Ledger, settings: Settings, admin: Scope, tmp_path: Path
) -> None:
    made = back_up(full.stores, settings, admin, tmp_path / "backups")
    before = contents(full.stores)
    done = trial(full.stores, settings, admin, tmp_path / "backups")
    assert done.backup == made.path
    assert contents(full.stores) == before
    assert not list(settings.data_dir.glob("trial-*"))
    with full.stores.operational.read() as session:
        assert last_done(session, "trial_restore") is not None
    shutil.rmtree(made.path)
    with pytest.raises(BackupRefused):
        trial(full.stores, settings, admin, tmp_path / "backups")
    with full.stores.operational.read() as session:
        assert session.rows("operations/runs_last")[0]["state"] == "failed"


def test_chunks_fetched_after_the_backup_are_set_aside(made: Path, settings: Settings, admin: Scope) -> None:
    chunk = settings.spool_dir / ACCOUNT / "20260101T000000" / "1"
    chunk.mkdir(parents=True)
    (chunk / "events.parquet").write_bytes(b"x")
    done = restore(settings, admin, made, replace=True)
    assert not settings.spool_dir.exists()
    assert [path.name.partition(".")[0] for path in done.set_aside if path.is_dir()] == ["spool"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE klaviyo_orders SET order_value = order_value + 0.01 WHERE order_id = 'A'",
        "UPDATE klaviyo_orders SET customer_tags = ['vip'] WHERE order_id = 'A'",
        "UPDATE klaviyo_orders SET order_timestamp = order_timestamp + INTERVAL 1 MICROSECOND WHERE order_id = 'B'",
        "UPDATE klaviyo_orders SET shipping_city = NULL WHERE order_id = 'B'",
        "DELETE FROM klaviyo_orders WHERE order_id = 'A'",
        "INSERT INTO klaviyo_orders SELECT * FROM klaviyo_orders WHERE order_id = 'A'",
    ],
)
def test_the_comparison_sees_every_difference(
    full: Ledger, settings: Settings, admin: Scope, tmp_path: Path, change: str
) -> None:
    path = back_up(full.stores, settings, admin, tmp_path).path / "warehouse.klaviyo_orders.parquet"
    with full.stores.warehouse.write() as session, Digests() as digests:
        assert digests.same(session, catalogue(session, "warehouse")["klaviyo_orders"], path)
    with full.stores.warehouse.write() as session:
        session.execute_text("ALTER TABLE klaviyo_orders ALTER shipping_city DROP NOT NULL")
        session.execute_text(change)
    with full.stores.warehouse.read() as session, Digests() as digests:
        assert not digests.same(session, catalogue(session, "warehouse")["klaviyo_orders"], path)
