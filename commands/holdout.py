"""`promolens holdout …`: people left out of a campaign on purpose, and what it added beside them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analytics.holdouts import USUAL_DAYS
from commands.frame import AsJson, migrated, say, scope, told
from processes import CommandFailed

if TYPE_CHECKING:
    from analytics.holdouts import Measured
    from data_access.writes.holdouts import Named

app = typer.Typer(no_args_is_help=True, help="People left out of a campaign on purpose, and what it added.")
AccountOf = Annotated[str, typer.Option("--account", help="Account id.")]
SHOWN_ROWS = 10


@app.command()
@told
def add(
    campaign: Annotated[str, typer.Argument(help="Id of the campaign.")],
    account: AccountOf,
    file: Annotated[
        Path | None, typer.Option("--file", help="CSV, TXT or XLSX: e-mail addresses or profile ids, one a row.")
    ] = None,
    segment: Annotated[str, typer.Option("--segment", help="Id of a segment of SYNC_SEGMENTS, instead.")] = "",
    name: Annotated[str, typer.Option("--name", help="What it is called; default: the file's or segment's name.")] = "",
    kind: Annotated[
        str, typer.Option("--kind", help="chance or rule: how people came to be left out; default: chance of a file.")
    ] = "",
    days: Annotated[int, typer.Option("--days", help="Days from sending on in which purchases count.")] = USUAL_DAYS,
    as_json: AsJson = False,
) -> None:
    """Name who was left out of a campaign. Example: promolens holdout add 01HX --account XqkVGb --file left-out.csv"""
    from analytics.incrementality import Kind
    from data_access.writes.holdouts import Listed, Wanted, name_holdout
    from ingest.holdout_files import people_of

    if (file is None) == (not segment):
        raise typer.BadParameter("say --file or --segment")
    if kind not in ("", *Kind):
        raise typer.BadParameter("it is chance or rule", param_hint="--kind")
    if file is not None and not file.is_file():
        raise CommandFailed(f"There is no file {file}.")
    left_out = segment if file is None else Listed(file.name, people_of(file.name, file.read_bytes()))
    _, stores = migrated()
    wanted = Wanted(campaign, left_out, name, Kind(kind) if kind else None, days)
    done = name_holdout(stores, scope(), account, wanted)
    say(asdict(done), "\n".join(_named(done)), as_json)


@app.command("list")
@told
def listed(account: AccountOf, as_json: AsJson = False) -> None:
    """What campaigns with a holdout added. Example: promolens holdout list --account XqkVGb"""
    from data_access.conversion import account_basis
    from data_access.queries.accounts import data_state
    from data_access.queries.holdouts import AddedQuery, added, holdouts

    _, stores = migrated()
    who = scope()
    as_of = data_state(stores, who, account).as_of
    with stores.operational.read() as session:
        basis = account_basis(session, account)
    rows, lines = [], []
    for title, holdout in holdouts(stores, who, account):
        found = added(stores, who, account, AddedQuery(holdout.campaign, as_of, basis.timezone))
        if found is not None:
            rows.append(_row(title, found))
            lines.append(_line(title, found, basis.currency))
    say({"holdouts": rows}, "\n".join(lines) or f"No campaign of {account} has a holdout.", as_json)


@app.command()
@told
def remove(
    campaign: Annotated[str, typer.Argument(help="Id of the campaign.")], account: AccountOf, as_json: AsJson = False
) -> None:
    """Forget who was left out of a campaign. Example: promolens holdout remove 01HX --account XqkVGb"""
    from data_access.writes.holdouts import remove_holdout

    _, stores = migrated()
    gone = remove_holdout(stores, scope(), account, campaign)
    say({"removed": gone}, "Removed, with its people and figures." if gone else "The campaign has none.", as_json)


def _named(done: Named) -> list[str]:
    lines = [f"{done.people:,} people are left out of {done.campaign}, of {done.listed:,} entries."]
    for places, what in ((done.unknown, "name nobody"), (done.repeated, "name somebody once more")):
        if places:
            rows = ", ".join(map(str, places[:SHOWN_ROWS])) + (", …" if len(places) > SHOWN_ROWS else "")
            lines.append(f"{len(places):,} of them {what}: row {rows}.")
    if done.received:
        lines.append(f"{done.received:,} of the people got the campaign all the same: they count on neither side.")
    return lines


def _row(title: str, found: Measured) -> dict[str, Any]:
    told = found.revenue
    span = None if told is None else told.revenue
    return {
        "campaign_id": found.holdout.campaign,
        "campaign": title,
        "name": found.holdout.name,
        "sent_on": found.holdout.sent_on,
        "days": found.holdout.days,
        "until": found.until,
        "over": found.over,
        "people": {name: arm.people for name, arm in found.arms.items()},
        "incremental_revenue": None if span is None else {"low": span[0], "figure": span[1], "high": span[2]},
        "attributed_net_revenue": found.attributed.net,
        "lacking": found.lacking,
        "doubts": [] if told is None else list(told.doubts),
    }


def _line(title: str, found: Measured, currency: str) -> str:
    told, sent_on = found.revenue, found.holdout.sent_on
    head = f"{found.holdout.campaign}  {title}, {_day(sent_on)}"
    if told is None:
        return f"{head}: nothing to compare ({found.lacking})."
    sides = f"{told.reached.people:,} reached, {told.left_out.people:,} left out"
    span = told.revenue
    if span is None:
        return f"{head}: {sides}; nothing can be concluded ({', '.join(told.doubts)})."
    low, middle, high = span
    until = "" if found.over else f", by orders up to {_day(found.until)}"
    doubts = f"; doubts: {', '.join(told.doubts)}" if told.doubts else ""
    return (
        f"{head}: {sides}; {middle:,.2f} {currency} on top (95 %: {low:,.2f} to {high:,.2f}){until}; attributed"
        f" {found.attributed.net:,.2f} {currency} net{doubts}."
    )


def _day(day: date | None) -> str:
    return "not sent yet" if day is None else f"{day:%d %b %Y}"
