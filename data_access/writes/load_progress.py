"""What is committed together with a batch's rows: cursors, the chunks that are in, report calls."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

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


def move_cursor(
    session: Session,
    account: str,
    resource: str,
    partition: str,
    cursor: Mapping[str, Any] | None,
    watermark: datetime | None,
    forget: bool = False,
) -> None:
    """Sets a cursor; a watermark never goes back. `forget`: the positions of the resource's slices have served."""
    if forget:
        session.execute("load/cursor_forget", account=account, resource=resource)
    session.execute(
        "load/cursor_move",
        account=account,
        resource=resource,
        partition=partition,
        cursor=json.dumps(cursor or {}, default=str),
        watermark=watermark,
    )


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


def record_chunk(session: Session, account: str, job: str, seq: int) -> None:
    """Remembers that a chunk is in, so that it never goes in twice."""
    session.execute("load/chunk_record", account=account, job=job, seq=seq)


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
