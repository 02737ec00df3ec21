"""The monthly report of the store that is looked at, made when it is asked for."""

from __future__ import annotations

import streamlit as st

from analytics.report_month import last_day, report_month
from components import monthly_report as told
from data_access.queries.monthly import monthly
from data_access.scope import Right
from pages.frame import clock, exports
from pages.frame.view import View
from reports.monthly import as_pdf


def button(view: View) -> None:
    """A button that makes the report of the period's last month; nothing for who may not export."""
    if not view.may(Right.EXPORT):
        return
    reached = view.as_of.astimezone(view.account.zone)
    first = min(view.chosen.period.end, last_day(reached)).replace(day=1)
    month = report_month(first, reached)

    def pdf() -> bytes:
        now = clock.now()
        found = monthly(view.stores, view.scope, view.account, month, view.state.as_of)
        why = told.nothing_to_report(view.account, found.revenue, found.engagement, month)
        report = (
            told.nothing(view.account, month, why, now)
            if why
            else told.monthly_report(
                view.account, month, view.state.as_of, now, found.revenue, found.last_year, found.products,
                found.engagement, found.flows, found.engagement_asked.last_whole, found.rfm,
            )
        )  # fmt: skip
        return as_pdf(report, now)

    st.download_button(
        "Monthly report (PDF)",
        exports.later(view, "Monthly report", "PDF", pdf, {"Month": told.month_name(month)}),
        f"promolens-{view.account.public_id}-{first:%Y-%m}.pdf",
        "application/pdf",
        key="monthly_report",
        on_click="ignore",
        icon=":material/summarize:",
        help=f"{told.month_name(month)}: the month in which the chosen period ends.",
        width="stretch",
    )
