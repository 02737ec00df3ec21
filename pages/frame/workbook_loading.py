"""The page of workbooks: files looked at, loaded beside the page and followed, and the reject files of loads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import streamlit as st

from analytics.workbooks import Held
from components import sync_panel, workbook_loads, workbook_preview
from components import workbook_words as words
from data_access.queries.accounts import PROMO
from data_access.queries.promo_state import UPLIFT
from data_access.queries.workbooks import workbook_job
from data_access.scope import Right
from pages.frame import company_exports, guard, workbook_batch
from pages.frame.desk import Desk
from pages.frame.workbook_batch import Batch
from settings import get_settings

MOST_MB: Final = 200
EVERY: Final = timedelta(milliseconds=700)
_LOOKED: Final = "workbooks.looked"
DONE: Final = "workbooks.done"


def hand_in(desk: Desk, *, may_load: bool) -> None:
    """The uploader, what was handed in, and the button that loads it."""
    batch = workbook_batch.current()
    if batch.is_started:
        _follow_or_end(desk, batch)
        return
    uploads = workbook_preview.uploader(f"workbooks_{workbook_batch.turn()}", MOST_MB, may_load=may_load)
    if uploads:
        workbook_batch.take(batch, uploads)
        st.session_state.pop(DONE, None)
        st.rerun()
    if not batch.files:
        return
    country, decimal = workbook_preview.writing(batch.choices)
    choices = replace(batch.choices, country=country, decimal=decimal)
    if choices != batch.choices:
        batch = workbook_batch.keep(replace(batch, choices=choices))
    told = _looked_at(desk, batch)
    loadable = any(part["loaded"] for file in told["files"] for part in file["parts"])
    for number, file in enumerate(told["files"]):
        with st.container(border=True):
            head, away = st.columns([6, 1], vertical_alignment="center")
            head.subheader(str(file["name"]), anchor=False)
            if away.button("Take away", key=f"away_{number}", width="stretch"):
                workbook_batch.without(batch, str(file["name"]))
                st.rerun()
            wanted = workbook_preview.file(file, number, told["targets"], batch.choices, may_load=may_load)
            if wanted != batch.choices:
                workbook_batch.keep(replace(batch, choices=wanted))
                st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Load", type="primary", key="workbooks_load", disabled=not (may_load and loadable),
            icon=":material/upload:", on_click=_begin, args=(desk, batch),
        )  # fmt: skip
        if told["reject_file"] and may_load:
            _download(desk, str(told["reject_file"]), "workbooks_rejects")


def _looked_at(desk: Desk, batch: Batch) -> Mapping[str, Any]:
    """What loading would do: looked at once for the same files and choices."""
    from ingest.runner import look_at_workbooks  # only here: the readers are not needed to draw other pages

    kept, told = st.session_state.get(_LOOKED, ("", None))
    if kept != batch.mark or told is None:
        with st.spinner("Looking at the files …"):
            told = look_at_workbooks(desk.stores, get_settings(), desk.scope, batch.paths, batch.choices, batch.job)
        st.session_state[_LOOKED] = (batch.mark, told)
    return dict(told)


def _begin(desk: Desk, batch: Batch) -> None:
    from ingest.runner import start_workbooks

    with guard.explained(desk.scope):
        # A click runs this before the page: the person may have lost the right since it was drawn.
        guard.still(desk.scope)
        start_workbooks(desk.stores, get_settings(), desk.scope, batch.paths, batch.choices, batch.job)
        workbook_batch.keep(replace(batch, is_started=True))


def _follow_or_end(desk: Desk, batch: Batch) -> None:
    job = workbook_job(desk.stores, desk.scope, batch.job)
    if job is None or job.is_running:
        sync_panel.poll(lambda: _follow(desk, batch.job), EVERY)
        return
    st.session_state[DONE] = job.job_id
    if job.status == "completed":
        workbook_batch.clear(batch)
    else:
        workbook_batch.again(batch)
    st.rerun()


def _follow(desk: Desk, id: str) -> None:
    with guard.explained(desk.scope):
        job = workbook_job(desk.stores, desk.scope, id)
        if job is not None and not job.is_running:
            st.rerun()
        workbook_loads.under_way(job)


def result(desk: Desk) -> None:
    """How the load that this session began ended, until the next one."""
    id = st.session_state.get(DONE)
    job = workbook_job(desk.stores, desk.scope, str(id)) if id else None
    if job is None:
        return
    workbook_loads.ended(job)
    if job.reject_file and may_load(desk):
        _download(desk, job.reject_file, "workbooks_done_rejects")


def next_step(desk: Desk, held: Held) -> None:
    """The way to Uplift, where something was loaded since it was learned last."""
    loaded, learned = desk.state.changed_at(PROMO), desk.state.changed_at(UPLIFT)
    if held.sales_rows and loaded is not None and (learned is None or learned < loaded):
        st.page_link(
            "pages/promotions/uplift.py", label="Next: learn what discounts bring, on the page Uplift",
            icon=":material/arrow_forward:",
        )  # fmt: skip


def picked(desk: Desk) -> None:
    """The load that was picked in the table."""
    id = st.query_params.get(workbook_loads.JOB)
    job = workbook_job(desk.stores, desk.scope, id) if id else None
    if job is None:
        return
    with st.container(border=True):
        workbook_loads.one(job, desk.zone, desk.now)
        if job.reject_file and may_load(desk):
            _download(desk, job.reject_file, "workbooks_picked_rejects")


def _download(desk: Desk, path: str, key: str) -> None:
    """A reject file of this installation's, to those who may load: it holds what their files held."""
    file, folder = Path(path), get_settings().data_dir / "rejects"
    if file.resolve().parent == folder.resolve() and file.is_file():
        workbook_preview.rejects_download(
            company_exports.later(desk, "Rows that were left out", "CSV", file.read_bytes, {"Shows": file.name}),
            file.name, key,
        )  # fmt: skip
    else:
        st.caption(words.first_lines([f"What is left out stands in {path} on the server."]).removeprefix("- "))


def may_load(desk: Desk) -> bool:
    """Whether the person may load workbooks."""
    return desk.scope.allows(Right.PROMO_WRITE)
