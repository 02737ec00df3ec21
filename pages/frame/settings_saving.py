"""What happens when an admin saves: the write, what the person is told, and the figures computed anew beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from analytics.account import Account, AccountSettings
from components import wording
from components.settings_form import follows
from data_access import jobs
from data_access.queries.accounts import accounts, figures_pending, without_rate
from data_access.scope import Right
from data_access.writes.rates import RatesChanged, RatesLoaded, UnreadableRates, load_rates, put_rates
from data_access.writes.settings import InvalidSetting, SettingsChanged, save_settings
from ingest.runner import IngestError, send_test_digest
from pages.frame import clock
from pages.frame.view import View
from settings import get_settings

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
    told = "Settings saved." if saved.changed else "Nothing had changed."
    if saved.revalue:
        told += f" What customers are expected to bring is computed anew {follows(view.account)}."
    if saved.recompute:
        told = _compute_anew(view, [view.account.public_id], told)
    _start_anew(view, told)


def offer_test(view: View) -> None:
    """A button that sends the digest at once to whom it goes, and says what became of it."""
    if not st.button("Send a test", icon=":material/send:", key="digest_test"):
        return
    try:
        sent = send_test_digest(view.stores, get_settings(), view.scope, view.account.public_id, clock.now())
    except IngestError as reason:
        st.error(f"The test was not sent: {reason}")
    else:
        st.success(f"A test was sent to {', '.join(sent)}.")


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
    said = f"{wording.count(done.changed)} rate(s) changed." if done.changed else "No rate had changed."
    if done.changed:
        # Rates belong to all stores: each whose figures rest on one of these is computed anew.
        known = [account.public_id for account in accounts(view.stores, view.scope)]
        said = _compute_anew(view, [a for a in known if figures_pending(view.stores, view.scope, a)], said)
    _start_anew(view, said, _refused(done))


def _refused(done: RatesLoaded) -> str:
    reasons = [f"- Line {place}: {reason}" for place, reason in done.rejected[:MOST_REASONS]]
    more = len(done.rejected) - len(reasons)
    tail = f"\n\nand {more} more." if more > 0 else ""
    head = f"{len(done.rejected)} rate(s) were refused, {done.loaded} were kept."
    return f"{head}\n\n" + "\n".join(reasons) + tail if reasons else ""


def follow_up(view: View) -> None:
    """What became of the figures after a save: under way, computed, or left behind by a run that ended in between."""
    account = view.account.public_id
    view.scope.require(Right.VIEW, account)
    with view.stores.operational.read() as session:
        job = jobs.latest_job(session, account)
    pending = figures_pending(view.stores, view.scope, account)
    busy = (job is not None and job.running) or jobs.waits(account)
    if busy and (pending or (job is not None and job.kind == "recompute")):
        st.info(
            f"The figures are being computed anew. Until that has ended, pages show those from before, in "
            f"{view.account.currency}.",
            icon=":material/hourglass_top:",
        )
    elif pending:
        _offer(view)
    elif st.session_state.get(_awaited(account)) == view.visit:
        # It stays for the visit: the sidebar runs the page again when the job has ended.
        st.success("The figures have been computed anew.")
        if unpriced := _unpriced(view):
            st.warning(unpriced)


def _offer(view: View) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "The figures still rest on other settings or rates than those below: they are in "
            f"{view.account.currency}. They are computed anew {_next(view.account)}."
        )
        may = view.may(Right.SETTINGS)
        if st.button("Compute now", key="settings_compute", disabled=not may):
            _start_anew(view, _compute_anew(view, [view.account.public_id], ""))


def _next(account: Account) -> str:
    return "with the next file that is loaded" if account.files is not None else "by the next sync"


def _unpriced(view: View) -> str:
    """What is to be known of a new currency: orders that no rate leads to it from."""
    account = next(a for a in accounts(view.stores, view.scope) if a.public_id == view.account.public_id)
    missing = without_rate(view.stores, view.scope, account.public_id)
    if not missing:
        return ""
    named = ", ".join(f"{wording.count(orders)} in {currency}" for currency, orders in missing.items())
    return f"Orders without an exchange rate to {account.currency} are left out of all sums: {named}. Add a rate below."


def _compute_anew(view: View, accounts: Sequence[str], said: str) -> str:
    """Starts a job for each of some stores; what has been said, with what there is to say of other stores."""
    from ingest.runner import start_recomputing  # only here: what a sync needs is not needed to draw a page

    start_recomputing(view.stores, get_settings(), view.scope, accounts)
    if view.account.public_id in accounts:
        st.session_state[_awaited(view.account.public_id)] = view.visit
    others = len([account for account in accounts if account != view.account.public_id])
    if not others:
        return said
    return f"{said} The figures of {others} other {'store' if others == 1 else 'stores'} are computed anew as well."


def _start_anew(view: View, said: str, warned: str = "") -> None:
    _forget(view)
    st.session_state[TOLD] = said.strip()
    st.session_state[WARNED] = warned
    st.rerun()


def _conflict(reason: str, view: View) -> None:
    st.error(reason)
    st.button("Show what stands there now", key="settings_reload", on_click=_forget, args=(view,))


def _forget(view: View) -> None:
    st.session_state.pop(_opened(view), None)
    st.session_state.pop(_rates(view), None)


def _awaited(account: str) -> str:
    return f"settings.awaited.{account}"


def _opened(view: View) -> str:
    return f"settings.opened.{view.account.public_id}"


def _rates(view: View) -> str:
    return f"settings.rates.{view.account.public_id}"
