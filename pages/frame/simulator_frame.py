"""What stands around the simulator's figures: which scenario is under edit, saving it, its files, its fixes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from analytics.promo.mechanics import BadMechanics
from analytics.promo.simulation import NotSimulable
from analytics.promo.trial import Ground, Tried, applied, tried
from analytics.promo.verdict import Fix
from components import filters, scenario_edit, simulator_tables
from components import simulator_words as words
from components.cards import Card
from components.once import once
from components.plain import plain
from components.scenario_edit import ASIDE, Edited
from components.simulator_cards import simulator_cards
from data_access.queries.promo_scenarios import scenario, versions
from data_access.queries.promo_state import SCENARIOS
from data_access.scope import Right
from pages.frame import company_exports, navigation, scenario_saving
from pages.frame.desk import Desk

SCENARIO: Final = "scenario"
VERSION: Final = "version"
_LOST: Final = ":orange[Not saved: a reload loses your changes.]"
_TOLD: Final = "simulator.told"
_TRIED: Final = "simulator.tried"


def under_edit(d: Desk) -> Edited:
    """The scenario that the address names, else the one that the session holds, else a new one.

    A link to another one than that under edit opens it; what was not saved is put aside and can be brought back.
    """
    edited = scenario_edit.held()
    asked = st.query_params.get(SCENARIO)
    number = _number(st.query_params.get(VERSION))
    if asked and (edited is None or edited.scenario_id != asked or (number and navigation.visit() != edited.visit)):
        opened = _opened(d, asked, number)
        if opened is None:
            filters.not_here("scenario", [asked])
            _forget()
        else:
            if edited is not None and scenario_edit.unsaved(edited):
                st.session_state[ASIDE] = edited
            edited = scenario_edit.hold(opened)
    if edited is None:
        edited = scenario_edit.hold(scenario_edit.begun(d.today))
    if edited.scenario_id and st.query_params.get(SCENARIO) != edited.scenario_id:
        _forget()
        st.query_params[SCENARIO] = edited.scenario_id
    _aside()
    return scenario_edit.on_visit(edited, navigation.visit())


def simulated(edited: Edited, below: Ground) -> Tried | None:
    """The figures of what is under edit, kept while neither it nor what it rests on changes; None where there are none,
    which is told."""
    if not edited.rows:
        st.info(words.NOTHING, icon=":material/arrow_upward:")
        return None
    try:
        content = scenario_edit.content(edited, [segment.segment_id for segment in below.segments])
        held = st.session_state.get(_TRIED)
        if not (isinstance(held, tuple) and held[0] is below and held[1] == content):
            held = (below, content, tried(below, content))
            st.session_state[_TRIED] = held
        found: Tried = held[2]
    except BadMechanics as bad:
        problems = "\n".join(f"- {plain(problem)}" for problem in bad.problems)
        st.warning(f"The figures wait for these rows to be put right:\n\n{problems}", icon=":material/edit:")
        return None
    except NotSimulable as bad:
        st.warning(plain(str(bad)), icon=":material/edit:")
        return None
    if said := words.left_out(found):
        st.warning(words.plain_money(said), icon=":material/warning:")
    for said in words.extrapolated(found.rows):
        st.warning(f"Beyond what was seen: {plain(said)}. Its uplift is a guess.", icon=":material/warning:")
    return found


def answered(found: Tried, currency: str) -> str:
    """What the scenario comes to, in words."""
    return once(found, ("comes to", currency), lambda: words.comes_to(found, currency))


def six_cards(found: Tried, currency: str) -> list[Card]:
    """The answers on top of the page."""
    return once(found, ("cards", currency), lambda: simulator_cards(found, currency))


def ways(d: Desk, edited: Edited, found: Tried | None, below: Ground) -> None:
    """Saving, the way to Scenarios, a new one, the files; and what a reload would lose."""
    if told := st.session_state.pop(_TOLD, None):
        st.toast(told, icon=":material/check:")
    may = d.scope.allows(Right.PROMO_WRITE)
    ready = found is not None and not found.left_out and bool(edited.label.strip())
    why = None
    if not may:
        why = "You may simulate; planners save."
    elif not edited.label.strip():
        why = "Give it a name first."
    elif not ready:
        why = "Rows that do not count have to be put right or taken out first."
    label = "Save as scenario" if edited.scenario_id is None else "Save as a new version"
    clicked = st.button(
        label, key="simulator_save", type="primary", icon=":material/save:", disabled=not (may and ready), help=why
    )
    saved_one = edited.scenario_id
    if saved_one and st.button("Open in Scenarios", key="simulator_scenarios", icon=":material/arrow_forward:"):
        st.switch_page("pages/promotions/scenarios.py", query_params={SCENARIO: saved_one})
    st.button("New", key="simulator_new", icon=":material/add:", on_click=_begin, args=(d,))
    if found is not None:
        _exports(d, edited, found, below)
    st.caption(_standing(edited))
    saved = scenario_saving.conflict(d, edited, found, below)
    if clicked and found is not None:
        saved = scenario_saving.save(d, edited, found, below)
    if saved is not None:
        changed = bool(saved.changes) or saved.version == 1
        st.session_state[_TOLD] = f"Saved as version {saved.version}." if changed else "Nothing had changed."
        st.query_params[SCENARIO] = saved.scenario_id
        st.rerun()


def apply(edited: Edited, found: Tried, fix: Fix) -> None:
    """Puts a suggested fix into what is under edit, in a new run."""
    better = applied(found.content, fix)
    rows = tuple(row.stored() for row in better.mechanics)
    scenario_edit.hold(replace(edited, rows=rows, start=better.start, end=better.end, notes=better.notes))
    st.rerun()


def on_phone() -> bool:
    """Whether the browser says that it is a phone's."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def _opened(d: Desk, asked: str, number: int | None) -> Edited | None:
    """A saved scenario as it stands, or with what one of its versions held."""
    standing = d.read(scenario, asked, datasets=(SCENARIOS,))
    if standing is None:
        return None
    version = standing.version
    edited = scenario_edit.of_content(
        version.content, scenario_id=version.scenario_id, seen=version.number, state=version.state.value
    )
    if number and number != version.number:
        earlier = next((one for one in d.read(versions, asked, datasets=(SCENARIOS,)) if one.number == number), None)
        if earlier is not None:
            held = scenario_edit.of_content(earlier.content)
            edited = replace(held, scenario_id=version.scenario_id, seen=version.number, state=version.state.value,
                             kept=version.content)  # fmt: skip
    return edited


def _aside() -> None:
    """What was under edit before a link opened another scenario, and the way back to it."""
    aside = st.session_state.get(ASIDE)
    if not isinstance(aside, Edited):
        return

    def back() -> None:
        scenario_edit.hold(aside)
        del st.session_state[ASIDE]
        _forget()

    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Not saved, and kept aside: {plain(aside.label.strip() or 'a scenario without a name')}")
        st.button("Bring it back", key="simulator_aside", icon=":material/undo:", on_click=back)


def _begin(d: Desk) -> None:
    edited = scenario_edit.held()
    if edited is not None and scenario_edit.unsaved(edited):
        st.session_state[ASIDE] = edited
    scenario_edit.hold(scenario_edit.begun(d.today))
    _forget()


def _forget() -> None:
    for name in (SCENARIO, VERSION):
        if name in st.query_params:
            del st.query_params[name]


def _standing(edited: Edited) -> str:
    """What is saved, and what a reload of the page would lose."""
    lost = scenario_edit.unsaved(edited)
    if edited.scenario_id is None:
        return ":orange[Not saved: a reload loses it.]" if lost else ""
    said = f"Version {edited.seen}, {edited.state}."
    if edited.state == "approved" and lost:
        return f"{said} {_LOST} Saving begins a new draft; what was approved stays."
    return f"{said} {_LOST}" if lost else f"{said} All is saved."


def _exports(d: Desk, edited: Edited, found: Tried, below: Ground) -> None:
    sets = {
        "By cell and day": lambda: simulator_tables.cell_rows(found.simulation),
        "Scenario rows": lambda: simulator_tables.told_rows(found),
        "Parts": lambda: simulator_tables.part_rows(found),
        "Findings": lambda: simulator_tables.finding_rows(found),
    }
    currency = d.currency

    def about() -> dict[str, str]:
        return {
            "Shows": words.caption(edited.start, edited.end, below, currency),
            "Scenario": edited.label.strip() or "without a name",
            "Result": words.comes_to(found, currency).replace("**", ""),
            **{f"Note {place}": note for place, note in enumerate(words.notes(below, currency), 1)},
        }

    company_exports.menu(d, "Simulator", sets, about, file=f"simulator-{edited.start}-{edited.end}")


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None
