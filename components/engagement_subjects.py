"""Subject lines and the calendar of sends on the engagement page."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import streamlit as st

from analytics.account import WEEKDAYS
from analytics.engagement import Campaign, EngagementFigures, Part
from analytics.subject_lines import FEWEST, Gap, subject_lines, traits
from components import charts, tables, wording
from components.engagement_campaigns import campaigns_of
from components.engagement_words import usual_since
from components.hovers import hover
from components.made import once
from components.revenue_series import Shown

NAMED = 4


def subject_table(figures: EngagementFigures, shown: Shown) -> None:
    """What subject lines of the year have in common, and whether those are opened and clicked more often."""
    known = once(figures, "subject lines", lambda: subject_lines(figures.usual.campaigns.get("email", ())))
    if not known:
        st.caption(f"No e-mail campaign of {usual_since(shown)} has a subject line that is known.")
        return
    held = once(figures, "traits", lambda: traits(known))
    columns: dict[str, list[Any]] = {
        "Trait": [each.name for each in held],
        "With": [each.having for each in held],
        "Without": [each.lacking for each in held],
        "Opened": [_said(each.open_gap) for each in held],
        "Clicked": [_said(each.click_gap) for each in held],
        "Verdict": [_verdict(each.open_gap, each.click_gap) for each in held],
    }
    config = {
        "Trait": st.column_config.TextColumn("Subject line has", width="medium"),
        "With": st.column_config.NumberColumn("With", format="%,d", help=hover("engagement.with")),
        "Without": st.column_config.NumberColumn("Without", format="%,d", help=hover("engagement.without")),
        "Opened": st.column_config.TextColumn("Open rate, with to without", width="medium"),
        "Clicked": st.column_config.TextColumn("Click rate, with to without", width="medium"),
        "Verdict": st.column_config.TextColumn("Verdict", width="medium"),
    }
    tables.show(columns, config, key="table_subjects")
    whose = "people's, machines left out" if figures.campaigns_people else "with those of machines"
    st.caption(
        f"E-mail campaigns with one subject line, {usual_since(shown)}; opens are {whose}. Means of campaigns' rates, "
        f"and the interval that holds for all rows together (95 %); with fewer than {FEWEST} campaigns on either side "
        "nothing is claimed. What went with a subject line is not proven to come of it."
    )


def _said(gap: Gap | None) -> str:
    if gap is None:
        return "too few"
    return f"{wording.points(gap.points)} ({wording.points(gap.low)} to {wording.points(gap.high)})"


def _verdict(opens: Gap | None, clicks: Gap | None) -> str:
    told = [
        f"{'more' if gap.points > 0 else 'fewer'} {what}"
        for gap, what in ((opens, "opens"), (clicks, "clicks"))
        if gap is not None and gap.sure
    ]
    if told:
        return " and ".join(told).capitalize()
    return "Too few campaigns" if opens is None else "No difference that is sure"


def calendar(figures: EngagementFigures, part: Part, shown: Shown, file: str) -> None:
    """Campaigns of the period by day: their revenue, and their names where one points."""
    sent: dict[date, list[Campaign]] = {}
    for campaign in campaigns_of(figures, part):
        sent.setdefault(campaign.sent_on, []).append(campaign)
    if not sent:
        st.caption("No campaign was sent in these days, or not with these filters.")
        return
    currency, first = shown.account.currency, shown.account.first_weekday
    order = [(first - 1 + place) % 7 for place in range(7)]
    start = shown.period.start - timedelta(days=(shown.period.start.weekday() - order[0]) % 7)
    weeks = [start + timedelta(days=7 * place) for place in range((shown.period.end - start).days // 7 + 1)]
    values: list[list[float | None]] = []
    hover: list[list[str]] = []
    for place in range(7):
        days = [week + timedelta(days=place) for week in weeks]
        values.append([_revenue(sent[day]) if day in sent else None for day in days])
        hover.append([_day(day, sent.get(day, []), currency) for day in days])
    figure = charts.heat_map(
        [f"{week.day} {week:%b}" for week in weeks],
        [WEEKDAYS[day][:3] for day in order],
        [[float("nan") if value is None else value for value in own] for own in values],
        hover,
    )
    figure["data"][0] |= {"z": values, "hoverongaps": False}
    figure["layout"]["xaxis"]["nticks"] = 6
    number = sum(map(len, sent.values()))
    most = max(sent, key=lambda day: (_revenue(sent[day]), day))
    said = f"{wording.count(number)} campaign{'' if number == 1 else 's'} on {wording.count(len(sent))} days"
    alt = f"Revenue of campaigns by day of sending: {said}; most of {wording.day(most)}."
    charts.show(figure, key="chart_calendar", alt=alt, file=f"{file}-calendar")
    st.caption(
        f"{said}, by week and weekday of sending; most revenue by Klaviyo of {_day(most, sent[most], currency)}."
    )


def _revenue(campaigns: list[Campaign]) -> float:
    return float(sum((campaign.counts.value or Decimal(0) for campaign in campaigns), Decimal(0)))


def _day(day: date, campaigns: list[Campaign], currency: str) -> str:
    if not campaigns:
        return f"{wording.day(day)}: no campaign"
    names = ", ".join(campaign.name for campaign in campaigns[:NAMED])
    more = f" and {len(campaigns) - NAMED} more" if len(campaigns) > NAMED else ""
    return f"{wording.day(day)}: {wording.money(_revenue(campaigns), currency)}, {names}{more}"
