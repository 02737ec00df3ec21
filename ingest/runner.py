"""Starting syncs: from the app (`start_sync`, returns at once) and from the command line (`sync_accounts`).

`load_spool` takes in what a command line sync has left in the spool because the app held the database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analytics.audit import Action
from analytics.workbooks import Choices
from data_access import jobs
from data_access.errors import StoreBusy, StoreError
from data_access.jobs import JobRunning, new_job_id
from data_access.migrate import require_current
from data_access.scope import Scope
from data_access.stores import Stores, open_stores
from data_access.writes.audit import note_apart
from ingest import spool
from ingest.accounts import RegisteredAccount, register_from_settings, registered
from ingest.child import FetchLock, FetchProcess
from ingest.errors import FetchBusy, IngestError, UnknownAccount
from ingest.recomputing import start_recomputing
from ingest.run import Run, SyncSummary, Told, remove_empty, utc_now
from ingest.state import AccountState, build_plan, resources_of, states_on_disk
from ingest.tokens import ConnectionEnded
from settings import Settings

__all__ = [
    "Forecasting",
    "IngestError",
    "Learning",
    "Looking",
    "Overview",
    "Scheduler",
    "SyncSummary",
    "begin_forecasting",
    "begin_learning",
    "begin_looking",
    "begin_work",
    "forecasting",
    "learning",
    "load_spool",
    "look_at_workbooks",
    "looking",
    "new_scheduler",
    "read_people",
    "run_sync",
    "schedule_overview",
    "send_test_digest",
    "start_recomputing",
    "start_sync",
    "start_workbooks",
    "sync_accounts",
    "waiting_in_spool",
]

SCHEDULED = "schedule"

if TYPE_CHECKING:
    from ingest.discovery_beside import Looking
    from ingest.forecasting.beside import Forecasting
    from ingest.schedule.beside import Overview
    from ingest.schedule.scheduler import Scheduler
    from ingest.uplift_beside import Learning


def start_sync(
    stores: Stores,
    settings: Settings,
    account: str,
    *,
    full: bool = False,
    only: Sequence[str] | None = None,
    by: str = "app",
) -> str:
    """Starts a sync of the account and returns its job's id at once; the job's row tells the rest.

    Raises JobRunning where one is running, TooSoon where one began less than SYNC_PAUSE_SECONDS ago, UnknownResource,
    StoreError.
    """
    resources_of(only)
    pause = timedelta(seconds=settings.sync_pause_seconds)
    run, job_id = _claim(stores, settings, account, by, None, pause=pause)
    _asked_for(stores, account, by, job_id, full)
    work: Callable[[], object] = lambda: run.work(full=full, only=only, by_person=by != SCHEDULED)  # noqa: E731
    threading.Thread(target=work, name=f"sync-{account}", daemon=True).start()
    return job_id


def run_sync(
    stores: Stores,
    settings: Settings,
    account: str,
    *,
    full: bool = False,
    only: Sequence[str] | None = None,
    by: str = "command line",
    progress: Told | None = None,
    now: Callable[[], datetime] = utc_now,
) -> SyncSummary:
    """Syncs the account as of `now` and returns how it ended. Raises JobRunning, UnknownResource, StoreError."""
    resources_of(only)
    run, job_id = _claim(stores, settings, account, by, progress, now=now)
    _asked_for(stores, account, by, job_id, full)
    return run.work(full=full, only=only, by_person=by != SCHEDULED)


def load_spool(stores: Stores, settings: Settings, account: str, *, by: str = "spool") -> SyncSummary | None:
    """Loads the chunks that another process has fetched for the account; None where none wait or a job is running.

    Raises StoreError.
    """
    if not waiting_in_spool(settings, account):
        return None
    try:
        run, _ = _claim(stores, settings, account, by, None, kind="load")
    except JobRunning:
        return None
    return run.work(fetch=False)


def waiting_in_spool(settings: Settings, account: str) -> bool:
    """Whether complete chunks of the account wait in the spool."""
    return spool.holds_chunks(settings.spool_dir / account)


def new_scheduler(settings: Settings, scope: Scope, stores: Callable[[], Stores]) -> Scheduler:
    """What does the work that is due by the clock. Raises NotPermitted, UnreadableRhythm."""
    from ingest.schedule.scheduler import Scheduler  # it rests on this module

    return Scheduler(settings, scope, stores)


def schedule_overview(stores: Stores, settings: Settings, scope: Scope, now: datetime) -> Overview:
    """What is done by the clock, as of `now` (UTC). Raises NotPermitted, IngestError, StoreError."""
    from ingest.schedule import beside  # it rests on this module

    return beside.schedule_overview(stores, settings, scope, now)


def send_test_digest(stores: Stores, settings: Settings, scope: Scope, account: str, now: datetime) -> list[str]:
    """Sends the digest of a store to its recipients at once, called a test; to whom.

    Raises NotPermitted, IngestError, StoreError.
    """
    from ingest.digest.delivering import send_now  # a page that sends nothing should not wait for it

    return send_now(stores, scope, settings, account, now, test=True)


def read_people(file: str, content: bytes) -> Sequence[tuple[int, str]]:
    """(row, e-mail address or profile id) of a list that somebody hands in. Raises IngestError."""
    from ingest.holdout_files import people_of

    return people_of(file, content)


def begin_work(stores: Stores, settings: Settings, scope: Scope, wanted: Sequence[tuple[str, str]]) -> None:
    """Does pieces of work (name, account or '') beside the page; their rows tell the rest. Raises NotPermitted."""
    from ingest.schedule import beside  # it rests on this module
    from ingest.schedule.works import Work

    beside.begin_work(stores, settings, scope, [(Work(work), account) for work, account in wanted])


def look_at_workbooks(
    stores: Stores, settings: Settings, scope: Scope, paths: Sequence[Path], choices: Choices, job: str
) -> dict[str, Any]:
    """What loading workbooks would do; see ingest.workbooks.beside. Raises NotPermitted, IngestError, StoreError."""
    from ingest.workbooks import beside  # the readers are not needed to draw other pages

    return beside.look_at(stores, settings, scope, paths, choices, job)


def start_workbooks(
    stores: Stores, settings: Settings, scope: Scope, paths: Sequence[Path], choices: Choices, job: str
) -> None:
    """Loads workbooks beside the page, under an id that is loaded once. Raises NotPermitted, StoreError."""
    from ingest.workbooks import beside

    beside.start_loading(stores, settings, scope, paths, choices, job)


def begin_learning(stores: Stores, scope: Scope) -> None:
    """Learns uplift beside the page; where that is under way, nothing. Raises NotPermitted."""
    from ingest.uplift_beside import begin_learning as begin

    begin(stores, scope)


def learning(stores: Stores) -> Learning | None:
    """How far learning uplift is that this process began last, None where it began none."""
    from ingest.uplift_beside import learning as of

    return of(stores)


def begin_forecasting(stores: Stores, scope: Scope, account: str) -> None:
    """Forecasts an account's orders, or ('') the company's sales, beside the page; where that is under way, nothing.

    Raises NotPermitted.
    """
    from ingest.forecasting.beside import begin_forecasting as begin

    begin(stores, scope, account)


def forecasting(stores: Stores, account: str) -> Forecasting | None:
    """How far forecasting is that this process began last for an account or (''), None where it began none."""
    from ingest.forecasting.beside import forecasting as of

    return of(stores, account)


def begin_looking(stores: Stores, scope: Scope, today: date) -> None:
    """Looks for opportunities beside the page; where that is under way, nothing. Raises NotPermitted."""
    from ingest.discovery_beside import begin_looking as begin

    begin(stores, scope, today)


def looking(stores: Stores) -> Looking | None:
    """How looking for opportunities ended that this process began last, None where it began none."""
    from ingest.discovery_beside import looking as of

    return of(stores)


def sync_accounts(
    settings: Settings,
    *,
    account: str | None = None,
    full: bool = False,
    only: Sequence[str] | None = None,
    by: str = "command line",
    progress: Told | None = None,
) -> list[SyncSummary]:
    """Syncs one account or all that have a key, one after the other; one that fails leaves the others alone.

    The account of KLAVIYO_API_KEY is registered first. Where another process holds the embedded database, the chunks
    are fetched and left in the spool for it. Raises IngestError, StoreError.
    """
    resources_of(only)
    try:
        stores = open_stores(settings)
    except StoreBusy as busy:
        return _fetch_for_owner(settings, account, full, only, by, progress, busy)
    require_current(stores)
    refused: IngestError | None = None
    try:
        register_from_settings(stores, settings)
    except IngestError as error:
        refused = error
    # One whose key was forgotten is left out unless it is asked for: that it has none is then told.
    chosen = [
        found for found in registered(stores) if found.public_id == account or (account is None and found.has_key)
    ]
    if not chosen:
        if refused is not None:
            raise refused
        raise UnknownAccount(
            f"There is no account {account}. The registered ones: promolens account list"
            if account
            else "There is no account with a key yet. Add one: promolens account add --api-key-stdin"
        )
    summaries = [_one(stores, settings, found, full, only, by, progress) for found in chosen]
    if refused is not None and account is None:
        summaries.append(SyncSummary("KLAVIYO_API_KEY", "The key in the environment", "failed", error=str(refused)))
    return summaries


def _one(
    stores: Stores,
    settings: Settings,
    account: RegisteredAccount,
    full: bool,
    only: Sequence[str] | None,
    by: str,
    progress: Told | None,
) -> SyncSummary:
    try:
        return run_sync(stores, settings, account.public_id, full=full, only=only, by=by, progress=progress)
    except JobRunning as running:
        return SyncSummary(account.public_id, account.name, "failed", running.job_id, error=str(running))
    except StoreError as refused:
        return SyncSummary(account.public_id, account.name, "failed", error=str(refused))


def _claim(
    stores: Stores,
    settings: Settings,
    account: str,
    by: str,
    progress: Told | None,
    kind: str = "sync",
    now: Callable[[], datetime] = utc_now,
    pause: timedelta = timedelta(0),
) -> tuple[Run, str]:
    lease = timedelta(seconds=settings.sync_lease_seconds)
    job = jobs.claim(stores.operational, account, by=by, lease=lease, kind=kind, pause=pause)
    return Run(stores, settings, job, progress, now), job.job_id


def _asked_for(stores: Stores, account: str, by: str, job: str, full: bool) -> None:
    """Notes that somebody started a sync; those by the clock stand among the jobs alone."""
    if by != SCHEDULED:
        told = {"job": job, "full": full}
        note_apart(stores.operational, by, Action.STORE_SYNC, account, account=account, after=told)


def _fetch_for_owner(
    settings: Settings,
    account: str | None,
    full: bool,
    only: Sequence[str] | None,
    by: str,
    progress: Told | None,
    busy: StoreBusy,
) -> list[SyncSummary]:
    """Fetches into the spool from the state that the database's owner has left there."""
    states = [state for state in states_on_disk(settings) if account in (None, state.account)]
    if not states:
        raise busy
    return [_spool_only(settings, state, full, only, by, progress) for state in states]


def _require_living(state: AccountState) -> None:
    """Only who holds the database may refresh a token: it has to be kept before it is used."""
    ends = state.token_expires_at
    if not state.api_key_encrypted and (not state.oauth_token_encrypted or (ends and ends <= datetime.now(UTC))):
        raise ConnectionEnded(
            f"The access token of {state.name} has ended, and the app that holds the database refreshes it with its own"
            " next sync. Press Sync now there, or stop the app."
        )


def _spool_only(
    settings: Settings,
    state: AccountState,
    full: bool,
    only: Sequence[str] | None,
    by: str,
    progress: Told | None,
) -> SyncSummary:
    told = progress or (lambda _text, _share: None)
    started = time.monotonic()
    job_id = new_job_id(datetime.now(UTC))
    summary = SyncSummary(state.account, state.name, "failed", job_id)
    lock = FetchLock(settings, state.account)
    try:
        if not lock.acquire():
            raise FetchBusy("Another process is fetching this account. Wait until it has ended.")
        _require_living(state)
        plan, summary.notes = build_plan(
            settings,
            state,
            job=job_id,
            now=datetime.now(UTC),
            full=full,
            only=only,
            by_person=by != SCHEDULED,
            wait_for_room=False,
        )
        with FetchProcess(plan) as child:
            while child.running:
                told(f"{state.name}: {child.taken.get('events', 0):,} events fetched", child.share)
                time.sleep(0.1)
            failure = child.failure()
            end = child.end or {}
        summary.counts = {f"{name}_fetched": float(count) for name, count in child.taken.items()}
        summary.notes += end.get("notes", [])
        summary.error = failure or "; ".join((end.get("failed") or {}).values()) or None
        summary.state = "failed" if summary.error else "spooled"
    except (IngestError, StoreError, OSError) as error:
        summary.error = str(error)
    finally:
        lock.release()
        with suppress(ValueError):
            remove_empty(spool.job_folder(settings.spool_dir, state.account, job_id))
    summary.seconds = time.monotonic() - started
    return summary
