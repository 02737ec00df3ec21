"""Keeping a scenario, and the steps that it takes: by right, once a click, and never over what somebody else saved."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, NoReturn

import streamlit as st

from analytics.promo.drafts import draft_of
from analytics.promo.mechanics import BadMechanics
from analytics.promo.scenarios import InvalidDraft, State, Version, changes_between
from analytics.promo.trial import Ground, Tried
from components import scenario_edit, scenario_versions
from components.plain import plain
from components.scenario_edit import ASIDE, Edited
from components.scenario_steps import Step
from components.scenario_words import changes_said
from data_access.scope import NotPermitted
from data_access.writes import scenarios as writes
from data_access.writes.scenarios import Saved, ScenarioBlocked, ScenarioChanged, StepRefused, UnknownScenario
from pages.frame.desk import Desk

_CONFLICT: Final = "scenario.conflict"
_TOLD: Final = "scenario.step_told"
_REFUSED: Final = (InvalidDraft, BadMechanics, StepRefused, ScenarioBlocked, UnknownScenario, NotPermitted)


@dataclass(frozen=True, slots=True)
class _Conflict:
    standing: Version
    changes: Mapping[str, Any]


def save(d: Desk, edited: Edited, tried: Tried, ground: Ground) -> Saved | None:
    """Keeps what is under edit as a new version; None where it was refused, which is told, or somebody else saved
    meanwhile, which `conflict` shows in a new run."""
    draft = draft_of(tried, ground, edited.scenario_id)
    try:
        saved = writes.save(d.stores, d.scope, draft, seen=edited.seen, save_id=edited.save_id)
    except ScenarioChanged as changed:
        st.session_state[_CONFLICT] = _Conflict(changed.standing, changed.changes)
        st.rerun()
    except _REFUSED as reason:
        st.error(str(reason))
        return None
    st.session_state.pop(_CONFLICT, None)
    scenario_edit.hold(
        replace(
            edited,
            scenario_id=saved.scenario_id,
            seen=saved.version,
            kept=tried.content,
            state=State.DRAFT.value,
            save_id="",
        )
    )
    return saved


def renew(d: Desk, version: Version, tried: Tried, ground: Ground) -> Saved | None:
    """A new version of what is saved, with the figures of now; None where it was refused, which is told."""
    save_id = st.session_state.setdefault(f"scenario.renewed.{version.scenario_id}.{version.number}", str(uuid.uuid4()))
    draft = draft_of(tried, ground, version.scenario_id)
    try:
        return writes.save(d.stores, d.scope, draft, seen=version.number, save_id=save_id)
    except ScenarioChanged as changed:
        _not_done(changed, d.currency)
    except _REFUSED as reason:
        st.error(str(reason))
    return None


def conflict(d: Desk, edited: Edited, tried: Tried | None, ground: Ground) -> Saved | None:
    """What somebody else saved of the scenario under edit, with the choice; what was saved once it is taken. Nothing is
    drawn where nobody did."""
    found = st.session_state.get(_CONFLICT)
    if not isinstance(found, _Conflict) or found.standing.scenario_id != edited.scenario_id:
        return None
    standing = found.standing
    mine = "Your rows cannot be used as they are: see above."
    if tried is not None:
        told = changes_said(changes_between(standing.content, tried.content), d.currency)
        mine = "\n".join(f"- {plain(sentence)}" for sentence in told) or "Nothing: both say the same."
    choice = scenario_versions.conflict(standing, found.changes, d.currency, d.zone, mine=mine)
    if choice == scenario_versions.MINE and tried is not None:
        return save(d, replace(edited, seen=standing.number), tried, ground)
    if choice == scenario_versions.THEIRS:
        # One's own edits are kept aside: they can be brought back.
        st.session_state[ASIDE] = replace(edited, seen=standing.number)
        st.session_state.pop(_CONFLICT)
        scenario_edit.hold(
            scenario_edit.of_content(
                standing.content, scenario_id=standing.scenario_id, seen=standing.number, state=standing.state.value
            )
        )
        st.rerun()
    return None


def take(d: Desk, version: Version, step: Step, comment: str) -> bool:
    """One step of a scenario, as it was seen; whether it was taken. Why not is told."""
    # A second click on the same button is the same step.
    key = f"scenario.step.{version.scenario_id}.{version.number}.{step}"
    save_id = st.session_state.setdefault(key, str(uuid.uuid4()))
    stores, scope, id, seen = d.stores, d.scope, version.scenario_id, version.number
    try:
        if step is Step.SUBMIT:
            writes.submit(stores, scope, id, seen=seen, save_id=save_id, today=d.today)
        elif step is Step.APPROVE:
            writes.approve(stores, scope, id, seen=seen, save_id=save_id, comment=comment)
        elif step is Step.REJECT:
            writes.reject(stores, scope, id, seen=seen, save_id=save_id, comment=comment)
        elif step is Step.WITHDRAW:
            writes.withdraw(stores, scope, id, seen=seen, save_id=save_id)
        else:
            writes.archive(stores, scope, id, seen=seen, save_id=save_id)
    except ScenarioChanged as changed:
        _not_done(changed, d.currency)
    except _REFUSED as reason:
        st.error(str(reason))
        return False
    return True


def put_aside() -> None:
    """Before another scenario comes under edit: what was not saved is kept aside, and can be brought back."""
    edited = scenario_edit.held()
    if edited is not None and scenario_edit.unsaved(edited):
        st.session_state[ASIDE] = edited


def warn() -> None:
    """Why the step before was not taken, once."""
    place = st.empty()
    if told := st.session_state.pop(_TOLD, None):
        place.warning(told, icon=":material/warning:")


def _not_done(changed: ScenarioChanged, currency: str) -> NoReturn:
    """Another run, over what somebody else saved, which says so."""
    told = changes_said(changed.changes, currency)
    st.session_state[_TOLD] = (
        f"Not done: {changed.standing.author or 'somebody else'} saved version {changed.standing.number} meanwhile."
        f" {' '.join(told)}"
    )
    st.rerun()
