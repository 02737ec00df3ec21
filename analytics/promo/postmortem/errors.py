"""Where a forecast's error came from: baseline, uplift, mix, price and cost, each by its Shapley value, without a rest.

Sales = B × (1 + u) × Σ share × price, margin the same by price − unit cost: B what would have been sold without the
promotion, all cells together, 1 + u what was sold over B, share of each cell in the units. Each factor is as
forecast or as it was.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from analytics.promo.postmortem.against import FIGURES
from analytics.promo.terms import Floats
from analytics.shapley import shapley, to_cents

FACTORS: Final = ("baseline", "uplift", "mix", "price", "cost")
_BASELINE, _UPLIFT, _MIX, _PRICE, _COST = range(5)
_CENT: Final = Fraction(1, 100)


@dataclass(frozen=True, slots=True)
class Side:
    """Forecast or actual by cell: units, sales and margin of the days that are judged; baseline: units without the
    promotion, all together; told: the totals of each figure in whole cents and pieces."""

    units: Floats
    sales: Floats
    margin: Floats
    baseline: float
    told: Mapping[str, int]


def decomposed(forecast: Side, actual: Side, rates: Floats, net_cost: float) -> dict[str, dict[str, float]]:
    """{sales_value, margin_value, ebit, units: {baseline, uplift, mix, price, cost}}, each actual less forecast in sum.

    rates: variable cost as a share of sales, by cell; net_cost: fixed cost less funding of the days that are judged.
    Where either side has no baseline to speak of, level and uplift cannot be told apart: all of it stands as baseline.
    """
    sides = (forecast, actual)
    parts = [_parts(side, other) for side, other in (sides, sides[::-1])]
    found: dict[str, dict[str, float]] = {}
    for name in FIGURES:
        whole = Fraction(1) if name == "units" else _CENT
        ends = [Fraction(side.told[name]) * whole for side in sides]

        def value(changed: Collection[int], name: str = name, ends: list[Fraction] = ends) -> Fraction:
            if len(changed) in (0, len(FACTORS)):
                return ends[len(changed) // len(FACTORS)]
            one = [parts[factor in changed] for factor in range(len(FACTORS))]
            units = one[_BASELINE].level * one[_UPLIFT].lift * one[_MIX].share
            sales = units * one[_PRICE].price + one[_PRICE].odd_sales
            if name == "units":
                total = float(units.sum())
            elif name == "sales_value":
                total = float(sales.sum())
            else:
                cost = units * one[_COST].cost + one[_COST].odd_cost
                total = float((sales - cost).sum())
                if name == "ebit":
                    total -= float((rates * sales).sum()) + net_cost
            return Fraction(round(total, 6))

        shares = shapley(len(FACTORS), value)
        if name == "units":
            found[name] = {factor: round(float(part), 4) for factor, part in zip(FACTORS, shares, strict=True)}
        else:
            found[name] = {factor: float(part) for factor, part in zip(FACTORS, to_cents(shares), strict=True)}
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    level: float
    lift: float
    share: Floats
    price: Floats
    cost: Floats
    odd_sales: Floats
    odd_cost: Floats


def _parts(side: Side, other: Side) -> _Parts:
    """A side's factors; what it cannot tell (a cell that sold nothing, no units at all) is as on the other side."""
    total, others = float(side.units.sum()), float(other.units.sum())
    apart = min(side.baseline, other.baseline) > 0
    share = side.units / total if total else other.units / others if others else np.zeros(len(side.units))
    return _Parts(
        level=side.baseline if apart else total,
        lift=total / side.baseline if apart else 1.0,
        share=share,
        price=_each(side.sales, side, other.sales, other),
        cost=_each(side.sales - side.margin, side, other.sales - other.margin, other),
        odd_sales=np.where(side.units == 0, side.sales, 0.0),
        odd_cost=np.where(side.units == 0, side.sales - side.margin, 0.0),
    )


def _each(amount: Floats, side: Side, others: Floats, other: Side) -> Floats:
    theirs = np.divide(others, other.units, out=np.zeros(len(others)), where=other.units != 0)
    return np.divide(amount, side.units, out=theirs, where=side.units != 0)
