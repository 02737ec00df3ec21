"""Discovery: where the gap to the target is, and which promotion would close it."""

import streamlit as st

from components import cards, discovery_cards, discovery_charts, discovery_tables, filters, states
from components import discovery_words as words
from components.plain import plain
from pages.frame import desk, discovery_frame, navigation, promotion_marks, targets_frame

d = desk.opened()
st.title(words.TITLE, anchor=False)
caption = st.empty()
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    first = discovery_frame.chosen_month(d)
    row = st.container(horizontal=True, horizontal_alignment="right")
slot = st.container()
body, found = states.body(
    "discovery", navigation.visit(), discovery_charts.skeleton, lambda: discovery_frame.read(d, first)
)
with slot:
    filters.missing(discovery_frame.MONTH)
    discovery_frame.progress(d)
if discovery_frame.is_empty(found):
    with body:
        states.empty("Nothing to hold against a target yet", words.EMPTY, key="empty")
        st.page_link("pages/data/workbooks.py", label="Load a workbook", icon=":material/upload_file:")
        targets_frame.grid(d)
    st.stop()
month = found.paced.month
caption.caption(plain(words.caption(month, d.currency, found.looked, d.zone)))
with row:
    discovery_frame.look(d, found)
    discovery_frame.exports(d, found)
with body:
    shown = discovery_cards.six_cards(month, discovery_frame.counted(d, found), found.best, d.currency)
    cards.show(shown, "", sparklines=False)
    st.markdown(words.answer(month, d.currency))
    with st.container(border=True):
        filters.heading("Sales against the target's path")
        discovery_charts.path(month, d.currency, promotion_marks.marked(d), "promolens-pace")
    with st.container(border=True):
        filters.heading("Promotions that would pay, the best first")
        discovery_frame.proposals(d, found)
    if found.paced.shared.cells:
        with st.container(border=True):
            by = filters.beside("Gap by part, allocated", list(discovery_tables.BY), key="gap_by")
            discovery_tables.part_table(month, found.paced.shared, by, d.currency)
            st.caption(words.allocated(found.paced.shared.basis))
    targets_frame.grid(d)
    with st.expander("Notes: what is estimated, and how"):
        st.markdown("\n".join(f"- {note}" for note in words.notes(month, found.paced.shared.basis)))
