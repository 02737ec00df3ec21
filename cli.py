"""The command `promolens`."""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import time
import traceback
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from pydantic import ValidationError

from data_access.scope import Scope, local_admin
from data_access.stores import Stores, open_stores
from logs import configure
from processes import CommandFailed, app_command, call, require_free, wait
from settings import Settings, get_settings

app = typer.Typer(
    name="promolens",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Promolens: how a store's Klaviyo marketing sells, and what a promotion would bring.",
)
account_app = typer.Typer(no_args_is_help=True, help="The Klaviyo accounts that are synced.")
app.add_typer(account_app, name="account")

P = ParamSpec("P")
R = TypeVar("R")
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AccountOption = Annotated[str | None, typer.Option("--account", help="Account id; all accounts where left out.")]


def _told(function: Callable[P, R]) -> Callable[P, R]:
    """One line for the person instead of a traceback; exit code 1. LOG_LEVEL=DEBUG shows the traceback as well."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            # Asked to end is ended in order: what we started ends with us.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            configure(get_settings().log_level, "stderr")
            return function(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(piece) for piece in first["loc"]).upper()
            said = first["msg"].removeprefix("Value error, ")
            typer.echo(f"Error: {f'{where}: {said}' if where else said}. See docs/settings.md.", err=True)
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            typer.echo("Stopped. What was loaded so far is kept; the next run goes on from there.", err=True)
            raise typer.Exit(1) from error
        except Exception as error:
            typer.echo(f"Error: {_sentence(error)}", err=True)
            if get_settings().log_level == "DEBUG":
                traceback.print_exception(error)
            raise typer.Exit(1) from error

    return run


def _sentence(error: Exception) -> str:
    """Errors of the program's own say what to do; any other one is named with its kind."""
    said = " ".join(str(error).split())
    if type(error).__module__.partition(".")[0] in {"cli", "__main__", "processes", "data_access", "ingest", "demo"}:
        return said
    return f"{type(error).__name__}: {said}. LOG_LEVEL=DEBUG shows where." if said else type(error).__name__


def _say(result: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(result, default=str) if as_json else text)


def _scope() -> Scope:
    return local_admin("command line")


def _migrated() -> tuple[Settings, Stores]:
    """Settings and stores at this program's schema. Raises StoreError."""
    from data_access.migrate import migrate as bring_up
    from data_access.migrate import require_current, untouched

    settings = get_settings()
    stores = open_stores(settings)
    if untouched(stores):
        bring_up(stores)  # a database that this very command has made
    require_current(stores)
    return settings, stores


@app.command()
@_told
def migrate(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 where the schema differs.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the database to this version's schema. Example: promolens migrate --check"""
    from data_access.migrate import drift
    from data_access.migrate import migrate as bring_up

    stores = open_stores(get_settings())
    if not check:
        applied = bring_up(stores)
        names = [f"{step.store} {step.version:04d} {step.name}" for step in applied]
        _say({"applied": names}, f"Applied {len(names)} step(s)." if names else "Up to date.", as_json)
        return
    found = drift(stores)
    result = {
        "clean": found.clean,
        "pending": [f"{step.store} {step.version:04d} {step.name}" for step in found.pending],
        "changed": [f"{step.store} {step.version:04d} {step.name}" for step in found.changed],
        "unknown": list(found.unknown),
    }
    lines = [f"{kind}: {name}" for kind, names in result.items() if isinstance(names, list) for name in names]
    _say(result, "\n".join(lines) or "Up to date.", as_json)
    if not found.clean:
        raise typer.Exit(1)


@app.command()
@_told
def emulator(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 = a free one.")] = 8600,
    events: Annotated[int, typer.Option(min=1000, max=5_000_000, help="Events of the larger store.")] = 200_000,
    seed: Annotated[int, typer.Option(help="Same seed, same stores.")] = 7,
    now: Annotated[str | None, typer.Option(help="The stores' present, ISO 8601; default: now.")] = None,
    no_limits: Annotated[bool, typer.Option("--no-limits", help="Do not enforce Klaviyo's rate windows.")] = False,
    latency: Annotated[int, typer.Option(min=0, help="Milliseconds that every answer waits.")] = 0,
    prepare: Annotated[bool, typer.Option("--prepare", help="Render event pages ahead, for benchmarks.")] = False,
    ledger: Annotated[Path | None, typer.Option(help="Write the stores' true figures there.")] = None,
    fault: Annotated[list[str] | None, typer.Option(help="NAME=VALUE, more than once; see demo/README.md.")] = None,
) -> None:
    """Serve a local Klaviyo with two synthetic stores. Example: promolens emulator --port 8600 --events 200000"""
    from demo.emulator import serve

    faults = dict(_fault(item) for item in fault or [])
    at = _instant(now) if now else datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    serve(
        port=port,
        events=events,
        seed=seed,
        now=at,
        limits=not no_limits,
        latency=latency,
        prepare=prepare,
        ledger=ledger,
        faults=faults,
    )


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is not an instant like 2026-11-21T12:00:00Z", param_hint="--now") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _fault(item: str) -> tuple[str, str]:
    name, separator, value = item.partition("=")
    if not separator or not name:
        raise typer.BadParameter(f"'{item}' is not NAME=VALUE", param_hint="--fault")
    return name, value


@account_app.command("add")
@_told
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
    settings, stores = _migrated()
    a = register_account(stores, settings, key)
    result = {"account": a.public_id, "name": a.name, "timezone": a.timezone, "currency": a.currency}
    _say(result, f"{a.name} ({a.public_id}), {a.timezone}, {a.currency}. Next: promolens sync", as_json)


@account_app.command("list")
@_told
def account_list(as_json: AsJson = False) -> None:
    """The registered accounts. Example: promolens account list --json"""
    from data_access.queries.accounts import accounts

    _, stores = _migrated()
    found = accounts(stores, _scope())
    rows = [{"account": a.public_id, "name": a.name, "timezone": a.timezone, "currency": a.currency} for a in found]
    text = "\n".join(f"{r['account']}  {r['name']}  {r['timezone']}  {r['currency']}" for r in rows)
    _say({"accounts": rows}, text or "No account yet. Add one: promolens account add --api-key-stdin", as_json)


@account_app.command("remove")
@_told
def account_remove(
    account: Annotated[str, typer.Argument(help="Account id, as in 'account list'.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Forget an account's key; its data stay. Example: promolens account remove XqkVGb --yes"""
    from ingest.accounts import remove_account

    _, stores = _migrated()
    if not yes:
        typer.confirm(f"Forget the key of {account}? Its synced data stay.", abort=True)
    remove_account(stores, _scope(), account)
    _say({"removed": account}, f"The key of {account} is gone; its data stay.", as_json)


@app.command()
@_told
def sync(
    account: AccountOption = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again from the start.")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Only this resource; more than once.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch what is new from Klaviyo. Example: promolens sync --account XqkVGb --only events"""
    from ingest.runner import sync_accounts

    settings = get_settings()
    with _progress(as_json) as report:
        summaries = sync_accounts(settings, account=account, full=full, only=only, by=_scope().person, progress=report)
    result = {"accounts": [summary.as_dict() for summary in summaries]}
    _say(result, "\n".join(summary.sentence for summary in summaries), as_json)
    if any(summary.failed for summary in summaries):
        raise typer.Exit(1)


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str, float | None], None]]:
    """A progress bar on a terminal; nothing elsewhere. The callback takes a sentence and a share 0–1 or None."""
    if quiet or not sys.stderr.isatty():
        yield lambda _text, _share: None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def report(text: str, share: float | None) -> None:
            bar.update(task, description=text, total=1.0 if share is not None else None, completed=share or 0.0)

        yield report


@app.command()
@_told
def aggregate(
    account: AccountOption = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this aggregate; more than once.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Rebuild everything instead of what was touched.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the figures up to date with what is loaded. Example: promolens aggregate --full"""
    from data_access.aggregates import NAMES, refresh
    from data_access.queries.accounts import accounts

    unknown = sorted(set(only or ()) - set(NAMES))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}; there are: {', '.join(NAMES)}", param_hint="--only")
    _, stores = _migrated()
    found = [a.public_id for a in accounts(stores, _scope()) if account in (None, a.public_id)]
    if not found:
        raise CommandFailed(f"There is no account {account}." if account else "There is no account yet. Add one first.")
    results = []
    for public_id in found:
        done = refresh(stores, public_id, only=only, full=full).aggregated
        results.append({"account": public_id, "days": done.days, "customers": done.customers})
    text = "\n".join(
        f"{r['account']}: {r['days']} day(s), {r['customers']} customer(s) brought up to date" for r in results
    )
    _say({"accounts": results}, text, as_json)


@app.command()
@_told
def rates(
    file: Annotated[Path, typer.Argument(help="CSV with date, base, quote, rate.")], as_json: AsJson = False
) -> None:
    """Load exchange rates. Example: promolens rates rates.csv (date,base,quote,rate: 2026-01-01,USD,EUR,0.85)"""
    from data_access.aggregates import recompute
    from data_access.queries.accounts import accounts
    from data_access.writes.rates import load_rates_file

    if not file.is_file():
        raise CommandFailed(f"There is no file {file}.")
    _, stores = _migrated()
    done = load_rates_file(stores, _scope(), file)
    if done.changed:
        for found in accounts(stores, _scope()):
            recompute(stores, found.public_id)
    rejected = [f"line {place}: {reason}" for place, reason in done.rejected]
    result = {"loaded": done.loaded, "changed": done.changed, "rejected": rejected}
    _say(result, "\n".join([f"{done.loaded} rate(s) loaded, {done.changed} changed.", *rejected]), as_json)
    if rejected:
        raise typer.Exit(1)


@app.command()
@_told
def run(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: setting HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; default: setting PORT.")] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser on a desktop.")] = False,
    as_json: AsJson = False,
) -> None:
    """Migrate and serve the app. Example: promolens run --port 8501"""
    from data_access.migrate import migrate as bring_up
    from data_access.stores import close_stores

    settings = get_settings()
    address, number = host or settings.host, port or settings.port
    if address not in ("127.0.0.1", "localhost", "::1") and not settings.allow_remote_without_sign_in:
        raise CommandFailed(
            f"Without sign-in the app serves on 127.0.0.1 only, not on {address}. To let everybody who reaches that"
            " address be an admin, set ALLOW_REMOTE_WITHOUT_SIGN_IN=true."
        )
    bring_up(open_stores(settings))
    close_stores()  # the app's own process opens the file
    require_free(address, number)
    url = f"http://{address}:{number}"
    _say({"url": url}, f"Promolens is on {url}", as_json)
    if open_browser and sys.stdout.isatty() and (os.environ.get("DISPLAY") or sys.platform == "darwin"):
        webbrowser.open_new_tab(url)
    code = wait(app_command(address, number), dict(os.environ))
    if code not in (0, -signal.SIGINT, -signal.SIGTERM, 130, 143):
        raise CommandFailed(f"The app ended with code {code}; what it said stands above.")


@app.command()
@_told
def demo(
    events: Annotated[int, typer.Option(min=1000, max=5_000_000, help="Events of the larger store.")] = 200_000,
    seed: Annotated[int, typer.Option(help="Same seed, same stores.")] = 7,
    port: Annotated[int | None, typer.Option(help="Port of the app; default: setting PORT.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw the demo away and make it anew, up to today.")] = False,
    serve_app: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Serve the app when the store is synced.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Two synthetic stores from a local Klaviyo, synced and shown. Example: promolens demo --events 200000"""
    from demo.launch import demo_environment, running_demo

    settings = get_settings()
    with running_demo(settings.data_dir / "demo", events=events, seed=seed, fresh=fresh) as store:
        environment = demo_environment(os.environ, store)
        promolens = [sys.executable, "-m", "cli"]
        told = ["--json"] if as_json else []
        if not as_json:
            typer.echo(
                f"Syncing the demo stores (since {store.since:%d %b %Y}) from the local Klaviyo at {store.base_url} …"
            )
        call([*promolens, "migrate"], environment, quiet=True)
        for key in store.api_keys:
            call([*promolens, "account", "add", "--api-key-stdin"], environment, stdin=key, quiet=True)
        call([*promolens, "sync", *told], environment)
        if serve_app:
            extra = ["--port", str(port)] if port else []
            call([*promolens, "run", "--open", *extra, *told], environment)


@app.command()
@_told
def start(as_json: AsJson = False) -> None:
    """What `make run` does: the account of KLAVIYO_API_KEY, or the demo. Example: promolens start"""
    settings = get_settings()
    told = ["--json"] if as_json else []
    if settings.klaviyo_api_key is None:
        if not as_json:
            typer.echo("No KLAVIYO_API_KEY is set: showing the demo stores.")
        demo(events=200_000, seed=7, port=None, fresh=False, serve_app=True, as_json=as_json)
        return
    # A first sync of a real account can take long: the page opens at once, syncs, and fills as figures come in.
    environment = dict(os.environ) | {"SYNC_AT_START": "true"}
    promolens = [sys.executable, "-m", "cli"]
    key = settings.klaviyo_api_key.get_secret_value()
    call([*promolens, "account", "add", "--api-key-stdin", *told], environment, stdin=key)
    call([*promolens, "run", "--open", *told], environment)


@app.command()
@_told
def doctor(
    conformance: Annotated[
        bool, typer.Option("--conformance", help="Also ask the real Klaviyo, read-only, what only it can tell.")
    ] = False,
    account: AccountOption = None,
    as_json: AsJson = False,
) -> None:
    """What is wrong, and what to do. Exit 1 on trouble. Example: promolens doctor --json"""
    from ingest.doctor import examine

    started = time.monotonic()
    checks = examine(get_settings(), _scope(), account=account, conformance=conformance)
    result = {
        "ok": all(check.ok for check in checks),
        "checks": [check.as_dict() for check in checks],
        "seconds": round(time.monotonic() - started, 2),
    }
    lines = [f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.message}" for check in checks]
    _say(result, "\n".join(lines), as_json)
    if not result["ok"]:
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
