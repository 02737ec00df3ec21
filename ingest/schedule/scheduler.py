"""Does what is due, once: in the app beside its pages, or as a command of its own.

Each piece of work has a row with a lease; several schedulers on one database share the work between them. What was
missed while none ran is done once. What fails is tried again after a pause that doubles.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from data_access import jobs, schedule
from data_access.errors import StoreError
from data_access.operations.scratch import clear_abandoned
from data_access.schedule import WorkRow
from data_access.scope import NotPermitted, Right, Scope
from data_access.stores import Stores
from ingest.accounts import RegisteredAccount, registered
from ingest.errors import IngestError
from ingest.run import utc_now
from ingest.schedule.context import Context, Outcome
from ingest.schedule.rhythm import Rhythm
from ingest.schedule.works import WORKS, Kind, Work, works_of
from settings import Settings

LOOK_SECONDS: Final = 5.0
# After trouble with the database: long enough not to fill the log.
AFTER_TROUBLE_SECONDS: Final = 30.0
# Stores whose work goes on side by side; work on the whole installation has a thread of its own.
MOST_STORES: Final = 2
FIRST_PAUSE: Final = timedelta(minutes=2)
LONGEST_PAUSE: Final = timedelta(hours=1)
# A row from further in the future than this was written by a clock that went wrong, and holds nothing back.
CLOCK_SLACK: Final = timedelta(minutes=10)
# A piece of work whose process died is begun again at once, so often; then with the pauses of a failure.
DEATHS_WITHOUT_PAUSE: Final = 2
HOUSE: Final = ""
LOG = structlog.get_logger(part="promolens.schedule")


class WorkRunning(IngestError):
    """The piece of work is being done already."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of work of one store, or of the installation (account ''), with its row."""

    kind: Kind
    rhythm: Rhythm
    account: str
    name: str
    zone: ZoneInfo
    row: WorkRow

    def due(self, now: datetime) -> datetime | None:
        """The due moment that is to be served now, UTC; None where nothing is due."""
        row, slot = self.row, self.rhythm.latest(now, self.zone)
        if row.running:
            if not schedule.dead(row, now):
                return None
            rests_until = (row.started_at or now) + pause(row.failures + 1)
            return slot if row.failures < DEATHS_WITHOUT_PAUSE or now >= rests_until else None
        if row.retry_at is not None:
            wrong = row.retry_at > now + LONGEST_PAUSE + CLOCK_SLACK
            return slot if row.retry_at <= now or wrong else None
        return slot if slot > row.slot or row.slot > now + CLOCK_SLACK else None

    def next_at(self, now: datetime) -> datetime | None:
        """When it is done next, UTC: `now` where it is due, None while it runs."""
        if self.row.running and not schedule.dead(self.row, now):
            return None
        if self.due(now) is not None:
            return now
        return self.row.retry_at or self.rhythm.following(now, self.zone)


@dataclass(frozen=True, slots=True)
class Done:
    """A piece of work that this scheduler has done."""

    piece: Piece
    outcome: Outcome


def pause(failures: int) -> timedelta:
    """How long a piece of work rests after so many failures in a row: 2, 4, 8 … minutes, an hour at most."""
    doubled: int = 2 ** min(max(failures - 1, 0), 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


class Scheduler:
    """One a process. `stores` opens the stores at this program's schema; `clock` gives the present in UTC.

    Raises NotPermitted, UnreadableRhythm.
    """

    def __init__(
        self,
        settings: Settings,
        scope: Scope,
        stores: Callable[[], Stores],
        *,
        clock: Callable[[], datetime] = utc_now,
        works: tuple[Kind, ...] = WORKS,
    ) -> None:
        scope.require(Right.ADMIN)
        self._settings = settings
        self._scope = scope
        self._open = stores
        self._clock = clock
        self._works = works_of(settings, works)
        self._name = ""
        self._lease = timedelta(seconds=settings.sync_lease_seconds)
        self._stopping = threading.Event()
        self._lanes: dict[str, threading.Thread] = {}
        self._thread = threading.Thread(target=self._watch, name="schedule", daemon=True)

    @property
    def _owner(self) -> str:
        """The name under which this scheduler claims, from its first claim on."""
        self._name = self._name or schedule.new_owner()
        return self._name

    def start(self) -> None:
        """Begins to look at intervals, in a thread of its own; what killed trial restores left goes first."""
        clear_abandoned(self._settings)
        self._thread.start()

    def stop(self, seconds: float = 8.0) -> None:
        """Begins nothing more, asks syncs to end, and waits at most so long. What is broken off is done again later."""
        self._stopping.set()
        for account, lane in list(self._lanes.items()):
            if lane.is_alive() and account != HOUSE:
                with suppress(StoreError, NotPermitted):
                    jobs.request_cancel(self._open().operational, self._scope, account)
        each = seconds / max(1, len(self._lanes))
        for lane in list(self._lanes.values()):
            lane.join(each)
        schedule.let_go(self._name)

    def pieces(self) -> list[Piece]:
        """All work under these settings, stores first; work that is new here is noted as served. Raises StoreError."""
        stores, now = self._open(), self._clock()
        accounts = registered(stores)
        with stores.operational.read() as session:
            rows = schedule.known_work(session)
        wanted = list(self._wanted(accounts))
        new = [(account, kind, slot) for kind, rhythm, account, _, zone in wanted
               if (account, str(kind.work)) not in rows for slot in [rhythm.latest(now, zone)]]  # fmt: skip
        if new:
            with stores.operational.write() as session:
                for account, kind, slot in new:
                    schedule.register(session, account, kind.work, slot)
                rows = schedule.known_work(session)
        return [
            Piece(kind, rhythm, account, name, zone, rows[account, kind.work])
            for kind, rhythm, account, name, zone in wanted
        ]

    def due(self) -> list[tuple[Piece, datetime]]:
        """What is to be done now, each with the due moment that it serves. Raises StoreError."""
        now = self._clock()
        found = [(piece, piece.due(now)) for piece in self.pieces()]
        return [(piece, slot) for piece, slot in found if slot is not None]

    def run_due(self) -> list[Done]:
        """Does what is due, one after the other, and tells how it ended. Raises StoreError."""
        return self._do(self.due())

    def run(self, work: Work, account: str = HOUSE) -> Done:
        """Does one piece of work now, due or not. Raises WorkRunning, IngestError, StoreError."""
        now = self._clock()
        for piece in self.pieces():
            if piece.kind.work == work and piece.account == account:
                done = None
                if not piece.row.running or schedule.dead(piece.row, now):
                    done = self._one(piece, piece.rhythm.latest(now, piece.zone))
                if done is None:
                    raise WorkRunning("This is being done already. Wait until it has ended.")
                return done
        raise IngestError(f"'{work}' is not done here: it is switched off, or there is no such store.")

    def _wanted(self, accounts: Sequence[RegisteredAccount]) -> Iterator[tuple[Kind, Rhythm, str, str, ZoneInfo]]:
        for found in accounts:
            for kind, rhythm in self._works:
                if kind.of_store and (found.has_key or not kind.needs_key):
                    yield kind, rhythm, found.public_id, found.name, ZoneInfo(found.timezone)
        for kind, rhythm in self._works:
            if not kind.of_store:
                yield kind, rhythm, HOUSE, "", ZoneInfo(self._settings.schedule_timezone)

    def _watch(self) -> None:
        wait = LOOK_SECONDS
        while not self._stopping.wait(wait):
            wait = LOOK_SECONDS
            try:
                self._begin(self.due())
            except (StoreError, IngestError, OSError) as error:
                # There is nobody in front of this thread; pages say what is wrong with the database.
                LOG.warning("schedule_not_read", error=str(error))
                wait = AFTER_TROUBLE_SECONDS

    def _begin(self, due: Sequence[tuple[Piece, datetime]]) -> None:
        """A thread for each store with due work, as many side by side as are allowed."""
        self._lanes = {account: lane for account, lane in self._lanes.items() if lane.is_alive()}
        by_account: dict[str, list[tuple[Piece, datetime]]] = {}
        for piece, slot in due:
            by_account.setdefault(piece.account, []).append((piece, slot))
        for account, own in by_account.items():
            stores_busy = len([name for name in self._lanes if name != HOUSE])
            if account in self._lanes or (account != HOUSE and stores_busy >= MOST_STORES):
                continue
            lane = threading.Thread(target=self._do, args=(own,), name=f"schedule-{account or 'house'}", daemon=True)
            self._lanes[account] = lane
            lane.start()

    def _do(self, due: Sequence[tuple[Piece, datetime]]) -> list[Done]:
        ended = []
        for piece, slot in due:
            if self._stopping.is_set():
                break
            try:
                done = self._one(piece, slot)
            except StoreError as error:
                LOG.warning("work_not_recorded", work=piece.kind.work, account=piece.account, error=str(error))
                done = Done(piece, Outcome("failed", str(error)))
            if done is not None:
                ended.append(done)
        return ended

    def _one(self, piece: Piece, slot: datetime) -> Done | None:
        """Claims and does one piece of work; None where another scheduler was first. Raises StoreError."""
        stores, row = self._open(), piece.row
        failures = row.failures + 1 if row.running else row.failures
        if not schedule.claim(
            stores.operational, row, slot=slot, owner=self._owner, now=self._clock(), lease=self._lease,
            failures=failures,
        ):  # fmt: skip
            return None
        context = Context(stores, self._settings, self._scope, piece.account, self._clock, self._stopping.is_set)
        with self._alive(stores):
            outcome = self._outcome(piece, context)
        now = self._clock()
        failed = failures + 1 if outcome.state == "failed" else failures if outcome.state == "waiting" else 0
        schedule.finish(
            stores.operational, row, owner=self._owner, state=outcome.state, now=now, failures=failed,
            retry_at=self._again(outcome, failed, now),
            message=outcome.message, result=outcome.result,
        )  # fmt: skip
        LOG.info("work_ended", work=piece.kind.work, account=piece.account, state=outcome.state)
        return Done(piece, outcome)

    def _again(self, outcome: Outcome, failures: int, now: datetime) -> datetime | None:
        if outcome.state == "waiting":
            return now if self._stopping.is_set() else now + FIRST_PAUSE
        return now + pause(failures) if outcome.state == "failed" else None

    def _outcome(self, piece: Piece, context: Context) -> Outcome:
        try:
            return piece.kind.do(context)
        except (IngestError, StoreError, NotPermitted, OSError) as error:
            return Outcome("failed", str(error))
        # The outermost boundary of a piece of work: its row must end, and the others must go on.
        except Exception as unforeseen:
            trace = "".join(traceback.format_exception(unforeseen))
            LOG.error("work_failed", work=piece.kind.work, account=piece.account, trace=trace)
            return Outcome("failed", f"An unforeseen error ({type(unforeseen).__name__}); the log has the details.")

    @contextmanager
    def _alive(self, stores: Stores) -> Iterator[None]:
        """Renews the lease of what this scheduler works on while the block runs."""
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(self._lease.total_seconds() / 3):
                with suppress(StoreError):  # the work meets the same trouble and says so
                    schedule.renew(stores.operational, self._owner, self._clock() + self._lease)

        pulse = threading.Thread(target=beat, name="schedule-lease", daemon=True)
        pulse.start()
        try:
            yield
        finally:
            ended.set()
            pulse.join()
