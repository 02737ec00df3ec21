"""The revenue page's server time: cold and warm, beside the bare query; and while a sync runs, beside idle."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from benchmarks.servers import app_server, environment, promolens
from benchmarks.session import Session
from benchmarks.table import Figure, percentile
from settings import PROJECT_ROOT

COLD_MS, WARM_MS = 300.0, 50.0


def measure(folder: Path, runs: int = 9) -> Iterator[Figure]:
    """Cold and warm server time of the revenue page on the store in `folder`."""
    command = [sys.executable, "-m", "benchmarks.page_probe", str(runs)]
    done = subprocess.run(
        command, cwd=PROJECT_ROOT, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout)
    yield Figure("revenue page, cold", found["cold"], "ms", "limit", COLD_MS, "≤ 300 ms", found["cold"] <= COLD_MS)
    yield Figure("revenue page, warm", found["warm"], "ms", "limit", WARM_MS, "≤ 50 ms", found["warm"] <= WARM_MS)
    yield Figure("revenue page, cold", found["cold"], "ms", "bare revenue by day", found["bare"])


def while_syncing(folder: Path, base_url: str, runs: int = 40) -> Iterator[Figure]:
    """p95 of the page while a full sync runs in the app's own process, beside idle."""
    env = environment(folder, base_url)
    with app_server(env) as (base, _pid), Session(base) as session:
        session.run("revenue")
        idle = percentile((session.run("revenue") for _ in range(runs)), 0.95)
        finished = threading.Event()

        def sync() -> None:
            # The app holds the database file: the command fetches, and the app loads and aggregates in its own process.
            promolens("sync", "--full", env=env)
            finished.set()

        thread = threading.Thread(target=sync)
        thread.start()
        during: list[float] = []
        while not finished.is_set() or len(during) < runs:
            during.append(session.run("revenue"))
        thread.join()
    busy = percentile(during, 0.95)
    yield Figure(
        "revenue page p95 while a sync runs", busy * 1000, "ms", "idle", idle * 1000, "≤ 2 ×", busy <= 2 * idle
    )
