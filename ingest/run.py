"""One run of one account: a fetch process beside us, chunks loaded as they come, figures published, the row kept."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from data_access import jobs
from data_access.aggregates import refresh
from data_access.derived.frame import due
from data_access.derived.registry import TABLES, derive_due
from data_access.engines.base import Session
from data_access.errors import StoreError
from data_access.jobs import Job, LeaseLost, Progress
from data_access.schedule import figures_due
from data_access.stores import Stores
from ingest import spool
from ingest.child import FetchLock, FetchProcess
from ingest.errors import FetchBusy, IngestError
from ingest.left_out import LeftOut
from ingest.loader import Loader
from ingest.spool import Chunk, DamagedChunk
from ingest.state import build_plan, read_state, write_state
from ingest.tokens import TokenKeeper
from logs import logger
from settings import Settings

POLL_SECONDS = 0.05
CANCEL_POLL_SECONDS = 0.3
# Rows that go in with one transaction: enough for the engine's bulk path, little enough to commit every few seconds.
GROUP_EVENTS = 400_000
# A row group of the embedded engine: from here on rows go straight into the file, and a fetch that is fast is not
# waited for.
GATHER_EVENTS = 122_880
GATHER_SECONDS = 4.0
PUBLISH_SECONDS = 30.0
REFETCHES = 2

Told = Callable[[str, float | None], None]
LOG = logger("promolens.sync")


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


@dataclass(slots=True)
class SyncSummary:
    """How a run ended. state: done, failed, cancelled, spooled (fetched, and left for the owner of the database).

    counts: numbers by name. rejects: {place, reason} of what could not be taken, the first 200.
    """

    account: str
    name: str
    state: str
    job_id: str = ""
    seconds: float = 0.0
    counts: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rejects: list[dict[str, str]] = field(default_factory=list)
    error: str | None = None

    @property
    def failed(self) -> bool:
        return self.state == "failed"

    @property
    def sentence(self) -> str:
        """The run in a sentence or two, for a terminal or the sidebar."""
        who = f"{self.name} ({self.account})"
        number = int(self.counts.get("events", 0))
        rate = self.counts.get("events_per_second", 0)
        did = f"{number:,} new {'event' if number == 1 else 'events'} in {self.seconds:.0f} s"
        did += f" ({rate:,.0f} a second)" if rate >= 1 else ""
        rejected = int(self.counts.get("rejected", 0))
        more = [f"{rejected:,} item(s) rejected or repaired."] if rejected else []
        more += self.notes
        if self.state == "failed":
            return " ".join([f"{who}: failed. {self.error}", *more])
        if self.state == "spooled":
            return " ".join([f"{who}: fetched; the app that holds the database loads it.", *more])
        word = "cancelled after" if self.state == "cancelled" else "synced:"
        return " ".join([f"{who}: {word} {did}.", *more])

    def as_dict(self) -> dict[str, Any]:
        return {
            "account": self.account,
            "name": self.name,
            "state": self.state,
            "job": self.job_id,
            "seconds": round(self.seconds, 2),
            "counts": self.counts,
            "notes": self.notes,
            "rejects": self.rejects,
            "error": self.error,
        }


class Run:
    """A claimed job's work. What goes wrong outside is not raised: the job's row and the summary say it."""

    def __init__(
        self,
        stores: Stores,
        settings: Settings,
        job: Job,
        told: Told | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._now = now
        self._stores = stores
        self._settings = settings
        self._job = job
        self._told = told or (lambda _text, _share: None)
        self._lease = timedelta(seconds=settings.sync_lease_seconds)
        self._tokens = TokenKeeper(stores, settings)
        self._progress = Progress(counts={"events": 0})
        self._loader = Loader(stores, settings, job.account, job.job_id, self._progress, self._lease)
        self._started = time.monotonic()
        self._published = time.monotonic()
        self._checked = 0.0
        self._cancelled = False
        self._dirty = False
        self._lost = threading.Event()
        self._ended = threading.Event()
        self._name = job.account

    def work(
        self, *, full: bool = False, only: Sequence[str] | None = None, by_person: bool = True, fetch: bool = True
    ) -> SyncSummary:
        """Leftovers of earlier runs, then (unless `fetch` is false) a new fetch, then publication."""
        pulse = threading.Thread(target=self._beat, name=f"heartbeat-{self._job.account}", daemon=True)
        state = "failed"
        error: str | None = "The sync was stopped before it had ended. The next one goes on from what was loaded."
        lock = FetchLock(self._settings, self._job.account)
        try:
            pulse.start()
            failure: str | None = None
            self._updating(True)
            self._leftovers(lock)
            if fetch:
                failure = self._fetch_now(lock, full, only, by_person)
            # What was loaded before a cancel or a failure stays, so its figures are published as well.
            self._publish()
            if not self._cancelled:
                self._derive()
            state, error = "cancelled" if self._cancelled else "failed" if failure else "done", failure
        except LeaseLost as lost:
            error = str(lost)
        except (IngestError, StoreError, OSError) as failed:
            error = str(failed)
        # The outermost boundary of a job: whatever it was, the row must end, or the account would stay locked.
        except Exception as unforeseen:
            kind = type(unforeseen).__name__
            LOG.error("sync_failed", job=self._job.job_id, trace="".join(traceback.format_exception(unforeseen)))
            error = f"An unforeseen error ended the sync ({kind}). What was loaded stays; the log has the details."
        finally:
            lock.release()
            self._ended.set()
            with suppress(StoreError):
                self._updating(False)
            if pulse.ident is not None:
                pulse.join()
            summary = self._finish(state, error)
        return summary

    def _finish(self, state: str, error: str | None) -> SyncSummary:
        seconds = time.monotonic() - self._started
        counts = self._progress.counts
        if "events_per_second" in counts:
            # While it ran, this was the pace up to the last load; of an ended run it is its events over its time.
            counts["committed_per_second"] = counts["events_per_second"]
            counts["events_per_second"] = round(counts.get("events", 0) / max(seconds, 1e-6), 1)
        with suppress(StoreError):
            jobs.finish(self._stores.operational, self._job.job_id, state, self._progress, error)
        return SyncSummary(
            account=self._job.account,
            name=self._name,
            state=state,
            job_id=self._job.job_id,
            seconds=seconds,
            counts=dict(self._progress.counts),
            notes=list(self._progress.notes),
            rejects=list(self._progress.rejects),
            error=error,
        )

    def _fetch_now(self, lock: FetchLock, full: bool, only: Sequence[str] | None, by_person: bool) -> str | None:
        """A fetch, unless another process fetches; what failed, as a sentence."""
        try:
            if not lock.acquire():
                raise FetchBusy("Another process is fetching this account. Wait until it has ended.")
            self._leftovers(lock)
            return self._fetch(full, only, by_person)
        except IngestError as failed:
            return str(failed)

    def _fetch(self, full: bool, only: Sequence[str] | None, by_person: bool) -> str | None:
        """Fetches and loads until the process ends; what failed, as a sentence. A damaged chunk is fetched again."""
        for attempt in range(REFETCHES + 1):
            with self._stores.operational.read() as session:
                state = read_state(session, self._job.account, self._now())
            self._name = state.name
            signed_in = not state.api_key_encrypted
            if signed_in:
                self._tokens.fresh(self._job.account)
                with self._stores.operational.read() as session:
                    state = read_state(session, self._job.account, self._now())
            plan, notes = build_plan(
                self._settings,
                state,
                job=self._job.job_id,
                now=self._now(),
                full=full and attempt == 0,
                only=only,
                by_person=by_person,
                first_seq=attempt * 1_000_000 + 1,
            )
            for note in notes:
                self._progress.note(note)
            folder = spool.job_folder(self._settings.spool_dir, self._job.account, self._job.job_id)
            try:
                renew = partial(self._tokens.fresh, self._job.account) if signed_in else None
                with FetchProcess(plan, renew) as child:
                    self._follow(child, folder)
                    self._load_all(folder)
                    failure = child.failure() if not self._cancelled else None
                    ended = child.end or {}
                remove_empty(folder)
                failed = ended.get("failed") or {}
                return failure or "; ".join(failed.values()) or None
            except DamagedChunk as damaged:
                self._set_aside(damaged, folder)
        return "The spool's disk damages files: chunks were set aside three times. Check the disk."

    def _follow(self, child: FetchProcess, folder: Path) -> None:
        waiting_since: float | None = None
        while True:
            running = child.running
            ready = spool.complete_chunks(folder)
            now = time.monotonic()
            if ready and waiting_since is None:
                waiting_since = now
            enough = _events_in(ready) >= GATHER_EVENTS or (
                waiting_since is not None and now - waiting_since > GATHER_SECONDS
            )
            if ready and (enough or not running):
                self._load(_group(ready))
                waiting_since = None
                self._publish_now_and_then()
            elif not running:
                return
            else:
                time.sleep(POLL_SECONDS)
            self._tell(child)
            if self._stop_asked() and running:
                child.cancel()
                self._wait_for(child)
                return

    def _wait_for(self, child: FetchProcess) -> None:
        deadline = time.monotonic() + 1.0
        while child.running and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    def _leftovers(self, lock: FetchLock) -> None:
        """Chunks that an earlier process fetched and nobody has loaded, job by job in the order of their time."""
        root = self._settings.spool_dir / self._job.account
        if not root.is_dir():
            return
        held = lock.held
        for folder in sorted(p for p in root.iterdir() if p.is_dir() and p.name != spool.DAMAGED):
            try:
                self._load_all(folder)
            except DamagedChunk as damaged:
                if not lock.acquire():
                    # Whoever writes this folder still goes on from the damaged chunk: it stays the first until then.
                    self._progress.note(f"A damaged chunk waits until the fetch that wrote it has ended ({damaged}).")
                    continue
                self._set_aside(damaged, folder)
            if lock.acquire():
                remove_unfinished(folder)
        if not held:
            lock.release()

    def _load_all(self, folder: Path) -> None:
        while ready := spool.complete_chunks(folder):
            self._load(_group(ready))

    def _load(self, chunks: Sequence[Chunk]) -> None:
        if self._lost.is_set():
            raise LeaseLost("This sync was taken over or ended by another process.")
        self._loader.load(chunks, self._keep_state)
        self._dirty = True
        elapsed = max(time.monotonic() - self._started, 1e-6)
        counts = self._progress.counts
        counts["events_per_second"] = round(counts.get("events", 0) / elapsed, 1)

    def _keep_state(self, session: Session) -> None:
        """Leaves cursors and the encrypted key where a command line sync finds them."""
        with suppress(IngestError):
            write_state(self._settings, read_state(session, self._job.account, self._now()))

    def _set_aside(self, damaged: DamagedChunk, folder: Path) -> None:
        """Nobody may be writing the folder any more."""
        place = spool.set_aside(damaged.folder, str(damaged))
        # What was fetched after it rests on a cursor that passes it: asked for again as well.
        for later in folder.glob("[0-9]*"):
            spool.discard(later)
        self._progress.note(f"A damaged chunk was set aside ({place}: {damaged}); its range is asked for again.")

    def _publish_now_and_then(self) -> None:
        if time.monotonic() - self._published > PUBLISH_SECONDS and not self._cancelled:
            self._publish()

    def _publish(self) -> None:
        if self._dirty or self._left_behind():
            self._progress.resource = "figures"
            self._told("Bringing the figures up to date", None)
            left_out = LeftOut(self._stores, self._job.account)
            refresh(self._stores, self._job.account)
            self._progress.reject(left_out.since())
            self._dirty = False
        self._published = time.monotonic()

    def _derive(self) -> None:
        """Tables that are derived from orders: the schedule makes them; here where there are none yet, or it is due."""
        if due(self._stores, self._job.account, TABLES, self._now()):
            self._told("Computing customers and products", None)
            for name, reason in derive_due(self._stores, self._job.account, self._now()).items():
                self._progress.note(f"{name} could not be computed and stays as it was: {reason}")

    def _left_behind(self) -> bool:
        """Whether an earlier run ended before the figures of what it had loaded were in place."""
        with self._stores.operational.read() as session:
            return figures_due(session, self._job.account)

    def _tell(self, child: FetchProcess) -> None:
        self._progress.resource = child.resource
        self._progress.share = child.share
        fetched = child.taken.get("events", 0)
        loaded = int(self._progress.counts.get("events_read", 0))
        self._told(f"{self._name}: {fetched:,} events fetched, {loaded:,} loaded ({child.resource})", child.share)

    def _stop_asked(self) -> bool:
        now = time.monotonic()
        if now - self._checked > CANCEL_POLL_SECONDS:
            self._checked = now
            self._cancelled = jobs.cancel_requested(self._stores.operational, self._job.job_id)
        return self._cancelled

    def _updating(self, updating: bool) -> None:
        with self._stores.operational.write() as session:
            session.execute("load/updating", account=self._job.account, updating=updating)

    def _beat(self) -> None:
        while not self._ended.wait(min(2.0, self._settings.sync_lease_seconds / 3)):
            try:
                with self._stores.operational.write() as session:
                    jobs.beat(session, self._job.job_id, self._progress, self._lease)
            except LeaseLost:
                self._lost.set()
                return
            except StoreError:
                continue  # the load meets the same trouble and says so


def remove_empty(folder: Path) -> None:
    """Removes a job's folder once nothing is left in it."""
    with suppress(OSError):
        folder.rmdir()


def remove_unfinished(folder: Path) -> None:
    """Removes what a process that is gone was cut off from writing, and then the folder."""
    import shutil

    for place in folder.glob("[0-9]*"):
        if not (place / spool.MANIFEST).exists():
            shutil.rmtree(place, ignore_errors=True)
    remove_empty(folder)


def _events_in(chunks: Sequence[Chunk]) -> int:
    return sum(chunk.manifest.tables["events"].rows for chunk in chunks if "events" in chunk.manifest.tables)


def _group(chunks: Sequence[Chunk]) -> list[Chunk]:
    """As many chunks from the first on as go in with one transaction."""
    found: list[Chunk] = []
    for chunk in chunks:
        if found and _events_in([*found, chunk]) > GROUP_EVENTS:
            break
        found.append(chunk)
    return found
