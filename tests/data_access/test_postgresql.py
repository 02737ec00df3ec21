"""What is PostgreSQL's alone: the pool, lost connections, texts that it cannot hold, what it logs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest
from structlog.testing import capture_logs

from data_access.engines import postgresql
from data_access.engines.postgresql import PostgreSQLSession, PostgreSQLStore
from data_access.errors import (
    ConnectionLost,
    SaveUncertain,
    StatementRefused,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreUnavailable,
)
from data_access.scope import local_admin
from data_access.scoped import ScopedSession
from data_access.stores import open_stores
from settings import Settings
from tests.postgresql_servers import Server

Sql = Callable[[str, str], str]
OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()"


@pytest.fixture
def store(postgres_url: str, sql: Sql) -> Iterator[PostgreSQLStore]:
    """A store with a table t (k, n)."""
    opened = PostgreSQLStore(postgres_url, pool_size=2, pool_wait_seconds=0.2)
    sql("t/make", "CREATE TABLE t (k VARCHAR NOT NULL, n BIGINT NOT NULL)")
    sql("t/add", "-- purpose: p\n-- grain: g\n-- params: k String, n Int64\nINSERT INTO t (k, n) VALUES (:k, :n)")
    sql("t/count", "SELECT count(*) AS n FROM t")
    with opened.write() as session:
        session.execute("t/make")
    yield opened
    opened.close()


def count(store: PostgreSQLStore) -> int:
    with store.read() as session:
        row = session.one("t/count")
    assert row is not None
    return int(row["n"])


def cut(store: PostgreSQLStore, postgres: Server) -> None:
    """Ends every connection to the store's database, as a server that fails over does."""
    postgres.run(OTHERS.format(store.url.partition("?")[0].rpartition("/")[2]))


def test_idle_connections_that_died_are_replaced_before_use(store: PostgreSQLStore, postgres: Server) -> None:
    assert count(store) == 0
    cut(store, postgres)
    assert count(store) == 0


def test_a_read_that_loses_its_connection_at_its_first_statement_begins_anew(
    store: PostgreSQLStore, postgres: Server
) -> None:
    with store.read() as session:
        cut(store, postgres)
        assert session.one("t/count") == {"n": 0}


def test_a_read_that_has_seen_a_state_does_not_go_on_with_another(store: PostgreSQLStore, postgres: Server) -> None:
    def reads() -> None:
        with store.read() as session:
            session.one("t/count")
            cut(store, postgres)
            session.one("t/count")

    with pytest.raises(ConnectionLost, match="Try again"):
        reads()
    assert count(store) == 0


def test_a_write_that_loses_its_connection_keeps_nothing(store: PostgreSQLStore, postgres: Server) -> None:
    def writes() -> None:
        with store.write() as session:
            session.execute("t/add", k="a", n=1)
            cut(store, postgres)
            session.execute("t/add", k="b", n=2)

    with pytest.raises(ConnectionLost):
        writes()
    assert count(store) == 0


def test_a_write_that_had_written_nothing_yet_begins_anew(store: PostgreSQLStore, postgres: Server) -> None:
    with store.write() as session:
        cut(store, postgres)
        session.execute("t/add", k="a", n=1)
    assert count(store) == 1


def test_a_connection_lost_while_saving_is_said_to_be_uncertain(store: PostgreSQLStore, postgres: Server) -> None:
    def writes() -> None:
        with store.write() as session:
            session.execute("t/add", k="a", n=1)
            cut(store, postgres)

    with pytest.raises(SaveUncertain, match="before you repeat it"):
        writes()
    assert count(store) == 0


def test_when_all_connections_are_in_use_the_next_one_is_told(store: PostgreSQLStore) -> None:
    with store.read(), store.read(), pytest.raises(StoreBusy, match="DB_POOL_SIZE"), store.read():
        pass
    assert count(store) == 0, "those that were given back serve again"


def test_an_idle_connection_is_closed_by_the_server(postgres: Server, postgres_url: str) -> None:
    opened = PostgreSQLStore(postgres_url, idle_seconds=1)
    with opened.read() as session:
        told = session.query_text("SELECT current_setting('idle_session_timeout') AS t", {})
    opened.close()
    assert told["t"].to_pylist() == ["1s"]


def test_a_slow_statement_is_logged_by_name_without_its_values(postgres_url: str, sql: Sql) -> None:
    sql("t/sleep", "-- purpose: p\n-- grain: g\n-- params: who String\nSELECT pg_sleep(0.02), :who AS who")
    opened = PostgreSQLStore(postgres_url, slow_ms=10)
    with capture_logs() as lines, opened.read() as session:
        session.rows("t/sleep", who="ann@example.com")
        # What a page reads is put together around the file's text.
        ScopedSession(session, local_admin(), "A").rows("t/sleep", who="ann@example.com")
    opened.close()
    told = [line for line in lines if line["event"] == "slow statement"]
    assert [line["statement"] for line in told] == ["t/sleep", "t/sleep"]
    assert told[0]["milliseconds"] >= 20
    assert "ann@example.com" not in str(lines)


def test_no_threshold_logs_nothing(postgres_url: str, sql: Sql) -> None:
    sql("t/sleep", "SELECT pg_sleep(0.02)")
    opened = PostgreSQLStore(postgres_url, slow_ms=0)
    with capture_logs() as lines, opened.read() as session:
        session.rows("t/sleep")
    opened.close()
    assert lines == []


def test_what_postgresql_cannot_hold_is_taken_out_of_texts(store: PostgreSQLStore) -> None:
    document = '{"id": 12345678901234567890, "price": 19.90, "a": "x\\u0000y", "half": "\\ud800!", "b": "\\\\u0000"}'
    texts = ["nul\x00inside", document, "a plain \\u0000 stays", None, ""]
    with store.write() as session:
        session.stage("incoming", pa.table({"t": pa.array(texts, pa.string())}))
        found = session.query_text("SELECT t FROM incoming", {})["t"].to_pylist()
        parsed = session.query_text("SELECT CAST(t AS jsonb)->>'b' AS b FROM incoming WHERE t LIKE '{%%'", {})
    assert found == [
        "nulinside",
        '{"id":12345678901234567890,"price":19.90,"a":"xy","half":"\ufffd!","b":"\\\\u0000"}',
        "a plain \\u0000 stays",
        None,
        "",
    ]
    assert parsed["b"].to_pylist() == ["\\u0000"]


def test_stage_keeps_every_kind(store: PostgreSQLStore) -> None:
    table = pa.table(
        {
            "big": pa.array([2**63 - 1, None], pa.int64()),
            "small": pa.array([-1, None], pa.int32()),
            "share": pa.array([0.1, None], pa.float64()),
            "money": pa.array([Decimal("9999999999999999.99"), None], pa.decimal128(18, 2)),
            "day": pa.array([date(2026, 2, 28), None], pa.date32()),
            "flag": pa.array([False, None], pa.bool_()),
            "texts": pa.array([["a, b", 'q"\\', "", None, "NULL", "{}"], None], pa.list_(pa.string())),
            "nothing": pa.nulls(2),
        }
    )
    with store.write() as session:
        session.stage("incoming", table)
        found = session.query_text("SELECT * FROM incoming ORDER BY big NULLS LAST", {})
    assert found.to_pylist() == table.to_pylist()
    assert found.schema.field("money").type == pa.decimal128(18, 2)


def test_what_has_no_counterpart_is_named(store: PostgreSQLStore) -> None:
    with pytest.raises(ValueError, match="'pairs'"), store.write() as session:
        session.stage("incoming", pa.table({"pairs": [{"a": 1}]}))


def test_statements_that_permit_no_transaction_run_one_at_a_time(store: PostgreSQLStore) -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with store.unbundled() as session:
                session.execute_text("CREATE INDEX CONCURRENTLY IF NOT EXISTS t_k ON t (k)")
        except BaseException as error:  # a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with store.read() as session:
        assert session.query_text("SELECT indisvalid FROM pg_index WHERE indexrelid = 't_k'::regclass", {}).num_rows


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql+psycopg://u:secret@127.0.0.1:1/x", "127.0.0.1:1 does not answer"),
        ("postgresql+psycopg://u:secret@127.0.0.1:what/x", "no address of a PostgreSQL database"),
    ],
)
def test_a_database_that_does_not_answer_is_named_without_the_password(tmp_path: Path, url: str, says: str) -> None:
    with pytest.raises(StoreError, match=says) as caught:
        open_stores(Settings(data_dir=tmp_path, database_url=url))
    assert "secret" not in str(caught.value)


def test_an_unknown_database_or_user_is_named(postgres: Server) -> None:
    with pytest.raises(StoreUnavailable, match="no such database"):
        PostgreSQLStore(postgres.url("nowhere"))
    with pytest.raises(StoreUnavailable, match="refuses the user"):
        PostgreSQLStore(postgres.url(user="nobody_here"))


@pytest.mark.parametrize(
    ("raised", "expected", "says"),
    [
        (psycopg.errors.DiskFull("could not extend file"), StoreFull, "Free some space"),
        (psycopg.errors.AdminShutdown("terminating connection"), ConnectionLost, "Try again"),
        (psycopg.errors.TooManyConnections("sorry"), StoreBusy, "DB_POOL_SIZE"),
        (psycopg.errors.DeadlockDetected("deadlock\nDETAIL: Process 1"), StoreBusy, "deadlock. Try again"),
        (psycopg.errors.InsufficientPrivilege("permission denied for table stores"), StatementRefused, "lacks a right"),
        (psycopg.errors.UniqueViolation("duplicate key\nDETAIL: Key (email)=(a@b.c)"), StatementRefused, "duplicate"),
    ],
)
def test_faults_become_sentences_without_values(raised: psycopg.Error, expected: type[StoreError], says: str) -> None:
    told = postgresql.translate(raised)
    assert type(told) is expected
    assert says in str(told)
    assert "a@b.c" not in str(told)
    assert "\n" not in str(told)


def test_temporary_tables_do_not_wait_in_the_pool(store: PostgreSQLStore, sql: Sql) -> None:
    sql("t/keep", "CREATE TEMP TABLE kept AS SELECT 1 AS n")
    for _ in range(3):
        with store.write() as session:
            session.execute("t/keep")
    assert isinstance(session, PostgreSQLSession)
