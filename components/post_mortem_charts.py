"""The charts of the page Post-mortem, each with the sentence that describes it to those who cannot see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import streamlit as st

from components import cards, charts, day_marks, palette, wording
from components.charts import Figure, Step
from components.day_marks import Marked
from components.post_mortem_cards import CARDS
from components.post_mortem_words import FACTORS, FIGURES, amount, change, dates

FRAME: Final = 75


def skeleton() -> None:
    """The places of the page's cards, chart and tables."""
    cards.skeleton(CARDS, sparklines=False)
    st.skeleton(charts.TALL + FRAME)
    st.skeleton(charts.LOW + FRAME)


def by_day(rows: Sequence[Mapping[str, Any]], start: date, end: date, marked: Marked, file: str) -> None:
    """Pieces of the promoted departments, what was forecast, what would have been sold without it; other promotions."""
    figure, alt = by_day_figure(rows, start, end)
    days = [str(row["date"]) for row in rows]
    if days:
        alt = day_marks.on(figure, days, date.fromisoformat(days[-1]), marked, alt)
    charts.show(figure, key="chart_post_mortem", alt=alt, file=file)


def by_day_figure(rows: Sequence[Mapping[str, Any]], start: date, end: date) -> tuple[Figure, str]:
    """The figure and its description. rows: `by_day` of a report."""
    days = [str(row["date"]) for row in rows]
    told = [row for row in rows if row["expected_units"] is not None]
    at = [str(row["date"]) for row in told]
    traces: list[Figure] = [
        {
            "type": "scatter", "mode": "lines", "name": "90 %", "x": [*at, *at[::-1]],
            "y": [*(row["high"] for row in told), *(row["low"] for row in told[::-1])], "fill": "toself",
            "fillcolor": palette.LINK, "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False,
        },
        {
            "type": "scatter", "mode": "lines", "name": "Without it", "x": days,
            "y": [row["expected_units"] for row in rows], "line": {"color": palette.PAST, "width": 1.75},
            "customdata": [
                f"Without it: {wording.count(row['expected_units'])} (90 %: {wording.count(row['low'])} to"
                f" {wording.count(row['high'])})"
                for row in rows
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    ]  # fmt: skip
    if any(row.get("promoted_forecast") is not None for row in rows):
        traces.append(_line("Forecast", days, [row.get("promoted_forecast") for row in rows], "dash", 1.75))
    traces.append(_line("Sold", days, [row["promoted_units"] for row in rows], "solid", 2.25))
    layout = charts.base_layout(charts.TALL)
    layout["hovermode"] = "x unified"
    layout["showlegend"] = True
    layout["legend"] = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "reversed"}
    layout["margin"]["t"] = 36
    layout["xaxis"] |= {"type": "date", "hoverformat": "%a %-d %b %Y", "tickformat": "%-d %b", "nticks": 9}
    layout["yaxis"] |= {"rangemode": "tozero", "tickformat": "~s"}
    layout["shapes"] = [
        {
            "type": "rect", "xref": "x", "yref": "paper", "x0": start.isoformat(), "x1": end.isoformat(), "y0": 0,
            "y1": 1, "fillcolor": palette.ACCENT, "opacity": 0.07, "line": {"width": 0}, "layer": "below",
        }
    ]  # fmt: skip
    charts.name_values(layout, "Units a day")
    within = [row for row in told if row["date"] <= end.isoformat()]
    sold = sum(row["promoted_units"] for row in within)
    usual = sum(row["expected_units"] for row in within)
    alt = (
        f"Units of the promoted departments by day, {dates(start, end)} and the days after: {wording.count(sold)} sold"
        " in"
        f" its days against {wording.count(usual)} that would have been sold without it, with the 90 % interval."
    )
    return {"data": traces, "layout": layout}, alt


def _line(name: str, days: Sequence[str], values: Sequence[Any], dash: str, width: float) -> Figure:
    return {
        "type": "scatter", "mode": "lines+markers", "name": name, "x": list(days), "y": list(values),
        "line": {"color": palette.ACCENT, "width": width, "dash": dash},
        "marker": {"size": 5 if dash == "solid" else 1}, "cliponaxis": False,
        "customdata": [f"{name}: {wording.count(value)}" for value in values],
        "hovertemplate": "<b>%{customdata}</b><extra></extra>",
    }  # fmt: skip


def errors(report: Mapping[str, Any], name: str, currency: str, file: str) -> None:
    """From the forecast to what came, by what was otherwise than forecast."""
    told = steps(report, name, currency)
    alt = f"{name} from the forecast to what came: " + ", ".join(f"{one.name} {one.text}" for one in told) + "."
    charts.show(charts.bridge(told), key="chart_errors", alt=alt, file=file)


def steps(report: Mapping[str, Any], name: str, currency: str) -> list[Step]:
    """The bars of that bridge."""
    figure = FIGURES[name]
    actual, promised = report["totals"][figure], report["totals"][f"forecast_{figure}"]
    found = [Step("Forecast", float(promised), amount(promised, figure, currency), True)]
    found += [
        Step(
            word,
            float(report["errors"][figure][factor]),
            change(report["errors"][figure][factor], figure, currency),
            False,
        )
        for factor, word in FACTORS.items()
    ]
    return [*found, Step("Actual", float(actual), amount(actual, figure, currency), True)]
