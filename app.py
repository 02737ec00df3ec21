"""The router: page config, sign-in, sidebar, menu. Pages run from here only."""

from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components import states
from data_access.queries.accounts import accounts
from logs import configure
from pages.frame import background, guard, navigation, readiness, sidebar, view
from settings import get_settings

STATIC = Path(__file__).parent / "components" / "static"

REVENUE = "pages/sales/revenue.py"
COHORTS = "pages/customers/cohorts.py"
JOBS, HEALTH, SETTINGS = "pages/data/jobs.py", "pages/data/health.py", "pages/data/settings.py"


def menu(*, at_start: bool = False) -> dict[str, list[Page]]:
    """Sections and pages. `/` shows the answer that most people come for, in place: a redirect would have to set what
    the filters are bound to. While it is open it stands in the menu for the page of that name.
    """
    sold = partial(
        st.Page, REVENUE, title="Revenue", icon=":material/payments:", help="How much was sold, to whom, through what."
    )
    returns = "Whether customers come back, and what they are expected to bring."
    ran = "What syncs, loads and computations did, how fast, and what they left out."
    well = "Whether the data are right and fresh, what runs by the clock, and what needs an admin."
    rests = "What a store's figures rest on: its orders, currency, exchange rates, returns, calendar."
    return {
        "Sales": [
            sold(url_path="start", default=True, visibility="visible" if at_start else "hidden"),
            sold(url_path="revenue", visibility="hidden" if at_start else "visible"),
        ],
        "Customers": [
            st.Page(COHORTS, title="Cohorts", icon=":material/event_repeat:", url_path="cohorts", help=returns),
        ],
        "Data": [
            st.Page(JOBS, title="Jobs", icon=":material/sync:", url_path="jobs", help=ran),
            st.Page(HEALTH, title="Health", icon=":material/monitor_heart:", url_path="health", help=well),
            st.Page(SETTINGS, title="Settings", icon=":material/tune:", url_path="settings", help=rests),
        ],
    }


configure(get_settings().log_level)
if get_script_run_ctx(suppress_warning=True) is None:
    # The server imports this file once before anybody comes. Naming the menu here makes Streamlit leave the folder
    # `pages/` alone from the start; otherwise the first visitor of a deep link is told that there is no such page.
    st.navigation(menu())
    app = st.App(
        __file__,
        lifespan=background.beside_pages,
        routes=readiness.ROUTES,
        on_script_error=guard.on_script_error,
    )
else:
    st.set_page_config(page_title="Promolens", page_icon=str(STATIC / "icon.png"), layout="wide")
    st.logo(str(STATIC / "logo.svg"), size="large", icon_image=str(STATIC / "icon.png"))
    st.session_state.pop(view.KEY, None)
    page = st.navigation(menu())
    if page.url_path == "":
        page = st.navigation(menu(at_start=True))
    navigation.arrived(page.url_path)
    scope = None
    with guard.explained():
        scope = guard.signed_in(get_settings())
    if scope is not None:
        with guard.explained(scope):
            stores = guard.ready_stores(get_settings())
            known = accounts(stores, scope)
            if known:
                st.session_state[view.KEY] = sidebar.draw(stores, scope, known)
                page.run()
            else:
                states.no_store()
