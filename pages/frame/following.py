"""Runs of the store that is looked at: those of the chosen days, and the one that is under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import streamlit as st

from analytics.periods import Alignment, Period, Preset, chosen, compared
from analytics.runs import RunFigures
from analytics.workbooks import WorkbookJob
from components import export_words, filters, revenue_words, runs, sync_panel, tables, wording, workbook_loads
from components.list_columns import LOADS
from data_access import jobs
from data_access.queries import jobs as queries
from data_access.queries.workbooks import workbook_jobs
from data_access.scope import Right
from pages.frame import clock, guard
from pages.frame import exports as exported
from pages.frame.view import View

EVERY = timedelta(seconds=1)
WORKBOOKS = "pages/data/workbooks.py"


def of_today(view: View) -> View:
    """The same view with days that end today: of a store that is filled from files they end with its last order, and
    what was loaded since would not be among them. Days picked by hand stay."""
    preset = Preset(st.session_state.get("period", Preset.DAYS_28))
    if view.account.files is None or preset is Preset.CUSTOM:
        return view
    period = chosen(preset, view.now.astimezone(view.account.zone).date(), None)
    alignment = Alignment(st.session_state.get("align") or Alignment.AUTO)
    comparison = compared(period, view.chosen.against, alignment)
    return replace(view, chosen=replace(view.chosen, period=period, comparison=comparison))


def never_ran(view: View) -> str:
    """What to do where no run was yet."""
    if view.account.files is not None:
        return "No file was loaded here yet: `promolens load-orders` loads one."
    return "Nothing was synced here yet: press **Sync now** in the sidebar."


def caption(view: View, filtered: Sequence[str]) -> str:
    """The page in one sentence."""
    shown = view.shown
    pieces = [shown.account.name, wording.days(shown.period), f"{shown.account.timezone} time"]
    if view.chosen.comparison:
        pieces[1] += f" {wording.versus(view.chosen.comparison)}"
    pieces.append(", ".join(filtered) if filtered else "all work, all outcomes")
    pieces.append(revenue_words.freshness(shown))
    return " · ".join(pieces)


def read(
    view: View, kinds: Sequence[str], outcomes: Sequence[str]
) -> tuple[list[RunFigures], list[RunFigures] | None, bool]:
    """Runs of the period and of the one that it is compared with (None without), and whether there ever was a run."""
    found = _began(view, view.chosen.period)
    compared = _began(view, view.chosen.comparison.period) if view.chosen.comparison else None
    ever = bool(found) or queries.newest(view.stores, view.scope, view.account.public_id) is not None
    return (
        _chosen(found, kinds, outcomes), None if not compared else _chosen(compared, kinds, outcomes), ever
    )  # fmt: skip


def running(view: View) -> None:
    """The run that is under way, alive, with a way to end it; nothing where none is."""
    job = queries.newest(view.stores, view.scope, view.account.public_id)
    if job is None or not job.running:
        return
    with st.container(border=True, key="running"):
        sync_panel.poll(lambda: _follow(view), EVERY)


def detail(view: View, file: str) -> None:
    """The picked run; nothing where none was picked."""
    picked = st.query_params.get(runs.JOB)
    if not picked:
        return
    job = queries.run(view.stores, view.scope, view.account.public_id, picked)
    with st.container(border=True, key="job_detail"):
        if job is None:
            st.markdown("The link asks for a run that this store does not have.")
            if st.button("Close", key="job_close"):
                _close()
            return
        if runs.detail(job, view.account.zone, clock.now()):
            _close()
        if job.rejects:
            exported.menu(
                view,
                f"Run {job.job_id}",
                {"Left out": lambda: runs.reject_rows(job)},
                export_words.about(f"What run {job.job_id} left out or repaired", view.shown),
                file=f"{file}-{job.job_id}",
                key="export_rejects",
            )


def loads(view: View) -> Sequence[WorkbookJob]:
    """The company's loads of workbooks; none for those who may not see them. Raises StoreError."""
    return workbook_jobs(view.stores, view.scope) if view.scope.allows(Right.PROMO_READ) else ()


def workbooks(view: View, ever: Sequence[WorkbookJob]) -> None:
    """Those of the chosen days; nothing where none was ever loaded. They belong to no store and are in none of the
    figures."""
    if not ever:
        return
    seen = _in_period(view, ever)
    with st.container(border=True):
        filters.heading(LOADS)
        if seen:
            workbook_loads.listed(seen, view.account.zone)
        else:
            st.caption("No workbook was loaded in these days.")
        st.caption("The company's, whichever store is looked at: they are in none of the figures above.")
        st.page_link(WORKBOOKS, label="Each load, with what it brought and left out", icon=":material/arrow_forward:")


def exports(
    view: View, found: Sequence[RunFigures], ever: Sequence[WorkbookJob], said: str, file: str, filtered: Sequence[str]
) -> None:
    """The export menu: all runs of the chosen days, and the loads of workbooks in them."""
    compared = view.chosen.comparison.period if view.chosen.comparison else None
    about = export_words.about(
        said, view.shown, days=view.chosen.period, compared=compared, filters=filtered, notes=runs.NOTES
    )
    sets: exported.Sets = {"Runs": lambda: runs.rows(found)}
    if seen := _in_period(view, ever):
        sets = {**sets, LOADS: lambda: workbook_loads.rows(seen)}
    exported.menu(view, "Jobs", sets, about, file=file)


def _in_period(view: View, loads: Sequence[WorkbookJob]) -> list[WorkbookJob]:
    """The loads that began in the chosen days."""
    zone, period = view.account.zone, view.chosen.period
    return [job for job in loads if period.start <= job.started_at.astimezone(zone).date() <= period.end]


def _close() -> None:
    tables.forget(runs.JOB)
    st.rerun()


def _follow(view: View) -> None:
    with guard.explained(view.scope):
        job = queries.newest(view.stores, view.scope, view.account.public_id)
        if job is None or not job.running:
            st.rerun()
        if sync_panel.running(job, clock.now(), may_cancel=view.may(Right.SYNC), key="job_cancel"):
            jobs.request_cancel(view.stores.operational, view.scope, view.account.public_id)
            st.rerun(scope="fragment")


def _began(view: View, period: Period) -> list[RunFigures]:
    zone = view.account.zone
    first, after = (
        datetime.combine(day, time(), zone).astimezone(UTC) for day in (period.start, period.end + timedelta(days=1))
    )
    return queries.runs(view.stores, view.scope, view.account.public_id, first, after)


def _chosen(found: Sequence[RunFigures], kinds: Sequence[str], outcomes: Sequence[str]) -> list[RunFigures]:
    return [
        run
        for run in found
        if (not kinds or runs.kind_words(run.kind) in kinds) and (not outcomes or runs.STATES[run.state] in outcomes)
    ]
