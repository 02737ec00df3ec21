"""The tables of the page Forecast, and its rows for files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import streamlit as st

from analytics.forecasting.candidates import Kind
from analytics.forecasting.kept import Kept, World
from analytics.forecasting.outlook import Outlook
from components import tables, wording
from components.definitions import told
from components.forecast_words import METRICS, MODELS, MONEY, part
from components.hovers import hover

Rows = list[dict[str, Any]]
PER_CENT: Final = "%,.1f %%"


def part_table(shown: Sequence[Outlook], currency: str) -> None:
    """The parts of a figure, each with its landing: they add up to the first row."""
    metric = shown[0].kept.key.metric if shown else ""
    sign = f"{wording.symbol(currency)}" if metric in MONEY else ""
    columns: dict[str, Sequence[Any]] = {
        "Part": [part(one.kept.key) for one in shown],
        "Month": [one.month.landing.expected if one.month else None for one in shown],
        "Low": [one.month.landing.low if one.month else None for one in shown],
        "High": [one.month.landing.high if one.month else None for one in shown],
        "Change": [one.month.change_pct if one.month else None for one in shown],
        "Quarter": [one.quarter.landing.expected if one.quarter else None for one in shown],
        "Error": [one.kept.shown.wape for one in shown],
        "Naive": [_naive(one.kept) for one in shown],
        "Model": [MODELS[one.kept.kind] for one in shown],
    }
    amount = f"{sign}%,.0f"
    config = {
        "Part": st.column_config.TextColumn("Part", pinned=True, width=160),
        "Month": st.column_config.NumberColumn("Month", format=amount, width=100, help=told("forecast.month")),
        "Low": st.column_config.NumberColumn("80 % from", format=amount, width=95, help=hover("forecast.between")),
        "High": st.column_config.NumberColumn("to", format=amount, width=95, help=hover("forecast.between")),
        "Change": st.column_config.NumberColumn("Change", format=PER_CENT, width=85, help=hover("forecast.change")),
        "Quarter": st.column_config.NumberColumn("Quarter", format=amount, width=100, help=told("forecast.quarter")),
        "Error": st.column_config.NumberColumn("Off by", format=PER_CENT, width=75, help=told("forecast.wape")),
        "Naive": st.column_config.NumberColumn("Naive", format=PER_CENT, width=75, help=hover("forecast.naive")),
        "Model": st.column_config.TextColumn("Model in use", width=180, help=hover("forecast.model")),
    }
    tables.show(columns, config, key="table_parts", rows_seen=12)


def model_table(kept: Kept) -> None:
    """The candidates of a series and how each did, the one in use first; and what is shown of it."""
    ordered = sorted(kept.models, key=lambda kind: (kind is not kept.kind, list(Kind).index(kind)))
    names = [MODELS[kind] + (" (in use)" if kind is kept.kind else "") for kind in ordered]
    records = [kept.models[kind] for kind in ordered]
    if kept.kind is not Kind.NAIVE:
        names.insert(1, "… as shown, adding up")
        records.insert(1, kept.shown)
    columns: dict[str, Sequence[Any]] = {
        "Model": names,
        "MASE": [record.mase for record in records],
        "WAPE": [record.wape for record in records],
        # What rounds to nothing is neither above nor below it.
        "Bias": [None if record.bias is None else round(record.bias, 1) + 0.0 for record in records],
    }
    config = {
        "Model": st.column_config.TextColumn("Model", pinned=True, width=210),
        "MASE": st.column_config.NumberColumn("MASE", format="%.2f", width=75, help=hover("forecast.mase")),
        "WAPE": st.column_config.NumberColumn("WAPE", format=PER_CENT, width=80, help=told("forecast.wape")),
        "Bias": st.column_config.NumberColumn("Bias", format=PER_CENT, width=80, help=hover("forecast.bias")),
    }
    tables.show(columns, config, key="table_models", rows_seen=6)


def part_rows(shown: Sequence[Outlook]) -> Rows:
    """The table of parts for a file."""
    return [
        {
            "part": part(one.kept.key),
            "month_landing": one.month.landing.expected if one.month else None,
            "month_low": one.month.landing.low if one.month else None,
            "month_high": one.month.landing.high if one.month else None,
            "month_year_before": one.month.year if one.month else None,
            "month_days_not_delivered": one.month.landing.missing if one.month else None,
            "month_estimated": one.month.landing.estimated if one.month else None,
            "quarter_landing": one.quarter.landing.expected if one.quarter else None,
            "quarter_low": one.quarter.landing.low if one.quarter else None,
            "quarter_high": one.quarter.landing.high if one.quarter else None,
            "wape_pct": one.kept.shown.wape,
            "naive_wape_pct": _naive(one.kept),
            "model_type": one.kept.kind.value,
        }
        for one in shown
    ]


def day_rows(world: World, metric: str) -> Rows:
    """Every day that is forecast, of every part of a figure."""
    return [
        {
            "part": part(key),
            "date": kept.last + timedelta(days=place + 1),
            "forecast": float(kept.value[place]),
            "forecast_low": float(kept.low[place]),
            "forecast_high": float(kept.high[place]),
        }
        for key, kept in world.series.items()
        if key.metric == metric
        for place in range(len(kept.value))
    ]


def model_rows(world: World, metric: str) -> Rows:
    """How each model of every part of a figure did."""
    return [
        {
            "part": part(key),
            "figure": METRICS[metric],
            "model_type": kind.value,
            "in_use": kind is kept.kind,
            "mase": record.mase,
            "wape_pct": record.wape,
            "bias_pct": record.bias,
        }
        for key, kept in world.series.items()
        if key.metric == metric
        for kind, record in kept.models.items()
    ]


def _naive(kept: Kept) -> float | None:
    record = kept.models.get(Kind.NAIVE)
    return record.wape if record else None
