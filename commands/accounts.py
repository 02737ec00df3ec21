"""`promolens account`: the Klaviyo accounts that are synced."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from commands.frame import AsJson, migrated, say, scope, told
from processes import CommandFailed

app = typer.Typer(no_args_is_help=True, help="The Klaviyo accounts that are synced.")


@app.command("add")
@told
def account_add(
    api_key_stdin: Annotated[
        bool, typer.Option("--api-key-stdin", help="Read the private key from standard input.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Register an account by its private key. Example: promolens account add --api-key-stdin < key.txt"""
    from ingest.accounts import register_account

    if not api_key_stdin:
        raise typer.BadParameter(
            "a key comes by standard input only: add --api-key-stdin", param_hint="--api-key-stdin"
        )
    key = sys.stdin.readline().strip()
    if not key:
        raise CommandFailed("Standard input held no key. Example: promolens account add --api-key-stdin < key.txt")
    settings, stores = migrated()
    a = register_account(stores, settings, key)
    result = {"account": a.public_id, "name": a.name, "timezone": a.timezone, "currency": a.currency}
    say(result, f"{a.name} ({a.public_id}), {a.timezone}, {a.currency}. Next: promolens sync", as_json)


@app.command("list")
@told
def account_list(as_json: AsJson = False) -> None:
    """The registered accounts. Example: promolens account list --json"""
    from data_access.queries.accounts import accounts

    _, stores = migrated()
    found = accounts(stores, scope())
    rows = [{"account": a.public_id, "name": a.name, "timezone": a.timezone, "currency": a.currency} for a in found]
    text = "\n".join(f"{r['account']}  {r['name']}  {r['timezone']}  {r['currency']}" for r in rows)
    say({"accounts": rows}, text or "No account yet. Add one: promolens account add --api-key-stdin", as_json)


@app.command("remove")
@told
def account_remove(
    account: Annotated[str, typer.Argument(help="Account id, as in 'account list'.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget an account's key; its data stay. Example: promolens account remove XqkVGb --yes"""
    from ingest.accounts import remove_account

    _, stores = migrated()
    if not yes:
        typer.confirm(f"Forget the key of {account}? Its synced data stay.", abort=True)
    remove_account(stores, scope(), account)
    say({"removed": account}, f"The key of {account} is gone; its data stay.", as_json)
