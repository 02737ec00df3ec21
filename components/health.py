"""What the page of an installation's health is made of: trouble, what is well, the clock's work, space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

import streamlit as st

from components import bar_chart, cards, charts, tables, wording
from components.cards import Card
from components.definitions import told
from components.hovers import hover
from components.plain import with_code

AREAS: Final = ("Data", "Klaviyo", "Schedule", "Database", "Machine")
STATES: Final = {"waiting": "Waiting", "running": "… Running", "done": "✓ Done", "failed": "✗ Failed"}
OPERATIONS: Final = {
    "retention": "Retention", "maintain": "Upkeep", "backup": "Backup", "trial_restore": "Trial restore",
    "restore": "Restore",
}  # fmt: skip
REPORTS: Final = {
    "campaign_values": "Campaigns", "flow_series": "Flows", "form_series": "Forms", "segment_series": "Segments",
}  # fmt: skip
CARDS: Final = 6
MOST_TABLES: Final = 12
MOST_FAILING: Final = 6
FRAME: Final = 75

Row = Mapping[str, Any]


class Operation(Protocol):
    """The newest run of a kind of operation."""

    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def started_by(self) -> str | None: ...
    @property
    def error(self) -> str | None: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def finished_at(self) -> datetime | None: ...


def size(number: float | None) -> str:
    """Bytes: 12 KiB, 3.4 MiB, 1.2 GiB."""
    if number is None:
        return wording.NOT_AVAILABLE
    for unit in ("bytes", "KiB", "MiB"):
        if abs(number) < 1024:
            return f"{number:,.0f} {unit}" if unit != "MiB" else f"{number:,.1f} {unit}"
        number /= 1024
    return f"{number:,.1f} GiB"


def skeleton() -> None:
    """The places of cards, checks and tables."""
    cards.skeleton(CARDS, sparklines=False)
    st.skeleton(charts.LOW)
    st.skeleton(charts.LOW + FRAME)


def six_cards(
    checks: Sequence[Row], figures: Mapping[str, float], operations: Sequence[Operation], work: Sequence[Row],
    as_of: datetime | None, now: datetime,
) -> list[Card]:  # fmt: skip
    """Trouble, freshness, work that fails, the last backup, space taken and free."""
    wrong = sum(not check["ok"] for check in checks)
    failing = [row for row in work if row["failures"]]
    running = sum(row["state"] == "running" for row in work)
    backup = max(
        (run.finished_at for run in operations if run.kind == "backup" and run.state == "done" and run.finished_at),
        default=None,
    )
    return [
        Card("health_trouble", "Trouble", wording.count(wrong) if checks else wording.NOT_AVAILABLE, "", "neither", "",
             (f"of {len(checks)} checks",), told("health.trouble")),
        Card("health_fresh", "Data up to", _known_until(as_of, now), "", "neither", "",
             ("this store",), told("health.fresh")),
        Card("health_failing", "Work that fails", wording.count(len(failing)), "", "neither", "",
             (f"of {len(work)}, {running} running" if running else f"of {len(work)} by the clock",),
             told("health.failing")),
        Card("health_backup", "Last backup", "none yet" if backup is None else wording.ago(now - backup), "",
             "neither", "", ("both stores",), told("health.backup")),
        Card("health_taken", "Space taken", size(figures.get("database_bytes")), "", "neither", "",
             ("by the databases",), told("health.taken")),
        Card("health_free", "Space free", size(figures.get("disk_free")), "", "neither", "",
             ("on the disk of the data",), told("health.free")),
    ]  # fmt: skip


def _known_until(as_of: datetime | None, now: datetime) -> str:
    """How long ago, or of what is older than a season, as of a file, the last day that is known whole."""
    if as_of is None:
        return "never"
    old = now - as_of > timedelta(days=99)
    return wording.day((as_of - timedelta(microseconds=1)).date()) if old else wording.ago(now - as_of)


def sentence(checks: Sequence[Row], work: Sequence[Row]) -> str:
    """What is to be done, as a person would say it."""
    failing = sum(bool(row["failures"]) for row in work)
    later = f" {failing} piece(s) of work failed and are tried again." if failing else ""
    return _of_checks(checks, nothing=not failing) + later


def failing_work(work: Sequence[Row], checks: Sequence[Row], zone: ZoneInfo, now: datetime) -> None:
    """Work by the clock that failed, why, and when it is tried again; not what a check has said already."""
    told = " ".join(check["message"] for check in checks if not check["ok"])
    for row in [row for row in work if row["failures"] and (row["message"] or "") not in told][:MOST_FAILING]:
        whose = f" of {row['name']}" if row["name"] else ""
        times = f"{row['failures']} times in a row" if row["failures"] > 1 else "once"
        again = f" Tried again {wording.moment(row['next_at'], zone, now)}." if row["next_at"] else " Tried again now."
        said = f"**{row['says']}**{whose} failed {times}: {with_code(row['message'] or '')}{again}"
        st.warning(said, icon=":material/warning:")


def _of_checks(checks: Sequence[Row], *, nothing: bool) -> str:
    wrong = [check for check in checks if not check["ok"]]
    if not checks:
        return "Nothing was looked at yet: the first look is under way."
    if not wrong:
        return f"All {len(checks)} checks are well" + (": nothing needs you." if nothing else ".")
    areas = [area for area in AREAS if any(check["area"] == area for check in wrong)]
    named = ", ".join(areas[:-1]) + (" and " if len(areas) > 1 else "") + areas[-1]
    return f"{len(wrong)} of {len(checks)} checks found something to do, in {named}."


def trouble(checks: Sequence[Row]) -> None:
    """What is not well, each with what to do."""
    for check in checks:
        if not check["ok"]:
            st.error(f"**{_first_capital(check['name'])}**: {with_code(check['message'])}", icon=":material/error:")


def well(checks: Sequence[Row]) -> None:
    """What is well, by area."""
    found = sorted((check for check in checks if check["ok"]), key=lambda check: AREAS.index(check["area"]))
    tables.show(
        {
            "state": ["✓ Well"] * len(found),
            "area": [check["area"] for check in found],
            "check": [_first_capital(check["name"]) for check in found],
            "found": [check["message"] for check in found],
        },
        {
            "state": st.column_config.TextColumn("State", width="small"),
            "area": st.column_config.TextColumn("Area", width="small"),
            "check": st.column_config.TextColumn("Check", width="medium"),
            "found": st.column_config.TextColumn("Found", width="large"),
        },
        key="health_well",
        rows_seen=14,
    )


def space(rows: Sequence[Row], file: str) -> None:
    """The largest tables."""
    largest = list(rows[:MOST_TABLES])
    taken = [float(row["bytes"] + row["index_bytes"]) for row in largest]
    texts = [
        f"{size(number)} · {wording.count_short(row['rows'])} rows" for number, row in zip(taken, largest, strict=True)
    ]
    hover = [
        f"{row['table']} ({row['store']}): {size(row['bytes'])}, indexes {size(row['index_bytes'])}, "
        f"{wording.count(row['rows'])} rows"
        for row in largest
    ]
    alt = "The largest tables: " + ", ".join(f"{row['table']} {text}" for row, text in zip(largest, texts, strict=True))
    figure = bar_chart.named_bars([row["table"] for row in largest], taken, texts, hover)
    charts.show(figure, key="chart_space", alt=f"{alt}.", file=file)


def clock_work(work: Sequence[Row], zone: ZoneInfo, now: datetime, *, kept: bool) -> None:
    """What is done by the clock; `kept`: whether anybody does it."""
    tables.show(
        {
            "what": [row["says"] for row in work],
            "store": [row["name"] or "Everything" for row in work],
            "rhythm": [", ".join(filter(None, (row["rhythm"], row["zone"]))) for row in work],
            "state": [STATES[row["state"]] for row in work],
            "ended": [
                "" if row["finished_at"] is None else wording.moment(row["finished_at"], zone, now) for row in work
            ],
            "next": [_next(row["next_at"], zone, now, kept) for row in work],
            "failures": [row["failures"] for row in work],
            "message": [row["message"] or "" for row in work],
        },
        {
            "what": st.column_config.TextColumn("What", width=250),
            "store": st.column_config.TextColumn("Store", width=112),
            "rhythm": st.column_config.TextColumn("How often", width=190),
            "state": st.column_config.TextColumn("Last time", width=78),
            "ended": st.column_config.TextColumn("Ended", width=92),
            "next": st.column_config.TextColumn("Next", width=122),
            "failures": st.column_config.NumberColumn("Failed", width=52, help=hover("health.failed")),
            "message": st.column_config.TextColumn("How it ended", width="large"),
        },
        key="health_work",
        rows_seen=14,
    )


def operations_table(found: Sequence[Operation], zone: ZoneInfo) -> None:
    """The last runs of retention, upkeep, backups and restores."""
    tables.show(
        {
            "what": [OPERATIONS.get(run.kind, run.kind) for run in found],
            "state": [STATES.get(run.state, run.state) for run in found],
            "started": [_local(run.started_at, zone) for run in found],
            "ended": [_local(run.finished_at, zone) for run in found],
            "by": [run.started_by or "" for run in found],
            "error": [run.error or "" for run in found],
        },
        {
            "what": st.column_config.TextColumn("What"),
            "state": st.column_config.TextColumn("Outcome"),
            "started": st.column_config.DatetimeColumn("Started", format="DD MMM YYYY HH:mm"),
            "ended": st.column_config.DatetimeColumn("Ended", format="DD MMM YYYY HH:mm"),
            "by": st.column_config.TextColumn("Started by"),
            "error": st.column_config.TextColumn("Why it failed", width="large"),
        },
        key="health_operations",
    )


def operation_rows(found: Sequence[Operation]) -> list[dict[str, Any]]:
    """The same as rows of a file."""
    return [
        {
            "what": OPERATIONS.get(run.kind, run.kind), "outcome": run.state, "started_at_utc": run.started_at,
            "ended_at_utc": run.finished_at, "started_by": run.started_by, "error": run.error,
        }
        for run in found
    ]  # fmt: skip


def call_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Report calls as rows of a file."""
    return [
        {
            "store": row["name"], "report": REPORTS.get(row["report"], row["report"]), "made": row["used"],
            "planned": row["planned"], "left": row["for_people"], "permitted": row["daily"],
        }
        for row in rows
    ]  # fmt: skip


def report_calls(rows: Sequence[Row]) -> None:
    """What is made and planned of the calls that Klaviyo permits: name, report, used, planned, for_people, daily."""
    tables.show(
        {
            "store": [row["name"] for row in rows],
            "report": [REPORTS.get(row["report"], row["report"]) for row in rows],
            "used": [row["used"] for row in rows],
            "planned": [row["planned"] for row in rows],
            "people": [row["for_people"] for row in rows],
            "share": [100 * max(row["used"], row["planned"]) / row["daily"] for row in rows],
        },
        {
            "store": st.column_config.TextColumn("Store", width=108),
            "report": st.column_config.TextColumn("Report", width=82),
            "used": st.column_config.NumberColumn("Made", width=50, help=hover("health.made")),
            "planned": st.column_config.NumberColumn("Planned", width=60, help=hover("health.planned")),
            "people": st.column_config.NumberColumn("Left", width=50, help=hover("health.left")),
            "share": st.column_config.ProgressColumn(
                "Taken",
                width=90,
                min_value=0,
                max_value=100,
                format="%.0f %%",
                help=hover("health.taken"),
            ),
        },
        key="health_calls",
    )


def _next(moment: datetime | None, zone: ZoneInfo, now: datetime, kept: bool) -> str:
    if not kept:
        return wording.NOT_AVAILABLE
    if moment is None:
        return "running"
    return "now" if moment <= now else wording.moment(moment, zone, now)


def _local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return None if moment is None else moment.astimezone(zone).replace(tzinfo=None)


def _first_capital(text: str) -> str:
    return text[:1].upper() + text[1:]
