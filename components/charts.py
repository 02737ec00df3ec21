"""Charts: figures as plain dicts, drawn by Plotly in the viewer's theme.

A figure is built from values and ready-made hover texts; the y axis shows short units, the hover the exact figure.
Every chart has a key and a description for those who cannot see it, and downloads itself as a picture.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import streamlit as st
from plotly.basedatatypes import BaseFigure

from components import palette

Figure = dict[str, Any]

NO_TITLE = {"text": "", "standoff": 0}
TALL = 320
LOW = 300
LABEL_WIDTH = 104
BAR_HEIGHT = 30
MOST_TICKS = 7
LOW_POINT = 0.15
FEWEST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its values by position (None leaves a gap) and what a person reads on hover."""

    name: str
    values: Sequence[float | None]
    hover: Sequence[str]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a bridge: a total from 0, or a change from where the bar before ended."""

    name: str
    value: float
    text: str
    total: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One coloured part of a horizontal bar."""

    row: str
    series: str
    name: str
    value: float
    hover: str


class _Finished(BaseFigure):  # type: ignore[misc]
    """A figure that is its dict already.

    Streamlit asks a figure for its dict and nothing else; taking ours as it is saves building and validating every
    trace again in each run. The tests validate the figures instead.
    """

    def __init__(self, figure: Figure) -> None:
        object.__setattr__(self, "_finished", figure)

    def to_dict(self) -> Figure:
        return dict(self._finished)

    def __repr__(self) -> str:
        return f"_Finished({len(self._finished['data'])} traces)"


def show(figure: Figure, *, key: str, alt: str, file: str) -> None:
    """Draw a figure. `alt` says what it shows; `file` names the picture that the download button saves."""
    st.plotly_chart(
        _Finished(figure),
        key=key,
        alt=alt,
        height=int(figure["layout"]["height"]),
        config={
            "displaylogo": False,
            "displayModeBar": "hover",
            "modeBarButtons": [["toImage"]],
            "toImageButtonOptions": {"format": "png", "filename": file, "scale": 2},
            "scrollZoom": False,
            "doubleClick": False,
        },
    )


def over_time(
    dates: Sequence[str],
    this: Series,
    other: Series | None,
    *,
    prefix: str = "",
    suffix: str = "",
    partial: Mapping[int, str] | None = None,
) -> Figure:
    """Values over time with the compared ones as a thin dotted grey line behind.

    `dates` are ISO days; `partial` holds the places of points that are not complete and why ('so far'): they are drawn
    hollow, at the end of a dashed line.
    """
    traces: list[Figure] = []
    if other is not None:
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": other.name,
                "x": list(dates),
                "y": list(other.values),
                "line": {"color": palette.PAST, "width": 1.5, "dash": "dot"},
                "customdata": list(other.hover),
                "hovertemplate": "%{customdata}<extra></extra>",
                "cliponaxis": False,
            }
        )
    main: Figure = {
        "name": this.name,
        "x": list(dates),
        "y": list(this.values),
        "customdata": list(this.hover),
        "hovertemplate": "<b>%{customdata}</b><extra></extra>",
        "cliponaxis": False,
        "zorder": 2,
    }
    main |= {"type": "scatter", "mode": "lines" if len(dates) > 1 else "markers"}
    main["line"] = {"color": palette.ACCENT, "width": 2.25}
    main["marker"] = {"size": 8, "color": palette.ACCENT}
    notes = partial or {}
    for place in notes:
        if len(dates) > 1:
            main["y"][place] = None
            traces.append(_incomplete(dates, this, place))
    # First in the hover's list, and drawn on top all the same.
    traces.insert(0, main)
    layout = _layout(TALL)
    layout["hovermode"] = "x unified"
    layout["xaxis"] |= {"type": "date", "hoverformat": "%a %-d %b %Y", "tickformat": "%-d %b"}
    # Ticks stand under points: left to itself a weekly axis names Sundays, whatever day weeks begin on.
    layout["xaxis"]["tickvals"] = list(dates[:: max(-(-len(dates) // MOST_TICKS), 1)])
    layout["yaxis"] |= {"rangemode": "tozero", "tickprefix": prefix, "ticksuffix": suffix, "tickformat": "~s"}
    if suffix:
        layout["yaxis"]["tickformat"] = "~g"
    layout["xaxis"]["range"] = _with_margins(dates)
    highest = max((value for value in (*this.values, *(other.values if other else ())) if value is not None), default=0)
    layout["annotations"] = [
        _note(dates[place], this.values[place], text, place == 0, highest) for place, text in notes.items()
    ]
    if other is not None and other.label:
        layout["annotations"] += _named(dates, this, other)
    return {"data": traces, "layout": layout}


def bridge(steps: Sequence[Step]) -> Figure:
    """The way from one total to another: totals from 0 in the accent colour, changes in grey between them."""
    at = 0.0
    base: list[float] = []
    size: list[float] = []
    for step in steps:
        if step.total:
            base.append(0.0)
            size.append(step.value)
            at = step.value
        else:
            base.append(min(at, at + step.value))
            size.append(abs(step.value))
            at += step.value
    names = [step.name for step in steps]
    layout = _layout(LOW)
    layout["bargap"] = 0.35
    layout["yaxis"] |= {"rangemode": "tozero", "visible": False}
    layout["xaxis"] |= {"type": "category", "tickangle": 0, "tickfont": {"size": 11}}
    layout["margin"]["t"] = 24
    return {
        "data": [
            {
                "type": "bar",
                "x": [name.replace(" ", "<br>", 1) for name in names],
                "y": size,
                "base": base,
                "marker": {"color": [palette.ACCENT if step.total else palette.MUTED for step in steps]},
                "text": [step.text for step in steps],
                "textposition": "outside",
                "cliponaxis": False,
                "customdata": [f"{step.name}: {step.text}" for step in steps],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        ],
        "layout": layout,
    }


def shares(parts: Sequence[Part], labels: Mapping[str, str], *, prefix: str, height: int = LOW) -> Figure:
    """Horizontal bars, one a row, in parts by series; `labels` is the text at the end of each row, in order of rows.

    The first row of `labels` stands on top.
    """
    rows = list(labels)
    traces: list[Figure] = []
    for series in dict.fromkeys(part.series for part in parts):
        own = {part.row: part for part in parts if part.series == series}
        held = [row for row in rows if row in own]
        traces.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": own[held[0]].name,
                # A row that is one grey bar says itself what it is.
                "showlegend": series != "none",
                "y": held,
                "x": [own[row].value for row in held],
                "marker": {"color": palette.SERIES.get(series, palette.ACCENT)},
                "customdata": [own[row].hover for row in held],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    totals = {row: sum(part.value for part in parts if part.row == row) for row in rows}
    layout = _layout(height)
    several = len(traces) > 1
    layout["margin"]["r"] = LABEL_WIDTH
    thin = 1 - BAR_HEIGHT * len(rows) / height
    layout |= {"barmode": "stack", "bargap": min(max(thin, 0.38), 0.85), "showlegend": several}
    if several:
        layout["legend"] = {
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "traceorder": "normal",
            "font": {"size": 11},
            "itemwidth": 30,
        }
    layout["xaxis"] |= {"visible": False, "rangemode": "tozero", "tickprefix": prefix}
    layout["xaxis"]["range"] = [min(0.0, *totals.values()) if totals else 0, max([*totals.values(), 0.0]) or 1]
    layout["yaxis"] |= {"type": "category", "autorange": "reversed", "showgrid": False, "automargin": True}
    layout["yaxis"] |= {"categoryorder": "array", "categoryarray": rows, "ticksuffix": "  "}
    layout["annotations"] = [
        {
            "x": max(totals[row], 0.0),
            "y": row,
            "text": text,
            "xanchor": "left",
            "xshift": 6,
            "showarrow": False,
            "align": "left",
        }
        for row, text in labels.items()
    ]
    return {"data": traces, "layout": layout}


def heat_map(
    columns: Sequence[str], rows: Sequence[str], values: Sequence[Sequence[float]], hover: Sequence[Sequence[str]]
) -> Figure:
    """Values by row and column in the theme's sequential scale; the first row stands on top."""
    layout = _layout(LOW)
    layout["xaxis"] |= {"type": "category", "showgrid": False, "tickangle": 0, "nticks": 12, "side": "bottom"}
    layout["yaxis"] |= {"type": "category", "autorange": "reversed", "showgrid": False, "automargin": True}
    layout["yaxis"]["ticksuffix"] = "  "
    return {
        "data": [
            {
                "type": "heatmap",
                "x": list(columns),
                "y": list(rows),
                "z": [list(row) for row in values],
                "customdata": [list(row) for row in hover],
                "hovertemplate": "%{customdata}<extra></extra>",
                "colorscale": palette.SEQUENTIAL,
                "showscale": False,
                "xgap": 2,
                "ygap": 2,
            }
        ],
        "layout": layout,
    }


def _incomplete(dates: Sequence[str], this: Series, place: int) -> Figure:
    """The stretch to a point at either end that is not complete: dashed, with a hollow end."""
    ends = slice(place, place + 2) if place == 0 else slice(place - 1, place + 1)
    hollow = [8, 0] if place == 0 else [0, 8]
    text = "<b>%{customdata}</b><extra></extra>"
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": this.name,
        "x": list(dates[ends]),
        "y": list(this.values[ends]),
        "line": {"color": palette.ACCENT, "width": 1.5, "dash": "dash"},
        "marker": {
            "size": hollow,
            "color": palette.PAPER,
            "line": {"width": 2, "color": palette.ACCENT},
            "opacity": [size / 8 for size in hollow],
        },
        "customdata": list(this.hover[ends]),
        "hovertemplate": [text if size else "<extra></extra>" for size in hollow],
        "cliponaxis": False,
        "hoverinfo": ["all" if size else "skip" for size in hollow],
    }


def _with_margins(dates: Sequence[str]) -> list[str] | None:
    """The axis from a little before the first day to a little after the last."""
    if not dates:
        return None
    first, last = date.fromisoformat(dates[0]), date.fromisoformat(dates[-1])
    margin = max((last - first).days * 0.015, 0.6) * 24
    start = datetime.combine(first, time()) - timedelta(hours=margin)
    return [start.isoformat(), (datetime.combine(last, time()) + timedelta(hours=margin)).isoformat()]


def _note(day: str, value: float | None, text: str, first: bool, highest: float) -> Figure:
    """The word at a point: below it, or above where it would stand among the axis' own labels."""
    low = (value or 0) < highest * LOW_POINT
    return {
        "x": day,
        "y": value or 0,
        "text": text,
        "showarrow": False,
        "xanchor": "left" if first else "right",
        "yanchor": "bottom" if low else "top",
        "xshift": 8 if first else -8,
        "yshift": 6 if low else 4,
        "font": {"size": 12, "color": palette.TEXT},
    }


def _named(dates: Sequence[str], this: Series, other: Series) -> list[Figure]:
    """The compared line's name at the place of the middle farthest from the main line, on its outer side."""
    inner = range(len(dates) // 5, len(dates) - len(dates) // 5)
    held = [(i, value) for i in inner if (value := other.values[i]) is not None]
    if len(dates) < FEWEST_NAMED or not held:
        return []
    place, value = max(held, key=lambda pair: abs(pair[1] - (this.values[pair[0]] or 0)))
    above = value >= (this.values[place] or 0)
    return [
        {
            "x": dates[place],
            "y": value,
            "text": other.label,
            "showarrow": False,
            "xanchor": "center",
            "yanchor": "bottom" if above else "top",
            "yshift": 2 if above else -2,
            "font": {"size": 12, "color": palette.PAST},
        }
    ]


def _layout(height: int) -> Figure:
    return {
        "height": height,
        "margin": {"l": 0, "r": 8, "t": 8, "b": 0},
        "showlegend": False,
        "dragmode": False,
        "separators": ".,",
        "hoverlabel": {"align": "left", "namelength": -1},
        "xaxis": {"fixedrange": True, "showgrid": False, "automargin": True, "title": dict(NO_TITLE)},
        "yaxis": {"fixedrange": True, "automargin": True, "title": dict(NO_TITLE), "zeroline": False},
    }
