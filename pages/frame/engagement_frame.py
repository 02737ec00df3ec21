"""The filters, exports and drill-downs of the engagement page."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.engagement import EngagementFigures, Part
from components import anomaly_words, engagement_detail, export_words, filters, tables
from components import engagement_exports as exported
from components import engagement_tables as rows
from components import engagement_words as words
from components.revenue_series import Shown
from data_access.queries.engagement import EngagementQuery, segment_days
from data_access.queries.engagement_detail import FlowQuery, campaign_detail, flow_detail
from pages.frame.exports import Sets, menu
from pages.frame.unusual import Unusual
from pages.frame.view import View

CAMPAIGNS, TAGS, FLOWS, FORMS, SEGMENTS = "Campaigns", "Tags", "Flows", "Forms", "Segments"
SMS, EARLIER = "Text messages", "Earlier system"


def filter_row() -> tuple[Part, DeltaGenerator]:
    """Draws the row of filters: which messages to look at, and the place for a button at the row's end."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        channel = filters.one("Channel", list(words.CHANNEL_CHOICES), key="messages")
        kind = filters.one("Sent by", list(words.KIND_CHOICES), key="sent-by")
        end = st.container(width="content")
    filters.missing("messages", "sent-by")
    return Part(words.KIND_CHOICES[kind], words.CHANNEL_CHOICES[channel]), end


def question(view: View) -> EngagementQuery:
    """What the page asks for: the sidebar's days, and how far the data reach."""
    as_of = view.state.as_of
    return EngagementQuery(
        period=view.chosen.period,
        comparison=view.comparison,
        zone=view.account.timezone,
        first_weekday=view.account.first_weekday,
        as_of=as_of.astimezone(view.account.zone).date() if as_of is not None else None,
        this_until=view.this_until,
    )


def file(view: View) -> str:
    """The beginning of the names of files."""
    period = view.chosen.period
    return f"promolens-{view.account.public_id}-engagement-{period.start}-{period.end}"


def exports(view: View, figures: EngagementFigures, caption: str, part: Part, found: Unusual) -> None:
    """The export menu: all rows of the period, whatever part of them is shown."""
    shown, store, scope, account, period = (
        view.shown, view.stores, view.scope, view.account.public_id, view.chosen.period
    )  # fmt: skip
    sets: Sets = {
        "Channels": lambda: exported.channel_rows(figures),
        "Campaigns": lambda: exported.campaign_rows(figures, shown),
        "Flows": lambda: exported.flow_rows(figures),
        "Forms": lambda: exported.form_rows(figures),
        "Segments by day": lambda: exported.segment_rows(segment_days(store, scope, account, period)),
        "Unusual days": lambda: anomaly_words.rows(found.findings, shown),
    }
    if figures.legacy:
        sets = {**sets, EARLIER: lambda: exported.legacy_rows(figures, shown)}
    compared = shown.comparison.period if shown.comparison and figures.compared is not None else None
    about = export_words.about(caption, shown, days=period, compared=compared, notes=words.notes(figures, shown, part))
    menu(view, "Engagement", sets, about, file=file(view))


def tables_of(figures: EngagementFigures) -> Sequence[str]:
    """The tables that there are."""
    usual = [CAMPAIGNS, FLOWS, TAGS, FORMS, SEGMENTS, SMS]
    return [*usual, EARLIER] if figures.legacy else usual


def draw_table(name: str, figures: EngagementFigures, part: Part, shown: Shown) -> None:
    """One of them."""
    match name:
        case "Campaigns":
            rows.campaign_table(figures, part, shown)
        case "Flows":
            rows.flow_table(figures, part, shown)
        case "Tags":
            rows.tag_table(figures, part, shown)
        case "Forms":
            rows.form_table(figures, shown)
        case "Segments":
            rows.segment_table(figures)
        case "Text messages":
            rows.sms_table(figures, shown)
        case _:
            rows.legacy_table(figures, shown)


def drill(view: View, asked: EngagementQuery, table: str) -> None:
    """What stands behind the campaign or flow that the address names."""
    campaign = st.query_params.get(rows.CAMPAIGN)
    if table == CAMPAIGNS and campaign:
        with st.container(border=True, key="campaign"):
            found = view.read(campaign_detail, campaign)
            if found is None:
                st.markdown(f"The link asked for a campaign, {words.plain(campaign)}, which is not here.")
            elif engagement_detail.heading(found.name, "campaign_close"):
                tables.forget(rows.CAMPAIGN)
                st.rerun()
            else:
                engagement_detail.campaign(found, view.shown, file(view))
    flow = st.query_params.get(rows.FLOW)
    if table == FLOWS and flow:
        with st.container(border=True, key="flow"):
            told = view.read(flow_detail, FlowQuery(flow, asked.period))
            if told is None:
                st.markdown(f"The link asked for a flow, {words.plain(flow)}, which is not here.")
            elif engagement_detail.heading(told.name, "flow_close"):
                tables.forget(rows.FLOW)
                st.rerun()
            else:
                engagement_detail.flow(told, view.shown, file(view))
