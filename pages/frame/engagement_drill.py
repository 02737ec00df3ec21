"""What stands behind the campaign, flow, form or segment that the address of the engagement page names."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.engagement import EngagementFigures
from analytics.engagement_detail import Bought
from analytics.periods import Period
from components import (
    engagement_detail,
    engagement_forms,
    engagement_reactions,
    engagement_segments,
    export_words,
    holdout_section,
    tables,
)
from components import engagement_exports as rows
from components.engagement_columns import CAMPAIGN, FLOW, FORM, SEGMENT
from components.plain import plain
from data_access.queries.engagement import EngagementQuery
from data_access.queries.engagement_audience import AudienceQuery, form_days, segment_detail
from data_access.queries.engagement_behind import behind, forms
from data_access.queries.engagement_detail import EVER, FlowQuery, buyers, campaign_detail, flow_detail
from data_access.queries.engagement_events import campaign_reactions
from pages.frame import holdout_naming
from pages.frame.engagement_frame import CAMPAIGNS, FLOWS, FORMS, SEGMENTS, file
from pages.frame.exports import Sets, menu
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
            st.markdown(f"The link asked for a {param}, {plain(id)}, which is not here.")
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
    store, scope, account = view.stores, view.scope, view.account.public_id

    def exported(sets: Sets, title: str, days: Period | None) -> None:
        about = export_words.about(title, view.shown, days=days)
        menu(view, title, sets, about, file=name, key=f"export_{param}")

    def bought(kind: str, held: Bought, days: Period) -> Sets:
        if not held.orders:
            return {}
        return {
            "Orders by day": lambda: rows.won_day_rows(held),
            "Buyers": lambda: rows.buyer_rows(buyers(store, scope, account, (kind, id, days))),
        }

    if param == CAMPAIGN:
        campaign = view.read(campaign_detail, id)
        if campaign is None:
            return "", None

        def draw_campaign() -> None:
            reactions = view.read(campaign_reactions, id)
            # Events that begin after it was sent tell a part of its opens only.
            known = campaign.sent_on is not None and min(reactions.days, default=EVER.end) <= campaign.sent_on
            by_people = figures.campaigns_people and campaign.channel == "email" and known
            people = reactions.total if by_people else None
            engagement_detail.campaign(campaign, view.shown, file(view), people)
            engagement_reactions.reactions(campaign, reactions, view.shown, name)
            measured = holdout_naming.section(view, campaign)
            sets: Sets = {"Variations": lambda: rows.variation_rows(campaign)}
            sides: Sets = {} if measured is None else {"What it added": lambda: holdout_section.rows(measured)}
            exported({**sets, **sides, **bought("campaign", campaign.bought, EVER)}, f"Campaign {campaign.name}", None)

        return campaign.name, draw_campaign
    if param == FLOW:
        flow = view.read(flow_detail, FlowQuery(id, asked.period))
        if flow is None:
            return "", None

        def draw_flow() -> None:
            engagement_detail.flow(flow, view.shown, file(view))
            sets: Sets = {"Messages": lambda: rows.message_rows(flow)}
            exported({**sets, **bought("flow", flow.bought, asked.period)}, f"Flow {flow.name}", asked.period)

        return flow.name, draw_flow
    if param == FORM:
        found = view.read(forms, behind(asked, figures.first_day))
        form = next((each for each in found if each.id == id), None)
        if form is None:
            return "", None
        days = view.read(form_days, audience)

        def draw_form() -> None:
            engagement_forms.form(form, days, view.shown, name)
            exported({"Form by day": lambda: rows.form_day_rows(days)}, f"Form {form.name}", asked.period)

        return form.name, draw_form
    segment = view.read(segment_detail, audience, derived=("customers",))
    if segment is None:
        return "", None

    def draw_segment() -> None:
        engagement_segments.segment(segment, view.shown, name)
        sets: Sets = {"Segment by day": lambda: rows.segment_day_rows(segment)}
        overlap: Sets = {"Over RFM": lambda: rows.overlap_rows(segment)} if segment.overlap else {}
        exported({**sets, **overlap}, f"Segment {segment.name}", asked.period)

    return segment.name, draw_segment
