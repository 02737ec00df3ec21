"""Runs of an account's syncs, loads and computations, for those who may see the account."""

from __future__ import annotations

from datetime import UTC, datetime

from analytics.runs import RunFigures
from data_access.jobs import Job, latest_job, one_job
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores
from data_access.unwritten import until_written


@repeatable
def runs(stores: Stores, scope: Scope, account: str, since: datetime, until: datetime) -> list[RunFigures]:
    """Runs that began in [since, until), newest first. Raises NotPermitted, StoreError."""
    with scoped_read(stores.operational, scope, account) as session:
        rows = session.rows("read/jobs/runs", since=since, until=until)
    return [
        RunFigures(
            job_id=row["job_id"],
            kind=row["kind"],
            state=row["state"],
            started_by=row["started_by"] or "",
            started_at=datetime.fromtimestamp(row["started"], UTC),
            finished_at=None if row["finished"] is None else datetime.fromtimestamp(row["finished"], UTC),
            events=int(row["events"] or 0),
            rate=row["rate"],
            requests=int(row["requests"] or 0),
            rejected=int(row["rejected"] or 0),
            error=row["error"] or "",
        )
        for row in rows
    ]


@repeatable
def run(stores: Stores, scope: Scope, account: str, job_id: str) -> Job | None:
    """One run of the account with all that it told; None where it has none of that id.

    Raises NotPermitted, StoreError.
    """
    scope.require(Right.VIEW, account)
    with stores.operational.read() as session:
        found = one_job(session, job_id)
    return found if found is not None and found.account == account else None


@until_written
@repeatable
def newest(stores: Stores, scope: Scope, account: str) -> Job | None:
    """The account's newest run, None before the first. Raises NotPermitted, StoreError."""
    scope.require(Right.VIEW, account)
    with stores.operational.read() as session:
        return latest_job(session, account)
