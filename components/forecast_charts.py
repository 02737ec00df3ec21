"""The charts of the page Forecast, each with the sentence that describes it to those who cannot see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import numpy as np
import streamlit as st

from analytics.day_marks import Mark
from analytics.forecasting.kept import Kept
from analytics.forecasting.outlook import Outlook
from analytics.promo.terms import Floats
from components import cards, charts, day_marks, palette, wording
from components.charts import Figure
from components.forecast_cards import CARDS
from components.forecast_words import METRICS, MONEY, amount, exact, part, shown_days

FRAME: Final = 75


def skeleton() -> None:
    """The places of the page's cards, charts and tables."""
    cards.skeleton(CARDS, sparklines=False)
    st.skeleton(24)
    st.skeleton(charts.TALL + FRAME)
    left, right = st.columns([7, 5])
    left.skeleton(charts.LOW + FRAME)
    right.skeleton(charts.LOW + FRAME)


def over_time(shown: Outlook, marks: Sequence[Mark], currency: str, file: str) -> None:
    """What came in the last eight weeks, and what is expected, with its interval and the promotions."""
    figure, alt = over_time_figure(shown, marks, currency)
    charts.show(figure, key="chart_forecast", alt=alt, file=file)


def over_time_figure(shown: Outlook, marks: Sequence[Mark], currency: str) -> tuple[Figure, str]:
    """The figure and its description."""
    kept, actual = shown.kept, shown.actual
    metric = kept.key.metric
    window = shown_days(shown)
    past = [window.start + timedelta(days=n) for n in range((kept.last - window.start).days + 1)]
    came = [_at(actual.values, (day - actual.first).days) for day in past]
    ahead = list(kept.days)
    year = [_at(actual.values, (day - timedelta(days=364) - actual.first).days) for day in [*past, *ahead]]

    def told(values: Sequence[float | None], what: str) -> list[str]:
        return [f"{what}: {exact(value, metric, currency)}" for value in values]

    edge = [day.isoformat() for day in ahead]
    traces: list[Figure] = []
    if any(value is not None for value in year):
        traces.append(
            {
                "type": "scatter", "mode": "lines", "name": "A year before",
                "x": [day.isoformat() for day in [*past, *ahead]], "y": year,
                "line": {"color": palette.PAST, "width": 1.25, "dash": "dot"},
                "customdata": told(year, "364 days before"),
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        )  # fmt: skip
    traces.append(
        {
            "type": "scatter", "mode": "lines", "name": "80 %", "x": [*edge, *edge[::-1]],
            "y": [*kept.high.tolist(), *kept.low[::-1].tolist()], "fill": "toself", "fillcolor": palette.LINK,
            "line": {"width": 0}, "hoverinfo": "skip",
        }
    )  # fmt: skip
    traces.append(
        {
            "type": "scatter", "mode": "lines", "name": "Came", "x": [day.isoformat() for day in past], "y": came,
            "line": {"color": palette.ACCENT, "width": 2.25}, "cliponaxis": False,
            "customdata": told(came, METRICS[metric]),
            "hovertemplate": "<b>%{customdata}</b><extra></extra>",
        }
    )  # fmt: skip
    traces.append(
        {
            "type": "scatter", "mode": "lines", "name": "Forecast", "x": edge, "y": kept.value.tolist(),
            "line": {"color": palette.ACCENT, "width": 1.75, "dash": "dash"}, "cliponaxis": False,
            "customdata": [
                f"Forecast: {exact(value, metric, currency)}, 80 %: {amount(low, metric, currency)} to"
                f" {amount(high, metric, currency)}"
                for value, low, high in zip(kept.value, kept.low, kept.high, strict=True)
            ],
            "hovertemplate": "<b>%{customdata}</b><extra></extra>",
        }
    )  # fmt: skip
    layout = charts.base_layout(charts.TALL)
    layout["hovermode"] = "x unified"
    layout["xaxis"] |= {"type": "date", "hoverformat": "%a %-d %b %Y", "tickformat": "%-d %b", "nticks": 9}
    layout["yaxis"] |= {"rangemode": "tozero", "tickformat": "~s"}
    if metric in MONEY:
        layout["yaxis"]["tickprefix"] = wording.symbol(currency)
    layout["annotations"] = [
        {
            "x": kept.last.isoformat(), "y": 1, "yref": "paper", "text": "forecast →", "showarrow": False,
            "xanchor": "left", "yanchor": "top", "xshift": 4, "font": {"size": 12, "color": palette.TEXT},
        }
    ]  # fmt: skip
    charts.name_values(layout, f"{METRICS[metric]} a day")
    figure: Figure = {"data": traces, "layout": layout}
    days = [day.isoformat() for day in [*past, *ahead]]
    day_marks.laid(figure, days, window.end, marks)
    before = float(np.mean([value for value in came if value is not None] or [0.0]))
    after = float(kept.value.mean())
    alt = (
        f"{METRICS[metric]} by day, {part(kept.key).lower()}: what came up to {wording.day(kept.last)}, about"
        f" {amount(before, metric, currency)} a day, and the forecast to {wording.day(kept.days[-1])}, about"
        f" {amount(after, metric, currency)} a day, with its 80 % interval."
    )
    return figure, alt + day_marks.said(marks, window.start, window.end)


def landing_errors(kept: Kept, file: str) -> None:
    """How far off past months were to land, by the day of the month on which that was said."""
    days = sorted(kept.landings)
    values = [kept.landings[day] for day in days]
    layout = charts.base_layout(charts.LOW)
    layout["xaxis"] |= {"type": "linear", "range": [0, 31.5], "tickvals": [1, 5, 10, 15, 20, 25, 30], "showgrid": False}
    layout["yaxis"] |= {"ticksuffix": " %", "tickformat": "~g", "zeroline": True}
    widest = max([abs(value) for value in values] + [2.0]) * 1.2
    layout["yaxis"]["range"] = [-widest, widest]
    charts.name_values(layout, "Landing too high or low")
    layout["xaxis"]["title"] = {
        "text": "Day of the month on which it was said",
        "font": {"size": 12, "color": palette.TEXT},
    }
    figure: Figure = {
        "data": [
            {
                "type": "scatter", "mode": "markers", "x": [day.day for day in days], "y": values,
                "marker": {"size": 9, "color": palette.ACCENT}, "cliponaxis": False,
                "customdata": [f"said after {wording.day(day)}: {wording.change(kept.landings[day])}" for day in days],
                "hovertemplate": "%{customdata}<extra></extra>",
            }
        ],
        "layout": layout,
    }  # fmt: skip
    worst = max(values, key=abs)
    alt = (
        f"How far off past months were to land: {len(days)} trials, from {wording.change(min(values))} to"
        f" {wording.change(max(values))}; the furthest off {wording.change(worst)}."
    )
    charts.show(figure, key="chart_landing_errors", alt=alt, file=file)


def _at(values: Floats, place: int) -> float | None:
    if not 0 <= place < len(values) or np.isnan(values[place]):
        return None
    return float(values[place])
