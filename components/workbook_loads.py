"""What is held, and the loads: cards, a load under way, how it ended, the table of all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

import streamlit as st

from analytics.workbooks import Held, WorkbookJob
from components import cards, charts, tables, wording
from components import workbook_words as words
from components.cards import Card
from components.definitions import Told, told

CARDS: Final = 6
JOB: Final = "load"


def skeleton() -> None:
    """The places of the cards and of the table."""
    cards.skeleton(CARDS, sparklines=False)
    st.skeleton(charts.LOW)


def six_cards(held: Held, newest: WorkbookJob | None) -> list[Card]:
    """Up to when there are sales, rows, promotions, targets, segments, and how good the last load was."""

    def card(definition: Told, key: str, label: str, value: str, beneath: str) -> Card:
        return Card(f"workbooks_{key}", label, value, "", "neither", "", (beneath,), definition)

    since = f"since {wording.day(held.sales_first)}" if held.sales_first else "none yet"
    up_to = wording.day(held.sales_last) if held.sales_last else wording.NOT_AVAILABLE
    months = words.months(held.target_first, held.target_last) if held.target_first else "none yet"
    quality = newest.quality if newest else None
    return [
        card(told("workbooks.sales"), "sales", "Sales up to", up_to, since),
        card(told("workbooks.rows"), "rows", "Rows of sales", wording.count(held.sales_rows),
             f"{held.departments} departments"),
        card(told("workbooks.promotions"), "promotions", "Promotions", wording.count(held.named + held.found),
             f"{wording.count(held.named)} named, {wording.count(held.found)} found"),
        card(told("workbooks.targets"), "targets", "Target months", wording.count(held.targets), months),
        card(told("workbooks.segments"), "segments", "Segments", wording.count(held.segments), "of customers"),
        card(told("workbooks.quality"), "quality", "Last quality", _per_cent(quality),
             f"{words.rows(newest.errors)} left out" if newest else "nothing loaded yet"),
    ]  # fmt: skip


def _per_cent(share: float | None) -> str:
    return wording.rate(None if share is None else share * 100)


def under_way(job: WorkbookJob | None) -> None:
    """A load that has not ended."""
    doing = (job.doing if job else "") or "Starting"
    if job is not None and job.progress is not None:
        st.progress(min(max(job.progress, 0.0), 1.0), text=f"{doing} …")
    else:
        st.status(f"{doing} …", type="compact")


def ended(job: WorkbookJob) -> None:
    """How a load ended."""
    lines = "\n".join(f"- {line}" for line in words.ended(job))
    if job.status == "completed":
        st.success(f"Loaded in {words.took(job)}.\n\n{lines}")
    else:
        st.error(f"Not loaded. {words.first_lines([job.message]).removeprefix('- ')}\n\n{lines}")


def table(jobs: Sequence[WorkbookJob], zone: tzinfo) -> None:
    """All loads, newest first; one can be picked."""
    ids = [job.job_id for job in jobs]
    tables.pickable(_columns(jobs, zone), _config(), ids=ids, param=JOB, key="workbook_loads")


def listed(jobs: Sequence[WorkbookJob], zone: tzinfo) -> None:
    """Loads, newest first, to look at only."""
    tables.show(_columns(jobs, zone), _config(), key="workbook_loads")


def rows(jobs: Sequence[WorkbookJob]) -> list[dict[str, Any]]:
    """All of them, for files."""
    return [
        {
            "load": job.job_id,
            "started_at_utc": job.started_at,
            "ended_at_utc": job.completed_at,
            "outcome": job.status,
            "files": words.files_of(job),
            "rows": job.records,
            "new_rows": sum(int(one.get("fresh", 0)) for one in job.files),
            "replaced_rows": sum(int(one.get("replaced", 0)) for one in job.files),
            "left_out": job.errors,
            "quality_pct": None if job.quality is None else job.quality * 100,
            "started_by": job.started_by,
            "error": job.message,
        }
        for job in jobs
    ]


def _columns(jobs: Sequence[WorkbookJob], zone: tzinfo) -> dict[str, list[Any]]:
    return {
        "Began": [words.began(job, zone) for job in jobs],
        "Outcome": [words.outcome(job) for job in jobs],
        "Files": [words.files_of(job) for job in jobs],
        "Rows": [job.records for job in jobs],
        "Change": [words.brought(job) for job in jobs],
        "Left out": [job.errors for job in jobs],
        "Quality": [None if job.quality is None else job.quality * 100 for job in jobs],
        "By": [job.started_by or None for job in jobs],
        "Took": [words.took(job) for job in jobs],
    }


def _config() -> dict[str, Any]:
    return {
        "Began": st.column_config.DatetimeColumn(format="D MMM YYYY HH:mm"),
        "Files": st.column_config.TextColumn(width="medium"),
        "Rows": st.column_config.NumberColumn(format="localized"),
        "Left out": st.column_config.NumberColumn(format="localized"),
        "Quality": st.column_config.NumberColumn(format="%.1f %%"),
    }


def one(job: WorkbookJob, zone: tzinfo, now: datetime) -> None:
    """One load of the table."""
    moment = job.started_at.astimezone(zone)
    st.markdown(f"**Load of {moment:%-d %b %Y %H:%M}**, {wording.ago(now - job.started_at)}")
    if job.is_running:
        under_way(job)
    else:
        ended(job)
    for entry in job.files:
        if entry.get("quality"):
            shares = " · ".join(
                f"{label} {wording.rate(entry['quality'][name] * 100)}"
                for name, label in words.SHARES.items()
                if entry["quality"].get(name) is not None
            )
            st.caption(f"{words.KINDS[str(entry['kind'])]}, checksum {str(entry['checksum'])[:12]}: {shares}")
