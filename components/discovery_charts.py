"""The chart of the page Discovery, with the sentence that describes it to those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

import streamlit as st

from analytics.promo.pacing import Ending, Pace, Stage
from components import cards, chart_labels, charts, day_marks, palette, wording
from components.charts import Figure
from components.day_marks import Marked
from components.discovery_cards import CARDS
from components.discovery_words import month

FRAME: Final = 75
PATH: Final = "the target's path"


def skeleton() -> None:
    """The places of the page's cards, chart, opportunities and table."""
    cards.skeleton(CARDS, sparklines=False)
    st.skeleton(24)
    st.skeleton(charts.TALL + FRAME)
    st.skeleton(charts.LOW)
    st.skeleton(charts.LOW)


def path(found: Pace, currency: str, marked: Marked, file: str) -> None:
    """Sales added up through the month against the target's path, and where they will land."""
    figure, alt = path_figure(found, currency)
    alt = day_marks.on(figure, [day.isoformat() for day in found.days], found.end, marked, alt)
    charts.show(figure, key="chart_pace", alt=alt, file=file)


def path_figure(found: Pace, currency: str) -> tuple[Figure, str]:
    """The figure and its description."""
    days = [day.isoformat() for day in found.days]
    sold = list(accumulate(float(one.sales) for one in found.actual))
    said = (
        [f"sold {wording.money_short(sold[-1], currency)} by {wording.day(found.days[len(sold) - 1])}"] if sold else []
    )
    traces: list[Figure] = []
    layout = charts.base_layout(charts.TALL)
    layout["margin"] |= {"t": 20, "r": 12}
    whole = found.path
    if whole is not None and found.target is not None:
        traces.append(_line("Target's path", days, whole, currency, palette.PAST, 1.5, "dot"))
        said.append(f"the target's path ends at {wording.money_short(found.target.sales, currency)}")
        name = chart_labels.beside(days, whole, [_padded(sold, len(days))], PATH, palette.PAST)
        if name is None:
            chart_labels.over(layout, PATH, palette.PAST)
        else:
            layout["annotations"] = [name]
    if sold:
        traces.append(_line("Sold", days[: len(sold)], sold, currency, palette.ACCENT, 2.25))
    if found.ending is not None and found.stage is not Stage.OVER:
        start = (days[len(sold) - 1], sold[-1]) if sold else (days[0], 0.0)
        traces = [_fan(start, days[-1], found.ending), *traces, _landing(start, days[-1], found.ending, currency)]
        bounds = _bounds(found.ending, currency)
        said.append(f"likely to end at {wording.money_short(found.ending.expected, currency)} ({bounds})")
        chart_labels.behind(
            layout, days[-1], found.ending.expected, wording.money_short(found.ending.expected, currency)
        )
    layout["hovermode"] = "x unified"
    layout["xaxis"] |= {"type": "date", "tickformat": "%-d %b", "hoverformat": "%a %-d %b", "nticks": 9}
    # Else the word in the margin would stretch the axis into the next month.
    layout["xaxis"]["range"] = [days[0], days[-1]]
    layout["yaxis"] |= {"rangemode": "tozero", "tickprefix": wording.symbol(currency), "tickformat": "~s", "nticks": 6}
    charts.name_values(layout, "Sales, added up")
    alt = f"Sales added up by day of {month(found.first)}: {', '.join(said) or 'nothing is known yet'}."
    return {"data": traces, "layout": layout}, alt


def _line(
    name: str,
    days: Sequence[str],
    values: Sequence[float],
    currency: str,
    colour: str,
    width: float,
    dash: str = "solid",
) -> Figure:
    return {
        "type": "scatter", "mode": "lines" if len(days) > 1 else "markers", "name": name, "x": list(days),
        "y": list(values), "line": {"color": colour, "width": width, "dash": dash},
        "marker": {"size": 8, "color": colour}, "cliponaxis": False,
        "customdata": [f"{name}: {wording.money(value, currency)}" for value in values],
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip


def _landing(start: tuple[str, float], end: str, ending: Ending, currency: str) -> Figure:
    told = f"will land at {wording.money_short(ending.expected, currency)}, {_bounds(ending, currency)}"
    return {
        "type": "scatter", "mode": "lines+markers", "name": "Landing", "x": [start[0], end],
        "y": [start[1], ending.expected], "line": {"color": palette.ACCENT, "width": 1.5, "dash": "dash"},
        "marker": {"size": [0, 8], "color": palette.PAPER, "opacity": [0, 1],
                   "line": {"width": 2, "color": palette.ACCENT}},
        "customdata": ["", told], "hovertemplate": ["<extra></extra>", "%{customdata}<extra></extra>"],
        "hoverinfo": ["skip", "all"], "cliponaxis": False,
    }  # fmt: skip


def _fan(start: tuple[str, float], end: str, ending: Ending) -> Figure:
    """The bounds of the landing, from the last day on, as a pale triangle."""
    return {
        "type": "scatter", "mode": "lines", "name": "80 %", "x": [start[0], end, end, start[0]],
        "y": [start[1], ending.high, ending.low, start[1]], "fill": "toself", "fillcolor": palette.LINK,
        "line": {"width": 0}, "hoverinfo": "skip",
    }  # fmt: skip


def _bounds(ending: Ending, currency: str) -> str:
    return f"80 %: {wording.money_short(ending.low, currency)} to {wording.money_short(ending.high, currency)}"


def _padded(values: Sequence[float], length: int) -> list[float | None]:
    return [*values, *[None] * (length - len(values))]
