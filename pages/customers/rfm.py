"""RFM: who the best customers are, and whom the shop is losing."""

import streamlit as st

from components import cards, export_words, filters, rfm_cards, rfm_charts, rfm_tables, states
from components import rfm_words as words
from components.plain import plain
from components.revenue_words import not_computed
from data_access.queries.rfm import DERIVED, computed, fixed_limits, rfm
from data_access.scope import Right
from pages.frame import exports, rfm_drilling, rfm_filters, rfm_limits
from pages.frame.view import opened

view = opened()
account, currency = view.account, view.account.currency
sparklines = False
st.title("RFM", anchor=False)
caption = st.empty()
known = view.read(computed, derived=DERIVED)
if known is None:
    states.empty(
        "No customers yet",
        not_computed(account, "its customers"),
        key="empty",
    )
    st.stop()
fixed = fixed_limits(view.stores, view.scope, account.public_id)
asked, window, row_end = rfm_filters.draw(known, fixed.limits)
body, found = states.body(
    "rfm",
    view.visit,
    lambda: rfm_charts.skeleton(sparklines=sparklines),
    lambda: view.read(rfm, asked, derived=DERIVED),
)
with body:
    if not found.customers:
        states.empty(
            "No customers in this window",
            "Nobody had an order that counts up to this date. Choose a later date, or all history.",
            key="empty_window",
        )
        st.stop()
    caption.caption(plain(words.caption(found, account, window, known.at, view.now)))
    said = words.caption(found, account, window, known.at, None)
    notes = words.notes(found, account, known.details)
    facts = export_words.about(said, view.shown, filters=[window], notes=notes)
    file = f"promolens-{account.public_id}-rfm-{found.as_of}"
    with row_end:
        sets = {
            "Customers": lambda: rfm_drilling.all_members(view, asked),
            "Segments": lambda: rfm_tables.segment_rows(found),
            "Moves": lambda: rfm_tables.move_rows(found),
        }
        exports.menu(view, "RFM", sets, facts, file=file)
    cards.show(rfm_cards.rfm_cards(found, currency), "Then", sparklines=sparklines)
    st.markdown(words.what_it_comes_to(found, currency))
    with st.container(border=True):
        by = filters.beside("Segments", list(rfm_charts.SHOWN), key="by")
        rfm_charts.segment_map(found, by, currency, file)
        st.caption("Click a segment, or a cell of the grid below: its customers are listed further down.")
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("Who moved, and where to")
        rfm_charts.flow(found, file, narrow=view.on_phone)
    with right.container(border=True, height="stretch"):
        filters.heading(f"{by} by recency and frequency")
        rfm_charts.grid(found, by, currency, file)
    with st.container(border=True):
        filters.heading("How customers spread, and where the scores' limits lie")
        for column, measure in zip(st.columns(3), rfm_charts.TITLES, strict=True):
            with column:
                st.markdown(f"**{rfm_charts.TITLES[measure]}**")
                rfm_charts.distribution(found, measure, currency, file)
    with st.container(border=True):
        filters.heading("Segment by segment")
        rfm_tables.segment_table(found, currency)
        rfm_tables.meanings(found, folded=view.on_phone)
    rfm_drilling.draw(view, asked, found, facts, file)
    if view.may(Right.SETTINGS):
        limits = "Fixed limits: scores that do not move with the other customers"
        # Whom they would move is counted for those who look.
        with st.expander(limits, key="limits_open", on_change="rerun") as fold:
            if fold.open:
                rfm_limits.draw(view, asked, found, fixed)
    with st.expander("Notes: what counts, how scores are made, what is not final"):
        st.markdown("\n".join(f"- {note}" for note in notes))
