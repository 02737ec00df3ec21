"""Charts: figures as plain dicts, drawn by Plotly in the viewer's theme.

A figure is built from values and ready-made hover texts; the y axis shows short units, the hover the exact figure.
Every chart has a key and a description for those who cannot see it, and downloads itself as a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from plotly.basedatatypes import BaseFigure

from components import palette

Figure = dict[str, Any]

NO_TITLE = {"text": "", "standoff": 0}
TALL = 320
LOW = 300
LABEL_WIDTH = 104
LEGEND_HEIGHT = 30
LEGEND_GAP = 14
# Widths in pixels at a font size of 12.
LETTER = 6.5
# Names of rows are long enough for narrow letters to count; wider, the legend's first square would be cut off.
ROW_LETTER = 5.3
SQUARE = 15
BAR_HEIGHT = 30


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a bridge: a total from 0, or a change from where the bar before ended. label: beneath it, where the
    name is too long."""

    name: str
    value: float
    text: str
    total: bool
    label: str = ""


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


def show(
    figure: Figure, *, key: str, alt: str, file: str, on_pick: Callable[[Mapping[str, Any]], None] | None = None
) -> None:
    """Draw a figure. `alt` says what it shows; `file` names the picture that the download button saves; `on_pick` takes
    the point that a person clicks, before the page is run again."""
    turn = int(st.session_state.get(f"{key}.turn", 0))
    name = f"{key}_{turn}" if turn else key

    def picked() -> None:
        # The browser tells of no second click on the same point: a new chart is one on which nothing is picked.
        st.session_state[f"{key}.turn"] = turn + 1
        if on_pick and (points := st.session_state[name]["selection"]["points"]):
            on_pick(points[0])

    st.plotly_chart(
        _Finished(figure),
        key=name,
        on_select=picked if on_pick else "ignore",
        selection_mode="points",
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


def to_mark(figure: Figure) -> Figure:
    """The same figure to lay marks on: one that is kept for further runs stays as it is."""
    return {"data": list(figure["data"]), "layout": dict(figure["layout"])}


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
    names = [step.label or step.name.replace(" ", "<br>", 1) for step in steps]
    layout = base_layout(LOW)
    layout["bargap"] = 0.35
    layout["yaxis"] |= {"rangemode": "tozero", "visible": False}
    layout["xaxis"] |= {"type": "category", "tickangle": 0, "tickfont": {"size": 11}}
    layout["margin"]["t"] = 24
    return {
        "data": [
            {
                "type": "bar",
                "x": names,
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
                "y": held,
                "x": [own[row].value for row in held],
                "marker": {"color": palette.SERIES.get(series, palette.ACCENT)},
                "customdata": [own[row].hover for row in held],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )
    totals = {row: sum(part.value for part in parts if part.row == row) for row in rows}
    layout = base_layout(height)
    # A row that is one grey bar says itself what it is.
    named = {part.series: part.name for part in parts if part.series != "none"}
    several = len(traces) > 1
    layout["margin"]["r"] = LABEL_WIDTH
    layout["margin"]["t"] = LEGEND_HEIGHT if several else layout["margin"]["t"]
    thin = 1 - BAR_HEIGHT * len(rows) / height
    layout |= {"barmode": "stack", "bargap": min(max(thin, 0.38), 0.85)}
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
    if several:
        layout["annotations"] += _legend(named, labels)
    return {"data": traces, "layout": layout}


def heat_map(
    columns: Sequence[str], rows: Sequence[str], values: Sequence[Sequence[float]], hover: Sequence[Sequence[str]]
) -> Figure:
    """Values by row and column in the theme's sequential scale; the first row stands on top."""
    layout = base_layout(LOW)
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


def _legend(named: Mapping[str, str], rows: Iterable[str]) -> list[Figure]:
    """The names of series in one row over the bars, from the left edge of the rows' names: Plotly's own legend breaks
    into a column on a phone."""
    at = -ROW_LETTER * max(map(len, rows))
    found: list[Figure] = []
    for series, name in named.items():
        for text, colour, width in (
            ("■", palette.SERIES.get(series, palette.ACCENT), SQUARE),
            (name, palette.TEXT, LETTER * len(name) + LEGEND_GAP),
        ):
            found.append(
                {
                    "text": text,
                    "x": 0,
                    "y": 1,
                    "xref": "paper",
                    "yref": "paper",
                    "xanchor": "left",
                    "yanchor": "bottom",
                    "xshift": round(at),
                    "yshift": 6,
                    "showarrow": False,
                    "font": {"size": 12, "color": colour},
                }
            )
            at += width
    return found


def name_values(layout: Figure, text: str) -> None:
    """What the values of the y axis are."""
    layout["yaxis"] |= {"title": {"text": text, "standoff": 10, "font": {"size": 12, "color": palette.TEXT}}}


def base_layout(height: int) -> Figure:
    """What all charts have in common."""
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
