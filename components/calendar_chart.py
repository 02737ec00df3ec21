"""The time line of promotions and campaigns: rows by department and channel or by promotion, overlaps hatched."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import streamlit as st

from analytics.periods import Period
from analytics.promo.calendar import ORDER, Campaign, Kind, Plan, Promotion, lanes
from analytics.promo.terms import Cell
from components import calendar_words as words
from components import charts, palette, wording
from components.charts import Figure
from components.plain import charted
from components.wording import count

_DRAWN: Final = "calendar.drawn"
BY_DEPARTMENT: Final = "Departments"
BY_PROMOTION: Final = "Promotions"
# Lanes that a picture has room for, and of them one row.
MOST_LANES: Final = 60
MOST_OF_ROW: Final = 4
LANE: Final = 28
LONGEST: Final = 26
# Above the plot: the word at today's line, and rows of what fills mean.
_ABOVE: Final = 24
_LEGEND_ROW: Final = 18
_LEGEND_COLUMNS: Final = 3
_DAY: Final = timedelta(days=1)
_MILLISECONDS: Final = 86_400_000
FILLS: Final[Mapping[Kind, str]] = {
    Kind.APPROVED: palette.ACCENT,
    Kind.SUBMITTED: palette.SERIES["push"],
    Kind.NAMED: palette.MUTED,
    Kind.FOUND: palette.LINK,
    Kind.DRAFT: palette.PAPER,
}
_TEXT: Final = {Kind.APPROVED: palette.PAPER, Kind.SUBMITTED: palette.PAPER, Kind.NAMED: palette.STRONG}
_LOOKS: Final[Mapping[Kind, tuple[str, str]]] = {
    Kind.APPROVED: ("■", "Approved"),
    Kind.SUBMITTED: ("■", "Waiting"),
    Kind.NAMED: ("■", "Catalog"),
    Kind.FOUND: ("■", "Found"),
    Kind.DRAFT: ("□", "Draft"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A promotion, or the hatched days of one, in a lane: 0 is the top one."""

    promotion: Promotion
    lane: int
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the picture shows. rows: name → its first lane and how many; left_out: bars without room."""

    rows: Mapping[str, tuple[int, int]]
    bars: Sequence[Bar]
    met: Sequence[Bar]
    left_out: int


def laid_out(plan: Plan, by: str, window: Period) -> Drawn:
    """Which bar stands where."""
    rows: dict[str, list[Promotion]] = {}
    cells: dict[str, Cell | None] = {}
    if by == BY_PROMOTION:
        for one in plan.promotions:
            rows.setdefault(words.name(one), []).append(one)
    else:
        of_cell: dict[Cell, list[Promotion]] = {}
        for one in plan.promotions:
            for cell in one.cells:
                of_cell.setdefault(cell, []).append(one)
        for cell in sorted(of_cell, key=lambda cell: (not cell.department, cell.department.casefold(), cell.channel)):
            rows[words.row_of(cell)], cells[words.row_of(cell)] = of_cell[cell], cell
    drawn: dict[str, tuple[int, int]] = {}
    bars: list[Bar] = []
    places: dict[tuple[str, Cell | None], int] = {}
    top = left_out = 0
    for name, promotions in rows.items():
        held = sorted(promotions, key=lambda one: (ORDER[one.kind], one.start))
        found = lanes(held, min(MOST_OF_ROW, MOST_LANES - top))
        left_out += sum(lane is None for lane in found)
        used = max((lane + 1 for lane in found if lane is not None), default=0)
        if not used:
            continue
        drawn[name] = (top, used)
        for one, lane in zip(held, found, strict=True):
            if lane is not None:
                places[(one.key, cells.get(name))] = top + lane
                bars.append(Bar(one, top + lane, max(one.start, window.start), min(one.end, window.end)))
        top += used
    return Drawn(drawn, bars, _met(plan, places, by, window), left_out)


def _met(plan: Plan, places: Mapping[tuple[str, Cell | None], int], by: str, window: Period) -> list[Bar]:
    """The days of each bar on which it meets another, those that touch as one."""
    spans: dict[tuple[str, Cell | None], list[tuple[date, date]]] = {}
    of: dict[str, Promotion] = {}
    for overlap in plan.overlaps:
        start, end = max(overlap.start, window.start), min(overlap.end, window.end)
        channels = {cell.channel for cell in overlap.cells}
        for one in (overlap.first, overlap.second):
            of[one.key] = one
            in_all = [cell for cell in one.cells if not cell.department and cell.channel in channels]
            for cell in [None] if by == BY_PROMOTION else [*overlap.cells, *in_all]:
                if (one.key, cell) in places:
                    spans.setdefault((one.key, cell), []).append((start, end))
    found: list[Bar] = []
    for place, days in spans.items():
        merged: list[tuple[date, date]] = []
        for start, end in sorted(set(days)):
            if merged and start <= merged[-1][1] + _DAY:
                merged[-1] = merged[-1][0], max(merged[-1][1], end)
            else:
                merged.append((start, end))
        found += [Bar(of[place[0]], places[place], start, end) for start, end in merged]
    return found


def timeline(drawn: Drawn, campaigns: Sequence[Campaign], window: Period, today: date) -> Figure:
    """The figure: one horizontal bar a promotion and row, campaigns by day beneath, a line at today."""
    traces = [
        _bars([bar for bar in drawn.bars if bar.promotion.kind is kind], kind)
        for kind in Kind
        if any(bar.promotion.kind is kind for bar in drawn.bars)
    ]
    if drawn.met:
        traces.append(_hatched(drawn.met))
    rows = dict(drawn.rows)
    top = sum(used for _, used in rows.values())
    sent: dict[str, dict[date, list[Campaign]]] = {}
    several = len({one.store for one in campaigns}) > 1
    for one in campaigns:
        channel = words.CHANNELS.get(one.channel, one.channel or "Campaigns")
        row = f"{channel} · {one.store}" if several else f"{channel} campaigns"
        sent.setdefault(row, {}).setdefault(one.day, []).append(one)
    for row, days in sorted(sent.items()):
        traces.append(_campaigns(days, top))
        rows[row] = (top, 1)
        top += 1
    legend = _legend(drawn, [_short(row) for row in rows])
    above = _ABOVE + _LEGEND_ROW * -(-len(legend) // 2 // _LEGEND_COLUMNS)
    layout = charts.base_layout(LANE * max(top, 2) + above + 34)
    layout |= {"barmode": "overlay", "bargap": 0.0, "uniformtext": {"minsize": 10, "mode": "hide"}}
    layout["margin"] |= {"t": above, "l": 4}
    layout["annotations"] = legend
    layout["xaxis"] |= {
        "type": "date", "range": [window.start.isoformat(), (window.end + _DAY).isoformat()], "showgrid": True,
        "tickformat": "%-d %b", "nticks": 10, "tickangle": 0,
    }  # fmt: skip
    middles = [first + (used - 1) / 2 for first, used in rows.values()]
    layout["yaxis"] |= {
        "range": [top - 0.5, -0.5], "tickvals": middles, "ticktext": [_short(row) for row in rows], "showgrid": False,
        "ticksuffix": "  ",
    }  # fmt: skip
    ends = [first - 0.5 for first, _ in rows.values() if first]
    layout["shapes"] = [
        {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": end, "y1": end,
         "line": {"width": 1, "color": palette.LINK}, "layer": "below"}
        for end in ends
    ]  # fmt: skip
    if window.start <= today <= window.end:
        layout["shapes"].append(
            {"type": "line", "yref": "paper", "x0": f"{today} 12:00", "x1": f"{today} 12:00", "y0": 0, "y1": 1,
             "line": {"width": 1, "dash": "dot", "color": palette.TEXT}}
        )  # fmt: skip
        layout["annotations"] = [
            *legend,
            {"x": f"{today} 12:00", "y": 1, "yref": "paper", "yanchor": "bottom", "text": "today", "showarrow": False},
        ]
    return {"data": traces, "layout": layout}


def show(
    plan: Plan, campaigns: Sequence[Campaign], by: str, window: Period, today: date, file: str, said: str,
    on_pick: Callable[[str], None],
) -> int:  # fmt: skip
    """Draws the time line; how many bars have no room in it. on_pick takes the scenario's id that a person clicks."""
    # What the picture rests on: the same promotions are the same objects, so that they are compared at once.
    asked = plan, tuple(campaigns), by, window, today
    held = st.session_state.get(_DRAWN)
    if not (isinstance(held, tuple) and held[0] == asked):
        laid = laid_out(plan, by, window)
        held = asked, laid, timeline(laid, campaigns, window, today)
        st.session_state[_DRAWN] = held
    drawn: Drawn = held[1]

    def picked(point: Mapping[str, Any]) -> None:
        held = point.get("customdata")
        if isinstance(held, list | tuple) and len(held) > 1 and held[1]:
            on_pick(str(held[1]))

    charts.show(
        held[2], key="chart_calendar", alt=f"Time line. {said}",
        file=f"{file}-calendar", on_pick=picked,
    )  # fmt: skip
    return drawn.left_out


def _legend(drawn: Drawn, rows: Sequence[str]) -> list[Figure]:
    """What fills mean, of those that are there: two annotations each, in rows from the left edge of the rows' names."""
    there = {bar.promotion.kind for bar in drawn.bars}
    entries = [
        (*look, palette.ACCENT if kind is Kind.DRAFT else FILLS[kind]) for kind, look in _LOOKS.items() if kind in there
    ]
    entries += [("▨", "Overlap", palette.BAD)] if drawn.met else []
    # Names of rows are cut, of which the widest letters are few: their edge is nearer than the letters say.
    left = charts.SQUARE - charts.ROW_LETTER * max(map(len, rows), default=0)
    wide = charts.SQUARE + charts.LEGEND_GAP + charts.LETTER * max((len(name) for _, name, _ in entries), default=0)
    found: list[Figure] = []
    for place, (sign, name, colour) in enumerate(entries):
        row, column = divmod(place, _LEGEND_COLUMNS)
        lines = -(-len(entries) // _LEGEND_COLUMNS)
        for text, fill, at in ((sign, colour, 0), (name, palette.TEXT, charts.SQUARE)):
            found.append(
                {
                    "text": text, "x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left",
                    "yanchor": "bottom", "xshift": round(left + wide * column + at),
                    "yshift": _ABOVE - 4 + _LEGEND_ROW * (lines - 1 - row), "showarrow": False,
                    "font": {"size": 12, "color": fill},
                }
            )  # fmt: skip
    return found


def left_out_said(number: int) -> str:
    """That some have no room."""
    have = "bar has" if number == 1 else "bars have"
    return f"{count(number)} {have} no room here: choose departments or states. The table below holds all."


def _bars(held: Sequence[Bar], kind: Kind) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "base": [bar.start.isoformat() for bar in held],
        "x": [_length(bar) for bar in held],
        "y": [bar.lane for bar in held],
        "width": 0.82,
        "text": [_named(bar) for bar in held],
        "textposition": "inside",
        "insidetextanchor": "start",
        "textangle": 0,
        "constraintext": "inside",
        "textfont": {"color": _TEXT.get(kind, palette.TEXT), "size": 11},
        "marker": {
            "color": FILLS[kind],
            "line": {"width": 1.5 if kind is Kind.DRAFT else 0, "color": palette.ACCENT},
        },
        "customdata": [[words.of_bar(bar.promotion), bar.promotion.scenario_id or ""] for bar in held],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
    }


def _hatched(held: Sequence[Bar]) -> Figure:
    return {
        "type": "bar",
        "orientation": "h",
        "base": [bar.start.isoformat() for bar in held],
        "x": [_length(bar) for bar in held],
        "y": [bar.lane for bar in held],
        "width": 0.82,
        "marker": {
            "color": "rgba(0,0,0,0)",
            "pattern": {"shape": "/", "fgcolor": palette.BAD, "size": 7, "solidity": 0.22, "fillmode": "overlay"},
            "line": {"width": 1.5, "color": palette.BAD},
        },
        "customdata": [
            [f"{words.of_bar(bar.promotion)}<br>Overlap: {wording.days(Period(bar.start, bar.end))}",
             bar.promotion.scenario_id or ""]
            for bar in held
        ],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
    }  # fmt: skip


def _campaigns(days: Mapping[date, Sequence[Campaign]], lane: int) -> Figure:
    held = next(iter(days.values()))[0]
    return {
        "type": "bar",
        "orientation": "h",
        "base": [day.isoformat() for day in days],
        "x": [_MILLISECONDS * 0.9] * len(days),
        "y": [lane] * len(days),
        "width": 0.5,
        "marker": {"color": palette.SERIES.get(held.channel, palette.SERIES["campaign"])},
        "customdata": [[words.campaigns_hover(wording.day(day), held), ""] for day, held in days.items()],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
    }


def _length(bar: Bar) -> int:
    return ((bar.end - bar.start).days + 1) * _MILLISECONDS


def _named(bar: Bar) -> str:
    one = bar.promotion
    before, after = "‹ " if one.start < bar.start else "", " ›" if one.end > bar.end else ""
    return charted(f"{before}{words.name(one)}{after}")


def _short(row: str) -> str:
    return charted(row if len(row) <= LONGEST else f"{row[: LONGEST - 1]}…")
