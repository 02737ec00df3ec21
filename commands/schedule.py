"""`promolens schedule`: does what is due, where the app does not."""

from __future__ import annotations

import signal
import threading
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from commands.frame import AsJson, migrated, say, scope, told
from processes import CommandFailed


def add_to(app: typer.Typer) -> None:
    """Registers the command."""
    app.command()(schedule)


@told
def schedule(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then end; for cron.")] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what is due when, and the report calls; do nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Do what is due, by the clock, until stopped. Example: promolens schedule --once"""
    from ingest.schedule.scheduler import Scheduler

    settings, stores = migrated()
    if settings.schedule == "off" and not plan:
        raise CommandFailed("The schedule is switched off. To have it kept: SCHEDULE=auto.")
    scheduler = Scheduler(settings, scope(), lambda: stores)
    if plan:
        _plan(scheduler, as_json)
    elif once:
        done = scheduler.run_due()
        rows = [
            {"work": str(d.piece.kind.work), "account": d.piece.account, "state": d.outcome.state,
             "message": d.outcome.message}
            for d in done
        ]  # fmt: skip
        lines = [f"{row['work']} {row['account']}".strip() + f": {row['message']}" for row in rows]
        say({"done": rows}, "\n".join(lines) or "Nothing is due.", as_json)
        if any(row["state"] == "failed" for row in rows):
            raise typer.Exit(1)
    else:
        asked = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: asked.set())
        say({"scheduling": True}, f"Keeping the schedule of {stores.operational.url}. Stop with Ctrl+C.", as_json)
        scheduler.start()
        while not asked.wait(1):
            continue
        scheduler.stop()


def _plan(scheduler: Any, as_json: bool) -> None:
    from data_access.stores import open_stores
    from ingest.schedule.overview import piece_row, quotas
    from settings import get_settings

    settings, now = get_settings(), datetime.now(UTC)
    pieces = scheduler.pieces()
    rows = [piece_row(piece, now) for piece in pieces]
    calls = quotas(open_stores(settings), settings, pieces, now)
    result = {
        "kept_by": "nobody"
        if settings.schedule == "off"
        else "app"
        if settings.schedule_in_app
        else "promolens schedule",
        "work": rows,
        "reports": [
            {"account": store.account, "name": store.name, "calls": [use.as_dict() for use in store.reports]}
            for store in calls
        ],
    }
    lines = [f"Kept by: {result['kept_by']}", ""]
    lines += [_work_line(row, now) for row in rows] or ["No store yet: promolens account add --api-key-stdin"]
    for store in calls:
        lines += ["", f"Report calls of {store.name} ({store.account}) in 24 hours, as Klaviyo permits them:"]
        lines += [
            f"  {use.report:<16} {use.used:>4} made, {use.planned:>4} planned by the clock, {use.for_people:>4} left"
            f" for people (of {use.daily}, {use.reserve} of them kept for people)"
            for use in store.reports
        ]
    say(result, "\n".join(lines), as_json)


def _work_line(row: dict[str, Any], now: datetime) -> str:
    who = row["name"] or "everything"
    due = (
        "running" if row["next_at"] is None else "now" if row["next_at"] <= now else f"{row['next_at']:%d %b %H:%M} UTC"
    )
    zone = row["zone"] and f" {row['zone']}"
    failed = f"; failed {row['failures']} time(s): {row['message']}" if row["failures"] else ""
    return f"{row['work']:<14} {who:<24} {row['rhythm']}{zone}; next: {due}{failed}"
