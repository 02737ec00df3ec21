"""Saved views, within reach on every page: what the address says now under a name, and the views that can be opened."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.navigation.page import Page

from analytics.account import Account
from analytics.saved_views import InvalidView, SavedView
from components import filters, views_form
from data_access.queries.saved_views import saved_views
from data_access.scope import NotPermitted, Scope
from data_access.stores import Stores
from data_access.writes.saved_views import ViewChanged, change_view, remove_view, save_view
from pages.frame import guard, navigation
from pages.frame.menu import menu

_NAME: Final = "views"
_NEW: Final = "views.new"
_CHANGING: Final = "views.changing"
# Usual values stand in no address; a saved one names them, so that it shows the same when they change.
_ALWAYS: Final = ("period", "compare")
# What the sidebar says of a store's days, at which the company's pages do not look.
_OF_STORE: Final = (*_ALWAYS, "from", "to")


@dataclass(frozen=True, slots=True)
class Savable:
    """Whose view is saved. account: the store that the page shows, '' for a page of the company's."""

    stores: Stores
    scope: Scope
    account: str
    accounts: Sequence[Account]


def button(view: Savable) -> None:
    """The button in the sidebar, and the dialog that it opens."""
    if st.button("Views", key="views_open", icon=":material/bookmark:", help="Save what you see, and open it again."):
        st.session_state[_NEW] = str(uuid.uuid4())
        st.session_state.pop(_CHANGING, None)
        navigation.open_dialog(_NAME)
    if navigation.dialog() == _NAME:
        _dialog(view)


@st.dialog("Saved views", width="medium", icon=":material/bookmark:", on_dismiss=navigation.close_dialog)
def _dialog(view: Savable) -> None:
    with guard.explained(view.scope):
        changing: SavedView | None = st.session_state.get(_CHANGING)
        if changing is not None:
            _change(view, changing)
            return
        st.caption("The page with its store, days, comparison and filters, as they are now.")
        id = st.session_state[_NEW]
        wanted = views_form.form("", shared=False, key=f"new_{id}", label="Save view", of_company=not view.account)
        if wanted is not None:
            name, shared = wanted
            page = f"/{navigation.page()}"
            new = SavedView(id, view.account, name, page, _address(view), view.scope.person, shared)
            _write(lambda: save_view(view.stores, view.scope, new))
        kept = saved_views(view.stores, view.scope, [account.public_id for account in view.accounts])
        stores = {account.public_id: label for label, account in filters.labels(view.accounts).items()}
        asked = views_form.listed(kept, view.scope.person, page_of=_page, store_of=stores)
        if asked is None:
            return
        what, one = asked
        if what == "remove":
            _write(lambda: remove_view(view.stores, view.scope, one))
        else:
            st.session_state[_CHANGING] = one
            st.rerun()


def _change(view: Savable, seen: SavedView) -> None:
    wanted = views_form.form(
        seen.name, shared=seen.shared, key=f"change_{seen.id}", label="Save change", of_company=not seen.account
    )
    if wanted is not None:
        name, shared = wanted
        _write(lambda: change_view(view.stores, view.scope, seen, name, shared=shared))
    if st.button("Back", key="view_back", type="tertiary"):
        st.session_state.pop(_CHANGING, None)
        st.rerun()


def _address(view: Savable) -> dict[str, tuple[str, ...]]:
    """What the address says, and what it leaves out because it is the usual."""
    of_sidebar = {"store", *(() if view.account else _OF_STORE)}
    said = {name: tuple(st.query_params.get_all(name)) for name in st.query_params if name not in of_sidebar}
    if not view.account:
        return said
    usual = {name: (str(st.session_state[name]),) for name in _ALWAYS if st.session_state.get(name)}
    return usual | said


def _page(address: str) -> Page | None:
    """The page of the menu at an address."""
    pages = [page for section in menu().values() for page in section]
    return next((page for page in pages if f"/{page.url_path}" == address), None)


def _write(write: Callable[[], object]) -> None:
    try:
        write()
    except (InvalidView, ViewChanged, NotPermitted) as reason:
        st.error(str(reason))
        return
    navigation.close_dialog()
    st.rerun()
