"""The pages about customers and products over ten million order lines: each question's server time beside the limits.

The store is filled, derived and asked by a process each, so that the memory of each is its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.page import COLD_MS, WARM_MS
from benchmarks.servers import environment
from benchmarks.table import Figure
from settings import PROJECT_ROOT

MEMORY: Final = "900MB"
LIMIT_MB: Final = 2048.0


def measure(folder: Path, part: float = 1.0, runs: int = 3) -> Iterator[Figure]:
    """Milliseconds of each question, cold and warm, of `part` of 4,000,000 orders; the note tells processor time."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "promolens.duckdb").exists():
        _child("shop_store", "fill", folder, part)
        derived = _child("shop_store", "derive", folder)
        yield _memory("peak memory of all derived tables", derived["megabytes"])
    env = environment(folder) | {"DUCKDB_MEMORY_LIMIT": MEMORY}
    found = _child("customer_page_probe", runs, env=env)
    size = f"{part:g} of 10,000,000 order lines"
    for name, taken in found["questions"].items():
        for state, limit in (("cold", COLD_MS), ("warm", WARM_MS), ("counted, warm", WARM_MS)):
            if f"{state} wall" not in taken:
                continue
            wall, cpu = taken[f"{state} wall"], taken[f"{state} cpu"]
            note = f"{cpu:,.0f} ms of processor time; {size}"
            yield Figure(f"{name}, {state}", wall, "ms", "limit", limit, f"≤ {limit:.0f} ms", wall <= limit, note)
    yield _memory("peak memory of all these pages", found["megabytes"])


def _memory(name: str, megabytes: float) -> Figure:
    return Figure(name, megabytes, "MB", "limit", LIMIT_MB, "≤ 2 GB", megabytes <= LIMIT_MB)


def _child(module: str, *given: object, env: dict[str, str] | None = None) -> dict[str, Any]:
    command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, given)]
    done = subprocess.run(
        command, cwd=PROJECT_ROOT, env=env or dict(os.environ), check=True, stdout=subprocess.PIPE, text=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
