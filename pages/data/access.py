"""Access: who may see and do what."""

import streamlit as st

from components import access_form, filters, states
from pages.frame import desk, granting

d = desk.opened()
st.title("Access", anchor=False)
if not granting.may(d):
    states.not_permitted("Who may see and do what is for admins to look at. Ask an admin for what you need.")
    st.stop()
st.caption(granting.caption())
states.told_once(st.session_state.pop(granting.TOLD, None))
trouble = st.empty()
kept = granting.read(d)
with st.container(border=True):
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        filters.heading("What is granted")
        if kept:
            granting.exports(d, kept)
    if kept:
        access_form.table(kept, granting.names(d))
        granting.take_back(d, access_form.taking(kept, granting.names(d)), trouble)
    else:
        st.markdown("Nothing yet. Begin with a role of an admin for yourself, by the name that your provider has.")
with st.container(border=True):
    filters.heading("Give a role")
    granting.give_it(d, access_form.giving(granting.accounts(d), granting.names(d)), trouble)
