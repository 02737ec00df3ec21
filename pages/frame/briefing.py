"""The creative brief of a saved scenario, as its data say it: read beside the scenario, taken along as a file."""

from __future__ import annotations

import streamlit as st

from analytics.promo.briefs import Audience, NoBrief, brief_of
from components import brief_report
from data_access.queries.accounts import PROMO
from data_access.queries.promo_sales import segments
from data_access.queries.promo_scenarios import Standing
from data_access.scope import Right
from pages.frame.desk import Desk
from reports.monthly import as_pdf


@st.fragment
def offer(d: Desk, found: Standing, caption: str) -> None:
    """A popover with the brief and its files; drawn once it is opened."""
    with st.popover("Creative brief", icon=":material/brush:", key="brief", on_change="rerun") as opened:
        if not opened.open:
            return
        version = found.version
        issues = (found.validation or {}).get("issues") or []
        known = [
            Audience(
                one.segment_id, one.name, one.share_of_customers, one.avg_basket_value, one.discount_sensitivity
            )
            for one in d.read(segments, datasets=(PROMO,))
        ]  # fmt: skip
        try:
            brief = brief_of(
                version.content, found.kpis, known, d.settings.mandatory, currency=d.currency,
                below_target=any(issue.get("type") == "target" for issue in issues),
            )  # fmt: skip
        except NoBrief as reason:
            st.caption(str(reason))
            return
        label = version.content.label
        text = brief_report.markdown(brief, label, caption)
        if d.scope.allows(Right.EXPORT):
            left, right = st.columns(2)
            file = f"promolens-brief-{version.scenario_id}-{version.number}"
            left.download_button(
                "PDF", lambda: as_pdf(brief_report.report(brief, label, caption, f"Made {d.today}"), d.now),
                f"{file}.pdf", "application/pdf", key="brief_pdf", on_click="ignore", width="stretch",
            )  # fmt: skip
            right.download_button(
                "Markdown", text, f"{file}.md", "text/markdown", key="brief_markdown", on_click="ignore",
                width="stretch",
            )  # fmt: skip
        st.markdown(text.replace("\n### ", "\n##### ").replace("\n## ", "\n#### ").replace("# ", "### ", 1))
