"""`promolens doctor`: what is wrong with this installation, and what to do."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.frame import AccountOption, AsJson, say, scope, told
from settings import get_settings


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command()(doctor)


@told
def doctor(
    conformance: Annotated[
        bool, typer.Option("--conformance", help="Also ask the real Klaviyo, read-only, what only it can tell.")
    ] = False,
    account: AccountOption = None,
    as_json: AsJson = False,
) -> None:
    """What is wrong, and what to do. Exit 1 on trouble. Example: promolens doctor --json"""
    from ingest.doctor import examine

    found = examine(get_settings(), scope(), account=account, conformance=conformance)
    lines = [f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.message}" for check in found.checks]
    say(found.as_dict(), "\n".join(lines), as_json)
    if found.failed:
        raise typer.Exit(1)
