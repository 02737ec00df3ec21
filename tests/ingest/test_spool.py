"""What cannot be trusted in the spool is not loaded, nor what was fetched after it; nothing is passed over."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from data_access.stores import Stores, close_stores
from ingest import spool
from ingest.child import FetchLock
from ingest.runner import load_spool, waiting_in_spool
from ingest.spool import MANIFEST, Chunk, CursorMove
from settings import Settings
from tests.figures.literal import ACCOUNT
from tests.ingest.chunks import AT, account_with_key, chunk, events, left_in
from tests.ingest.synced import new_stores, one, rows


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def stores(settings: Settings) -> Iterator[Stores]:
    opened = new_stores(settings)
    account_with_key(opened, settings)
    yield opened
    close_stores(opened)


def five_chunks(settings: Settings) -> list[Chunk]:
    """A walk of five chunks that the last one completes."""
    found = []
    for number in range(1, 6):
        last = number == 5
        move = CursorMove("events", "", {} if last else {"walk": number}, watermark=AT if last else None)
        at = AT - timedelta(days=number)
        found.append(chunk(settings, number, {"events": events((f"o{number}", at))}, [move]))
    return found


def cut_manifest(damaged: Chunk) -> None:
    path = damaged.folder / MANIFEST
    path.write_bytes(path.read_bytes()[:17])


def wrong_bytes(damaged: Chunk) -> None:
    path = damaged.path("events")
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def missing_file(damaged: Chunk) -> None:
    damaged.path("events").unlink()


@pytest.mark.parametrize("damage", [cut_manifest, wrong_bytes, missing_file])
@pytest.mark.parametrize("place", [1, 3, 5])
def test_no_cursor_passes_a_damaged_chunk(stores: Stores, settings: Settings, damage: object, place: int) -> None:
    chunks = five_chunks(settings)
    assert callable(damage)
    damage(chunks[place - 1])
    summary = load_spool(stores, settings, ACCOUNT)
    assert summary is not None
    assert any("set aside" in note for note in summary.notes)
    before = [(f"o{number}",) for number in range(1, place)]
    assert rows(stores, "SELECT id FROM klaviyo_events ORDER BY 1") == before
    cursors = rows(stores, "SELECT CAST(cursor AS VARCHAR), watermark FROM sync_cursors")
    assert cursors == ([(f'{{"walk": {place - 1}}}', None)] if place > 1 else [])
    assert not waiting_in_spool(settings, ACCOUNT)
    aside = list((settings.spool_dir / ACCOUNT / spool.DAMAGED).glob("*/reason.txt"))
    assert [path.parent.name[-6:] for path in aside] == [f"{place:06d}"]


def test_a_damaged_chunk_of_a_fetch_that_goes_on_stays_the_first(stores: Stores, settings: Settings) -> None:
    chunks = five_chunks(settings)
    cut_manifest(chunks[1])
    fetching = FetchLock(settings, ACCOUNT)
    assert fetching.acquire()
    load_spool(stores, settings, ACCOUNT)
    assert one(stores, "SELECT count(*) FROM klaviyo_events") == 1
    assert left_in(chunks[0].folder.parent) == ["000002", "000003", "000004", "000005"]
    # What comes from that process now is not loaded either.
    chunk(settings, 6, {"events": events(("o6", AT))}, [CursorMove("events", "", {}, watermark=AT)])
    load_spool(stores, settings, ACCOUNT)
    assert one(stores, "SELECT count(*) FROM klaviyo_events") == 1
    fetching.release()
    load_spool(stores, settings, ACCOUNT)
    assert not waiting_in_spool(settings, ACCOUNT)
    assert one(stores, "SELECT count(*) FROM klaviyo_events") == 1
    assert one(stores, "SELECT count(*) FROM sync_cursors WHERE watermark IS NOT NULL") == 0


def test_looking_into_the_spool_bears_chunks_that_come_and_go(tmp_path: Path) -> None:
    """On Python 3.11 and 3.12, Path.rglob fails on a folder that is removed while it looks."""
    over = threading.Event()

    def come_and_go() -> None:
        while not over.is_set():
            for number in range(20):
                place = tmp_path / "A" / "job" / f"{number:06d}"
                place.mkdir(parents=True, exist_ok=True)
                (place / "events.parquet").write_bytes(b"12345")
            shutil.rmtree(tmp_path / "A")

    other = threading.Thread(target=come_and_go)
    other.start()
    try:
        seen = [spool.size_in_bytes(tmp_path) for _ in range(400)]
    finally:
        over.set()
        other.join()
    assert {size % 5 for size in seen} == {0}
    assert not spool.holds_chunks(tmp_path / "A")
    place = tmp_path / "A" / "job" / "000001"
    place.mkdir(parents=True)
    (place / spool.MANIFEST).write_text("{}")
    assert spool.holds_chunks(tmp_path / "A")
    (tmp_path / "A" / "job").rename(tmp_path / "A" / spool.DAMAGED)
    assert not spool.holds_chunks(tmp_path / "A")
