"""Cohorts: whether customers come back, and what they are worth."""

import streamlit as st

from analytics.lifetime_value import Calibration
from analytics.repeat_buying import NotFitted
from components import (
    cards,
    cohort_cards,
    cohort_charts,
    cohort_customer,
    cohort_tables,
    export_words,
    filters,
    states,
    tables,
)
from components import cohort_words as words
from components.plain import plain
from components.revenue_words import not_computed
from data_access.queries.cohorts import DERIVED, all_customers, customer_base, customer_outlook
from pages.frame import exports
from pages.frame.view import opened

view = opened()
account, currency = view.account, view.account.currency
sparklines = not view.on_phone
st.title("Cohorts", anchor=False)
caption = st.empty()
with st.container(horizontal=True, vertical_alignment="bottom"):
    span = filters.one("First ordered within", list(cohort_charts.SHOWN), key="cohorts")
    row_end = st.container(width="content")
filters.missing("cohorts")
body, base = states.body(
    "cohorts",
    view.visit,
    lambda: cohort_charts.skeleton(sparklines=sparklines),
    lambda: view.read(customer_base, derived=DERIVED),
)
with body:
    if base is None:
        states.empty(
            "No customers yet",
            not_computed(account, "its customers"),
            key="empty",
        )
        st.stop()
    caption.caption(plain(words.caption(base, account, view.now)))
    said = words.caption(base, account, None)
    notes = words.notes(base, account)
    shown = base.cohorts[-cohort_charts.SHOWN[span] :]
    file = f"promolens-{account.public_id}-cohorts-{base.as_of}"
    with row_end:
        facts = export_words.about(said, view.shown, notes=notes)
        store, scope, id = view.stores, view.scope, account.public_id
        sets = {
            "Cohorts": lambda: cohort_tables.cohort_rows(base, currency),
            "Customers": lambda: cohort_tables.customer_rows(all_customers(store, scope, id), currency),
            "Days between orders": lambda: cohort_tables.gap_rows(base),
        }
        exports.menu(view, "Cohorts", sets, facts, file=file)
    if isinstance(base.model, NotFitted):
        st.info(words.not_fitted(base.model), icon=":material/info:")
    six = cohort_cards.cohort_cards(base, currency)
    cards.show(six, "", sparklines=sparklines and cohort_cards.tells_a_trend(base))
    st.markdown(words.what_it_comes_to(base, currency))
    with st.container(border=True):
        picked = filters.beside("Who comes back", list(cohort_charts.MEASURES), key="shows")
        measure = cohort_charts.MEASURES[picked]
        st.caption(f"{measure.name}, by month of the first order and size of the cohort.")
        name = f"{file}-{picked.lower().replace(' ', '-')}"
        cohort_charts.triangle(shown, measure, currency, name, narrow=view.on_phone)
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("Share who order, month by month")
        cohort_charts.retention_curves(base, shown, f"{file}-retention")
    with right.container(border=True, height="stretch"):
        filters.heading("Net revenue per customer so far")
        cohort_charts.revenue_curves(base, shown, currency, f"{file}-revenue")
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("Days between orders")
        if base.gaps:
            cohort_charts.gaps(base, f"{file}-gaps")
        st.caption(words.gaps(base))
    with right.container(border=True, height="stretch"):
        filters.heading("Orders foretold and orders that came")
        if isinstance(base.calibration, Calibration):
            cohort_charts.calibration(base.calibration, f"{file}-calibration")
        st.caption(words.calibration(base.calibration, base))
    with st.container(border=True):
        offered = cohort_tables.TABLES if base.leading else cohort_tables.TABLES[:1]
        table = filters.beside("Behind the figures", offered, key="listed")
        if table == "Customers":
            cohort_tables.customer_table(base, currency)
        else:
            cohort_tables.cohort_table(base, currency)
    customer = st.query_params.get(cohort_tables.CUSTOMER) if table == "Customers" else None
    outlook = view.read(customer_outlook, customer, derived=DERIVED) if customer else None
    if customer and outlook is None:
        filters.not_here("customer", [customer])
    if outlook is not None:
        with st.container(border=True, key="customer"):
            if cohort_customer.heading(outlook):
                tables.forget(cohort_tables.CUSTOMER)
                st.rerun()
            cohort_customer.draw(outlook, currency, base.terms, view.marked, f"{file}-customer")
    with st.expander("Notes: what is left out, what is not final, which method"):
        st.markdown("\n".join(f"- {note}" for note in notes))
