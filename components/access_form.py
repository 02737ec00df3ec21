"""Who may see and do what: the table of grants, and the forms in which one is given or taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from analytics.access import GROUP, Grant, Role
from components import wording
from components.hovers import hover

MEANS: Final = {
    Role.VIEWER: "sees figures and promotions",
    Role.MARKETER: "sees and exports them, syncs and forecasts the store, names who was left out of its campaigns",
    Role.PLANNER: "sees and exports them, loads workbooks, plans promotions",
    Role.APPROVER: "sees and exports them, approves promotions and models of uplift",
    Role.ADMIN: "does everything but see who customers are",
}
ALL_STORES: Final = "All stores"


def table(grants: Sequence[Grant], stores: Mapping[str, str]) -> None:
    """Every grant; stores: their names by account."""
    st.dataframe(
        {
            "Who": [grant.holder.removeprefix(GROUP) for grant in grants],
            "Kind": ["Group" if grant.holder.startswith(GROUP) else "Person" for grant in grants],
            "Role": [grant.role.value.capitalize() for grant in grants],
            "Store": [of_store(grant.account, stores) for grant in grants],
            "Sees who customers are": [grant.pii for grant in grants],
            "Given by": [grant.granted_by or "–" for grant in grants],
            "Given on": [wording.day(grant.granted_at) if grant.granted_at else "–" for grant in grants],
        },
        hide_index=True,
        key="access_table",
    )


def rows(grants: Sequence[Grant], stores: Mapping[str, str]) -> list[dict[str, Any]]:
    """The same, for files."""
    return [
        {
            "who": grant.holder.removeprefix(GROUP),
            "group": grant.holder.startswith(GROUP),
            "role": grant.role.value,
            "store": of_store(grant.account, stores),
            "sees_who_customers_are": grant.pii,
            "given_by": grant.granted_by,
            "given_at_utc": grant.granted_at,
        }
        for grant in grants
    ]


def of_store(account: str | None, stores: Mapping[str, str]) -> str:
    """A store's name, or that it is all of them; one that is gone by its id."""
    return ALL_STORES if account is None else stores.get(account, account)


def giving(accounts: Sequence[str | None], stores: Mapping[str, str]) -> Grant | None:
    """The form of a new grant; what it holds once it is given. accounts: those that the person may grant for."""
    with st.form("access_give", border=False, clear_on_submit=False):
        left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
        holder = left.text_input(
            "Who", key="access_who", placeholder="ann@example.com", help=hover("access.who"), max_chars=200
        )
        role = middle.selectbox(
            "Role", list(Role), format_func=lambda one: one.value.capitalize(), key="access_role",
            help="\n".join(f"- **{one.value.capitalize()}** {said}" for one, said in MEANS.items()),
        )  # fmt: skip
        account = right.selectbox("Store", accounts, format_func=lambda one: of_store(one, stores), key="access_store")
        group = st.checkbox("A group's name, as the provider has it", key="access_group")
        pii = st.checkbox("Sees who customers are", key="access_pii", help=hover("access.pii"))
        if not st.form_submit_button("Give", type="primary", key="access_give_it"):
            return None
        assert role is not None  # one is chosen from the start
    name = holder.strip()
    return Grant(f"{GROUP}{name}" if group else name, role, account, pii)


def taking(grants: Sequence[Grant], stores: Mapping[str, str]) -> Grant | None:
    """The choice of a grant to take back; it, once that is clicked."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Grant to take back",
            grants,
            index=None,
            format_func=lambda one: f"{one.holder} · {one.role.value} · {of_store(one.account, stores)}",
            placeholder="Choose one",
            key="access_taken",
        )
        clicked = st.button("Take back", key="access_take", disabled=chosen is None)
    return chosen if clicked else None
