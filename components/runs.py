"""What the page of runs is made of: cards, charts, the table, and one run with what it left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.periods import change_pct
from analytics.runs import RunFigures, Totals, by_day, totals
from components import bar_chart, cards, charts, day_marks, palette, tables, wording
from components.cards import Card
from components.charts import Figure
from components.day_marks import Marked
from components.definitions import Told, told
from components.sync_panel import RESOURCES

KINDS: Final = {
    "sync": "Sync",
    "load": "Load of what was fetched",
    "recompute": "Computation",
    "aggregate": "Daily figures",
    "refresh": "All figures anew",
    "orders": "Load of orders",
    "backup": "Backup",
    "retention": "Retention",
}
STATES: Final = {"done": "Done", "failed": "Failed", "cancelled": "Cancelled", "running": "Running", "queued": "Queued"}
MARKS: Final = {"done": "✓", "failed": "✗", "cancelled": "–", "running": "…", "queued": "…"}
JOB: Final = "job"
CARDS: Final = 6
MOST_ROWS: Final = 500
MOST_REJECTS: Final = 200
FRAME: Final = 75


class Job(Protocol):
    """One run with all that it told."""

    @property
    def job_id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def started_by(self) -> str | None: ...
    @property
    def counts(self) -> Mapping[str, float]: ...
    @property
    def rejects(self) -> Sequence[Mapping[str, str]]: ...
    @property
    def notes(self) -> Sequence[str]: ...
    @property
    def error(self) -> str | None: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def finished_at(self) -> datetime | None: ...
    @property
    def heartbeat_at(self) -> datetime | None: ...


NOTES: Final = (
    "A sync fetches and loads; what a command line fetched while the app held the database is loaded by a run of its "
    "own. Computations bring figures up to date after a change of settings or by the clock.",
    "New events were not known before; read again are only their attributions.",
    "Left out or repaired: what Klaviyo sent in a form that does not fit. Nothing is dropped silently; each run lists "
    "the first 200 with their place and reason.",
    "Work on the whole installation, such as backups, stands on the page Health.",
)


def kind_words(kind: str) -> str:
    """What a run did, in words."""
    return KINDS.get(kind, kind.replace("_", " ").capitalize())


def by_words(started_by: str | None) -> str:
    """Who started a run."""
    return {"schedule": "The schedule", "spool": "The app"}.get(started_by or "", started_by or wording.NOT_AVAILABLE)


def _within_sentence(words: str) -> str:
    return words[:1].lower() + words[1:] if words.startswith("The ") else words


def skeleton(*, sparklines: bool) -> None:
    """The places of cards, charts and table."""
    cards.skeleton(CARDS, sparklines=sparklines)
    st.skeleton(charts.LOW + FRAME)
    left, right = st.columns(2)
    left.skeleton(charts.LOW + FRAME)
    right.skeleton(charts.LOW + FRAME)
    st.skeleton(charts.LOW + FRAME)


def sentence(runs: Sequence[RunFigures], zone: ZoneInfo, now: datetime) -> str:
    """How the runs went, as a person would say it."""
    told = totals(runs)
    if not told.ended:
        return "No run has ended yet."
    failed = [run for run in runs if run.state == "failed"]
    well = f"All {wording.count(told.ended)} runs ended without a failure" if told.ended > 1 else "The run ended well"
    if failed:
        last = failed[0]
        well = (
            f"{wording.count(told.failed)} of {wording.count(told.ended)} runs failed, the last one "
            f"{wording.moment(last.started_at, zone, now)}: {last.error or 'no reason was told'}"
        )
    newest = next(run for run in runs if not run.running)
    if newest.state == "done" and newest.finished_at is not None:
        brought = f"; the newest ended {wording.ago(now - newest.finished_at)}"
        if newest.events or newest.kind == "sync":
            brought += f" with {_events(newest.events)}"
        return f"{well.rstrip('.')}{brought}."
    return f"{well.rstrip('.')}."


def _events(number: int) -> str:
    return f"{wording.count(number)} new {'event' if number == 1 else 'events'}"


def six_cards(
    runs: Sequence[RunFigures], before: Sequence[RunFigures] | None, days: Sequence[date], zone: ZoneInfo
) -> list[Card]:
    """Runs, how many ended well, what they brought, how long and how fast, what they left out."""
    this, other = totals(runs), None if before is None else totals(before)
    daily = [totals(own) for own in by_day(runs, days, zone)]

    def card(key: str, label: str, good: Any, value: Any, text: Any, definition: Told, *, points: bool = False) -> Card:
        now, then = value(this), None if other is None else value(other)
        if then is None or now is None:
            change = ""
        elif points:
            change = wording.points(now - then)
        else:
            change = wording.change(change_pct(float(now), float(then)))
        trend = [float(value(day) or 0) for day in daily]
        return Card(key, label, text(now), change, good, text(then) if then is not None else "", (), definition, trend)

    return [
        card("jobs_runs", "Runs", "neither", lambda t: t.runs, wording.count,
             told("jobs.runs")),
        card("jobs_well", "Ended well", "up", lambda t: t.well_pct, wording.rate,
             told("jobs.well"), points=True),
        card("jobs_events", "New events", "neither", lambda t: t.events, wording.count_short,
             told("jobs.events")),
        card("jobs_seconds", "Usual length", "down", lambda t: t.seconds, _length,
             told("jobs.seconds")),
        card("jobs_rate", "Events a second", "up", lambda t: t.rate, wording.count_short,
             told("jobs.rate")),
        card("jobs_rejected", "Left out or repaired", "down", lambda t: t.rejected, wording.count_short,
             told("jobs.rejected")),
    ]  # fmt: skip


def _length(seconds: float | None) -> str:
    if seconds is None:
        return wording.NOT_AVAILABLE
    return f"{seconds:.1f} s" if seconds < 10 else wording.passed(timedelta(seconds=seconds))


def outcomes(runs: Sequence[RunFigures], days: Sequence[date], zone: ZoneInfo, marked: Marked, file: str) -> None:
    """The main chart: runs a day by how they ended."""
    daily = by_day(runs, days, zone)
    named = {"Done": ("done",), "Cancelled": ("cancelled",), "Running": ("running", "queued"), "Failed": ("failed",)}
    series = {name: [sum(run.state in states for run in own) for own in daily] for name, states in named.items()}
    colours = {
        "Done": palette.ACCENT, "Cancelled": palette.MUTED, "Running": palette.PAST, "Failed": palette.BAD,
    }  # fmt: skip
    hover = [
        f"{wording.day_short(day)}: " + (", ".join(
            f"{values[place]} {name.lower()}" for name, values in series.items() if values[place]
        ) or "no run")
        for place, day in enumerate(days)
    ]  # fmt: skip
    told = ", ".join(f"{sum(values):,} {name.lower()}" for name, values in series.items() if sum(values))
    alt = f"Runs a day from {wording.day(days[0])} to {wording.day(days[-1])} by how they ended: {told or 'none'}."
    figure = bar_chart.over_days(days, series, colours, hover, unit="Runs")
    _show(figure, days, marked, alt, key="chart_outcomes", file=f"{file}-runs")


def brought(runs: Sequence[RunFigures], days: Sequence[date], zone: ZoneInfo, marked: Marked, file: str) -> None:
    """New events a day."""
    values = [totals(own).events for own in by_day(runs, days, zone)]
    hover = [f"{wording.day_short(day)}: {_events(value)}" for day, value in zip(days, values, strict=True)]
    alt = f"New events a day: {sum(values):,} in all, at most {max(values):,} in a day."
    figure = bar_chart.over_days(days, {"Events": values}, {"Events": palette.ACCENT}, hover, unit="New events")
    _show(figure, days, marked, alt, key="chart_brought", file=f"{file}-events")


def lengths(runs: Sequence[RunFigures], days: Sequence[date], zone: ZoneInfo, marked: Marked, file: str) -> None:
    """How long runs took, by day: the median."""
    daily: list[Totals] = [totals(own) for own in by_day(runs, days, zone)]
    if all(day.seconds is None for day in daily):
        st.markdown("No run ended well in these days.")
        return
    values = [day.seconds or 0 for day in daily]
    hover = [f"{wording.day_short(day)}: {_length(own.seconds)}" for day, own in zip(days, daily, strict=True)]
    alt = f"Usual length of a run by day, in seconds: at most {_length(max(values))}."
    figure = bar_chart.over_days(days, {"Seconds": values}, {"Seconds": palette.ACCENT}, hover, unit="Usual length")
    figure["layout"]["yaxis"] |= {"ticksuffix": " s", "tickformat": ",.3~r", "dtick": None}
    _show(figure, days, marked, alt, key="chart_lengths", file=f"{file}-lengths")


def _show(figure: Figure, days: Sequence[date], marked: Marked, alt: str, *, key: str, file: str) -> None:
    """A chart over days with what is marked on them: a shop that was down or a large campaign explain a run."""
    alt = day_marks.on(figure, [day.isoformat() for day in days], days[-1], marked, alt)
    charts.show(figure, key=key, alt=alt, file=file)


def table(runs: Sequence[RunFigures], zone: ZoneInfo) -> None:
    """The newest runs; the picked one stands in the address."""
    seen = list(runs[:MOST_ROWS])
    tables.pickable(
        {
            "started": [run.started_at.astimezone(zone).replace(tzinfo=None) for run in seen],
            "what": [kind_words(run.kind) for run in seen],
            "outcome": [f"{MARKS[run.state]} {STATES[run.state]}" for run in seen],
            "length": [_length(run.seconds) for run in seen],
            "events": [run.events for run in seen],
            "rate": [run.rate or None for run in seen],
            "rejected": [run.rejected for run in seen],
            "by": [by_words(run.started_by) for run in seen],
            "error": [run.error for run in seen],
        },
        {
            "started": st.column_config.DatetimeColumn("Started", format="DD MMM YYYY HH:mm"),
            "what": st.column_config.TextColumn("What", width=150),
            "outcome": st.column_config.TextColumn("Outcome"),
            "length": st.column_config.TextColumn("Length"),
            "events": st.column_config.NumberColumn("New events", format="localized"),
            "rate": st.column_config.NumberColumn("A second", format="%,.0f"),
            "rejected": st.column_config.NumberColumn("Left out", format="localized"),
            "by": st.column_config.TextColumn("Started by"),
            "error": st.column_config.TextColumn("Why it failed", width="large"),
        },
        ids=[run.job_id for run in seen],
        param=JOB,
        key="runs",
    )
    if len(runs) > len(seen):
        st.caption(f"The newest {len(seen)} of {wording.count(len(runs))}; the export holds all.")


def detail(job: Job, zone: ZoneInfo, now: datetime) -> bool:
    """One run with its counts, notes and what it left out; whether a person closes it."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        began = job.started_at or job.created_at
        st.subheader(f"{kind_words(job.kind)} of {wording.moment(began, zone, now)}", anchor=False, width="content")
        closed = st.button("Close", key="job_close", icon=":material/close:", type="tertiary")
    took = _length(((job.finished_at or now) - began).total_seconds())
    who = _within_sentence(by_words(job.started_by))
    st.caption(f"{STATES[job.state]} · {took} · started by {who} · {job.job_id}")
    if job.error:
        st.error(job.error)
    for note in job.notes:
        if not job.error or job.error not in note:
            st.info(note)
    counted = {name: number for name, number in job.counts.items() if number}
    left, right = st.columns([2, 3])
    with left:
        st.markdown("**What it counted**")
        if counted:
            tables.show(
                {"what": [RESOURCES.get(name, name.replace("_", " ")).capitalize() for name in counted],
                 "number": [float(number) for number in counted.values()]},
                {"what": st.column_config.TextColumn("What"),
                 "number": st.column_config.NumberColumn("Number", format="localized")},
                key="job_counts",
            )  # fmt: skip
        else:
            st.caption("Nothing.")
    with right:
        rejected = int(job.counts.get("rejected", 0))
        st.markdown("**What it left out or repaired**")
        if job.rejects:
            tables.show(
                {"place": [item.get("place", "") for item in job.rejects],
                 "reason": [item.get("reason", "") for item in job.rejects]},
                {"place": st.column_config.TextColumn("Place", width="medium"),
                 "reason": st.column_config.TextColumn("Reason", width="large")},
                key="job_rejects",
            )  # fmt: skip
            if rejected > len(job.rejects):
                st.caption(f"The first {len(job.rejects)} of {wording.count(rejected)}.")
        else:
            st.caption("Nothing: all items were taken as they came.")
    return closed


def rows(runs: Sequence[RunFigures]) -> list[dict[str, Any]]:
    """All runs as an export has them; times UTC."""
    return [
        {
            "run": run.job_id, "what": kind_words(run.kind), "outcome": STATES[run.state],
            "started_by": by_words(run.started_by), "started_at_utc": run.started_at, "ended_at_utc": run.finished_at,
            "seconds": None if run.seconds is None else round(run.seconds, 3), "new_events": run.events,
            "events_a_second": run.rate, "requests": run.requests, "left_out_or_repaired": run.rejected,
            "error": run.error,
        }
        for run in runs
    ]  # fmt: skip


def reject_rows(job: Job) -> list[dict[str, Any]]:
    """What one run left out, as an export has it."""
    return [
        {"run": job.job_id, "place": item.get("place", ""), "reason": item.get("reason", "")} for item in job.rejects
    ]
