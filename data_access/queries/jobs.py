"""Runs of an account's syncs, loads and computations, for those who may see the account."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime
from typing import Final

from analytics.runs import RunFigures
from data_access.jobs import Job, latest_job, one_job
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores
from data_access.unwritten import until_written

# A file with its folders, in a database's address too; a date such as 21/11/2026 is none.
_PATH: Final = re.compile(r"(?<![\w.])(?:\w+:/{2,})?/(?:[^\s/'\",;:]+/)+([^\s/'\",;:]+)")


def _told(text: str, scope: Scope) -> str:
    """What a run says: where its files lie on the server is for admins, others read their names."""
    return text if scope.allows(Right.ADMIN) else _PATH.sub(r"\1", text)


def _told_job(job: Job, scope: Scope) -> Job:
    said = {
        "error": None if job.error is None else _told(job.error, scope),
        "notes": [_told(note, scope) for note in job.notes],
        "rejects": [{name: _told(text, scope) for name, text in item.items()} for item in job.rejects],
    }
    return Job(**{one.name: getattr(job, one.name) for one in fields(job)} | said)


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
            error=_told(row["error"] or "", scope),
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
    return _told_job(found, scope) if found is not None and found.account == account else None


@until_written
@repeatable
def newest(stores: Stores, scope: Scope, account: str) -> Job | None:
    """The account's newest run, None before the first. Raises NotPermitted, StoreError."""
    scope.require(Right.VIEW, account)
    with stores.operational.read() as session:
        found = latest_job(session, account)
    return None if found is None else _told_job(found, scope)
