"""The router: page config, sign-in, sidebar, menu. Pages run from here only."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components import states
from data_access.queries.accounts import accounts
from logs import configure
from pages.frame import guard, sidebar, view
from settings import get_settings

STATIC = Path(__file__).parent / "components" / "static"
REVENUE = st.Page(
    "pages/sales/revenue.py",
    title="Revenue",
    icon=":material/payments:",
    url_path="revenue",
    help="How much was sold, to whom, through what.",
)
SETTINGS = st.Page(
    "pages/data/settings.py",
    title="Settings",
    icon=":material/tune:",
    url_path="settings",
    help="What a store's figures rest on: its orders, currency, exchange rates, returns, calendar.",
)


# `/` shows the answer that most people come for, in place: a redirect would have to set what the filters are bound to.
START = st.Page("pages/sales/revenue.py", title="Revenue", url_path="start", default=True, visibility="hidden")
MENU = {
    "": [START],
    "Sales": [REVENUE],
    "Data": [SETTINGS],
}

configure(get_settings().log_level)
if get_script_run_ctx() is None:
    # The server imports this file once before anybody comes. Naming the menu here makes Streamlit leave the folder
    # `pages/` alone from the start; otherwise the first visitor of a deep link is told that there is no such page.
    st.navigation(MENU)
    app = st.App(__file__, on_script_error=guard.on_script_error)
else:
    st.set_page_config(page_title="Promolens", page_icon=str(STATIC / "icon.png"), layout="wide")
    st.logo(str(STATIC / "logo.svg"), size="large", icon_image=str(STATIC / "icon.png"))
    st.session_state.pop(view.KEY, None)
    page = st.navigation(MENU)
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
