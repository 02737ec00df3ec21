"""Killed at any moment: the next run goes on from the last commit and ends at the same tables."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from data_access import jobs
from data_access.errors import StoreBusy
from data_access.stores import Stores, close_stores, open_stores
from demo.emulator import RunningEmulator, running_emulator
from ingest import spool
from ingest.child import FetchProcess
from ingest.fetch.plan import FetchPlan
from ingest.run import Run
from ingest.runner import load_spool, sync_accounts, waiting_in_spool
from settings import PROJECT_ROOT, Settings
from tests.ingest.synced import NOW, fingerprint, new_stores, one, registered_account, rows, settings_for, sync

EVENTS = 20_000
PAGE = 100
BATCH = 64

RUNNER = """
import sys
from datetime import datetime
from pathlib import Path
from data_access.stores import open_stores
from ingest import run, state
from ingest.runner import run_sync
from settings import Settings
Settings.model_config["env_file"] = None
run.GATHER_SECONDS = 0.1
build = state.build_plan
def small(*arguments, **more):
    plan, notes = build(*arguments, **more)
    plan.page_size, plan.chunk_pages, plan.chunk_seconds = PAGE, 8, 0.1
    return plan, notes
run.build_plan = small
settings = Settings(data_dir=Path(sys.argv[1]), klaviyo_base_url=sys.argv[2], klaviyo_limits=False)
now = datetime.fromisoformat(sys.argv[3])
summary = run_sync(open_stores(settings), settings, sys.argv[4], now=lambda: now)
sys.exit(summary.error)
""".replace("PAGE", str(PAGE))


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(events=EVENTS, seed=5, now=NOW, latency=20) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(emulator: RunningEmulator, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], int]:
    """The tables of a sync that nobody killed, and the requests for events that it took."""
    settings = settings_for(emulator, tmp_path_factory.mktemp("undisturbed"))
    stores = new_stores(settings)
    account = registered_account(stores, settings, emulator.api_key)
    close_stores(stores)
    emulator.reset_counts()
    assert in_a_process(settings, account).wait(120) == 0
    asked = emulator.requests["get_events"]
    stores = open_stores(settings)
    found: dict[str, object] = dict(fingerprint(stores))
    close_stores(stores)
    return found, asked


def in_a_process(settings: Settings, account: str) -> subprocess.Popen[bytes]:
    arguments = [str(settings.data_dir), settings.klaviyo_base_url, NOW.isoformat(), account]
    return subprocess.Popen([sys.executable, "-c", RUNNER, *arguments], cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("moment", [0.2, 0.5, 0.8])
def test_the_whole_program_is_killed(
    emulator: RunningEmulator, undisturbed: tuple[dict[str, object], int], tmp_path: Path, moment: float
) -> None:
    expected, needed = undisturbed
    settings = settings_for(emulator, tmp_path / "data")
    stores = new_stores(settings)
    account = registered_account(stores, settings, emulator.api_key)
    close_stores(stores)
    emulator.reset_counts()
    program = in_a_process(settings, account)
    while emulator.requests.get("get_events", 0) < needed * moment and program.poll() is None:
        time.sleep(0.005)
    program.send_signal(signal.SIGKILL)
    program.wait()
    quiet(emulator)
    stores = open_stores(settings)
    with stores.operational.read() as session:
        left = jobs.latest_job(session, account)
    assert left is not None
    assert left.running
    close_stores(stores)
    assert in_a_process(settings, account).wait(120) == 0
    stores = open_stores(settings)
    assert dict(fingerprint(stores)) == expected
    states = [row[0] for row in rows(stores, "SELECT state FROM sync_jobs ORDER BY created_at")]
    assert states == ["failed", "done"]
    # One batch again, the walk's first page, and the week that every run reads again.
    again = emulator.requests["get_events"] - needed
    week = one(
        stores,
        f"SELECT count(*) // {PAGE} + 4 FROM klaviyo_events WHERE timestamp > TIMESTAMPTZ '{NOW}' - INTERVAL 8 DAY",
    )
    assert again <= BATCH + week
    close_stores(stores)


def quiet(emulator: RunningEmulator) -> None:
    """Waits until nobody asks any more: the fetch process ends by itself once its starter is gone."""
    before = -1
    while before != sum(emulator.requests.values()):
        before = sum(emulator.requests.values())
        time.sleep(0.5)


def test_the_fetch_process_is_killed(
    emulator: RunningEmulator,
    undisturbed: tuple[dict[str, object], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = settings_for(emulator, tmp_path / "data")
    stores = new_stores(settings)
    account = registered_account(stores, settings, emulator.api_key)
    started = FetchProcess.__enter__
    emulator.reset_counts()

    def start_and_kill(self: FetchProcess) -> FetchProcess:
        child = started(self)

        def kill() -> None:
            while emulator.requests.get("get_events", 0) < 20:
                time.sleep(0.005)
            os.kill(child.pid, signal.SIGKILL)

        threading.Thread(target=kill, daemon=True).start()
        return child

    with monkeypatch.context() as patched:
        patched.setattr(FetchProcess, "__enter__", start_and_kill)
        summary = sync(stores, settings, account)
    assert summary.failed
    assert "signal 9" in (summary.error or "")
    assert sync(stores, settings, account).state == "done"
    assert dict(fingerprint(stores)) == undisturbed[0]
    close_stores(stores)


def test_the_fetch_process_ends_when_its_starter_is_gone(emulator: RunningEmulator, tmp_path: Path) -> None:
    settings = settings_for(emulator, tmp_path / "data")
    stores = new_stores(settings)
    account = registered_account(stores, settings, emulator.api_key)
    close_stores(stores)
    plan = FetchPlan(
        job="job", account=account, spool=str(tmp_path / "spool"), api_key=emulator.api_key,
        base_url=emulator.base_url, revision="2026-07-15", now=NOW, resources=["events", "metrics"], limits=False,
    )  # fmt: skip
    child = subprocess.Popen(
        [sys.executable, "-m", "ingest.fetch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT_ROOT
    )
    assert child.stdin is not None
    child.stdin.write(msgspec.json.encode(plan) + b"\n")
    child.stdin.close()
    assert child.wait(20) == 3


def test_a_damaged_chunk_is_set_aside_and_fetched_again(
    emulator: RunningEmulator,
    undisturbed: tuple[dict[str, object], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = settings_for(emulator, tmp_path / "data")
    stores = new_stores(settings)
    account = registered_account(stores, settings, emulator.api_key)
    load = Run._load
    damaged = []

    def damage_once(self: Run, chunks: list[spool.Chunk]) -> None:
        for chunk in chunks:
            if "events" in chunk.manifest.tables and not damaged:
                damaged.append(chunk.folder)
                path = chunk.path("events")
                path.write_bytes(path.read_bytes()[:-1] + b"?")
        load(self, chunks)

    monkeypatch.setattr(Run, "_load", damage_once)
    summary = sync(stores, settings, account)
    assert (summary.state, summary.error) == ("done", None)
    assert any("set aside" in note for note in summary.notes)
    reasons = list((settings.spool_dir / account / spool.DAMAGED).glob("*/reason.txt"))
    assert len(reasons) == 1
    assert "checksum" in reasons[0].read_text()
    assert dict(fingerprint(stores)) == undisturbed[0]
    close_stores(stores)


def test_a_command_line_sync_fetches_while_the_app_holds_the_database(
    emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(emulator, tmp_path / "data")
    stores = new_stores(settings)
    account = registered_account(stores, settings, emulator.api_key)
    sync(stores, settings, account, only=["metrics", "tags"])
    state = (settings.spool_dir / account / "state.json").read_bytes()
    assert emulator.api_key.encode() not in state

    def busy(_settings: Settings) -> Stores:
        raise StoreBusy("the app holds it")

    with monkeypatch.context() as patched:
        patched.setattr("ingest.runner.open_stores", busy)
        found = sync_accounts(settings, only=["events"])
    assert [summary.state for summary in found] == ["spooled"]
    assert one(stores, "SELECT count(*) FROM klaviyo_events") == 0
    assert waiting_in_spool(settings, account)
    loaded = load_spool(stores, settings, account)
    assert loaded is not None
    assert loaded.counts["events"] == one(stores, "SELECT count(*) FROM klaviyo_events") > 0
    assert not waiting_in_spool(settings, account)
    assert load_spool(stores, settings, account) is None
    for path in settings.spool_dir.rglob("*"):
        assert not path.is_file() or emulator.api_key.encode() not in path.read_bytes()
    close_stores(stores)


def test_a_chunk_that_comes_twice_is_taken_once(emulator: RunningEmulator, tmp_path: Path) -> None:
    settings = settings_for(emulator, tmp_path / "data")
    stores = new_stores(settings)
    account = registered_account(stores, settings, emulator.api_key)
    kept: list[spool.Chunk] = []
    removed = spool.remove
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(spool, "remove", kept.append)
        patched.setattr(Run, "_load_all", lambda *_: None)
        patched.setattr(Run, "_follow", follow_once)
        sync(stores, settings, account, only=["tags"])
    before = rows(stores, "SELECT count(*) FROM loaded_chunks")
    assert kept
    load_spool(stores, settings, account)
    assert rows(stores, "SELECT count(*) FROM loaded_chunks") == before
    del removed
    close_stores(stores)


def follow_once(self: Run, child: FetchProcess, folder: Path) -> None:
    while child.running:
        time.sleep(0.02)
    self._load(spool.complete_chunks(folder))


def test_a_dead_lease_is_taken_over_and_a_living_one_is_not(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    stores = new_stores(settings)
    from datetime import timedelta

    first = jobs.claim(stores.operational, "A", by="x", lease=timedelta(seconds=60))
    with pytest.raises(jobs.JobRunning) as running:
        jobs.claim(stores.operational, "A", by="y", lease=timedelta(seconds=60))
    assert running.value.job_id == first.job_id
    other = jobs.claim(stores.operational, "B", by="x", lease=timedelta(seconds=60))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    owner = f"{os.uname().nodename}:{gone.pid}"
    with stores.operational.write() as session:
        session.execute_text(f"UPDATE sync_jobs SET lease_owner = '{owner}' WHERE job_id = '{first.job_id}'")
    second = jobs.claim(stores.operational, "A", by="y", lease=timedelta(seconds=60))
    with stores.operational.read() as session:
        ended = jobs.one_job(session, first.job_id)
        assert ended is not None
        assert (ended.state, ended.lease_owner) == ("failed", None)
    with pytest.raises(jobs.LeaseLost), stores.operational.write() as session:
        jobs.beat(session, first.job_id, jobs.Progress(), timedelta(seconds=60))
    assert second.running
    assert other.running
    assert json.loads(json.dumps(second.counts)) == {}
    close_stores(stores)
