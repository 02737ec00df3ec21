"""A backup of one stack restored into another: how a team outgrows one machine, and how it comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from analytics.audit import Action
from data_access.operations.backup import back_up
from data_access.operations.restore import NotEmpty, restore, trial
from data_access.operations.retention import retain
from data_access.operations.runs import last_done
from data_access.operations.upkeep import maintain
from data_access.scope import Scope
from data_access.stores import Stores, close_stores, open_stores
from data_access.writes.audit import note
from settings import Settings
from tests.embedded_clickhouse import require_chdb
from tests.figures.literal import Ledger
from tests.noted import noted
from tests.operations.test_backup import contents, fill
from tests.operations.test_retention import NOW

# Versions move on; what says in ClickHouse when a row was written, and in no backup of another engine, is anew.
UNLIKE: Final[dict[str, list[str]]] = {"data_versions": [], "order_deductions": [], "projection_rejects": []}
pytestmark = pytest.mark.slow


def alike(value: Any) -> Any:
    """A value as every engine can keep it: PostgreSQL orders documents anew, ClickHouse knows no missing list."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        return json.dumps(json.loads(value), sort_keys=True)
    return None if value == [] else value


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    fill(ledger)
    return ledger


@pytest.fixture
def servers(postgres_url: str, tmp_path: Path) -> Settings:
    """PostgreSQL and ClickHouse, both empty."""
    require_chdb()
    return Settings(
        data_dir=tmp_path / "team", database_url=postgres_url, warehouse_url=f"chdb:///{tmp_path / 'warehouse'}"
    )


@pytest.fixture
def moved(full: Ledger, settings: Settings, servers: Settings, admin: Scope, tmp_path: Path) -> Iterator[Stores]:
    """The full store, restored from its backup into both servers."""
    back_up(full.stores, settings, admin, tmp_path / "first")
    restore(servers, admin, tmp_path / "first")
    stores = open_stores(servers)
    yield stores
    close_stores(stores)


def test_there_and_back_every_row_is_the_same(
    full: Ledger, moved: Stores, settings: Settings, servers: Settings, admin: Scope, tmp_path: Path
) -> None:
    before = contents(full.stores, alike)
    done = back_up(moved, servers, admin, tmp_path / "second")
    assert {role: told["dialect"] for role, told in done.manifest.stores.items()} == {
        "operational": "postgresql",
        "warehouse": "clickhouse",
    }
    assert trial(moved, servers, admin, tmp_path / "second").manifest.rows == done.manifest.rows
    close_stores(full.stores)
    restore(settings, admin, tmp_path / "second", replace=True)
    back = open_stores(settings)
    after = contents(back, alike)
    close_stores(back)
    # The backup of two databases is itself a job of the account.
    assert after | {"sync_jobs": []} == before | {"sync_jobs": []}


def test_servers_that_hold_data_are_replaced_only_when_asked(
    moved: Stores, servers: Settings, admin: Scope, tmp_path: Path
) -> None:
    before = contents(moved)
    with moved.operational.read() as session:
        version = max(row["version"] for row in session.rows("operations/data_state"))
    with moved.operational.write() as session:
        note(session, "ann@example.com", Action.KEY_ROTATE, "since the backup")
    close_stores(moved)
    with pytest.raises(NotEmpty, match="--replace"):
        restore(servers, admin, tmp_path / "first")
    restore(servers, admin, tmp_path / "first", replace=True)
    again = open_stores(servers)
    after = contents(again)
    with again.operational.read() as session:
        versions = [row["version"] for row in session.rows("operations/data_state")]
        assert last_done(session, "restore") is not None
    assert [one["action"] for one in noted(again)][-2:] == ["key.rotate", "backup.restore"]
    close_stores(again)
    # A page that has the old figures in its cache must not take them for those of the same version.
    assert min(versions) > version
    assert after | UNLIKE == before | UNLIKE


def test_a_restore_that_breaks_off_leaves_postgresql_as_it_was(
    moved: Stores, servers: Settings, admin: Scope, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(moved)
    close_stores(moved)
    real = restore.__globals__["_compare"]

    def breaks(session: Any, role: str, *rest: Any) -> None:
        if role == "operational":
            raise KeyboardInterrupt
        real(session, role, *rest)

    monkeypatch.setitem(restore.__globals__, "_compare", breaks)
    with pytest.raises(KeyboardInterrupt):
        restore(servers, admin, tmp_path / "first", replace=True)
    again = open_stores(servers)
    after = contents(again)
    close_stores(again)
    # Pages are told that figures are being put in place, until a restore has come to its end.
    assert "'publishing': True" in after["data_versions"][0]
    # Its orders are due anew, from the events: what the warehouse holds is not known any more.
    marks = [row for row in after["projection_watermarks"] if "'projection': 'orders'" in row]
    assert len(marks) == 1
    assert "'ingest_seq': 0" in marks[0]
    unlike = UNLIKE | {"projection_watermarks": []}
    assert after | unlike == before | unlike


def test_upkeep_and_retention_of_servers(moved: Stores, servers: Settings, admin: Scope) -> None:
    with moved.operational.write() as session:
        session.execute_text(
            "INSERT INTO sales_aggregated (date, channel, department, sales_value, margin_value, units)"
            " VALUES (DATE '2019-03-07', 'online', 'Schuhe', 1, 1, 1)"
        )
    before = contents(moved)
    done = maintain(moved, servers, admin)
    assert (done["operational"]["engine"], done["warehouse"]["engine"]) == ("postgresql", "clickhouse")
    assert contents(moved) == before
    # The month of a row that waited for its partition has one now, and no day is left to be summed up when asked for.
    assert "2019-03" in done["operational"]["partitions"]
    with moved.operational.read() as session:
        waiting = "SELECT (SELECT count(*) FROM sales_aggregated_rest) AS rest, count(*) AS days"
        found = session.query_text(f"{waiting} FROM sales_daily_summary_changed", {}).to_pylist()
    assert found == [{"rest": 0, "days": 0}]
    assert {one.rows for one in retain(moved, servers, admin, now=NOW, dry_run=True).expired} == {0}


def test_numbers_go_on_after_those_that_were_restored(moved: Stores) -> None:
    with moved.operational.write() as session:
        number = session.query_text("SELECT nextval('ingest_seq') AS n", {})["n"][0].as_py()
        highest = session.query_text("SELECT max(ingest_seq) AS n FROM klaviyo_events", {})["n"][0].as_py()
        assert number > highest
        session.execute_text(
            "INSERT INTO sales_aggregated (date, channel, department, sales_value, margin_value, units)"
            " VALUES (DATE '2025-06-01', 'online', 'Schuhe', 1, 1, 1)"
        )
