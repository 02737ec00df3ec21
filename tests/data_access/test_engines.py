"""What every engine's adapter must do; each test runs on each engine."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_access.engines import duckdb as embedded
from data_access.engines.base import Store
from data_access.errors import (
    StatementRefused,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreUnavailable,
)
from data_access.stores import close_stores, open_stores
from settings import PROJECT_ROOT, Settings

Sql = Callable[[str, str], str]
HOSTILE = [
    "'); DROP TABLE t; --",
    "$n",
    ":n",
    "%s %(n)s",
    "{n:String}",
    'a "quoted" \\ word',
    "zero \u200b width, 😀, naïve",
    "",
]


@pytest.fixture
def table(store: Store, sql: Sql) -> Store:
    """A store with a table t (k, n) and statements on it."""
    sql("t/make", "CREATE TABLE t (k VARCHAR NOT NULL, n BIGINT NOT NULL)")
    sql("t/add", "-- purpose: p\n-- grain: g\n-- params: k String, n Int64\nINSERT INTO t (k, n) VALUES (:k, :n)")
    sql("t/raise", "UPDATE t SET n = n + 1")
    sql("t/all", "SELECT k, n FROM t ORDER BY k, n")
    sql("t/count", "SELECT count(*) AS n FROM t")
    with store.write() as session:
        session.execute("t/make")
    return store


def count(store: Store) -> int:
    with store.read() as session:
        row = session.one("t/count")
    assert row is not None
    return int(row["n"])


def test_a_reader_sees_one_state_while_a_writer_commits(table: Store) -> None:
    with table.read() as reader:
        before = reader.rows("t/all")
        with table.write() as writer:
            writer.execute("t/add", k="a", n=1)
        assert reader.rows("t/all") == before == []
    assert count(table) == 1


def test_a_reader_does_not_wait_for_a_writer(table: Store) -> None:
    with table.write() as writer:
        writer.execute("t/add", k="a", n=1)
        assert count(table) == 0
    assert count(table) == 1


def test_a_write_is_rolled_back_by_any_exception(table: Store) -> None:
    def fails() -> None:
        with table.write() as session:
            session.execute("t/add", k="a", n=1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fails()
    assert count(table) == 0
    with table.write() as session:
        session.execute("t/add", k="b", n=1)
    assert count(table) == 1


def test_a_write_is_rolled_back_by_a_refused_statement(table: Store, sql: Sql) -> None:
    sql("t/none", "INSERT INTO t (k, n) VALUES ('x', NULL)")

    def fails() -> None:
        with table.write() as session:
            session.execute("t/add", k="a", n=1)
            session.execute("t/none")

    with pytest.raises(StatementRefused, match="refused a statement"):
        fails()
    assert count(table) == 0


def test_a_reader_cannot_write(table: Store) -> None:
    with pytest.raises(StoreError), table.read() as session:
        session.execute("t/add", k="a", n=1)
    assert count(table) == 0


def test_writers_of_several_threads_follow_one_another(table: Store) -> None:
    with table.write() as session:
        session.execute("t/add", k="counter", n=0)
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            for _ in range(25):
                with table.write() as session:
                    session.execute("t/raise")
        except BaseException as error:  # a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with table.read() as session:
        assert session.rows("t/all") == [{"k": "counter", "n": 100}]


@pytest.mark.parametrize("value", HOSTILE)
def test_values_are_bound_never_formatted_in(table: Store, sql: Sql, value: str) -> None:
    sql("t/find", "-- purpose: p\n-- grain: g\n-- params: k String\nSELECT n FROM t WHERE k = :k AND k || '' = :k")
    with table.write() as session:
        assert session.execute("t/add", k=value, n=7) == 1
    with table.read() as session:
        assert session.one("t/find", k=value) == {"n": 7}
        assert session.one("t/find", k=value + "x") is None


def test_casts_and_quoted_colons_are_no_parameters(store: Store, sql: Sql) -> None:
    name = sql(
        "t/literals",
        "-- purpose: p\n-- grain: g\n-- params: d String\n"
        "-- a note about :nothing\n"
        "SELECT ':d' AS quoted, 'it''s :d' AS doubled, :d::DATE AS d, 1::BIGINT AS one, '100%' AS share",
    )
    with store.read() as session:
        assert session.one(name, d="2026-03-29") == {
            "quoted": ":d", "doubled": "it's :d", "d": date(2026, 3, 29), "one": 1, "share": "100%",
        }  # fmt: skip


def test_money_and_instants_come_back_as_they_went_in(store: Store, sql: Sql) -> None:
    sql("m/make", "CREATE TABLE m (v DECIMAL(18, 2), moment TIMESTAMPTZ)")
    sql(
        "m/add",
        "-- purpose: p\n-- grain: g\n-- params: v Decimal(18,2), moment DateTime64(6)\n"
        "INSERT INTO m VALUES (:v, :moment)",
    )
    sql("m/sum", "SELECT sum(v) AS v, min(moment) AS first FROM m")
    moment = datetime(2026, 10, 25, 0, 30, 0, 123456, tzinfo=UTC)
    with store.write() as session:
        session.execute("m/make")
        for value in ("0.10", "0.20", "9999999999999999.00"):
            session.execute("m/add", v=Decimal(value), moment=moment)
    with store.read() as session:
        row = session.one("m/sum")
        arrow = session.query("m/sum")
    assert row is not None
    assert row["v"] == Decimal("9999999999999999.30")
    assert row["first"] == moment
    assert row["first"].utcoffset().total_seconds() == 0
    assert arrow.column("v").to_pylist() == [Decimal("9999999999999999.30")]


def test_every_statement_of_a_file_runs_and_the_last_one_is_counted(table: Store, sql: Sql) -> None:
    sql(
        "t/steps",
        "-- purpose: p\n-- grain: g\n-- params: k String\n"
        "INSERT INTO t VALUES (:k, 1), (:k, 2), ('other', 3);\n-- @next\nDELETE FROM t WHERE k = :k;\n",
    )
    with table.write() as session:
        assert session.execute("t/steps", k="a") == 2
    with table.read() as session:
        assert session.rows("t/all") == [{"k": "other", "n": 3}]


def test_stage_takes_arrow(table: Store, sql: Sql) -> None:
    sql("t/take", "INSERT INTO t SELECT k, n FROM incoming")
    with table.write() as session:
        session.stage("incoming", pa.table({"k": ["a", "b"], "n": [1, 2]}))
        assert session.execute("t/take") == 2
    assert count(table) == 2


def test_stage_takes_parquet_files_whatever_their_names(table: Store, sql: Sql, tmp_path: Path) -> None:
    sql("t/take", "INSERT INTO t SELECT k, n FROM incoming")
    files = [tmp_path / "it's; one.parquet", tmp_path / "two [x].parquet"]
    for number, path in enumerate(files):
        pq.write_table(pa.table({"k": [f"file {number}"], "n": [number]}), path)
    with table.write() as session:
        session.stage("incoming", files[:1])
        session.execute("t/take")
    with table.read() as session:
        assert session.rows("t/all") == [{"k": "file 0", "n": 0}]


def test_staged_rows_are_seen_by_their_session_only(table: Store, sql: Sql) -> None:
    sql("t/peek", "SELECT count(*) AS n FROM incoming")
    with table.write() as session:
        session.stage("incoming", pa.table({"k": ["a"], "n": [1]}))
        with pytest.raises(StatementRefused), table.read() as other:
            other.one("t/peek")
    with pytest.raises(StatementRefused), table.read() as later:
        later.one("t/peek")


@pytest.mark.parametrize("name", ["t; DROP TABLE t", 'a"b', "1a", "", "a b", "a\n"])
def test_a_staged_table_has_a_plain_name(table: Store, name: str) -> None:
    with pytest.raises(ValueError, match="not a table name"), table.write() as session:
        session.stage(name, pa.table({"k": ["a"]}))


def test_a_closed_store_says_so(table: Store) -> None:
    table.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        count(table)


def test_an_address_never_shows_a_password(store: Store) -> None:
    assert "@" not in store.url
    assert store.url.partition("://")[0].startswith(store.dialect)


# --- the embedded file ------------------------------------------------------------------------------------------------

OPEN = "from settings import Settings\nfrom data_access.stores import open_stores\nopen_stores(Settings(data_dir={!r}))"


def open_elsewhere(settings: Settings) -> subprocess.CompletedProcess[str]:
    """Opens the stores in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", OPEN.format(str(settings.data_dir))],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_second_process_is_told_who_holds_the_file_and_the_way_out(settings: Settings) -> None:
    import os

    opened = open_stores(settings)
    try:
        done = open_elsewhere(settings)
    finally:
        close_stores(opened)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert StoreBusy.__name__ in last
    assert f"process {os.getpid()}" in last
    assert "stop it and try again" in last
    assert open_elsewhere(settings).returncode == 0


def test_a_damaged_file_is_named_with_the_way_out(settings: Settings) -> None:
    settings.data_dir.mkdir()
    path = settings.data_dir / "promolens.duckdb"
    path.write_bytes(b"not a database " * 1000)
    with pytest.raises(StoreDamaged, match="promolens restore") as caught:
        open_stores(settings)
    assert str(path) in str(caught.value)
    aside = next(settings.data_dir.glob("promolens.duckdb.damaged-*"))
    assert aside.read_bytes().startswith(b"not a database"), "a damaged file is never overwritten"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreFull, match="DATA_DIR"):
        open_stores(Settings(data_dir=tmp_path / "file" / "data"))


@pytest.mark.parametrize(
    ("raised", "expected", "says"),
    [
        (duckdb.IOException("IO Error: No space left on device"), StoreFull, "Free some space"),
        (duckdb.FatalException("FATAL Error: disk full"), StoreFull, "Free some space"),
        (duckdb.FatalException("FATAL Error: database has been invalidated"), StoreUnavailable, "closed"),
        (duckdb.OutOfMemoryException("Out of Memory Error: 4 GB"), StatementRefused, "DUCKDB_MEMORY_LIMIT"),
        (duckdb.ConstraintException("Constraint Error: x\nDETAIL: y"), StatementRefused, "Constraint Error: x"),
    ],
)
def test_faults_of_the_embedded_database_become_sentences(
    raised: duckdb.Error, expected: type[StoreError], says: str
) -> None:
    told = embedded._translate(raised)
    assert type(told) is expected
    assert says in str(told)
    assert "\n" not in str(told)
