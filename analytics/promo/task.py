"""What the optimiser is asked: an objective, and limits in addition to those that every scenario has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from analytics.promo.mechanics import Mechanic
from analytics.promo.optimiser import Best, Constraints, Problem, Weights
from analytics.promo.templates import keeping, without_lost_departments
from analytics.promo.terms import Baseline, Cell, Knowledge, Terms
from analytics.promo.verdict import Limits


class Objective(StrEnum):
    """What is made as large as can be."""

    EBIT = "EBIT"
    MARGIN = "Margin"
    SALES = "Sales"
    WEIGHTED = "Weighted"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cell that may be promoted. ceiling: its deepest discount (fraction), None: its department's; stock in pieces;
    money of the whole promotion."""

    cell: Cell
    ceiling: float | None = None
    stock: float | None = None
    fixed_cost: float = 0.0
    funding: float = 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """One question to the optimiser. weights: used for the weighted objective. margin_floor: of all sales (fraction);
    department_floors: whether the validation's floors are kept as well; budget: None for the company's."""

    objective: Objective
    candidates: tuple[Candidate, ...]
    weights: Weights = field(default_factory=Weights)
    margin_floor: float | None = None
    department_floors: bool = True
    budget: float | None = None
    most_promotions: int | None = None
    least_sales: float | None = None

    @property
    def sought(self) -> Weights:
        """The objective as weights; the smaller ones of the pure objectives only break ties."""
        return {
            Objective.EBIT: Weights(0, 0, 1),
            Objective.MARGIN: Weights(0, 1, 1e-6),
            Objective.SALES: Weights(1, 1e-6, 0),
            Objective.WEIGHTED: self.weights,
        }[self.objective]

    def constraints(self, problem: Problem, limits: Limits) -> Constraints:
        """All limits that an answer keeps. Floors of departments that are below theirs with no promotion at all are
        kept by leaving these departments out."""
        usual = keeping(problem.baseline, limits)
        # A ceiling of one's own may lie above the department's, never above what is the most at all.
        own = {
            one.cell: min(one.ceiling, limits.discount_at_most) for one in self.candidates if one.ceiling is not None
        }
        held = replace(
            usual,
            margin_floor=self.margin_floor,
            ceilings={**usual.ceilings, **own},
            department_floors=usual.department_floors if self.department_floors else {},
            budget=limits.budget if self.budget is None else self.budget,
            stock={one.cell: one.stock for one in self.candidates if one.stock is not None},
            most_promotions=self.most_promotions,
            least_sales=self.least_sales,
        )
        return without_lost_departments(problem, held)

    def rows(self, best: Best) -> tuple[Mechanic, ...]:
        """The answer as a scenario's rows, with the costs and stock that were given."""
        found = []
        for one in self.candidates:
            if discount := best.discounts.get(one.cell):
                row = Mechanic(one.cell.department, one.cell.channel, round(discount * 100, 2))
                found.append(
                    replace(
                        row,
                        fixed_cost=one.fixed_cost or None,
                        funding=one.funding or None,
                        stock_cap=one.stock,
                    )
                )
        return tuple(found)


def problem_of(task: Task, baseline: Baseline, knowledge: Knowledge, grid: Sequence[float]) -> Problem:
    """The choices of all candidates that sell and whose uplift is known."""
    rows = [
        Terms(one.cell, 0.0, fixed_cost=one.fixed_cost, funding=one.funding)
        for one in task.candidates
        if one.cell in baseline.cells and one.cell in knowledge.curves
    ]
    return Problem(baseline, knowledge, rows, grid)
