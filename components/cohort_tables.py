"""The tables of the page Cohorts, as they are shown and as they are exported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from analytics.customer_base import CustomerBase
from components import tables
from components.cohort_cards import value_name
from components.cohort_words import after_deductions
from components.hovers import hover

TABLES: Final = ("Cohorts", "Customers")
CUSTOMER: Final = "customer"
Rows = list[dict[str, Any]]


def cohort_table(base: CustomerBase, currency: str) -> None:
    """Every cohort, newest first, with what its customers brought and are expected to bring."""
    held = list(reversed(base.cohorts))
    name = value_name(base)
    columns: dict[str, Sequence[Any]] = {
        "Cohort": [c.month for c in held],
        "Customers": [c.size for c in held],
        "Orders": [c.cells[-1].orders for c in held],
        "Each": [c.cells[-1].revenue for c in held],
        "Grown": [[cell.revenue for cell in c.cells] for c in held],
        "Revenue": [float(c.net_revenue) for c in held],
        "Active": [100 * base.expected[c.month].alive / c.size for c in held],
        "Expected": [base.expected[c.month].value for c in held],
    }
    config = {
        "Cohort": st.column_config.DateColumn("First ordered", format="MMM YYYY"),
        "Customers": st.column_config.NumberColumn("Customers", format="%,d"),
        "Orders": st.column_config.NumberColumn("Orders each", format="%.2f", help=hover("cohorts.orders_each")),
        "Each": st.column_config.NumberColumn(
            f"Revenue each, {currency}", format="%,.2f", help=hover("cohorts.revenue_each")
        ),
        "Grown": st.column_config.AreaChartColumn("By month", y_min=0),
        "Revenue": st.column_config.NumberColumn(f"Revenue, {currency}", format="%,.0f", help=hover("cohorts.revenue")),
        "Active": st.column_config.NumberColumn("Still active", format="%.1f %%"),
        "Expected": st.column_config.NumberColumn(
            f"{name}, {currency}",
            format="%,.0f",
            help=hover("cohorts.expected", months=base.terms.months, after=after_deductions(base.terms)),
        ),
    }
    if base.interval is None:
        del columns["Expected"], config["Expected"]
    tables.show(columns, config, key="table_cohorts")


def customer_table(base: CustomerBase, currency: str) -> None:
    """The customers of whom most is expected."""
    held = base.leading
    columns: dict[str, Sequence[Any]] = {
        "Customer": [one.email or one.id for one in held],
        "Expected": [float(one.expected_value) for one in held],
        "Low": [one.interval.low for one in held],
        "High": [one.interval.high for one in held],
        "Active": [100 * one.alive for one in held],
        "Orders": [one.expected_orders for one in held],
        "Value": [float(one.expected_order_value) for one in held],
        "Last": [one.last_order for one in held],
        "Before": [None if one.net_revenue is None else float(one.net_revenue) for one in held],
    }
    config = {
        "Customer": st.column_config.TextColumn("Customer", width="medium"),
        "Expected": st.column_config.NumberColumn(
            f"{value_name(base)}, {currency}",
            format="%,.0f",
            help=hover("cohorts.expected", months=base.terms.months, after=after_deductions(base.terms)),
        ),
        "Low": st.column_config.NumberColumn("From", format="%,.0f", help=hover("cohorts.from")),
        "High": st.column_config.NumberColumn("To", format="%,.0f"),
        "Active": st.column_config.NumberColumn("Still active", format="%.1f %%"),
        "Orders": st.column_config.NumberColumn("Orders", format="%.1f", help=hover("cohorts.orders")),
        "Value": st.column_config.NumberColumn("Of each", format="%,.2f", help=hover("cohorts.of_each")),
        "Last": st.column_config.DateColumn("Last order", format="D MMM YYYY"),
        "Before": st.column_config.NumberColumn("Revenue so far", format="%,.0f", help=hover("cohorts.revenue_so_far")),
    }
    tables.pickable(columns, config, ids=[one.id for one in held], param=CUSTOMER, key="table_customers")
    st.caption("Tick a row to see why so much is expected of a customer, and how long their silence may last.")


def cohort_rows(base: CustomerBase, currency: str) -> Rows:
    """One row a cohort and month, for the export."""
    return [
        {
            "first_ordered": cohort.month,
            "months_since": age,
            "customers": cohort.size,
            "ordered_pct": round(cell.retention, 4),
            "orders_per_customer": round(cell.orders, 6),
            "currency": currency,
            "net_revenue_per_customer": round(cell.revenue, 4),
            "month_is_over": cell.over,
        }
        for cohort in base.cohorts
        for age, cell in enumerate(cohort.cells)
    ]


def gap_rows(base: CustomerBase) -> Rows:
    """The classes of days between orders, for the export."""
    return [{"from_days": g.low, "to_days": g.high, "gaps": g.gaps, "share_pct": round(g.share, 4)} for g in base.gaps]


def customer_rows(found: Sequence[Mapping[str, Any]], currency: str) -> Rows:
    """Every customer, for the export, and what sums are in."""
    return [{**row, "currency": currency} for row in found]
