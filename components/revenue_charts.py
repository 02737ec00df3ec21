"""The revenue page's charts, each with the sentence that describes it to those who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import streamlit as st

from analytics.account import WEEKDAYS
from analytics.revenue import Amounts, RevenueFigures, by_source
from components import cards, charts, day_marks, line_chart, revenue_series, wording
from components.charts import Part, Step
from components.line_chart import Mark
from components.plain import charted, in_line
from components.revenue_comparison import comparable
from components.revenue_series import Measure, Shown, compared_series, this_series
from components.revenue_words import CHANNELS

LONGEST_LIST: Final = 8
CARDS: Final = 6
SENTENCE_HEIGHT: Final = 24
# Border, padding and heading of a chart's container.
FRAME: Final = 75
ROWS: Final = {"campaign": "Campaigns", "flow": "Flows", "none": "Unattributed"}
SPLITS: Final = ("Country", "Sales channel", "Device")


def _file(shown: Shown, name: str) -> str:
    return f"promolens-{name}-{shown.period.start}-{shown.period.end}"


def skeleton(*, sparklines: bool) -> None:
    """The places of the page's cards, charts and table."""
    cards.skeleton(CARDS, sparklines=sparklines)
    st.skeleton(SENTENCE_HEIGHT)
    st.skeleton(charts.TALL + FRAME)
    for _ in range(2):
        left, right = st.columns(2)
        left.skeleton(charts.LOW + FRAME)
        right.skeleton(charts.LOW + FRAME)
    st.skeleton(charts.LOW + 2 * FRAME)


def over_time(figures: RevenueFigures, shown: Shown, measure: Measure, marks: Mapping[int, Mark] | None = None) -> None:
    """The main chart: one measure over time against the compared period, its unusual points marked."""
    currency = shown.account.currency
    this = this_series(figures, shown, measure)
    held = comparable(figures, shown)
    other = compared_series(held.counts if measure.counted else held.sums, shown, measure)
    dates = [max(start, shown.period.start).isoformat() for start in shown.starts]
    figure = line_chart.over_time(
        dates,
        this,
        other,
        prefix=wording.symbol(currency) if measure.money else "",
        suffix="" if measure.text is not revenue_series.rate_text else " %",
        unit=measure.name,
        partial=shown.partial,
        marks=marks,
    )
    versus = f", {wording.versus(shown.comparison)} as a dotted line" if other else ""
    known = [value for value in this.values if value is not None]
    span = f" between {measure.text(min(known), currency)} and {measure.text(max(known), currency)}" if known else ""
    alt = f"{measure.name} by {shown.grain.value}, {wording.days(shown.period)}{versus}:{span}."
    alt = day_marks.on(figure, dates, shown.period.end, shown.marked, alt)
    alt += f" {len(marks)} unusual marked." if marks else ""
    charts.show(figure, key="chart_over_time", alt=alt, file=_file(shown, measure.name.lower().replace(" ", "-")))


def to_net(figures: RevenueFigures, shown: Shown) -> None:
    """From what orders would have cost, over discounts, cancellations and refunds, to net revenue."""
    this, currency = figures.this, shown.account.currency
    ways = [
        ("List price", this.total.list_value, True),
        ("Discounts", -this.total.discount, False),
        ("Gross revenue", this.total.gross, True),
        ("Cancelled", -this.cancelled, False),
        ("Refunds", -this.refunded, False),
        ("Net revenue", this.net, True),
    ]
    steps = [Step(name, float(value), wording.money_short(value, currency), total) for name, value, total in ways]
    alt = "The way to net revenue: " + ", ".join(f"{step.name.lower()} {step.text}" for step in steps) + "."
    figure = charts.bridge(steps)
    charts.show(figure, key="chart_to_net", alt=alt, file=_file(shown, "gross-to-net"))


def sources(figures: RevenueFigures, shown: Shown) -> None:
    """Campaigns, flows and unattributed orders, in parts by the channel of the message."""
    currency, gross = shown.account.currency, figures.this.total.gross
    sums = by_source(figures.this.sources)
    labels: dict[str, str] = {}
    parts: list[Part] = []
    for kind, row in ROWS.items():
        own = {channel: amounts for (k, channel), amounts in sums.items() if k == kind}
        total = sum((amounts.gross for amounts in own.values()), Decimal(0))
        labels[row] = f"<b>{wording.money_short(total, currency)}</b> {_share(total, gross)}"
        for channel in CHANNELS:
            if channel in own:
                amounts = own[channel]
                name = CHANNELS[channel][:1].upper() + CHANNELS[channel][1:]
                exact = wording.money(amounts.gross, currency)
                text = f"{row}, {CHANNELS[channel]}: {exact} {_share(amounts.gross, gross)}"
                parts.append(
                    Part(
                        row,
                        channel,
                        name,
                        float(amounts.gross),
                        f"{text}<br>{wording.count(amounts.orders)} orders",
                    )
                )
    alt = "Gross revenue by what won the order: " + ", ".join(f"{row} {_plain(text)}" for row, text in labels.items())
    figure = charts.shares(parts, labels, prefix=wording.symbol(currency))
    charts.show(figure, key="chart_sources", alt=f"{alt}.", file=_file(shown, "attribution"))


def split(figures: RevenueFigures, shown: Shown, by: str) -> None:
    """Gross revenue by country, sales channel or device; the smallest together as 'Others'."""
    values = {
        "Country": figures.this.countries,
        "Sales channel": figures.this.channels,
        "Device": figures.this.devices,
    }[by]
    currency, gross = shown.account.currency, figures.this.total.gross
    labels: dict[str, str] = {}
    parts: list[Part] = []
    for name, amounts in _longest(values).items():
        row = charted(name)
        labels[row] = f"<b>{wording.money_short(amounts.gross, currency)}</b> {_share(amounts.gross, gross)}"
        hover = f"{row}: {wording.money(amounts.gross, currency)}<br>{wording.count(amounts.orders)} orders, "
        hover += f"average {wording.money(amounts.aov, currency)}"
        parts.append(Part(row, "", row, float(amounts.gross), hover))
    told = zip(_longest(values), labels.values(), strict=True)
    alt = f"Gross revenue by {by.lower()}: " + ", ".join(f"{name} {_plain(text)}" for name, text in told)
    figure = charts.shares(parts, labels, prefix=wording.symbol(currency))
    charts.show(figure, key="chart_split", alt=f"{alt}.", file=_file(shown, by.lower().replace(" ", "-")))


def hours(figures: RevenueFigures, shown: Shown) -> None:
    """When people buy: gross revenue by weekday and hour of the account's clock."""
    if dates_only(figures, shown):
        st.caption(
            "All of these orders stand at midnight: their files tell the day and no time of day, hours are not known."
        )
        return
    currency, first = shown.account.currency, shown.account.first_weekday
    days = [(first - 1 + i) % 7 + 1 for i in range(7)]
    nothing = (Decimal(0), 0)
    cells = {(day, hour): figures.hours.get((day, hour), nothing) for day in days for hour in range(24)}
    values = [[float(cells[day, hour][0]) for hour in range(24)] for day in days]
    hover = [
        [
            f"{WEEKDAYS[day - 1]} {hour:02d}–{(hour + 1) % 24:02d} h: {wording.money(cells[day, hour][0], currency)}"
            f"<br>{wording.count(cells[day, hour][1])} orders"
            for hour in range(24)
        ]
        for day in days
    ]
    best = max(cells, key=lambda cell: cells[cell][0])
    figure = charts.heat_map([f"{hour:02d}" for hour in range(24)], [WEEKDAYS[d - 1][:3] for d in days], values, hover)
    alt = f"Gross revenue by weekday and hour; most on {WEEKDAYS[best[0] - 1]} from {best[1]:02d}:00."
    charts.show(figure, key="chart_hours", alt=alt, file=_file(shown, "weekday-hour"))


def dates_only(figures: RevenueFigures, shown: Shown) -> bool:
    """Whether the orders come from files that tell no time of day, so that all of them stand at midnight."""
    at_midnight = all(hour == 0 for (_, hour), (_, orders) in figures.hours.items() if orders)
    return shown.account.files is not None and at_midnight


def _longest(values: Mapping[str, Amounts]) -> dict[str, Amounts]:
    # Names that differ in blanks alone read the same on a chart: they are one bar.
    told: dict[str, Amounts] = {}
    for written, amounts in values.items():
        name = in_line(written) or "Not known"
        told[name] = told[name].plus(amounts) if name in told else amounts
    ordered = sorted(told.items(), key=lambda item: (-item[1].gross, item[0]))
    found = dict(ordered[:LONGEST_LIST])
    others = Amounts()
    for _name, amounts in ordered[LONGEST_LIST:]:
        others = others.plus(amounts)
    if len(ordered) > LONGEST_LIST:
        found[f"{len(ordered) - LONGEST_LIST} others"] = others
    return found


def _share(part: Decimal, whole: Decimal) -> str:
    return wording.rate(part / whole * 100) if whole > 0 else wording.NOT_AVAILABLE


def _plain(text: str) -> str:
    return text.replace("<b>", "").replace("</b>", "")
