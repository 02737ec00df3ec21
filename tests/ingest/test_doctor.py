"""What doctor finds, on rows that a person can check by hand; the databases' own questions on every engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data_access import schedule
from data_access.operations.runs import recorded
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores, close_stores, open_stores
from demo.emulator import running_emulator
from ingest import doctor
from ingest.examination import databases, machine, upkeep
from ingest.examination.check import Check, size
from settings import Settings
from tests.warehouse_rows import ACCOUNT, insert, line, order, store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SCOPE = local_admin("test")


def named(checks: list[Check] | Iterator[Check], name: str) -> Check:
    return next(check for check in checks if check.name == name)


# --- rows that name what is not there ---------------------------------------------------------------------------------


def event(id: str, metric: str, profile: str) -> dict[str, Any]:
    return {
        "klaviyo_public_id": ACCOUNT, "id": id, "metric_id": metric, "profile_id": profile, "timestamp": NOW,
        "properties": "{}", "raw_data": "{}", "ingest_seq": 1,
    }  # fmt: skip


def test_a_store_without_rows_lacks_none(stores: Stores) -> None:
    assert [check.name for check in databases.orphans(stores)] == ["keys"]


def test_each_row_that_names_what_is_not_there_is_counted(stores: Stores) -> None:
    insert(stores, "klaviyo_events", event("e1", "M1", "P1"), event("e2", "M2", "P1"))
    moments = {"created_at": NOW, "updated_at": NOW}
    insert(stores, "klaviyo_metrics", {"klaviyo_public_id": ACCOUNT, "id": "M1", "name": "Placed Order"} | moments)
    insert(stores, "klaviyo_profiles", {"klaviyo_public_id": "Other1", "id": "P1"} | moments)
    insert(stores, "klaviyo_orders", order("o1", "10", "2026-11-20T10:00"))
    insert(stores, "klaviyo_order_line_items", line("o1", "p", "10", "2026-11-20"), line("o9", "p", "5", "2026-11-20"))
    found = list(databases.orphans(stores))
    assert {check.name: check.ok for check in found} == {
        "events without their metric": False,
        "events without their profile": False,
        "order lines without their order": False,
    }
    assert named(found, "events without their metric").message.startswith("1, such as e2: ")
    assert named(found, "events without their profile").message.startswith("2, such as e1: ")
    assert named(found, "order lines without their order").message.startswith("1, such as o9: ")


def test_a_refund_of_an_order_from_before_the_history_is_told_and_allowed(stores: Stores) -> None:
    refund = {
        "klaviyo_public_id": ACCOUNT, "event_id": "r1", "event_timestamp": NOW, "event_type": "refund",
        "original_order_id": "old", "customer_id": "c", "refund_currency": "EUR", "synced_at": NOW,
    }  # fmt: skip
    insert(stores, "refund_cancelled_orders", refund)
    found = list(databases.orphans(stores))
    assert [(check.name, check.ok) for check in found] == [("refunds of unknown orders", True), ("keys", True)]
    assert found[0].message.startswith("1, such as old")


# --- each engine ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["duckdb", "postgresql and chdb"])
def both(request: pytest.FixtureRequest, stores: Stores, settings: Settings, tmp_path: Path) -> Iterator[Stores]:
    """Migrated stores: both embedded, or each on its own engine."""
    if request.param == "duckdb":
        yield stores
        return
    from data_access.migrate import migrate

    own = settings.model_copy(
        update={
            "database_url": request.getfixturevalue("migrated_postgres_url"),
            "warehouse_url": f"chdb:///{tmp_path / 'chdb'}",
        }
    )
    opened = open_stores(own)
    migrate(opened)
    yield opened
    close_stores(opened)


def test_every_engine_answers_every_question(both: Stores, settings: Settings) -> None:
    found = doctor.look_deep(both, settings, SCOPE)
    assert found.failed == [check for check in found.failed if check.name == "archive"]
    tables = {(row["store"], row["table"]): row for row in found.tables}
    role = "database" if both.same else "operational store"
    assert (role, "klaviyo_events") in tables
    assert ("database" if both.same else "warehouse", "klaviyo_orders") in tables
    assert all(row["bytes"] >= 0 and row["rows"] >= 0 for row in found.tables)
    assert all(check.ok for check in databases.clocks(both))
    assert all(check.ok for check in doctor.look(both, settings, SCOPE, NOW).checks if check.area == "Database")


def test_a_server_that_archives_nothing_is_trouble(both: Stores) -> None:
    found = list(databases.archive(both))
    assert [check.ok for check in found] == ([] if both.same else [False])


def test_indexes_that_nothing_used_are_named_on_a_server(both: Stores) -> None:
    names = [check.name for check in databases.statements(both) if check.name.startswith("indexes")]
    assert names == ([] if both.same else ["indexes of the operational store"])


# --- the machine ------------------------------------------------------------------------------------------------------


def test_the_clock_is_compared_with_klaviyo_s(settings: Settings) -> None:
    with running_emulator(events=1_000, seed=3) as klaviyo:
        own = settings.model_copy(update={"klaviyo_base_url": klaviyo.base_url})
        assert (
            "within" in next(machine.klaviyo_clock(own)).message
            or "no date" in next(machine.klaviyo_clock(own)).message
        )
    silent = next(machine.klaviyo_clock(settings.model_copy(update={"klaviyo_base_url": "http://127.0.0.1:9"})))
    assert silent.ok
    assert "does not answer" in silent.message


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(30, "within 30 s of Klaviyo's"), (90, "90 s behind Klaviyo's"), (-3700, "3,700 s ahead of Klaviyo's")],
)
def test_a_wrong_clock_is_told_with_its_direction(seconds: int, words: str) -> None:
    assert words in machine.skew_words(timedelta(seconds=seconds), "Klaviyo's")


def devices(folder: Path, place: Path, layers: list[str | None]) -> Path:
    """A tree as the kernel shows it: the volume of `place` over `layers`, each the uuid of a mapping or None."""
    import os

    device = place.stat().st_dev
    here = folder / f"{os.major(device)}:{os.minor(device)}"
    for uuid in layers:
        here.mkdir(parents=True)
        if uuid is not None:
            (here / "dm").mkdir()
            (here / "dm" / "uuid").write_text(uuid)
        here = here / "slaves" / "below"
    return folder


@pytest.mark.parametrize(
    ("layers", "encrypted"),
    [
        (["CRYPT-LUKS2-abc-root", None], True),
        (["LVM-abc", "CRYPT-LUKS2-abc-pv", None], True),
        (["LVM-abc", None], False),
        ([None], False),
    ],
)
def test_an_encrypted_volume_is_known_through_its_layers(
    tmp_path: Path, layers: list[str | None], encrypted: bool
) -> None:
    assert machine.volume_encrypted(tmp_path, devices(tmp_path / "sys", tmp_path, layers)) is encrypted


def test_a_volume_of_which_the_system_tells_nothing_is_not_taken_for_encrypted(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert machine.volume_encrypted(tmp_path, tmp_path / "no such place") is None
    monkeypatch.setattr(machine, "volume_encrypted", lambda _folder: None)
    required = settings.model_copy(update={"require_encrypted_volume": True})
    assert not named(machine.machine(required), "encryption").ok
    assert "encryption" not in [check.name for check in machine.machine(settings)]


def test_sizes_are_written_as_people_do() -> None:
    assert [size(n) for n in (0, 1023, 1536, 5 * 2**20, 3 * 2**30)] == [
        "0 bytes", "1,023 bytes", "2 KiB", "5.0 MiB", "3.0 GiB",
    ]  # fmt: skip


# --- schedule and backups ---------------------------------------------------------------------------------------------

Served = Callable[..., None]


@pytest.fixture
def served(stores: Stores) -> Served:
    """`served("sync", hours_ago, failures)` as the row of a piece of work."""
    insert(stores, "stores", store(created_at=NOW - timedelta(days=10)))

    def put(work: str, hours: float, failures: int = 0) -> None:
        with stores.operational.write() as session:
            schedule.register(session, ACCOUNT, work, NOW - timedelta(hours=hours))
            row = schedule.known_work(session)[ACCOUNT, work]
            session.execute(
                "schedule/claim", account=ACCOUNT, work=work, version=row.version, slot=row.slot, owner="a:1:b",
                until=NOW, now=NOW, failures=0,
            )  # fmt: skip
            session.execute(
                "schedule/finish", account=ACCOUNT, work=work, owner="a:1:b", state="failed" if failures else "done",
                now=NOW, succeeded=not failures, failures=failures, retry_at=None, message="The key was refused.",
                result=None,
            )  # fmt: skip

    return put


def test_a_schedule_that_is_kept_is_well(stores: Stores, settings: Settings, served: Served) -> None:
    served("sync", 0.1)
    served("refresh", 9)
    assert [(c.name, c.ok) for c in upkeep.schedule_kept(stores, settings, NOW)] == [("schedule", True)]


def test_work_that_fails_again_and_again_is_named(stores: Stores, settings: Settings, served: Served) -> None:
    served("sync", 0.1, failures=3)
    found = list(upkeep.schedule_kept(stores, settings, NOW))
    assert [check.ok for check in found] == [False]
    assert "failed 3 times from the start: The key was refused." in found[0].message


def test_a_schedule_that_nobody_keeps_is_told(stores: Stores, settings: Settings, served: Served) -> None:
    served("sync", 30)
    found = named(upkeep.schedule_kept(stores, settings, NOW), "schedule")
    assert not found.ok
    assert "start the app" in found.message
    elsewhere = settings.model_copy(update={"database_url": "postgresql+psycopg://elsewhere/db"})
    assert "promolens schedule --once" in named(upkeep.schedule_kept(stores, elsewhere, NOW), "schedule").message
    off = settings.model_copy(update={"schedule": "off"})
    assert named(upkeep.schedule_kept(stores, off, NOW), "schedule").ok


def test_a_backup_that_is_missing_old_or_failed_is_told(stores: Stores, served: Served) -> None:
    assert not named(upkeep.backups(stores, NOW), "backup").ok
    with recorded(stores.operational, "backup", by="test"):
        pass
    just = datetime.now(UTC)
    assert named(upkeep.backups(stores, just), "backup").ok
    assert not named(upkeep.backups(stores, just + timedelta(days=3)), "backup").ok
    with pytest.raises(ValueError, match="no room"), recorded(stores.operational, "backup", by="test"):
        raise ValueError("no room")
    failed = named(upkeep.backups(stores, datetime.now(UTC)), "last backup")
    assert not failed.ok
    assert "no room" in failed.message


def test_a_new_installation_need_not_have_a_backup_yet(stores: Stores) -> None:
    insert(stores, "stores", store(created_at=NOW - timedelta(hours=5)))
    assert named(upkeep.backups(stores, NOW), "backup").ok


def test_only_an_admin_may_look(stores: Stores, settings: Settings) -> None:
    eve = granted("eve", [ACCOUNT], [Right.VIEW])
    with pytest.raises(NotPermitted):
        doctor.look(stores, settings, eve)
    with pytest.raises(NotPermitted):
        doctor.examine(settings, eve)
