"""The history of a scenario: who changed what and when, and what a colleague changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

import streamlit as st

from analytics.promo.scenarios import Version
from components.plain import plain
from components.scenario_words import STATES, changes_said, dates, moment

FIRST: Final = "First saved."
MINE, THEIRS = "mine", "theirs"


def said(version: Version, currency: str) -> list[str]:
    """What a version changed, in sentences."""
    told = changes_said(version.changes, currency)
    if version.comment:
        told.append(f"“{version.comment}”")
    return told or [FIRST if version.number == 1 else "Nothing but its figures were computed anew."]


def history(versions: Sequence[Version], currency: str, zone: tzinfo, *, may_restore: bool) -> Version | None:
    """All versions, the newest first; the one that a person asks to restore, else None."""
    asked: Version | None = None
    for place, version in enumerate(versions):
        with st.container(horizontal=True, vertical_alignment="center", key=f"version_{version.number}"):
            with st.container(width="stretch", gap=None):
                frozen = " · forecast frozen" if version.frozen else ""
                st.markdown(f"**Version {version.number}** · {STATES.get(version.state, version.state)}{frozen}")
                model = f" · uplift model {version.model_version}" if version.model_version else ""
                st.caption(f"{version.author} · {moment(version.created_at, zone)}{model}")
                st.markdown("\n".join(f"- {plain(sentence)}" for sentence in said(version, currency)))
            differs = place > 0 and version.content != versions[0].content
            if differs and may_restore and st.button(
                "Restore as draft", key=f"restore_{version.number}", icon=":material/history:", type="tertiary",
                help="Opens what it held then; saving makes a new version on top.",
            ):  # fmt: skip
                asked = version
    return asked


def rows(versions: Sequence[Version], currency: str) -> list[dict[str, Any]]:
    """The history for a file."""
    return [
        {
            "version": version.number,
            "state": version.state.value,
            "author": version.author,
            "saved_at_utc": version.created_at,
            "starts": version.content.start,
            "ends": version.content.end,
            "model_version": version.model_version,
            "changed": " ".join(said(version, currency)),
        }
        for version in versions
    ]


def conflict(standing: Version, changes: Mapping[str, Any], currency: str, zone: tzinfo, *, mine: str) -> str | None:
    """What a colleague saved meanwhile, and the choice: MINE (as a new version on top of theirs) or THEIRS.

    mine: what one's own version would change of theirs, in sentences.
    """
    with st.container(border=True, key="scenario_conflict"):
        st.subheader("Somebody else saved meanwhile", anchor=False)
        st.markdown(
            f"{plain(standing.author or 'A colleague')} saved version {standing.number} on "
            f"{moment(standing.created_at, zone)} ({dates(standing.content.start, standing.content.end)}). Nothing of "
            "yours was written yet, and nothing of it is lost."
        )
        left, right = st.columns(2)
        with left:
            st.markdown("**What they changed**")
            told = changes_said(changes, currency) or ["Its figures were computed anew."]
            st.markdown("\n".join(f"- {plain(sentence)}" for sentence in told))
        with right:
            st.markdown("**What saving yours would change of theirs**")
            st.markdown(mine)
        with st.container(horizontal=True):
            if st.button("Save mine as a new version on top", key="conflict_mine", type="primary"):
                return MINE
            if st.button("Take theirs", key="conflict_theirs"):
                return THEIRS
    return None
