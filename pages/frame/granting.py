"""Giving roles and taking them back: by right, and told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.access import Grant
from components.access_form import of_store, rows
from components.list_columns import GRANTS
from components.plain import plain
from data_access.queries.grants import administers, grants
from data_access.scope import Right
from data_access.writes.grants import InvalidGrant, give, take
from pages.frame import company_exports
from pages.frame.desk import Desk
from settings import get_settings
from sign_in import providers

TOLD: Final = "access.told"


def may(d: Desk) -> bool:
    return administers(d.scope)


def caption() -> str:
    """How people come in here."""
    named = providers(get_settings())
    if not named:
        return (
            "Nobody signs in here: whoever uses this machine may do everything. Roles count once SIGN_IN_FILE names a"
            " provider."
        )
    return f"People sign in with {', '.join(map(plain, named.values()))}. A change counts from their next click on."


def read(d: Desk) -> list[Grant]:
    """The grants that the person administers. Raises NotPermitted, StoreError."""
    return grants(d.stores, d.scope)


def names(d: Desk) -> Mapping[str, str]:
    """The stores' names by account."""
    return {account.public_id: f"{account.name} ({account.public_id})" for account in d.accounts}


def exports(d: Desk, kept: Sequence[Grant]) -> None:
    """The grants as a file."""
    said = "Who may see and do what"
    company_exports.menu(d, "Access", {GRANTS: lambda: rows(kept, names(d))}, {"Shows": said}, file="access")


def accounts(d: Desk) -> list[str | None]:
    """For what the person may grant: all stores (None), and single ones."""
    single = [one.public_id for one in d.accounts if d.scope.allows(Right.ADMIN, one.public_id)]
    return [None, *single] if d.scope.allows(Right.ADMIN) else [*single]


def give_it(d: Desk, wanted: Grant | None, trouble: DeltaGenerator) -> None:
    """Keeps a grant and says so; what cannot be kept is said and stays in the form."""
    if wanted is None:
        return
    try:
        given = give(d.stores, d.scope, wanted)
    except InvalidGrant as reason:
        trouble.error(str(reason), icon=":material/error:")
        return
    _told(f"{plain(given.holder)} is now {given.role.value} of {plain(of_store(given.account, names(d)))}.")


def take_back(d: Desk, chosen: Grant | None, trouble: DeltaGenerator) -> None:
    """Takes a grant back and says so."""
    if chosen is None:
        return
    try:
        take(d.stores, d.scope, chosen)
    except InvalidGrant as reason:
        trouble.error(str(reason), icon=":material/error:")
        return
    said = f"{plain(chosen.holder)} is no longer {chosen.role.value} of {plain(of_store(chosen.account, names(d)))}."
    _told(said)


def _told(said: str) -> None:
    st.session_state[TOLD] = said
    st.session_state.pop("access_taken", None)
    st.rerun()
