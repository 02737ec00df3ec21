"""The overview's charts, each with the sentence that describes it to those who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Final

import streamlit as st

from analytics.decomposition import Factor, Made, explain
from analytics.landing import Landing, month_end
from analytics.overview import OverviewFigures
from analytics.periods import Period, add_months
from components import cards, chart_labels, charts, day_marks, palette, wording
from components.charts import Figure, Step
from components.overview_cards import CARDS
from components.overview_words import NAMES, SHORT
from components.revenue_series import Shown

FRAME: Final = 75
ZERO: Final = Decimal(0)


def skeleton(*, sparklines: bool) -> None:
    """The places of the page's cards, charts and lists."""
    cards.skeleton(CARDS, sparklines=False)
    st.skeleton(24)
    for _ in range(2):
        left, right = st.columns(2)
        left.skeleton(charts.LOW + FRAME)
        right.skeleton(charts.LOW + FRAME)
    if sparklines:
        st.skeleton(FRAME)


def to_date(days: Mapping[date, Decimal], period: Period) -> list[Decimal]:
    """A figure added up from the first day of a period to each of its days."""
    return list(accumulate(days.get(day, ZERO) for day in period))


def month(figures: OverviewFigures, shown: Shown, file: str) -> None:
    """Net revenue added up through the month, beside the month a year before, and where it will land."""
    currency, period = shown.account.currency, shown.period
    this = to_date(figures.days, period)
    names: list[Figure] = []
    ending = ""
    found = figures.landing
    traces = [_line("This month", list(period), this, currency, palette.ACCENT, 2.25)]
    told = f"{wording.money_short(this[-1], currency)} by {wording.day(period.end)}"
    if figures.year_month is not None:
        begin = add_months(period.start, -12)
        before = Period(begin, month_end(begin))
        lasting = min(before.days, month_end(period.end).day)
        under = [period.start + timedelta(days=n) for n in range(lasting)]
        year = to_date(figures.days, before)
        # Where that month is longer (29 February), its last day ends with all of it.
        values = [*year[: lasting - 1], year[-1]]
        traces.insert(0, _line("A year before", under, values, currency, palette.PAST, 1.5, dash="dot"))
        place = len(under) * 3 // 4
        # On the outer side: both lines rise, so that above a line its left is free, below it its right.
        side = 1 if float(values[place]) > _reached(this, place, found, len(under)) else -1
        names.append(_named(under[place], values[place], "a year before", palette.PAST, side))
        told += f", {wording.money_short(figures.year_month, currency)} in the whole month a year before"
    if found is not None and not found.over:
        ends = [period.end.isoformat(), month_end(period.end).isoformat()]
        start = float(this[-1])
        traces.insert(0, _fan(ends, start, found.low, found.high))
        text = wording.money_short(found.expected, currency)
        bounds = f"{wording.money_short(found.low, currency)} to {wording.money_short(found.high, currency)}"
        traces.append(
            {
                "type": "scatter", "mode": "lines+markers", "name": "Landing", "x": ends,
                "y": [start, found.expected], "line": {"color": palette.ACCENT, "width": 1.5, "dash": "dash"},
                "marker": {"size": [0, 8], "color": palette.PAPER, "opacity": [0, 1],
                           "line": {"width": 2, "color": palette.ACCENT}},
                "customdata": ["", f"will land at {text}, 80 %: {bounds}"],
                "hovertemplate": ["<extra></extra>", "%{customdata}<extra></extra>"],
                "hoverinfo": ["skip", "all"], "cliponaxis": False,
            }
        )  # fmt: skip
        ending = text
        told += f", about {text} at its end ({bounds})"
    layout = charts.base_layout(charts.LOW)
    layout["hovermode"] = "x unified"
    layout["margin"]["r"] = 12
    layout["xaxis"] |= {"type": "date", "tickformat": "%-d %b", "hoverformat": "%-d %b", "nticks": 7}
    layout["yaxis"] |= {
        "rangemode": "tozero", "tickprefix": wording.symbol(currency), "tickformat": "~s", "nticks": 5,
    }  # fmt: skip
    # Else the word in the margin would stretch the axis into the next month.
    layout["xaxis"]["range"] = [period.start.isoformat(), month_end(period.start).isoformat()]
    layout["annotations"] = names
    layout["margin"]["t"] = 20
    if ending and found is not None:
        chart_labels.behind(layout, month_end(period.end).isoformat(), found.expected, ending)
    charts.name_values(layout, "Net revenue, added up")
    alt = f"Net revenue added up by day of {period.start:%B %Y}: {told}."
    figure: Figure = {"data": traces, "layout": layout}
    whole = Period(period.start, month_end(period.start))
    alt = day_marks.on(figure, [day.isoformat() for day in whole], whole.end, shown.marked, alt)
    charts.show(figure, key="chart_month", alt=alt, file=file)


def _reached(this: Sequence[Decimal], place: int, found: Landing | None, days: int) -> float:
    """What the month has added up to at a day, or will have on its straight way to where it lands."""
    if place < len(this):
        return float(this[place])
    start = float(this[-1])
    end = start if found is None or found.over else found.expected
    return start + (end - start) * (place + 1 - len(this)) / max(days - len(this), 1)


def moved(this: Made, other: Made, before: str, shown: Shown, file: str) -> None:
    """From the net revenue compared with, over what each factor changed, to that of the month so far."""
    currency = shown.account.currency
    shares = explain(this, other)
    steps = [Step(before, float(other.net), wording.money_short(other.net, currency), True)]
    steps += [Step(NAMES[f], float(shares[f]), _signed(shares[f], currency), False, SHORT.get(f, "")) for f in Factor]
    steps.append(Step("This month", float(this.net), wording.money_short(this.net, currency), True))
    alt = "What changed net revenue: " + ", ".join(f"{step.name.lower()} {step.text}" for step in steps) + "."
    charts.show(charts.bridge(steps), key="chart_moved", alt=alt, file=file)


def _line(
    name: str, days: Sequence[date], values: Sequence[Decimal], currency: str, colour: str, width: float, dash: str = ""
) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines" if len(days) > 1 else "markers",
        "name": name,
        "x": [day.isoformat() for day in days],
        "y": [float(value) for value in values],
        "line": {"color": colour, "width": width} | ({"dash": dash} if dash else {}),
        "marker": {"size": 8, "color": colour},
        "customdata": [f"{name}: {wording.money(value, currency)}" for value in values],
        "hovertemplate": "%{customdata}<extra></extra>",
        "cliponaxis": False,
    }


def _named(day: date, value: Decimal | float, text: str, colour: str, side: int) -> Figure:
    """A word at a point: above it (1) or below (−1)."""
    return {
        "x": day.isoformat(), "y": float(value), "text": text, "showarrow": False,
        "xanchor": "left" if side < 0 else "right", "yanchor": "bottom" if side > 0 else "top", "yshift": 8 * side,
        "font": {"size": 12, "color": colour},
    }  # fmt: skip


def _fan(ends: Sequence[str], start: float, low: float, high: float) -> Figure:
    """The bounds of the landing, from the last day on, as a pale triangle."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "80 %",
        "x": [ends[0], ends[1], ends[1], ends[0]],
        "y": [start, high, low, start],
        "fill": "toself",
        "fillcolor": palette.LINK,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _signed(amount: Decimal, currency: str) -> str:
    return f"{'+' if amount > 0 else ''}{wording.money_short(amount, currency)}"
