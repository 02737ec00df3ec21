"""Saved views: the form in which one is named, and the list of those that can be opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

import streamlit as st
from streamlit.navigation.page import Page

from analytics.saved_views import LONGEST_NAME, SavedView
from components.plain import plain

MINE, SHARED, SHARED_OF_COMPANY = "Only me", "Everybody who sees the store", "Everybody who sees promotions"


def form(name: str, *, shared: bool, key: str, label: str, of_company: bool = False) -> tuple[str, bool] | None:
    """The form over a name; name and whether it is shared once a person saves, else None. of_company: the view is of a
    page that belongs to no store."""
    others = SHARED_OF_COMPANY if of_company else SHARED
    with st.form(f"view_form_{key}", border=True):
        named = st.text_input("Name", name, max_chars=LONGEST_NAME, key=f"view_name_{key}", placeholder="Monday look")
        seen_by = st.radio("Who sees it", (MINE, others), index=int(shared), key=f"view_shared_{key}", horizontal=True)
        if not st.form_submit_button(label, key=f"view_save_{key}", type="primary"):
            return None
    return named or "", seen_by == others


def address(view: SavedView, store: str) -> str:
    """The address that shows the view, from whatever page; `store` is what the store is called now, '' for none."""
    of_store = {"store": store} if store else {}
    query = urlencode(of_store | {name: list(values) for name, values in view.filters.items()}, doseq=True)
    return f".{view.page}?{query}"


def listed(
    views: Sequence[SavedView],
    person: str,
    *,
    page_of: Callable[[str], Page | None],
    store_of: Mapping[str, str],
) -> tuple[str, SavedView] | None:
    """The views as links, with buttons at one's own; which of them a person asks to 'change' or 'remove'."""
    asked: tuple[str, SavedView] | None = None
    for view in views:
        page, store = page_of(view.page), store_of.get(view.account, "")
        mine = view.owner == person
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch", gap=None):
                if page is None:
                    st.markdown(plain(f"{view.name}: its page, {view.page}, is no more."))
                else:
                    # Within the session the sidebar's choices would stay as they are: it opens a tab of its own.
                    st.link_button(
                        plain(view.name),
                        address(view, store),
                        key=f"view_link_{view.id}",
                        type="tertiary",
                        icon=":material/bookmark:",
                    )
                owner = ("shared" if view.shared else "only you see it") if mine else f"by {view.owner}"
                st.caption(plain(" · ".join(piece for piece in (page.title if page else "", store, owner) if piece)))
            if mine and st.button("Change", key=f"view_change_{view.id}", icon=":material/edit:", type="tertiary"):
                asked = "change", view
            if mine and st.button("Remove", key=f"view_remove_{view.id}", icon=":material/delete:", type="tertiary"):
                asked = "remove", view
    return asked
