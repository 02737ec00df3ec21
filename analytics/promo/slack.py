"""What an optimised scenario keeps: each constraint against the simulator's own figures, and how much room is left."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np

from analytics.promo.optimiser import (
    BUDGET,
    CEILING,
    CENT,
    LEAST_MARGIN,
    LEAST_SALES,
    MARGIN_FLOOR,
    MOST,
    PIECE,
    PROMOTED,
    RATE,
    STOCK,
    Constraints,
)
from analytics.promo.simulation import Simulation
from analytics.promo.terms import Cell


class Counted(StrEnum):
    """What a constraint is counted in."""

    RATE = "rate"
    MONEY = "money"
    PIECES = "pieces"
    NUMBER = "number"


class Kept(NamedTuple):
    """One constraint. limit and actual: rates as fractions, money in the company's currency; slack: how far actual
    stays on the allowed side of the limit, below 0 where it does not."""

    name: str
    counted: Counted
    limit: float
    actual: float
    slack: float
    holds: bool


def slack(simulation: Simulation, limits: Constraints) -> list[Kept]:
    """Every constraint that concerns the scenario, in the order of the form: floors of departments that sell, ceilings
    and stock of cells on promotion."""
    totals = simulation.totals
    found: list[Kept] = []
    if limits.margin_floor is not None:
        rate = totals.margin / totals.sales if totals.sales > 0 else 0.0
        found.append(_at_least(MARGIN_FLOOR, Counted.RATE, limits.margin_floor, rate))
    departments = np.array([cell.department for cell in simulation.baseline.cells])
    for name, floor in sorted(limits.department_floors.items()):
        held = departments == name
        sales = float(simulation.sales[held].sum())
        if sales > 0:
            rate = float(simulation.margin[held].sum()) / sales
            found.append(_at_least(f"{MARGIN_FLOOR} of {name}", Counted.RATE, floor, rate))
    for cell, offer in sorted(simulation.offers.items()):
        if cell in limits.ceilings:
            found.append(_at_most(f"{CEILING} of {_named(cell)}", Counted.RATE, limits.ceilings[cell], offer.discount))
    if limits.budget is not None:
        found.append(_at_most(BUDGET, Counted.MONEY, limits.budget, simulation.invested))
    for cell in sorted(simulation.offers):
        if cell in limits.stock:
            asked = float(simulation.asked_units[simulation.baseline.cells.index(cell)].sum())
            found.append(_at_most(f"{STOCK} of {_named(cell)}", Counted.PIECES, limits.stock[cell], asked))
    if limits.most_promotions is not None:
        number = float(len(simulation.offers))
        found.append(_at_most(MOST, Counted.NUMBER, float(limits.most_promotions), number))
    if limits.least_sales is not None:
        found.append(_at_least(LEAST_SALES, Counted.MONEY, limits.least_sales, totals.sales))
    if limits.least_margin is not None:
        found.append(_at_least(LEAST_MARGIN, Counted.MONEY, limits.least_margin, totals.margin))
    for cell in sorted(limits.promoted):
        there = float(cell in simulation.offers)
        found.append(_at_least(f"{PROMOTED}: {_named(cell)}", Counted.NUMBER, 1.0, there))
    return found


def _at_least(name: str, counted: Counted, limit: float, actual: float) -> Kept:
    room = actual - limit
    return Kept(name, counted, limit, actual, room, room >= -_allowance(counted))


def _at_most(name: str, counted: Counted, limit: float, actual: float) -> Kept:
    room = limit - actual
    return Kept(name, counted, limit, actual, room, room >= -_allowance(counted))


def _allowance(counted: Counted) -> float:
    """What rounding may cost: a cent, or nothing that can be seen."""
    return {Counted.MONEY: CENT, Counted.PIECES: PIECE}.get(counted, RATE)


def _named(cell: Cell) -> str:
    return f"{cell.department}, {cell.channel}"
