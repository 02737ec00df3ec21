"""How sure a scenario's figures are: an interval by simulation, and which assumption matters most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from analytics.promo.alone import Alone
from analytics.promo.simulation import Simulation, simulate_offers
from analytics.promo.terms import Cell, Floats, Knowledge

DRAWS: Final = 4000
LEVEL: Final = 0.9
_SEED: Final = 20261001
# The normal quantile of both ends of a 90 % interval.
_Z: Final = 1.6448536269514722


class Interval(NamedTuple):
    """Both ends of a central interval."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Intervals:
    """Of the period's totals, of their change against the baseline, and of EBIT's change with the days after it."""

    units: Interval
    sales: Interval
    margin: Interval
    ebit: Interval
    units_delta: Interval
    sales_delta: Interval
    margin_delta: Interval
    ebit_delta: Interval
    net_ebit_delta: Interval


class Swing(NamedTuple):
    """The scenario's change of EBIT, days after it included, with one assumption at each end of its interval."""

    assumption: str
    low: float
    high: float

    @property
    def width(self) -> float:
        """How far apart both ends are."""
        return abs(self.high - self.low)


def intervals(simulation: Simulation, knowledge: Knowledge, level: float = LEVEL) -> Intervals:
    """Central intervals from DRAWS joint draws of the baselines, uplifts, cross effects and pull-forward, each normal
    with its standard error (the baseline log-normal, an uplift not below −1). The same seed every time: equal scenarios
    have equal intervals."""
    told = simulation.baseline
    random = np.random.default_rng(_SEED)
    rows = len(told.cells)
    place = {cell: row for row, cell in enumerate(told.cells)}
    units0, sales0, margin0 = (array.sum(axis=1) for array in (told.units, told.sales, told.margin))
    rate = np.array([knowledge.cost_rate(cell.channel) for cell in told.cells])
    spread = np.sqrt(np.log1p(told.error**2))
    factor = np.exp(random.standard_normal((DRAWS, rows)) * spread - spread**2 / 2)
    discount, cap, uplift, promo_cost = np.zeros(rows), np.full(rows, np.inf), np.zeros((DRAWS, rows)), 0.0
    for cell, offer in simulation.offers.items():
        row = place[cell]
        discount[row] = offer.discount
        cap[row] = np.inf if offer.stock_cap is None else offer.stock_cap
        uplift[:, row] = np.maximum(offer.uplift + offer.error * random.standard_normal(DRAWS), -1)
        promo_cost += offer.fixed_cost - offer.funding
    sizes = _drawn_effects(simulation, knowledge, place, random)
    wished = own = (1 + uplift) * factor
    cross = _cross_shares(sizes, own / factor) * factor
    for row in (limited := np.flatnonzero(np.isfinite(cap) & (units0 > 0)).tolist()):
        # As in the simulation: what others win or take changes what is asked for, and what others bring is lost first.
        lost = np.maximum(np.maximum(wished[:, row] + cross[:, row], 0) - cap[row] / units0[row], 0)
        own = own.copy() if own is wished else own
        own[:, row] -= np.maximum(lost - np.maximum(cross[:, row], 0), 0)
    if limited:
        cross = _cross_shares(sizes, own / factor) * factor
        for row in limited:
            wanted = np.maximum(wished[:, row] + cross[:, row], 0)
            cross[:, row] = np.minimum(wanted, cap[row] / units0[row]) - own[:, row]
    units = (own + cross) * units0
    cost0 = sales0 - margin0
    sales = own * sales0 * (1 - discount) + cross * sales0
    margin = sales - (own + cross) * cost0
    ebit = (margin - rate * sales).sum(axis=1) - promo_cost
    pulled = np.zeros(DRAWS)
    for cell in simulation.offers:
        if effect := knowledge.pull_forward.get(cell):
            row = place[cell]
            share = effect.share + effect.error * random.standard_normal(DRAWS)
            pulled += share * np.maximum(own[:, row] - factor[:, row], 0) * (margin0[row] - rate[row] * sales0[row])
    before = factor @ units0, factor @ sales0, factor @ margin0, factor @ (margin0 - rate * sales0)
    after = units.sum(axis=1), sales.sum(axis=1), margin.sum(axis=1), ebit
    tail = (1 - level) / 2 * 100

    def ends(draws: Floats) -> Interval:
        low, high = np.percentile(draws, [tail, 100 - tail])
        return Interval(float(low), float(high))

    deltas = [late - early for late, early in zip(after, before, strict=True)]
    totals, changes = [ends(draws) for draws in after], [ends(draws) for draws in deltas]
    return Intervals(
        units=totals[0],
        sales=totals[1],
        margin=totals[2],
        ebit=totals[3],
        units_delta=changes[0],
        sales_delta=changes[1],
        margin_delta=changes[2],
        ebit_delta=changes[3],
        net_ebit_delta=ends(deltas[3] - pulled),
    )


def _drawn_effects(
    simulation: Simulation, knowledge: Knowledge, place: dict[Cell, int], random: np.random.Generator
) -> list[tuple[int, int, Floats]]:
    """Source, affected cell, and draws of the effect."""
    return [
        (place[one.source], place[one.affected], one.effect + one.error * random.standard_normal(DRAWS))
        for one in knowledge.crosses
        if one.source in simulation.offers and one.affected in place
    ]


def _cross_shares(effects: Sequence[tuple[int, int, Floats]], own: Floats) -> Floats:
    """Draws × cells: shares of the baseline won or lost through other cells. own: units over the baseline's."""
    share = np.zeros_like(own)
    for source, affected, size in effects:
        share[:, affected] += size * np.maximum(own[:, source] - 1, 0)
    return np.maximum(share, -1)


def swings(simulation: Simulation, knowledge: Knowledge, cost_points: float = 0.02) -> Sequence[Swing]:
    """Which assumption matters most, widest first: the change of EBIT, days after it included, with each assumption in
    turn at the ends of its 90 % interval (variable cost: cost_points either way), all others as they are.

    Errors of different cells and effects are independent: what each does to the result adds up in squares, so that no
    assumption reaches further than all of them together.
    """
    net = simulation.net_ebit_delta

    def costing(sign: int) -> float:
        rates = {channel: rate + sign * cost_points for channel, rate in knowledge.variable_cost.items()}
        usual = knowledge.usual_variable_cost + sign * cost_points
        known = replace(knowledge, variable_cost=rates, usual_variable_cost=usual)
        return simulate_offers(simulation.baseline, simulation.offers, known).net_ebit_delta

    def swing(name: str, moved: Callable[[int], Floats]) -> Swing:
        low, high = (net + _together(moved(sign)) for sign in (-1, 1))
        return Swing(name, low, high)

    found = [
        swing("Uplift", lambda sign: _uplifted(simulation, knowledge, sign)),
        swing("Baseline", lambda sign: _scaled(simulation, knowledge, sign)),
        swing("Cannibalization and halo", lambda sign: _crossed(simulation, knowledge, sign)),
        swing("Pull-forward", lambda sign: _pulled(simulation, knowledge, sign)),
        Swing("Variable cost", costing(-1), costing(1)),
    ]
    return sorted(found, key=lambda one: -one.width)


def _together(moved: Floats) -> float:
    """What independent changes come to: the root of their squares, with the sign of their sum."""
    return float(np.copysign(np.sqrt((moved**2).sum()), moved.sum()))


def _uplifted(simulation: Simulation, knowledge: Knowledge, sign: int) -> Floats:
    """By promoted cell: what the change of EBIT does with its uplift at one end, looked at by itself."""
    alone, moved = Alone(simulation.baseline, knowledge), []
    for cell, offer in simulation.offers.items():
        other = replace(offer, uplift=max(offer.uplift + sign * _Z * offer.error, -1))
        moved.append(alone.net_ebit_delta(cell, other) - alone.net_ebit_delta(cell, offer))
    return np.array(moved)


def _scaled(simulation: Simulation, knowledge: Knowledge, sign: int) -> Floats:
    """By cell: what the change of EBIT does with its baseline at one end: it is in proportion to it, but where stock
    ends."""
    told, offers = simulation.baseline, simulation.offers
    costs = np.array([one.fixed_cost - one.funding if (one := offers.get(cell)) else 0.0 for cell in told.cells])
    factor = np.maximum(1 + sign * _Z * told.error, 0)
    change = (simulation.ebit - simulation.baseline_ebit).sum(axis=1) + costs - simulation.pulled_ebit
    moved: Floats = (factor - 1) * change
    for row, cell in enumerate(told.cells):
        if (offer := offers.get(cell)) and offer.stock_cap is not None:
            scale = np.ones(len(told.cells))
            scale[row] = factor[row]
            other = replace(
                told,
                units=told.units * scale[:, None],
                sales=told.sales * scale[:, None],
                margin=told.margin * scale[:, None],
            )
            moved[row] = simulate_offers(other, offers, knowledge).net_ebit_delta - simulation.net_ebit_delta
    return moved


def _crossed(simulation: Simulation, knowledge: Knowledge, sign: int) -> Floats:
    """By effect on another cell: what the change of EBIT does with it at one end: in proportion to what its source
    wins, but where the affected cell's stock ends."""
    told, offers = simulation.baseline, simulation.offers
    place = {cell: row for row, cell in enumerate(told.cells)}
    sold = np.divide(simulation.own_units, told.units, out=np.ones_like(told.units), where=told.units != 0)
    won = np.maximum(sold - 1, 0)
    moved = []
    for number, one in enumerate(knowledge.crosses):
        if one.source not in offers or one.affected not in place:
            continue
        size = sign * _Z * one.error
        if (offer := offers.get(one.affected)) is None or offer.stock_cap is None:
            each = simulation.baseline_ebit[place[one.affected]]
            moved.append(size * float((won[place[one.source]] * each).sum()))
            continue
        crosses = list(knowledge.crosses)
        crosses[number] = one._replace(effect=one.effect + size)
        other = simulate_offers(told, offers, replace(knowledge, crosses=tuple(crosses)))
        moved.append(other.net_ebit_delta - simulation.net_ebit_delta)
    return np.array(moved)


def _pulled(simulation: Simulation, knowledge: Knowledge, sign: int) -> Floats:
    """By promoted cell: what the change of EBIT does with its pull-forward at one end."""
    told = simulation.baseline
    units, ebit = told.units.sum(axis=1), simulation.baseline_ebit.sum(axis=1)
    more = np.maximum(simulation.own_units.sum(axis=1) - units, 0)
    each = np.divide(ebit, units, out=np.zeros_like(units), where=units != 0)
    errors = np.array(
        [
            one.error if cell in simulation.offers and (one := knowledge.pull_forward.get(cell)) else 0.0
            for cell in told.cells
        ]
    )
    return -sign * _Z * errors * more * each
