"""The server itself, without a browser: whether it is ready, and what it does by the clock."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from data_access import schedule
from data_access.stores import close_stores, open_stores
from demo.emulator import running_emulator
from settings import Settings
from tests.e2e.conftest import Served, Visitor, serving

SECONDS = 90


def asked(url: str) -> tuple[int, dict[str, Any]]:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def logged(served: Served) -> list[dict[str, Any]]:
    lines = (served.data_dir / "server.log").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def missed_an_hour(folder: Path) -> None:
    """As if a scheduler had served its last quarter of an hour an hour ago, and its last night."""
    stores = open_stores(Settings(data_dir=folder))
    with stores.operational.write() as session:
        for row in session.rows("load/store_of_account"):
            for work in ("sync", "aggregates"):
                schedule.register(session, row["account"], work, datetime.now(UTC) - timedelta(hours=1))
    close_stores(stores)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app with its schedule, on a local Klaviyo, after an hour in which it did not run."""
    with (
        running_emulator(events=4_000, seed=11) as klaviyo,
        serving(tmp_path_factory.mktemp("kept"), klaviyo.base_url, missed_an_hour, SCHEDULE="auto") as app,
    ):
        yield app


def test_a_server_that_can_show_figures_is_ready(kept: Served) -> None:
    status, told = asked(kept.url)
    assert status == 200
    assert told == {
        "ready": True, "operational": "ok", "warehouse": "ok", "schema": "ok", "schema_version": "1.0.0",
    }  # fmt: skip


def test_what_was_missed_while_the_app_was_away_is_done_once_for_each_store(kept: Served) -> None:
    deadline = time.monotonic() + SECONDS
    ended: list[tuple[str, str, str]] = []
    while len(ended) < 4 and time.monotonic() < deadline:
        time.sleep(0.2)
        ended = [
            (line["work"], line["account"], line["state"]) for line in logged(kept) if line["event"] == "work_ended"
        ]
    assert sorted(work for work, _, _ in ended) == ["aggregates", "aggregates", "sync", "sync"]
    assert {state for _, _, state in ended} == {"done"}
    assert len({account for _, account, _ in ended}) == 2


def test_a_server_without_its_schema_is_not_ready(tmp_path: Path) -> None:
    def forget(folder: Path) -> None:
        (folder / "promolens.duckdb").unlink()

    with serving(tmp_path, "", forget) as app:
        status, told = asked(app.url)
    assert status == 503
    assert (told["ready"], told["operational"], told["schema"]) == (False, "ok", "outdated")


@pytest.mark.browser
def test_health_and_jobs_show_what_was_done(kept: Served, visitor: Visitor) -> None:
    visit = visitor(kept)
    page = visit.open("/jobs?store=Nordwald+Outdoor")
    expect(page.get_by_role("heading", name="Jobs", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stMetric").filter(has=page.get_by_text("Runs", exact=True))).to_be_visible()
    expect(page.get_by_text("The run ended well", exact=False)).to_be_visible()
    visit.open("/health?store=Nordwald+Outdoor")
    expect(page.get_by_role("heading", name="Done by the clock")).to_be_visible()
    expect(page.get_by_text("databases examined", exact=False)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("not yet databases examined", exact=False)).to_have_count(0, timeout=60_000)
    # The sentence above the checks; a row of the table may say the same of its own.
    told = page.get_by_text("checks are well", exact=False).or_(page.get_by_text("something to do"))
    expect(told.first).to_be_visible()
