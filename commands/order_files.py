"""`promolens load-orders`: orders from a file into an account without Klaviyo."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from commands.frame import AsJson, migrated, progress, say, scope, told

if TYPE_CHECKING:
    from data_access.writes.order_loads import OrderLoad
    from ingest.order_files.loading import Loaded
    from ingest.order_files.removal import Removed

SHOWN_REJECTS = 10


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command("load-orders")(load_orders)


@told
def load_orders(
    account: Annotated[str, typer.Option("--account", help="Account to fill; made where it is not there yet.")],
    file: Annotated[
        Path | None, typer.Argument(help="CSV (also .gz) or Parquet, one row an order line.", show_default=False)
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="target=source: a column of klaviyo_orders or klaviyo_order_line_items, and the"
                     " file's; more than once. Columns of the same name need none."),
    ] = None,
    timezone: Annotated[
        str, typer.Option("--timezone", help="Zone of times that say none, like Europe/Berlin; of a new account, too.")
    ] = "",
    account_timezone: Annotated[
        str, typer.Option("--account-timezone", help="Zone of a new account's days, where it is another one.")
    ] = "",
    currency: Annotated[str, typer.Option("--currency", help="Currency of a new account; default USD.")] = "",
    name: Annotated[str, typer.Option("--name", help="Name of a new account; default: its id.")] = "",
    country: Annotated[str, typer.Option("--country", help="Country of a new account, like DE, for holidays.")] = "",
    separator: Annotated[str, typer.Option("--separator", help="Between CSV values; default: as in the header.")] = "",
    decimal: Annotated[str, typer.Option("--decimal", help="Decimal sign of amounts: . or ,")] = ".",
    encoding: Annotated[str, typer.Option("--encoding", help="Encoding of a CSV file, like cp1252.")] = "utf-8",
    date_format: Annotated[
        str, typer.Option("--date-format", help="Form of dates that are not 2026-11-21 14:05, like %d.%m.%Y.")
    ] = "",
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="Where rejected lines are written; default: in DATA_DIR/rejects.")
    ] = None,
    loads: Annotated[bool, typer.Option("--loads", help="List the account's loads instead.")] = False,
    remove: Annotated[str, typer.Option("--remove", help="Take a load out again, by its id, instead.")] = "",
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Fill an account without Klaviyo from order lines. Example: promolens load-orders o.csv --account S1"""
    from ingest.order_files.loading import Asked
    from ingest.order_files.loading import load_orders as load

    if decimal not in (".", ","):
        raise typer.BadParameter("it is . or ,", param_hint="--decimal")
    if sum((file is not None, loads, bool(remove))) != 1:
        raise typer.BadParameter("say a file, --loads or --remove LOAD", param_hint="FILE")
    if file is None:
        _loads(account, as_json) if loads else _remove(account, remove, as_json)
        return
    asked = Asked(
        mapping=mapping or (), timezone=timezone, account_timezone=account_timezone, name=name, currency=currency,
        country=country, separator=separator, decimal=decimal, encoding=encoding, date_format=date_format,
        rejects=rejects,
    )  # fmt: skip
    settings, stores = migrated()
    try:
        with progress(as_json) as report:
            done = load(stores, settings, scope(), account, file, asked, report)
    except KeyboardInterrupt as error:
        typer.echo("Stopped. Nothing of this file is in place; load it again from its beginning.", err=True)
        raise typer.Exit(1) from error
    say(done.as_dict(), "\n".join(_lines(done)), as_json)
    if done.lines_rejected:
        raise typer.Exit(1)


def _loads(account: str, as_json: bool) -> None:
    from data_access.writes.order_loads import order_loads

    _, stores = migrated()
    found = order_loads(stores, scope(), account)
    shown = "\n".join(_load(one) for one in found) or f"No file was loaded into {account}."
    say({"loads": [asdict(one) for one in found]}, shown, as_json)


def _load(one: OrderLoad) -> str:
    return f"{one.id}  {one.loaded_at:%d %b %Y %H:%M} UTC  {one.orders:,} orders of {one.lines:,} lines  {one.file}"


def _remove(account: str, load: str, as_json: bool) -> None:
    from ingest.order_files.removal import remove_load

    settings, stores = migrated()
    done = remove_load(stores, settings, scope(), account, load)
    say(done.as_dict(), "\n".join(_gone(done)), as_json)


def _gone(done: Removed) -> list[str]:
    if not done.orders:
        return [f"{done.account}: nothing was left of load {done.load}."]
    lines = [
        f"{done.account}: {done.orders:,} orders of {done.customers:,} customers are taken out,"
        f" {done.first_day:%d %b %Y} to {done.last_day:%d %b %Y}"
        + (f", loaded from {done.file} on {done.loaded_at:%d %b %Y %H:%M} UTC." if done.loaded_at else ".")
    ]
    if done.orders < done.brought:
        lines.append(f"{done.brought - done.orders:,} more had been replaced by later loads, and stay as those say.")
    lines.append("Orders that this load had replaced do not come back by themselves: load their file again.")
    return lines


def _lines(done: Loaded) -> list[str]:
    assert done.first_order is not None
    assert done.last_order is not None
    zone = ZoneInfo(done.timezone)
    lines = [
        f"{done.account}: {done.orders:,} orders with {done.lines:,} lines of {done.customers:,} customers from"
        f" {done.file}, {done.first_order.astimezone(zone):%d %b %Y} to {done.last_order.astimezone(zone):%d %b %Y}"
        f" ({done.timezone} time), in {done.seconds:.0f} s.",
        f"Load {done.load}: promolens load-orders --account {done.account} --remove {done.load} takes it out again.",
    ]
    if done.replaced:
        lines.append(f"{done.replaced:,} of these orders were there before and were replaced.")
    lines += done.notes
    if done.lines_rejected:
        lines.append(
            f"{done.lines_rejected:,} of {done.read:,} lines are left out, with {done.orders_rejected:,} orders. They"
            f" are in {done.reject_file}: mend them there and load that file."
        )
        lines += [f"  {number:,} × {reason}" for reason, number in done.reasons.items()]
        lines += [f"  {reject['place']}: {reject['reason']}" for reject in done.rejects[:SHOWN_REJECTS]]
        if len(done.rejects) > SHOWN_REJECTS:
            lines.append("  …")
    return lines
