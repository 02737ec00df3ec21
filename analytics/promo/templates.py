"""Where a planner starts: a scenario of each type, in the departments with the best expected result.

Departments are ranked by what the simulator expects them to bring (change of EBIT, days after included), never by the
depth of their discount.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np

from analytics.promo.arithmetic import DEFAULT_REDEMPTION
from analytics.promo.mechanics import ALL, SENSITIVITIES, Mechanic, Segment, terms_of
from analytics.promo.optimiser import MARGIN_FLOOR, Constraints, Infeasible, NotSolved, Problem, Weights
from analytics.promo.simulation import simulate
from analytics.promo.terms import Baseline, Cell, Form, Knowledge, Terms
from analytics.promo.verdict import Limits

FLASH_DAYS: Final = 3
MOST_DEPARTMENTS: Final = 3
_TINY: Final = 1e-9


class ScenarioType(StrEnum):
    """What a scenario sets out to be."""

    CONSERVATIVE = "conservative"
    BALANCED = "balanced"
    AGGRESSIVE = "aggressive"
    FLASH = "flash"
    BEST_DEAL = "best_deal"
    COUPON = "coupon"
    MEMBER_ONLY = "member_only"


# Of a department's discount ceiling, a fraction; types without their own take the balanced one.
SHARES: Final[Mapping[ScenarioType, float]] = {
    ScenarioType.CONSERVATIVE: 0.4,
    ScenarioType.BALANCED: 0.6,
    ScenarioType.AGGRESSIVE: 0.9,
}


@dataclass(frozen=True, slots=True)
class Company:
    """What a template knows of the company. members: ids of the segments that are members. redemption: share of
    entitled buyers who use a coupon (fraction)."""

    limits: Limits
    segments: Sequence[Segment] = ()
    members: Sequence[str] = ()
    redemption: float = DEFAULT_REDEMPTION
    sensitivities: Mapping[str, float] = field(default_factory=lambda: SENSITIVITIES)
    most_departments: int = MOST_DEPARTMENTS


@dataclass(frozen=True, slots=True)
class Template:
    """A draft. expected: its change of EBIT with the days after it, in the company's currency. notes: what to know of
    how it came about, in sentences."""

    type: ScenarioType
    start: date
    end: date
    rows: tuple[Mechanic, ...]
    expected: float
    notes: tuple[str, ...] = ()


class NoTemplate(ValueError):
    """Nothing can be proposed; the message says why and what to do."""


def template(kind: ScenarioType, baseline: Baseline, knowledge: Knowledge, company: Company) -> Template:
    """A scenario of this type in the baseline's days. Raises NoTemplate."""
    if kind is ScenarioType.FLASH:
        baseline = _first_days(baseline, FLASH_DAYS)
    known = [cell for cell in baseline.cells if cell in knowledge.curves]
    if not known:
        raise NoTemplate("No uplift is known of any department. Estimate coefficients first: `promolens uplift`.")
    if kind is ScenarioType.BEST_DEAL:
        return _best_deal(baseline, knowledge, company, known)
    if kind is ScenarioType.MEMBER_ONLY and not company.members:
        raise NoTemplate("Say which segments are members first.")
    by_department: dict[str, list[Mechanic]] = {}
    for cell in known:
        depth = depth_of(kind, ceiling_of(cell.department, company.limits), company.limits.grid)
        if depth > 0:
            by_department.setdefault(cell.department, []).append(_row(kind, cell, depth, company))
    if not by_department:
        raise NoTemplate("No department's ceiling leaves room for a discount of the grid.")
    expected = {name: _expected(rows, baseline, knowledge, company) for name, rows in by_department.items()}
    best_first = sorted(expected, key=lambda name: (-expected[name], name))
    chosen = [name for name in best_first if expected[name] > 0][: company.most_departments]
    notes = []
    if not chosen:
        chosen = best_first[: company.most_departments]
        least = "loses" if len(chosen) == 1 else "lose"
        notes.append(f"No department is expected to earn more with these discounts; {', '.join(chosen)} {least} least.")
    rows = tuple(row for name in chosen for row in by_department[name])
    whole = _expected(rows, baseline, knowledge, company)
    return Template(kind, baseline.days[0], baseline.days[-1], rows, whole, tuple(notes))


def ceiling_of(department: str, limits: Limits) -> float:
    """The deepest effective discount that a department may give without a finding (fraction)."""
    return min(limits.discount_by_department.get(department, limits.discount), limits.discount_at_most)


def depth_of(kind: ScenarioType, ceiling: float, grid: Sequence[float]) -> float:
    """The type's share of a ceiling, to the nearest step of the grid (between two, the smaller discount), at least the
    first step and never above the ceiling; flash: one step deeper than balanced. 0 where the ceiling is below the first
    step. All are fractions."""
    steps = sorted(step for step in grid if 0 < step <= ceiling + _TINY)
    if not steps:
        return 0.0
    wanted = SHARES.get(kind, SHARES[ScenarioType.BALANCED]) * ceiling
    nearest = min(steps, key=lambda step: (round(abs(step - wanted), 9), step))
    place = steps.index(nearest) + (1 if kind is ScenarioType.FLASH else 0)
    return steps[min(place, len(steps) - 1)]


def keeping(baseline: Baseline, limits: Limits) -> Constraints:
    """What an optimised scenario must keep so that its validation finds nothing: ceilings, margins by department,
    budget."""
    departments = np.array([cell.department for cell in baseline.cells])
    floors = {}
    for name in dict.fromkeys(cell.department for cell in baseline.cells):
        held = departments == name
        floor = limits.margin_by_department.get(name, limits.margin)
        if (sales := float(baseline.sales[held].sum())) > 0:
            before = float(baseline.margin[held].sum()) / sales
            floor = min(floor, before - limits.margin_points_below_baseline)
        floors[name] = max(floor, limits.margin_at_least)
    ceilings = {cell: ceiling_of(cell.department, limits) for cell in baseline.cells}
    return Constraints(department_floors=floors, ceilings=ceilings, budget=limits.budget)


def without_lost_departments(problem: Problem, limits: Constraints) -> Constraints:
    """The limits without the floors that are missed with no promotion at all: those departments offer nothing, so that
    they do not forbid the others."""
    missed = set(problem.broken(problem.none, Constraints(department_floors=limits.department_floors)))
    lost = {name for name in limits.department_floors if f"{MARGIN_FLOOR} of {name}" in missed}
    shut = {cell: 0.0 for cell in problem.baseline.cells if cell.department in lost}
    floors = {name: floor for name, floor in limits.department_floors.items() if name not in lost}
    return replace(limits, department_floors=floors, ceilings={**limits.ceilings, **shut})


def rows_of(discounts: Mapping[Cell, float]) -> tuple[Mechanic, ...]:
    """Plain percentages by cell (fractions, those above 0) as a scenario's rows."""
    return tuple(
        Mechanic(cell.department, cell.channel, round(discount * 100, 2))
        for cell, discount in sorted(discounts.items())
        if discount > 0
    )


def _best_deal(baseline: Baseline, knowledge: Knowledge, company: Company, known: Sequence[Cell]) -> Template:
    problem = Problem(baseline, knowledge, [Terms(cell, 0.0) for cell in known], company.limits.grid)
    held = without_lost_departments(problem, keeping(baseline, company.limits))
    try:
        best = problem.best(Weights(), held)
    except (Infeasible, NotSolved) as reason:
        raise NoTemplate(str(reason)) from reason
    rows = rows_of(best.discounts)
    notes = () if rows else ("No discount of the grid is expected to earn more than it costs.",)
    days = baseline.days
    return Template(ScenarioType.BEST_DEAL, days[0], days[-1], rows, best.simulation.net_ebit_delta, notes)


def _row(kind: ScenarioType, cell: Cell, depth: float, company: Company) -> Mechanic:
    percent = round(depth * 100, 2)
    if kind is ScenarioType.COUPON:
        return Mechanic(cell.department, cell.channel, percent, form=Form.COUPON, redemption=company.redemption)
    if kind is ScenarioType.MEMBER_ONLY:
        members = tuple(company.members)
        return Mechanic(cell.department, cell.channel, percent, segments=members, form=Form.MEMBER_ONLY)
    return Mechanic(cell.department, cell.channel, percent, segments=(ALL,))


def _expected(rows: Sequence[Mechanic], baseline: Baseline, knowledge: Knowledge, company: Company) -> float:
    terms = terms_of(rows, company.segments, company.sensitivities)
    return simulate(baseline, terms, knowledge).net_ebit_delta


def _first_days(baseline: Baseline, days: int) -> Baseline:
    units, sales, margin = (array[:, :days] for array in (baseline.units, baseline.sales, baseline.margin))
    return replace(baseline, days=baseline.days[:days], units=units, sales=sales, margin=margin)
