"""Uplift: what discounts bring, by department and channel, what they take from elsewhere and from later."""

import streamlit as st

from components import filters, states
from components import uplift_charts as drawn
from components import uplift_tables as tables
from components import uplift_words as words
from components.plain import plain
from pages.frame import desk, navigation, uplift_frame

d = desk.opened()
st.title(words.TITLE, anchor=False)
caption = st.empty()
row = st.container(horizontal=True, horizontal_alignment="right")
slot = st.container()
body, found = states.body("uplift", navigation.visit(), drawn.skeleton, lambda: uplift_frame.read(d))
with slot:
    uplift_frame.progress(d)
if found.known is None:
    with body:
        uplift_frame.empty(d)
        uplift_frame.estimate(d, "Estimate")
    st.stop()
held = found.known
model = held.model
caption.caption(plain(words.caption(model, held.row.activated_at, d.zone)))
with row:
    uplift_frame.estimate(d, "Estimate anew")
    uplift_frame.exports(d, held, found.models)
with body:
    if found.stale:
        st.warning(words.STALE, icon=":material/update:")
    uplift_frame.choice(d, held, found.models)
    department = st.selectbox(
        "Department", sorted({cell.department for cell in model.curves}), key="department", bind="query-params"
    )
    cells = sorted(cell for cell in model.curves if cell.department == department)
    for place, cell in zip(st.columns(len(cells)), cells, strict=True):
        with place.container(border=True, height="stretch"):
            filters.heading(f"{cell.channel.capitalize()}: units on top, by discount")
            drawn.curve(model, cell, "promolens-uplift")
            st.caption(words.rests_on(model.curves[cell]))
    with st.container(border=True):
        filters.heading("By band of discount")
        tables.band_table(model, held.bands, cells)
    left, right = st.columns([8, 4])
    with left.container(border=True, height="stretch"):
        filters.heading("What promotions do to others")
        tables.effect_table(model, department)
    with right.container(border=True, height="stretch"):
        filters.heading("What is missing after")
        tables.pulled_table(model, cells)
    if model.doubts:
        with st.container(border=True):
            filters.heading("Not estimated from its own sales")
            st.markdown("\n".join(f"- {said}" for said in words.doubts(model.doubts)))
    with st.expander("Models"):
        tables.model_table(found.models, d.zone)
    with st.expander("Notes: how to read this"):
        st.markdown("\n".join(f"- {note}" for note in words.notes(model)))
