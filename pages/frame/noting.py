"""Notes on days, within reach on every page: a dialog that lists, adds, changes and removes them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import streamlit as st

from analytics.day_marks import EARLIEST, InvalidNote, Note
from components import notes_form
from components.plain import plain
from data_access.queries.annotations import Range, notes
from data_access.scope import NotPermitted
from data_access.writes.annotations import NoteChanged, add_note, change_note, may_change, remove_note
from pages.frame import guard, navigation
from pages.frame.view import View

# A note may stand on a day to come: a sale that is planned, a holiday.
AHEAD: Final = timedelta(days=400)
_NAME: Final = "notes"
_NEW: Final = "noting.new"
_CHANGING: Final = "noting.changing"


def button(view: View) -> None:
    """The button in the sidebar, and the dialog that it opens."""
    if st.button("Notes", key="notes_open", icon=":material/edit_note:", help="Notes on days, drawn on every chart."):
        # One new note for each time that the dialog is opened: a second click on Save finds it kept.
        st.session_state[_NEW] = str(uuid.uuid4())
        st.session_state.pop(_CHANGING, None)
        navigation.open_dialog(_NAME)
    if navigation.dialog() == _NAME:
        _dialog(view)


@st.dialog("Notes on days", width="medium", icon=":material/edit_note:", on_dismiss=navigation.close_dialog)
def _dialog(view: View) -> None:
    with guard.explained(view.scope):
        account = view.account
        latest = view.now.astimezone(account.zone).date() + AHEAD
        changing: Note | None = st.session_state.get(_CHANGING)
        if changing is not None:
            _change(view, changing)
            return
        said = "what happened on a day or on several; whoever sees the store sees them on charts."
        st.caption(f"{plain(account.name)}: {said}")
        day = min(view.chosen.period.end, latest)
        fresh = Note(st.session_state[_NEW], day, day, "", view.scope.person)
        wanted = notes_form.form(fresh, latest, key=f"new_{fresh.id}", label="Save note")
        if wanted is not None:
            _write(lambda: add_note(view.stores, view.scope, account.public_id, wanted))
        # Read as it stands now, so that what another person has just changed is changed from there.
        kept = notes(view.stores, view.scope, account.public_id, Range(EARLIEST, latest))
        asked = notes_form.listed(kept, [may_change(view.scope, view.account.public_id, note) for note in kept])
        if asked is None:
            return
        what, note = asked
        if what == "remove":
            _write(lambda: remove_note(view.stores, view.scope, account.public_id, note))
        else:
            st.session_state[_CHANGING] = note
            st.rerun()


def _change(view: View, seen: Note) -> None:
    latest = view.now.astimezone(view.account.zone).date() + AHEAD
    wanted = notes_form.form(seen, latest, key=f"change_{seen.id}", label="Save change")
    if wanted is not None:
        _write(lambda: change_note(view.stores, view.scope, view.account.public_id, seen, wanted))
    if st.button("Back", key="note_back", type="tertiary"):
        st.session_state.pop(_CHANGING, None)
        st.rerun()


def _write(write: Callable[[], object]) -> None:
    """Writes, and closes the dialog over charts that show it."""
    try:
        write()
    except (InvalidNote, NoteChanged, NotPermitted) as reason:
        st.error(str(reason))
        return
    navigation.close_dialog()
    st.rerun()
