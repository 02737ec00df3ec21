"""A scenario's figures as they are stored: money to the cent, pieces whole, parts that sum to their totals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np

from analytics.promo.mechanics import Segment
from analytics.promo.simulation import Simulation
from analytics.promo.terms import Cell, Floats

REST: Final = "OTHER"


@dataclass(frozen=True, slots=True)
class Kpis:
    """One row of `scenario_kpis`: money in the company's currency. kpi_breakdown: by_channel, by_department, by_segment
    (allocated by share of revenue), by_day, what the days after lose, and what is invested and gained."""

    total_sales_value: Decimal
    total_margin_value: Decimal
    total_margin_pct: Decimal | None
    total_ebit: Decimal
    total_units: int
    sales_value_delta: Decimal
    margin_value_delta: Decimal
    ebit_delta: Decimal
    units_delta: int
    kpi_breakdown: dict[str, Any]


def largest_remainder(parts: Floats, digits: int) -> list[int]:
    """Parts in units of 10^−digits, rounded so that they sum to the rounded total: those with the largest fractions
    are rounded up, ties by place."""
    scaled = np.asarray(parts, float) * 10**digits
    whole = np.floor(scaled)
    missing = int(np.floor(scaled.sum() + 0.5) - whole.sum())
    up = np.argsort(-(scaled - whole), kind="stable")[: max(missing, 0)]
    whole[up] += 1
    return [int(number) for number in whole]


def kpis_of(simulation: Simulation, segments: Sequence[Segment] = ()) -> Kpis:
    """The period's figures and their parts, from one rounding by cell: every breakdown sums to the totals."""
    told = simulation.baseline
    arrays = {
        "sales_value": (simulation.sales, told.sales, 2),
        "margin_value": (simulation.margin, told.margin, 2),
        "ebit": (simulation.ebit, simulation.baseline_ebit, 2),
        "units": (simulation.units, told.units, 0),
    }
    after = {name: by_cell_and_day(array, digits) for name, (array, _, digits) in arrays.items()}
    before = {name: by_cell_and_day(array, digits) for name, (_, array, digits) in arrays.items()}
    totals = {name: int(array.sum()) for name, array in after.items()}
    changes = {name: totals[name] - int(before[name].sum()) for name in totals}

    def grouped(key: str, of: Callable[[Cell], str]) -> list[dict[str, Any]]:
        names = sorted({of(cell) for cell in told.cells})
        rows = []
        for name in names:
            held = np.array([of(cell) == name for cell in told.cells])
            sums = {figure: int(array[held].sum()) for figure, array in after.items()}
            earlier = {figure: int(array[held].sum()) for figure, array in before.items()}
            rows.append({key: name, **_told(sums), **_changed({one: sums[one] - earlier[one] for one in sums})})
        return rows

    days = [
        {"date": day.isoformat(), **_told({name: int(array[:, n].sum()) for name, array in after.items()})}
        for n, day in enumerate(told.days)
    ]
    return Kpis(
        total_sales_value=_decimal(totals["sales_value"]),
        total_margin_value=_decimal(totals["margin_value"]),
        total_margin_pct=_percent(totals["margin_value"], totals["sales_value"]),
        total_ebit=_decimal(totals["ebit"]),
        total_units=totals["units"],
        sales_value_delta=_decimal(changes["sales_value"]),
        margin_value_delta=_decimal(changes["margin_value"]),
        ebit_delta=_decimal(changes["ebit"]),
        units_delta=changes["units"],
        kpi_breakdown={
            "by_channel": grouped("channel", lambda cell: cell.channel),
            "by_department": grouped("department", lambda cell: cell.department),
            "by_segment": _by_segment(totals, changes, segments),
            "by_day": days,
            "after": {
                "units": round(float(simulation.pulled_units.sum())),
                "margin_value": round(float(simulation.pulled_margin.sum()), 2),
                "ebit": round(float(simulation.pulled_ebit.sum()), 2),
                "net_ebit_delta": round(simulation.net_ebit_delta, 2),
            },
            "promotion": {
                "invested": round(simulation.invested, 2),
                "gain": round(simulation.gain, 2),
                "roi_pct": None if simulation.roi is None else round(simulation.roi * 100, 2),
            },
        },
    )


def by_cell_and_day(array: Floats, digits: int) -> Any:
    """Whole cents or pieces of cells × days that sum to the rounded total."""
    return np.array(largest_remainder(array.ravel(), digits), dtype=np.int64).reshape(array.shape)


def _by_segment(totals: dict[str, int], changes: dict[str, int], segments: Sequence[Segment]) -> list[dict[str, Any]]:
    """Totals and their changes shared out by the segments' share of revenue; what they leave is one row, REST."""
    shares = [segment.share_of_revenue for segment in segments]
    left = 1 - sum(shares)
    names = [segment.segment_id for segment in segments]
    if segments and left > 1e-9:
        names, shares = [*names, REST], [*shares, left]
    if not names:
        return []
    weights = np.array(shares) / sum(shares)
    parts = {name: largest_remainder(weights * total, 0) for name, total in totals.items()}
    moved = {name: largest_remainder(weights * total, 0) for name, total in changes.items()}
    return [
        {
            "segment_id": segment,
            **_told({name: parts[name][n] for name in totals}),
            **_changed({name: moved[name][n] for name in changes}),
            "allocated": True,
        }
        for n, segment in enumerate(names)
    ]


def _changed(sums: dict[str, int]) -> dict[str, Any]:
    """Changes against the baseline, by the names of the totals' columns."""
    return {
        "sales_value_delta": _money(sums["sales_value"]),
        "margin_value_delta": _money(sums["margin_value"]),
        "ebit_delta": _money(sums["ebit"]),
        "units_delta": sums["units"],
    }


def _told(sums: dict[str, int]) -> dict[str, Any]:
    percent = _percent(sums["margin_value"], sums["sales_value"])
    return {
        "sales_value": _money(sums["sales_value"]),
        "margin_value": _money(sums["margin_value"]),
        "margin_pct": None if percent is None else float(percent),
        "ebit": _money(sums["ebit"]),
        "units": sums["units"],
    }


def _money(cents: int) -> float:
    return cents / 100


def _decimal(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / Decimal(whole) * 100).quantize(Decimal("0.01")) if whole > 0 else None
