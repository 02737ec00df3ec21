"""`promolens schedule` as a person types it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli
from data_access.stores import close_stores, open_stores
from settings import PROJECT_ROOT, Settings, get_settings
from tests.warehouse_rows import insert, store


@pytest.fixture
def folder(stores: object, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migrated store without an account."""
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    get_settings.cache_clear()
    return settings.data_dir


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, ["schedule", *words])
    return done.exit_code, done.output


def test_the_plan_tells_what_is_due_when_and_changes_no_work(folder: Path, settings: Settings) -> None:
    insert(open_stores(settings), "stores", store())
    code, text = run("--plan", "--json")
    plan = json.loads(text)
    assert code == 0
    assert plan["kept_by"] == "app"
    by_work = {row["work"]: row for row in plan["work"]}
    assert "sync" not in by_work  # the store has no key
    assert by_work["aggregates"]["rhythm"] == "every 15 min"
    assert (by_work["refresh"]["rhythm"], by_work["refresh"]["zone"]) == ("daily at 03:00", "Europe/Berlin")
    assert by_work["refresh"]["state"] == "waiting"
    assert "Kept by: app" in run("--plan")[1]


def test_nothing_is_due_at_first(folder: Path) -> None:
    assert run("--once") == (0, "Nothing is due.\n")


def test_switched_off_it_does_nothing_and_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEDULE", "off")
    get_settings.cache_clear()
    code, text = run("--once")
    assert code == 1
    assert "SCHEDULE=auto" in text
    assert run("--plan")[0] == 0


def test_a_rhythm_that_cannot_be_read_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEDULE_RHYTHM", "sync=sometimes")
    get_settings.cache_clear()
    code, text = run("--once")
    assert code == 1
    assert "'sometimes' is not a rhythm" in text


def test_in_the_foreground_it_ends_in_order_when_asked(settings: Settings, stores: object, tmp_path: Path) -> None:
    close_stores()
    process = subprocess.Popen(
        [sys.executable, "-m", "cli", "schedule"], cwd=PROJECT_ROOT, text=True, stdout=subprocess.PIPE,
        env={"DATA_DIR": str(settings.data_dir), "PATH": ""},
    )  # fmt: skip
    assert process.stdout is not None
    assert "Keeping the schedule" in process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
