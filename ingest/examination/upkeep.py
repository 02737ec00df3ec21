"""Whether what is done by the clock is done: the schedule's work, and backups."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from data_access import schedule
from data_access.operations.runs import last_runs
from data_access.stores import Stores
from ingest.accounts import registered
from ingest.errors import IngestError
from ingest.examination.check import Check
from ingest.schedule.works import WORKS, works_of
from settings import Settings

MANY_FAILURES: Final = 3
# A machine may be off for a night; then what was missed is done.
LATE: Final = timedelta(hours=26)
BACKUP_STALE: Final = timedelta(hours=50)
KEPT_BY: Final = "run 'promolens schedule' as a service, or 'promolens schedule --once' each minute from cron"


def schedule_kept(stores: Stores, settings: Settings, now: datetime) -> Iterator[Check]:
    """Work that fails again and again, and work that nobody does."""
    if settings.schedule == "off":
        yield Check("schedule", True, "switched off by SCHEDULE", "Schedule")
        return
    try:
        works = {str(kind.work): rhythm for kind, rhythm in works_of(settings, WORKS)}
    except IngestError as error:
        yield Check("schedule", False, str(error), "Schedule")
        return
    with stores.operational.read() as session:
        rows = [row for row in schedule.known_work(session).values() if row.work in works]
    names = {account.public_id: account.name for account in registered(stores)}
    zone = ZoneInfo(settings.schedule_timezone)
    failing = [row for row in rows if row.failures >= MANY_FAILURES]
    for row in failing:
        who = f" of {names.get(row.account, row.account)}" if row.account else ""
        since = f"since {row.succeeded_at:%d %b %Y %H:%M} UTC" if row.succeeded_at else "from the start"
        yield Check(f"{row.work}{who}", False, f"failed {row.failures} times {since}: {row.message}", "Schedule")
    late = [row for row in rows if not row.running and works[row.work].following(row.slot, zone) + LATE < now]
    if late:
        oldest = min(late, key=lambda row: row.slot)
        said = f"'{oldest.work}' was last done {oldest.slot:%d %b %Y %H:%M} UTC"
        advice = "start the app, which keeps it" if settings.schedule_in_app else KEPT_BY
        yield Check("schedule", False, f"nobody keeps it; {said}: {advice}", "Schedule")
    elif not rows and names and not settings.schedule_in_app:
        yield Check("schedule", False, f"nobody has kept it yet: {KEPT_BY}", "Schedule")
    elif not failing:
        yield Check("schedule", True, f"{len(rows)} piece(s) of work are kept", "Schedule")


def backups(stores: Stores, now: datetime) -> Iterator[Check]:
    """How old the last backup is, and whether it was ever restored as a trial."""
    with stores.operational.read() as session:
        runs = last_runs(session)
        began = session.rows("doctor/first_account")[0]["began"]
    done = [run for run in runs if run.kind == "backup" and run.state == "done" and run.finished_at]
    failed = [run for run in runs if run.kind == "backup" and run.state == "failed" and run.finished_at]
    last = max((run.finished_at for run in done if run.finished_at), default=None)
    advice = "run 'promolens backup DIR'"
    if last is not None:
        said = f"the last one is of {last:%d %b %Y %H:%M} UTC"
        ok = now - last <= BACKUP_STALE
        yield Check("backup", ok, said if ok else f"{said}: {advice}", "Schedule")
    elif began is not None:
        ok = now - began <= BACKUP_STALE
        yield Check("backup", ok, "none yet" if ok else f"none was ever made: {advice}", "Schedule")
    for run in failed:
        if run.finished_at and (last is None or run.finished_at > last):
            yield Check("last backup", False, f"failed {run.finished_at:%d %b %Y %H:%M} UTC: {run.error}", "Schedule")
