"""Overview: where the month stands, what moved it, and what needs a person."""

import streamlit as st

from components import attention, cards, filters, overview_cards, overview_charts, printing, states
from components import overview_words as words
from components.plain import plain
from pages.frame import overview_frame
from pages.frame.view import opened

view = opened()
printing.on_one_page()
asked = overview_frame.question(view)
shown = overview_frame.shown_of(view, asked)
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.title("Overview", anchor=False, width="content")
    row_end = st.container(width="content")
caption = st.empty()
caption.caption(plain(words.caption(shown, [])))
body, told = states.body(
    "overview",
    view.visit,
    lambda: overview_charts.skeleton(sparklines=not view.on_phone),
    lambda: overview_frame.read(view, asked),
)
with body:
    figures, findings = told
    if figures.first_day is None and figures.sales is None:
        states.empty("No orders yet", words.no_orders(shown), key="empty")
        st.stop()
    others = [(asked.year, figures.year), (asked.previous, figures.previous)]
    said = words.caption(shown, [days for days, held in others if days is not None and held is not None])
    caption.caption(plain(said))
    needs = overview_frame.needed(view, figures, findings, shown)
    with row_end:
        overview_frame.exports(view, figures, needs, shown, said)
    file = overview_frame.file(view, shown)
    cards.show(overview_cards.order_cards(figures, shown), words.YEAR, sparklines=False)
    st.markdown(words.standing(figures, shown))
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading(f"Store orders, {words.month(shown.period)}")
        overview_charts.month(figures, shown, file)
    with right.container(border=True, height="stretch"):
        against = filters.beside("What moved net revenue", words.AGAINST, key="against")
        other = words.chosen(figures, against)
        if other is None:
            st.markdown(words.missing(figures, against, shown))
        else:
            overview_charts.moved(figures.this, other, against, shown, f"{file}-moved")
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("Why, in words")
        if other is None:
            st.markdown(words.missing(figures, against, shown))
        else:
            st.markdown(words.moved(figures.this, other, view.account.currency))
            st.markdown(words.channels(figures.this, other, view.account.currency))
        query = overview_frame.days_of(view, asked, against)
        st.page_link(attention.REVENUE, label="Open Revenue", icon=":material/arrow_forward:", query_params=query)
    with right.container(border=True, height="stretch"):
        filters.heading("What needs you")
        store = st.query_params.get("store", "")
        attention.show(needs, store, from_files=view.account.files is not None)
        if late := words.judged_until(shown, asked.last_whole):
            st.caption(late)
    if figures.sales is not None:
        with st.container(border=True, key="sales"):
            filters.heading(words.sales_title(figures.sales))
            cards.show(overview_cards.sales_cards(figures.sales), words.YEAR, sparklines=False)
            st.caption(words.sales_said(figures.sales))
    with st.expander("Notes: what is left out, what is estimated, which method"):
        st.markdown("\n".join(f"- {note}" for note in words.notes(figures, shown)))
