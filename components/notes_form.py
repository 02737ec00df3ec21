"""The notes on a store's days: the list of them, and the form in which one is written or changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import streamlit as st

from analytics.day_marks import EARLIEST, LONGEST_NOTE, Note
from components import wording
from components.plain import plain

MOST_LISTED = 50


def form(note: Note, latest: date, *, key: str, label: str) -> Note | None:
    """The form over a note; what it holds once a person saves it, else None."""
    with st.form(f"note_form_{key}", border=True):
        days = st.date_input(
            "Day, or first and last day",
            (note.start, note.end),
            min_value=EARLIEST,
            max_value=latest,
            key=f"note_days_{key}",
            format="DD/MM/YYYY",
        )
        text = st.text_area(
            "What happened",
            note.text,
            max_chars=LONGEST_NOTE,
            height=90,
            key=f"note_text_{key}",
            placeholder="Shop down for two hours",
        )
        if not st.form_submit_button(label, key=f"note_save_{key}", type="primary"):
            return None
    held = days if isinstance(days, tuple) else (days,)
    start, end = (held[0], held[-1]) if held else (note.start, note.end)
    return Note(note.id, start, end, text, note.by)


def listed(notes: Sequence[Note], may_change: Sequence[bool]) -> tuple[str, Note] | None:
    """The notes, newest days first, each with its buttons; which of them a person asks to 'change' or 'remove'."""
    asked: tuple[str, Note] | None = None
    for note, may in list(zip(notes, may_change, strict=True))[:MOST_LISTED]:
        with st.container(horizontal=True, vertical_alignment="center"):
            days = wording.day(note.start)
            if note.end != note.start:
                days += f" – {wording.day(note.end)}"
            by = f" · {note.by}" if note.by else ""
            with st.container(width="stretch", gap=None):
                st.caption(plain(f"{days}{by}"))
                st.text(note.text)
            if may and st.button("Change", key=f"note_change_{note.id}", icon=":material/edit:", type="tertiary"):
                asked = "change", note
            if may and st.button("Remove", key=f"note_remove_{note.id}", icon=":material/delete:", type="tertiary"):
                asked = "remove", note
    if len(notes) > MOST_LISTED:
        st.caption(f"{wording.count(len(notes) - MOST_LISTED)} older notes are not listed; charts show them.")
    return asked
