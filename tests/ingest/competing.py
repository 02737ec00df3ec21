"""One of several processes that keep the same schedule: `python -m tests.ingest.competing URL FOLDER NAME ROUNDS`.

It makes FOLDER/NAME.ready and waits for FOLDER/go, which holds an instant; from there on the clock of all of them goes
a minute on each 50 ms. What is done is written to FOLDER/done, a line each. HANG for ROUNDS: it never ends.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data_access.scope import local_admin
from data_access.stores import open_stores
from ingest.schedule.context import Context, Outcome
from ingest.schedule.rhythm import Rhythm
from ingest.schedule.scheduler import Scheduler
from ingest.schedule.works import Kind, Work
from settings import Settings

ROUND = 0.05
FIRST = datetime(2026, 11, 21, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def main(url: str, folder: str, name: str, rounds: str) -> None:
    place = Path(folder)
    settings = Settings(data_dir=place / name, database_url=url, sync_lease_seconds=86_400)
    stores = open_stores(settings)
    now = [FIRST]

    def note(_context: Context) -> Outcome:
        descriptor = os.open(place / "done", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, f"{name} {now[0].isoformat()}\n".encode())
        os.close(descriptor)
        while rounds == "HANG":
            time.sleep(60)
        return Outcome("done", "Noted.")

    kinds = (Kind(Work.SYNC, "A test", Rhythm(every=MINUTE), note, of_store=False),)
    scheduler = Scheduler(settings, local_admin("schedule"), lambda: stores, clock=lambda: now[0], works=kinds)
    scheduler.pieces()
    (place / f"{name}.ready").touch()
    while not (place / "go").exists():
        time.sleep(0.01)
    began = float((place / "go").read_text())
    last = 50 if rounds == "HANG" else int(rounds)
    while (at := int((time.time() - began) / ROUND)) <= last:
        now[0] = FIRST + max(0, at) * MINUTE
        scheduler.run_due()


if __name__ == "__main__":
    main(*sys.argv[1:])
