"""The command `promolens`."""

from __future__ import annotations

import os
import signal
import sys
import webbrowser
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from commands import accounts as account_commands
from commands import digest as digest_commands
from commands import (
    discover,
    doctor,
    forecast,
    moving,
    operations,
    order_files,
    personal,
    post_mortem,
    report,
    roles,
    scenario,
    uplift,
    workbooks,
)
from commands import grants as grant_commands
from commands import holdout as holdout_commands
from commands import schedule as schedule_commands
from commands.frame import AccountOption, AsJson, migrated, progress, say, scope, told
from data_access.stores import open_stores
from processes import CommandFailed, app_command, app_environment, call, require_free, wait
from settings import get_settings
from sign_in import OWN_MACHINE, providers

app = typer.Typer(
    name="promolens",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Promolens: how a store's Klaviyo marketing sells, and what a promotion would bring.",
)
app.add_typer(account_commands.app, name="account")
app.add_typer(grant_commands.app, name="grant")
app.add_typer(holdout_commands.app, name="holdout")
moving.add_to(app)
order_files.add_to(app)
workbooks.add_to(app)
uplift.add_to(app)
scenario.add_to(app)
post_mortem.add_to(app)
forecast.add_to(app)
discover.add_to(app)
operations.add_to(app)
personal.add_to(app)
schedule_commands.add_to(app)
doctor.add_to(app)
digest_commands.add_to(app)
roles.add_to(app)
report.add_to(app)


@app.command()
@told
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
        say({"applied": names}, f"Applied {len(names)} step(s)." if names else "Up to date.", as_json)
        return
    found = drift(stores)
    result = {
        "clean": found.clean,
        "pending": [f"{step.store} {step.version:04d} {step.name}" for step in found.pending],
        "changed": [f"{step.store} {step.version:04d} {step.name}" for step in found.changed],
        "unknown": list(found.unknown),
    }
    lines = [f"{kind}: {name}" for kind, names in result.items() if isinstance(names, list) for name in names]
    say(result, "\n".join(lines) or "Up to date.", as_json)
    if not found.clean:
        raise typer.Exit(1)


@app.command()
@told
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
    as_json: AsJson = False,
) -> None:
    """Serve a local Klaviyo with two synthetic stores. Example: promolens emulator --port 8600 --events 200000"""
    from demo.emulator import serve

    def ready(base_url: str) -> None:
        # A program that started it reads the address from here; a person reads a sentence.
        say({"base_url": base_url}, f"A local Klaviyo is on {base_url}. Ctrl+C ends it.", as_json or not _is_terminal())
        sys.stdout.flush()

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
        ready=ready,
    )


def _is_terminal() -> bool:
    return sys.stdout.isatty()


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


@app.command()
@told
def sync(
    account: AccountOption = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything again from the start.")] = False,
    only: Annotated[list[str] | None, typer.Option(help="Only this resource; more than once.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fetch what is new from Klaviyo. Example: promolens sync --account XqkVGb --only events"""
    from ingest.runner import sync_accounts

    settings = get_settings()
    with progress(as_json) as report:
        summaries = sync_accounts(settings, account=account, full=full, only=only, by=scope().person, progress=report)
    result = {"accounts": [summary.as_dict() for summary in summaries]}
    say(result, "\n".join(summary.sentence for summary in summaries), as_json)
    if any(summary.failed for summary in summaries):
        raise typer.Exit(1)


@app.command()
@told
def aggregate(
    account: AccountOption = None,
    only: Annotated[list[str] | None, typer.Option(help="Only this aggregate; more than once.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Rebuild everything instead of what was touched.")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the figures up to date with what is loaded. Example: promolens aggregate --full"""
    from data_access.aggregates import NAMES, refresh
    from data_access.derived import registry
    from data_access.jobs import JobRunning
    from data_access.operations.leases import held
    from data_access.queries.accounts import accounts

    known = (*NAMES, *registry.NAMES)
    unknown = sorted(set(only or ()) - set(known))
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}; there are: {', '.join(known)}", param_hint="--only")
    asked = set(only or known)
    derived = asked & set(registry.NAMES)
    settings, stores = migrated()
    found = [a.public_id for a in accounts(stores, scope()) if account in (None, a.public_id)]
    if not found:
        raise CommandFailed(f"There is no account {account}." if account else "There is no account yet. Add one first.")
    results: list[dict[str, Any]] = []
    busy: list[str] = []
    with progress(as_json) as report:
        for number, public_id in enumerate(found):
            report(f"Bringing the figures of {public_id} up to date", number / len(found) if number else None)
            # What is derived from orders needs all of them in place.
            others = full and bool(asked - derived)
            lease = held(
                stores.operational, public_id, kind="aggregate", by=scope().person,
                lease_seconds=settings.sync_lease_seconds, resource="figures",
            )  # fmt: skip
            try:
                # Two that put one account's figures in place at once would each take the other's work off the list.
                with lease:
                    done = refresh(stores, public_id, only=None if derived else only, full=others).aggregated
                    brought = registry.derive(stores, public_id, derived, full=full) if derived else []
            except JobRunning as running:
                busy.append(f"{public_id}: {running}")
                continue
            how = {d.name: d.how for d in brought}
            row = {
                "account": public_id,
                "days": done.days,
                "customers": done.customers,
                "frozen": done.frozen,
                "derived": how,
            }
            results.append(row)
    lines = [
        f"{r['account']}: {r['days']} day(s), {r['customers']} customer(s) brought up to date"
        + "".join(f", {name} {how}" for name, how in r["derived"].items())
        + (f". {r['frozen']}" if r["frozen"] else "")
        for r in results
    ]
    if results:
        say({"accounts": results}, "\n".join(lines), as_json)
    if busy:
        raise CommandFailed("\n".join(busy))


@app.command()
@told
def rates(
    file: Annotated[Path, typer.Argument(help="CSV with date, base, quote, rate.")], as_json: AsJson = False
) -> None:
    """Load exchange rates. Example: promolens rates rates.csv (date,base,quote,rate: 2026-01-01,USD,EUR,0.85)"""
    from data_access.aggregates import recompute
    from data_access.jobs import JobRunning
    from data_access.operations.leases import held
    from data_access.queries.accounts import accounts
    from data_access.writes.rates import load_rates_file

    if not file.is_file():
        raise CommandFailed(f"There is no file {file}.")
    settings, stores = migrated()
    done = load_rates_file(stores, scope(), file)
    busy: list[str] = []
    for found in accounts(stores, scope()) if done.changed else ():
        lease = held(
            stores.operational, found.public_id, kind="recompute", by=scope().person,
            lease_seconds=settings.sync_lease_seconds, resource="figures",
        )  # fmt: skip
        try:
            with lease:
                recompute(stores, found.public_id)
        except JobRunning as running:
            busy.append(f"{found.public_id}: {running} Then: promolens aggregate --account {found.public_id}")
    rejected = [f"line {place}: {reason}" for place, reason in done.rejected]
    result = {"loaded": done.loaded, "changed": done.changed, "rejected": rejected}
    say(result, "\n".join([f"{done.loaded} rate(s) loaded, {done.changed} changed.", *rejected]), as_json)
    if busy:
        raise CommandFailed("\n".join(busy))
    if rejected:
        raise typer.Exit(1)


@app.command()
@told
def run(
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: setting HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; default: setting PORT.")] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open a browser on a desktop.")] = False,
    as_json: AsJson = False,
) -> None:
    """Migrate and serve the app. Example: promolens run --port 8501"""
    from data_access.errors import StoreDamaged, StoreFull, StoreUnavailable
    from data_access.migrate import migrate as bring_up
    from data_access.stores import close_stores

    settings = get_settings()
    address, number = host or settings.host, port or settings.port
    sign_in = settings.sign_in_path
    if not providers(settings) and address not in OWN_MACHINE and not settings.allow_remote_without_sign_in:
        raise CommandFailed(
            f"Without sign-in the app serves on 127.0.0.1 only, not on {address}. Set SIGN_IN_FILE (docs/sign-in.md),"
            " or ALLOW_REMOTE_WITHOUT_SIGN_IN=true to let everybody who reaches that address be an admin."
        )
    try:
        bring_up(open_stores(settings))
    except (StoreDamaged, StoreUnavailable, StoreFull) as trouble:
        # A server that ends is started again and again by whoever watches over it: the app says what is wrong instead,
        # and goes on by itself when it is not any more.
        typer.echo(f"The database cannot be used: {trouble}", err=True)
    close_stores()  # the app's own process opens the file
    require_free(address, number)
    url = f"http://{address}:{number}"
    say({"url": url}, f"Promolens is on {url}", as_json)
    if open_browser and sys.stdout.isatty() and (os.environ.get("DISPLAY") or sys.platform == "darwin"):
        webbrowser.open_new_tab(url)
    code = wait(app_command(address, number, sign_in), app_environment(sign_in, settings.trusted_proxies))
    if code not in (0, -signal.SIGINT, -signal.SIGTERM, 130, 143):
        raise CommandFailed(f"The app ended with code {code}; what it said stands above.")


@app.command()
@told
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
        as_told = ["--json"] if as_json else []
        if not as_json:
            typer.echo(
                f"Syncing the demo stores (since {store.since:%d %b %Y}) from the local Klaviyo at {store.base_url} …"
            )
        call([*promolens, "migrate"], environment, quiet=True)
        call([*promolens, "rates", str(store.rates)], environment, quiet=True)
        for key in store.api_keys:
            call([*promolens, "account", "add", "--api-key-stdin"], environment, stdin=key, quiet=True)
        call([*promolens, "sync", *as_told], environment)
        if serve_app:
            extra = ["--port", str(port)] if port else []
            call([*promolens, "run", "--open", *extra, *as_told], environment)


@app.command()
@told
def start(as_json: AsJson = False) -> None:
    """What `make run` does: the account of KLAVIYO_API_KEY, or the demo. Example: promolens start"""
    settings = get_settings()
    as_told = ["--json"] if as_json else []
    if settings.klaviyo_api_key is None:
        if not as_json:
            typer.echo("No KLAVIYO_API_KEY is set: showing the demo stores.")
        demo(events=200_000, seed=7, port=None, fresh=False, serve_app=True, as_json=as_json)
        return
    # A first sync of a real account can take long: the page opens at once, syncs, and fills as figures come in.
    environment = dict(os.environ) | {"SYNC_AT_START": "true"}
    promolens = [sys.executable, "-m", "cli"]
    key = settings.klaviyo_api_key.get_secret_value()
    call([*promolens, "account", "add", "--api-key-stdin", *as_told], environment, stdin=key)
    call([*promolens, "run", "--open", *as_told], environment)


if __name__ == "__main__":
    app()
