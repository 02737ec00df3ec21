"""The tables of the engagement page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import streamlit as st

from analytics.campaign_standing import by_tag, verdicts
from analytics.deliverability import Standing
from analytics.engagement import (
    Campaign,
    Counts,
    EngagementFigures,
    Part,
    total,
)
from analytics.periods import change_pct
from components import engagement_words as words
from components import tables, wording
from components.revenue_series import Shown

Rows = list[dict[str, Any]]
CAMPAIGN: Final = "campaign"
FLOW: Final = "flow"
FORM: Final = "form"
BEST: Final = 3


def funnel_table(figures: EngagementFigures, part: Part) -> None:
    """The funnel's counts and rates by channel, with the change of each rate in points."""
    names = [name for name in figures.this.channels if part.channel in ("", name)]
    columns: dict[str, list[Any]] = {"Channel": [words.channel(name) for name in names]}
    parts = [Part(part.kind, name) for name in names]
    this = [figures.this.of(each) for each in parts]
    now = [figures.whole.of(each) for each in parts]
    then = [figures.compared.of(each) for each in parts] if figures.compared is not None else None
    columns["Recipients"] = [_int(counts.recipients) for counts in this]
    if then is not None:
        columns["Change"] = [
            wording.change(change_pct(_float(a.recipients), _float(b.recipients)))
            for a, b in zip(now, then, strict=True)
        ]
    for name, of in _RATES.items():
        columns[name] = [of(counts) for counts in this]
        if then is not None:
            columns[f"{name}, change"] = [_points(of(a), of(b)) for a, b in zip(now, then, strict=True)]
    columns["Per recipient"] = [_float(counts.per_recipient) for counts in this]
    config: dict[str, Any] = {
        "Recipients": st.column_config.NumberColumn("Recipients", format="%,d"),
        "Per recipient": st.column_config.NumberColumn("Per recipient", format="%,.2f"),
        "Change": st.column_config.TextColumn("Change", width="small"),
    }
    for name in _RATES:
        config[name] = st.column_config.NumberColumn(name, format="%.1f %%")
        config[f"{name}, change"] = st.column_config.TextColumn("Change", width="small")
    tables.show(columns, config, key="table_funnel")


_RATES: Final[Mapping[str, Callable[[Counts], float | None]]] = {
    "Delivered": lambda counts: counts.delivery_rate,
    "Opened": lambda counts: counts.open_rate,
    "Clicked": lambda counts: counts.click_rate,
    "Converted": lambda counts: counts.conversion_rate,
}


def campaigns_of(figures: EngagementFigures, part: Part) -> list[Campaign]:
    """The period's campaigns of a part; none where flows alone are looked at."""
    return [campaign for campaign in figures.campaigns if part.holds("campaign", campaign.channel)]


def campaign_table(figures: EngagementFigures, part: Part, shown: Shown) -> None:
    """Campaigns of the period with their rates beside the median of their channel's year."""
    held, usual = campaigns_of(figures, part), figures.usual.medians
    if not held:
        st.caption("No campaign was sent in these days, or not with these filters.")
        return
    currency = shown.account.currency

    def against(campaign: Campaign, name: str, value: float | None) -> float | None:
        middle = usual.get(campaign.channel, {}).get(name)
        return None if value is None or middle is None else value - middle

    rates: dict[str, tuple[str, Callable[[Counts], float | None]]] = {
        "Open": ("open", lambda counts: counts.open_rate),
        "Click": ("click", lambda counts: counts.click_rate),
        "Conversion": ("conversion", lambda counts: counts.conversion_rate),
    }
    columns: dict[str, list[Any]] = {
        "Sent": [campaign.sent_on for campaign in held],
        "Campaign": [campaign.name for campaign in held],
        "Channel": [words.channel(campaign.channel) for campaign in held],
        "Recipients": [_int(campaign.counts.recipients) for campaign in held],
        "Delivery": [campaign.counts.delivery_rate for campaign in held],
    }
    config: dict[str, Any] = {
        "Sent": st.column_config.DateColumn("Sent", format="D MMM YYYY"),
        "Campaign": st.column_config.TextColumn("Campaign", width="medium"),
        "Channel": st.column_config.TextColumn("Channel", width="small"),
        "Recipients": st.column_config.NumberColumn("Recipients", format="%,d"),
        "Delivery": st.column_config.NumberColumn("Delivered", format="%.1f %%"),
        "Revenue": st.column_config.NumberColumn(f"Revenue, {currency}", format="%,.0f", help="By Klaviyo."),
        "Per": st.column_config.NumberColumn("Per recipient", format="%,.2f", help=f"{currency}, by Klaviyo."),
        "Per_usual": st.column_config.NumberColumn(
            "to median", format="%+,.2f", help="Less the median of the store's campaigns of this channel in a year."
        ),
        "Unsubscribed": st.column_config.NumberColumn("Unsubscribed", format="%.2f %%"),
        "Tags": st.column_config.TextColumn("Tags"),
        "Subject": st.column_config.TextColumn("Subject", width="medium"),
    }
    for label, (name, of) in rates.items():
        columns[label] = [of(campaign.counts) for campaign in held]
        columns[f"{label}_usual"] = [against(campaign, name, of(campaign.counts)) for campaign in held]
        config[label] = st.column_config.NumberColumn(f"{label} rate", format="%.1f %%")
        config[f"{label}_usual"] = st.column_config.NumberColumn(
            "to median", format="%+.1f pp", help="Less the median of the store's campaigns of this channel in a year."
        )
    per = [_float(campaign.counts.per_recipient) for campaign in held]
    columns["Revenue"] = [_float(campaign.counts.value) for campaign in held]
    columns["Per"] = per
    columns["Per_usual"] = [against(c, "per_recipient", value) for c, value in zip(held, per, strict=True)]
    columns["Unsubscribed"] = [campaign.counts.unsubscribe_rate for campaign in held]
    columns["Tags"] = [", ".join(campaign.tags) or None for campaign in held]
    columns["Subject"] = [" / ".join(campaign.subjects) or None for campaign in held]
    ids = [campaign.id for campaign in held]
    tables.pickable(columns, config, ids=ids, param=CAMPAIGN, key="table_campaigns")
    st.caption("Tick a row to see its messages and variations, its days, and what was bought.")
    told = verdicts(held, figures.usual)
    if len(told) < 2:
        return
    best = [one for one in told[:BEST] if one.index >= 1]
    worst = [one for one in reversed(told[-BEST:]) if one.index < 1 and one not in best]
    for title, ones in (("Best", best), ("Worst", worst)):
        if ones:
            lines = [f"- **{words.plain(one.campaign.name)}**: {words.verdict(one, currency)}" for one in ones]
            st.markdown("\n".join([f"**{title}**", "", *lines]))


def tag_table(figures: EngagementFigures, part: Part, shown: Shown) -> None:
    """Campaigns of the period by tag; never added up."""
    held = by_tag(campaigns_of(figures, part))
    if not held:
        st.caption("No campaign of these days has a tag.")
        return
    rows = [{"Tag": tag, "Campaigns": number} | _counts_row(counts) for tag, (number, counts) in held.items()]
    tables.show(_columns(rows), _counts_config(shown), key="table_tags")
    st.caption("A campaign counts for each of its tags, so tags do not add up to anything.")


def flow_counts(part: Part, counts: Mapping[str, Counts]) -> Counts:
    """A flow's counts of the channels looked at."""
    return total(own for channel, own in counts.items() if part.holds("flow", channel))


def flow_table(figures: EngagementFigures, part: Part, shown: Shown) -> None:
    """Flows, most revenue first, with their state, change and trend."""
    held = [
        (flow, flow_counts(part, flow.this))
        for flow in figures.flows
        if part.kind != "campaign" and (not flow.archived or flow.this)
    ]
    if not held:
        st.caption("No flow here, or not with these filters.")
        return
    held.sort(key=lambda pair: (-(pair[1].value or 0), pair[0].name, pair[0].id))
    rows: Rows = []
    for flow, counts in held:
        row: dict[str, Any] = {
            "Flow": flow.name,
            "State": words.flow_status(flow.status, archived=flow.archived),
        } | _counts_row(counts)
        if figures.compared is not None:
            now, then = flow_counts(part, flow.whole), flow_counts(part, flow.compared)
            row["Change"] = wording.change(change_pct(_float(now.value), _float(then.value)))
        weeks = [own for channel, own in flow.weeks.items() if part.holds("flow", channel)]
        row["Trend"] = [float(sum(values)) for values in zip(*weeks, strict=True)] if weeks else None
        row["Trigger"] = flow.trigger or None
        rows.append(row)
    config = _counts_config(shown) | {
        "Flow": st.column_config.TextColumn("Flow", width="medium"),
        "State": st.column_config.TextColumn("State", width=120),
        "Change": st.column_config.TextColumn("Change", width=80, help="Of revenue."),
        "Trend": st.column_config.AreaChartColumn("13 weeks", width=110, y_min=0, help="Revenue by week, by Klaviyo."),
    }
    tables.pickable(_columns(rows), config, ids=[flow.id for flow, _ in held], param=FLOW, key="table_flows")
    st.caption("Tick a row to see its messages in their places, and where people drop off.")


def form_table(figures: EngagementFigures, shown: Shown) -> None:
    """Forms: views and submits, with the versions of the one that is picked."""
    if not figures.forms:
        st.caption("No form here yet.")
        return
    columns: dict[str, list[Any]] = {
        "Form": [form.name for form in figures.forms],
        "State": [form.status.capitalize() or None for form in figures.forms],
        "Due": [_int(form.this.qualified) for form in figures.forms],
        "Views": [_int(form.this.views) for form in figures.forms],
        "Viewers": [_int(form.this.viewers) for form in figures.forms],
        "Submits": [_int(form.this.submits) for form in figures.forms],
        "Submitters": [_int(form.this.submitters) for form in figures.forms],
        "Rate": [form.this.submit_rate for form in figures.forms],
    }
    if shown.comparison is not None:
        columns["Change"] = [
            _points(form.whole.submit_rate, form.compared.submit_rate if form.compared else None)
            for form in figures.forms
        ]
    config = _form_config() | {
        "Form": st.column_config.TextColumn("Form", width="medium"),
        "Due": st.column_config.NumberColumn("Due to see it", format="%,d", help="Sum of uniques over days."),
        "Change": st.column_config.TextColumn("Change", width="small"),
    }
    tables.pickable(columns, config, ids=[form.id for form in figures.forms], param=FORM, key="table_forms")
    st.caption(
        "Submit rate: people who submitted a step / people who viewed the form, as sums of uniques; a form of several "
        "steps counts partial submits. Tick a row for its versions."
    )
    asked = st.query_params.get(FORM)
    for form in figures.forms:
        if form.id == asked and form.versions:
            held = form.versions
            own = [version.counts for version in held]
            columns = {
                "Version": [version.variation or version.id for version in held],
                "Kind": [version.kind.replace("_", " ").capitalize() or None for version in held],
                "State": [version.status.capitalize() or None for version in held],
                "Views": [_int(counts.views) for counts in own],
                "Viewers": [_int(counts.viewers) for counts in own],
                "Steps": [_int(version.step_viewers) for version in held],
                "Submitters": [_int(counts.submitters) for counts in own],
                "Submits": [_int(counts.submits) for counts in own],
                "Closed": [_int(version.closed) for version in held],
                "Rate": [counts.submit_rate for counts in own],
            }
            st.markdown(f"**Versions of {words.plain(form.name)}**")
            tables.show(columns, _form_config(), key="table_versions")


def segment_table(figures: EngagementFigures) -> None:
    """Segments with their size, joins, leaves and growth over the period; then lists."""
    held = figures.segments
    if held:
        columns: dict[str, list[Any]] = {
            "Segment": [segment.name for segment in held],
            "Members": [segment.members for segment in held],
            "Joined": [segment.joined for segment in held],
            "Left": [segment.gone for segment in held],
            "Growth": [segment.growth for segment in held],
            "Trend": [[float(size) for _, size in segment.sizes] for segment in held],
            "State": ["Not kept up to date" if segment.active is False else None for segment in held],
        }
        config = {
            "Segment": st.column_config.TextColumn("Segment", width="medium"),
            "Members": st.column_config.NumberColumn("Members", format="%,d", help="At the end of the period."),
            "Joined": st.column_config.NumberColumn("Joined", format="%,d"),
            "Left": st.column_config.NumberColumn("Left", format="%,d"),
            "Growth": st.column_config.NumberColumn("Growth", format="%+.1f %%", help="Over the period."),
            "Trend": st.column_config.LineChartColumn("Members by day"),
            "State": st.column_config.TextColumn("State", width="small"),
        }
        tables.show(columns, config, key="table_segments")
    else:
        st.caption("No segment has a size in these days.")
    if figures.lists:
        st.markdown("**Lists**")
        columns = {
            "List": [each.name for each in figures.lists],
            "Sign-up": [
                each.opt_in.replace("_", " ").replace("opt in", "opt-in").capitalize() for each in figures.lists
            ],
            "Made": [each.created_at.date() if each.created_at else None for each in figures.lists],
        }
        config = {"Made": st.column_config.DateColumn("Made", format="D MMM YYYY")}
        tables.show(columns, config, key="table_lists", rows_seen=5)
        st.caption("Klaviyo reports sizes of segments, not of lists.")


def sms_table(figures: EngagementFigures, shown: Shown) -> None:
    """What text messages cost and brought back, campaigns and flows apart."""
    currency = shown.account.currency
    rows: Rows = []
    for name, kind in (("Campaigns", "campaign"), ("Flows", "flow"), ("Both", "")):
        counts = figures.this.of(Part(kind, "sms"))
        if counts.recipients is None:
            continue
        rows.append(
            {
                "Sent by": name,
                "Recipients": _int(counts.recipients),
                "Spend": _float(counts.spend),
                "Credits": _int(counts.credits),
                "Orders": _int(counts.conversions),
                "Revenue": _float(counts.value),
                "Return": _float(counts.spend_return),
                "Cost": _float(counts.cost_per_order),
            }
        )
    if not rows:
        st.caption("No text message was sent in these days.")
        return
    config = _counts_config(shown) | {
        "Spend": st.column_config.NumberColumn(f"Spend, {currency}", format="%,.2f", help="As Klaviyo reports it."),
        "Credits": st.column_config.NumberColumn("Credits", format="%,d"),
        "Orders": st.column_config.NumberColumn("Orders", format="%,d"),
        "Return": st.column_config.NumberColumn("Return", format="%.1f ×", help="Revenue by Klaviyo / spend."),
        "Cost": st.column_config.NumberColumn(f"Spend per order, {currency}", format="%,.2f"),
    }
    tables.show(_columns(rows), config, key="table_sms")


def legacy_table(figures: EngagementFigures, shown: Shown) -> None:
    """Figures of campaigns that an earlier system kept: never added to Klaviyo's."""
    zone = shown.account.zone
    held = figures.legacy

    def of(name: str) -> list[float | None]:
        return [_float(each.statistics.get(name)) for each in held]

    columns: dict[str, list[Any]] = {
        "Campaign": [each.name for each in held],
        "Channel": [words.channel(each.channel) for each in held],
        "Recipients": of("recipients"),
        "Delivered": of("delivered"),
        "Opens": of("opens_unique"),
        "Clicks": of("clicks_unique"),
        "Conversions": of("conversions"),
        "Revenue": of("conversion_value"),
        "Subject": [each.subject or None for each in held],
        "Tags": [", ".join(each.tags) or None for each in held],
        "Changed": [each.updated_at.astimezone(zone).date() if each.updated_at else None for each in held],
    }
    config = {name: st.column_config.NumberColumn(name, format="%,d") for name in list(columns)[2:7]} | {
        "Campaign": st.column_config.TextColumn("Campaign", width="medium"),
        "Revenue": st.column_config.NumberColumn(f"Revenue, {shown.account.currency}", format="%,.2f"),
        "Changed": st.column_config.DateColumn("Last changed", format="D MMM YYYY"),
    }
    tables.show(columns, config, key="table_legacy")
    st.caption(
        "Taken over from the system before, as it kept them, whatever days are chosen: they are in no figure above."
    )


def deliverability_table(standings: Sequence[Standing]) -> None:
    """E-mail's rates beside their limits."""
    columns: dict[str, list[Any]] = {
        "Rate": [each.limit.name for each in standings],
        "Period": [each.share for each in standings],
        "Recent": [each.recent for each in standings],
        "Limit": [each.limit.limit for each in standings],
        "State": [each.state.capitalize() if each.limit.limit is not None else None for each in standings],
    }
    config = {
        "Period": st.column_config.NumberColumn("Period", format="%.2f %%"),
        "Recent": st.column_config.NumberColumn("14 days", format="%.2f %%", help="The last 14 days that are over."),
        "Limit": st.column_config.NumberColumn("Limit", format="%.1f %%"),
        "State": st.column_config.TextColumn("State", help="By the last 14 days."),
    }
    tables.show(columns, config, key="table_deliverability")


def _counts_row(counts: Counts) -> dict[str, Any]:
    return {
        "Recipients": _int(counts.recipients),
        "Open": counts.open_rate,
        "Click": counts.click_rate,
        "Conversion": counts.conversion_rate,
        "Revenue": _float(counts.value),
        "Per": _float(counts.per_recipient),
    }


def _counts_config(shown: Shown) -> dict[str, Any]:
    currency = shown.account.currency
    return {
        "Recipients": st.column_config.NumberColumn("Recipients", format="%,d"),
        "Open": st.column_config.NumberColumn("Open rate", format="%.1f %%"),
        "Click": st.column_config.NumberColumn("Click rate", format="%.1f %%"),
        "Conversion": st.column_config.NumberColumn("Conversion rate", format="%.1f %%"),
        "Revenue": st.column_config.NumberColumn(f"Revenue, {currency}", format="%,.0f", help="By Klaviyo."),
        "Per": st.column_config.NumberColumn("Per recipient", format="%,.2f", help=f"{currency}, by Klaviyo."),
    }


def _form_config() -> dict[str, Any]:
    counts = {name: st.column_config.NumberColumn(name, format="%,d") for name in ("Views", "Submits")}
    uniques = {
        name: st.column_config.NumberColumn(label, format="%,d", help="Sum of uniques over days.")
        for name, label in (
            ("Viewers", "Viewers"),
            ("Submitters", "Submitted a step"),
            ("Steps", "Saw a step"),
            ("Closed", "Closed it"),
        )
    }
    return counts | uniques | {"Rate": st.column_config.NumberColumn("Submit rate", format="%.1f %%")}


def _columns(rows: Rows) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


def _points(now: float | None, then: float | None) -> str:
    return wording.points(None if now is None or then is None else now - then)


def _int(value: Any) -> int | None:
    return None if value is None else int(value)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
