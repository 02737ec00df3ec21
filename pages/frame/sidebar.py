"""The sidebar below the menu: store, period, comparison, notes, saved views; at its foot freshness and the sync."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import streamlit as st

from analytics.account import Account, DataState
from components import filters
from data_access.queries.accounts import busiest, data_state
from data_access.scope import Scope
from data_access.stores import Stores
from pages.frame import clock, noting, saving_views
from pages.frame.syncing import sync_panel
from pages.frame.view import View


def _last_day(account: Account, state: DataState, now: datetime) -> date:
    """The day that periods end with: today, or of a store that is filled from files that of its last order."""
    if account.files is None or state.as_of is None:
        return now.astimezone(account.zone).date()
    return (state.as_of - timedelta(microseconds=1)).astimezone(account.zone).date()


def draw(stores: Stores, scope: Scope, accounts: Sequence[Account]) -> View:
    """Draws the sidebar and opens the view that its choices make. Raises NotPermitted, StoreError."""
    now = clock.now()
    with st.sidebar:
        account = filters.store_picker(accounts, lambda: busiest(stores, scope, [a.public_id for a in accounts]))
        state = data_state(stores, scope, account.public_id)
        chosen = filters.period_picker(_last_day(account, state, now))
        view = View(stores, scope, account, state, chosen, now)
        with st.container(horizontal=True):
            noting.button(view)
            saving_views.button(view, accounts)
        sync_panel(view)
        if scope.person == "local admin":
            st.caption("Local admin: no sign-in, served to this machine only.")
    filters.missing("store", "period", "from", "to", "compare")
    return view
