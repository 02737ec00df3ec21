"""Planning: what all scenarios rest on, and who changed it."""

import streamlit as st

from components import filters, planning_form, planning_history, states
from components import planning_words as words
from pages.frame import desk, navigation, planning_frame

d = desk.opened()
st.title(words.TITLE, anchor=False)
caption = st.empty()
body, found = states.body("planning", navigation.visit(), planning_form.skeleton, lambda: planning_frame.read(d))
last = found.versions[0] if found.versions else None
caption.caption(
    words.caption(found.settings.version, last.author if last else "", last.saved_at if last else None, d.zone)
)
with body:
    if found.learned_with_other:
        said = words.LEARN_ANEW.format(what=words.joined(found.learned_with_other))
        states.warned(said, page="pages/promotions/uplift.py", link="Estimate anew on the page Uplift")
    planning_frame.form(d, found)
    if found.versions:
        with st.container(border=True):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                filters.heading("What was changed, and by whom")
                planning_frame.exports(d, found)
            planning_history.history(found.versions, d.zone)
    with st.expander("Notes: which pages rest on this"):
        st.markdown("\n".join(f"- {note}" for note in words.RESTS))
