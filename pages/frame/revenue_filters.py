"""The filters that stand on the revenue page only, kept in the address, and the question that they make."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import filters
from data_access.queries.revenue import OrdersOf, RevenueQuery, revenue_choices
from pages.frame.view import View


def draw(view: View) -> tuple[RevenueQuery, list[str], DeltaGenerator]:
    """Draws the row of filters. What to ask for, the filters in words, and the place for a button at the row's end."""
    choices = view.read(revenue_choices)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        channels = filters.several("Sales channel", choices.channels, key="channel", everything="All channels")
        countries = filters.several("Country", choices.countries, key="country", everything="All countries")
        orders_of = OrdersOf(filters.one("Orders", list(OrdersOf), key="orders"))
        end = st.container(width="content")
    filters.missing("channel", "country", "orders")
    asked = RevenueQuery(
        period=view.chosen.period,
        comparison=view.comparison,
        compared_until=view.compared_until,
        this_until=view.this_until,
        compared_refunds_until=view.compared_refunds_until,
        zone=view.account.timezone,
        first_weekday=view.account.first_weekday,
        young_from=view.young_from,
        channels=channels,
        countries=countries,
        orders_of=orders_of,
    )
    said = [value or filters.NOT_KNOWN for value in (*channels, *countries)]
    return asked, said + ([f"{orders_of.lower()} orders"] if orders_of is not OrdersOf.ALL else []), end
