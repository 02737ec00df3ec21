"""What is committed together with a batch's rows: cursors, the chunks that are in, report calls."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from data_access.engines.base import Session


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a resource (and partition) stands: `cursor` of the current walk, `watermark` of the last complete one."""

    cursor: dict[str, Any] | None
    watermark: datetime | None


@dataclass(frozen=True, slots=True)
class ReportCalls:
    """Calls of one report endpoint in the last 24 hours, and the last of them."""

    calls: int
    last: datetime


class Moves:
    """Moves of many chunks, in their order, as one statement. A watermark never goes back."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, str], Cursor] = {}
        self._forgotten: set[str] = set()

    def move(
        self,
        resource: str,
        partition: str,
        cursor: Mapping[str, Any] | None,
        watermark: datetime | None,
        forget: bool = False,
    ) -> None:
        """`forget`: the positions of the resource's slices have served, or belong to another walk."""
        if forget:
            self._forgotten.add(resource)
            for place in [p for p in self._places if p[0] == resource and "/" in p[1]]:
                del self._places[place]
        before = self._places.get((resource, partition))
        if before is not None and before.watermark is not None:
            watermark = max(before.watermark, watermark) if watermark else before.watermark
        self._places[resource, partition] = Cursor(dict(cursor or {}), watermark)

    def write(self, session: Session, account: str) -> None:
        """Within the transaction that holds the rows. Raises StoreError."""
        for resource in sorted(self._forgotten):
            session.execute("load/cursor_forget", account=account, resource=resource)
        if not self._places:
            return
        staged = pa.table(
            {
                "resource": [resource for resource, _ in self._places],
                "partition": [partition for _, partition in self._places],
                "cursor": [json.dumps(found.cursor, default=str) for found in self._places.values()],
                "watermark": pa.array(
                    [found.watermark for found in self._places.values()], pa.timestamp("us", tz="UTC")
                ),
            }
        )
        session.stage("staged_cursors", staged)
        session.execute("load/cursors_move", account=account)


def cursors(session: Session, account: str) -> dict[str, dict[str, Cursor]]:
    """All cursors of the account: resource → partition → cursor."""
    found: dict[str, dict[str, Cursor]] = {}
    for row in session.rows("load/cursors", account=account):
        cursor = json.loads(row["cursor"]) if row["cursor"] else None
        found.setdefault(row["resource"], {})[row["partition"]] = Cursor(cursor, row["watermark"])
    return found


def loaded_chunks(session: Session, account: str, job: str) -> set[int]:
    """Numbers of a job's chunks that are in."""
    return {int(row["seq"]) for row in session.rows("load/chunk_known", account=account, job=job)}


def record_chunks(session: Session, account: str, chunks: Sequence[tuple[str, int]]) -> None:
    """Remembers that chunks (job, number) are in, so that none goes in twice."""
    if chunks:
        staged = pa.table({"job": [job for job, _ in chunks], "seq": pa.array([seq for _, seq in chunks], pa.int64())})
        session.stage("staged_chunks", staged)
        session.execute("load/chunks_record", account=account)


def record_report_calls(session: Session, account: str, endpoint: str, count: int, at: datetime) -> None:
    """Remembers calls of a report endpoint, for the daily quota."""
    for _ in range(count):
        session.execute("load/report_called", account=account, endpoint=endpoint, called_at=at)


def report_calls(session: Session, account: str, now: datetime) -> dict[str, ReportCalls]:
    """Calls of the last 24 hours by endpoint."""
    rows = session.rows("load/report_calls", account=account, since=now - timedelta(hours=24))
    return {row["endpoint"]: ReportCalls(int(row["calls"]), row["last_call"]) for row in rows}


def record_synced(session: Session, account: str, resource: str, at: datetime) -> None:
    """Notes in klaviyo_syncs and stores that a resource or report is synced up to a moment."""
    session.execute("load/synced", account=account, resource=resource, at=at)


def touch_report_days(session: Session, account: str, dataset: str, days: Sequence[str]) -> None:
    """Puts days whose statistics changed on the work list."""
    if days:
        session.execute("load/touched_report_days", account=account, dataset=dataset, days=list(days))
