"""What a page does about a spool that another process has filled."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import ingest.runner
from data_access.stores import Stores
from settings import Settings
from tests.pages.conftest import Open
from tests.warehouse_rows import ACCOUNT


class Loads:
    """Stands in for a load that takes long: says how often one began, ends when told."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = threading.Event()

    def __call__(self, *_args: object) -> None:
        self.begun += 1
        self.may_end.wait(30)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loads]:
    slow = Loads()
    monkeypatch.setattr(ingest.runner, "load_spool", slow)
    yield slow
    slow.may_end.set()
    for thread in threading.enumerate():
        if thread.name == f"spool-{ACCOUNT}":
            thread.join(30)


def chunk(settings: Settings, *folders: str) -> Path:
    place = settings.spool_dir.joinpath(ACCOUNT, *folders)
    place.mkdir(parents=True)
    (place / "manifest.json").write_text("{}")
    return place


def test_what_was_set_aside_as_damaged_is_not_loaded_at_every_run(
    connected: Stores, settings: Settings, open_page: Open, loads: Loads
) -> None:
    chunk(settings, "damaged", "20261121T120000-abc-1")
    app = open_page("revenue")
    assert not app.run().exception
    assert loads.begun == 0


def test_while_chunks_are_being_loaded_no_second_load_begins(
    connected: Stores, settings: Settings, open_page: Open, loads: Loads
) -> None:
    chunk(settings, "20261121T120000-abc", "000001")
    app = open_page("revenue")
    for _ in range(3):
        assert not app.run().exception
    assert loads.begun == 1
    loads.may_end.set()
