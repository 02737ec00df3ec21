"""`promolens retention`, `maintain`, `backup` and `restore`: what keeps the databases in order."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from commands.frame import AccountOption, AsJson, migrated, say, scope, told


def add_to(app: typer.Typer) -> None:
    """Registers the commands."""
    app.command()(retention)


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


def _expired_line(found: Any) -> str:
    span = f"{found.oldest:%d %b %Y} to {found.newest:%d %b %Y}" if found.oldest and found.newest else ""
    whose = found.account or "company"
    return (
        f"{whose:<10} {found.table:<28} {found.rows:>12,} row(s) {span}, older than {found.cutoff:%d %b %Y %H:%M} UTC"
    )
