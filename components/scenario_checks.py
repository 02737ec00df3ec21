"""What the validation of a scenario found: one line a finding, with its fix to click."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from analytics.promo.verdict import Fix, Report
from components.plain import plain
from components.scenario_words import VERDICTS

_ICONS: Final = {"high": ":red-badge[high]", "medium": ":orange-badge[medium]", "low": ":gray-badge[low]"}
_RANK: Final = {"high": 0, "medium": 1, "low": 2}


def heading(status: str, score: int, issues: int) -> str:
    """The verdict in words."""
    found = "nothing was found" if not issues else f"{issues} {'finding' if issues == 1 else 'findings'}"
    return f"{VERDICTS.get(status, status)} · score {score} of 100 · {found}"


def live(report: Report, *, key: str, may_edit: bool = True) -> Fix | None:
    """The findings of a scenario under edit, gravest first; the fix that a person asks for, else None."""
    st.markdown(f"**{heading(report.status, report.overall_score, len(report.issues))}**")
    asked: Fix | None = None
    for place, issue in sorted(enumerate(report.issues), key=lambda one: _RANK[one[1].severity]):
        with st.container(horizontal=True, vertical_alignment="center", key=f"finding_{key}_{place}"):
            with st.container(width="stretch", gap=None):
                st.markdown(f"{_ICONS[issue.severity]} {plain(issue.message)}.")
                st.caption(f"{plain(issue.suggested_fix)}.")
            if issue.fix is not None and may_edit and st.button(
                "Apply", key=f"fix_{key}_{place}", icon=":material/build:", type="tertiary",
                help=f"{plain(issue.suggested_fix)}.",
            ):  # fmt: skip
                asked = issue.fix
    return asked


def kept(validation: Mapping[str, Any]) -> None:
    """The findings as they were stored with a version."""
    issues: Sequence[Mapping[str, Any]] = validation.get("issues") or ()
    st.markdown(f"**{heading(validation['status'], validation['overall_score'], len(issues))}**")
    lines = [
        f"- {_ICONS.get(issue['severity'], issue['severity'])} {plain(issue['message'])}."
        f" *{plain(issue['suggested_fix'])}.*"
        for issue in sorted(issues, key=lambda one: _RANK.get(one["severity"], 3))
    ]
    if lines:
        st.markdown("\n".join(lines))
