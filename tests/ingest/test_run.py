"""How a run ends: whatever happens, its row ends with it, and the account can be synced again."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest

from data_access import jobs
from data_access.errors import StatementRefused
from data_access.jobs import Job
from data_access.secrets import encrypt
from data_access.stores import Stores
from ingest import run
from ingest.accounts import register_account
from ingest.errors import IngestError, KeyRefused
from ingest.runner import load_spool, run_sync
from settings import Settings
from tests.figures.literal import ACCOUNT, REFUNDED, Ledger
from tests.ingest.chunks import AT, account_with_key, chunk, events
from tests.ingest.synced import one, rows
from tests.two_stacks import both_stacks

LEASE = timedelta(seconds=60)


@pytest.fixture
def ledger(stores: Stores, settings: Settings) -> Ledger:
    return account_with_key(stores, settings)


def latest(stores: Stores) -> Job:
    with stores.operational.read() as session:
        job = jobs.latest_job(session, ACCOUNT)
    assert job is not None
    return job


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("division of pk_secret"), "unforeseen error ended the sync (ValueError)"),
        (StatementRefused("The database needs more memory"), "needs more memory"),
        (IngestError("No such thing"), "No such thing"),
    ],
)
def test_a_publication_that_fails_is_a_failed_run_and_the_account_stays_free(
    stores: Stores, settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    chunk(settings, 1, {"events": events(("o1", AT))})

    def refused(*_: Any) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(run, "refresh", refused)
        summary = load_spool(stores, settings, ACCOUNT)
    assert summary is not None
    job = latest(stores)
    assert (summary.state, job.state, job.lease_owner) == ("failed", "failed", None)
    assert summary.failed
    assert told in (job.error or "")
    assert "pk_secret" not in (job.error or "")
    assert not one(stores, "SELECT is_updating_dashboard FROM stores")
    # The rows are in; the next run publishes them.
    chunk(settings, 2, {"events": events(("o2", AT))})
    again = load_spool(stores, settings, ACCOUNT)
    assert again is not None
    assert (again.state, again.error) == ("done", None)
    assert rows(stores, "SELECT order_id FROM klaviyo_orders ORDER BY 1") == [("o1",), ("o2",)]
    del ledger


@both_stacks
def test_what_an_earlier_run_left_is_published_though_nothing_can_be_fetched(
    stores: Stores, settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunk(settings, 1, {"events": events(("o1", AT))})

    def refused(*_: Any) -> None:
        raise StatementRefused("The database needs more memory")

    def ended(*_: Any) -> None:
        raise IngestError("Klaviyo no longer accepts its connection")

    with monkeypatch.context() as patched:
        patched.setattr(run, "refresh", refused)
        load_spool(stores, settings, ACCOUNT)
    assert rows(stores, "SELECT order_id FROM klaviyo_orders") == []
    monkeypatch.setattr(run.Run, "_fetch", ended)
    summary = run_sync(stores, settings, ACCOUNT)
    assert (summary.state, summary.error) == ("failed", "Klaviyo no longer accepts its connection")
    assert rows(stores, "SELECT order_id FROM klaviyo_orders") == [("o1",)]
    # What waits in the spool is loaded, and published, all the same.
    chunk(settings, 2, {"events": events(("o2", AT))})
    assert run_sync(stores, settings, ACCOUNT).failed
    assert rows(stores, "SELECT order_id FROM klaviyo_orders ORDER BY 1") == [("o1",), ("o2",)]
    del ledger


def test_a_refund_of_no_order_stands_in_the_run_once(stores: Stores, settings: Settings, ledger: Ledger) -> None:
    refund = events(("r1", AT), metric=REFUNDED)
    place = refund.schema.get_field_index("properties")
    told = pa.array(['{"$value":5}'], pa.large_string())
    chunk(settings, 1, {"events": events(("o1", AT))})
    chunk(settings, 2, {"events": refund.set_column(place, "properties", told)})
    first = load_spool(stores, settings, ACCOUNT)
    assert first is not None
    assert [reject["place"] for reject in latest(stores).rejects] == ["Refunded Order r1"]
    assert (latest(stores).counts["rejected"], first.rejects) == (1, latest(stores).rejects)
    chunk(settings, 3, {"events": events(("o2", AT))})
    load_spool(stores, settings, ACCOUNT)
    assert latest(stores).rejects == []
    del ledger


def test_a_demo_store_is_not_asked_for_at_the_real_klaviyo(stores: Stores, settings: Settings, ledger: Ledger) -> None:
    with stores.operational.write() as session:
        token = encrypt(settings, "pk_demo1_synthetic_store")
        session.execute_text(f"UPDATE stores SET api_key_encrypted = '{token}'")  # type: ignore[attr-defined]
    summary = run_sync(stores, settings, ACCOUNT)
    assert summary.state == "failed"
    assert "promolens demo" in (summary.error or "")
    with pytest.raises(KeyRefused, match="does not know it"):
        register_account(stores, settings, "pk_demo1_synthetic_store")
    del ledger


@both_stacks
def test_a_run_that_is_interrupted_ends_its_row(
    stores: Stores, settings: Settings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunk(settings, 1, {"events": events(("o1", AT))})

    def interrupted(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "refresh", interrupted)
    with pytest.raises(KeyboardInterrupt):
        load_spool(stores, settings, ACCOUNT)
    assert latest(stores).state == "failed"
    del ledger


@both_stacks
def test_a_job_that_no_thread_of_this_process_works_on_is_dead(stores: Stores, ledger: Ledger) -> None:
    first = jobs.claim(stores.operational, ACCOUNT, by="x", lease=LEASE)
    with pytest.raises(jobs.JobRunning):
        jobs.claim(stores.operational, ACCOUNT, by="y", lease=LEASE)
    # As an earlier process with the same number would have left it (a container's first process always is 1).
    with stores.operational.write() as session:
        session.execute_text("UPDATE sync_jobs SET job_id = 'left-behind'")  # type: ignore[attr-defined]
    second = jobs.claim(stores.operational, ACCOUNT, by="y", lease=LEASE)
    states = dict(rows(stores, "SELECT job_id, state FROM sync_jobs"))
    assert states == {"left-behind": "failed", second.job_id: "running"}
    jobs.finish(stores.operational, second.job_id, "done", jobs.Progress())
    jobs.finish(stores.operational, first.job_id, "done", jobs.Progress())
    del ledger


def test_a_job_whose_end_could_not_be_written_does_not_lock_the_account(
    stores: Stores, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = jobs.claim(stores.operational, ACCOUNT, by="x", lease=LEASE)

    def refused(*_: Any, **__: Any) -> None:
        raise StatementRefused("no room")

    with monkeypatch.context() as patched:
        patched.setattr(stores.operational, "write", refused)
        with pytest.raises(StatementRefused):
            jobs.finish(stores.operational, first.job_id, "done", jobs.Progress())
    second = jobs.claim(stores.operational, ACCOUNT, by="x", lease=LEASE)
    assert second.running
    jobs.finish(stores.operational, second.job_id, "done", jobs.Progress())
    del ledger


@both_stacks
def test_what_a_dead_process_left_is_ended_at_the_next_start(stores: Stores, ledger: Ledger) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    job = jobs.claim(stores.operational, ACCOUNT, by="x", lease=LEASE)
    living = jobs.claim(stores.operational, "Other1", by="x", lease=LEASE)
    owner = f"{jobs.this_process().rpartition(':')[0]}:{gone.pid}"
    with stores.operational.write() as session:
        session.execute_text("UPDATE stores SET is_updating_dashboard = true")  # type: ignore[attr-defined]
        session.execute_text(f"UPDATE sync_jobs SET lease_owner = '{owner}' WHERE job_id = '{job.job_id}'")  # type: ignore[attr-defined]
    assert jobs.end_dead(stores.operational) == 1
    assert not one(stores, "SELECT is_updating_dashboard FROM stores")
    states = dict(rows(stores, "SELECT job_id, state FROM sync_jobs"))
    assert states == {job.job_id: "failed", living.job_id: "running"}
    assert jobs.end_dead(stores.operational) == 0
    jobs.finish(stores.operational, living.job_id, "done", jobs.Progress())
