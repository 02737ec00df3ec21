"""`promolens discover`: which promotions would close the gap to the targets."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from commands.frame import AsJson, migrated, say, scope, told


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command("discover")(discover)


@told
def discover(as_json: AsJson = False) -> None:
    """Look for promotions that would close the gap to this month's and the next one's target. Example: promolens
    discover --json"""
    from ingest.discovery import company_today
    from ingest.discovery import discover as look

    _, stores = migrated()
    done = look(stores, scope(), company_today(stores, scope(), datetime.now(UTC)))
    lines = [done.sentence]
    for found in done.months.values():
        for one in found:
            lines.append(f"  {one.cell.department}, {one.cell.channel}, {one.start} to {one.end}: {one.reason}")
    say(done.as_dict(), "\n".join(lines), as_json)
