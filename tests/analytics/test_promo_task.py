"""What the optimiser is asked: limits put together, and its answer as rows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from analytics.promo.mechanics import Mechanic, terms_of
from analytics.promo.optimiser import Infeasible, Weights
from analytics.promo.simulation import simulate
from analytics.promo.task import Candidate, Objective, Task, problem_of
from analytics.promo.terms import Baseline, Cell, Curve, Knowledge
from analytics.promo.verdict import Limits

TV, TOYS, FOOD = Cell("TV", "online"), Cell("Toys", "online"), Cell("Food", "online")
UNITS = np.array([[100.0], [50.0], [100.0]])
# Sold at 10 each; margins of 60, 60 and 5 %.
BASELINE = Baseline(
    (TV, TOYS, FOOD), (date(2026, 10, 1),), UNITS, UNITS * 10, UNITS * np.array([[6.0], [6.0], [0.5]]), np.zeros(3)
)
CURVE = Curve(np.array([0, 0.1, 0.2]), np.array([0, 0.6, 1.0]), np.zeros(3), 0.2, 30)
KNOWLEDGE = Knowledge({TV: CURVE, TOYS: CURVE, FOOD: CURVE})
LIMITS = Limits(grid=(0, 0.1, 0.2), margin_points_below_baseline=-0.1)


def answer(task: Task) -> dict[str, float]:
    problem = problem_of(task, BASELINE, KNOWLEDGE, LIMITS.grid)
    best = problem.best(task.sought, task.constraints(problem, LIMITS))
    return {row.department: row.discount_pct for row in task.rows(best)}


def test_each_objective_has_its_own_answer() -> None:
    both = (Candidate(TV), Candidate(TOYS))
    # A piece at 0, 10, 20 %: margin 6, 5 × 1.6 = 8, 4 × 2 = 8; EBIT 5, 4.1 × 1.6 = 6.56, 3.2 × 2 = 6.4; sales 10, 14.4,
    # 16.
    assert answer(Task(Objective.EBIT, both)) == {"TV": 10.0, "Toys": 10.0}
    assert answer(Task(Objective.SALES, both)) == {"TV": 20.0, "Toys": 20.0}
    # Margin ties: the EBIT decides.
    assert answer(Task(Objective.MARGIN, both)) == {"TV": 10.0, "Toys": 10.0}
    assert answer(Task(Objective.WEIGHTED, both, Weights(1, 0, 0.1))) == {"TV": 20.0, "Toys": 20.0}
    assert answer(Task(Objective.SALES, both, most_promotions=1)) == {"TV": 20.0}


def test_own_ceilings_stock_and_budget() -> None:
    # TV at 10 % sells 160 pieces, toys at 20 % 100; the discounts cost 160 and 200.
    held = Task(Objective.SALES, (Candidate(TV, ceiling=0.1), Candidate(TOYS, stock=90.0)))
    assert answer(held) == {"TV": 10.0, "Toys": 10.0}
    # 160 + 80 are above 200; TV at 10 % brings 440 of sales, toys at 20 % 300.
    assert answer(Task(Objective.SALES, held.candidates, budget=200.0)) == {"TV": 10.0}
    # A company's ceiling of 15 % leaves 10 %.
    tight = Limits(grid=(0, 0.1, 0.2), discount=0.15)
    task = Task(Objective.SALES, (Candidate(TV),))
    problem = problem_of(task, BASELINE, KNOWLEDGE, tight.grid)
    assert problem.best(task.sought, task.constraints(problem, tight)).discounts == {TV: 0.1}


def test_a_department_below_its_floor_stays_without_promotion() -> None:
    # Food earns 5 % with no promotion and may not fall below 15 %: it is left alone, and the others are not forbidden.
    everything = (Candidate(TV), Candidate(TOYS), Candidate(FOOD))
    assert answer(Task(Objective.SALES, everything)) == {"TV": 20.0, "Toys": 20.0}
    assert answer(Task(Objective.SALES, everything, department_floors=False))["Food"] == 20.0


def test_the_rows_bring_what_the_answer_promised() -> None:
    task = Task(Objective.EBIT, (Candidate(TV, stock=500.0, fixed_cost=20.0, funding=5.0), Candidate(TOYS)))
    problem = problem_of(task, BASELINE, KNOWLEDGE, LIMITS.grid)
    best = problem.best(task.sought, task.constraints(problem, LIMITS))
    rows = task.rows(best)
    assert rows[0] == Mechanic("TV", "online", 10.0, fixed_cost=20.0, funding=5.0, stock_cap=500.0)
    again = simulate(BASELINE, terms_of(rows, []), KNOWLEDGE)
    # (6.56 − 5) × 150 pieces, less 15.
    assert again.net_ebit_delta == pytest.approx(219)
    assert again.net_ebit_delta == pytest.approx(best.simulation.net_ebit_delta)


def test_limits_that_collide_are_named() -> None:
    task = Task(Objective.EBIT, (Candidate(TV),), least_sales=2900.0, budget=150.0)
    problem = problem_of(task, BASELINE, KNOWLEDGE, LIMITS.grid)
    # Without promotion 2,500; TV at 10 % brings 440 more for 160: not within the budget.
    with pytest.raises(Infeasible) as told:
        problem.best(task.sought, task.constraints(problem, LIMITS))
    assert told.value.colliding == ("budget", "least sales")
