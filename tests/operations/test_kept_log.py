"""What a restore keeps: each entry of the log once, and no name that was erased since the backup."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from analytics.audit import Action
from data_access.operations.backup import back_up
from data_access.operations.kept_log import is_whole, put_back
from data_access.operations.restore import restore
from data_access.operations.tables import catalogue
from data_access.pseudonyms import erase_name, named, pseudonym_of
from data_access.scope import Scope
from data_access.stores import Stores, close_stores, open_stores
from data_access.writes.audit import note, note_apart
from settings import Settings
from tests.noted import noted

EARLIER = pa.table(
    {
        "id": ["11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"],
        "happened_at": pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * 2, pa.timestamp("us", "UTC")),
        "actor": ["ann@example.com", "schedule"],
        "action": ["grant.give", "uplift.active"],
        "object_type": ["grant", "uplift_model"],
        "object_id": ["bob@example.com", "m1"],
        "klaviyo_public_id": pa.array([None, None], pa.string()),
        "before_value": pa.array([None, '{"said": "to carl@example.com"}'], pa.string()),
        "after_value": ['{"role": "planner"}', "null"],
    }
)


def test_the_log_of_a_backup_is_added_once_and_by_pseudonym(each_operational: Stores) -> None:
    store = each_operational.operational
    with store.write() as session:
        note(session, "ann@example.com", Action.KEY_ROTATE, "database")
    for _ in range(2):
        with store.write() as session:
            table = catalogue(session, "operational")["audit_log"]
            assert is_whole(session, table, [EARLIER]) == bool(_)
            put_back(session, table, [EARLIER])
            assert is_whole(session, table, [EARLIER])
    told = [(one["actor"], one["action"], one["id"], one["before"], one["after"]) for one in noted(each_operational)]
    assert sorted(told[:2]) == [
        ("ann@example.com", "grant.give", "bob@example.com", None, {"role": "planner"}),
        ("schedule", "uplift.active", "m1", {"said": "to •••@•••"}, None),
    ]
    assert told[2:] == [("ann@example.com", "key.rotate", "database", None, None)]
    with store.read() as session:
        assert "example.com" not in str(session.query_text("SELECT * FROM audit_log", {}).to_pylist())


def test_a_name_that_was_erased_since_does_not_come_back(each_operational: Stores) -> None:
    store = each_operational.operational
    with store.write() as session:
        ann, bob = (pseudonym_of(session, name) for name in ("ann@example.com", "bob@example.com"))
    with store.read() as session:
        backup = session.query_text("SELECT pseudonym, name, created_at, erased_at FROM persons", {})
    with store.write() as session:
        erase_name(session, "ann@example.com")
    with store.write() as session:
        put_back(session, catalogue(session, "operational")["persons"], [backup])
    with store.read() as session:
        assert named(session) == {bob: "bob@example.com"}
        rows = session.query_text("SELECT pseudonym FROM persons", {})["pseudonym"].to_pylist()
    assert sorted(rows) == sorted([ann, bob])


def test_what_was_noted_since_the_backup_stays_and_the_restore_is_noted(
    stores: Stores, settings: Settings, admin: Scope, tmp_path: Path
) -> None:
    back_up(stores, settings, admin, tmp_path / "backups")
    note_apart(stores.operational, "ann@example.com", Action.KEY_ROTATE, "since the backup")
    close_stores(stores)
    restore(settings, admin, tmp_path / "backups", replace=True)
    again = open_stores(settings)
    told = [(one["actor"], one["action"]) for one in noted(again)]
    close_stores(again)
    assert told == [("test", "backup.make"), ("ann@example.com", "key.rotate"), ("test", "backup.restore")]
