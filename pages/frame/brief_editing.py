"""Editing the creative brief of a scenario: saved by right, once a click, and never over what somebody else saved."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NoReturn

import streamlit as st

from analytics.promo.brief_edits import BriefVersion, InvalidBrief, changes
from analytics.promo.briefs import Brief
from analytics.promo.mechanics import ALL
from analytics.promo.scenarios import Version
from components import brief_form, states
from components import brief_words as words
from components.plain import plain
from data_access.scope import NotPermitted
from data_access.writes import briefs as writes
from data_access.writes.briefs import BriefChanged
from data_access.writes.scenarios import UnknownScenario
from pages.frame import navigation
from pages.frame.desk import Desk

_OPENED: Final = "brief.opened"
_CONFLICT: Final = "brief.conflict"
_TOLD: Final = "brief.told"


@dataclass(frozen=True, slots=True)
class _Opened:
    """What the form was opened over. seen: the version that stood then; id: of this opening."""

    visit: int
    scenario_id: str
    seen: int | None
    brief: Brief
    id: str


@dataclass(frozen=True, slots=True)
class _Conflict:
    opened: _Opened
    standing: BriefVersion
    changes: Sequence[str]
    mine: Brief


def told() -> None:
    """What was done last, once."""
    states.told_once(st.session_state.pop(_TOLD, None))


def open_with(scenario_id: str, brief: Brief, held: BriefVersion | None, said: str) -> NoReturn:
    """Another run, with `brief` in the form, on top of what stands."""
    st.session_state.pop(_CONFLICT, None)
    st.session_state[_OPENED] = _opened(scenario_id, brief, held)
    st.session_state[_TOLD] = said
    st.rerun()


def form(
    d: Desk, version: Version, written_for: int, held: BriefVersion | None, filled: Brief | None, shown: Brief,
    segments: Sequence[str],
) -> None:  # fmt: skip
    """The form, over what is being edited in this visit, else over `shown`. written_for: the scenario's version that a
    save is for; filled: the brief by the scenario's own data; segments: ids to choose from."""
    opened = st.session_state.get(_OPENED)
    if not isinstance(opened, _Opened) or (opened.visit, opened.scenario_id) != (
        navigation.visit(), version.scenario_id,
    ):  # fmt: skip
        opened = st.session_state[_OPENED] = _opened(version.scenario_id, shown, held)
    _conflict(d, opened, written_for)
    if filled is not None and st.button(
        "Fill anew from the scenario", key="brief_fill", icon=":material/refresh:", type="tertiary"
    ):
        open_with(version.scenario_id, filled, held, words.FILLED)
    departments = list(dict.fromkeys(row.department for row in version.content.mechanics))
    mine = brief_form.draw(opened.brief, [ALL, *segments], departments, opened.id)
    if mine is not None:
        _save(d, opened, mine, written_for)


def _opened(scenario_id: str, brief: Brief, held: BriefVersion | None) -> _Opened:
    seen = None if held is None else held.number
    return _Opened(navigation.visit(), scenario_id, seen, brief, str(uuid.uuid4()))


def _save(d: Desk, opened: _Opened, mine: Brief, written_for: int) -> None:
    # A second click on the same form with the same texts is the same save.
    save_id = str(uuid.uuid5(uuid.UUID(opened.id), json.dumps([opened.seen, mine.stored()])))
    try:
        saved = writes.save(
            d.stores, d.scope, opened.scenario_id, mine, written_for=written_for, seen=opened.seen, save_id=save_id
        )
    except BriefChanged as changed:
        st.session_state[_OPENED] = replace(opened, brief=mine)
        st.session_state[_CONFLICT] = _Conflict(opened, changed.standing, words.changes_said(changed.changes), mine)
        st.rerun()
    except (InvalidBrief, UnknownScenario, NotPermitted) as reason:
        st.error(str(reason))
        return
    for key in (_OPENED, _CONFLICT):
        st.session_state.pop(key, None)
    unchanged = not saved.fresh and saved.version == opened.seen
    st.session_state[_TOLD] = "Nothing was changed." if unchanged else f"Saved as version {saved.version} of the brief."
    st.rerun()


def _conflict(d: Desk, opened: _Opened, written_for: int) -> None:
    """What somebody else saved meanwhile, beside one's own, with the choice."""
    found = st.session_state.get(_CONFLICT)
    if not isinstance(found, _Conflict) or found.opened.id != opened.id:
        return
    standing = found.standing
    with st.container(border=True, key="brief_conflict"):
        st.markdown(f"{plain(standing.author or 'Somebody else')} saved version {standing.number}. {words.REFUSED}")
        theirs = found.changes or ["It was not there when you opened the form."]
        mine = words.changes_said(changes(standing.brief, found.mine)) or ["Nothing: both say the same."]
        for title, sentences in (("What they changed", theirs), ("What saving yours would change of theirs", mine)):
            st.markdown(f"**{title}**\n\n" + "\n".join(f"- {plain(sentence)}" for sentence in sentences))
        if st.button("Save mine as a new version on top", key="brief_mine", type="primary"):
            _save(d, replace(opened, seen=standing.number), found.mine, written_for)
        if st.button("Take theirs", key="brief_theirs"):
            open_with(opened.scenario_id, standing.brief, standing, f"Version {standing.number} is in the form.")
