"""The charts of the page RFM, each with the sentence that describes it to those who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from analytics.rfm_figures import BEST_FIRST, GONE, NOBODY, RfmFigures
from components import cards, charts, palette, tables, wording
from components.charts import Figure
from components.rfm_cards import CARDS
from components.rfm_tables import SEGMENT
from components.rfm_words import MEANING, share

SHOWN: Final = ("Customers", "Revenue")
ANY: Final = "Any"
RECENCY: Final = "r"
FREQUENCY: Final = "f"
# Pixels of what can be clicked in a cell of the grid.
CELL: Final = 44
FRAME: Final = 75
TREE: Final = 340
FLOW: Final = 420
HISTOGRAM: Final = 200
TITLES: Final = {
    "recency": "Days since the last order", "frequency": "Orders", "monetary": "Net revenue",
}  # fmt: skip


def skeleton(*, sparklines: bool) -> None:
    """The places of the page's cards, charts and table."""
    cards.skeleton(CARDS, sparklines=sparklines)
    st.skeleton(24)
    st.skeleton(TREE + FRAME)
    left, right = st.columns(2)
    left.skeleton(FLOW + FRAME)
    right.skeleton(FLOW + FRAME)


def segment_map(found: RfmFigures, by: str, currency: str, file: str) -> None:
    """The segments as a treemap, by customers or by what they brought."""
    held = [group for group in found.groups if by == "Customers" or group.cents > 0]
    whole = found.customers if by == "Customers" else sum(group.cents for group in held)
    texts = []
    for group in held:
        size = wording.count(group.customers) if by == "Customers" else wording.money_short(group.cents / 100, currency)
        part = group.customers if by == "Customers" else group.cents
        texts.append(f"{size}<br>{wording.rate(share(part, whole))}")
    layout = charts.base_layout(TREE)
    figure: Figure = {
        "data": [
            {
                "type": "treemap",
                "labels": [group.name for group in held],
                "ids": [group.name for group in held],
                "parents": [""] * len(held),
                "values": [group.customers if by == "Customers" else group.cents / 100 for group in held],
                "text": texts,
                "texttemplate": "<b>%{label}</b><br>%{text}",
                "textfont": {"size": 13, "color": [palette.ON_SEGMENTS[group.name] for group in held]},
                "marker": {
                    "colors": [palette.SEGMENTS[group.name] for group in held],
                    "line": {"width": 2},
                    "pad": {"t": 0, "l": 0, "r": 0, "b": 0},
                },
                "customdata": [
                    f"<b>{group.name}</b><br>{wording.count(group.customers)} customers, "
                    f"{wording.rate(share(group.customers, found.customers))}<br>"
                    f"{wording.money(group.cents / 100, currency)}, "
                    f"{wording.rate(share(group.cents, found.cents))} of net revenue<br>"
                    f"Last order {group.median_days:,.0f} days ago (median)<br>{MEANING[group.name][0]}"
                    for group in held
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
                "tiling": {"pad": 2},
                "pathbar": {"visible": False},
                "sort": True,
            }
        ],
        "layout": layout,
    }
    largest = max(held, key=lambda group: group.customers if by == "Customers" else group.cents)
    alt = f"{len(held)} segments by {by.lower()}; the largest is {largest.name}."
    charts.show(figure, key="chart_segments", alt=alt, file=f"{file}-segments", on_pick=_segment_picked)


def grid(found: RfmFigures, by: str, currency: str, file: str) -> None:
    """Recency by frequency: customers or revenue of each pair of scores with their share of all, the best on the upper
    right."""
    size = found.scheme.groups
    columns = [str(score) for score in range(1, size + 1)]
    rows = list(reversed(columns))
    values, texts, hover = [], [], []
    for recency in map(int, rows):
        cells = [found.cells.get((recency, frequency), (0, 0)) for frequency in range(1, size + 1)]
        values.append([float(count if by == "Customers" else cents / 100) for count, cents in cells])
        texts.append(
            [
                "" if not count
                else f"{wording.count_short(count)}<br>{wording.rate(share(count, found.customers))}"
                if by == "Customers"
                else f"{wording.money_short(round(cents / 100), currency).removesuffix('.00')}"
                f"<br>{wording.rate(share(cents, found.cents))}"
                for count, cents in cells
            ]
        )  # fmt: skip
        hover.append(
            [
                f"<b>Recency {recency}, frequency {frequency}</b><br>{wording.count(count)} customers, "
                f"{wording.rate(share(count, found.customers))}<br>{wording.money(cents / 100, currency)}, "
                f"{wording.rate(share(cents, found.cents))} of net revenue"
                for frequency, (count, cents) in enumerate(cells, 1)
            ]
        )
    figure = charts.heat_map(columns, rows, values, hover)
    figure["layout"]["height"] = FLOW
    figure["layout"]["xaxis"] |= {"title": {"text": "Frequency score", "standoff": 4}}
    figure["layout"]["yaxis"] |= {"title": {"text": "Recency score", "standoff": 16}}
    figure["data"][0] |= {"text": texts, "texttemplate": "%{text}"}
    # A heat map knows no clicks: what is clicked are unseen squares over its cells.
    figure["data"].append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": columns * size,
            "y": [row for row in rows for _ in columns],
            "marker": {"symbol": "square", "size": CELL, "opacity": 0},
            "customdata": [text for row in hover for text in row],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
    )
    (recency, frequency), (count, _) = max(found.cells.items(), key=lambda cell: cell[1][0])
    alt = (
        f"{by} by recency and frequency score; most customers, {wording.count(count)}, have recency {recency} and "
        f"frequency {frequency}."
    )
    charts.show(figure, key="chart_grid", alt=alt, file=f"{file}-grid", on_pick=_cell_picked)


def flow(found: RfmFigures, file: str, *, narrow: bool) -> None:
    """Who left which segment since the earlier date, and for which; who stayed is left out, or nothing else would be
    seen. narrow: on a phone, where names take less room."""
    moved = {move: n for move, n in found.moves.items() if move[0] != move[1]}
    if not moved:
        st.caption("Nobody has moved.")
        return
    come = sorted({a for a, _ in moved}, key=_place)
    left = sorted({b for _, b in moved}, key=_place)
    then = {name: sum(n for (a, _), n in found.moves.items() if a == name) for name in come}
    now = {name: sum(n for (_, b), n in found.moves.items() if b == name) for name in left}
    layout = charts.base_layout(FLOW)
    layout["margin"] |= {"t": 12, "b": 12}
    layout["font"] = {"size": 10 if narrow else 12}
    held = sorted(moved.items(), key=lambda move: (_place(move[0][0]), _place(move[0][1])))
    figure: Figure = {
        "data": [
            {
                "type": "sankey",
                "arrangement": "fixed",
                "textfont": {"color": palette.STRONG},
                "node": {
                    "label": [*come, *left],
                    "color": [palette.SEGMENTS.get(name, palette.MUTED) for name in (*come, *left)],
                    "customdata": [
                        *(f"<b>{name}</b> then: {wording.count(then[name])}" for name in come),
                        *(f"<b>{name}</b> now: {wording.count(now[name])}" for name in left),
                    ],
                    "hovertemplate": "%{customdata}<extra></extra>",
                    "pad": 12,
                    "thickness": 14,
                    "line": {"width": 0},
                },
                "link": {
                    "source": [come.index(a) for (a, _), _ in held],
                    "target": [len(come) + left.index(b) for (_, b), _ in held],
                    "value": [n for _, n in held],
                    "color": palette.LINK,
                    "customdata": [
                        f"{wording.count(n)} customers<br>{a} → {b}, {wording.rate(share(n, then[a]))} of {a}"
                        for (a, b), n in held
                    ],
                    "hovertemplate": "%{customdata}<extra></extra>",
                },
            }
        ],
        "layout": layout,
    }
    were = sum(n for (a, _), n in found.moves.items() if a != NOBODY)
    gone = sum(n for (a, _), n in held if a != NOBODY)
    said = (
        f"{wording.count(gone)} of {wording.count(were)} customers moved to another segment"
        if were
        else "Nobody was a customer before: all of these are new"
    )
    alt = f"From segments on {wording.day(found.before)} to those on {wording.day(found.as_of)}: {said}."
    st.caption(f"Since {wording.day(found.before)}, {said}; the others are left out.")
    charts.show(figure, key="chart_flow", alt=alt, file=f"{file}-moves")


def distribution(found: RfmFigures, measure: str, currency: str, file: str) -> None:
    """How many customers have which value, with the limits of the scores drawn in."""
    bars = found.bars[measure]
    scale = 100 if measure == "monetary" else 1

    def said(value: int) -> str:
        return wording.money(value / 100, currency) if measure == "monetary" else f"{value:,}"

    layout = charts.base_layout(HISTOGRAM)
    layout["bargap"] = 0.08
    layout["margin"] |= {"t": 18}
    layout["xaxis"] |= {"nticks": 6}
    if measure == "monetary":
        layout["xaxis"] |= {"tickprefix": wording.symbol(currency), "tickformat": "~s"}
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 4, "tickformat": "~s"}
    charts.name_values(layout, "Customers")
    width = (bars[1].low - bars[0].low if len(bars) > 1 else 1) / scale
    # A whole number's bar stands over it, so that a limit lies between two of them.
    first = (bars[0].low - 0.5) / scale
    lines = found.limits[measure]
    # A limit beyond the last bar stands at its end; the last bar holds the tail.
    end = first + width * len(bars)
    at = [min(max((line + (0.5 if measure == "recency" else -0.5)) / scale, first), end) for line in lines]
    layout["shapes"] = [
        {
            "type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper",
            "line": {"width": 1, "dash": "dot", "color": palette.TEXT},
        }
        for x in at
    ]  # fmt: skip
    order = range(found.scheme.groups, 0, -1) if measure == "recency" else range(1, found.scheme.groups + 1)
    edges = [first, *sorted(at), end]
    layout["annotations"] = [
        {"x": (low + high) / 2, "y": 1, "yref": "paper", "yanchor": "bottom", "text": str(score), "showarrow": False}
        for score, low, high in zip(order, edges, edges[1:], strict=False)
        if lines and high - low > (end - first) / 40
    ]
    figure: Figure = {
        "data": [
            {
                "type": "bar",
                "x": [first + width * (place + 0.5) for place in range(len(bars))],
                "y": [bar.customers for bar in bars],
                "width": width * 0.92,
                "marker": {"color": palette.ACCENT},
                "customdata": [
                    f"{said(bar.low)}{'' if bar.low == bar.high else f' – {said(bar.high)}'}: "
                    f"{wording.count(bar.customers)} customers"
                    for bar in bars
                ],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        ],
        "layout": layout,
    }
    limits = f"; the scores' limits are {', '.join(said(line) for line in lines)}" if lines else "; all are alike"
    alt = f"Customers by {TITLES[measure].lower()}, from {said(bars[0].low)} to {said(bars[-1].high)}{limits}."
    charts.show(figure, key=f"chart_{measure}", alt=alt, file=f"{file}-{measure}")


def _place(name: str) -> int:
    return BEST_FIRST.index(name) if name in BEST_FIRST else {NOBODY: -1, GONE: 99}[name]


def _segment_picked(point: Mapping[str, Any]) -> None:
    st.query_params[SEGMENT] = str(point["label"])
    st.session_state[RECENCY] = st.session_state[FREQUENCY] = ANY


def _cell_picked(point: Mapping[str, Any]) -> None:
    tables.forget(SEGMENT)
    st.session_state[RECENCY], st.session_state[FREQUENCY] = str(point["y"]), str(point["x"])
