"""Campaigns on the engagement page: each against its channel's median, best and worst with the reason, by tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import pyarrow as pa
import streamlit as st

from analytics.campaign_standing import by_tag, verdicts
from analytics.engagement import Campaign, Counts, EngagementFigures, Part
from components import engagement_words as words
from components import made, tables
from components.engagement_columns import CAMPAIGN, by_column, counts_config, counts_row, exact, whole
from components.hovers import hover
from components.plain import plain
from components.revenue_series import Shown

BEST: Final = 3


def campaigns_of(figures: EngagementFigures, part: Part) -> list[Campaign]:
    """The period's campaigns of a part; none where flows alone are looked at."""
    return [campaign for campaign in figures.campaigns if part.holds("campaign", campaign.channel)]


def campaign_table(figures: EngagementFigures, part: Part, shown: Shown) -> None:
    """Campaigns of the period with their rates beside the median of their channel's year."""
    currency = shown.account.currency
    found = made.once(figures, ("campaigns", part), lambda: _campaign_columns(figures, part))
    if not found.ids:
        st.caption("No campaign was sent in these days, or not with these filters.")
        return
    config: dict[str, Any] = {
        "Sent": st.column_config.DateColumn("Sent", format="D MMM YYYY"),
        "Campaign": st.column_config.TextColumn("Campaign", width="medium"),
        "Channel": st.column_config.TextColumn("Channel", width="small"),
        "Recipients": st.column_config.NumberColumn("Recipients", format="%,d"),
        "Delivery": st.column_config.NumberColumn("Delivered", format="%.1f %%"),
        "Revenue": st.column_config.NumberColumn(
            f"Revenue, {currency}", format="%,.0f", help=hover("engagement.revenue")
        ),
        "Per": st.column_config.NumberColumn(
            "Per recipient", format="%,.2f", help=hover("engagement.per_recipient", currency=currency)
        ),
        "Per_usual": st.column_config.NumberColumn("to median", format="%+,.2f", help=hover("engagement.to_median")),
        "Unsubscribed": st.column_config.NumberColumn("Unsubscribed", format="%.2f %%"),
        "Tags": st.column_config.TextColumn("Tags"),
        "Subject": st.column_config.TextColumn("Subject", width="medium"),
    }
    for label in RATES:
        config[label] = st.column_config.NumberColumn(f"{label} rate", format="%.1f %%")
        config[f"{label}_usual"] = st.column_config.NumberColumn(
            "to median", format="%+.1f pp", help=hover("engagement.to_median")
        )
    tables.pickable(found.columns, config, ids=found.ids, param=CAMPAIGN, key="table_campaigns")
    st.caption("Tick a row to see its messages and variations, its days, and what was bought.")
    for text in made.once(figures, ("standing", part, currency), lambda: _best_and_worst(figures, part, currency)):
        st.markdown(text)


RATES: Final[Mapping[str, tuple[str, Callable[[Counts], float | None]]]] = {
    "Open": ("open", lambda counts: counts.open_rate),
    "Click": ("click", lambda counts: counts.click_rate),
    "Conversion": ("conversion", lambda counts: counts.conversion_rate),
}


class _Columns(NamedTuple):
    """The table of campaigns, and the campaign of each row."""

    columns: pa.Table
    ids: Sequence[str]


def _campaign_columns(figures: EngagementFigures, part: Part) -> _Columns:
    held, usual = campaigns_of(figures, part), figures.usual.medians

    def against(campaign: Campaign, name: str, value: float | None) -> float | None:
        middle = usual.get(campaign.channel, {}).get(name)
        return None if value is None or middle is None else value - middle

    columns: dict[str, list[Any]] = {
        "Sent": [campaign.sent_on for campaign in held],
        "Campaign": [campaign.name for campaign in held],
        "Channel": [words.channel(campaign.channel) for campaign in held],
        "Recipients": [whole(campaign.counts.recipients) for campaign in held],
    }
    # What it brought stands in sight without scrolling.
    per = [exact(campaign.counts.per_recipient) for campaign in held]
    columns["Revenue"] = [exact(campaign.counts.value) for campaign in held]
    columns["Per"] = per
    columns["Per_usual"] = [against(c, "per_recipient", value) for c, value in zip(held, per, strict=True)]
    columns["Delivery"] = [campaign.counts.delivery_rate for campaign in held]
    for label, (name, of) in RATES.items():
        columns[label] = [of(campaign.counts) for campaign in held]
        columns[f"{label}_usual"] = [against(campaign, name, of(campaign.counts)) for campaign in held]
    columns["Unsubscribed"] = [campaign.counts.unsubscribe_rate for campaign in held]
    columns["Tags"] = [", ".join(campaign.tags) or None for campaign in held]
    columns["Subject"] = [" / ".join(campaign.subjects) or None for campaign in held]
    return _Columns(tables.arrow(columns), [campaign.id for campaign in held])


def _best_and_worst(figures: EngagementFigures, part: Part, currency: str) -> list[str]:
    """The best and the worst campaigns with the reason, as Markdown; none where there are too few."""
    told = verdicts(campaigns_of(figures, part), figures.usual)
    if len(told) < 2:
        return []
    found = []
    best = [one for one in told[:BEST] if one.index >= 1]
    worst = [one for one in reversed(told[-BEST:]) if one.index < 1 and one not in best]
    for title, ones in (("Best", best), ("Worst", worst)):
        if ones:
            lines = [f"- **{plain(one.campaign.name)}**: {words.verdict(one, currency)}" for one in ones]
            found.append("\n".join([f"**{title}**", "", *lines]))
    return found


def tag_table(figures: EngagementFigures, part: Part, shown: Shown) -> None:
    """Campaigns of the period by tag; never added up."""
    held = by_tag(campaigns_of(figures, part))
    if not held:
        st.caption("No campaign of these days has a tag.")
        return
    rows = [{"Tag": tag, "Campaigns": number} | counts_row(counts) for tag, (number, counts) in held.items()]
    tables.show(by_column(rows), counts_config(shown), key="table_tags")
    st.caption("A campaign counts for each of its tags, so tags do not add up to anything.")
