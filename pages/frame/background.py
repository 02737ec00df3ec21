"""What the server's process does beside its pages, from its start to its end, whether or not anybody looks."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.concurrency import run_in_threadpool

from data_access.errors import StoreBusy, StoreError
from pages.frame import guard
from settings import Settings, get_settings

if TYPE_CHECKING:
    from ingest.runner import Scheduler

EVERY_SECONDS: Final = 3.0
# After a failure: long enough not to fill the log and the list of jobs, short enough to notice when it is over.
AFTER_FAILURE_SECONDS: Final = 30.0


class SpoolWatch:
    """Loads what a command line sync has fetched into the spool while this process holds the database.

    One thread a process. A store that is being synced already takes its chunks in itself: the job's lease decides.
    """

    def __init__(self, settings: Settings, every: float = EVERY_SECONDS) -> None:
        self._settings = settings
        self._every = every
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="spool-watch", daemon=True)

    def start(self) -> None:
        """Begins to look at intervals."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the watch; a load under way ends with the process, and the next start goes on from its last commit."""
        self._ended.set()

    def look(self) -> bool:
        """Loads what waits, store by store; whether all of it could be taken in. Raises StoreError."""
        waiting = self._waiting()
        if not waiting:
            return True
        from ingest.runner import load_spool  # only here: a server without such chunks never needs the loader

        stores = guard.ready_stores(self._settings)
        ended = [load_spool(stores, self._settings, account) for account in waiting]
        return not any(summary is not None and summary.failed for summary in ended)

    def _waiting(self) -> list[str]:
        """Stores in whose spool a complete chunk may wait. What was set aside as damaged does not wait."""
        return sorted(
            place.name for place in _folders(self._settings.spool_dir) if any(place.glob("[!d]*/[0-9]*/manifest.json"))
        )

    def _watch(self) -> None:
        pause = self._every
        while not self._ended.wait(pause):
            pause = self._every
            try:
                if not self.look():
                    pause = max(AFTER_FAILURE_SECONDS, self._every)
            except StoreBusy:
                # Whoever holds the file now, a sync from the command line, loads its chunks itself.
                continue
            except (StoreError, OSError) as error:
                # There is nobody in front of this thread; pages say what is wrong with the database.
                guard.LOG.warning("spool_not_loaded", error=str(error))
                pause = max(AFTER_FAILURE_SECONDS, self._every)


def _folders(root: Path) -> list[Path]:
    return [place for place in root.iterdir() if place.is_dir()] if root.is_dir() else []


@asynccontextmanager
async def beside_pages(_app: Any) -> AsyncIterator[None]:
    """The server's life: what runs beside its pages starts and ends with it."""
    settings = get_settings()
    watch = SpoolWatch(settings)
    watch.start()
    schedule = _schedule(settings) if settings.schedule_in_app else None
    try:
        yield
    finally:
        watch.stop()
        if schedule is not None:
            await run_in_threadpool(schedule.stop)


def _schedule(settings: Settings) -> Scheduler | None:
    """What is done by the clock; None where the settings name a rhythm that cannot be kept, which the log says."""
    from ingest.runner import IngestError, new_scheduler  # only here: a server that keeps no schedule never needs it

    try:
        schedule = new_scheduler(settings, guard.of_the_server(), lambda: guard.ready_stores(settings))
    except IngestError as error:
        guard.LOG.error("schedule_not_kept", error=str(error))
        return None
    schedule.start()
    return schedule
