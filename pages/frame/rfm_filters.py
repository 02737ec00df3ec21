"""The filters that stand on the page RFM only, kept in the address, and the question that they make."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.rfm import CutOffs
from analytics.rfm_figures import Scheme
from components import filters
from components.hovers import hover
from data_access.queries.rfm import Computed, RfmQuery

WINDOWS = {"All history": None, "24 months": 24, "12 months": 12}
BACK = {"30 days": 30, "90 days": 90, "365 days": 365}
USUAL_BACK = 90
_USUAL = "as_of.usual"


def draw(known: Computed, fixed: CutOffs | None) -> tuple[RfmQuery, str, DeltaGenerator]:
    """Draws the row of filters. What to ask for, the window in words, and the place for a button at the row's end."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        window = filters.one("Orders of", list(WINDOWS), key="window")
        scheme = Scheme(filters.one("Scores", [s for s in Scheme if s is not Scheme.FIXED or fixed], key="scheme"))
        back = filters.one("Moves since", list(BACK), key="back")
        as_of = _as_of(known.as_of)
        end = st.container(width="content")
    filters.missing("window", "scheme", "back", "as_of")
    before = as_of - timedelta(days=BACK[back])
    return RfmQuery(as_of, before, WINDOWS[window], scheme, fixed if scheme is Scheme.FIXED else None), window, end


def _as_of(usual: date) -> date:
    """The as-of date: the usual one, unless an earlier one was picked."""
    # The usual day of another store, or of yesterday, was not picked by anybody.
    before = st.session_state.get(_USUAL)
    if before not in (None, usual) and st.session_state.get("as_of") == before:
        del st.session_state["as_of"]
    st.session_state[_USUAL] = usual
    filters.asked_for_day("as_of", usual)
    picked = st.date_input(
        "As of",
        value=usual,
        min_value=filters.EARLIEST,
        max_value=usual,
        key="as_of",
        bind="query-params",
        format="YYYY-MM-DD",
        width=150,
        help=hover("rfm.as_of"),
    )
    return picked if isinstance(picked, date) else usual
