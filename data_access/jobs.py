"""Runs of syncs as rows of `sync_jobs`: state, counts, heartbeat and lease. The row is the truth, not the thread.

One sync an account at a time: a job holds a lease that its heartbeat renews. A job whose lease is over, or whose
process on this machine is gone, is ended as failed, and the next may start.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from data_access.engines.base import Session, Store
from data_access.repeating import repeatable
from data_access.scope import Right, Scope

REJECTS_KEPT = 200
RUNNING = ("queued", "running")
# The jobs that threads of this process work on: an unfinished row of this process that is not among them is dead.
_OWN: set[str] = set()
# Accounts for which a thread of this process waits until their job has ended, to start the next one.
_WAITING: set[str] = set()
_waiting_guard = threading.Lock()


class JobRunning(Exception):
    """The account is being synced already."""

    def __init__(self, job_id: str) -> None:
        super().__init__("A sync of this account is running already. Wait until it has ended, or cancel it.")
        self.job_id = job_id


class TooSoon(Exception):
    """The account's last run of this kind began a moment ago; `seconds` until the next may."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"The last one began a moment ago. The next can be started in {seconds} seconds.")
        self.seconds = seconds


class LeaseLost(Exception):
    """Another process has taken this job over, or it was ended: stop working on it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A run as its row says. counts: numbers by name, such as 'events', 'profiles', 'requests', 'events_per_second'.
    rejects: {place, reason}, the first 200; 'rejected' in counts has their number. notes: sentences for the person.
    progress: 0–1, None where the length is not known. All times UTC."""

    job_id: str
    account: str
    kind: str
    state: str
    started_by: str | None
    resource: str | None
    progress: float | None
    counts: dict[str, float]
    rejects: list[dict[str, str]]
    notes: list[str]
    error: str | None
    cancel_requested: bool
    lease_owner: str | None
    lease_until: datetime | None
    heartbeat_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def running(self) -> bool:
        return self.state in RUNNING


@dataclass(slots=True)
class Progress:
    """What a running job tells with each heartbeat."""

    resource: str = ""
    share: float | None = None
    counts: dict[str, float] = field(default_factory=dict)
    rejects: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, more: Mapping[str, float]) -> None:
        """Adds numbers to the counts."""
        for name, number in more.items():
            self.counts[name] = self.counts.get(name, 0) + number

    def reject(self, found: Sequence[Mapping[str, str]]) -> None:
        """Adds what could not be taken; the first 200 are kept, all are counted."""
        if found:
            self.count({"rejected": len(found)})
            self.rejects += [dict(item) for item in found[: max(0, REJECTS_KEPT - len(self.rejects))]]

    def note(self, text: str) -> None:
        """Adds a sentence, once."""
        if text not in self.notes:
            self.notes.append(text)


def this_process() -> str:
    """The lease owner's name for this process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def new_job_id(now: datetime) -> str:
    """An id that sorts by time, and may be a folder's name."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"


def claim(
    store: Store, account: str, *, by: str, lease: timedelta, kind: str = "sync", pause: timedelta = timedelta(0)
) -> Job:
    """Starts a job for the account, ending dead ones. pause: since the last of its kind began, whoever began it.

    Raises JobRunning where a living one is there, TooSoon, StoreError.
    """
    now = datetime.now(UTC)
    job_id = new_job_id(now)
    _OWN.add(job_id)
    try:
        with store.write() as session:
            for row in session.rows("jobs/unfinished", account=account):
                if not _dead(row, now):
                    raise JobRunning(row["job_id"])
                _take_over(session, row, now)
            if pause:
                _require_pause(session, account, kind, pause, now)
            session.execute(
                "jobs/start",
                job=job_id,
                account=account,
                kind=kind,
                by=by,
                owner=this_process(),
                until=now + lease,
                now=now,
            )
            job = one_job(session, job_id)
    except BaseException:
        _OWN.discard(job_id)
        raise
    assert job is not None
    return job


def _require_pause(session: Session, account: str, kind: str, pause: timedelta, now: datetime) -> None:
    began = [job.created_at for job in recent_jobs(session, account) if job.kind == kind]
    if began and (left := max(began) + pause - now) > timedelta(0):
        raise TooSoon(ceil(left.total_seconds()))


def begin_waiting(account: str) -> bool:
    """Notes that a thread of this process starts the account's next job; False where one does already."""
    with _waiting_guard:
        first = account not in _WAITING
        _WAITING.add(account)
    return first


def end_waiting(account: str) -> None:
    """That thread has started its job, or has none to start any more."""
    with _waiting_guard:
        _WAITING.discard(account)


def waits(account: str) -> bool:
    """Whether a job of the account is to start in this process once the one that runs has ended."""
    return account in _WAITING


@repeatable
def end_dead(store: Store) -> int:
    """Ends the jobs of all accounts that nobody works on any more, as at a program's start; how many there were.

    Raises StoreError.
    """
    now = datetime.now(UTC)
    with store.read() as session:
        dead = [row["job_id"] for row in session.rows("jobs/unfinished_of_all") if _dead(row, now)]
    if not dead:
        return 0
    with store.write() as session:
        rows = [row for row in session.rows("jobs/unfinished_of_all") if _dead(row, now)]
        for row in rows:
            _take_over(session, row, now)
    return len(rows)


def working(session: Session, now: datetime) -> list[str]:
    """Jobs that somebody works on, each as a piece of a sentence."""
    return [
        f"a job of {row['klaviyo_public_id']} is running ({row['kind']}, process {row['lease_owner']})"
        for row in session.rows("jobs/unfinished_of_all")
        if not _dead(row, now)
    ]


def _take_over(session: Session, row: Mapping[str, Any], now: datetime) -> None:
    error = "The process that ran this sync stopped. The next run goes on from what it had loaded."
    session.execute("jobs/take_over", job=row["job_id"], error=error, now=now)


def beat(session: Session, job_id: str, progress: Progress, lease: timedelta) -> None:
    """Renews the lease and tells the progress, within the caller's transaction. Raises LeaseLost."""
    now = datetime.now(UTC)
    session.execute(
        "jobs/beat",
        job=job_id,
        owner=this_process(),
        resource=progress.resource,
        progress=progress.share,
        until=now + lease,
        now=now,
        **_told(progress),
    )
    job = one_job(session, job_id)
    if job is None or not job.running or job.lease_owner != this_process():
        raise LeaseLost("This sync was taken over or ended by another process.")


def finish(store: Store, job_id: str, state: str, progress: Progress, error: str | None = None) -> None:
    """Ends the job: 'done', 'failed' or 'cancelled'. Does nothing where it was taken over. Raises StoreError.

    Should the database refuse it, the job counts as dead all the same, and the next claim ends it.
    """
    try:
        _finish(store, job_id, state, progress, error)
    finally:
        _OWN.discard(job_id)


@repeatable
def _finish(store: Store, job_id: str, state: str, progress: Progress, error: str | None) -> None:
    with store.write() as session:
        session.execute(
            "jobs/finish",
            job=job_id,
            owner=this_process(),
            state=state,
            error=error,
            now=datetime.now(UTC),
            **_told(progress),
        )


@repeatable
def request_cancel(store: Store, scope: Scope, account: str) -> bool:
    """Asks the account's running job to stop; whether there was one. Raises NotPermitted, StoreError."""
    scope.require(Right.SYNC, account)
    with store.write() as session:
        running = session.rows("jobs/unfinished", account=account)
        for row in running:
            session.execute("jobs/cancel", job=row["job_id"])
    return bool(running)


@repeatable
def cancel_requested(store: Store, job_id: str) -> bool:
    """Whether somebody asked the job to stop. Raises StoreError."""
    with store.read() as session:
        job = one_job(session, job_id)
    return job is not None and job.cancel_requested


def latest_job(session: Session, account: str) -> Job | None:
    """The account's newest job, None before the first."""
    return next(iter(recent_jobs(session, account, 1)), None)


def recent_jobs(session: Session, account: str, count: int = 20) -> list[Job]:
    """The account's newest jobs, newest first."""
    return [_job(row) for row in session.rows("jobs/latest", account=account, count=count)]


def one_job(session: Session, job_id: str) -> Job | None:
    """A job by its id."""
    row = session.one("jobs/one", job=job_id)
    return None if row is None else _job(row)


def _told(progress: Progress) -> dict[str, str]:
    return {
        "counts": json.dumps(progress.counts),
        "rejects": json.dumps(progress.rejects, ensure_ascii=False),
        "notes": json.dumps(progress.notes, ensure_ascii=False),
    }


def _dead(row: Mapping[str, Any], now: datetime) -> bool:
    return nobody_works_on(row, now, _OWN)


def nobody_works_on(row: Mapping[str, Any], now: datetime, own: Collection[str]) -> bool:
    """Whether the process that an unfinished row names is gone. own: the jobs that threads of this process work on."""
    if row["lease_owner"] == this_process():
        # A thread of this very process that is busy in a long transaction is alive, whatever its lease says.
        return row["job_id"] not in own
    if row["lease_until"] is None or row["lease_until"] <= now:
        return True
    host, _, pid = str(row["lease_owner"] or "").rpartition(":")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _job(row: Mapping[str, Any]) -> Job:
    return Job(
        job_id=row["job_id"],
        account=row["klaviyo_public_id"],
        kind=row["kind"],
        state=row["state"],
        started_by=row["started_by"],
        resource=row["resource"] or None,
        progress=row["progress"],
        counts=json.loads(row["counts"] or "{}"),
        rejects=json.loads(row["rejects"] or "[]"),
        notes=json.loads(row["notes"] or "[]"),
        error=row["error"],
        cancel_requested=bool(row["cancel_requested"]),
        lease_owner=row["lease_owner"],
        lease_until=row["lease_until"],
        heartbeat_at=row["heartbeat_at"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )
