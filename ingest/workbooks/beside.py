"""Workbooks for a page: looked at without loading anything, and loaded beside it by a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import structlog

from analytics.workbooks import Choices
from data_access.errors import StoreError
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.workbook_jobs import JobKnown, begin_job
from ingest.errors import IngestError
from ingest.workbooks.columns import TARGETS, Kind
from ingest.workbooks.loading import ingest_files
from ingest.workbooks.results import Asked, Said
from settings import Settings

LOG: Final = structlog.get_logger(part="promolens.workbooks")


def look_at(
    stores: Stores, settings: Settings, scope: Scope, paths: Sequence[Path], choices: Choices, job: str
) -> dict[str, Any]:
    """What loading the files would do, as Ingested.as_dict has it, and `targets`: of each kind the columns of its table
    with whether they are needed. job: the id that the load will have, whose reject file takes the place of this one.
    Raises NotPermitted, IngestError, StoreError."""
    asked = _asked(choices, dry_run=True, job=job)
    told = ingest_files(stores, settings, scope, paths, asked).as_dict()
    told["targets"] = {
        kind.value: [(target.name, target.is_needed) for target in targets] for kind, targets in TARGETS.items()
    }
    return told


def start_loading(
    stores: Stores, settings: Settings, scope: Scope, paths: Sequence[Path], choices: Choices, job: str
) -> None:
    """Begins the load of that id, unless it was begun before; its row tells the rest.

    Raises NotPermitted, StoreError.
    """
    scope.require(Right.PROMO_WRITE)
    try:
        begin_job(stores, scope, job, len(paths), settings.sync_lease_seconds)
    except JobKnown:
        return
    asked = _asked(choices, job=job)

    def work() -> None:
        try:
            ingest_files(stores, settings, scope, paths, asked, is_begun=True)
        except (IngestError, StoreError) as error:
            # Nobody stands before this thread: the job's row has the reason.
            LOG.warning("workbooks_not_loaded", job=job, error=str(error))

    threading.Thread(target=work, name=f"load-{job}", daemon=True).start()


def _asked(choices: Choices, *, dry_run: bool = False, job: str = "") -> Asked:
    said = {
        place: Said(Kind(one.kind) if one.kind else None, dict(one.pairs), one.is_left_out)
        for place, one in choices.sheets.items()
    }
    return Asked(country=choices.country, decimal=choices.decimal, by_sheet=said, dry_run=dry_run, job=job)
