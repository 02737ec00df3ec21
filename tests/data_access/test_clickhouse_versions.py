"""Of two rows with one key the one written later holds, whatever the clocks of those who wrote them said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from data_access.engines.clickhouse import ClickHouseSession, ClickHouseStore
from data_access.engines.clickhouse_templates import fill_in
from data_access.engines.clickhouse_versions import RowVersions
from data_access.errors import StoreUnavailable
from data_access.migrate import steps
from tests.embedded_clickhouse import require_chdb

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTES = (
    "CREATE TABLE notes (k String, n Int64, seen DateTime64(6, 'UTC'), is_deleted UInt8 DEFAULT 0)"
    " ENGINE = ReplacingMergeTree(seen, is_deleted) ORDER BY k"
)
PUT = (
    "-- purpose: p\n-- grain: g\n-- params: n Int64, row_version DateTime64(6)\n"
    "INSERT INTO notes (k, n, seen) SELECT 'a', :n, :row_version"
)
Sql = Callable[[str, str], str]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClickHouseStore]:
    require_chdb()
    store = ClickHouseStore(f"chdb:///{tmp_path_factory.mktemp('versions') / 'warehouse'}")
    with store.write() as session:
        session.execute_text(NOTES)
        session.execute_text(fill_in(steps("warehouse", "clickhouse")[1].text, ""))
    yield store
    store.close()


@pytest.fixture
def store(opened: ClickHouseStore, sql: Sql) -> ClickHouseStore:
    """A store without rows, of a process that has written nothing yet."""
    sql("notes/put", PUT)
    sql("notes/all", "SELECT n, seen FROM notes")
    with opened.write() as session:
        session.execute_text("TRUNCATE TABLE notes")
        session.execute_text("TRUNCATE TABLE row_versions")
    return opened


def writing(store: ClickHouseStore, now: datetime) -> RowVersions:
    """The store as a process has it that was started just now, its clock at `now`."""
    store.versions = RowVersions(clock=lambda: now)
    return store.versions


def put(store: ClickHouseStore, *numbers: int) -> None:
    with store.write() as session:
        for n in numbers:
            session.execute("notes/put", n=n)


def held(store: ClickHouseStore) -> int:
    with store.read() as session:
        row = session.one("notes/all")
    assert row is not None
    return int(row["n"])


def seen(store: ClickHouseStore) -> datetime:
    with store.read() as session:
        found: datetime = session.rows("notes/all")[0]["seen"]
    return found


def test_a_version_is_the_time_of_writing(store: ClickHouseStore) -> None:
    writing(store, NOON)
    put(store, 1)
    assert seen(store) == NOON
    put(store, 2, 3)
    assert (held(store), seen(store)) == (3, NOON + timedelta(microseconds=2))


def test_a_clock_that_is_set_back_between_two_writes_loses_nothing(store: ClickHouseStore) -> None:
    now = NOON
    store.versions = RowVersions(clock=lambda: now)
    put(store, 1)
    now = NOON - 24 * HOUR
    put(store, 2)
    assert held(store) == 2
    with store.write() as session:
        session.execute("notes/put", n=3)
        now = NOON - 48 * HOUR
        session.execute("notes/put", n=4)
    assert held(store) == 4


@pytest.mark.parametrize("behind", [timedelta(seconds=1), HOUR, 1000 * HOUR])
def test_a_restart_with_an_earlier_clock_loses_nothing(store: ClickHouseStore, behind: timedelta) -> None:
    writing(store, NOON)
    put(store, 1, 2)
    writing(store, NOON - behind)
    put(store, 3)
    assert held(store) == 3


def test_writers_with_different_clocks_may_take_turns(store: ClickHouseStore) -> None:
    fast, slow = RowVersions(clock=lambda: NOON + HOUR), RowVersions(clock=lambda: NOON - HOUR)
    for n, writer in enumerate((slow, fast, slow, slow, fast, slow), start=1):
        store.versions = writer
        put(store, n)
        assert held(store) == n


def test_a_writer_that_ends_amid_its_block_repeats_no_version(store: ClickHouseStore) -> None:
    first = writing(store, NOON)
    put(store, 1)
    first_upto = seen(store)
    second = writing(store, NOON)
    put(store, 2)
    assert first is not second
    assert seen(store) > first_upto
    assert held(store) == 2


def test_rows_from_before_versions_were_noted_are_passed(store: ClickHouseStore) -> None:
    with store.write() as session:
        session.execute_text("INSERT INTO notes VALUES ('a', 1, '2027-01-01 00:00:00.000001', 0)")
        session.execute_text("INSERT INTO notes VALUES ('a', 2, '2027-01-01 00:00:00.000002', 1)")
    writing(store, NOON)
    put(store, 3)
    assert held(store) == 3


def test_rows_of_a_backup_are_passed_by_a_process_that_runs_all_the_while(store: ClickHouseStore) -> None:
    running = writing(store, NOON)
    put(store, 1)
    writing(store, NOON)
    with store.write() as session:
        session.execute_text("TRUNCATE TABLE notes")
        session.execute_text("INSERT INTO notes VALUES ('a', 2, '2027-01-01 00:00:00.000001', 0)")
        session.pass_versions()
    store.versions = running
    put(store, 3)
    assert held(store) == 3


def test_what_cannot_be_noted_is_not_used(store: ClickHouseStore, monkeypatch: pytest.MonkeyPatch) -> None:
    writing(store, NOON)
    whole = ClickHouseSession._command

    def down(self: ClickHouseSession, text: str, *rest: object) -> int:
        if "row_versions" in text:
            raise StoreUnavailable("does not answer")
        return whole(self, text, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(ClickHouseSession, "_command", down)
        with pytest.raises(StoreUnavailable):
            put(store, 1)
    with store.read() as session:
        assert session.rows("notes/all") == []
    put(store, 2)
    assert seen(store) == NOON


def test_a_process_notes_seldom_what_it_takes(store: ClickHouseStore) -> None:
    writing(store, NOON)
    for n in range(20):
        put(store, n)
    with store.read() as session:
        parts = session.query_text("SELECT count(*) AS n FROM row_versions SETTINGS final = 0", {})["n"]
    assert parts.to_pylist() == [1]
