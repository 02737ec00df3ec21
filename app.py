"""The router: page config, sign-in, sidebar, menu. Pages run from here only."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components import filters, states
from data_access.queries.accounts import accounts
from logs import configure
from pages.frame import background, desk, door, guard, navigation, readiness, returning, sidebar, view
from pages.frame.menu import drawn, menu
from settings import get_settings

STATIC = Path(__file__).parent / "components" / "static"

configure(get_settings().log_level)
guard.keep_secrets(get_settings())
if get_script_run_ctx(suppress_warning=True) is None:
    # The server imports this file once before anybody comes. Naming the menu here makes Streamlit leave the folder
    # `pages/` alone from the start; otherwise the first visitor of a deep link is told that there is no such page.
    st.navigation(menu())
    app = st.App(
        __file__,
        lifespan=background.beside_pages,
        routes=readiness.ROUTES,
        middleware=door.middleware(),
        exception_handlers={Exception: door.failed},
        on_script_error=guard.on_script_error,
    )
else:
    st.set_page_config(page_title="Promolens", page_icon=str(STATIC / "icon.png"), layout="wide")
    st.logo(str(STATIC / "logo.svg"), size="large", icon_image=str(STATIC / "icon.png"))
    st.session_state.pop(view.KEY, None)
    st.session_state.pop(desk.KEY, None)
    stranger = guard.is_stranger(get_settings())
    page = drawn(navigation.page(), hidden=stranger)
    if navigation.arrived(page.url_path):
        # Which page it is, is known only once the menu is drawn.
        page = drawn(page.url_path, hidden=stranger)
        filters.follow_link()
    scope = None
    with guard.explained(title=page.title):
        scope = guard.signed_in(get_settings())
    if scope is not None:
        returning.go_on(page)
        found = False
        with guard.explained(scope, page.title):
            stores = guard.ready_stores(get_settings())
            known = accounts(stores, scope)
            of_company = desk.wanted(page.url_path, scope)
            if of_company:
                st.session_state[desk.KEY] = desk.laid_out(stores, scope, known)
            if known:
                st.session_state[view.KEY] = sidebar.draw(stores, scope, known, page.url_path)
            elif of_company:
                sidebar.draw_without_store(stores, scope)
            sidebar.person(scope)
            found = bool(known) or of_company
            if not found:
                st.title(page.title, anchor=False)
                states.no_store()
        if found:
            with guard.explained(scope):
                page.run()
