"""The stores are reproducible, stable as time goes on, and never held in memory whole."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from demo.emulator import Emulator, main, make_emulator, running_emulator
from demo.ledger import build_ledger
from demo.store import make_store
from demo.world import writer
from demo.world.build import build_world
from tests.demo.conftest import NOW, Api

ROOT = Path(__file__).resolve().parents[2]


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder).as_posix()).split("/", 1)[1]: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_store(3, 2_000, NOW, cache=tmp_path / name)
    make_store(4, 2_000, NOW, cache=tmp_path / "c")
    first, same, other = (list(digest(tmp_path / name).values()) for name in ("a", "b", "c"))
    assert first == same
    assert not set(first) & set(other)


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    script = (
        "import hashlib; from datetime import datetime, timezone; from demo.emulator import make_emulator;"
        "from demo.ledger import build_ledger; import json; from pathlib import Path;"
        f"now = datetime.fromisoformat('{NOW.isoformat()}');"
        f"e = make_emulator(1000, 5, now, cache=Path({str(tmp_path)!r}));"
        "print(hashlib.sha256(json.dumps(build_ledger(e).as_json()).encode()).hexdigest())"
    )
    out = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    emulator = make_emulator(1_000, 5, NOW, cache=tmp_path / "mine")
    told = json.dumps(build_ledger(emulator).as_json()).encode()
    emulator.close()
    assert out.stdout.strip() == hashlib.sha256(told).hexdigest()


def test_a_later_start_shows_the_same_past(tmp_path: Path) -> None:
    """A store that is opened days later has every event of before, and more."""

    def seen(emulator: Emulator) -> set[str]:
        told = {order["event_id"] for order in build_ledger(emulator).account(0)["orders"]}
        emulator.close()
        return told

    early = seen(make_emulator(4_000, 7, NOW - timedelta(days=40), cache=tmp_path))
    late = seen(make_emulator(4_000, 7, NOW, cache=tmp_path))
    assert early < late


@pytest.mark.parametrize("events", [1_000, 3_456])
def test_the_size_holds_at_the_start_of_a_quarter(events: int, tmp_path: Path) -> None:
    moment, since = datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
    emulator = make_emulator(events, 7, moment, since=since, cache=tmp_path)
    counted = emulator.state()["accounts"]
    emulator.close()
    assert counted[0]["events"] == events
    assert counted[1]["events"] == max(events // 5, 300)


@pytest.mark.parametrize("events", [999, 5_000_001])
def test_a_size_outside_the_bounds_is_refused(events: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="between 1,000 and 5,000,000"):
        make_store(7, events, NOW, cache=tmp_path)


def test_what_an_older_generator_left_is_removed_after_a_day(tmp_path: Path) -> None:
    old, young, foreign = tmp_path / "s7-n1000-20240101-aaaa", tmp_path / "s7-n2000-20240101-bbbb", tmp_path / "notes"
    for folder in (old, young, foreign):
        folder.mkdir()
    yesterday = time.time() - 90_000
    for folder in (old, foreign):
        os.utime(folder, (yesterday, yesterday))
    make_store(7, 1_000, NOW, cache=tmp_path)
    assert not old.exists()
    assert young.exists()
    assert foreign.exists()


def test_a_naive_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        make_store(7, 1_000, datetime(2026, 1, 1), cache=tmp_path)  # noqa: DTZ001


def test_rendering_holds_one_block_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bodies are rendered block by block: what stays in memory is a small part of what is written."""
    monkeypatch.setattr(writer, "BLOCK", 2_000)
    world = build_world(0, 7, 30_000, datetime(2024, 1, 1, tzinfo=UTC))
    tracemalloc.start()
    writer.write_events(world, tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    written = (tmp_path / "events.bin").stat().st_size
    columns = sum(
        value.nbytes
        for part in (world.timeline, world.orders, world.sends, world.people)
        for value in vars(part).values()
        if isinstance(value, np.ndarray)
    )
    assert peak < written / 3
    assert columns < written / 5


def test_a_prepared_emulator_gives_the_same_pages(cache: Path) -> None:
    params = {"include": "profile,attributions", "sort": "datetime", "page[size]": 1000}
    found = []
    for prepare in (False, True):
        with running_emulator(events=1_000, now=NOW, cache=cache, prepare=prepare) as running:
            found.append([(p["data"], p["included"]) for p in Api(running.base_url).pages("/api/events", **params)])
    assert found[0] == found[1]


def test_a_process_of_its_own_can_be_asked_and_turned(cache: Path) -> None:
    with running_emulator(events=1_000, now=NOW, cache=cache, process=True, faults={"shuffle": 1}) as running:
        assert Api(running.base_url).get("/api/accounts")["data"][0]["attributes"]["timezone"] == "Europe/Berlin"
        assert running.state()["faults"] == {"shuffle": 1.0}
        running.set_faults(shuffle=0)
        assert running.state()["faults"] == {}
        assert running.ledger.account(1)["currency"] == "USD"
        assert running.requests == {"get_accounts": 1}


def test_the_command_line_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--fault", "gremlins=1", "--events", "1000"]) == 2
    assert "unknown fault 'gremlins'" in capsys.readouterr().err
    assert main(["--events", "5"]) == 1
    assert "between 1,000 and 5,000,000" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["--now", "2026-01-01T00:00:00"])


def test_the_ledger_is_written_to_a_file(tmp_path: Path) -> None:
    emulator = make_emulator(1_000, 7, NOW, cache=tmp_path / "cache")
    ledger = build_ledger(emulator)
    ledger.write(tmp_path / "ledger.json")
    assert json.loads((tmp_path / "ledger.json").read_text()) == ledger.as_json()
    assert ledger.account("HbTea2")["currency"] == "USD"
    emulator.close()
