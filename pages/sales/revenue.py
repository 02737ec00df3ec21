"""Revenue: how much was sold, to whom, through what."""

import streamlit as st

from components import (
    cards,
    filters,
    revenue_cards,
    revenue_charts,
    revenue_series,
    revenue_tables,
    revenue_words,
    states,
)
from data_access.queries.revenue import OrdersOf, RevenueQuery, revenue, revenue_choices
from data_access.scope import Right
from pages.frame.exports import exports
from pages.frame.view import opened

view = opened()
shown, account = view.shown, view.account
st.title("Revenue", anchor=False)
caption = st.empty()
choices = view.read(revenue_choices)
with st.container(horizontal=True, vertical_alignment="bottom"):
    channels = filters.several("Sales channel", choices.channels, key="channel", everything="All channels")
    countries = filters.several("Country", choices.countries, key="country", everything="All countries")
    orders_of = OrdersOf(filters.one("Orders", list(OrdersOf), key="orders"))
    export_slot = st.container(width="content")

asked = RevenueQuery(
    period=view.chosen.period,
    comparison=view.chosen.comparison,
    compared_until=view.compared_until,
    zone=account.timezone,
    first_weekday=account.first_weekday,
    return_days=account.return_days,
    channels=channels,
    countries=countries,
    orders_of=orders_of,
)
filtered = [*channels, *countries, *([orders_of.lower()] if orders_of is not OrdersOf.ALL else [])]
said = revenue_words.caption(shown, filtered)
caption.caption(said)
with states.loading("revenue"):
    figures = view.read(revenue, asked)

if figures.first_day is None:
    states.empty(
        "No orders yet", "This store has no orders here yet. Press **Sync now** in the sidebar.", key="no_orders"
    )
    st.stop()
if figures.empty:
    states.empty("No orders in these days", "Choose a longer period, or take a filter away.", key="no_orders_in_period")
    st.stop()

cards.show(
    revenue_cards.revenue_cards(figures, shown),
    revenue_words.against_words(view.chosen.against),
    sparklines=not view.on_phone,
)
st.markdown(revenue_words.what_moved(figures, shown))
with export_slot:
    exports(view, asked, figures, said, filtered, allowed=view.scope.allows(Right.EXPORT))

with st.container(border=True):
    names = [measure.short for measure in revenue_series.MEASURES]
    picked = filters.beside("Over time", names, key="measure")
    revenue_charts.over_time(figures, shown, revenue_series.MEASURES[names.index(picked)])
left, right = st.columns(2)
with left.container(border=True, height="stretch"):
    filters.heading("From list price to net revenue")
    revenue_charts.to_net(figures, shown)
    st.caption(revenue_words.discounts(figures))
with right.container(border=True, height="stretch"):
    filters.heading("What won the orders")
    revenue_charts.sources(figures, shown)
left, right = st.columns(2)
with left.container(border=True, height="stretch"):
    filters.heading("When people buy")
    revenue_charts.hours(figures, shown)
with right.container(border=True, height="stretch"):
    by = filters.beside("Where orders come from", revenue_charts.SPLITS, key="split")
    revenue_charts.split(figures, shown, by)
with st.container(border=True):
    table = filters.beside("What sold most", ["Products", "Campaigns and flows"], key="table")
    revenue_tables.products(figures, shown) if table == "Products" else revenue_tables.campaigns(figures, shown)
with st.expander("Notes: what is left out, what is not final"):
    st.markdown("\n".join(f"- {note}" for note in revenue_words.notes(figures, shown)))
