"""The curves of uplift, each with the days behind it and the sentence that describes it to those who cannot see it."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import streamlit as st

from analytics.promo.model import Model
from analytics.promo.terms import Cell
from components import charts, palette
from components.charts import Figure
from components.uplift_words import interval, named

FRAME: Final = 100
# So far past the deepest discount that was seen the curve is drawn, in points.
_BEYOND: Final = 0.1
_LEAST: Final = 0.3
_MOST: Final = 0.6
_Z: Final = 1.6448536269514722


def skeleton() -> None:
    """The places of the page's charts and tables."""
    left, right = st.columns(2)
    left.skeleton(charts.LOW + FRAME)
    right.skeleton(charts.LOW + FRAME)
    st.skeleton(charts.TALL)


def curve(model: Model, cell: Cell, file: str) -> None:
    """One department in one channel."""
    held = model.curves[cell]
    between = interval(held.at(0.2), held.error_at(0.2))
    told = f"{held.at(0.1) * 100:.0f} % at 10 % off, {held.at(0.2) * 100:.0f} % ({between}) at 20 %"
    alt = (
        f"Uplift of {named(cell)} by discount: {told}; from {held.promo_days} promo days, the deepest at"
        f" {held.deepest * 100:.0f} %."
    )
    name = f"{cell.department}-{cell.channel}".lower().replace(" ", "-")
    charts.show(curve_figure(model, cell), key=f"chart_{cell.channel}", alt=alt, file=f"{file}-{name}")


def curve_figure(model: Model, cell: Cell) -> Figure:
    """Band, curve (dashed where it extrapolates) and days."""
    held = model.curves[cell]
    until = min(max(held.deepest + _BEYOND, _LEAST), _MOST)
    at = [float(depth) for depth in held.knots if depth <= until + 1e-9]
    mean = [held.at(depth) * 100 for depth in at]
    low = [(held.at(depth) - _Z * held.error_at(depth)) * 100 for depth in at]
    high = [(held.at(depth) + _Z * held.error_at(depth)) * 100 for depth in at]
    x = [depth * 100 for depth in at]
    hover = [
        f"{depth * 100:.0f} % off: {held.at(depth) * 100:+.0f} % units"
        + f"<br>90 %: {interval(held.at(depth), held.error_at(depth))}"
        + ("<br>never seen so deep here" if depth > held.deepest + 1e-9 else "")
        for depth in at
    ]
    seen = [place for place, depth in enumerate(at) if depth <= held.deepest + 1e-9]
    beyond = [place for place, depth in enumerate(at) if depth >= (at[seen[-1]] if seen else 0) - 1e-9]
    data: list[dict[str, Any]] = [
        {"type": "scatter", "x": [*x, *x[::-1]], "y": [*high, *low[::-1]], "fill": "toself", "mode": "none",
         "fillcolor": palette.LINK, "hoverinfo": "skip"},
        _points(model, cell),
    ]  # fmt: skip
    for places, dash in ((seen, "solid"), (beyond, "dash")):
        if len(places) > 1:
            data.append(
                {"type": "scatter", "mode": "lines", "x": [x[n] for n in places], "y": [mean[n] for n in places],
                 "text": [hover[n] for n in places], "hovertemplate": "%{text}<extra></extra>",
                 "line": {"color": palette.ACCENT, "width": 2, "dash": dash}}
            )  # fmt: skip
    layout = charts.base_layout(charts.LOW)
    layout["xaxis"] |= {"ticksuffix": " %", "range": [0, until * 100], "dtick": 10}
    layout["yaxis"] |= {"ticksuffix": " %", "zeroline": True, "range": _range(model, cell, [*low, *high], until)}
    return {"data": data, "layout": layout}


def _points(model: Model, cell: Cell) -> dict[str, Any]:
    days = model.observed.get(cell, ())
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [one.discount * 100 for one in days],
        "y": [one.uplift * 100 for one in days],
        "text": [
            f"{one.day:%a %-d %b %Y}: {one.discount * 100:.1f} % off, {one.uplift * 100:+.0f} % units" for one in days
        ],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": palette.MUTED, "size": 5, "opacity": 0.55},
    }


def _range(model: Model, cell: Cell, ends: list[float], until: float) -> list[float]:
    """All of the days but the few that are furthest off, and of the band what lies where discounts were seen."""
    days = [one.uplift * 100 for one in model.observed.get(cell, ()) if one.discount <= until]
    held = model.curves[cell]
    reach = max(held.deepest, 0.2)
    top = (held.at(reach) + _Z * held.error_at(reach)) * 100 * 1.25
    if not days:
        return [min(-10.0, min(ends)), max(top, 10.0)]
    low, high = np.percentile(days, [1, 99])
    return [min(-10.0, float(low) * 1.1), max(top, float(high) * 1.1, 10.0)]
