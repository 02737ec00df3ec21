"""From the baseline's EBIT to the scenario's, step by step; the steps sum to the whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.promo.simulation import Simulation
from analytics.promo.terms import Knowledge


@dataclass(frozen=True, slots=True)
class Bridge:
    """EBIT (contribution) in the company's currency: baseline + price + volume + cannibalization + halo + promo_cost =
    period, period + pull_forward = net."""

    baseline: float
    price: float
    volume: float
    cannibalization: float
    halo: float
    promo_cost: float
    period: float
    pull_forward: float
    net: float


def bridge(simulation: Simulation, knowledge: Knowledge) -> Bridge:
    """price: the discount on the units that would have been sold anyway (after the stock cap). volume: the rest of the
    own units at the lowered price. cannibalization and halo: units lost and won elsewhere. promo_cost: supplier
    funding − fixed cost."""
    told = simulation.baseline
    rate = np.array([knowledge.cost_rate(cell.channel) for cell in told.cells])[:, None]
    discount = np.array([offer.discount if (offer := simulation.offers.get(cell)) else 0.0 for cell in told.cells])
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.nan_to_num(told.sales / told.units, posinf=0, neginf=0)
        cost = np.nan_to_num((told.sales - told.margin) / told.units, posinf=0, neginf=0)
    regular = price * (1 - rate) - cost
    lowered = price * (1 - discount[:, None]) * (1 - rate) - cost
    cross = simulation.cross_units * regular
    promo_cost = sum(offer.funding - offer.fixed_cost for offer in simulation.offers.values())
    period = simulation.totals.ebit
    pulled = float(simulation.pulled_ebit.sum())
    return Bridge(
        baseline=float(simulation.baseline_ebit.sum()),
        price=float((told.units * (lowered - regular)).sum()),
        volume=float(((simulation.own_units - told.units) * lowered).sum()),
        cannibalization=float(cross[cross < 0].sum()),
        halo=float(cross[cross > 0].sum()),
        promo_cost=promo_cost,
        period=period,
        pull_forward=-pulled,
        net=period - pulled,
    )
