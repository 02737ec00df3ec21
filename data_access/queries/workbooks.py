"""What the page of workbooks shows: what the company's tables hold, and the loads that filled them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from analytics.workbooks import Held, WorkbookJob
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.scoped import promo_read
from data_access.stores import Stores

MOST_JOBS: Final = 200


@repeatable
def held(stores: Stores, scope: Scope, _asked: None = None) -> Held:
    """What the tables hold. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        row = session.one("read/workbooks/held")
    assert row is not None  # sums have a row
    return Held(**row)


@repeatable
def workbook_jobs(stores: Stores, scope: Scope, most: int = MOST_JOBS) -> Sequence[WorkbookJob]:
    """The newest loads, newest first. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        return tuple(_job(row) for row in session.rows("read/workbooks/jobs", most=most))


@repeatable
def workbook_job(stores: Stores, scope: Scope, job: str) -> WorkbookJob | None:
    """A load by its id. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        row = session.one("read/workbooks/job", job=job)
    return None if row is None else _job(row)


def _job(row: Mapping[str, Any]) -> WorkbookJob:
    result = json.loads(row["result"] or "{}")
    return WorkbookJob(
        row["job_id"], row["status"], row["started_by"] or "", int(row["files_queued"] or 0),
        int(row["records_processed"] or 0), int(row["errors"] or 0), tuple(result.get("files", ())),
        result.get("reject_file") or "", row["error_message"] or "", row["doing"] or "", row["progress"],
        row["started_at"] or row["created_at"], row["completed_at"],
    )  # fmt: skip
