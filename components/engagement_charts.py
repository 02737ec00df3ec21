"""The engagement page's charts, each with the sentence that describes it to those who cannot see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import streamlit as st

from analytics.account import WEEKDAYS
from analytics.campaign_standing import Cell, Usual
from analytics.deliverability import LIMITS, TREND_DAYS
from analytics.engagement import Counts, EngagementFigures, Part, rate, total
from components import cards, charts, day_marks, line_chart, made, palette, wording
from components.charts import Figure
from components.engagement_cards import CARDS
from components.engagement_words import channel, fine, usual_since
from components.line_chart import Mark, Series
from components.revenue_series import Shown, Value

FRAME: Final = 75
COMPLAINTS_HEIGHT: Final = 170
# A figure, and what it shows in words.
Described = tuple[Figure, str]
STEPS: Final[Mapping[str, Callable[[Counts], Value]]] = {
    "Recipients": lambda counts: counts.recipients,
    "Delivered": lambda counts: counts.delivered,
    "Opened": lambda counts: counts.opens,
    "Clicked": lambda counts: counts.clicks,
    "Converted": lambda counts: counts.converted,
}


def skeleton(*, sparklines: bool) -> None:
    """The places of the page's cards, charts and table."""
    cards.skeleton(CARDS, sparklines=sparklines)
    st.skeleton(24)
    st.skeleton(charts.TALL + 3 * FRAME)
    for _ in range(2):
        left, right = st.columns(2)
        left.skeleton(charts.LOW + FRAME)
        right.skeleton(charts.LOW + FRAME)
    st.skeleton(charts.LOW + 2 * FRAME)


def funnel(figures: EngagementFigures, part: Part, file: str) -> None:
    """Of a hundred recipients of each channel, how many were reached, reacted and bought."""
    figure, alt = made.once(figures, ("funnel", part), lambda: _funnel(figures, part))
    charts.show(figure, key="chart_funnel", alt=alt, file=f"{file}-funnel")


def _funnel(figures: EngagementFigures, part: Part) -> Described:
    traces: list[Figure] = []
    told = []
    shown = [name for name in figures.this.channels if part.channel in ("", name)]
    for name in shown:
        counts = figures.this.of(Part(part.kind, name))
        if not counts.recipients:
            continue
        values = [rate(_exact(of(counts)), _exact(counts.recipients)) for of in STEPS.values()]
        hover = [
            f"<b>{channel(name)}</b>: {wording.count(of(counts))} {step.lower()}"
            + (f", {wording.rate(value)} of recipients" if step != "Recipients" else "")
            for (step, of), value in zip(STEPS.items(), values, strict=True)
        ]
        traces.append(
            {
                "type": "bar",
                "name": channel(name),
                "x": list(STEPS),
                "y": values,
                "marker": {"color": palette.SERIES.get(name, palette.MUTED)},
                "text": ["" if value is None else f"{value:.1f} %" for value in values],
                "textposition": "outside",
                "textfont": {"size": 11},
                "cliponaxis": False,
                "customdata": hover,
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
        told.append(
            f"{channel(name)} {wording.count(counts.recipients)} recipients, {wording.rate(values[-1])} converted"
        )
    layout = charts.base_layout(charts.TALL)
    layout |= {"barmode": "group", "bargap": 0.18, "bargroupgap": 0.06}
    layout["uniformtext"] = {"minsize": 9, "mode": "hide"}
    layout["xaxis"] |= {"type": "category", "tickangle": 0}
    layout["yaxis"] |= {"range": [0, 108], "ticksuffix": " %", "nticks": 5}
    charts.name_values(layout, "Share of recipients")
    if len(traces) > 1:
        layout["showlegend"] = True
        layout["legend"] = {"orientation": "h", "y": 1.04, "yanchor": "bottom", "x": 0}
        layout["margin"]["t"] = 40
    return {"data": traces, "layout": layout}, f"Share of recipients by step and channel: {'; '.join(told)}."


@dataclass(frozen=True, slots=True)
class Measure:
    """What the chart over time can draw."""

    name: str
    of: Callable[[Counts], Value]
    text: Callable[[Value, str], str]
    unit: str = ""


MEASURES: Final = {
    "Revenue": Measure("Revenue by Klaviyo", lambda c: c.value, lambda v, c: wording.money(v, c), "money"),
    "Recipients": Measure("Recipients", lambda c: c.recipients, lambda v, _c: wording.count(v)),
    "Opens": Measure("Open rate", lambda c: c.open_rate, lambda v, _c: wording.rate(v), "rate"),
    "Clicks": Measure("Click rate", lambda c: c.click_rate, lambda v, _c: wording.rate(v), "rate"),
    "Conversions": Measure("Conversion rate", lambda c: c.conversion_rate, lambda v, _c: wording.rate(v), "rate"),
}


def over_time(
    figures: EngagementFigures,
    part: Part,
    shown: Shown,
    measure: Measure,
    file: str,
    marks: Mapping[int, Mark] | None = None,
) -> None:
    """One measure over time against the compared days, its unusual points marked."""
    asked = (
        "over time", part, measure.name, shown.account.currency, shown.period, shown.comparison, shown.as_of,
        tuple(sorted((marks or {}).items())),
    )  # fmt: skip
    drawn, alt = made.once(figures, asked, lambda: _over_time(figures, part, shown, measure, marks))
    figure = charts.to_mark(drawn)
    dates = [max(start, shown.period.start).isoformat() for start in shown.starts]
    alt = day_marks.on(figure, dates, shown.period.end, shown.marked, alt)
    alt += f" {len(marks)} unusual marked." if marks else ""
    charts.show(figure, key="chart_over_time", alt=alt, file=f"{file}-{measure.name.lower().replace(' ', '-')}")


def _over_time(
    figures: EngagementFigures, part: Part, shown: Shown, measure: Measure, marks: Mapping[int, Mark] | None
) -> Described:
    currency = shown.account.currency

    def series(name: str, values: list[Value], said: list[str], label: str = "") -> Series:
        texts = [
            f"{measure.text(value, currency)}{more}" if value is not None or more else "nothing sent"
            for value, more in zip(values, said, strict=True)
        ]
        return Series(name, [None if value is None else float(value) for value in values], texts, label)

    values: list[Value] = [measure.of(counts) for counts in figures.this.by_bucket(part, shown.starts)]
    if measure.unit != "rate":
        values = [0 if value is None else value for value in values]
    values[shown.last_bucket :] = [None] * (len(values) - shown.last_bucket)
    this = series(measure.name, values, [shown.said_of(place) for place in range(len(values))])
    other = None
    if figures.compared is not None and shown.comparison is not None:
        then: list[Value] = []
        for bucket in shown.drawn_buckets:
            days = [] if bucket is None else list(bucket)
            summed = total(figures.compared.by_bucket(part, days))
            then.append(measure.of(summed) if measure.unit == "rate" or bucket is None else measure.of(summed) or 0)
        label = "a year before" if shown.comparison.of_last_year else "previous period"
        named = [f"  {wording.days(bucket)}" if bucket else "" for bucket in shown.drawn_buckets]
        other = series("Compared", then, named, label)
    dates = [max(start, shown.period.start).isoformat() for start in shown.starts]
    figure = line_chart.over_time(
        dates,
        this,
        other,
        prefix=wording.symbol(currency) if measure.unit == "money" else "",
        suffix=" %" if measure.unit == "rate" else "",
        unit=measure.name,
        partial=shown.partial,
        marks=marks,
    )
    figure["layout"]["height"] = charts.LOW
    if measure.unit == "rate":
        # A day without a send has no rate: points stay visible where lines break.
        figure["data"][0] |= {"connectgaps": True}
        for trace in figure["data"][1:2] if other else ():
            trace["connectgaps"] = True
    known = [value for value in this.values if value is not None]
    span = f" between {measure.text(min(known), currency)} and {measure.text(max(known), currency)}" if known else ""
    return figure, f"{measure.name} by {shown.grain.value}, {wording.days(shown.period)}:{span}."


def attributions(figures: EngagementFigures, shown: Shown, file: str) -> None:
    """What messages brought by the two attributions, in parts by channel."""
    currency = shown.account.currency
    parts: list[charts.Part] = []
    labels: dict[str, str] = {}
    for kind, plural in (("campaign", "Campaigns"), ("flow", "Flows")):
        for row, sums in (
            (f"{plural}, by orders", {c: won.gross for (k, c), won in figures.won.items() if k == kind}),
            (
                f"{plural}, by Klaviyo",
                {c: counts.value or Decimal(0) for (k, c), counts in figures.this.groups.items() if k == kind},
            ),
        ):
            labels[row] = f"<b>{wording.money_short(sum(sums.values(), Decimal(0)), currency)}</b>"
            parts += [
                charts.Part(
                    row, name, channel(name), float(value), f"{row}, {channel(name)}: {wording.money(value, currency)}"
                )
                for name, value in sorted(sums.items())
                if value
            ]
    figure = charts.shares(parts, labels, prefix=wording.symbol(currency))
    told = ", ".join(f"{row} {text[3:-4]}" for row, text in labels.items())
    charts.show(
        figure,
        key="chart_attribution",
        alt=f"Revenue of messages by two attributions: {told}.",
        file=f"{file}-attribution",
    )


def send_times(usual: Usual, part: Part, shown: Shown, file: str) -> None:
    """When campaigns are sent and what they bring: revenue per recipient by weekday and hour of sending."""
    since, currency, first = usual_since(shown), shown.account.currency, shown.account.first_weekday
    drawn = made.once(
        usual, ("send times", part, since, currency, first), lambda: _send_times(usual, part, since, currency, first)
    )
    if drawn is None:
        st.caption(f"No campaign with a known send time in {since}.")
        return
    (figure, alt), beneath = drawn
    charts.show(figure, key="chart_send_times", alt=alt, file=f"{file}-send-times")
    st.caption(beneath)


def _send_times(usual: Usual, part: Part, since: str, currency: str, first: int) -> tuple[Described, str] | None:
    """The chart and what stands beneath it."""
    told: dict[Cell, list[tuple[int, Counts]]] = {}
    for name, cells in usual.hours.items():
        if part.holds("campaign", name):
            for at_cell, own in cells.items():
                told.setdefault(at_cell, []).append(own)
    held = {cell: (sum(number for number, _ in each), total(own for _, own in each)) for cell, each in told.items()}
    days = [(first - 1 + place) % 7 + 1 for place in range(7)]
    if not held:
        return None
    values: list[list[float | None]] = []
    hover: list[list[str]] = []
    for day in days:
        row = [held.get((day, hour)) for hour in range(24)]
        values.append(
            [None if cell is None or cell[1].per_recipient is None else float(cell[1].per_recipient) for cell in row]
        )
        hover.append(
            [
                f"{WEEKDAYS[day - 1]} {hour:02d}–{(hour + 1) % 24:02d} h: "
                + (
                    "no campaign"
                    if cell is None
                    else f"{wording.money(cell[1].per_recipient, currency)} a recipient<br>{wording.count(cell[0])} "
                    f"campaign{'s' if cell[0] > 1 else ''}, opened {wording.rate(cell[1].open_rate)}, "
                    f"clicked {wording.rate(cell[1].click_rate)}"
                )
                for hour, cell in enumerate(row)
            ]
        )
    figure = charts.heat_map(
        [f"{hour:02d}" for hour in range(24)],
        [WEEKDAYS[day - 1][:3] for day in days],
        [[float("nan") if value is None else value for value in own] for own in values],
        hover,
    )
    figure["data"][0] |= {"z": values, "hoverongaps": False}
    best = max(held, key=lambda cell: (held[cell][1].per_recipient or Decimal(0), cell))
    at = f"{WEEKDAYS[best[0] - 1]} from {best[1]:02d}:00"
    alt = f"Revenue per recipient by weekday and hour of sending; most on {at}."
    known = sum(campaigns for campaigns, _ in held.values())
    return (figure, alt), (
        f"Revenue per recipient of {wording.count(known)} campaigns, {since}. Most on {at} "
        f"({wording.count(held[best][0])} campaign{'s' if held[best][0] > 1 else ''}); a few say little."
    )


def complaints(figures: EngagementFigures, shown: Shown, file: str) -> None:
    """Spam complaints of e-mail over the fourteen days up to each of the last fourteen."""
    last = max(figures.recent, default=None)
    if last is None:
        return
    days = [last - timedelta(days=back) for back in range(TREND_DAYS - 1, -1, -1)]
    drawn = made.once(figures, "complaints", lambda: _complaints(figures, days))
    if drawn is None:
        return
    figure = charts.to_mark(drawn[0])
    alt = day_marks.on(figure, [day.isoformat() for day in days], last, shown.marked, drawn[1])
    charts.show(figure, key="chart_complaints", alt=alt, file=f"{file}-complaints")


def _complaints(figures: EngagementFigures, days: Sequence[date]) -> Described | None:
    sums = [
        total(counts for day, counts in figures.recent.items() if end - timedelta(days=TREND_DAYS) < day <= end)
        for end in days
    ]
    rates = [counts.complaint_rate for counts in sums]
    if all(each is None for each in rates):
        return None
    limit = next(each.limit for each in LIMITS if each.name == "Spam complaints")
    assert limit is not None
    hover = [
        f"{wording.count(counts.complaints)} of {wording.count(counts.delivered)}: {fine(counts.complaint_rate)}"
        for counts in sums
    ]
    figure = line_chart.over_time(
        [day.isoformat() for day in days], Series("Spam complaints", rates, hover), None, suffix=" %"
    )
    layout = figure["layout"]
    layout["height"] = COMPLAINTS_HEIGHT
    layout["yaxis"] |= {"nticks": 4, "range": [0, 1.15 * max(limit, *(each or 0 for each in rates))]}
    line = {"color": palette.BAD, "width": 1.5, "dash": "dash"}
    layout["shapes"] = [{"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": limit, "y1": limit, "line": line}]
    # In the margin, where the rate never runs.
    said = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 4, "y": limit, "yanchor": "middle"}
    said |= {"text": f"limit<br>{fine(limit)}", "showarrow": False, "align": "left"}
    layout["annotations"] = [said | {"font": {"size": 11, "color": palette.TEXT}}]
    layout["margin"]["r"] = 48
    highest = max(each or 0 for each in rates)
    alt = f"Spam complaints of e-mail over fourteen days, at most {fine(highest)}; the limit is {fine(limit)}."
    return figure, alt


def _exact(value: Value) -> int | Decimal | None:
    return None if value is None else Decimal(str(value))
