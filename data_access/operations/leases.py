"""Holding an account's job lease, so that no sync, load or computation of it runs meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Final

from data_access import jobs
from data_access.engines.base import Store
from data_access.errors import StoreError
from data_access.jobs import LeaseLost, Progress

_BEAT_SECONDS: Final = 5.0


class Cancelled(StoreError):
    """Somebody asked the job to stop, and it did."""


class Lease:
    """A lease that a thread renews while it is held."""

    def __init__(self, job_id: str, store: Store) -> None:
        self.job_id = job_id
        self._store = store
        self.lost = threading.Event()

    def still_held(self) -> None:
        """Raises LeaseLost where another process has taken the account over."""
        if self.lost.is_set():
            raise LeaseLost("Another process has taken this account over; what was done until then is kept.")

    def not_cancelled(self) -> None:
        """Raises Cancelled where somebody asked the job to stop, LeaseLost, StoreError."""
        self.still_held()
        if jobs.cancel_requested(self._store, self.job_id):
            raise Cancelled("It was cancelled: nothing of it is in place.")


@contextmanager
def held(
    store: Store,
    account: str,
    *,
    kind: str,
    by: str,
    lease_seconds: int,
    resource: str = "",
    told: Progress | None = None,
) -> Iterator[Lease]:
    """Claims the account's job, renews its lease beside the block, and ends it. Raises JobRunning, StoreError.

    `told`: what the block has to say of its progress, which stands in the job's row.
    """
    length = timedelta(seconds=lease_seconds)
    job = jobs.claim(store, account, by=by, lease=length, kind=kind)
    progress = told or Progress(resource=resource)
    lease, ended = Lease(job.job_id, store), threading.Event()

    def beat() -> None:
        while not ended.wait(min(_BEAT_SECONDS, lease_seconds / 3)):
            try:
                with store.write() as session:
                    jobs.beat(session, job.job_id, progress, length)
            except LeaseLost:
                lease.lost.set()
                return
            except StoreError:
                continue  # the block meets the same trouble and says so

    pulse = threading.Thread(target=beat, name=f"lease-{account}", daemon=True)
    state, error = "failed", "It was stopped before it had ended."
    try:
        pulse.start()
        yield lease
        state, error = "done", ""
    except Cancelled:
        state, error = "cancelled", ""
        raise
    except Exception as failed:
        error = str(failed)
        raise
    finally:
        ended.set()
        pulse.join()
        jobs.finish(store, job.job_id, state, progress, error or None)


@contextmanager
def all_held(
    store: Store, accounts: list[str], *, kind: str, by: str, lease_seconds: int, resource: str = ""
) -> Iterator[list[Lease]]:
    """Leases of several accounts, taken in the order of their ids. Raises JobRunning, StoreError."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(held(store, account, kind=kind, by=by, lease_seconds=lease_seconds, resource=resource))
            for account in sorted(accounts)
        ]
