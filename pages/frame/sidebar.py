"""The sidebar: store, period, comparison, notes, saved views; at its foot freshness and the sync."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import streamlit as st

from analytics.account import Account, DataState
from components import filters
from components.plain import plain
from data_access.queries.accounts import busiest, data_state
from data_access.scope import LOCAL_ADMIN, Right, Scope
from data_access.stores import Stores
from pages.frame import clock, desk, guard, monthly, noting, saving_views
from pages.frame.syncing import sync_panel
from pages.frame.view import View
from settings import get_settings

# The basket page's days, where they are the sidebar's.
OF_PERIOD: Final = "Chosen period"
# Pages that do not look at the period: what they look at instead.
INSTEAD: Final = {
    "rfm": "RFM looks at all orders up to the day As of, in the window chosen there.",
    "cohorts": "Cohorts looks at all orders, by the month of each customer's first one.",
    "products": "Products looks at the 30, 60 and 90 days before its as-of date.",
    "health": "Health shows how things are now.",
    "settings": "Settings hold for all days.",
    "forecast": "Forecast looks at the month and the quarter that are under way.",
    **desk.PAGES,
}


def _looked_at(page: str) -> tuple[str, str]:
    """What a page looks at instead of the period, and why it compares with nothing; '' where it does."""
    if page == "basket":
        of_period = (st.session_state.get("days") or st.query_params.get("days")) == OF_PERIOD
        return ("" if of_period else f"Basket looks at all orders, unless '{OF_PERIOD}' is chosen there."), (
            "Basket compares with nothing."
        )
    return INSTEAD.get(page, ""), INSTEAD.get(page, "")


def _last_day(account: Account, state: DataState, now: datetime) -> date:
    """The day that periods end with: today, or of a store that is filled from files that of its last order."""
    if account.files is None or state.as_of is None:
        return now.astimezone(account.zone).date()
    return (state.as_of - timedelta(microseconds=1)).astimezone(account.zone).date()


def draw(stores: Stores, scope: Scope, accounts: Sequence[Account], page: str = "") -> View:
    """Draws the sidebar of a page, by its address, and opens the view that its choices make.

    Raises NotPermitted, StoreError.
    """
    now = clock.now()
    with st.sidebar:
        account = filters.store_picker(accounts, lambda: busiest(stores, scope, [a.public_id for a in accounts]))
        state = data_state(stores, scope, account.public_id)
        today = now.astimezone(account.zone).date()
        chosen = filters.period_picker(_last_day(account, state, now), today, *_looked_at(page))
        view = View(stores, scope, account, state, chosen, now)
        with st.container(horizontal=True):
            noting.button(view)
            of_company = page in desk.PAGES and scope.allows(Right.PROMO_READ)
            whose = "" if of_company else account.public_id
            saving_views.button(saving_views.Savable(stores, scope, whose, accounts))
        monthly.button(view)
        sync_panel(view)
    filters.missing("store", "period", "from", "to", "compare")
    return view


def draw_without_store(stores: Stores, scope: Scope) -> None:
    """The sidebar of one of the company's pages where no store is connected: the saved views. Raises NotPermitted,
    StoreError."""
    if scope.allows(Right.PROMO_READ):
        with st.sidebar:
            saving_views.button(saving_views.Savable(stores, scope, "", ()))


def person(scope: Scope) -> None:
    """Says who is here, beneath everything else, and offers to leave."""
    with st.sidebar:
        if scope.person == LOCAL_ADMIN:
            st.caption("Local admin: no sign-in, served to this machine only.")
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Signed in as {plain(scope.person)}")
            if st.button("Sign out", key="sign_out", type="tertiary"):
                guard.sign_out(get_settings())
