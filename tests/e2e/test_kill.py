"""The app is killed while it syncs: the next start goes on, and ends at the tables of a sync that nobody killed."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from data_access.stores import close_stores, open_stores
from demo.emulator import RunningEmulator, running_emulator
from settings import Settings
from tests.e2e.conftest import Visitor, running_app, serving
from tests.ingest.synced import fingerprint, rows

pytestmark = pytest.mark.browser
STORE = "store=Nordwald+Outdoor"
SYNC_MS = 120_000


@pytest.fixture(scope="module")
def klaviyo() -> Iterator[RunningEmulator]:
    with running_emulator(events=2_000, seed=11, latency=50) as running:
        yield running


def sync(page: Page) -> None:
    press_sync(page)
    expect(page.get_by_text(re.compile("Sync done"))).to_be_visible(timeout=SYNC_MS)


def press_sync(page: Page) -> None:
    page.get_by_role("button", name="Sync now").click(timeout=120_000)
    expect(page.get_by_role("button", name="Cancel")).to_be_visible(timeout=30_000)


def test_killed_during_a_sync_the_app_goes_on_from_there(
    klaviyo: RunningEmulator, visitor: Visitor, tmp_path: Path
) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    undisturbed.mkdir()
    killed.mkdir()
    with serving(undisturbed, klaviyo.base_url) as app:
        klaviyo.reset_counts()
        sync(visitor(app).open(f"/?{STORE}"))
        needed = sum(klaviyo.requests.values())

    with serving(killed, klaviyo.base_url) as app:
        environment = app.environment
        page = visitor(app).open(f"/?{STORE}")
        klaviyo.reset_counts()
        press_sync(page)
        deadline = time.monotonic() + 60
        while sum(klaviyo.requests.values()) < needed / 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        app.process.send_signal(signal.SIGKILL)
        app.process.wait()
    with running_app(killed, environment) as app:
        sync(visitor(app).open(f"/?{STORE}"))

    expected, _ = left_behind(undisturbed)
    found, states = left_behind(killed)
    assert found == expected
    assert expected["klaviyo_events"][0] > 1_500
    assert [state for state, _ in states] == ["failed", "done"]
    assert "The process that ran this sync stopped" in states[0][1]


def left_behind(folder: Path) -> tuple[dict[str, tuple[int, str]], list[tuple[str, str]]]:
    """The tables of a folder whose app has ended, and how its syncs did."""
    stores = open_stores(Settings(data_dir=folder))
    try:
        jobs = rows(stores, "SELECT state, error FROM sync_jobs WHERE kind = 'sync' ORDER BY created_at")
        return fingerprint(stores), [(str(state), str(error)) for state, error in jobs]
    finally:
        close_stores(stores)
