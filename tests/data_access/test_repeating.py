"""A connection that the server ends in the middle: what may be repeated is, once, and nothing is there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from data_access import jobs
from data_access.engines.postgresql import PostgreSQLSession
from data_access.errors import ConnectionLost
from data_access.queries.health import health
from data_access.repeating import repeatable
from data_access.scope import local_admin
from data_access.stores import Stores, close_stores, open_stores
from ingest.runner import load_spool
from settings import Settings
from tests.figures.literal import ACCOUNT
from tests.ingest.chunks import AT, account_with_key, chunk, events
from tests.postgresql_servers import Server

Cut = Callable[[], None]


@pytest.fixture
def settings(migrated_postgres_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path, database_url=migrated_postgres_url, warehouse_url=f"duckdb:///{tmp_path / 'w.duckdb'}"
    )


@pytest.fixture
def stores(settings: Settings, migrated_file: Path, tmp_path: Path) -> Iterator[Stores]:
    (tmp_path / "w.duckdb").write_bytes(migrated_file.read_bytes())
    opened = open_stores(settings)
    yield opened
    close_stores(opened)


@pytest.fixture
def cut(postgres: Server, settings: Settings) -> Cut:
    """Ends every connection to the database, from another one, as a server that fails over does."""
    name = settings.database_url.partition("?")[0].rpartition("/")[2]
    text = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"

    def ended() -> None:
        postgres.run(text)

    return ended


def cutting(cut: Cut, whole: Callable[..., Any], at: Callable[..., bool], times: int = 1) -> Callable[..., Any]:
    """The call, after which the connection is lost the first few times that `at` says so."""
    left = [times]

    def does(*args: Any, **more: Any) -> Any:
        found = whole(*args, **more)
        if left[0] and at(*args):
            left[0] -= 1
            cut()
        return found

    return does


def test_a_read_of_several_statements_is_repeated_as_a_whole(
    stores: Stores, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = cutting(cut, PostgreSQLSession.one, lambda _session, name: name == "schedule/result")
    monkeypatch.setattr(PostgreSQLSession, "one", first)
    found = health(stores, local_admin(), "checks", "examination")
    assert (found.checks, found.examination, found.operations) == (None, None, ())


def test_a_second_loss_is_told(stores: Stores, cut: Cut) -> None:
    tried: list[int] = []

    @repeatable
    def reads() -> None:
        with stores.operational.read() as session:
            session.rows("operations/accounts")
            tried.append(1)
            cut()
            session.rows("operations/accounts")

    with pytest.raises(ConnectionLost):
        reads()
    assert len(tried) == 2


def test_the_end_of_a_job_is_written_though_the_connection_is_lost_while_saving(
    stores: Stores, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.claim(stores.operational, ACCOUNT, by="x", lease=timedelta(minutes=1))
    lost = cutting(cut, PostgreSQLSession.execute, lambda _session, name: name == "jobs/finish")
    monkeypatch.setattr(PostgreSQLSession, "execute", lost)
    jobs.finish(stores.operational, job.job_id, "done", jobs.Progress(counts={"events": 7}))
    with stores.operational.read() as session:
        found = jobs.latest_job(session, ACCOUNT)
    assert found is not None
    assert (found.state, found.counts) == ("done", {"events": 7})


@pytest.mark.parametrize("statement", ["load/events_insert", "load/chunks_record"])
def test_chunks_are_taken_in_once_and_counted_once(
    stores: Stores, settings: Settings, cut: Cut, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    ledger = account_with_key(stores, settings)
    chunk(settings, 1, {"events": events(("o1", AT), ("o2", AT))})
    lost = cutting(cut, PostgreSQLSession.execute, lambda _session, name: name == statement)
    monkeypatch.setattr(PostgreSQLSession, "execute", lost)
    summary = load_spool(stores, settings, ACCOUNT)
    assert summary is not None
    assert (summary.state, summary.error, summary.counts["events"]) == ("done", None, 2)
    assert [row["order_id"] for row in ledger.rows("klaviyo_orders", "order_id")] == ["o1", "o2"]
