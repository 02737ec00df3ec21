"""Settings: what the figures of a store rest on."""

import streamlit as st

from components import states
from components.plain import plain
from components.settings_form import rates_table, rates_upload, settings_form
from components.watch_form import digest_form, watched_form
from data_access.queries.accounts import order_metrics, rates
from data_access.scope import Right
from pages.frame import settings_saving as saving
from pages.frame.view import opened
from settings import get_settings

view = opened()
account = view.account
may_edit = view.may(Right.SETTINGS)
for_all = view.scope.allows(Right.SETTINGS)
st.title("Settings", anchor=False)
told = f"{account.timezone} time · {account.currency}, {account.value_wording}"
st.caption(f"{plain(account.name)} ({account.public_id}) · {told}")
states.told_once(st.session_state.pop(saving.TOLD, None))
place = st.empty()
if warned := st.session_state.pop(saving.WARNED, None):
    place.warning(warned, icon=":material/warning:")
if not may_edit:
    st.info("You may look at these settings; an admin can change them.")

saving.follow_up(view)
metrics = order_metrics(view.stores, view.scope, account.public_id)
wanted = settings_form(account, saving.opened_over(view), metrics, may_edit=may_edit)
if wanted is not None:
    saving.save(view, wanted)

watched = watched_form(account, saving.opened_over(view), may_edit=may_edit)
if watched is not None:
    saving.save(view, watched)
sendable = bool(get_settings().smtp_host)
told_by_mail = digest_form(account, saving.opened_over(view), may_edit=may_edit, sendable=sendable)
if told_by_mail is not None:
    saving.save(view, told_by_mail)
if may_edit and sendable and account.settings.digest_addresses:
    saving.offer_test(view)

with st.container(border=True):
    st.subheader("Exchange rates", anchor=False)
    st.caption(
        f"Orders in another currency than {account.currency} are converted by the newest rate on or before their day. "
        "Orders without a rate are left out of sums and told on each page."
    )
    if may_edit and not for_all:
        st.caption("Rates are the same for all stores, so an admin of all stores changes them.")
    seen = saving.rates_seen(view, rates(view.stores, view.scope, account.public_id, account.currency))
    edited = rates_table(seen, account, may_edit=for_all)
    if edited is not None:
        saving.save_rates(view, edited, seen)
    uploaded = rates_upload(account, may_edit=for_all)
    if uploaded is not None:
        saving.save_rates_file(view, *uploaded)
