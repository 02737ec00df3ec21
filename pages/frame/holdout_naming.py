"""What a campaign added, on its part of the page Engagement: read, drawn, and named or removed by a marketer."""

from __future__ import annotations

from typing import Final

import streamlit as st

from analytics.engagement_detail import CampaignDetail
from analytics.holdouts import MOST_DAYS, USUAL_DAYS, Measured
from analytics.incrementality import Kind
from components import holdout_section, states
from components import holdout_words as words
from components.hovers import hover
from components.plain import plain
from data_access.queries.holdouts import DERIVED, AddedQuery, MembersKept, added, members_kept
from data_access.scope import NotPermitted
from data_access.writes.holdouts import RIGHT, HoldoutRefused, Listed, Wanted, name_holdout, remove_holdout
from ingest.runner import IngestError, read_people
from pages.frame import guard, navigation
from pages.frame.view import View, opened

_NAME: Final = "holdout"
_REMOVE: Final = "holdout.remove"
_DONE: Final = "holdout.done"
_FILE, _SEGMENT = "A list", "A segment"
_KINDS: Final = {"By chance": Kind.CHANCE, "By a rule": Kind.RULE}


def section(view: View, campaign: CampaignDetail) -> Measured | None:
    """Draws it; what was found, None without a holdout."""
    # Orders are known further than statistics of messages, which the page looks at.
    orders_until = opened().state.as_of
    found = view.read(added, AddedQuery(campaign.id, orders_until, view.account.timezone), derived=DERIVED)
    may = view.scope.allows(RIGHT, view.account.public_id)
    st.markdown("**What it added**, beside people who were left out of it")
    states.told_once(st.session_state.pop(_DONE, None))
    if found is None:
        st.caption(words.NO_HOLDOUT)
        if may and st.button("Name who was left out", key="holdout_name", icon=":material/group_off:"):
            navigation.open_dialog(_NAME)
    else:
        holdout_section.added(found, view.account.currency)
        if may and st.button("Remove what was named", key="holdout_remove", icon=":material/delete:", type="tertiary"):
            navigation.open_dialog(_REMOVE)
    if navigation.dialog() == _NAME and may and found is None:
        _naming(view, campaign)
    if navigation.dialog() == _REMOVE and may and found is not None:
        _removing(view, campaign)
    return found


@st.dialog("Who was left out", width="medium", icon=":material/group_off:", on_dismiss=navigation.close_dialog)
def _naming(view: View, campaign: CampaignDetail) -> None:
    with guard.explained(view.scope):
        st.caption(
            f"{plain(campaign.name)}: people who were kept from getting it on purpose. Of a list only the profiles that"
            " it names are kept."
        )
        source = st.radio("Told by", [_FILE, _SEGMENT], key="holdout_source", horizontal=True)
        left_out = _listed() if source == _FILE else _segment(view)
        kind = st.radio(
            "How they came to be left out", list(_KINDS), index=0 if source == _FILE else 1, horizontal=True,
            key=f"holdout_kind_{source}", help=hover("message.left_out_kind"),
        )  # fmt: skip
        days = st.number_input(
            "Days that count, from the day of sending on", 1, MOST_DAYS, USUAL_DAYS, key="holdout_days",
            help=hover("message.left_out_days"),
        )  # fmt: skip
        if st.button("Save", key="holdout_save", type="primary", disabled=left_out is None) and left_out is not None:
            _save(view, Wanted(campaign.id, left_out, kind=_KINDS[kind], days=int(days)))


def _listed() -> Listed | None:
    file = st.file_uploader(
        "E-mail addresses or profile ids, one a row", ["csv", "txt", "xlsx"], key="holdout_file",
        help=hover("message.left_out_file"),
    )  # fmt: skip
    if file is None:
        return None
    try:
        return Listed(file.name, read_people(file.name, file.getvalue()))
    except IngestError as reason:
        st.error(plain(str(reason)))
        return None


def _segment(view: View) -> str | None:
    kept = view.read(members_kept)
    if not kept:
        st.info("No segment's members are kept. Name segments in the setting SYNC_SEGMENTS and sync, or use a list.")
        return None

    def named(one: MembersKept) -> str:
        return one.name

    return st.selectbox("Segment", kept, format_func=named, key="holdout_segment").segment


def _save(view: View, wanted: Wanted) -> None:
    try:
        done = name_holdout(view.stores, view.scope, view.account.public_id, wanted)
    except (HoldoutRefused, NotPermitted) as reason:
        st.error(str(reason))
        return
    st.session_state[_DONE] = words.said_of(done.people, done.unknown, done.repeated, done.received, done.listed)
    navigation.close_dialog()
    st.rerun()


@st.dialog("Remove who was left out", icon=":material/delete:", on_dismiss=navigation.close_dialog)
def _removing(view: View, campaign: CampaignDetail) -> None:
    with guard.explained(view.scope):
        st.markdown("The people and the figures are forgotten; the list itself is not kept here, so keep yours.")
        if not st.button("Remove", key="holdout_remove_sure", type="primary"):
            return
        try:
            remove_holdout(view.stores, view.scope, view.account.public_id, campaign.id)
        except NotPermitted as reason:
            st.error(str(reason))
            return
        st.session_state[_DONE] = "Removed, with its people and figures."
        navigation.close_dialog()
        st.rerun()
