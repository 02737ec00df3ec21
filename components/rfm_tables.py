"""The tables of the page RFM, as they are shown and as they are exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from analytics.rfm_figures import Member, RfmFigures
from components import tables
from components.hovers import hover
from components.rfm_words import MEANING, share

SEGMENT: Final = "segment"
CUSTOMER: Final = "customer"
Rows = list[dict[str, Any]]


def segment_table(found: RfmFigures, currency: str) -> None:
    """Each segment; picking one shows its customers."""
    held = found.groups
    columns: dict[str, Sequence[Any]] = {
        "Segment": [g.name for g in held],
        "Customers": [g.customers for g in held],
        "Share": [share(g.customers, found.customers) for g in held],
        "Revenue": [g.cents / 100 for g in held],
        "Part": [share(g.cents, found.cents) for g in held],
        "Each": [g.cents / 100 / g.customers for g in held],
        "Orders": [g.orders / g.customers for g in held],
        "Days": [g.median_days for g in held],
    }
    config = {
        "Segment": st.column_config.TextColumn("Segment", width="medium", pinned=True),
        "Customers": st.column_config.NumberColumn("Customers", format="%,d"),
        "Share": st.column_config.NumberColumn("Of customers", format="%.1f %%"),
        "Revenue": st.column_config.NumberColumn(f"Revenue, {currency}", format="%,.0f", help=hover("rfm.revenue")),
        "Part": st.column_config.NumberColumn("Of revenue", format="%.1f %%"),
        "Each": st.column_config.NumberColumn(f"Each, {currency}", format="%,.2f", help=hover("rfm.each")),
        "Orders": st.column_config.NumberColumn("Orders each", format="%.1f"),
        "Days": st.column_config.NumberColumn("Last order", format="%,.0f d ago", help=hover("rfm.last_order")),
    }
    tables.pickable(columns, config, ids=[g.name for g in held], param=SEGMENT, key="table_segments", rows_seen=11)


def meanings(found: RfmFigures, *, folded: bool) -> None:
    """What each segment means and what to do about it, a sentence each: cells of a table would cut them."""
    with st.expander("What each segment means, and what to do", expanded=not folded):
        st.markdown("\n".join(f"- **{g.name}**: {' '.join(MEANING[g.name])}" for g in found.groups))


def member_table(members: Sequence[Member], currency: str) -> None:
    """Customers, highest net revenue first; picking one shows their orders."""
    columns: dict[str, Sequence[Any]] = {
        "Customer": [m.email or m.id for m in members],
        "Score": ["".join(map(str, m.scores)) for m in members],
        "Segment": [m.group for m in members],
        "Days": [m.days for m in members],
        "Orders": [m.orders for m in members],
        "Revenue": [float(m.net_revenue) for m in members],
        "Risk": [None if m.risk is None else 100 * m.risk for m in members],
        "Consent": [consent(m) for m in members],
    }
    config = {
        "Customer": st.column_config.TextColumn("Customer", width="medium"),
        "Score": st.column_config.TextColumn("RFM", width="small", help=hover("rfm.rfm")),
        "Segment": st.column_config.TextColumn("Segment"),
        "Days": st.column_config.NumberColumn("Last order", format="%,d d ago"),
        "Orders": st.column_config.NumberColumn("Orders", format="%,d"),
        "Revenue": st.column_config.NumberColumn(f"Revenue, {currency}", format="%,.2f", help=hover("rfm.revenue")),
        "Risk": st.column_config.NumberColumn("Risk of being gone", format="%.0f %%"),
        "Consent": st.column_config.TextColumn("E-mail marketing", help=hover("rfm.e_mail_marketing")),
    }
    tables.pickable(columns, config, ids=[m.id for m in members], param=CUSTOMER, key="table_members")


def order_table(orders: Sequence[Mapping[str, Any]], currency: str) -> None:
    """A customer's time line of orders, newest first."""
    held = list(reversed(orders))
    columns: dict[str, Sequence[Any]] = {
        "Date": [o["order_date"] for o in held],
        "Order": [o["order_id"] for o in held],
        "Items": [o["items"] for o in held],
        "Value": [None if o["value"] is None else float(o["value"]) for o in held],
        "Deducted": [float(o["deducted"]) for o in held],
        "Counts": ["cancelled" if o["order_status"] == "cancelled" else "" if o["order_value"] > 0 else "no value"
                   for o in held],
    }  # fmt: skip
    config = {
        "Date": st.column_config.DateColumn("Ordered", format="D MMM YYYY"),
        "Order": st.column_config.TextColumn("Order"),
        "Items": st.column_config.NumberColumn("Items", format="%,d"),
        "Value": st.column_config.NumberColumn(f"Value, {currency}", format="%,.2f"),
        "Deducted": st.column_config.NumberColumn("Refunded", format="%,.2f"),
        "Counts": st.column_config.TextColumn("Does not count"),
    }
    tables.show(columns, config, key="table_orders")


def consent(member: Member) -> str:
    """The consent to e-mail in small letters, and whether Klaviyo suppresses the address."""
    said = member.consent.replace("_", " ").lower()
    return f"{said}, suppressed" if member.suppressed else said or "not known"


def import_rows(members: Sequence[Member]) -> Rows:
    """One row a customer, under the headings of Klaviyo's list import; marketing consent and suppression beside.

    A customer without an e-mail has none in the file: Klaviyo finds them by their phone number, else not at all.
    Consent is in the words of the import: Subscribed, Unsubscribed, Never subscribed; blank where it is not known,
    which Klaviyo takes for never subscribed.
    """
    return [
        {
            "Email": m.email or "",
            "Phone Number": m.phone or "",
            "First Name": m.first_name or "",
            "Last Name": m.last_name or "",
            "Email Marketing Consent": _as_imported(m.consent),
            "Email Suppressed": "" if m.suppressed is None else "TRUE" if m.suppressed else "FALSE",
            "SMS Marketing Consent": _as_imported(m.sms_consent),
            "RFM Segment": m.group,
            "RFM Score": "".join(map(str, m.scores)),
            "Days Since Last Order": m.days,
            "Orders": m.orders,
            "Net Revenue": m.net_revenue,
            "Churn Risk": None if m.risk is None else round(m.risk, 4),
        }
        for m in members
    ]


def _as_imported(consent: str) -> str:
    return consent.replace("_", " ").capitalize()


def segment_rows(found: RfmFigures) -> Rows:
    """One row a segment, for the export."""
    return [
        {
            "segment": g.name,
            "customers": g.customers,
            "customers_pct": round(share(g.customers, found.customers), 4),
            "net_revenue": g.cents / 100,
            "net_revenue_pct": round(share(g.cents, found.cents), 4),
            "orders": g.orders,
            "median_days_since_last_order": g.median_days,
        }
        for g in found.groups
    ]


def move_rows(found: RfmFigures) -> Rows:
    """One row a way from one segment to another, for the export."""
    return [{"from": come, "to": to, "customers": count} for (come, to), count in sorted(found.moves.items())]
