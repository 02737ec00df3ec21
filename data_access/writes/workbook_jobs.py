"""Loads of workbooks as rows of data_processing_jobs: begun, kept alive while they work, ended.

A job holds a lease that a thread renews. One whose lease is over, or whose process on this machine is gone, is ended as
failed: at the program's start, and when the next one begins. What it had put in place by then stays, file by file.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from data_access.engines.base import Session, Store
from data_access.errors import StoreError
from data_access.jobs import nobody_works_on, this_process
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import promo_load
from data_access.stores import Stores

_BEAT_SECONDS: Final = 1.0
STOPPED: Final = "The process that loaded these files stopped. What it had put in place stays; load the files again."
# The jobs that threads of this process work on.
_OWN: set[str] = set()


class JobKnown(Exception):
    """A job of this id was begun before: nothing is to be done a second time."""


def begin_job(stores: Stores, scope: Scope, job: str, files: int, lease_seconds: int) -> None:
    """Notes that files are being loaded, and ends jobs that nobody works on any more.

    Raises JobKnown, NotPermitted, StoreError.
    """
    now = datetime.now(UTC)
    with promo_load(stores.operational, scope) as session:
        if session.one("workbooks/job_one", job=job) is not None:
            raise JobKnown(f"The load {job} was begun before.")
        _end_dead(session, now)
        session.execute(
            "workbooks/job_put",
            job=job, files=files, by=scope.person, owner=this_process(), until=now + timedelta(seconds=lease_seconds),
        )  # fmt: skip
    _OWN.add(job)


@contextmanager
def kept_alive(
    stores: Stores, scope: Scope, job: str, lease_seconds: int
) -> Iterator[Callable[[str, float | None], None]]:
    """Renews a job's lease beside the block, which tells what it does and how far it is (0–1) by what it is given."""
    scope.require(Right.PROMO_WRITE)
    said: list[tuple[str, float | None]] = [("", None)]
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(min(_BEAT_SECONDS, lease_seconds / 3)):
            doing, share = said[0]
            until = datetime.now(UTC) + timedelta(seconds=lease_seconds)
            try:
                with promo_load(stores.operational, scope) as session:
                    session.execute("workbooks/job_beat", job=job, doing=doing, progress=share, until=until)
            except StoreError:
                continue  # the block meets the same trouble and says so

    def tell(doing: str, share: float | None) -> None:
        said[0] = (doing, share)

    pulse = threading.Thread(target=beat, name=f"workbooks-{job}", daemon=True)
    pulse.start()
    try:
        yield tell
    finally:
        ended.set()
        pulse.join()


def end_job(
    stores: Stores, scope: Scope, job: str, *, status: str, processed: int, records: int, errors: int,
    result: Mapping[str, Any], message: str | None = None,
) -> None:  # fmt: skip
    """Notes how it ended: completed or failed. Raises NotPermitted, StoreError.

    Should the database refuse it, the job counts as dead all the same, and the next one ends it.
    """
    try:
        with promo_load(stores.operational, scope) as session:
            session.execute(
                "workbooks/job_end",
                job=job, status=status, processed=processed, records=records, errors=errors, result=json.dumps(result),
                message=message,
            )  # fmt: skip
    finally:
        _OWN.discard(job)


@repeatable
def end_dead_jobs(store: Store) -> int:
    """Ends the loads that nobody works on any more, as at a program's start; how many there were. Raises StoreError."""
    now = datetime.now(UTC)
    with store.read() as session:
        found = session.rows("workbooks/jobs_unfinished")
    if not any(nobody_works_on(row, now, _OWN) for row in found):
        return 0
    with store.write() as session:
        return _end_dead(session, now)


def _end_dead(session: Session, now: datetime) -> int:
    dead = [row["job_id"] for row in session.rows("workbooks/jobs_unfinished") if nobody_works_on(row, now, _OWN)]
    for job in dead:
        session.execute("workbooks/job_dead", job=job, message=STOPPED)
    return len(dead)
