"""`promolens grant`: who may see and do what."""

from __future__ import annotations

from typing import Annotated

import typer

from analytics.access import Grant, Role
from commands.frame import AsJson, migrated, say, scope, told

app = typer.Typer(no_args_is_help=True, help="Who may see and do what, once people sign in.")
Holder = Annotated[str, typer.Argument(help="E-mail address as the provider has it, its id, or group:NAME.")]
AsRole = Annotated[Role, typer.Option("--role", help="What they are.")]
OfStore = Annotated[str | None, typer.Option("--account", help="Account id; all stores where left out.")]


@app.command("add")
@told
def add(
    holder: Holder,
    role: AsRole,
    account: OfStore = None,
    pii: Annotated[bool, typer.Option("--pii/--no-pii", help="They may see who customers are.")] = False,
    as_json: AsJson = False,
) -> None:
    """Give a role. Example: promolens grant add ann@example.com --role planner"""
    from data_access.writes.grants import give

    _, stores = migrated()
    given = give(stores, scope(), Grant(holder, role, account, pii))
    say(_told(given), f"{_said(given)}. It counts from their next click on.", as_json)


@app.command("remove")
@told
def remove(holder: Holder, role: AsRole, account: OfStore = None, as_json: AsJson = False) -> None:
    """Take a role back. Example: promolens grant remove ann@example.com --role planner"""
    from data_access.writes.grants import take

    _, stores = migrated()
    grant = Grant(holder, role, account)
    was = take(stores, scope(), grant)
    say(_told(grant) | {"removed": was}, "Taken back." if was else "There is no such grant.", as_json)


@app.command("list")
@told
def show(as_json: AsJson = False) -> None:
    """Show every grant. Example: promolens grant list"""
    from data_access.queries.grants import grants

    _, stores = migrated()
    found = grants(stores, scope())
    text = (
        "\n".join(map(_said, found)) or "Nothing is granted. Example: promolens grant add ann@example.com --role admin"
    )
    say({"grants": [_told(grant) for grant in found]}, text, as_json)


def _told(grant: Grant) -> dict[str, object]:
    return {"holder": grant.holder, "role": grant.role.value, "account": grant.account, "pii": grant.pii}


def _said(grant: Grant) -> str:
    seen = ", sees who customers are" if grant.pii else ""
    return f"{grant.holder}: {grant.role.value} of {grant.account or 'all stores'}{seen}"
