"""Who changed which of the planners' settings, and what to do where two did at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final, Protocol

import streamlit as st

from analytics.promo.settings import PromoSettings
from analytics.promo.settings_changes import Path, changes
from components import planning_words as words
from components import tables, wording
from components.plain import plain

BOTH: Final = "both"
THEIRS: Final = "theirs"
Changed = Mapping[Path, tuple[Any, Any]]


class Kept(Protocol):
    """The settings as somebody saved them."""

    @property
    def settings(self) -> PromoSettings: ...
    @property
    def author(self) -> str: ...
    @property
    def saved_at(self) -> datetime: ...


def history(versions: Sequence[Kept], zone: tzinfo) -> None:
    """What was changed by whom, the newest first. versions: the newest first."""
    rows = _changes(versions)
    columns: dict[str, Sequence[Any]] = {
        "Version": [one.settings.version for one, *_ in rows],
        "Saved": [wording.moment(one.saved_at, zone) for one, *_ in rows],
        "By": [one.author for one, *_ in rows],
        "Setting": [words.label(path) for _, path, *_ in rows],
        "Was": [words.value(path, old) for _, path, old, _ in rows],
        "Is": [words.value(path, new) for _, path, _, new in rows],
    }
    config = {
        "Version": st.column_config.NumberColumn("Version", pinned=True, width=75),
        "Saved": st.column_config.TextColumn("Saved", width=150),
        "By": st.column_config.TextColumn("By", width=110),
        "Setting": st.column_config.TextColumn("Setting", width=220),
        "Was": st.column_config.TextColumn("Was", width=160),
        "Is": st.column_config.TextColumn("Is", width=160),
    }
    tables.show(columns, config, key="table_planning", rows_seen=8)


def rows(versions: Sequence[Kept]) -> list[dict[str, Any]]:
    """The same, for files."""
    return [
        {
            "version": one.settings.version,
            "saved_at_utc": one.saved_at,
            "saved_by": one.author,
            "setting": words.label(path),
            "was": words.value(path, old),
            "is": words.value(path, new),
        }
        for one, path, old, new in _changes(versions)
    ]


def _changes(versions: Sequence[Kept]) -> list[tuple[Kept, Path, Any, Any]]:
    """Each setting that a version changed. Of the oldest it is not known, unless it is the first of all."""
    found: list[tuple[Kept, Path, Any, Any]] = []
    for place, one in enumerate(versions):
        before = versions[place + 1].settings if place + 1 < len(versions) else PromoSettings()
        if place + 1 == len(versions) and one.settings.version > 1:
            break
        found += [(one, path, old, new) for path, (old, new) in changes(before, one.settings).items()]
    return found


def conflict(theirs: Kept, of_theirs: Changed, of_mine: Changed, zone: tzinfo) -> str:
    """What both changed, and what a person chose: BOTH, THEIRS, or '' while nothing is."""
    who = plain(theirs.author or "Somebody else")
    since = wording.moment(theirs.saved_at, zone)
    with st.container(border=True, key="planning_conflict"):
        st.warning(
            f"{who} saved version {theirs.settings.version} on {since}, after you opened these settings."
            " Nothing of yours is written or lost.",
            icon=":material/group:",
        )
        left, right = st.columns(2)
        left.markdown(f"**{who} changed**\n\n{words.listed(words.changed(of_theirs))}")
        right.markdown(f"**You changed**\n\n{words.listed(words.changed(of_mine))}")
        if both := [words.label(path) for path in of_mine if path in of_theirs]:
            st.markdown(f"Changed by both, where yours would count: {', '.join(both)}.")
        with st.container(horizontal=True):
            if st.button("Save my changes beside theirs", type="primary", key="planning_both"):
                return BOTH
            if st.button("Drop mine, show theirs", key="planning_theirs"):
                return THEIRS
    return ""
