"""What stands behind the campaign, flow, form or segment that the address of the engagement page names."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.engagement import EngagementFigures
from components import engagement_detail, engagement_forms, engagement_reactions, engagement_segments, tables
from components import engagement_words as words
from components.engagement_columns import CAMPAIGN, FLOW, FORM, SEGMENT
from data_access.queries.engagement import EngagementQuery
from data_access.queries.engagement_audience import AudienceQuery, form_days, segment_detail
from data_access.queries.engagement_behind import behind, forms
from data_access.queries.engagement_detail import FlowQuery, campaign_detail, flow_detail
from data_access.queries.engagement_events import campaign_reactions
from pages.frame.engagement_frame import CAMPAIGNS, FLOWS, FORMS, SEGMENTS, file
from pages.frame.view import View

# Which table leads to which parameter of the address.
PARAMS = {CAMPAIGNS: CAMPAIGN, FLOWS: FLOW, FORMS: FORM, SEGMENTS: SEGMENT}


def drill(view: View, asked: EngagementQuery, figures: EngagementFigures, table: str) -> None:
    """Draws it beneath the table that it was picked in; nothing where none is named."""
    param = PARAMS.get(table, "")
    id = st.query_params.get(param) if param else None
    if not id:
        return
    with st.container(border=True, key=param):
        name, draw = _found(view, asked, figures, param, id)
        if draw is None:
            st.markdown(f"The link asked for a {param}, {words.plain(id)}, which is not here.")
        elif engagement_detail.heading(name, f"{param}_close"):
            tables.forget(param)
            st.rerun()
        else:
            draw()


def _found(
    view: View, asked: EngagementQuery, figures: EngagementFigures, param: str, id: str
) -> tuple[str, Callable[[], None] | None]:
    """Its name and what draws it."""
    name, audience = f"{file(view)}-{param}-{id}", AudienceQuery(id, asked.period)
    if param == CAMPAIGN:
        campaign = view.read(campaign_detail, id)
        if campaign is None:
            return "", None

        def draw_campaign() -> None:
            engagement_detail.campaign(campaign, view.shown, file(view))
            engagement_reactions.reactions(campaign, view.read(campaign_reactions, id), name)

        return campaign.name, draw_campaign
    if param == FLOW:
        flow = view.read(flow_detail, FlowQuery(id, asked.period))
        return (flow.name, lambda: engagement_detail.flow(flow, view.shown, file(view))) if flow else ("", None)
    if param == FORM:
        form = next((each for each in view.read(forms, behind(asked, figures.first_day)) if each.id == id), None)
        if form is None:
            return "", None
        return form.name, lambda: engagement_forms.form(form, view.read(form_days, audience), asked.period, name)
    segment = view.read(segment_detail, audience, derived=("customers",))
    return (segment.name, lambda: engagement_segments.segment(segment, asked.period, name)) if segment else ("", None)
