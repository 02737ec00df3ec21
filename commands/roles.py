"""`promolens roles`: who may read and write what, on PostgreSQL and on ClickHouse."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer

from analytics.audit import Action
from commands.frame import AsJson, migrated, say, scope, told
from data_access.scope import Right
from settings import get_settings


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command()(roles)


@told
def roles(
    apply: Annotated[bool, typer.Option("--apply", help="Do it, as the tables' owner who may make roles.")] = False,
    login: Annotated[
        list[str] | None, typer.Option(help="Login of the app; more than once. Default: that of DATABASE_URL.")
    ] = None,
    reader: Annotated[
        list[str] | None, typer.Option(help="LOGIN=ACCOUNT: a person who reads one store by SQL; more than once.")
    ] = None,
    clickhouse: Annotated[
        bool, typer.Option("--clickhouse", help="Print the statements for a ClickHouse warehouse instead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print the SQL of the roles and row-level security. Example: promolens roles --login promolens_app --apply"""
    from data_access.rendered_roles import rendered, rendered_clickhouse
    from data_access.roles import Reader, install, state
    from data_access.stores import close_stores, open_stores
    from data_access.writes.audit import note_apart

    scope().require(Right.ADMIN)
    readers = []
    for item in reader or []:
        name, separator, account = item.rpartition("=")
        if not separator or not name or not account or account == "*":
            raise typer.BadParameter(f"'{item}' is not LOGIN=ACCOUNT", param_hint="--reader")
        readers.append(Reader(name, account))
    if clickhouse:
        if apply:
            raise typer.BadParameter("print them, and run them with clickhouse-client", param_hint="--apply")
        sql = rendered_clickhouse(get_settings().clickhouse_cluster, readers)
        say({"sql": sql}, sql, as_json)
        return
    if not apply:
        own = urlsplit(get_settings().database_url).username
        sql = rendered(login or ([unquote(own)] if own else []), readers)
        say({"sql": sql}, sql, as_json)
        return
    settings, stores = migrated()
    before = state(stores.operational)
    install(stores.operational, login or ([before.login] if before else []), readers)
    close_stores(stores)  # a connection knows what it may act as from its beginning
    operational = open_stores(settings).operational
    found = state(operational)
    assert found is not None
    told = {"readers": len(readers), "logins": len(login or [found.login])}
    note_apart(operational, scope().person, Action.ROLES_APPLY, "database", after=told)
    names = ", ".join(login or [found.login])
    text = f"The roles are in use; {names} may act as each. Restart the app, then: promolens doctor"
    say({"roles": asdict(found)}, text, as_json)
