"""What happens when an admin saves: the write, what the person is told, and the figures computed anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from analytics.account import Account, AccountSettings
from components import wording
from data_access.aggregates import recompute
from data_access.queries.accounts import accounts, figures_pending, without_rate
from data_access.scope import Right
from data_access.writes.rates import RatesChanged, RatesLoaded, UnreadableRates, load_rates, put_rates
from data_access.writes.settings import InvalidSetting, SettingsChanged, save_settings
from pages.frame.view import View

TOLD = "settings.told"
WARNED = "settings.warned"
MOST_REASONS = 20


def opened_over(view: View) -> AccountSettings:
    """The settings that the form was opened over: a save on top of somebody else's is refused."""
    return st.session_state.setdefault(_opened(view), view.account.settings)  # type: ignore[no-any-return]


def rates_seen(view: View, rates: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rates that the table was opened over."""
    return st.session_state.setdefault(_rates(view), list(rates))  # type: ignore[no-any-return]


def save(view: View, wanted: AccountSettings) -> None:
    """Saves the form; afterwards the page starts anew with what stands there."""
    try:
        saved = save_settings(view.stores, view.scope, view.account.public_id, wanted)
    except InvalidSetting as reason:
        st.error(str(reason))
        return
    except SettingsChanged as reason:
        _conflict(str(reason), view)
        return
    if saved.recompute:
        _compute_anew(view, [view.account])
    told = "Settings saved." if saved.changed else "Nothing had changed."
    _start_anew(view, told, saved.recompute, _unpriced(view) if saved.recompute else "")


def save_rates(view: View, rows: Sequence[Mapping[str, Any]], seen: Sequence[Mapping[str, Any]]) -> None:
    """Saves the table of rates: rows that changed or came, and those that went."""
    held = {(row["date"], row["base"], row["quote"]) for row in rows}
    gone = [row for row in seen if (row["date"], row["base"], row["quote"]) not in held]
    _keep(
        view,
        lambda: put_rates(
            view.stores,
            view.scope,
            enumerate(rows, start=1),
            source="entered",
            deleted=gone,
            seen=seen,
            currency=view.account.currency,
        ),
    )


def save_rates_file(view: View, content: bytes, name: str) -> None:
    """Saves an uploaded rate table."""
    _keep(view, lambda: load_rates(view.stores, view.scope, content, source=name))


def _keep(view: View, write: Callable[[], RatesLoaded]) -> None:
    try:
        done = write()
    except UnreadableRates as reason:
        st.error(str(reason))
        return
    except RatesChanged as reason:
        _conflict(str(reason), view)
        return
    if done.changed:
        # Rates belong to all stores: each whose figures rest on one of these is computed anew.
        known = accounts(view.stores, view.scope)
        _compute_anew(view, [a for a in known if figures_pending(view.stores, view.scope, a.public_id)])
    said = f"{wording.count(done.changed)} rate(s) changed." if done.changed else "No rate had changed."
    _start_anew(view, said, done.changed > 0, _refused(done))


def _refused(done: RatesLoaded) -> str:
    reasons = [f"- Line {place}: {reason}" for place, reason in done.rejected[:MOST_REASONS]]
    more = len(done.rejected) - len(reasons)
    tail = f"\n\nand {more} more." if more > 0 else ""
    head = f"{len(done.rejected)} rate(s) were refused, {done.loaded} were kept."
    return f"{head}\n\n" + "\n".join(reasons) + tail if reasons else ""


def catch_up(view: View) -> None:
    """Offers to compute figures that still rest on what was kept before: a run that ended in between left them."""
    view.scope.require(Right.VIEW, view.account.public_id)
    if not figures_pending(view.stores, view.scope, view.account.public_id):
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "The figures still rest on other settings or rates than those below: they are in "
            f"{view.account.currency}. The next sync computes them anew."
        )
        may = view.scope.allows(Right.SETTINGS)
        if st.button("Compute now", key="settings_compute", disabled=not may):
            _compute_anew(view, [view.account])
            _start_anew(view, "", True)


def _unpriced(view: View) -> str:
    """What is to be known of a new currency: orders that no rate leads to it from."""
    account = next(a for a in accounts(view.stores, view.scope) if a.public_id == view.account.public_id)
    missing = without_rate(view.stores, view.scope, account.public_id)
    if not missing:
        return ""
    named = ", ".join(f"{wording.count(orders)} in {currency}" for currency, orders in missing.items())
    return f"Orders without an exchange rate to {account.currency} are left out of all sums: {named}. Add a rate below."


def _compute_anew(view: View, stores: Sequence[Account]) -> None:
    for account in stores:
        with st.spinner(f"Computing the figures of {account.name} anew …", show_time=True):
            recompute(view.stores, account.public_id)


def _start_anew(view: View, said: str, recomputed: bool, warned: str = "") -> None:
    _forget(view)
    st.session_state[TOLD] = f"{said} The figures have been computed anew.".strip() if recomputed else said
    st.session_state[WARNED] = warned
    st.rerun()


def _conflict(reason: str, view: View) -> None:
    st.error(reason)
    st.button("Show what stands there now", key="settings_reload", on_click=_forget, args=(view,))


def _forget(view: View) -> None:
    st.session_state.pop(_opened(view), None)
    st.session_state.pop(_rates(view), None)


def _opened(view: View) -> str:
    return f"settings.opened.{view.account.public_id}"


def _rates(view: View) -> str:
    return f"settings.rates.{view.account.public_id}"
