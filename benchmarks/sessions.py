"""Many people at once: the revenue page with and without Streamlit's full garbage collection after every run."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.servers import app_server, environment
from benchmarks.session import Session
from benchmarks.table import Figure, percentile

PAGE = "revenue"


def measure(folder: Path, *, sessions: int = 100, seconds: float = 40, think: float = 5.0) -> Iterator[Figure]:
    """p95 of `sessions` people who look at a page every `think` seconds, with and without the collection."""
    env = environment(folder)
    found: dict[bool, float] = {}
    for collected in (True, False):
        with app_server(env, gc=collected) as (base, _pid):
            found[collected] = percentile(_crowd(base, sessions, seconds, think), 0.95)
    yield Figure(
        f"p95 of {sessions} sessions, no collection after a run",
        found[False] * 1000,
        "ms",
        "collection after every run",
        found[True] * 1000,
        note=f"think time {think:g} s",
    )


def memory(folder: Path, *, reruns: int = 20_000, workers: int = 4) -> Iterator[Figure]:
    """Resident memory of the app after a tenth of the reruns and after all of them, by collection."""
    env = environment(folder)
    for collected in (False, True):
        with app_server(env, gc=collected) as (base, pid):
            process = psutil.Process(pid)
            _reruns(base, max(workers, reruns // 10), workers)
            early = process.memory_info().rss / 2**20
            started = time.perf_counter()
            _reruns(base, reruns - reruns // 10, workers)
            took = time.perf_counter() - started
            late = process.memory_info().rss / 2**20
        name = "with" if collected else "without"
        yield Figure(
            f"memory after {reruns:,} reruns, {name} collection",
            late,
            "MiB",
            f"after {reruns // 10:,}",
            early,
            note=f"{(reruns - reruns // 10) / took:.0f} reruns/s",
        )


def _crowd(base: str, sessions: int, seconds: float, think: float) -> list[float]:
    taken: list[float] = []
    stop = time.monotonic() + seconds

    def person(offset: float) -> None:
        time.sleep(offset)
        with Session(base) as session:
            session.run(PAGE)
            while time.monotonic() < stop:
                time.sleep(think)
                taken.append(session.run(PAGE))

    people = [threading.Thread(target=person, args=(think * n / sessions,)) for n in range(sessions)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
    return taken


def _reruns(base: str, count: int, workers: int) -> None:
    def person(runs: int) -> None:
        with Session(base) as session:
            for _ in range(runs):
                session.run(PAGE)

    people = [threading.Thread(target=person, args=(count // workers,)) for _ in range(workers)]
    for thread in people:
        thread.start()
    for thread in people:
        thread.join()
