"""The files of the page Post-mortem: a list of all, of one a PDF to send and its tables."""

from __future__ import annotations

import streamlit as st

from components import post_mortem_report, post_mortem_rows
from components import post_mortem_words as words
from components.list_columns import JUDGED
from components.post_mortem_tables import promotion_rows
from data_access.queries.promo_post_mortems import Kept
from data_access.scope import Right
from pages.frame import company_exports
from pages.frame.desk import Desk
from pages.frame.post_mortem_frame import Found, counted, sentences
from reports.monthly import as_pdf


def offer_list(d: Desk, found: Found) -> None:
    """The promotions that are over, with how far their forecasts were off."""
    if found.choices:
        company_exports.menu(
            d, words.TITLE, {JUDGED: lambda: promotion_rows(found.choices)}, {"Shows": counted(found)},
            file="post-mortems",
        )  # fmt: skip


def offer(d: Desk, kept: Kept, caption: str) -> None:
    """The PDF and the tables, for those who may export."""
    found, row = kept.report, kept.row
    if found is None or not d.scope.allows(Right.EXPORT):
        return

    def made() -> bytes:
        d.scope.require(Right.EXPORT)
        told = post_mortem_report.report(
            row.label, caption, f"Made {d.today}", row.figures, found, *sentences(d, kept), d.currency
        )
        return as_pdf(told, d.now)

    st.download_button(
        "PDF", company_exports.later(d, words.TITLE, "PDF", made, {"Shows": caption}),
        f"promolens-post-mortem-{row.report_id}-{row.version}.pdf", "application/pdf",
        key="post_mortem_pdf", on_click="ignore", icon=":material/picture_as_pdf:",
    )  # fmt: skip
    company_exports.menu(
        d, words.TITLE, post_mortem_rows.tables(found, *sentences(d, kept)),
        {"Shows": caption, "Verdict": words.verdict(found)}, file=f"post-mortem-{row.report_id}-{row.version}",
    )  # fmt: skip
