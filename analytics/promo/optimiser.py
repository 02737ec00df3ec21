"""The best discounts of a grid under constraints: a mixed-integer program whose coefficients the simulator gives, and
whose answer it checks again.

A cell's promotion changes its own units and price, and other cells against their baselines: so the figures of a
combination are the sum of what each offer changes by itself, and choosing one step of the grid a cell is a linear
program over 0/1 (solved by HiGHS through scipy). Only where a cell would lose more than it sells is the sum not exact;
such an answer fails the check, is cut off, and the next one is taken. Each answer is simulated as the scenario that it
will be opened as, its stock included, and held against the limits with the tolerances of the validation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from scipy import optimize, sparse

from analytics.promo.simulation import Offer, Simulation, Totals, offers_of, simulate_offers
from analytics.promo.terms import Baseline, Cell, Floats, Knowledge, Terms

GRID: Final = tuple(step / 100 for step in range(0, 45, 5))
_TRIES: Final = 50
# How far a figure may miss its limit, as the validation has it: amounts, rates and shares, pieces.
CENT: Final = 0.005
RATE: Final = 1e-9
PIECE: Final = 1e-6
# A discount is kept in hundredths of a per cent: what is chosen is what the scenario will hold.
_DIGITS: Final = 4
_SECONDS: Final = 1.5
# scipy's status of a problem without any solution.
_NO_SOLUTION: Final = 2


@dataclass(frozen=True, slots=True)
class Weights:
    """What is made as large as can be: a weighted sum of changes in money. EBIT counts with the days after."""

    sales: float = 0.0
    margin: float = 0.0
    ebit: float = 1.0


@dataclass(frozen=True, slots=True)
class Constraints:
    """What an answer must keep; None or a missing key: no such limit.

    margin_floor: of all sales, a fraction. department_floors: the same by department. ceilings: deepest discount by
    cell. budget: discount given + fixed cost − funding. stock: pieces that may be asked for by cell where it is on
    promotion, with what other cells win for it and take from it. most_promotions: cells on promotion at once.
    least_sales, least_margin: totals of the period. promoted: cells that must be on promotion.
    """

    margin_floor: float | None = None
    department_floors: Mapping[str, float] = field(default_factory=dict)
    ceilings: Mapping[Cell, float] = field(default_factory=dict)
    budget: float | None = None
    stock: Mapping[Cell, float] = field(default_factory=dict)
    most_promotions: int | None = None
    least_sales: float | None = None
    least_margin: float | None = None
    promoted: frozenset[Cell] = frozenset()


@dataclass(frozen=True, slots=True)
class Best:
    """The answer: a discount by cell (those above 0), its figures by the simulator."""

    discounts: dict[Cell, float]
    simulation: Simulation
    value: float


class Infeasible(ValueError):
    """No combination keeps all constraints. `colliding`: a smallest set of them that cannot be kept together."""

    def __init__(self, colliding: Sequence[str]) -> None:
        self.colliding = tuple(colliding)
        super().__init__(f"No combination of discounts keeps these together: {', '.join(colliding)}.")


class NotSolved(RuntimeError):
    """No combination was found that the simulator finds within the limits, and it is not known that there is none."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One step of the grid in one cell, and what it alone changes. asked: pieces more by cell of the baseline."""

    cell: Cell
    discount: float
    offer: Offer
    change: Totals
    net_ebit: float
    invested: float
    asked: Floats
    by_department: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Row:
    """low ≤ weights · x ≤ high, and the constraint's name in words."""

    name: str
    weights: Floats
    low: float
    high: float


class Problem:
    """All choices of a planner's grid, evaluated once; asked for several objectives and limits."""

    def __init__(
        self,
        baseline: Baseline,
        knowledge: Knowledge,
        rows: Sequence[Terms],
        grid: Sequence[float] = GRID,
    ) -> None:
        """rows: one row a cell that may be promoted; its depth is what is looked for. Raises NotSimulable."""
        self.baseline, self.knowledge = baseline, knowledge
        self.departments = sorted({cell.department for cell in baseline.cells})
        self.none = simulate_offers(baseline, {}, knowledge)
        self._place = {cell: row for row, cell in enumerate(baseline.cells)}
        self._department_of = np.array([self.departments.index(cell.department) for cell in baseline.cells])
        steps = sorted({round(depth, _DIGITS) for depth in grid if depth > 0})
        self.choices = [self._choice(row, depth) for row in rows for depth in steps]

    def _choice(self, row: Terms, depth: float) -> Choice:
        # A limited stock is a constraint here: an answer that sells out is none.
        offers = offers_of([replace(row, depth=depth, stock_cap=None)], self.knowledge)
        alone = simulate_offers(self.baseline, offers, self.knowledge)
        offer = offers[row.cell]
        sales, margin = self._by_department(alone)
        sales0, margin0 = self._by_department(self.none)
        return Choice(
            cell=row.cell,
            discount=depth,
            offer=offer,
            change=alone.delta,
            net_ebit=alone.net_ebit_delta,
            invested=alone.invested,
            asked=(alone.asked_units - self.none.asked_units).sum(axis=1),
            by_department={
                name: (float(sales[n] - sales0[n]), float(margin[n] - margin0[n]))
                for n, name in enumerate(self.departments)
            },
        )

    def _by_department(self, simulation: Simulation) -> tuple[Floats, Floats]:
        size = len(self.departments)
        return (
            np.bincount(self._department_of, simulation.sales.sum(axis=1), size),
            np.bincount(self._department_of, simulation.margin.sum(axis=1), size),
        )

    def best(self, weights: Weights, constraints: Constraints) -> Best:
        """The combination with the largest weighted sum. Raises Infeasible, NotSolved."""
        value = np.array([self._value(choice, weights) for choice in self.choices])
        rows = [*self._one_a_cell(), *self._rows(constraints)]
        for _ in range(_TRIES):
            taken = _solved(value, rows)
            if taken is None:
                raise Infeasible(self._colliding(constraints))
            best = self._checked(taken, value, constraints)
            broken = self.broken(best.simulation, constraints)
            if not broken:
                return best
            # This very combination is cut off: at least one of its choices must change.
            cut = np.where(taken, 1.0, -1.0)
            rows.append(_Row("", cut, -np.inf, float(taken.sum()) - 1))
        raise NotSolved(
            f"{_TRIES} combinations that seemed to keep all limits missed one by the simulator's own figures, last"
            f" {', '.join(broken)}. Loosen it a little, or leave out departments that others take all sales from."
        )

    def frontier(self, constraints: Constraints, points: int = 12) -> list[Best]:
        """The efficient frontier of sales against margin: from the largest margin to the largest sales, each point the
        largest sales for at least its margin. Raises Infeasible."""
        most_margin = self.best(Weights(sales=1e-6, margin=1, ebit=0), constraints)
        most_sales = self.best(Weights(sales=1, margin=1e-6, ebit=0), constraints)
        high, low = most_margin.simulation.totals.margin, most_sales.simulation.totals.margin
        found = [most_margin]
        for level in np.linspace(high, low, points)[1:-1]:
            held = replace(constraints, least_margin=max(float(level), constraints.least_margin or -np.inf))
            found.append(self.best(Weights(sales=1, margin=1e-6, ebit=0), held))
        found.append(most_sales)
        return _efficient(found)

    def broken(self, simulation: Simulation, constraints: Constraints) -> list[str]:
        """The constraints that a simulation does not keep, by the simulator's own figures, in words."""
        totals, limits, found = simulation.totals, constraints, []
        sales, margin = self._by_department(simulation)
        if limits.margin_floor is not None and _is_below(totals.margin, totals.sales, limits.margin_floor):
            found.append(MARGIN_FLOOR)
        for name, floor in limits.department_floors.items():
            if name in self.departments:
                n = self.departments.index(name)
                if _is_below(float(margin[n]), float(sales[n]), floor):
                    found.append(f"{MARGIN_FLOOR} of {name}")
        for cell, offer in simulation.offers.items():
            if offer.discount > limits.ceilings.get(cell, 1.0) + RATE:
                found.append(f"{CEILING} of {cell.department}, {cell.channel}")
            if simulation.asked_units[self._place[cell]].sum() > limits.stock.get(cell, np.inf) + PIECE:
                found.append(f"{STOCK} of {cell.department}, {cell.channel}")
        if limits.budget is not None and simulation.invested > limits.budget + CENT:
            found.append(BUDGET)
        if limits.most_promotions is not None and len(simulation.offers) > limits.most_promotions:
            found.append(MOST)
        if limits.least_sales is not None and totals.sales < limits.least_sales - CENT:
            found.append(LEAST_SALES)
        if limits.least_margin is not None and totals.margin < limits.least_margin - CENT:
            found.append(LEAST_MARGIN)
        found += [f"{PROMOTED}: {cell.department}, {cell.channel}" for cell in limits.promoted - set(simulation.offers)]
        return found

    def _value(self, choice: Choice, weights: Weights) -> float:
        change = choice.change
        return weights.sales * change.sales + weights.margin * change.margin + weights.ebit * choice.net_ebit

    def _each(self, number: Callable[[Choice], float]) -> Floats:
        return np.array([number(choice) for choice in self.choices], dtype=float)

    def _one_a_cell(self) -> list[_Row]:
        cells = dict.fromkeys(choice.cell for choice in self.choices)
        return [_Row("", self._each(lambda choice, of=of: float(choice.cell == of)), 0, 1) for of in cells]  # type: ignore[misc]

    def _rows(self, limits: Constraints) -> list[_Row]:
        none = self.none.totals
        sales, margin = self._by_department(self.none)
        found: list[_Row] = []
        if (floor := limits.margin_floor) is not None:
            room = self._each(lambda choice: choice.change.margin - floor * choice.change.sales)
            found.append(_Row(MARGIN_FLOOR, room, floor * none.sales - none.margin, np.inf))
        for name, of in limits.department_floors.items():
            if name in self.departments:
                n = self.departments.index(name)
                room = self._each(lambda c, name=name, of=of: c.by_department[name][1] - of * c.by_department[name][0])  # type: ignore[misc]
                found.append(_Row(f"{MARGIN_FLOOR} of {name}", room, of * float(sales[n]) - float(margin[n]), np.inf))
        deep = self._each(lambda c: float(c.offer.discount > limits.ceilings.get(c.cell, 1.0) + RATE))
        if deep.any():
            found.append(_Row(CEILING, deep, 0, 0))
        promoted = {choice.cell for choice in self.choices}
        found += [self._stock(cell, cap) for cell, cap in limits.stock.items() if cell in promoted]
        if limits.budget is not None:
            found.append(_Row(BUDGET, self._each(lambda choice: choice.invested), -np.inf, limits.budget))
        if limits.most_promotions is not None:
            found.append(_Row(MOST, np.ones(len(self.choices)), 0, limits.most_promotions))
        if limits.least_sales is not None:
            low = limits.least_sales - none.sales
            found.append(_Row(LEAST_SALES, self._each(lambda choice: choice.change.sales), low, np.inf))
        if limits.least_margin is not None:
            low = limits.least_margin - none.margin
            found.append(_Row(LEAST_MARGIN, self._each(lambda choice: choice.change.margin), low, np.inf))
        for cell in sorted(limits.promoted):
            one = self._each(lambda choice, cell=cell: float(choice.cell == cell))  # type: ignore[misc]
            found.append(_Row(f"{PROMOTED}: {cell.department}, {cell.channel}", one, 1, 1))
        return found

    def _stock(self, cell: Cell, cap: float) -> _Row:
        """What is asked for in a cell, if it is on promotion itself: its row is loosened by as much as the others could
        ever bring where it is not."""
        place = self._place[cell]
        room = cap - float(self.none.asked_units[place].sum())
        asked = self._each(lambda choice: float(choice.asked[place]))
        own = np.array([choice.cell == cell for choice in self.choices])
        most: dict[Cell, float] = {}
        for choice, more in zip(self.choices, asked, strict=True):
            if choice.cell != cell:
                most[choice.cell] = max(most.get(choice.cell, 0.0), float(more))
        loose = max(sum(most.values()) - room, 0.0)
        return _Row(f"{STOCK} of {cell.department}, {cell.channel}", asked + loose * own, -np.inf, room + loose)

    def _checked(self, taken: Floats, value: Floats, limits: Constraints) -> Best:
        chosen = [choice for choice, is_taken in zip(self.choices, taken, strict=True) if is_taken]
        offers = {choice.cell: replace(choice.offer, stock_cap=limits.stock.get(choice.cell)) for choice in chosen}
        simulation = simulate_offers(self.baseline, offers, self.knowledge)
        return Best({choice.cell: choice.discount for choice in chosen}, simulation, float(value @ taken))

    def _colliding(self, constraints: Constraints) -> list[str]:
        """A smallest set: one that cannot be kept by itself, else what can be left out without making the rest
        feasible is left out, one after the other."""
        kept = self._rows(constraints)
        for row in kept:
            if _solved(np.zeros(len(self.choices)), [*self._one_a_cell(), row]) is None:
                return [row.name]
        for row in list(kept):
            fewer = [other for other in kept if other is not row]
            if _solved(np.zeros(len(self.choices)), [*self._one_a_cell(), *fewer]) is None:
                kept = fewer
        return [row.name for row in kept]


MARGIN_FLOOR: Final = "margin floor"
CEILING: Final = "discount ceiling"
STOCK: Final = "stock"
BUDGET: Final = "budget"
MOST: Final = "most promotions at once"
LEAST_SALES: Final = "least sales"
LEAST_MARGIN: Final = "least margin"
PROMOTED: Final = "must be on promotion"


def _is_below(margin: float, sales: float, floor: float) -> bool:
    """Whether a margin rate misses its floor."""
    return sales > 0 and margin < (floor - RATE) * sales


def _solved(value: Floats, rows: Sequence[_Row]) -> Floats | None:
    """The 0/1 vector with the largest value within the rows; None where there is none."""
    if not len(value):
        return np.zeros(0) if all(row.low <= 0 <= row.high for row in rows) else None
    # Rows and objective in comparable sizes: the solver's tolerances are absolute.
    sizes = [max(float(np.abs(row.weights).max()), 1.0) for row in rows]
    held = optimize.LinearConstraint(
        sparse.csr_array(np.array([row.weights / size for row, size in zip(rows, sizes, strict=True)])),
        np.array([row.low / size for row, size in zip(rows, sizes, strict=True)]),
        np.array([row.high / size for row, size in zip(rows, sizes, strict=True)]),
    )
    size = max(float(np.abs(value).max()), 1.0)
    answer = optimize.milp(
        -value / size,
        constraints=held,
        integrality=np.ones(len(value)),
        bounds=optimize.Bounds(0, 1),
        options={"mip_rel_gap": 1e-4, "time_limit": _SECONDS},
    )
    if answer.x is None and answer.status != _NO_SOLUTION:
        raise NotSolved(f"No combination was found in {_SECONDS} s. Take fewer departments or a coarser grid.")
    return None if answer.x is None else np.round(answer.x)


def _efficient(found: Sequence[Best]) -> list[Best]:
    """Those that no other beats in both sales and margin, by margin falling; equal ones once."""
    ordered = sorted(found, key=lambda best: (-best.simulation.totals.margin, -best.simulation.totals.sales))
    kept: list[Best] = []
    for best in ordered:
        if not kept or best.simulation.totals.sales > kept[-1].simulation.totals.sales + CENT:
            kept.append(best)
    return kept
