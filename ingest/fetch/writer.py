"""Hands finished columns to the spool, one chunk after the other, while fetching goes on."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from ingest import spool
from ingest.fetch.columns import INSTANT
from ingest.fetch.plan import FetchPlan
from ingest.spool import CursorMove, Manifest, Reject

ROOM_POLL_SECONDS = 0.2


class RawResponses:
    """Rows of raw_api_responses of one chunk."""

    def __init__(self, revision: str) -> None:
        self._revision = revision
        self._rows: list[tuple[str, bytes, datetime]] = []

    def add(self, endpoint: str, body: bytes) -> None:
        self._rows.append((endpoint, body, datetime.now(UTC)))

    def table(self) -> pa.Table:
        """Columns endpoint, response_data (JSON text), timestamp, api_version."""
        return pa.table(
            {
                "endpoint": pa.array([row[0] for row in self._rows], pa.string()),
                "response_data": pa.array([row[1] for row in self._rows], pa.large_string()),
                "timestamp": pa.array([row[2] for row in self._rows], INSTANT),
                "api_version": pa.array([self._revision] * len(self._rows), pa.string()),
            }
        )


class ChunkWriter:
    """Numbers the chunks, waits for room in the spool, and writes them in order in one thread of its own."""

    def __init__(self, plan: FetchPlan, requests: Counter[str]) -> None:
        self._plan = plan
        self._folder = spool.job_folder(Path(plan.spool), plan.account, plan.job)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._seq = plan.first_seq
        self._requests = requests
        self._told: Counter[str] = Counter()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="spool")
        self._turn = asyncio.Lock()

    def raw(self) -> RawResponses:
        return RawResponses(self._plan.revision)

    async def write(
        self,
        resource: str,
        tables: Mapping[str, pa.Table],
        cursors: Sequence[CursorMove] = (),
        *,
        rejects: Sequence[Reject] = (),
        notes: Sequence[str] = (),
        window: dict[str, Any] | None = None,
        last: bool = False,
    ) -> None:
        """Writes one chunk; on return it is durable. Raises SpoolFull where nobody empties a full one, and OSError."""
        async with self._turn:
            await self._room()
            told = Counter(self._requests)
            manifest = Manifest(
                job=self._plan.job,
                account=self._plan.account,
                seq=self._seq,
                resource=resource,
                fetched_at=datetime.now(UTC),
                cursors=list(cursors),
                requests=dict(told - self._told),
                rejects=list(rejects),
                notes=list(notes),
                window=window,
                last=last,
            )
            self._told = told
            self._seq += 1
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, spool.write_chunk, self._folder, manifest, tables)

    async def _room(self) -> None:
        while spool.size_in_bytes(self._folder) > self._plan.spool_max_bytes:
            if not self._plan.wait_for_room:
                raise spool.SpoolFull(
                    f"The spool {self._folder} holds its {self._plan.spool_max_bytes // 2**20} MB. Start the app, or "
                    "stop what holds the database and sync again, so that it is loaded; or raise SPOOL_MAX_MB."
                )
            await asyncio.sleep(ROOM_POLL_SECONDS)


def envelope(first: str | None, last: str | None, count: int, included: int, next_link: str | None) -> bytes:
    """What is kept of an event page's answer where the events themselves are kept whole in klaviyo_events."""
    return msgspec.json.encode(
        {"links": {"next": next_link}, "data": {"count": count, "first": first, "last": last}, "included": included}
    )
