"""`promolens scenario`: a scenario from a file, simulated, kept, and handed on to approval."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.frame import AsJson, migrated, say, scope, told


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command()(scenario)


@told
def scenario(
    file: Annotated[Path, typer.Argument(help="A JSON file: docs/scenarios.md.", show_default=False)],
    submit: Annotated[bool, typer.Option("--submit", help="Hand it to the approvers.")] = False,
    approve: Annotated[bool, typer.Option("--approve", help="Submit and approve it: its forecast is frozen.")] = False,
    comment: Annotated[str, typer.Option("--comment", help="What the approval says.")] = "",
    as_json: AsJson = False,
) -> None:
    """Simulate and keep the scenario of a file. Example: promolens scenario week.json --approve"""
    from ingest.discovery import company_today
    from ingest.scenario_files import keep_scenario, said, scenario_of

    content = scenario_of(file)
    _, stores = migrated()
    today = company_today(stores, scope(), datetime.now(UTC))
    done = keep_scenario(stores, scope(), content, today, submit=submit, approve=approve, comment=comment)
    say(done.as_dict(), "\n".join(said(done)), as_json)
