"""Syncs that the clock starts, from a local Klaviyo."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from data_access import jobs
from data_access.jobs import Job
from data_access.scope import local_admin
from data_access.stores import Stores, close_stores
from demo.emulator import RunningEmulator, running_emulator
from ingest.runner import SCHEDULED
from ingest.schedule.scheduler import Scheduler
from ingest.schedule.works import Work
from settings import Settings
from tests.ingest.synced import NOW, new_stores, one, registered_account, settings_for

SCOPE = local_admin("schedule")


def newest(stores: Stores, account: str) -> Job:
    with stores.operational.read() as session:
        job = jobs.latest_job(session, account)
    assert job is not None
    return job


def test_a_sync_by_the_clock_is_a_run_like_any_other(
    own_stores: Stores, own_settings: Settings, account: str, emulator: RunningEmulator
) -> None:
    moment = [NOW]
    scheduler = Scheduler(own_settings, SCOPE, lambda: own_stores, clock=lambda: moment[0])
    scheduler.pieces()
    moment[0] = NOW + timedelta(minutes=15)
    ended = {done.piece.kind.work: done.outcome for done in scheduler.run_due()}
    assert ended[Work.SYNC].state == "done"
    assert ended[Work.AGGREGATES].message == "The figures were up to date."
    job = newest(own_stores, account)
    assert (job.state, job.started_by) == ("done", SCHEDULED)
    assert one(own_stores, "SELECT count(*) FROM klaviyo_events") > 2_000
    assert scheduler.run_due() == []


def test_a_person_s_sync_that_runs_already_serves_the_clock(
    own_stores: Stores, own_settings: Settings, account: str
) -> None:
    held = jobs.claim(own_stores.operational, account, by="ann", lease=timedelta(minutes=5))
    scheduler = Scheduler(own_settings, SCOPE, lambda: own_stores)
    done = scheduler.run(Work.SYNC, account)
    assert done.outcome.state == "done"
    assert "running already" in done.outcome.message
    assert newest(own_stores, account).job_id == held.job_id
    jobs.finish(own_stores.operational, held.job_id, "done", jobs.Progress())


def test_a_key_that_is_refused_is_a_failure_with_its_reason(
    own_stores: Stores, own_settings: Settings, account: str
) -> None:
    elsewhere = own_settings.model_copy(update={"klaviyo_base_url": "http://127.0.0.1:9"})
    scheduler = Scheduler(elsewhere, SCOPE, lambda: own_stores)
    done = scheduler.run(Work.SYNC, account)
    assert done.outcome.state == "failed"
    assert "KLAVIYO_BASE_URL" in done.outcome.message


def test_a_stop_ends_a_sync_in_order_and_the_next_start_goes_on(tmp_path: Path) -> None:
    with running_emulator(events=3_000, seed=5, now=NOW, latency=400) as slow:
        settings = settings_for(slow, tmp_path / "data")
        stores = new_stores(settings)
        account = registered_account(stores, settings, slow.api_key)
        scheduler = Scheduler(settings, SCOPE, lambda: stores)
        began = scheduler.pieces()
        sync = next(piece for piece in began if piece.kind.work is Work.SYNC)
        scheduler._begin([(sync, sync.row.slot)])
        until(lambda: newest_or_none(stores, account) is not None)
        scheduler.stop(30)
        assert newest(stores, account).state == "cancelled"
        row = next(piece.row for piece in scheduler.pieces() if piece.kind.work is Work.SYNC)
        assert (row.state, row.failures) == ("waiting", 0)
        heir = Scheduler(settings, SCOPE, lambda: stores)
        assert Work.SYNC in {piece.kind.work for piece, _ in heir.due()}
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("schedule-")]
        close_stores(stores)


def newest_or_none(stores: Stores, account: str) -> Job | None:
    with stores.operational.read() as session:
        return jobs.latest_job(session, account)


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)
