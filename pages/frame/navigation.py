"""Which page a run is on, when a person comes to another one, and which dialog of the frame stands open on it."""

from __future__ import annotations

import streamlit as st

_PAGE = "navigation.page"
_VISIT = "navigation.visit"
_DIALOG = "navigation.dialog"


def arrived(page: str) -> bool:
    """Notes the page of this run by its address; coming from another one begins a new visit. Whether that is so."""
    if st.session_state.get(_PAGE) == page:
        return False
    st.session_state[_PAGE] = page
    st.session_state[_VISIT] = visit() + 1
    return True


def page() -> str:
    """The address of the page of this run, '' for the start page."""
    return str(st.session_state.get(_PAGE, ""))


def visit() -> int:
    """The number of the session's present visit of a page; 0 before the first."""
    return int(st.session_state.get(_VISIT, 0))


def open_dialog(name: str) -> None:
    """Opens a dialog of the frame for this visit; there is one at a time."""
    st.session_state[_DIALOG] = (name, visit())


def close_dialog() -> None:
    """Has none stand open from the next run on."""
    st.session_state.pop(_DIALOG, None)


def dialog() -> str:
    """The dialog that stands open, or nothing. It stays while the page is run again beneath it, as when a sync ends."""
    name, opened = st.session_state.get(_DIALOG, ("", -1))
    return name if opened == visit() else ""
