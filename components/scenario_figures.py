"""The figures of one saved scenario: its cards, and the forecast that was frozen when it was approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from analytics.promo.breakdown import Kpis
from components import charts, palette, tables, wording
from components.bar_chart import MOST_TICKS
from components.cards import Card
from components.charts import LOW, Figure, base_layout
from components.definitions import told
from components.scenario_edit import CHANNEL_NAMES
from components.scenario_words import signed_money, titled
from components.simulator_words import plain_money

CARDS = 6


def six_cards(kpis: Kpis, currency: str) -> list[Card]:
    """What it is expected to bring against its baseline: the result first."""
    after = kpis.kpi_breakdown.get("after") or {}
    promotion = kpis.kpi_breakdown.get("promotion") or {}
    net = after.get("net_ebit_delta")
    before_sales = kpis.total_sales_value - kpis.sales_value_delta
    before_margin = kpis.total_margin_value - kpis.margin_value_delta
    before_rate = before_margin / before_sales * 100 if before_sales > 0 else None
    rate, roi = kpis.total_margin_pct, promotion.get("roi_pct")
    return [
        Card(
            "net", "EBIT change, net", signed_money(net, currency), "", "neither", "",
            [f"{signed_money(kpis.ebit_delta, currency)} in its days"], told("scenarios.net"),
        ),
        Card(
            "margin", "Margin change", signed_money(kpis.margin_value_delta, currency), "", "neither", "",
            [f"to {wording.money_short(kpis.total_margin_value, currency)}"], told("scenarios.margin"),
        ),
        Card(
            "sales", "Sales change", signed_money(kpis.sales_value_delta, currency), "", "neither", "",
            [f"to {wording.money_short(kpis.total_sales_value, currency)}"], told("scenarios.sales"),
        ),
        Card(
            "rate", "Margin", wording.rate(rate), "", "neither", "",
            [f"baseline {wording.rate(before_rate)}"], told("scenarios.rate"),
        ),
        Card(
            "units", "Units change", _signed_count(kpis.units_delta), "", "neither", "",
            [f"to {wording.count_short(kpis.total_units)}"], told("scenarios.units"),
        ),
        Card(
            "invested", "Invested", wording.money_short(promotion.get("invested"), currency), "", "neither", "",
            [f"ROI {wording.rate(roi) if roi is not None else 'n/a'}"], told("scenarios.invested"),
        ),
    ]  # fmt: skip


def frozen_rows(forecast: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The frozen forecast by department and channel: sums of its days."""
    return [
        {
            "department": cell["department"],
            "channel": cell["channel"],
            "discount_pct": cell["discount_pct"],
            **{name: _sum(cell[name]) for name in ("units", "sales_value", "margin_value", "ebit")},
            "baseline_sales_value": _sum(cell["baseline_sales_value"]),
            "baseline_ebit": _sum(cell["baseline_ebit"]),
        }
        for cell in forecast["cells"]
    ]


def frozen_table(forecast: Mapping[str, Any], currency: str) -> None:
    """Promoted departments and channels first."""
    rows = sorted(frozen_rows(forecast), key=lambda row: (-row["discount_pct"], row["department"], row["channel"]))
    columns: dict[str, Sequence[Any]] = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
    columns |= {"channel": [CHANNEL_NAMES.get(row["channel"], row["channel"]) for row in rows]} if rows else {}
    config = {
        "department": st.column_config.TextColumn("Department", pinned=True),
        "channel": st.column_config.TextColumn("Channel"),
        "discount_pct": st.column_config.NumberColumn("Effective discount", format="%.1f %%"),
        "units": st.column_config.NumberColumn("Units", format="%,d"),
        "sales_value": st.column_config.NumberColumn(titled("Sales", currency), format="%,.0f"),
        "margin_value": st.column_config.NumberColumn(titled("Margin", currency), format="%,.0f"),
        "ebit": st.column_config.NumberColumn(titled("EBIT", currency), format="%,.0f"),
        "baseline_sales_value": st.column_config.NumberColumn(titled("Baseline sales", currency), format="%,.0f"),
        "baseline_ebit": st.column_config.NumberColumn(titled("Baseline EBIT", currency), format="%,.0f"),
    }
    tables.show(columns, config, key="table_frozen", rows_seen=8)


def frozen_said(forecast: Mapping[str, Any], currency: str) -> str:
    """What it will be held to, with how sure that is."""
    totals, ends = forecast["totals"], forecast.get("intervals") or {}
    told_of = [
        f"{label} {wording.money_short(totals[name], currency)}{_between(ends.get(name), currency)}"
        for name, label in (("sales_value", "sales"), ("margin_value", "margin"), ("ebit", "EBIT"))
    ]
    return f"Held to: {', '.join(told_of)}; in brackets the 90 % interval."


def by_day(forecast: Mapping[str, Any], currency: str) -> Figure:
    """Sales a day of all departments, with the promotion and without."""
    days = [date.fromisoformat(day) for day in forecast["days"]]
    layout = base_layout(LOW)
    layout |= {"hovermode": "x unified", "showlegend": True}
    layout["legend"] = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    layout["margin"]["t"] = 36
    layout["xaxis"] |= {"type": "date", "tickformat": "%-d %b"}
    every = max(-(-len(days) // MOST_TICKS), 1)
    layout["xaxis"]["tickvals"] = [day.isoformat() for day in days[::every]]
    layout["yaxis"] |= {"rangemode": "tozero", "nticks": 5, "tickprefix": wording.symbol(currency), "tickformat": "~s"}
    traces = []
    for name, label, style in (
        ("baseline_sales_value", "Baseline", {"color": palette.PAST, "width": 1.5, "dash": "dot"}),
        ("sales_value", "Frozen forecast", {"color": palette.ACCENT, "width": 2.5}),
    ):
        values = [sum(cell[name][place] for cell in forecast["cells"]) for place in range(len(days))]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers" if len(days) == 1 else "lines",
                "name": label,
                "x": [day.isoformat() for day in days],
                "y": values,
                "line": style,
                "customdata": [wording.money(round(value, 2), currency) for value in values],
                "hovertemplate": "%{customdata}",
            }
        )
    return {"data": traces, "layout": layout}


def draw_frozen(forecast: Mapping[str, Any], currency: str, file: str) -> None:
    """The frozen forecast: in words, by day, by department and channel."""
    st.markdown(plain_money(frozen_said(forecast, currency)))
    charts.show(
        by_day(forecast, currency),
        key="chart_frozen",
        alt="Lines: sales a day as forecast when it was approved, and the baseline without promotion.",
        file=f"{file}-forecast",
    )
    frozen_table(forecast, currency)


def _between(ends: Sequence[float] | None, currency: str) -> str:
    if not ends:
        return ""
    low, high = (wording.money_short(end, currency) for end in ends)
    return f" ({low} to {high})"


def _sum(values: Sequence[float]) -> float:
    """Of whole pieces or of cents, exactly."""
    total = sum(Decimal(str(value)) for value in values)
    return int(total) if total == int(total) and all(isinstance(value, int) for value in values) else float(total)


def _signed_count(value: int) -> str:
    return f"+{wording.count_short(value)}" if value > 0 else wording.count_short(value)
