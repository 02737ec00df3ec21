"""Where a new scenario starts: the choice of a template, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from analytics.promo.mechanics import Segment
from analytics.promo.templates import ScenarioType, Template
from components import wording
from components.scenario_words import STARTS_FROM, TYPES, signed_money

_POPOVER: Final = "scenario_templates"
_CHOSEN: Final = "scenario_templates.chosen"
# Segments of such names are taken for members until a person says otherwise.
_MEMBER_WORDS = ("member", "loyal", "club", "vip")


def likely_members(segments: Sequence[Segment]) -> list[str]:
    """The ids of segments whose name says that they are members."""
    return [one.segment_id for one in segments if any(word in one.segment_id.lower() for word in _MEMBER_WORDS)]


def picker(segments: Sequence[Segment], usual: str | None, *, turn: int) -> tuple[ScenarioType, tuple[str, ...]] | None:
    """The choice of a template and, for members only, of the segments that are members; None until it is used."""
    names = list(ScenarioType)
    # Its state is kept so that using a template closes it: what it came to is said beneath.
    fold = st.popover("Start from a template", icon=":material/auto_awesome:", key=_POPOVER, on_change="rerun")
    chosen: tuple[ScenarioType, tuple[str, ...]] | None = st.session_state.pop(_CHOSEN, None)
    if chosen is not None:
        return chosen
    # Drawn once it is opened: most scenarios under edit have begun already.
    if not fold.open:
        return None
    with fold:
        kind = st.selectbox(
            "Template", names, names.index(ScenarioType(usual)) if usual in list(TYPES) else 1,
            format_func=lambda one: TYPES[one.value], key=f"template_kind_{turn}",
        )  # fmt: skip
        st.caption(STARTS_FROM[kind.value])
        members: list[str] = []
        if kind is ScenarioType.MEMBER_ONLY:
            members = st.multiselect(
                "Members are", [one.segment_id for one in segments], likely_members(segments),
                key=f"template_members_{turn}", placeholder="Choose segments",
            )  # fmt: skip
        st.caption("It replaces the rows below, in the dates above; change whatever you like afterwards.")
        st.button("Use it", key=f"template_use_{turn}", type="primary", on_click=_use, args=(kind, tuple(members)))
    return None


def _use(kind: ScenarioType, members: tuple[str, ...]) -> None:
    """Notes what was chosen for the run that follows, and closes the choice."""
    st.session_state[_CHOSEN] = (kind, members)
    st.session_state[_POPOVER] = False


def said(made: Template, currency: str) -> str:
    """What a template came to, as a person would say it."""
    departments = list(dict.fromkeys(row.department for row in made.rows))
    notes = " ".join(made.notes)
    if not departments:
        return f"{TYPES[made.type.value]}: {notes}"
    listed = ", ".join(departments)
    return (
        f"{TYPES[made.type.value]}: {wording.count(len(made.rows))} {'row' if len(made.rows) == 1 else 'rows'} in "
        f"{listed}, where EBIT is expected to change by {signed_money(made.expected, currency)}. {notes}"
    ).rstrip()
