"""The tables of the engagement page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import streamlit as st

from analytics.deliverability import Standing
from analytics.engagement import Counts, EngagementFigures, Flow, Part, total
from analytics.periods import change_pct
from components import engagement_words as words
from components import tables, wording
from components.engagement_columns import (
    FLOW,
    Rows,
    by_column,
    counts_config,
    counts_row,
    exact,
    points_between,
    whole,
)
from components.hovers import hover
from components.revenue_series import Shown


def funnel_columns(figures: EngagementFigures, part: Part) -> dict[str, list[Any]]:
    """The funnel's counts and rates by channel, with the change of each rate in points."""
    names = [name for name in figures.this.channels if part.channel in ("", name)]
    columns: dict[str, list[Any]] = {"Channel": [words.channel(name) for name in names]}
    parts = [Part(part.kind, name) for name in names]
    this = [figures.this.of(each) for each in parts]
    now = [figures.whole.of(each) for each in parts]
    then = [figures.compared.of(each) for each in parts] if figures.compared is not None else None
    columns["Recipients"] = [whole(counts.recipients) for counts in this]
    if then is not None:
        columns["Change"] = [
            wording.change(change_pct(exact(a.recipients), exact(b.recipients))) for a, b in zip(now, then, strict=True)
        ]
    for name, of in _RATES.items():
        columns[name] = [of(counts) for counts in this]
        if then is not None:
            columns[f"{name}, change"] = [points_between(of(a), of(b)) for a, b in zip(now, then, strict=True)]
    columns["Per recipient"] = [exact(counts.per_recipient) for counts in this]
    return columns


def funnel_table(figures: EngagementFigures, part: Part) -> None:
    """The funnel as a table."""
    config: dict[str, Any] = {
        "Recipients": st.column_config.NumberColumn("Recipients", format="%,d"),
        "Per recipient": st.column_config.NumberColumn("Per recipient", format="%,.2f"),
        "Change": st.column_config.TextColumn("Change", width="small"),
    }
    for name in _RATES:
        config[name] = st.column_config.NumberColumn(name, format="%.1f %%")
        config[f"{name}, change"] = st.column_config.TextColumn("Change", width="small")
    tables.show(funnel_columns(figures, part), config, key="table_funnel")


_RATES: Final[Mapping[str, Callable[[Counts], float | None]]] = {
    "Delivered": lambda counts: counts.delivery_rate,
    "Opened": lambda counts: counts.open_rate,
    "Clicked": lambda counts: counts.click_rate,
    "Converted": lambda counts: counts.conversion_rate,
}


def flow_counts(part: Part, counts: Mapping[str, Counts]) -> Counts:
    """A flow's counts of the channels looked at."""
    return total(own for channel, own in counts.items() if part.holds("flow", channel))


class FlowColumns(NamedTuple):
    """The table of flows: its columns, and the flow of each row."""

    columns: Mapping[str, Sequence[Any]]
    ids: Sequence[str]


def flow_columns(flows: Sequence[Flow], part: Part, *, compared: bool) -> FlowColumns:
    """Flows, most revenue first, with their state, change and trend."""
    held = [
        (flow, flow_counts(part, flow.this))
        for flow in flows
        if part.kind != "campaign" and (not flow.archived or flow.this)
    ]
    if not held:
        return FlowColumns({}, ())
    held.sort(key=lambda pair: (-(pair[1].value or 0), pair[0].name, pair[0].id))
    rows: Rows = []
    for flow, counts in held:
        row: dict[str, Any] = {
            "Flow": flow.name,
            "State": words.flow_status(flow.status, archived=flow.archived),
        } | counts_row(counts)
        if compared:
            now, then = flow_counts(part, flow.whole), flow_counts(part, flow.compared)
            row["Change"] = change_pct(exact(now.value), exact(then.value))
        weeks = [own for channel, own in flow.weeks.items() if part.holds("flow", channel)]
        row["Trend"] = [float(sum(values)) for values in zip(*weeks, strict=True)] if weeks else None
        row["Trigger"] = flow.trigger or None
        rows.append(row)
    return FlowColumns(by_column(rows), [flow.id for flow, _ in held])


def flow_table(found: FlowColumns, shown: Shown) -> None:
    """Flows, one of which can be picked."""
    if not found.ids:
        st.caption("No flow here, or not with these filters.")
        return
    config = counts_config(shown) | {
        "Flow": st.column_config.TextColumn("Flow", width="medium"),
        "State": st.column_config.TextColumn("State", width=120),
        "Change": st.column_config.NumberColumn(
            "Change", format="%+,.1f %%", width=90, help=hover("engagement.change")
        ),
        "Trend": st.column_config.AreaChartColumn("13 weeks", width=110, y_min=0, help=hover("engagement.13_weeks")),
    }
    tables.pickable(found.columns, config, ids=found.ids, param=FLOW, key="table_flows")
    st.caption(f"Tick a row to see its messages in their places, and where people drop off. {words.AS_REPORTED}")


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
                "Recipients": whole(counts.recipients),
                "Spend": exact(counts.spend),
                "Credits": whole(counts.credits),
                "Orders": whole(counts.conversions),
                "Revenue": exact(counts.value),
                "Return": exact(counts.spend_return),
                "Cost": exact(counts.cost_per_order),
            }
        )
    if not rows:
        st.caption("No text message was sent in these days.")
        return
    config = counts_config(shown) | {
        "Spend": st.column_config.NumberColumn(f"Spend, {currency}", format="%,.2f", help=hover("engagement.spend")),
        "Credits": st.column_config.NumberColumn("Credits", format="%,d"),
        "Orders": st.column_config.NumberColumn("Orders", format="%,d"),
        "Return": st.column_config.NumberColumn("Return", format="%.1f ×", help=hover("engagement.return")),
        "Cost": st.column_config.NumberColumn(f"Spend per order, {currency}", format="%,.2f"),
    }
    tables.show(by_column(rows), config, key="table_sms")


def legacy_table(figures: EngagementFigures, shown: Shown) -> None:
    """Figures of campaigns that an earlier system kept: never added to Klaviyo's."""
    zone = shown.account.zone
    held = figures.legacy

    def of(name: str) -> list[float | None]:
        return [exact(each.statistics.get(name)) for each in held]

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
        "Recent": st.column_config.NumberColumn("14 days", format="%.2f %%", help=hover("engagement.14_days")),
        "Limit": st.column_config.NumberColumn("Limit", format="%.1f %%"),
        "State": st.column_config.TextColumn("State", help=hover("engagement.state")),
    }
    tables.show(columns, config, key="table_deliverability")
