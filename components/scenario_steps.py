"""The steps that a scenario can take from where it stands: submit, approve, reject, withdraw, archive."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from analytics.promo.scenarios import State
from components.scenario_words import MARKS

LONGEST_COMMENT = 1000


class Step(StrEnum):
    """What a person asks for."""

    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Rights:
    """What the person may do with scenarios."""

    write: bool
    approve: bool


def steps(state: State, status: str | None, rights: Rights, *, key: str) -> tuple[Step, str] | None:
    """The buttons of these steps, and the comment; what a person asks for, else None.

    status: of the validation; with BLOCK it cannot be submitted. key: changes with each version, so that a comment is
    not carried over to the next one.
    """
    asked: tuple[Step, str] | None = None
    comment = ""
    if state is State.SUBMITTED and rights.approve:
        comment = (
            st.text_area(
                "Comment", "", height=80, max_chars=LONGEST_COMMENT, key=f"step_comment_{key}",
                placeholder="Needed to reject; the planner reads it.",
            )
            or ""
        ).strip()  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        if state is State.DRAFT and rights.write:
            blocked = status == "BLOCK"
            if st.button(
                "Submit for approval", key=f"step_submit_{key}", type="primary", icon=":material/send:",
                disabled=blocked or status is None,
                help="The validation blocks it: see what has to change first." if blocked else None,
            ):  # fmt: skip
                asked = Step.SUBMIT, ""
        if state is State.SUBMITTED and rights.approve:
            if st.button("Approve", key=f"step_approve_{key}", type="primary", icon=":material/check:"):
                asked = Step.APPROVE, comment
            if st.button("Reject", key=f"step_reject_{key}", icon=":material/close:"):
                asked = Step.REJECT, comment
        if state in (State.SUBMITTED, State.REJECTED) and rights.write:
            label = "Withdraw" if state is State.SUBMITTED else "Back to draft"
            if st.button(label, key=f"step_withdraw_{key}", icon=":material/undo:"):
                asked = Step.WITHDRAW, ""
        may_archive = rights.approve if state is State.APPROVED else rights.write
        if (
            state is not State.ARCHIVED
            and may_archive
            and st.button("Archive", key=f"step_archive_{key}", icon=":material/archive:", type="tertiary")
        ):
            asked = Step.ARCHIVE, ""
    said = why(state, status, rights)
    if said:
        st.caption(said)
    return asked


def why(state: State, status: str | None, rights: Rights) -> str:
    """What stands in the way of the next step, or who takes it; '' where nothing is to be said."""
    if state is State.DRAFT and status == "BLOCK":
        return f"{MARKS['BLOCK']}: what is marked 'high' below has to change before it can be submitted."
    if state is State.SUBMITTED and not rights.approve:
        return "It waits for somebody who may approve promotions."
    if state is State.APPROVED:
        return "Its forecast is frozen: it is what the promotion will be held to, whatever is edited later."
    if state is State.ARCHIVED:
        return "It is archived. Copy it to go on with it."
    if not rights.write:
        return "You may look at scenarios; a planner can change them."
    return ""
