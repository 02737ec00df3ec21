"""How people reacted to one campaign, day by day, and what it did to the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import streamlit as st

from analytics.deliverability import LIMITS
from analytics.engagement_detail import CampaignDetail
from analytics.engagement_events import EventCounts, Reactions
from components import bar_chart, charts, day_marks, palette, tables, wording
from components.engagement_words import fine
from components.hovers import hover
from components.revenue_series import Shown

CURVE_DAYS: Final = 14


def reactions(found: CampaignDetail, told: Reactions, shown: Shown, file: str) -> None:
    """Opens and clicks of people by day since the campaign was sent up to the day that is known, then bounces,
    complaints and unsubscribes."""
    if not told.days:
        st.caption("No event of its messages is known, so its days cannot be drawn.")
    else:
        first = min(told.days)
        days = [first + timedelta(days=place) for place in range(CURVE_DAYS)]
        days = [day for day in days if day <= shown.reached or day in told.days]
        held = [told.days.get(day, EventCounts()) for day in days]
        total = told.total
        hover = [
            f"{wording.day(day)}: {wording.count(counts.openers)} people opened, "
            f"{wording.count(counts.clickers)} clicked"
            for day, counts in zip(days, held, strict=True)
        ]
        st.markdown("**Who opened and clicked, by day**, machines and bots left out")
        figure = bar_chart.over_days(
            days,
            {
                "Opened": [float(counts.openers) for counts in held],
                "Clicked": [float(counts.clickers) for counts in held],
            },
            {"Opened": palette.MUTED, "Clicked": palette.ACCENT},
            hover,
            height=200,
        )
        # Who clicked has mostly opened, too: one above the other would count them twice.
        figure["layout"]["barmode"] = "group"
        charts.name_values(figure["layout"], "People")
        early = sum(counts.openers for day, counts in told.days.items() if day <= first + timedelta(days=1))
        share = wording.rate(early / total.openers * 100) if total.openers else wording.NOT_AVAILABLE
        alt = (
            f"People who opened and clicked by day since {wording.day(first)}; {share} of opens in the first two days."
        )
        alt = day_marks.on(figure, [day.isoformat() for day in days], days[-1], shown.marked, alt)
        charts.show(figure, key="chart_reactions", alt=alt, file=f"{file}-reactions")
        opened = (
            f"{share} of {wording.count(total.openers)} opens came on the first two days. " if total.openers else ""
        )
        st.caption(
            f"{opened}Each person counts once a day; machines opened {_times(total.machine_opened)} and bots clicked "
            f"{_times(total.bot_clicked)} beside them."
        )
    _list_health(found)


def _times(number: int) -> str:
    return "once" if number == 1 else f"{wording.count(number)} times"


def _list_health(found: CampaignDetail) -> None:
    """Bounces, complaints and unsubscribes of the campaign beside their limits, as Klaviyo reports them."""
    counts = found.counts
    if not counts.recipients:
        return
    limits = {limit.name: limit.limit for limit in LIMITS}
    rows = [
        ("Bounces", counts.bounced, counts.bounce_rate),
        ("Spam complaints", counts.complaints, counts.complaint_rate),
        ("Unsubscribes", counts.unsubscribed, counts.unsubscribe_rate),
    ]
    columns: dict[str, list[Any]] = {
        "What": [name for name, _, _ in rows],
        "People": [None if number is None else int(number) for _, number, _ in rows],
        "Rate": [value for _, _, value in rows],
        "Limit": [limits[name] for name, _, _ in rows],
    }
    config = {
        "What": st.column_config.TextColumn("List health"),
        "People": st.column_config.NumberColumn("People", format="%,d"),
        "Rate": st.column_config.NumberColumn("Rate", format="%.2f %%"),
        "Limit": st.column_config.NumberColumn("Limit", format="%.1f %%", help=hover("engagement.limit")),
    }
    st.markdown("**What it did to the list**")
    tables.show(columns, config, key="table_list_health")
    over = [
        f"{name.lower()} {fine(value)}"
        for name, _, value in rows
        if limits[name] and (value or 0) >= (limits[name] or 0)
    ]
    if over and found.channel == "email":
        st.caption(f"Over the limit of mailbox providers: {', '.join(over)}.")
