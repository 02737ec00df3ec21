"""The builder: a scenario in a grid, with its figures and its validation as one types, kept as a new version."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from analytics.promo.scenarios import State
from analytics.promo.trial import Ground, Tried, applied
from components import cards, filters, scenario_checks, scenario_edit, scenario_form, states
from components.plain import plain
from components.scenario_edit import ASIDE, Edited
from components.simulator_cards import simulator_cards
from components.simulator_words import comes_to, plain_money
from data_access.queries.promo_scenarios import scenario
from data_access.queries.promo_state import SCENARIOS
from data_access.scope import Right
from data_access.writes.scenarios import Saved
from pages.frame import navigation, scenario_saving, scenario_starts, simulator_frame
from pages.frame.desk import Desk
from pages.frame.scenario_desk import ground, require_learned
from pages.frame.scenario_ways import NEW, OPPORTUNITY, Way, asked, back, go, is_under_way


def page(d: Desk) -> None:
    """The builder of the scenario that the address names, or of a new one."""
    if not d.scope.allows(Right.PROMO_WRITE):
        states.not_permitted("Scenarios are built by planners: you lack the right to change promotions.")
        return
    edited = _under_edit(d)
    if edited is None:
        st.title("Builder", anchor=False)
        back()
        states.empty("This scenario is not there", "It may have been put away. Look in the list.", key="empty")
        return
    st.title("Builder", anchor=False)
    _caption(edited)
    ways = st.container(horizontal=True, vertical_alignment="center")
    with ways:
        back()
        if edited.scenario_id and st.button("Back to the scenario", key="build_back", type="tertiary"):
            go(Way.SCENARIO, edited.scenario_id)
    require_learned(d)
    with st.container(border=True):
        edited = scenario_form.head(edited, d.today)
        below = ground(d, edited.start, edited.end, edited.scenario_id)
        scenario_starts.from_template(d, edited, below)
        known = below.baseline.cells
        edited = scenario_form.quick_start(edited, known)
        scenario_form.grid(edited, known, below.segments, d.currency)
        edited = scenario_form.notes(edited)
    found = simulator_frame.simulated(edited, below)
    saved = scenario_saving.conflict(d, edited, found, below)
    if found is not None:
        saved = _figures(d, edited, found, below) or saved
    if saved is not None:
        told = f"Saved as version {saved.version}." if saved.changes or saved.version == 1 else "Nothing had changed."
        go(Way.SCENARIO, saved.scenario_id, told)


def _figures(d: Desk, edited: Edited, found: Tried, below: Ground) -> Saved | None:
    cards.show(simulator_cards(found, d.currency), "Baseline", sparklines=False)
    st.markdown(plain_money(comes_to(found, d.currency)))
    with st.container(horizontal=True, vertical_alignment="center"):
        new = edited.scenario_id is None
        why = "Give it a name first." if not edited.label.strip() else ""
        why = "Rows that do not count have to be put right or taken out first." if found.left_out else why
        clicked = st.button(
            "Save" if new else "Save as a new version", key="scenario_save", type="primary", icon=":material/save:",
            disabled=bool(why), help=why or None,
        )  # fmt: skip
        if found.report.status == "BLOCK":
            st.caption("It can be saved as a draft; it cannot be submitted before what is marked 'high' is changed.")
    with st.container(border=True):
        filters.heading("Validation")
        fix = scenario_checks.live(found.report, key=str(edited.grid))
    if fix is not None:
        better = applied(found.content, fix)
        changed = scenario_edit.of_content(better)
        scenario_edit.hold(replace(edited, rows=changed.rows, start=better.start, end=better.end, notes=better.notes))
        st.rerun()
    return scenario_saving.save(d, edited, found, below) if clicked else None


def _under_edit(d: Desk) -> Edited | None:
    """What is edited: what the session holds of it, else the scenario as it stands; None where it is not there."""
    visit, edited = navigation.visit(), scenario_edit.held()
    if OPPORTUNITY in st.query_params and (opened := scenario_starts.from_opportunity(d, edited)) is not None:
        return scenario_edit.on_visit(opened, visit)
    id = asked(Way.BUILD)
    if id in ("", NEW):
        if edited is not None and edited.scenario_id is not None and is_under_way():
            # It was saved; the second click broke off the way to it, and came with the address of before.
            go(Way.SCENARIO, edited.scenario_id)
        if edited is None or edited.scenario_id is not None:
            scenario_saving.put_aside()
            edited = scenario_edit.hold(scenario_edit.begun(d.today))
        return scenario_edit.on_visit(edited, visit)
    if edited is None or edited.scenario_id != id:
        standing = d.read(scenario, id, datasets=(SCENARIOS,))
        if standing is None:
            return None
        scenario_saving.put_aside()
        version = standing.version
        edited = scenario_edit.hold(
            scenario_edit.of_content(
                version.content, scenario_id=version.scenario_id, seen=version.number, state=version.state.value
            )
        )
    return scenario_edit.on_visit(edited, visit)


def _caption(edited: Edited) -> None:
    if edited.scenario_id is None:
        told = "A new scenario, not saved yet."
    else:
        told = f"Version {edited.seen} is open."
        if edited.state == State.APPROVED:
            told += " It is approved: saving starts a new draft, and the frozen forecast stays."
        told += " There are changes that are not saved." if scenario_edit.unsaved(edited) else ""
    st.caption(told)
    aside = st.session_state.get(ASIDE)
    if isinstance(aside, Edited):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"What you had before is kept: {plain(aside.label or 'a scenario without a name')}.")
            if st.button("Bring it back", key="aside_back", type="tertiary", icon=":material/undo:"):
                del st.session_state[ASIDE]
                scenario_edit.hold(aside)
                go(Way.BUILD, aside.scenario_id or NEW)
