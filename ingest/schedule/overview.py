"""The schedule as people are shown it: each piece of work with its rhythm, last end and next time; the report calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data_access.stores import Stores
from ingest.report_plan import Quota
from ingest.schedule.quota import QuotaUse, planned_calls
from ingest.schedule.scheduler import Piece
from ingest.schedule.works import Work
from ingest.state import read_report_states, report_history
from settings import Settings


@dataclass(frozen=True, slots=True)
class StoreQuota:
    """The report calls of one store."""

    account: str
    name: str
    reports: tuple[QuotaUse, ...]


def piece_row(piece: Piece, now: datetime) -> dict[str, Any]:
    """One piece of work: work, says, account, name, rhythm, zone, state, started_at, finished_at, succeeded_at,
    failures, message, next_at (UTC; None while it runs)."""
    row = piece.row
    return {
        "work": str(piece.kind.work),
        "says": piece.kind.says,
        "account": piece.account,
        "name": piece.name,
        "rhythm": piece.rhythm.words(),
        "zone": "" if piece.rhythm.every is not None else str(piece.zone),
        "state": row.state,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
        "succeeded_at": row.succeeded_at,
        "failures": row.failures,
        "message": row.message,
        "next_at": piece.next_at(now),
    }


def quotas(stores: Stores, settings: Settings, pieces: Sequence[Piece], now: datetime) -> list[StoreQuota]:
    """The report calls of each store that is synced by the clock. Raises StoreError, IngestError."""
    found = []
    quota = Quota(settings.report_daily_quota, settings.report_quota_reserve)
    for piece in pieces:
        if piece.kind.work is not Work.SYNC:
            continue
        with stores.operational.read() as session:
            states = read_report_states(session, piece.account, now)
        uses = planned_calls(
            now, piece.zone, piece.rhythm, states, quota=quota,
            history=report_history(settings),
        )  # fmt: skip
        found.append(StoreQuota(piece.account, piece.name, tuple(uses)))
    return found
