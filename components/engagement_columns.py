"""Columns that the tables of the engagement page share, and the names of what is picked in them."""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from analytics.engagement import Counts
from components import wording
from components.hovers import hover
from components.revenue_series import Shown

Rows = list[dict[str, Any]]
# What a picked row is called in the address.
CAMPAIGN: Final = "campaign"
FLOW: Final = "flow"
FORM: Final = "form"
SEGMENT: Final = "segment"


def counts_row(counts: Counts) -> dict[str, Any]:
    """Recipients, rates and revenue of one row."""
    return {
        "Recipients": whole(counts.recipients),
        "Open": counts.open_rate,
        "Click": counts.click_rate,
        "Conversion": counts.conversion_rate,
        "Revenue": exact(counts.value),
        "Per": exact(counts.per_recipient),
    }


def counts_config(shown: Shown) -> dict[str, Any]:
    """How they are written."""
    currency = shown.account.currency
    return {
        "Recipients": st.column_config.NumberColumn("Recipients", format="%,d"),
        "Open": st.column_config.NumberColumn("Open rate", format="%.1f %%"),
        "Click": st.column_config.NumberColumn("Click rate", format="%.1f %%"),
        "Conversion": st.column_config.NumberColumn("Conversion rate", format="%.1f %%"),
        "Revenue": st.column_config.NumberColumn(
            f"Revenue, {currency}", format="%,.0f", help=hover("engagement.revenue")
        ),
        "Per": st.column_config.NumberColumn(
            "Per recipient", format="%,.2f", help=hover("engagement.per_recipient", currency=currency)
        ),
    }


def by_column(rows: Rows) -> dict[str, list[Any]]:
    """Rows turned into columns."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def points_between(now: float | None, then: float | None) -> str:
    """The change of a rate in points."""
    return wording.points(None if now is None or then is None else now - then)


def whole(value: Any) -> int | None:
    """A count as a table takes it."""
    return None if value is None else int(value)


def exact(value: Any) -> float | None:
    """A number as a table takes it."""
    return None if value is None else float(value)
