"""Several processes that keep the schedule of one PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from data_access import schedule
from data_access.stores import close_stores, open_stores
from settings import PROJECT_ROOT, Settings

ROUNDS = 60


def competitor(url: str, folder: Path, name: str, rounds: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.ingest.competing", url, str(folder), name, rounds]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, stderr=subprocess.PIPE, text=True)
    until(lambda: (folder / f"{name}.ready").exists() or process.poll() is not None)
    return process


def begin(folder: Path) -> None:
    written = folder / "going"
    written.write_text(str(time.time()))
    written.rename(folder / "go")


def done(folder: Path) -> list[str]:
    out = folder / "done"
    return out.read_text().splitlines() if out.exists() else []


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_two_processes_do_each_piece_of_work_once(migrated_postgres_url: str, tmp_path: Path) -> None:
    both = [competitor(migrated_postgres_url, tmp_path, name, str(ROUNDS)) for name in ("first", "second")]
    begin(tmp_path)
    for process in both:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    served = [line.split()[1] for line in done(tmp_path)]
    assert len(served) > 3  # a busy machine misses rounds; each that is served is served once
    assert len(set(served)) == len(served)


def test_the_work_of_a_process_that_was_killed_is_taken_over_at_once(
    migrated_postgres_url: str, settings: Settings, tmp_path: Path
) -> None:
    killed = competitor(migrated_postgres_url, tmp_path, "killed", "HANG")
    begin(tmp_path)
    until(lambda: bool(done(tmp_path)))
    stores = open_stores(settings.model_copy(update={"database_url": migrated_postgres_url}))
    with stores.operational.read() as session:
        held = schedule.known_work(session)["", "sync"]
    assert held.running
    assert not schedule.dead(held, held.slot)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate(timeout=10)
    assert schedule.dead(held, held.slot)
    (tmp_path / "go").unlink()
    heir = competitor(migrated_postgres_url, tmp_path, "heir", "40")
    begin(tmp_path)
    _, errors = heir.communicate(timeout=60)
    assert done(tmp_path)[1].startswith("heir"), errors
    with stores.operational.read() as session:
        assert schedule.known_work(session)["", "sync"].state == "done"
    close_stores(stores)
