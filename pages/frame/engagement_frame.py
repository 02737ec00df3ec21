"""The filters, exports and drill-downs of the engagement page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.engagement import EngagementFigures, Part
from analytics.engagement_events import Reach
from components import (
    anomaly_words,
    engagement_campaigns,
    engagement_forms,
    engagement_segments,
    engagement_subjects,
    export_words,
    filters,
)
from components import engagement_exports as exported
from components import engagement_tables as rows
from components import engagement_words as words
from data_access.queries.engagement import EngagementQuery
from data_access.queries.engagement_behind import (
    BehindQuery,
    audiences,
    behind,
    flows,
    forms,
    list_days,
    segment_days,
)
from data_access.queries.engagement_events import ReachQuery, reach
from data_access.scope import Scope
from data_access.stores import Stores
from pages.frame.exports import Sets, menu
from pages.frame.unusual import Unusual
from pages.frame.view import View

CAMPAIGNS, TAGS, FLOWS, FORMS, SEGMENTS = "Campaigns", "Tags", "Flows", "Forms", "Segments"
SMS, EARLIER, SUBJECTS, CALENDAR = "Text messages", "Earlier system", "Subject lines", "Calendar"


def filter_row() -> tuple[Part, bool, DeltaGenerator]:
    """Draws the row of filters: which messages to look at, whether with machines' opens, and the place for a button at
    the row's end."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        channel = filters.one("Channel", list(words.CHANNEL_CHOICES), key="messages")
        kind = filters.one("Sent by", list(words.KIND_CHOICES), key="sent-by")
        whose = filters.one("Opens and clicks", list(words.MACHINE_CHOICES), key="opens")
        end = st.container(width="content")
    filters.missing("messages", "sent-by", "opens")
    part = Part(words.KIND_CHOICES[kind], words.CHANNEL_CHOICES[channel])
    return part, words.MACHINE_CHOICES[whose], end


def question(view: View, *, machines: bool) -> EngagementQuery:
    """What the page asks for: the sidebar's days, and how far the data reach."""
    as_of = view.state.as_of
    return EngagementQuery(
        period=view.chosen.period,
        comparison=view.comparison,
        zone=view.account.timezone,
        first_weekday=view.account.first_weekday,
        as_of=as_of.astimezone(view.account.zone).date() if as_of is not None else None,
        this_until=view.this_until,
        machines=machines,
    )


def reached(view: View, asked: EngagementQuery, part: Part) -> Reach:
    """E-mail by mailbox, messages a week, and who may be sent messages."""
    return view.read(reach, ReachQuery(asked.period, part.kind, asked.last_whole, view.account.engaged_days))


def file(view: View) -> str:
    """The beginning of the names of files."""
    period = view.chosen.period
    return f"promolens-{view.account.public_id}-engagement-{period.start}-{period.end}"


def exports(
    view: View, asked: EngagementQuery, figures: EngagementFigures, caption: str, part: Part, found: Unusual
) -> None:
    """The export menu: all rows of the period, whatever part of them is shown."""
    wanted = behind(asked, figures.first_day)
    shown, store, scope, account, period = (
        view.shown, view.stores, view.scope, view.account.public_id, view.chosen.period
    )  # fmt: skip
    sets: Sets = {
        "Channels": lambda: exported.channel_rows(figures),
        "Campaigns": lambda: exported.campaign_rows(figures, shown),
        "Flows": lambda: exported.flow_rows(flows(store, scope, account, wanted)),
        "Forms": lambda: exported.form_rows(forms(store, scope, account, wanted)),
        "Segments by day": lambda: exported.segment_rows(segment_days(store, scope, account, period)),
        "Lists by day": lambda: exported.list_rows(list_days(store, scope, account, period)),
        "Reachable people": lambda: exported.reachable_rows(reached(view, asked, part)),
        "Unusual days": lambda: anomaly_words.rows(found.findings, shown),
    }
    if figures.legacy:
        sets = {**sets, EARLIER: lambda: exported.legacy_rows(figures, shown)}
    compared = shown.comparison.period if shown.comparison and figures.compared is not None else None
    about = export_words.about(caption, shown, days=period, compared=compared, notes=words.notes(figures, shown, part))
    menu(view, "Engagement", sets, about, file=file(view))


class FlowTable(NamedTuple):
    """What the table of flows asks for: the days, which messages, and whether a change is shown."""

    wanted: BehindQuery
    part: Part
    compared: bool


def _flow_columns(stores: Stores, scope: Scope, account: str, asked: FlowTable) -> rows.FlowColumns:
    """The rows of hundreds of flows: kept as they are drawn, since each run of the page draws them."""
    return rows.flow_columns(flows(stores, scope, account, asked.wanted), asked.part, compared=asked.compared)


def tables_of(figures: EngagementFigures) -> Sequence[str]:
    """The tables that there are."""
    usual = [CAMPAIGNS, FLOWS, TAGS, FORMS, SEGMENTS, SMS, SUBJECTS, CALENDAR]
    return [*usual, EARLIER] if figures.legacy else usual


def draw_table(view: View, name: str, asked: EngagementQuery, figures: EngagementFigures, part: Part) -> None:
    """One of them, read when it is shown. Raises NotPermitted, StoreError."""
    shown, wanted = view.shown, behind(asked, figures.first_day)
    match name:
        case "Campaigns":
            engagement_campaigns.campaign_table(figures, part, shown)
        case "Flows":
            table = FlowTable(wanted, part, figures.compared is not None)
            rows.flow_table(view.read(_flow_columns, table), shown)
        case "Tags":
            engagement_campaigns.tag_table(figures, part, shown)
        case "Forms":
            engagement_forms.form_table(view.read(forms, wanted), shown)
        case "Segments":
            engagement_segments.segment_table(view.read(audiences, asked.period))
        case "Subject lines":
            engagement_subjects.subject_table(figures, shown)
        case "Calendar":
            engagement_subjects.calendar(figures, part, shown, file(view))
        case "Text messages":
            rows.sms_table(figures, shown)
        case _:
            rows.legacy_table(figures, shown)
