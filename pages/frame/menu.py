"""The menu: which pages there are, by section, with their addresses."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.navigation.page import Page

SALES, CUSTOMERS, DATA = "pages/sales", "pages/customers", "pages/data"


def menu(*, at_start: bool = False) -> dict[str, list[Page]]:
    """Sections and pages. `/` shows the answer that most people come for, in place: a redirect would have to set what
    the filters are bound to. While it is open it stands in the menu for the page of that name.
    """
    sold = partial(
        st.Page,
        f"{SALES}/revenue.py",
        title="Revenue",
        icon=":material/payments:",
        help="How much was sold, to whom, through what.",
    )
    return {
        "Sales": [
            sold(url_path="start", default=True, visibility="visible" if at_start else "hidden"),
            sold(url_path="revenue", visibility="hidden" if at_start else "visible"),
            st.Page(
                f"{SALES}/engagement.py", title="Engagement", icon=":material/campaign:", url_path="engagement",
                help="Whether campaigns and flows reach people, and whether they sell.",
            ),
        ],
        "Customers": [
            st.Page(
                f"{CUSTOMERS}/rfm.py", title="RFM", icon=":material/groups:", url_path="rfm",
                help="Who the best customers are, and whom the shop is losing.",
            ),
            st.Page(
                f"{CUSTOMERS}/cohorts.py", title="Cohorts", icon=":material/event_repeat:", url_path="cohorts",
                help="Whether customers come back, and what they are expected to bring.",
            ),
            st.Page(
                f"{CUSTOMERS}/products.py", title="Products", icon=":material/sell:", url_path="products",
                help="What sells, what is new and what fades.",
            ),
            st.Page(
                f"{CUSTOMERS}/basket.py", title="Basket", icon=":material/shopping_basket:", url_path="basket",
                help="What is bought together, and what to offer to whom.",
            ),
        ],
        "Data": [
            st.Page(
                f"{DATA}/jobs.py", title="Jobs", icon=":material/sync:", url_path="jobs",
                help="What syncs, loads and computations did, how fast, and what they left out.",
            ),
            st.Page(
                f"{DATA}/health.py", title="Health", icon=":material/monitor_heart:", url_path="health",
                help="Whether the data are right and fresh, what runs by the clock, and what needs an admin.",
            ),
            st.Page(
                f"{DATA}/glossary.py", title="Glossary", icon=":material/menu_book:", url_path="glossary",
                help="What every figure means, how it is computed and from what.",
            ),
            st.Page(
                f"{DATA}/settings.py", title="Settings", icon=":material/tune:", url_path="settings",
                help="What a store's figures rest on: its orders, currency, exchange rates, returns, calendar.",
            ),
        ],
    }  # fmt: skip
