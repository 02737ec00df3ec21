"""What the server does about a spool that another process has filled, whether or not anybody looks at a page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import streamlit as st

import ingest.runner
from data_access import jobs
from data_access.errors import StoreBusy
from data_access.stores import Stores
from pages.frame import guard
from pages.frame.background import SpoolWatch, beside_pages
from settings import PROJECT_ROOT, Settings
from tests.pages.conftest import Open
from tests.warehouse_rows import ACCOUNT


class Loads:
    """Stands in for loading: notes for which stores it was asked, and ends when told."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, _stores: Stores, _settings: Settings, account: str) -> None:
        self.asked.append(account)
        self.begun.set()
        self.may_end.wait(30)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loads]:
    slow = Loads()
    monkeypatch.setattr(ingest.runner, "load_spool", slow)
    guard.forget_checked()
    yield slow
    slow.may_end.set()


@pytest.fixture
def watch(settings: Settings) -> Iterator[SpoolWatch]:
    watching = SpoolWatch(settings, every=0.01)
    yield watching
    watching.stop()


def chunk(settings: Settings, *folders: str, account: str = ACCOUNT) -> Path:
    place = settings.spool_dir.joinpath(account, *folders)
    place.mkdir(parents=True)
    (place / "manifest.json").write_text("{}")
    return place


def test_chunks_are_loaded_without_a_page_and_one_load_at_a_time(
    connected: Stores, settings: Settings, watch: SpoolWatch, loads: Loads
) -> None:
    watch.start()
    assert not loads.begun.wait(0.1)
    place = chunk(settings, "20261121T120000-abc", "000001")
    assert loads.begun.wait(30)
    # It goes on waiting in the spool while it is being loaded; nobody begins a second time.
    assert loads.asked == [ACCOUNT]
    (place / "manifest.json").unlink()
    loads.may_end.set()


def test_every_store_with_a_chunk_is_loaded_and_what_is_damaged_or_unfinished_waits(
    connected: Stores, settings: Settings, watch: SpoolWatch, loads: Loads
) -> None:
    loads.may_end.set()
    assert watch.look()
    assert loads.asked == []
    chunk(settings, "damaged", "20261121T120000-abc-1")
    (settings.spool_dir / ACCOUNT / "20261121T120000-abc" / "000007").mkdir(parents=True)
    assert watch.look()
    assert loads.asked == []
    chunk(settings, "20261121T120000-abc", "000001")
    chunk(settings, "20261121T120000-abc", "000001", account="Bbb222")
    assert watch.look()
    assert loads.asked == [ACCOUNT, "Bbb222"]


def test_a_store_that_is_being_synced_takes_its_chunks_in_itself(
    connected: Stores, settings: Settings, watch: SpoolWatch
) -> None:
    guard.forget_checked()
    chunk(settings, "20261121T120000-abc", "000001")
    running = jobs.claim(connected.operational, ACCOUNT, by="test", lease=timedelta(seconds=60))
    assert watch.look()
    with connected.operational.read() as session:
        assert [job.job_id for job in jobs.recent_jobs(session, ACCOUNT)] == [running.job_id]
    jobs.finish(connected.operational, running.job_id, "done", jobs.Progress())


def test_a_watch_outlives_a_database_that_another_process_holds(
    connected: Stores, settings: Settings, watch: SpoolWatch, loads: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    ready = guard.ready_stores

    def busy_once(asked: Settings) -> Stores:
        tries.append(1)
        if len(tries) == 1:
            raise StoreBusy("a command line sync holds it")
        return ready(asked)

    monkeypatch.setattr(guard, "ready_stores", busy_once)
    chunk(settings, "20261121T120000-abc", "000001")
    watch.start()
    assert loads.begun.wait(30)


def test_pages_themselves_load_nothing(connected: Stores, settings: Settings, open_page: Open, loads: Loads) -> None:
    chunk(settings, "20261121T120000-abc", "000001")
    assert not open_page("revenue").run().exception
    assert loads.asked == []


def test_the_server_watches_from_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    served: dict[str, object] = {}
    monkeypatch.setattr(st, "App", lambda _script, **how: served.update(how))
    exec(compile((PROJECT_ROOT / "app.py").read_text(), str(PROJECT_ROOT / "app.py"), "exec"), {"__file__": "app.py"})
    assert served["lifespan"] is beside_pages
