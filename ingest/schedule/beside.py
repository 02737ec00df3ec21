"""The schedule for pages: what it holds, and doing a piece of its work beside them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from data_access.errors import StoreError
from data_access.scope import Right, Scope
from data_access.stores import Stores
from ingest.errors import IngestError
from ingest.schedule import overview
from ingest.schedule.overview import StoreQuota
from ingest.schedule.scheduler import Scheduler
from ingest.schedule.works import Work
from settings import Settings

LOG = structlog.get_logger(part="promolens.schedule")


@dataclass(frozen=True, slots=True)
class Overview:
    """work: rows as `piece_row` makes them; quotas: report calls by store; kept_by: a phrase;
    kept: whether it is switched on."""

    work: tuple[dict[str, Any], ...]
    quotas: tuple[StoreQuota, ...]
    kept_by: str
    kept: bool


def schedule_overview(stores: Stores, settings: Settings, scope: Scope, now: datetime) -> Overview:
    """What is done by the clock, as of `now` (UTC). Raises NotPermitted, IngestError, StoreError."""
    pieces = Scheduler(settings, scope, lambda: stores, clock=lambda: now).pieces()
    kept_by = "the app" if settings.schedule_in_app else "'promolens schedule'"
    return Overview(
        work=tuple(overview.piece_row(piece, now) for piece in pieces),
        quotas=tuple(overview.quotas(stores, settings, pieces, now)),
        kept_by="nobody: it is switched off" if settings.schedule == "off" else kept_by,
        kept=settings.schedule != "off",
    )


def begin_work(
    stores: Stores, settings: Settings, scope: Scope, wanted: Sequence[tuple[Work, str]]
) -> threading.Thread:
    """Does pieces of work (work, account or '') one after the other in a thread; their rows tell how they ended.

    Raises NotPermitted.
    """
    scope.require(Right.ADMIN)
    thread = threading.Thread(target=_do, args=(stores, settings, scope, tuple(wanted)), name="work-now", daemon=True)
    thread.start()
    return thread


def _do(stores: Stores, settings: Settings, scope: Scope, wanted: Sequence[tuple[Work, str]]) -> None:
    scheduler = Scheduler(settings, scope, lambda: stores)
    for work, account in wanted:
        try:
            scheduler.run(work, account)
        except (IngestError, StoreError) as error:
            # Somebody else does it already, or the database is in trouble: the page shows what stands in the row.
            LOG.warning("work_not_begun", work=work, account=account, error=str(error))
    scheduler.stop(0)
