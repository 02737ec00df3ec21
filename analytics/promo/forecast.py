"""The forecast of a scenario as it is kept, and frozen when it is approved: by cell and day, with its intervals."""

from __future__ import annotations

from typing import Any

from analytics.promo.breakdown import by_cell_and_day
from analytics.promo.simulation import Simulation
from analytics.promo.terms import Floats, Knowledge
from analytics.promo.uncertainty import LEVEL, Intervals


def forecast_of(
    simulation: Simulation, intervals: Intervals, knowledge: Knowledge, model_version: str | None
) -> dict[str, Any]:
    """{model_version, days, cells: [{department, channel, discount_pct, uplift_pct, sensitivity, units, sales_value,
    margin_value, ebit, baseline_units, baseline_sales_value, baseline_margin_value, baseline_ebit, pulled_units,
    fixed_cost, funding}], totals, baseline, intervals: {level, units: [low, high], …}, variable_cost: {channel:
    share}}.

    Arrays are by day, units whole and money to the cent, rounded as `kpis_of` does: they sum to the same totals.
    discount_pct is the effective one, 0 where nothing is offered. uplift_pct is of the cell's own offer; units have in
    them what other cells' offers do as well.
    """
    told = simulation.baseline
    columns: dict[str, list[list[int]]] = {}
    for name, after, before in (
        ("sales_value", simulation.sales, told.sales),
        ("margin_value", simulation.margin, told.margin),
        ("ebit", simulation.ebit, simulation.baseline_ebit),
    ):
        columns[name], columns[f"baseline_{name}"] = _cents(after), _cents(before)
    units, baseline_units = _pieces(simulation.units), _pieces(told.units)
    cells = []
    for row, cell in enumerate(told.cells):
        offer = simulation.offers.get(cell)
        cells.append(
            {
                "department": cell.department,
                "channel": cell.channel,
                "discount_pct": 0.0 if offer is None else round(offer.discount * 100, 4),
                "uplift_pct": 0.0 if offer is None else round(offer.uplift * 100, 4),
                "sensitivity": 1.0 if offer is None else round(offer.sensitivity, 6),
                "fixed_cost": 0.0 if offer is None else offer.fixed_cost,
                "funding": 0.0 if offer is None else offer.funding,
                "units": units[row],
                "baseline_units": baseline_units[row],
                **{name: [cents / 100 for cents in held[row]] for name, held in columns.items()},
                "pulled_units": round(float(simulation.pulled_units[row]), 4),
            }
        )
    return {
        "model_version": model_version,
        "days": [day.isoformat() for day in told.days],
        "cells": cells,
        "totals": _sums(units, columns, ""),
        "baseline": _sums(baseline_units, columns, "baseline_"),
        "intervals": {"level": LEVEL, **_ends(intervals)},
        "variable_cost": {cell.channel: knowledge.cost_rate(cell.channel) for cell in told.cells},
    }


def _cents(array: Floats) -> list[list[int]]:
    found: list[list[int]] = by_cell_and_day(array, 2).tolist()
    return found


def _pieces(array: Floats) -> list[list[int]]:
    found: list[list[int]] = by_cell_and_day(array, 0).tolist()
    return found


def _sums(units: list[list[int]], columns: dict[str, list[list[int]]], prefix: str) -> dict[str, float]:
    found: dict[str, float] = {"units": sum(map(sum, units))}
    for name in ("sales_value", "margin_value", "ebit"):
        found[name] = sum(map(sum, columns[prefix + name])) / 100
    return found


def _ends(intervals: Intervals) -> dict[str, list[float]]:
    names = {"units": "units", "sales": "sales_value", "margin": "margin_value", "ebit": "ebit"}
    found = {}
    for name, told in names.items():
        for suffix in ("", "_delta"):
            low, high = getattr(intervals, name + suffix)
            found[told + suffix] = [round(low, 2), round(high, 2)]
    low, high = intervals.net_ebit_delta
    found["net_ebit_delta"] = [round(low, 2), round(high, 2)]
    return found
