"""`promolens retention`, `maintain`, `backup` and `restore`: what keeps the databases in order."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from commands.frame import AccountOption, AsJson, migrated, say, scope, told
from processes import CommandFailed
from settings import Settings, get_settings

FOLDER = "Folder of the backups; default: setting BACKUP_DIR."


def add_to(app: typer.Typer) -> None:
    """Registers the commands."""
    app.command()(retention)
    app.command()(maintain)
    app.command()(backup)
    app.command()(restore)


@told
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would go; change nothing.")] = False,
    account: AccountOption = None,
    as_json: AsJson = False,
) -> None:
    """Remove what is older than its RETENTION_ setting. Example: promolens retention --dry-run"""
    from data_access.operations.retention import retain

    settings, stores = migrated()
    done = retain(stores, settings, scope(), account=account, dry_run=dry_run)
    lines = [_expired_line(found) for found in done.expired if found.rows]
    verb = "would go" if dry_run else "removed"
    lines.append(f"{done.rows:,} row(s) {verb}. Orders, refunds, facts and roll-ups made of them stay.")
    say(done.as_dict(), "\n".join([*lines, *done.notes]), as_json)
    if done.skipped:
        raise typer.Exit(1)


@told
def maintain(as_json: AsJson = False) -> None:
    """Bring statistics, indexes and storage into order; weekly. Example: promolens maintain"""
    from data_access.operations.upkeep import maintain as keep_up

    settings, stores = migrated()
    done = keep_up(stores, settings, scope())
    lines = [f"{role}: " + ", ".join(f"{step} {took}" for step, took in steps.items()) for role, steps in done.items()]
    say(done, "\n".join(lines), as_json)


@told
def backup(
    folder: Annotated[Path | None, typer.Argument(help=FOLDER)] = None,
    verify: Annotated[
        bool, typer.Option("--verify", help="Make none: restore the newest one on trial, and compare every table.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Back both databases up into a folder. Example: promolens backup /var/backups/promolens"""
    from data_access.operations.backup import back_up

    settings, stores = migrated()
    if verify:
        _trial(folder or settings.backup_folder, as_json)
        return
    done = back_up(stores, settings, scope(), folder)
    gone = f" {len(done.removed)} older one(s) removed." if done.removed else ""
    size = f"{done.manifest.size / 2**20:.1f} MiB"
    text = f"{done.path}: {done.manifest.rows:,} rows of {len(done.manifest.tables)} tables, {size}.{gone}"
    say(done.as_dict(), f"{text} Keys in it are encrypted; keep PROMOLENS_SECRET_KEY or the key file too.", as_json)


@told
def restore(
    folder: Annotated[Path | None, typer.Argument(help=f"A backup, or a folder of them (the newest). {FOLDER}")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Into databases that hold data: files are set aside, tables emptied.")
    ] = False,
    trial: Annotated[
        bool, typer.Option("--trial", help="Into a scratch database: compare every table, then throw it away.")
    ] = False,
    last_checkpoint: Annotated[
        bool, typer.Option("--last-checkpoint", help="Take a file that was set aside, without its damaged log.")
    ] = False,
    empty: Annotated[
        bool, typer.Option("--empty", help="Begin with an empty database after the old file was set aside.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Restore a backup into the databases of the settings. Example: promolens restore /var/backups/promolens"""
    from data_access.operations.restore import restore as put_back

    settings = get_settings()
    place = folder or settings.backup_folder
    if trial:
        _trial(place, as_json)
        return
    if last_checkpoint or empty:
        _decided(settings, last_checkpoint, as_json)
        return
    done = put_back(settings, scope(), place, replace=replace)
    aside = "".join(f"\nSet aside: {path}" for path in done.set_aside)
    say(done.as_dict(), f"{_restored(done)} Next: promolens sync{aside}", as_json)


def _decided(settings: Settings, last_checkpoint: bool, as_json: bool) -> None:
    """Goes on without a backup after a damaged file was set aside."""
    from data_access.migrate import migrate
    from data_access.operations.restore import spool_aside
    from data_access.recovery import begin_empty, noted, take_last_checkpoint
    from data_access.stores import embedded_file, open_stores

    urls = (settings.database_url, settings.warehouse_url)
    files = [path for path in dict.fromkeys(map(embedded_file, urls)) if path is not None and noted(path) is not None]
    if not files:
        raise CommandFailed("No database was set aside as damaged: there is nothing to decide.")
    for path in files:
        (take_last_checkpoint if last_checkpoint else begin_empty)(path)
    spool_aside(settings)
    migrate(open_stores(settings))
    what = "as of its last checkpoint" if last_checkpoint else "empty"
    next_step = "promolens sync" if last_checkpoint else "promolens account add --api-key-stdin"
    say({"database": what}, f"The database is in place, {what}. Next: {next_step}", as_json)


def _trial(place: Path, as_json: bool) -> None:
    from data_access.operations.restore import trial

    settings, stores = migrated()
    done = trial(stores, settings, scope(), place)
    say(done.as_dict(), f"On trial: {_restored(done)} Nothing was changed.", as_json)


def _restored(done: Any) -> str:
    known = f", orders known up to {done.manifest.as_of:%d %b %Y %H:%M} UTC" if done.manifest.as_of else ""
    return (
        f"{done.backup.name} of {done.manifest.created_at:%d %b %Y %H:%M} UTC{known}: {done.manifest.rows:,} rows of"
        f" {len(done.manifest.tables)} tables restored and compared."
        + (f" {done.forgotten:,} forgotten person(s) erased again." if done.forgotten else "")
    )


def _expired_line(found: Any) -> str:
    span = f"{found.oldest:%d %b %Y} to {found.newest:%d %b %Y}" if found.oldest and found.newest else ""
    whose = found.account or "company"
    return (
        f"{whose:<10} {found.table:<28} {found.rows:>12,} row(s) {span}, older than {found.cutoff:%d %b %Y %H:%M} UTC"
    )
