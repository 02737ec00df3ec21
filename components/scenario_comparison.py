"""Scenarios side by side: the table with the best of each figure marked, and the charts on one axis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

import streamlit as st

from analytics.promo.comparison import MEASURES, Compared, Line, Number, Unit
from components import charts, filters, palette, tables, wording
from components.charts import LOW, Figure, base_layout
from components.scenario_words import dates
from components.wording import Number as Shown

BEST: Final = "★"
WHOLE_FROM: Final = 1000
SEEN: Final = 0.005
_COLOURS: Final = (palette.ACCENT, *(palette.SERIES[name] for name in ("email", "sms", "push", "campaign")))
# Changes in money, all on one axis.
_CHANGES: Final = ("sales_value_delta", "margin_value_delta", "ebit_delta", "net_ebit_delta")
_SHORT: Final[Mapping[str, str]] = {
    "sales_value_delta": "Sales",
    "margin_value_delta": "Margin",
    "ebit_delta": "EBIT",
    "net_ebit_delta": "EBIT, days<br>after included",
}


def skeleton() -> None:
    """The places of charts and table."""
    for column in st.columns(2):
        column.skeleton(LOW + 75)
    st.skeleton(LOW)


def names(found: Compared) -> list[str]:
    """The sides' names, each once: equal ones are numbered."""
    labels = [side.label for side in found.sides]
    return [
        f"{label} ({labels[: place + 1].count(label)})" if labels.count(label) > 1 else label
        for place, label in enumerate(labels)
    ]


def sentence(found: Compared, currency: str) -> str:
    """Which brings most, by its result."""
    line = next((one for one in found.lines if one.measure == "net_ebit_delta"), None)
    if line is None:
        return ""
    told = names(found)
    if not any(line.best):
        return "All are expected to bring the same."
    best = " and ".join(name for name, is_best in zip(told, line.best, strict=True) if is_best)
    several = sum(line.best) > 1
    value = next(value for value, is_best in zip(line.values, line.best, strict=True) if is_best)
    amount = f"{_signed(value, Unit.MONEY, currency)} of EBIT, the days after included."
    if value is not None and value > 0:
        return f"{best} {'bring' if several else 'brings'} most: {amount}"
    return f"{best} {'lose' if several else 'loses'} least: {amount} None of them is expected to earn anything."


def cell(line: Line, place: int, currency: str) -> str:
    """One figure of one side: its value, a star where it is the best, and how far it is from the first."""
    unit, value = MEASURES[line.measure].unit, line.values[place]
    mark = f"{BEST} " if line.best[place] else ""
    told = f"{mark}{_plain(value, unit, currency)}"
    difference = line.differences[place]
    if place == 0 or difference is None or not difference:
        return told
    return f"{told} ({_signed(difference, unit, currency)})"


def table(found: Compared, currency: str) -> None:
    """A row a figure, a column a scenario."""
    told = names(found)
    columns: dict[str, Sequence[Any]] = {"Figure": ["Dates", *(MEASURES[line.measure].name for line in found.lines)]}
    config: dict[str, Any] = {"Figure": st.column_config.TextColumn("Figure", pinned=True, width=230)}
    for place, (name, side) in enumerate(zip(told, found.sides, strict=True)):
        columns[f"side_{place}"] = [
            dates(side.start, side.end), *(cell(line, place, currency) for line in found.lines)
        ]  # fmt: skip
        config[f"side_{place}"] = st.column_config.TextColumn(name, width="medium")
    tables.show(columns, config, key="table_compared", rows_seen=15)
    st.caption(f"{BEST} the best of a figure, all that tie. In brackets: against {told[0]}.")


def rows(found: Compared) -> list[dict[str, Any]]:
    """The same for a file: a row a scenario and figure, exact."""
    told = names(found)
    return [
        {
            "scenario": told[place],
            "starts": side.start,
            "ends": side.end,
            "model_version": side.model_version,
            "figure": MEASURES[line.measure].name,
            "value": line.values[place],
            "difference_to_first": line.differences[place],
            "is_best": line.best[place],
        }
        for line in found.lines
        for place, side in enumerate(found.sides)
    ]


def draw(found: Compared, currency: str, file: str) -> None:
    """What makes them unlike, the charts, the table."""
    for caution in found.cautions:
        st.warning(caution, icon=":material/warning:")
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("Changes against the baseline")
        charts.show(
            changes(found, currency),
            key="chart_compared",
            alt="Bars: each scenario's change of sales, margin and EBIT, on one axis. " + sentence(found, currency),
            file=f"{file}-changes",
        )
    with right.container(border=True, height="stretch"):
        filters.heading("EBIT change by department")
        charts.show(
            departments(found, currency),
            key="chart_compared_departments",
            alt="Bars: each scenario's change of EBIT in each department, on one axis.",
            file=f"{file}-departments",
        )
    with st.container(border=True):
        filters.heading("Side by side")
        table(found, currency)


def changes(found: Compared, currency: str) -> Figure:
    """Bars of the changes in money, one colour a scenario."""
    held = [line for name in _CHANGES for line in found.lines if line.measure == name]
    series = {
        name: [_number(line.values[place]) for line in held] for place, name in enumerate(names(found))
    }  # fmt: skip
    return _grouped([_SHORT[line.measure] for line in held], series, currency)


def departments(found: Compared, currency: str) -> Figure:
    """Bars of the changes of EBIT by department, one colour a scenario; the largest first."""
    sizes: dict[str, float] = {}
    for side in found.sides:
        for name, value in side.by_department.items():
            sizes[name] = max(sizes.get(name, 0.0), abs(value))
    # What other departments gain or lose through cross effects may be too little to be seen.
    least = max([SEEN * max(sizes.values(), default=0.0), 0.005])
    shown = sorted((name for name in sizes if sizes[name] >= least), key=lambda name: (-sizes[name], name))
    series = {
        told: [side.by_department.get(name) for name in shown]
        for told, side in zip(names(found), found.sides, strict=True)
    }
    return _grouped(shown, series, currency)


def _grouped(groups: Sequence[str], series: Mapping[str, Sequence[float | None]], currency: str) -> Figure:
    layout = base_layout(LOW)
    layout |= {"barmode": "group", "bargap": 0.3, "hovermode": "closest", "showlegend": True}
    layout["legend"] = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    layout["margin"]["t"] = 44
    layout["xaxis"] |= {"type": "category", "tickangle": 0}
    layout["yaxis"] |= {"zeroline": True}
    layout["yaxis"] |= _ticks([value for values in series.values() for value in values], currency)
    data = [
        {
            "type": "bar",
            "name": name,
            "x": list(groups),
            "y": list(values),
            "marker": {"color": _COLOURS[place % len(_COLOURS)]},
            "customdata": [
                f"{name}, {group.replace('<br>', ' ')}: {_signed(value, Unit.MONEY, currency)}"
                for group, value in zip(groups, values, strict=True)
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
        for place, (name, values) in enumerate(series.items())
    ]
    return {"data": data, "layout": layout}


def _number(value: Number | None) -> float | None:
    return None if value is None else float(value)


def _plain(value: Shown | None, unit: Unit, currency: str) -> str:
    if unit is Unit.MONEY:
        return _money(value, currency)
    if unit is Unit.PERCENT:
        return wording.rate(value)
    return wording.count(value)


def _signed(value: Shown | None, unit: Unit, currency: str) -> str:
    if value is None:
        return wording.NOT_AVAILABLE
    if unit is Unit.PERCENT:
        return wording.points(value)
    told = _plain(value, unit, currency)
    return f"+{told}" if value > 0 and not told.startswith(wording.MINUS) else told


def _money(value: Shown | None, currency: str) -> str:
    """Whole from a thousand on: cents only make large amounts harder to compare."""
    if value is None:
        return wording.NOT_AVAILABLE
    exact = round(Decimal(str(value)), 2)
    if abs(exact) < WHOLE_FROM:
        return wording.money(exact, currency)
    sign = wording.MINUS if exact < 0 else ""
    return f"{sign}{wording.symbol(currency)}{abs(exact):,.0f}"


def _ticks(values: Sequence[float | None], currency: str) -> dict[str, Any]:
    """About five round places of an axis that holds all values and 0, named as money with its minus in front."""
    known = [value for value in values if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    if high - low <= 0:
        return {"tickvals": [0], "ticktext": [wording.money_short(0, currency)]}
    rough = (high - low) / 5
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * part for part in (1, 2, 5, 10) if size * part >= rough)
    places = [step * n for n in range(math.floor(low / step), math.ceil(high / step) + 1)]
    return {"tickvals": places, "ticktext": [wording.money_short(round(place, 2), currency) for place in places]}
