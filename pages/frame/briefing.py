"""The creative brief of a saved scenario: as it was saved, or as the scenario's data say it; read, edited, its versions
brought back, taken along as a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from analytics.promo.brief_edits import BriefVersion, changes
from analytics.promo.briefs import Audience, Brief, NoBrief, brief_of
from analytics.promo.scenarios import Version, changes_between
from components import brief_report
from components import brief_words as words
from components import scenario_words as of_scenarios
from components.plain import plain
from data_access.queries.accounts import PROMO
from data_access.queries.promo_briefs import brief, brief_versions
from data_access.queries.promo_sales import segments
from data_access.queries.promo_scenarios import Standing, versions
from data_access.queries.promo_state import BRIEFS, SCENARIOS
from data_access.scope import Right
from pages.frame import brief_editing, company_exports, guard, navigation
from pages.frame.desk import Desk
from reports.monthly import as_pdf


def offer(d: Desk, found: Standing, caption: str) -> None:
    """A button that opens the brief, with its files, its form and its versions."""
    name = f"brief.{found.version.scenario_id}"
    if st.button("Creative brief", icon=":material/brush:", key="brief"):
        navigation.open_dialog(name)
    if navigation.dialog() == name:
        _dialog(d, found, caption)


@st.dialog("Creative brief", width="large", icon=":material/brush:", on_dismiss=navigation.close_dialog)
def _dialog(d: Desk, found: Standing, caption: str) -> None:
    with guard.explained(d.scope):
        _draw(d, found, caption)


def _draw(d: Desk, found: Standing, caption: str) -> None:
    version = found.version
    known = [
        Audience(one.segment_id, one.name, one.share_of_customers, one.avg_basket_value, one.discount_sensitivity)
        for one in d.read(segments, datasets=(PROMO,))
    ]
    held = d.read(brief, version.scenario_id, datasets=(BRIEFS,))
    filled, reason = _filled(d, found, known)
    shown = filled if held is None else held.brief
    if shown is None:
        st.caption(reason)
        return
    brief_editing.told()
    st.caption(words.FROM_DATA if held is None else _saved(held, d))
    behind = _behind(d, held, version)
    if held is not None and behind:
        st.warning(
            f"It was written for version {held.scenario_version} of the scenario, which has version"
            f" {version.number} now:\n\n{_listed(behind)}",
            icon=":material/update:",
        )
    _files(d, shown, found, caption, held)
    if not d.scope.allows(Right.PROMO_WRITE):
        _read(shown, version, caption)
        return
    reading, editing, before = st.tabs(["Read", "Edit", "Versions"])
    with reading:
        _read(shown, version, caption)
    with editing:
        written_for = version.number if held is None or behind else held.scenario_version or version.number
        brief_editing.form(d, version, written_for, held, filled, shown, [one.segment_id for one in known])
    with before:
        _versions(d, version, held)


def _filled(d: Desk, found: Standing, known: Sequence[Audience]) -> tuple[Brief | None, str]:
    """The brief by the scenario's own data, or why there is none."""
    issues = (found.validation or {}).get("issues") or []
    try:
        return brief_of(
            found.version.content, found.kpis, known, d.settings.wanted_texts, currency=d.currency,
            below_target=any(issue.get("type") == "target" for issue in issues),
        ), ""  # fmt: skip
    except NoBrief as reason:
        return None, str(reason)


def _saved(held: BriefVersion, d: Desk) -> str:
    written = f" · for version {held.scenario_version} of the scenario" if held.scenario_version else ""
    author = held.author or "another program"
    return f"Version {held.number} by {author}, {of_scenarios.moment(held.created_at, d.zone)}{written}"


def _behind(d: Desk, held: BriefVersion | None, version: Version) -> list[str]:
    """What the scenario says otherwise since the brief was written, in sentences; a step of its state says nothing."""
    if held is None or held.scenario_version is None or held.scenario_version >= version.number:
        return []
    all_versions = d.read(versions, version.scenario_id, datasets=(SCENARIOS,))
    then = next((one for one in all_versions if one.number == held.scenario_version), None)
    if then is None:
        return []
    return of_scenarios.changes_said(changes_between(then.content, version.content), d.currency)


def _files(d: Desk, shown: Brief, found: Standing, caption: str, held: BriefVersion | None) -> None:
    if not d.scope.allows(Right.EXPORT):
        return
    label = found.version.content.label
    left, right = st.columns(2)
    saved = f"brief-{held.number}" if held is not None else f"scenario-{found.version.number}"
    file = f"promolens-brief-{found.version.scenario_id}-{saved}"
    left.download_button(
        "PDF",
        _file(d, label, "PDF", lambda: as_pdf(brief_report.report(shown, label, caption, f"Made {d.today}"), d.now)),
        f"{file}.pdf", "application/pdf", key="brief_pdf", on_click="ignore", width="stretch",
    )  # fmt: skip
    right.download_button(
        "Markdown", _file(d, label, "Markdown", lambda: brief_report.markdown(shown, label, caption).encode()),
        f"{file}.md", "text/markdown", key="brief_markdown",
        on_click="ignore", width="stretch",
    )  # fmt: skip


def _file(d: Desk, label: str, form: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    return company_exports.later(d, "Creative brief", form, make, {"Shows": label})


def _read(shown: Brief, version: Version, caption: str) -> None:
    text = brief_report.markdown(shown, version.content.label, caption)
    # With its own levels: a dialog draws headings small.
    st.markdown(text)


def _versions(d: Desk, version: Version, held: BriefVersion | None) -> None:
    """All versions, the newest first, each with what it changed; an older one is brought back into the form."""
    found = d.read(brief_versions, version.scenario_id, datasets=(BRIEFS,))
    if not found:
        st.caption("None was saved yet.")
    for place, one in enumerate(found):
        st.markdown(f"**Version {one.number}**")
        st.caption(_saved(one, d))
        earlier = found[place + 1].brief if place + 1 < len(found) else None
        told = [words.FIRST] if earlier is None else words.changes_said(changes(earlier, one.brief)) or [words.NOTHING]
        st.markdown(_listed(told))
        if held is not None and one.brief != held.brief and st.button(
            "Bring back", key=f"brief_back_{one.number}", icon=":material/history:", type="tertiary",
            help="Opens what it said then in the form; saving makes a new version on top.",
        ):  # fmt: skip
            brief_editing.open_with(version.scenario_id, one.brief, held, f"Version {one.number} is in the form.")


def _listed(told: Sequence[str]) -> str:
    return "\n".join(f"- {plain(sentence)}" for sentence in told)
