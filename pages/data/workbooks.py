"""Workbooks: the company's sales, promotions, targets and segments, handed in, looked at, loaded."""

import streamlit as st

from components import cards, filters, states, workbook_loads
from components import workbook_words as words
from components.list_columns import LOADS
from components.plain import plain
from data_access.queries.accounts import PROMO
from data_access.queries.workbooks import held, workbook_jobs
from pages.frame import company_exports, navigation
from pages.frame import workbook_loading as loading
from pages.frame.desk import opened

desk = opened()
may_load = loading.may_load(desk)
st.title("Workbooks", anchor=False)
caption = st.empty()
body, (found, jobs) = states.body(
    "workbooks",
    navigation.visit(),
    workbook_loads.skeleton,
    lambda: (desk.read(held, datasets=(PROMO,)), workbook_jobs(desk.stores, desk.scope)),
)
newest = next((job for job in jobs if not job.is_running), None)
caption.caption(plain(words.caption(found, newest, desk.currency, desk.now)))
with body:
    if found.is_empty:
        states.empty(
            "No workbooks yet",
            "Drop files of sales, promotions, targets or segments below. Samples are in `demo/workbooks`.",
            key="empty",
        )
    else:
        cards.show(workbook_loads.six_cards(found, newest), "", sparklines=False)
    loading.result(desk)
    loading.next_step(desk, found)
    with st.container(border=True):
        filters.heading("Load workbooks")
        if not may_load:
            st.info("You may look at what was loaded; planners load.")
        loading.hand_in(desk, may_load=may_load)
    if jobs:
        with st.container(border=True):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                filters.heading("Loads")
                company_exports.menu(
                    desk, "Workbooks", {LOADS: lambda: workbook_loads.rows(jobs)}, {"Shows": "The newest loads"},
                    file="workbooks",
                )  # fmt: skip
            workbook_loads.table(jobs, desk.zone)
        loading.picked(desk)
    with st.expander("Notes: what is merged, replaced and left out"):
        st.markdown("\n".join(f"- {note}" for note in words.NOTES))
