"""Work on the whole installation: looking after its health, upkeep, retention, backups and their trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.examination.check import size
from ingest.schedule.context import Context, Outcome

if TYPE_CHECKING:
    from ingest.doctor import Examination


def checks(context: Context) -> Outcome:
    """What is quickly told of the installation's health, kept for the page that shows it."""
    from ingest.doctor import look  # it looks at the schedule

    return _examined(look(context.stores, context.settings, context.scope, context.clock()))


def examination(context: Context) -> Outcome:
    """What takes time to be told of the installation's health."""
    from ingest.doctor import look_deep  # it looks at the schedule

    return _examined(look_deep(context.stores, context.settings, context.scope))


def _examined(found: Examination) -> Outcome:
    wrong = f"{len(found.failed)} of {len(found.checks)} checks found trouble."
    return Outcome("done", wrong if found.failed else f"All {len(found.checks)} checks are well.", found.as_dict())


def maintenance(context: Context) -> Outcome:
    """Statistics, indexes and storage of both stores."""
    from data_access.operations.upkeep import maintain

    done = maintain(context.stores, context.settings, context.scope)
    return Outcome("done", f"Statistics and storage are in order: {', '.join(done)}.", done)


def retention(context: Context) -> Outcome:
    """Removes what is older than its setting; a store that is being synced is left for the next try."""
    from data_access.operations.retention import retain

    done = retain(context.stores, context.settings, context.scope, now=context.clock())
    said = f"{done.rows:,} row(s) were older than their settings and are removed."
    if done.skipped:
        return Outcome("failed", f"{said} Left alone, because they were being synced: {', '.join(done.skipped)}.")
    return Outcome("done", said)


def backup(context: Context) -> Outcome:
    """A full backup into BACKUP_DIR; those that are older than BACKUP_KEEP_DAYS go."""
    from data_access.operations.backup import back_up

    done = back_up(context.stores, context.settings, context.scope)
    return Outcome("done", f"{done.manifest.rows:,} rows in {size(done.manifest.size)}: {done.path}")


def trial_restore(context: Context) -> Outcome:
    """Restores the newest backup into a scratch database and compares every table."""
    from data_access.operations.restore import trial

    done = trial(context.stores, context.settings, context.scope, context.settings.backup_folder)
    return Outcome("done", f"{done.manifest.rows:,} rows of {done.backup} were restored and compared.")
