"""The charts of the page Cohorts, each with the sentence that describes it to those who cannot see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import streamlit as st

from analytics.cohorts import Cell, Cohort, CurvePoint, average_growth, average_retention
from analytics.customer_base import CustomerBase
from analytics.lifetime_value import MOST_ORDERS_APART, Calibration
from components import bar_chart, cards, charts, palette, wording
from components.charts import Figure

CARDS: Final = 6
ROW: Final = 26
LEAST_COLUMNS: Final = 6
FEW_COLUMNS: Final = 13
SHOWN: Final = {"12 months": 12, "24 months": 24, "All": 10_000}
FRAME: Final = 75
LEAST_POINTS: Final = 2
TOO_YOUNG: Final = "Too few months since the first orders are over: come back in a month or two."
# More grey lines than these are a blot.
MOST_LINES: Final = 24


@dataclass(frozen=True, slots=True)
class Measure:
    """What the triangle shows. first: the first age whose colour tells something. short: in a cell. text: in words."""

    name: str
    of: Callable[[Cell], float]
    first: int
    short: Callable[[float], str]
    text: Callable[[float, str], str]


MEASURES: Final = {
    "Came back": Measure(
        "Customers who ordered, in per cent", lambda cell: cell.retention, 1,
        lambda v: f"{v:.0f}" if v >= 9.95 else f"{v:.1f}",
        lambda v, _: f"{wording.rate(v)} of the cohort ordered",
    ),
    "Orders": Measure(
        "Orders per customer so far", lambda cell: cell.orders, 0, lambda v: f"{v:.1f}",
        lambda v, _: f"{v:.2f} orders per customer so far",
    ),
    "Revenue": Measure(
        "Net revenue per customer so far", lambda cell: cell.revenue, 0,
        lambda v: wording.money_short(round(v), "").removesuffix(".00"),
        lambda v, currency: f"{wording.money(v, currency)} per customer so far",
    ),
}  # fmt: skip


def skeleton(*, sparklines: bool) -> None:
    """The places of the page's cards, charts and table."""
    cards.skeleton(CARDS, sparklines=sparklines)
    st.skeleton(24)
    st.skeleton(charts.TALL + FRAME)
    for _ in range(2):
        left, right = st.columns(2)
        left.skeleton(charts.LOW + FRAME)
        right.skeleton(charts.LOW + FRAME)


def month(day: date) -> str:
    """Nov 2026."""
    return f"{day:%b %Y}"


def triangle(shown: Sequence[Cohort], measure: Measure, currency: str, file: str, *, narrow: bool) -> None:
    """One row a cohort, one column a month since its first orders; months that are not over are hollow.

    narrow: on a phone, where many columns have no room for their figures.
    """
    ages = max(len(cohort.cells) for cohort in shown)
    values: list[list[float | None]] = []
    texts: list[list[str]] = []
    hover: list[list[str]] = []
    hollow: list[tuple[int, int]] = []
    for place, cohort in enumerate(shown):
        row = [measure.of(cell) for cell in cohort.cells]
        blank = [""] * (ages - len(row))
        coloured = [cell.over and age >= measure.first for age, cell in enumerate(cohort.cells)]
        values.append([v if c else None for v, c in zip(row, coloured, strict=True)] + [None] * len(blank))
        texts.append([measure.short(v) for v in row] + blank)
        hover.append([_cell(cohort, age, measure, currency) for age in range(len(row))] + blank)
        hollow += [(place, age) for age, cell in enumerate(cohort.cells) if not cell.over]
    rows = [f"{month(cohort.month)}  {wording.count_short(cohort.size)}" for cohort in shown]
    figure = _triangle(rows, ages, values, texts, hover, hollow, written=not narrow or ages <= FEW_COLUMNS)
    known = [v for line in values for v in line if v is not None]
    said = f", between {measure.short(min(known))} and {measure.short(max(known))}" if known else ""
    alt = f"{measure.name} by month of the first order and months since{said}; months not over are hollow."
    charts.show(figure, key="chart_triangle", alt=alt, file=file)


def _cell(cohort: Cohort, age: int, measure: Measure, currency: str) -> str:
    cell = cohort.cells[age]
    when = "in the month of the first order" if age == 0 else f"{age} month{'s' if age > 1 else ''} later"
    so_far = "" if cell.over else "<br>The month is not over"
    return f"<b>First ordered {month(cohort.month)}</b>, {when}<br>{measure.text(measure.of(cell), currency)}{so_far}"


def _triangle(
    rows: Sequence[str], ages: int, values: list[list[float | None]], texts: list[list[str]], hover: list[list[str]],
    hollow: Sequence[tuple[int, int]], *, written: bool,
) -> Figure:  # fmt: skip
    layout = charts.base_layout(len(rows) * ROW + 60)
    layout["xaxis"] |= {"showgrid": False, "side": "top", "tickangle": 0, "ticks": "", "dtick": _step(ages)}
    layout["xaxis"] |= {
        "range": [-0.5, max(ages, LEAST_COLUMNS) - 0.5],
        "title": {"text": "Months since the first order", "standoff": 4},
    }
    layout["xaxis"]["title"]["font"] = {"size": 12}
    layout["yaxis"] |= {"autorange": False, "range": [len(rows) - 0.5, -0.5], "showgrid": False, "ticks": ""}
    layout["yaxis"] |= {"tickvals": list(range(len(rows))), "ticktext": [f"{row}  " for row in rows]}
    layout["shapes"] = [
        {
            "type": "rect", "x0": age - 0.46, "x1": age + 0.46, "y0": place - 0.42, "y1": place + 0.42,
            "line": {"width": 1, "dash": "dot", "color": palette.MUTED},
        }
        for place, age in hollow
    ]  # fmt: skip
    return {
        "data": [
            _cells(values, texts, hover, coloured=True, written=written) | {"colorscale": palette.SEQUENTIAL},
            # Cells without a colour have their text and hover, too.
            _cells(values, texts, hover, coloured=False, written=written)
            | {"colorscale": [[0, palette.PAPER], [1, palette.PAPER]]},
        ],
        "layout": layout,
    }


def _cells(
    values: Sequence[Sequence[float | None]], texts: Sequence[Sequence[str]], hover: Sequence[Sequence[str]], *,
    coloured: bool, written: bool,
) -> Figure:  # fmt: skip
    """The cells with a colour, or those without one."""
    held = [
        [
            (v if coloured else 0.0) if text and (v is not None) is coloured else None
            for v, text in zip(*row, strict=True)
        ]
        for row in zip(values, texts, strict=True)
    ]
    # Left to itself Plotly writes as large as the cells allow: too large in few, and as small as need be in many.
    size = {"textfont": {"size": 11}} if len(values[0]) <= FEW_COLUMNS else {}
    text_of_cells = {"texttemplate": "%{text}", **size} if written else {}
    return {
        "type": "heatmap",
        "x": list(range(len(values[0]))),
        "y": list(range(len(values))),
        "z": held,
        "text": [
            ["" if v is None else text for v, text in zip(*row, strict=True)] for row in zip(held, texts, strict=True)
        ],
        **text_of_cells,
        "customdata": list(hover),
        "hovertemplate": "%{customdata}<extra></extra>",
        "hoverongaps": False,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }


def _step(ages: int) -> int:
    return 1 if ages <= 14 else 3 if ages <= 37 else 6


def retention_curves(base: CustomerBase, shown: Sequence[Cohort], file: str) -> None:
    """How many come back, month by month: each cohort as a thin line, all together as the thick one."""
    points = [point for point in average_retention(base.cohorts) if point.age > 0]
    if len(points) < LEAST_POINTS:
        st.caption(TOO_YOUNG)
        return
    lines = [[(age, cell.retention) for age, cell in enumerate(c.cells) if age and cell.over] for c in shown]
    texts = [f"{wording.rate(p.value)} of {wording.count(p.customers)} customers" for p in points]
    figure = _curves(points, texts, lines, suffix=" %")
    alt = "Share of customers who ordered, by months since their first order" + _ends(points, wording.rate)
    charts.show(figure, key="chart_retention", alt=alt, file=file)


def revenue_curves(base: CustomerBase, shown: Sequence[Cohort], currency: str, file: str) -> None:
    """What a customer has brought so far, month by month, in the same way."""
    points = average_growth(base.cohorts, "revenue")
    if len(points) < LEAST_POINTS:
        st.caption(TOO_YOUNG)
        return
    lines = [[(age, cell.revenue) for age, cell in enumerate(c.cells) if cell.over] for c in shown]
    texts = [f"{wording.money(p.value, currency)} of {wording.count(p.customers)} customers" for p in points]
    figure = _curves(points, texts, lines, prefix=wording.symbol(currency))
    alt = "Net revenue per customer so far, by months since the first order"
    charts.show(figure, key="chart_revenue", alt=alt + _ends(points, lambda v: wording.money(v, currency)), file=file)


def _ends(points: Sequence[CurvePoint], text: Callable[[float], str]) -> str:
    if not points:
        return "."
    first, last = points[0], points[-1]
    return f": {text(first.value)} at {first.age}, {text(last.value)} at {last.age} months."


def _curves(
    points: Sequence[CurvePoint], texts: Sequence[str], lines: Sequence[Sequence[tuple[int, float]]], *,
    prefix: str = "", suffix: str = "",
) -> Figure:  # fmt: skip
    layout = charts.base_layout(charts.LOW)
    most = max((point.age for point in points), default=1)
    layout["xaxis"] |= {"dtick": _step(most), "ticksuffix": "", "title": {"text": "Months since the first order"}}
    layout["xaxis"]["title"] |= {"font": {"size": 12}, "standoff": 4}
    layout["yaxis"] |= {"rangemode": "tozero", "tickprefix": prefix, "ticksuffix": suffix, "nticks": 6}
    layout["yaxis"]["tickformat"] = "~g" if suffix else "~s"
    layout["hovermode"] = "closest"
    # One trace for all: a gap parts one cohort's line from the next.
    xs: list[int | None] = []
    ys: list[float | None] = []
    for line in lines[-MOST_LINES:]:
        xs += [*(age for age, _ in line), None]
        ys += [*(value for _, value in line), None]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip", "connectgaps": False,
            "line": {"color": palette.PAST, "width": 1}, "opacity": 0.55,
        },
        {
            "type": "scatter", "mode": "lines+markers", "x": [p.age for p in points], "y": [p.value for p in points],
            "line": {"color": palette.ACCENT, "width": 2.5}, "marker": {"size": 6, "color": palette.ACCENT},
            "customdata": [f"<b>{p.age} months</b><br>{text}" for p, text in zip(points, texts, strict=True)],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    ]  # fmt: skip
    return {"data": data, "layout": layout}


def gaps(base: CustomerBase, file: str) -> None:
    """Days between two orders of one customer, by class."""
    names = [_days(one.low, one.high) for one in base.gaps]
    texts = [wording.rate(one.share) for one in base.gaps]
    hover = [
        f"{name}: {wording.count(one.gaps)} of the gaps, {text}"
        for name, one, text in zip(names, base.gaps, texts, strict=True)
    ]
    figure = bar_chart.named_bars(names, [one.share for one in base.gaps], texts, hover)
    alt = "Days between two orders of one customer: " + ", ".join(
        f"{name} {text}" for name, text in zip(names, texts, strict=True)
    )
    figure["layout"]["height"] = charts.LOW
    charts.show(figure, key="chart_gaps", alt=f"{alt}.", file=file)


def _days(low: int, high: int | None) -> str:
    return f"over {low - 1} days" if high is None else f"{low}–{high} days"


def calibration(found: Calibration, file: str) -> None:
    """Mean orders after the split by the number of repeat orders before: those that came, and those foretold."""
    names = [f"{c.repeat}{'+' if c.repeat == MOST_ORDERS_APART else ''}" for c in found.classes]
    layout = charts.base_layout(charts.LOW)
    layout["xaxis"] |= {"type": "category", "title": {"text": "Repeat orders before the split", "standoff": 4}}
    layout["xaxis"]["title"]["font"] = {"size": 12}
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 5, "tickformat": "~g"}
    charts.name_values(layout, "Orders per customer")
    layout["bargap"] = 0.35
    layout["showlegend"] = True
    layout["legend"] = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    layout["margin"]["t"] = 36
    hover = [
        f"<b>{name} repeat orders before</b>, {wording.count(c.customers)} customers<br>"
        f"foretold {c.predicted:.2f}, came {c.actual:.2f} orders each"
        for name, c in zip(names, found.classes, strict=True)
    ]
    common = {"x": names, "customdata": hover, "hovertemplate": "%{customdata}<extra></extra>"}
    figure: Figure = {
        "data": [
            {"type": "bar", "name": "Came", "y": [c.actual for c in found.classes], **common}
            | {"marker": {"color": palette.MUTED}},
            {"type": "scatter", "mode": "lines+markers", "name": "Foretold", **common}
            | {"y": [c.predicted for c in found.classes], "marker": {"size": 8, "color": palette.ACCENT}}
            | {"line": {"color": palette.ACCENT, "width": 2}},
        ],
        "layout": layout,
    }
    alt = "Orders of each customer after the split, by repeat orders before it: " + ", ".join(
        f"{name} {c.predicted:.2f} foretold and {c.actual:.2f} came"
        for name, c in zip(names, found.classes, strict=True)
    )
    charts.show(figure, key="chart_calibration", alt=f"{alt}.", file=file)
