"""Audit: who changed or took away what, and when."""

import streamlit as st

from components import audit_list, filters, states
from components import audit_words as words
from pages.frame import audit_frame, desk, navigation

d = desk.opened()
st.title(words.TITLE, anchor=False)
if not audit_frame.may(d):
    states.not_permitted("Who did what is for admins to look at. Ask an admin for what you need.")
    st.stop()
caption = st.empty()
wanted, said = audit_frame.asked(d)
filters.missing("since", "until", "done", "things", "of_store")
body, found = states.body("audit", navigation.visit(), audit_list.skeleton, lambda: audit_frame.read(d, wanted, said))
caption.caption(audit_frame.caption(d, found))
with body:
    audit_frame.of_one(d, found)
    if not found.entries.rows:
        states.empty("Nothing in these days", "Choose other days, or fewer filters.", key="empty")
    else:
        with st.container(border=True):
            with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
                filters.heading("What was done, the newest first")
                audit_frame.exports(d, found)
            audit_list.table(found.entries.rows, found.entries.names, audit_frame.stores(d), d.zone, found.page)
            audit_frame.turning(found)
    audit_frame.detail(d, found)
    with st.expander("Notes: what is noted, and what is not"):
        st.markdown("\n".join(f"- {note}" for note in words.NOTES))
