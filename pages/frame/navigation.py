"""Which page a run is on, and when a person comes to another one."""

from __future__ import annotations

import streamlit as st

_PAGE = "navigation.page"
_VISIT = "navigation.visit"


def arrived(page: str) -> None:
    """Notes the page of this run by its address; coming from another one begins a new visit."""
    if st.session_state.get(_PAGE) != page:
        st.session_state[_PAGE] = page
        st.session_state[_VISIT] = visit() + 1


def visit() -> int:
    """The number of the session's present visit of a page; 0 before the first."""
    return int(st.session_state.get(_VISIT, 0))
