"""Computing a store's figures anew beside the app, as a job like a sync: after a change of its settings or of rates."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from data_access import jobs
from data_access.aggregates import recompute
from data_access.errors import StoreError
from data_access.jobs import Job, JobRunning
from data_access.queries.accounts import figures_pending
from data_access.scope import Right, Scope
from data_access.stores import Stores
from ingest.run import Run
from settings import Settings

KIND: Final = "recompute"
WAIT_SECONDS: Final = 0.5
LOG = structlog.get_logger(part="promolens.recompute")


class Recomputation(Run):
    """A run that fetches nothing: what waits in the spool is loaded, then all figures are computed anew."""

    def _publish(self) -> None:
        self._progress.resource = "figures"
        self._told("Computing the figures anew", None)
        done = recompute(self._stores, self._job.account)
        if done.aggregated.frozen:
            self._progress.note(done.aggregated.frozen)
        self._dirty = False
        self._published = time.monotonic()


def start_recomputing(stores: Stores, settings: Settings, scope: Scope, accounts: Sequence[str]) -> None:
    """Starts a job for each account and returns at once; the jobs' rows tell the rest.

    Where another job of an account runs, the computation begins once that has ended, unless it has brought the figures
    up to date by then. Raises NotPermitted, StoreError.
    """
    due: list[tuple[str, Callable[[], object]]] = []
    for account in accounts:
        scope.require(Right.SETTINGS, account)
        try:
            job = _claim(stores, settings, account, scope.person)
        except JobRunning:
            if jobs.begin_waiting(account):
                due.append((account, partial(_wait, stores, settings, scope, account)))
        else:
            due.append((account, partial(Recomputation(stores, settings, job).work, fetch=False)))
    # All are claimed before the first begins: an embedded database has one writer at a time.
    for account, work in due:
        threading.Thread(target=work, name=f"recompute-{account}", daemon=True).start()


def _claim(stores: Stores, settings: Settings, account: str, by: str) -> Job:
    lease = timedelta(seconds=settings.sync_lease_seconds)
    return jobs.claim(stores.operational, account, by=by, lease=lease, kind=KIND)


def _wait(stores: Stores, settings: Settings, scope: Scope, account: str) -> None:
    try:
        job = _next(stores, settings, scope, account)
    except StoreError as error:
        # Nobody stands before this thread; the figures stay pending, and the settings page offers to compute them.
        LOG.warning("recompute_not_started", account=account, error=str(error))
        return
    finally:
        jobs.end_waiting(account)
    if job is not None:
        Recomputation(stores, settings, job).work(fetch=False)


def _next(stores: Stores, settings: Settings, scope: Scope, account: str) -> Job | None:
    """A job once the account has no other; None where the figures are up to date by then."""
    while figures_pending(stores, scope, account):
        try:
            return _claim(stores, settings, account, scope.person)
        except JobRunning:
            time.sleep(WAIT_SECONDS)
    return None
