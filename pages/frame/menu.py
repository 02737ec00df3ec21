"""The menu: which pages there are, by section, with their addresses."""

from __future__ import annotations

from copy import copy
from functools import cache

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx

OVERVIEW, SALES, CUSTOMERS, DATA = "pages/overview", "pages/sales", "pages/customers", "pages/data"
PROMOTIONS = "pages/promotions"


def menu() -> dict[str, list[Page]]:
    """Sections, each a drop-down of the menu, and their pages; the one without a section stands at `/`."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return _pages()
    # Which one a visit may run is written on it: each run has its own copies.
    return {section: [copy(page) for page in pages] for section, pages in _looked_up().items()}


@cache
def _looked_up() -> dict[str, list[Page]]:
    """The pages with their files found, which is done once."""
    return _pages()


def _pages() -> dict[str, list[Page]]:
    return {
        "": [
            st.Page(
                f"{OVERVIEW}/overview.py", title="Overview", icon=":material/dashboard:", default=True,
                help="Where the month stands, what moved it, and what needs you.",
            ),
        ],
        "Sales": [
            st.Page(
                f"{SALES}/revenue.py", title="Revenue", icon=":material/payments:", url_path="revenue",
                help="How much was sold, to whom, through what.",
            ),
            st.Page(
                f"{SALES}/engagement.py", title="Engagement", icon=":material/campaign:", url_path="engagement",
                help="Whether campaigns and flows reach people, and whether they sell.",
            ),
            st.Page(
                f"{SALES}/forecast.py", title="Forecast", icon=":material/query_stats:", url_path="forecast",
                help="Where the month and the quarter will land, and how sure that is.",
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
        "Promotions": [
            st.Page(
                f"{PROMOTIONS}/discovery.py", title="Discovery", icon=":material/explore:", url_path="discovery",
                help="Where the gap to the target is, and which promotion would close it.",
            ),
            st.Page(
                f"{PROMOTIONS}/simulator.py", title="Simulator", icon=":material/tune:", url_path="simulator",
                help="What a promotion would bring, and how sure that is.",
            ),
            st.Page(
                f"{PROMOTIONS}/scenarios.py", title="Scenarios", icon=":material/account_tree:", url_path="scenarios",
                help="Which promotions are planned, what each would bring, and which is best.",
            ),
            st.Page(
                f"{PROMOTIONS}/calendar.py", title="Calendar", icon=":material/calendar_month:", url_path="calendar",
                help="What runs when, and where two promotions meet.",
            ),
            st.Page(
                f"{PROMOTIONS}/uplift.py", title="Uplift", icon=":material/trending_up:", url_path="uplift",
                help="What discounts bring, learned from the company's sales.",
            ),
            st.Page(
                f"{PROMOTIONS}/planning.py", title="Planning", icon=":material/rule_settings:", url_path="planning",
                help="What all scenarios rest on: costs, groups of departments, limits, budget, mandatory texts.",
            ),
            st.Page(
                f"{PROMOTIONS}/post_mortem.py", title="Post-mortem", icon=":material/fact_check:",
                url_path="post-mortem", help="What a promotion really brought, and what there is to learn from it.",
            ),
        ],
        "Data": [
            st.Page(
                f"{DATA}/workbooks.py", title="Workbooks", icon=":material/upload_file:", url_path="workbooks",
                help="The company's sales, promotions, targets and segments: loaded, checked, and from when to when.",
            ),
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
                f"{DATA}/settings.py", title="Settings", icon=":material/settings:", url_path="settings",
                help="What a store's figures rest on: its orders, currency, exchange rates, returns, calendar.",
            ),
            st.Page(
                f"{DATA}/access.py", title="Access", icon=":material/key:", url_path="access",
                help="Who may see and do what.",
            ),
            st.Page(
                f"{DATA}/audit.py", title="Audit", icon=":material/history_edu:", url_path="audit",
                help="Who changed or took away what, and when.",
            ),
        ],
    }  # fmt: skip


def drawn(address: str, *, hidden: bool = False) -> Page:
    """Draws the menu as of a page and gives the page of this run: the section of the one at `address` has the accent's
    colour. On a phone Streamlit puts the menu on top of the sidebar, where it must not fold its end away."""
    named = {
        f":primary[{section}]" if section and any(page.url_path == address for page in pages) else section: pages
        for section, pages in menu().items()
    }
    return st.navigation(named, position="hidden" if hidden else "top", expanded=True)
