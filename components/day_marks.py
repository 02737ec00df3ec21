"""Marks on days, drawn on charts over time: pale bands and thin lines with their names, the whole text on hover."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from analytics.day_marks import Mark, MarkKind, Note
from components import palette, wording
from components.charts import LETTER, Figure, base_layout
from components.plain import charted

KINDS: Final = {MarkKind.NOTE: "Note", MarkKind.CAMPAIGN: "Campaign", MarkKind.PROMOTION: "Promotion"}
COLOURS: Final = {
    MarkKind.NOTE: palette.PAST,
    MarkKind.CAMPAIGN: palette.SERIES["campaign"],
    MarkKind.PROMOTION: palette.ACCENT,
}
# What is marked between two days, both in.
Marked = Callable[[date, date], Sequence[Mark]]
LONGEST_NAME: Final = 20
LONGEST_LINE: Final = 60
LANES: Final = 3
LANE_HEIGHT: Final = 16
# The narrowest plot, a phone's: names that have room there have room everywhere.
NARROW: Final = 235
PLAIN_MARGIN: Final = base_layout(0)["margin"]["t"]
_DAY: Final = re.compile(r"^\s*(\d{4}([-./]?)\d{2}\2\d{2}|\d{1,2}([./-])\d{1,2}\3(\d{4}|\d{2}))[\s_:|–—-]+(?=\S)")


def of_note(note: Note) -> Mark:
    """A note as a mark: its first words are its name."""
    return Mark(MarkKind.NOTE, note.start, note.end, note.text, f"by {note.by}" if note.by else "")


def on(figure: Figure, dates: Sequence[str], last: date, marked: Marked, alt: str) -> str:
    """Lays what is marked between the first of `dates` and `last` on a figure; its description with the marks in words.

    `dates` and `last` as in `laid`.
    """
    if not dates:
        return alt
    first = date.fromisoformat(dates[0])
    marks = marked(first, last)
    laid(figure, dates, last, marks)
    return alt + said(marks, first, last)


def laid(figure: Figure, dates: Sequence[str], last: date, marks: Sequence[Mark]) -> Figure:
    """The figure with marks on it. `dates`: the ISO days of its points, each of which stands for the days up to the
    next one; `last`: the last day of the last point.

    A mark stands at the points that hold its days, so that it lies where the values do that it may explain.
    """
    firsts = [date.fromisoformat(day) for day in dates]
    shown = [mark for mark in marks if firsts and mark.end >= firsts[0] and mark.start <= last]
    if not shown:
        return figure
    shown.sort(key=lambda mark: (mark.start, mark.end, mark.kind, mark.name))
    places = [
        (max(bisect_right(firsts, mark.start) - 1, 0), max(bisect_right(firsts, mark.end) - 1, 0)) for mark in shown
    ]
    layout = figure["layout"]
    half = _half(firsts)
    shapes = [_shape(mark, firsts, place, half) for mark, place in zip(shown, places, strict=True)]
    # Over whatever stands over the plot already.
    names, lanes = _names(shown, firsts, places, layout["margin"]["t"] - PLAIN_MARGIN)
    layout["shapes"] = [*layout.get("shapes", ()), *shapes]
    layout["annotations"] = [*layout.get("annotations", ()), *names]
    layout["margin"] = layout["margin"] | {"t": layout["margin"]["t"] + lanes * LANE_HEIGHT}
    figure["data"].append(_hover(shown, dates, places))
    return figure


def said(marks: Sequence[Mark], first: date, last: date) -> str:
    """The marks of some days in words, to follow a chart's description; '' where there are none."""
    shown = sorted(
        (mark for mark in marks if mark.end >= first and mark.start <= last), key=lambda mark: (mark.start, mark.end)
    )
    return f" Marked: {'; '.join(map(_in_words, shown))}." if shown else ""


def _in_words(mark: Mark) -> str:
    days = (
        wording.day(mark.start) if mark.start == mark.end else f"{wording.day(mark.start)} to {wording.day(mark.end)}"
    )
    more = f" ({mark.more})" if mark.more else ""
    return f"{days} {KINDS[mark.kind].lower()} {mark.name.rstrip('.')}{more}"


def _half(firsts: Sequence[date]) -> timedelta:
    """Half the way from one point to the next."""
    if len(firsts) < 2:
        return timedelta(hours=12)
    return (firsts[1] - firsts[0]) / 2 if len(firsts) == 2 else (firsts[-1] - firsts[1]) / (2 * (len(firsts) - 2))


def _shape(mark: Mark, firsts: Sequence[date], place: tuple[int, int], half: timedelta) -> Figure:
    """A pale band over several points, a thin line at one; behind the values."""
    colour = COLOURS[mark.kind]
    start, end = (datetime.combine(firsts[at], time()) for at in place)
    usual: Figure = {"xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below"}
    if place[0] == place[1]:
        line = {"color": colour, "width": 1.25, "dash": "dot" if mark.kind is MarkKind.NOTE else "solid"}
        return usual | {"type": "line", "x0": start.isoformat(), "x1": start.isoformat(), "line": line, "opacity": 0.7}
    return usual | {
        "type": "rect",
        "x0": (start - half).isoformat(),
        "x1": (end + half).isoformat(),
        "fillcolor": colour,
        "opacity": 0.12,
        "line": {"width": 0},
    }


def _names(
    marks: Sequence[Mark], firsts: Sequence[date], places: Sequence[tuple[int, int]], above: int
) -> tuple[list[Figure], int]:
    """The names over the plot, in as few rows as they need, and how many rows that are. Where there is no room a mark
    keeps its hover alone."""
    span = max((firsts[-1] - firsts[0]).days, 1)
    lanes: list[list[tuple[float, float]]] = []
    found: list[Figure] = []
    for mark, (at, _) in zip(marks, places, strict=True):
        text = _short(mark)
        width = LETTER * len(text)
        x = NARROW * (firsts[at] - firsts[0]).days / span
        leftwards = x + width > NARROW
        own = (x - width, x) if leftwards else (x, x + width)
        lane = next(
            (
                number
                for number, held in enumerate(lanes)
                if all(own[1] + LETTER <= start or end + LETTER <= own[0] for start, end in held)
            ),
            len(lanes),
        )
        if lane == LANES:
            continue
        if lane == len(lanes):
            lanes.append([])
        lanes[lane].append(own)
        found.append(
            {
                "x": datetime.combine(firsts[at], time()).isoformat(),
                "xref": "x",
                "y": 1,
                "yref": "paper",
                "yshift": 1 + above + LANE_HEIGHT * lane,
                "text": charted(text),
                "showarrow": False,
                "xanchor": "right" if leftwards else "left",
                "yanchor": "bottom",
                "font": {"size": 11, "color": palette.TEXT},
            }
        )
    return found, len(lanes)


def _short(mark: Mark) -> str:
    """A mark's name without the day that it begins with: it stands at its day."""
    name = _DAY.sub("", mark.name) or mark.name
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"


def _hover(marks: Sequence[Mark], dates: Sequence[str], places: Sequence[tuple[int, int]]) -> Figure:
    """Points that are not seen, which tell at each value what is marked there."""
    told: dict[int, list[str]] = {}
    for mark, (first, last) in zip(marks, places, strict=True):
        for at in range(first, last + 1):
            told.setdefault(at, []).append(_wrapped(mark))
    held = sorted(told)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "Marked",
        "x": [dates[at] for at in held],
        "y": [0] * len(held),
        "marker": {"opacity": 0, "size": 1},
        "showlegend": False,
        "customdata": ["<br>".join(told[at]) for at in held],
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _wrapped(mark: Mark) -> str:
    """What a mark says on hover, in lines that are not too long."""
    lines = [f"{KINDS[mark.kind]}:"]
    for word in f"{mark.name}{f', {mark.more}' if mark.more else ''}".split():
        if len(lines[-1]) + len(word) >= LONGEST_LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".lstrip()
    days = "" if mark.start == mark.end else f" ({wording.day_short(mark.start)} – {wording.day_short(mark.end)})"
    return f"<i>{'<br>'.join(charted(line) for line in lines)}{days}</i>"
