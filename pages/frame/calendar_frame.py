"""What the calendar looks at: its month or quarter in the address, the ways through time, its campaigns and files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import streamlit as st

from analytics.periods import Period
from analytics.promo.calendar import Campaign, Plan, Span, moved, window
from components import calendar_list, filters, states, tables, wording
from components import calendar_words as words
from components.plain import plain
from data_access.cache import cached
from data_access.queries.accounts import data_state
from data_access.queries.promo_calendar import StoreDays, campaigns
from data_access.scope import Right
from pages.frame import company_exports
from pages.frame.desk import Desk

AT: Final = "at"
_PICKED: Final = "calendar.picked"
_SCENARIOS: Final = "pages/promotions/scenarios.py"
_WORKBOOKS: Final = "pages/data/workbooks.py"


def follow_pick() -> None:
    """Opens the scenario whose bar was clicked."""
    if scenario := st.session_state.pop(_PICKED, None):
        st.switch_page(_SCENARIOS, query_params={"scenario": scenario})


def pick(scenario: str) -> None:
    """Notes the scenario whose bar was clicked: the next run opens it."""
    st.session_state[_PICKED] = scenario


def seen(d: Desk) -> tuple[Period, Span]:
    """The month or quarter that the address asks for, this one without, and the ways to others."""
    at = _asked(d.today)
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        span = Span(filters.one("Span", list(Span), key="span", visible=False))
        shown = window(at, span)
        before, after = moved(shown, span, -1), moved(shown, span, 1)
        unit = span.value.lower()
        st.button(
            "Previous", key="calendar_previous", icon=":material/chevron_left:", on_click=_to, args=(before,),
            help=f"The {unit} before.",
        )  # fmt: skip
        st.button(
            "Next", key="calendar_next", icon=":material/chevron_right:", icon_position="right", on_click=_to,
            args=(after,), help=f"The {unit} after.",
        )  # fmt: skip
        if not shown.start <= d.today <= shown.end:
            st.button(f"This {unit}", key="calendar_today", type="tertiary", on_click=_to, args=(None,))
    return shown, span


def sent(d: Desk, shown: Period) -> tuple[Campaign, ...]:
    """The campaigns of all stores that the person may see, by day."""
    if not d.scope.allows(Right.VIEW):
        return ()
    found: list[Campaign] = []
    for label, account in filters.labels(d.accounts).items():
        asked = StoreDays(label, shown.start, shown.end, account.zone)
        state = data_state(d.stores, d.scope, account.public_id)
        found += cached(campaigns, d.stores, d.scope, account.public_id, asked, state)
    return tuple(sorted(found, key=lambda one: (one.day, one.store, one.channel, one.name)))


def nothing(d: Desk, plan: Plan, shown: Period, span: Span) -> None:
    """No promotion in these days, or none at all: the next step."""
    if plan.first is None or plan.last is None:
        states.empty("No promotions yet", "Load a workbook or build a scenario.", key="empty")
        with st.container(horizontal=True):
            if st.button("Load a workbook", key="calendar_workbook", icon=":material/upload_file:"):
                st.switch_page(_WORKBOOKS)
            if d.scope.allows(Right.PROMO_WRITE) and st.button(
                "Build a scenario", key="calendar_build", type="primary", icon=":material/add:"
            ):
                st.switch_page(_SCENARIOS, query_params={"build": "new"})
        return
    nearest = plan.last if plan.last < shown.start else plan.first if plan.first > shown.end else None
    told = f"Promotions are known from {wording.day(plan.first)} to {wording.day(plan.last)}."
    states.empty(f"No promotions in {words.title(shown, span)}", told, key="empty_window")
    if nearest is not None:
        there = words.title(window(nearest, span), span)
        st.button(f"Go to {there}", key="calendar_nearest", on_click=_to, args=(nearest,))


def open_picked(d: Desk, plan: Plan) -> None:
    """What can be done with the row that is picked."""
    picked = next((one for one in plan.promotions if one.key == st.query_params.get(calendar_list.PROMOTION)), None)
    if picked is None:
        st.caption("Tick a scenario to open it, or click on its bar.")
    elif picked.scenario_id is None:
        st.caption(f"{plain(words.name(picked))} is of the catalog: there is no scenario behind it.")
        if picked.end < d.today and st.button("Post-mortem", key="calendar_post_mortem", icon=":material/fact_check:"):
            tables.forget(calendar_list.PROMOTION)
            st.switch_page("pages/promotions/post_mortem.py", query_params={"promotion": picked.key})
    elif st.button(f"Open {words.name(picked)}", key="calendar_open", icon=":material/open_in_full:"):
        tables.forget(calendar_list.PROMOTION)
        st.switch_page(_SCENARIOS, query_params={"scenario": picked.scenario_id})


def exportable(d: Desk, campaigns: Sequence[Campaign]) -> tuple[Campaign, ...]:
    """Those of the stores that the person may export: promotions are the company's, campaigns are not."""
    may = {name for name, one in filters.labels(d.accounts).items() if d.scope.allows(Right.EXPORT, one.public_id)}
    return tuple(one for one in campaigns if one.store in may)


def exports(d: Desk, plan: Plan, campaigns: Sequence[Campaign], shown: Period, said: str) -> None:
    """The tables of the page as files."""
    taken = exportable(d, campaigns)
    company_exports.menu(
        d,
        "Calendar",
        {
            "Promotions": lambda: calendar_list.promotion_rows(plan),
            "Overlaps": lambda: calendar_list.overlap_rows(plan),
            "Campaigns": lambda: calendar_list.campaign_rows(taken),
        },
        {"Shows": said, "Days": wording.days(shown)},
        file="calendar",
    )


def _asked(today: date) -> date:
    text = st.query_params.get(AT)
    if text is None:
        return today
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = None
    if found is None or not filters.EARLIEST.year <= found.year < filters.EARLIEST.year + 100:
        filters.not_here("month", [text])
        return today
    return found


def _to(day: date | None) -> None:
    tables.forget(calendar_list.PROMOTION)
    if day is None:
        tables.forget(AT)
    else:
        st.query_params[AT] = f"{day:%Y-%m}"
