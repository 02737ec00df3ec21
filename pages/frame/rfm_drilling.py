"""What stands behind a segment: its customers, and one customer's scores and orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from analytics.rfm_figures import MEASURES, Member, RfmFigures
from components import filters, rfm_charts, rfm_tables, wording
from components import rfm_words as words
from data_access.queries.rfm import DERIVED, EVERYBODY, MembersQuery, RfmQuery, members, orders_of
from pages.frame import exports
from pages.frame.view import View


def all_members(view: View, asked: RfmQuery, question: MembersQuery | None = None) -> rfm_tables.Rows:
    """All customers of a question under the headings of Klaviyo's list import, read when it is asked for."""
    every = replace(question or MembersQuery(asked), most=EVERYBODY)
    return rfm_tables.import_rows(members(view.stores, view.scope, view.account.public_id, every).members)


def draw(view: View, asked: RfmQuery, found: RfmFigures, facts: Mapping[str, str], file: str) -> None:
    """The customers of the picked segment and scores, and the picked one's orders."""
    group = st.query_params.get(rfm_tables.SEGMENT)
    known = group if found.group(group or "") else None
    with st.container(border=True, key="members"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
            st.subheader(known or "All customers", anchor=False, width="content")
            scores = [rfm_charts.ANY, *map(str, range(1, found.scheme.groups + 1))]
            recency = filters.one("Recency", scores, key=rfm_charts.RECENCY)
            frequency = filters.one("Frequency", scores, key=rfm_charts.FREQUENCY)
            end = st.container(width="content")
        filters.missing(rfm_charts.RECENCY, rfm_charts.FREQUENCY)
        if group and not known:
            filters.not_here("segment", [group])
        if known:
            means, do = words.MEANING[known]
            st.markdown(f"{means} {do}")
        question = MembersQuery(asked, known, _score(recency), _score(frequency))
        listed = view.read(members, question, derived=DERIVED)
        with end:
            exports.menu(
                view,
                "RFM",
                {known or "Customers": lambda: all_members(view, asked, question)},
                facts,
                file=file,
                key="export_members",
            )
        if not listed.customers:
            st.caption("Nobody has these scores.")
            return
        more = f", the first {len(listed.members)} by net revenue" if listed.customers > len(listed.members) else ""
        st.caption(f"{wording.count(listed.customers)} customers{more}. Pick one to see why they score so.")
        rfm_tables.member_table(listed.members, view.account.currency)
    picked = st.query_params.get(rfm_tables.CUSTOMER)
    if picked:
        _customer(view, asked, found, picked, listed.members)


def _customer(view: View, asked: RfmQuery, found: RfmFigures, id: str, listed: Sequence[Member]) -> None:
    """Why a customer scores so, and their orders; mostly one of those that are listed already."""
    shown = [member for member in listed if member.id == id]
    if not shown:
        shown = list(view.read(members, MembersQuery(asked, customer=id), derived=DERIVED).members)
    with st.container(border=True, key="customer"):
        if not shown:
            filters.not_here("customer", [id])
            st.caption("No such customer has an order that counts in the window.")
            return
        member = shown[0]
        filters.heading("Why this score")
        values = (member.days, member.orders, int(member.net_revenue * 100))
        reasons = [
            words.why(measure, score, value, found, view.account.currency)
            for measure, score, value in zip(MEASURES, member.scores, values, strict=True)
        ]
        code = "".join(map(str, member.scores))
        who = f"`{member.email or member.id}` scores {code}: **{member.group}**."
        st.markdown("\n".join([who, "", *(f"- {reason}" for reason in reasons)]))
        orders = view.read(orders_of, (id, asked.as_of), derived=DERIVED)
        rfm_tables.order_table(orders, view.account.currency)


def _score(picked: str) -> int | None:
    return None if picked == rfm_charts.ANY else int(picked)
