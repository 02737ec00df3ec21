"""`promolens report`: one store's month as a PDF."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.frame import AsJson, migrated, say, scope, told
from processes import CommandFailed


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command()(report)


@told
def report(
    account: Annotated[str, typer.Option("--account", help="Account id.")],
    month: Annotated[str, typer.Option("--month", help="The month, such as 2026-10; one that is not over so far.")],
    out: Annotated[Path, typer.Option("--out", help="File to write.")],
    as_json: AsJson = False,
) -> None:
    """Write one store's month as a PDF. Example: promolens report --account AbC123 --month 2026-10 --out october.pdf"""
    from analytics.report_month import report_month
    from components import monthly_report
    from data_access.queries.accounts import accounts, data_state
    from data_access.queries.monthly import monthly
    from data_access.writes.exports import note_export
    from reports.monthly import as_pdf

    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError as error:
        raise CommandFailed(f"--month takes a month such as 2026-10, not {month!r}.") from error
    _, stores = migrated()
    who, now = scope(), datetime.now(UTC)
    held = next((one for one in accounts(stores, who) if one.public_id == account), None)
    if held is None:
        raise CommandFailed(f"There is no account {account!r}; promolens account list shows those that there are.")
    as_of = data_state(stores, who, account).as_of
    try:
        asked = report_month(first, (as_of or now).astimezone(held.zone))
    except ValueError as error:
        raise CommandFailed(str(error)) from error
    found = monthly(stores, who, held, asked, as_of)
    why = monthly_report.nothing_to_report(held, found.revenue, found.engagement, asked)
    if why:
        raise CommandFailed(why)
    content = as_pdf(
        monthly_report.monthly_report(
            held, asked, as_of, now, found.revenue, found.last_year, found.products, found.engagement,
            found.flows, found.engagement_asked.last_whole, found.rfm,
        ),
        now,
    )  # fmt: skip
    told = {"format": "PDF", "bytes": len(content), "Month": month}
    note_export(stores, who, account, "Monthly report", told)
    out.write_bytes(content)
    result = {"account": account, "month": month, "file": str(out), "bytes": len(content), "over": asked.over}
    say(result, f"{monthly_report.month_name(asked)} of {held.name}: {out} ({len(content):,} bytes).", as_json)
