"""`promolens digest`: the digest by e-mail, looked at or sent at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from commands.frame import AsJson, migrated, say, scope, told


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command()(digest)


@told
def digest(
    account: Annotated[str, typer.Option("--account", help="Account id.")],
    send: Annotated[
        bool, typer.Option("--send/--dry-run", help="Send it now to the store's recipients; else it is only shown.")
    ] = False,
    weekly: Annotated[bool, typer.Option("--weekly", help="Show the last seven days, whatever is set.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show or send a store's digest. Example: promolens digest --account AbC123 --dry-run"""
    from data_access.queries.accounts import accounts
    from ingest.digest.content import WEEKLY, compose
    from ingest.digest.delivering import send_now

    settings, stores = migrated()
    now = datetime.now(UTC)
    if send:
        sent = send_now(stores, scope(), settings, account, now)
        say({"sent": sent}, f"Sent to {', '.join(sent)}.", as_json)
        return
    rhythm = next((a.settings.digest_rhythm for a in accounts(stores, scope()) if a.public_id == account), None)
    found = compose(stores, scope(), settings, account, WEEKLY if weekly else rhythm or "daily", now)
    say({"subject": found.subject, "text": found.plain(), "html": found.html()}, found.plain(), as_json)
