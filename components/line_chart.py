"""Values over time beside the compared ones, as one figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from components import chart_labels, charts, palette
from components.charts import TALL, Figure, base_layout

# So many dates stand upright beneath a phone's plot.
MOST_TICKS = 5
FEWEST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Series:
    """One line: its values by position (None leaves a gap) and what a person reads on hover."""

    name: str
    values: Sequence[float | None]
    hover: Sequence[str]
    label: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point that is marked as unusual: what a person reads on hover, and whether it is welcome."""

    hover: str
    good: bool


def over_time(
    dates: Sequence[str],
    this: Series,
    other: Series | None,
    *,
    prefix: str = "",
    suffix: str = "",
    unit: str = "",
    partial: Mapping[int, str] | None = None,
    marks: Mapping[int, Mark] | None = None,
) -> Figure:
    """Values over time with the compared ones as a thin dotted grey line behind.

    `dates` are ISO days; `unit` says beside the y axis what the values are; `partial` holds the places of points that
    are not complete and why ('so far'): they are drawn hollow, at the end of a dashed line. `marks`: unusual points by
    place.
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
    for place in notes if len(dates) > 1 else ():
        main["y"][place] = None
        traces.append(_incomplete(dates, this, place))
        if place == 0 and other is not None:
            # Both begin with the same part of a week: neither is a low from which it rose.
            traces[0]["y"][0] = None
            traces.append(_lone(dates, other, palette.PAST))
    # First in the hover's list, and drawn on top all the same.
    traces.insert(0, main)
    if marks:
        traces.append(_marked(dates, this, marks))
    layout = base_layout(TALL)
    layout["hovermode"] = "x unified"
    layout["xaxis"] |= {"type": "date", "hoverformat": "%a %-d %b %Y", "tickformat": "%-d %b"}
    # Ticks stand under points: left to itself a weekly axis names Sundays, whatever day weeks begin on.
    layout["xaxis"]["tickvals"] = list(dates[:: max(-(-len(dates) // MOST_TICKS), 1)])
    layout["yaxis"] |= {"rangemode": "tozero", "tickprefix": prefix, "ticksuffix": suffix, "tickformat": "~s"}
    if suffix:
        layout["yaxis"]["tickformat"] = "~g"
    layout["xaxis"]["range"] = _with_margins(dates)
    drawn = [this.values, *([other.values] if other else ())]
    for place, text in notes.items():
        value = this.values[place]
        # The first one's reason stands in its hover: beside it, among the axis' labels, a word would be in the way.
        if value is None or (place == 0 and len(dates) > 1):
            continue
        if place == len(dates) - 1:
            chart_labels.behind(layout, dates[place], value, text)
        else:
            layout.setdefault("annotations", []).append(chart_labels.at(dates, place, this.values, drawn[1:], text))
    if other is not None and other.label and len(dates) >= FEWEST_NAMED and any(v is not None for v in other.values):
        name = chart_labels.beside(dates, other.values, [this.values], other.label, palette.PAST)
        if name is None:
            chart_labels.over(layout, other.label, palette.PAST)
        else:
            layout.setdefault("annotations", []).append(name)
    if unit:
        charts.name_values(layout, unit)
    return {"data": traces, "layout": layout}


def _incomplete(dates: Sequence[str], this: Series, place: int) -> Figure:
    """The point at either end that is not complete, hollow: the last at the end of a dashed line, the first alone."""
    if place == 0:
        return _lone(dates, this, palette.ACCENT)
    ends, hollow = slice(place - 1, place + 1), [0, 8]
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


def _lone(dates: Sequence[str], series: Series, colour: str) -> Figure:
    """A first point that is not complete: hollow, and not joined to the rest, since nothing rose or fell from it."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": series.name,
        "x": [dates[0]],
        "y": [series.values[0]],
        "marker": {"size": 8, "color": palette.PAPER, "line": {"width": 2, "color": colour}},
        "customdata": [series.hover[0]],
        "hovertemplate": "<b>%{customdata}</b><extra></extra>",
        "cliponaxis": False,
    }


def _marked(dates: Sequence[str], this: Series, marks: Mapping[int, Mark]) -> Figure:
    """Unusual points as diamonds, in the colour of good or bad."""
    places = sorted(place for place in marks if this.values[place] is not None)
    colours = [palette.GOOD if marks[place].good else palette.BAD for place in places]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "Unusual",
        "x": [dates[place] for place in places],
        "y": [this.values[place] for place in places],
        "marker": {"size": 12, "symbol": "diamond-open", "color": colours, "line": {"width": 2.5, "color": colours}},
        "customdata": [marks[place].hover for place in places],
        "hovertemplate": "%{customdata}<extra></extra>",
        "cliponaxis": False,
        "zorder": 3,
    }


def _with_margins(dates: Sequence[str]) -> list[str] | None:
    """The axis from a little before the first day to a little after the last."""
    if not dates:
        return None
    first, last = date.fromisoformat(dates[0]), date.fromisoformat(dates[-1])
    margin = max((last - first).days * 0.015, 0.6) * 24
    start = datetime.combine(first, time()) - timedelta(hours=margin)
    return [start.isoformat(), (datetime.combine(last, time()) + timedelta(hours=margin)).isoformat()]
