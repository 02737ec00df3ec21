"""Bars over days, stacked by what they are made of, and horizontal bars of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from components import palette
from components.charts import BAR_HEIGHT, LOW, Figure, base_layout, name_values

FEW = 5
MOST_TICKS = 8


def over_days(
    days: Sequence[date],
    series: Mapping[str, Sequence[float]],
    colours: Mapping[str, str],
    hover: Sequence[str],
    *,
    height: int = LOW,
    unit: str = "",
) -> Figure:
    """One bar a day from 0 up, stacked in the order of `series`; `hover` is the text of each day, `unit` what stands
    beside the y axis."""
    layout = base_layout(height)
    layout["barmode"] = "stack"
    layout["bargap"] = 0.3
    layout["hovermode"] = "x unified"
    layout["xaxis"] |= {"type": "date", "tickformat": "%-d %b"}
    # At days that are shown, the last one among them: else one could stand behind today.
    every = max(-(-len(days) // MOST_TICKS), 1)
    layout["xaxis"]["tickvals"] = [day.isoformat() for day in reversed(days[::-every])]
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 5, "tickformat": "~s"}
    if max((sum(day) for day in zip(*series.values(), strict=True)), default=0) <= FEW:
        layout["yaxis"]["dtick"] = 1  # else the same whole number would stand at two lines
    if unit:
        name_values(layout, unit)
    named = [name for name, values in series.items() if any(values)]
    if len(named) > 1:
        layout["showlegend"] = True
        layout["legend"] = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
        layout["margin"]["t"] = 36
    data: list[Figure] = [
        {
            "type": "bar",
            "name": name,
            "x": [day.isoformat() for day in days],
            "y": list(series[name]),
            "marker": {"color": colours[name]},
            "hoverinfo": "skip",
        }
        for name in named
    ]
    # One text a day, whatever its bar is made of.
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": [day.isoformat() for day in days],
            "y": [0] * len(days),
            "marker": {"opacity": 0},
            "showlegend": False,
            "customdata": list(hover),
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    return {"data": data, "layout": layout}


def named_bars(names: Sequence[str], values: Sequence[float], texts: Sequence[str], hover: Sequence[str]) -> Figure:
    """A horizontal bar for each name, the first on top, with its text behind it."""
    layout = base_layout(max(LOW // 2, BAR_HEIGHT * len(names)))
    # Room for the texts behind the longest bar, also on a phone.
    room = max([0.75, *(0.065 * len(text) for text in texts)])
    layout["xaxis"] |= {"visible": False, "rangemode": "tozero", "range": [0, max([*values, 1]) * (1 + room)]}
    layout["yaxis"] |= {"type": "category", "autorange": "reversed", "ticksuffix": "  "}
    layout["bargap"] = 0.3
    bar = {
        "type": "bar",
        "orientation": "h",
        "y": list(names),
        "x": list(values),
        "marker": {"color": palette.ACCENT},
        "text": list(texts),
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": list(hover),
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    return {"data": [bar], "layout": layout}
