"""`promolens account`: the Klaviyo accounts that are synced."""

from __future__ import annotations

import sys
import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer

from commands.frame import AsJson, migrated, say, scope, told
from data_access.errors import StoreBusy
from processes import CommandFailed
from settings import get_settings

if TYPE_CHECKING:
    from ingest.accounts import RegisteredAccount

app = typer.Typer(no_args_is_help=True, help="The Klaviyo accounts that are synced.")


@app.command("add")
@told
def account_add(
    api_key_stdin: Annotated[
        bool, typer.Option("--api-key-stdin", help="Read the private key from standard input.")
    ] = False,
    oauth: Annotated[
        bool, typer.Option("--oauth", help="Sign in at Klaviyo instead; needs KLAVIYO_OAUTH_CLIENT_ID and its secret.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Register an account by its private key. Example: promolens account add --api-key-stdin < key.txt"""
    from ingest.accounts import register_account
    from ingest.sign_in import sign_in

    if api_key_stdin == oauth:
        raise typer.BadParameter(
            "a key comes by standard input only: add --api-key-stdin, or sign in with --oauth",
            param_hint="--api-key-stdin",
        )
    if oauth:
        settings, stores = migrated()
        _say_added(sign_in(stores, settings, _open_page), as_json)
        return
    key = sys.stdin.readline().strip()
    if not key:
        raise CommandFailed("Standard input held no key. Example: promolens account add --api-key-stdin < key.txt")
    settings, stores = migrated()
    _say_added(register_account(stores, settings, key), as_json)


def _say_added(a: RegisteredAccount, as_json: bool) -> None:
    result = {"account": a.public_id, "name": a.name, "timezone": a.timezone, "currency": a.currency}
    say(result, f"{a.name} ({a.public_id}), {a.timezone}, {a.currency}. Next: promolens sync", as_json)


def _open_page(address: str) -> None:
    # Not among the result: what a script reads stays one answer.
    typer.echo(f"Open this page, sign in and permit Promolens to read your store:\n{address}", err=True)
    if sys.stderr.isatty():
        webbrowser.open_new_tab(address)


@app.command("list")
@told
def account_list(as_json: AsJson = False) -> None:
    """The registered accounts. Example: promolens account list --json"""
    from data_access.queries.accounts import accounts

    try:
        _, stores = migrated()
    except StoreBusy as busy:
        _list_beside(busy, as_json)
        return
    found = accounts(stores, scope())
    rows = [{"account": a.public_id, "name": a.name, "timezone": a.timezone, "currency": a.currency} for a in found]
    text = "\n".join(f"{r['account']}  {r['name']}  {r['timezone']}  {r['currency']}" for r in rows)
    say({"accounts": rows}, text or "No account yet. Add one: promolens account add --api-key-stdin", as_json)


def _list_beside(busy: StoreBusy, as_json: bool) -> None:
    """What the owner of the database has noted of the accounts beside the spool; raises `busy` where it noted none."""
    from ingest.state import states_on_disk

    known = states_on_disk(get_settings())
    if not known:
        raise busy
    rows = [{"account": s.account, "name": s.name, "timezone": s.timezone, "currency": None} for s in known]
    text = "\n".join(f"{s.account}  {s.name}  {s.timezone}" for s in known)
    note = f"As of their last syncs, because the database is in use. {busy}"
    say({"accounts": rows, "note": note}, f"{text}\n{note}", as_json)


@app.command("remove")
@told
def account_remove(
    account: Annotated[str, typer.Argument(help="Account id, as in 'account list'.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget an account's key; its data stay. Example: promolens account remove XqkVGb --yes"""
    from ingest.accounts import remove_account

    settings, stores = migrated()
    if not yes:
        typer.confirm(f"Forget the key of {account}? Its synced data stay.", abort=True)
    said = remove_account(stores, settings, scope(), account)
    text = f"The key of {account} is gone; its data stay."
    say({"removed": account, "note": said}, f"{text} {said}".strip(), as_json)
