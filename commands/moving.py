"""`promolens import-mongo` and `promolens rotate-key`: moving in from an earlier system, and on to another key."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from commands.frame import AsJson, migrated, say, scope, told
from processes import CommandFailed

FULL_HISTORY = "What lies before that is read by: promolens sync --full"


@told
def import_mongo(
    source: Annotated[
        str,
        typer.Argument(help="mongodb://host/database, or a folder of mongodump or mongoexport; - reads the address."),
    ],
    database: Annotated[
        str | None, typer.Option("--database", help="Name of the database, where the address does not say it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and keep nothing of it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take stores, sync times and campaign figures over from MongoDB. Example: promolens import-mongo dump/klaviyo"""
    from ingest.mongo.importer import import_mongo as take_over

    address = source
    if source == "-":
        # An address may hold a password, which a process list would show.
        address = sys.stdin.readline().strip()
        if not address:
            raise CommandFailed("Standard input held no address. Example: promolens import-mongo - < address.txt")
    settings, stores = migrated()
    done = take_over(stores, settings, scope(), address, database=database, dry_run=dry_run)
    say(done.as_dict(), "\n".join(_lines(done)), as_json)
    if done.rejects:
        raise typer.Exit(1)


def _lines(done: Any) -> list[str]:
    lines = [
        f"{name}: {found.read:,} read, {found.new:,} new, {found.changed:,} changed, {found.unchanged:,} as before,"
        f" {found.rejected:,} left out"
        for name, found in done.collections.items()
    ]
    lines += done.notes
    if done.accounts:
        lines.append(f"The next sync goes on where {done.source} stood: {', '.join(done.accounts)}. {FULL_HISTORY}")
    lines += [f"left out: {reject.sentence}" for reject in done.rejects]
    if not any(found.read for found in done.collections.values()):
        lines.append(f"There is no document in {done.source}.")
    elif done.nothing_changed:
        lines.append("Nothing changed: all of it was here already.")
    elif done.dry_run:
        lines.append("Only tried: nothing was kept.")
    return lines


@told
def rotate_key(as_json: AsJson = False) -> None:
    """Encrypt every stored key and token under the newest key. Example: promolens rotate-key"""
    from data_access.secrets import in_key_file
    from ingest.rotation import rotate_key as rotate

    settings, stores = migrated()
    done = rotate(stores, settings, scope())
    newest = "a new key in the key file" if in_key_file(settings) else "the first key of PROMOLENS_SECRET_KEY"
    if done.rotated:
        text = f"{done.rotated} secret(s) are under {newest}. Old keys are not needed any more."
    elif done.already:
        text = (
            "Nothing to do: all secrets are under the first key of PROMOLENS_SECRET_KEY. To change it, put a new one"
            " before it, parted by a comma, and run this again."
        )
    else:
        text = "There is no secret yet."
    say({"rotated": done.rotated, "already": done.already}, text, as_json)


def add_to(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("rotate-key")(rotate_key)
    app.command("import-mongo")(import_mongo)
