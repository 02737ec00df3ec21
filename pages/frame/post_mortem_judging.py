"""Judging a promotion beside the page, keeping the report, closing it, and proposing what it teaches."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

import streamlit as st

from analytics.promo.postmortem.kept import PostMortem, Subject
from analytics.promo.postmortem.marks import BadMarks, Mark, marks_of
from components import filters, post_mortem_tables, states
from components import post_mortem_findings as findings
from components import post_mortem_words as words
from components.plain import plain
from data_access.beside import Pending
from data_access.queries import promo_post_mortem_case as case
from data_access.queries.accounts import PROMO
from data_access.queries.promo_lessons import lesson_of
from data_access.queries.promo_models import models
from data_access.queries.promo_post_mortems import Kept
from data_access.queries.promo_state import POST_MORTEMS, SCENARIOS, SETTINGS, UPLIFT
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.lessons import NotTeachable, propose_lesson
from data_access.writes.post_mortems import ReportChanged, ReportClosed, UnknownReport, close, save
from pages.frame import waiting
from pages.frame.desk import Desk
from pages.frame.post_mortem_frame import bullets

_JUDGING: Final = "post_mortem.judging"
_TOLD: Final = "post_mortem.told"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is judged."""

    subject: Subject
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Judging:
    """What this person has judged. seen: the save by which the report that they looked at stands."""

    asked: Asked
    seen: str | None
    save_id: str
    anew: bool


def judged(stores: Stores, scope: Scope, asked: Asked) -> PostMortem:
    """A promotion's report as it would be kept, without its sentences. Raises NotPermitted, NotJudged, StoreError."""
    return case.judged(stores, scope, asked.subject, asked.marks)


def begin(subject: Subject, marks: tuple[Mark, ...], seen: str | None, *, anew: bool = False) -> None:
    """Has a promotion judged from the next run on."""
    st.session_state[_JUDGING] = _Judging(Asked(subject, marks), seen, str(uuid.uuid4()), anew)
    st.rerun()


def button(d: Desk, subject: Subject, label: str, kept: Kept | None, *, key: str, anew: bool = False) -> None:
    """The button for those who may plan."""
    if not d.scope.allows(Right.PROMO_WRITE):
        return
    if st.button(label, key=key, type="primary" if kept is None else "secondary", icon=":material/fact_check:"):
        begin(subject, () if kept is None else kept.marks, None if kept is None else kept.save_id, anew=anew)


def settle(d: Desk, subject: Subject) -> None:
    """What was asked to be judged: that it is waited for, or the report kept as soon as it is there; what was done
    last."""
    states.told_once(st.session_state.pop(_TOLD, None))
    held = st.session_state.pop(_JUDGING, None)
    if not isinstance(held, _Judging) or held.asked.subject != subject:
        return
    try:
        found = d.ask(judged, held.asked, (PROMO, SCENARIOS, SETTINGS))
        if isinstance(found, Pending):
            st.session_state[_JUDGING] = held
            waiting.follow(found, "Judging what it brought")
            return
        kept = save(
            d.stores,
            d.scope,
            findings.with_sentences(found, d.currency),
            seen=held.seen,
            save_id=held.save_id,
            anew=held.anew,
        )
    except (case.NotJudged, ReportChanged, ReportClosed) as reason:
        st.error(plain(str(reason)), icon=":material/error:")
        return
    _again(f"Judged: version {kept.version} of its post-mortem is kept, open.")


def marks(d: Desk, subject: Subject, kept: Kept) -> None:
    """The days that planners mark; of an open report they can be changed."""
    with st.expander("Days out of stock, or without the promotion price", expanded=bool(kept.marks)):
        if kept.row.state != "open" or not d.scope.allows(Right.PROMO_WRITE):
            said = [_mark(one) for one in kept.marks]
            bullets(said) if said else st.caption("No days are marked.")
            return
        st.caption(words.MARKS)
        rows = [] if kept.report is None else kept.report["cells"]
        departments = sorted({row["department"] for row in rows})
        channels = sorted({row["channel"] for row in rows})
        with st.form(f"post_mortem_marks_{kept.save_id}", border=False):
            typed = post_mortem_tables.marks_editor(kept.marks, departments, channels, str(kept.save_id))
            pressed = st.form_submit_button("Judge anew with these", icon=":material/fact_check:")
        if not pressed:
            return
        try:
            found = marks_of(typed)
        except BadMarks as reason:
            st.error(f"Not judged anew: {plain(str(reason))}.", icon=":material/error:")
            return
        begin(subject, found, kept.save_id)


def _mark(one: Mark) -> str:
    note = f": {one.note}" if one.note else ""
    return f"{one.department}, {one.channel}, {words.dates(one.start, one.end)}, {words.MARKED[one.kind].lower()}{note}"


def closing(d: Desk, kept: Kept) -> None:
    """Closing an open report, asked for twice."""
    if not d.scope.allows(Right.PROMO_WRITE):
        return
    with st.popover("Close", icon=":material/lock:"):
        st.markdown(words.CLOSING)
        if not st.button("Close for good", key=f"post_mortem_close_{kept.save_id}", type="primary"):
            return
        try:
            done = close(d.stores, d.scope, kept.row.report_id, seen=kept.save_id)
        except (ReportChanged, UnknownReport) as reason:
            st.error(plain(str(reason)), icon=":material/error:")
            return
        _again(f"Version {done.version} is closed and stays as it is.")


def lesson(d: Desk, kept: Kept) -> None:
    """What the model of uplift in force would learn from a closed report, and proposing it."""
    with st.container(border=True):
        filters.heading("What the model of uplift would learn")
        found = d.read(lesson_of, kept.row.report_id, datasets=(UPLIFT, POST_MORTEMS))
        if found is None:
            st.caption("There is no model of uplift in force that could learn from it.")
            st.page_link("pages/promotions/uplift.py", label="Learn one first", icon=":material/trending_up:")
            return
        if found.lesson.changes:
            post_mortem_tables.lesson_table(found.lesson.changes)
        left = [f"{one.cell.department}, {one.cell.channel}: {words.UNFIT[one.why]}." for one in found.left_out]
        left += [
            f"{one.cell.department}, {one.cell.channel}: the model does not know it." for one in found.lesson.strange
        ]
        left += [
            f"{one.cell.department}, {one.cell.channel}: model {found.model_version} has learned from these days"
            " already."
            for one in found.lesson.known
        ]
        if left:
            st.markdown("Left out:")
            bullets(left)
        version = found.lesson.model.version
        if any(row.version == version for row in d.read(models, datasets=(UPLIFT,))):
            if found.lesson.changes:
                st.caption(f"It is proposed as model {version}: who may approve puts it in force, or does not.")
                st.page_link("pages/promotions/uplift.py", label="Compare and choose", icon=":material/trending_up:")
            return
        if not found.lesson.changes or not d.scope.allows(Right.PROMO_WRITE):
            return
        st.caption("Nothing changes before somebody who may approve puts the proposed model in force.")
        if st.button("Propose to the model", key=f"post_mortem_propose_{kept.row.report_id}", icon=":material/school:"):
            try:
                done = propose_lesson(d.stores, d.scope, kept.row.report_id)
            except NotTeachable as reason:
                st.error(plain(str(reason)), icon=":material/error:")
                return
            _again(f"Model {done.version} is proposed.")


def _again(said: str) -> None:
    st.session_state[_TOLD] = said
    st.rerun()
