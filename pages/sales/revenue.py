"""Revenue: how much was sold, to whom, through what."""

import streamlit as st

from components import cards, filters, revenue_cards, revenue_charts, revenue_series, revenue_tables, states
from components import revenue_words as words
from components.anomaly_words import REVENUE
from components.plain import plain
from components.revenue_comparison import comparable
from data_access.queries.revenue import OrdersOf, revenue
from pages.frame import drilling, revenue_filters
from pages.frame.exports import exports
from pages.frame.unusual import unusual
from pages.frame.view import opened

view = opened()
shown = view.shown
sparklines = not view.on_phone
st.title("Revenue", anchor=False)
caption = st.empty()
asked, filtered, row_end = revenue_filters.draw(view)
caption.caption(plain(words.caption(shown, filtered)))
body, told = states.body(
    "revenue",
    view.visit,
    lambda: revenue_charts.skeleton(sparklines=sparklines),
    lambda: (view.read(revenue, asked), unusual(view, "orders", filtered=bool(filtered))),
)
with body:
    figures, found = told
    if figures.first_day is None:
        states.empty("No orders yet", words.no_orders(shown), key="empty")
        st.stop()
    if figures.empty:
        states.empty("No orders in these days", words.nothing_found(figures.first_day, shown), key="empty")
        st.stop()
    said = words.caption(shown, filtered, compared=comparable(figures, shown).counts is not None)
    caption.caption(plain(said))
    with row_end:
        exports(view, asked, figures, said, filtered, found)

    unpriced = words.without_rate(figures, shown)
    if unpriced:
        states.warned(unpriced, page="pages/data/settings.py", link="Open Settings")
    six = revenue_cards.revenue_cards(figures, shown)
    cards.show(six, words.against_words(view.chosen.against), sparklines=sparklines)
    st.markdown(words.what_moved(figures, shown))
    with st.container(border=True):
        measures = {measure.short: measure for measure in revenue_series.MEASURES}
        picked = filters.beside("Over time", list(measures), key="measure")
        watched = REVENUE.get(picked, "")
        revenue_charts.over_time(figures, shown, measures[picked], found.marks(watched, view))
        found.caption(watched, view)
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("From list price to net revenue")
        revenue_charts.to_net(figures, shown)
        st.caption(words.discounts(figures, shown, view.chosen.against))
    if view.account.files is None:
        with right.container(border=True, height="stretch"):
            filters.heading("What won the orders")
            revenue_charts.sources(figures, shown)
        left, right = st.columns(2)
        hours, origin = left, right
    else:
        hours, origin = right, st.container()
    with hours.container(border=True, height="stretch"):
        filters.heading("When people buy")
        revenue_charts.hours(figures, shown)
    with origin.container(border=True, height="stretch"):
        by = filters.beside("Where orders come from", revenue_charts.SPLITS, key="split")
        revenue_charts.split(figures, shown, by)
    with st.container(border=True):
        table = filters.beside("What sold most", list(revenue_tables.TABLES), key="table")
        revenue_tables.TABLES[table](figures, shown)
    drilling.product(view, asked, figures, said)
    in_part = asked.orders_of is not OrdersOf.ALL
    with st.expander("Notes: what is left out, what is not final"):
        st.markdown("\n".join(f"- {note}" for note in words.notes(figures, shown, in_part=in_part)))
