"""A sync end to end into the database: beside the permitted rate, beside page by page, beside one request at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.servers import EVENTS_ONLY, local_klaviyo, new_store, promolens
from benchmarks.table import Figure
from settings import PROJECT_ROOT

# 3,500 requests a minute of 1,000 events each.
PERMITTED = 58_000.0
FASTER = 20.0
COUNTS = """
SELECT count(*), sum(value), count(DISTINCT profile_id), md5(string_agg(id, ',' ORDER BY id)) FROM klaviyo_events
"""


class AnswersDiffer(Exception):
    """Two ways to the same tables did not end at the same tables."""


def rate(folder: Path, events: int) -> Iterator[Figure]:
    """Events a second with rate windows off and prepared pages, beside the permitted rate and page by page."""
    with local_klaviyo(events, prepare=True) as base_url:
        ours = _ours(folder / "bulk", base_url)
        paged = _plain(folder / "paged", base_url)
    _same(folder / "bulk", folder / "paged")
    events_told = f"{ours['counts']['events']:,.0f} events"
    speed = _speed(ours)
    # From the start of the run to the last publication; the other rate ends with the last commit of events.
    note = f"{events_told}; committed: {ours['counts']['committed_per_second']:,.0f} a second"
    yield Figure(
        "sync, events a second", speed, "1/s", "permitted by Klaviyo", PERMITTED, "≥ 58,000", speed >= PERMITTED, note
    )
    yield Figure("sync, events a second", speed, "1/s", "one page a transaction", _speed(paged), note=events_told)


def latency(folder: Path, events: int, milliseconds: int = 200) -> Iterator[Figure]:
    """The same where every answer takes 200 ms, beside one request at a time."""
    with local_klaviyo(events, prepare=True, latency_ms=milliseconds) as base_url:
        ours = _ours(folder / "wide", base_url)
        alone = _plain(folder / "alone", base_url, "sequential")
    _same(folder / "wide", folder / "alone")
    faster = _speed(ours) / _speed(alone)
    yield Figure(
        f"sync at {milliseconds} ms latency, events a second",
        _speed(ours),
        "1/s",
        "one request at a time",
        _speed(alone),
        f"≥ {FASTER:g} ×",
        faster >= FASTER,
        f"{ours['counts']['events']:,.0f} events",
    )


def _ours(folder: Path, base_url: str) -> Mapping[str, Any]:
    env = new_store(folder, base_url)
    only = [piece for name in EVENTS_ONLY for piece in ("--only", name)]
    found: Any = promolens("sync", *only, env=env)["accounts"]
    return found[0]  # type: ignore[no-any-return]


def _plain(folder: Path, base_url: str, *how: str) -> Mapping[str, Any]:
    env = new_store(folder, base_url)
    command = [sys.executable, "-m", "benchmarks.plain_sync", *how]
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return answer


def _speed(summary: Mapping[str, Any]) -> float:
    return float(summary["counts"]["events"]) / float(summary["seconds"])


def _same(one: Path, other: Path) -> None:
    found = []
    for folder in (one, other):
        with duckdb.connect(str(folder / "promolens.duckdb"), read_only=True) as connection:
            found.append(connection.execute(COUNTS).fetchone())
    if found[0] != found[1]:
        raise AnswersDiffer(f"{one.name}: {found[0]}, {other.name}: {found[1]}")
