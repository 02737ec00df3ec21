"""The best discounts: against trying every combination, and every constraint kept by the simulator's own figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest

from analytics.promo.optimiser import Constraints, Infeasible, Problem, Weights
from analytics.promo.simulation import offers_of, simulate_offers
from analytics.promo.terms import Baseline, Cell, CrossEffect, Curve, Knowledge, PullForward, Terms

GRID = (0.0, 0.05, 0.1, 0.15, 0.2)


def store(cells: int, seed: int, days: int = 7) -> tuple[Baseline, Knowledge, list[Terms]]:
    random = np.random.default_rng(seed)
    names = [Cell(f"D{n // 2}", ("online", "offline")[n % 2]) for n in range(cells)]
    units = random.uniform(20, 400, (cells, 1)) * random.uniform(0.7, 1.3, (cells, days))
    price = random.uniform(5, 300, (cells, 1))
    rate = random.uniform(0.2, 0.5, (cells, 1))
    first = date(2026, 10, 1)
    baseline = Baseline(
        tuple(names), tuple(first + timedelta(days=n) for n in range(days)),
        units, units * price, units * price * rate, np.zeros(cells),
    )  # fmt: skip
    knots = np.array([0, 0.1, 0.2, 0.4])
    curves = {cell: Curve(knots, np.cumsum([0, *random.uniform(0, 1.2, 3)]), np.zeros(4), 0.4, 30) for cell in names}
    crosses = tuple(
        CrossEffect(one, other, float(random.uniform(-0.15, 0.05)))
        for one in names for other in names if one != other and random.random() < 0.2
    )  # fmt: skip
    pulled = {cell: PullForward(float(random.uniform(0, 0.3))) for cell in names}
    rows = [Terms(cell, 0.0, fixed_cost=float(random.uniform(0, 200))) for cell in names]
    return baseline, Knowledge(curves, crosses, pulled), rows


def exhaustive(problem: Problem, rows: list[Terms], weights: Weights, limits: Constraints) -> float | None:
    best = None
    for depths in product(GRID, repeat=len(rows)):
        terms = [
            Terms(row.cell, depth, fixed_cost=row.fixed_cost) for row, depth in zip(rows, depths, strict=True) if depth
        ]
        found = simulate_offers(problem.baseline, offers_of(terms, problem.knowledge), problem.knowledge)
        if problem.broken(found, limits):
            continue
        delta = found.delta
        value = weights.sales * delta.sales + weights.margin * delta.margin + weights.ebit * found.net_ebit_delta
        best = value if best is None else max(best, value)
    return best


LIMITS = {
    "none": Constraints(),
    "floor": Constraints(margin_floor=0.3, department_floors={"D0": 0.2}),
    "budget": Constraints(budget=5000, most_promotions=2),
    "ceilings": Constraints(ceilings={Cell("D0", "online"): 0.1}, least_sales=0),
    "stock": Constraints(stock={Cell("D0", "online"): 1000.0, Cell("D1", "offline"): 1500.0}),
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
@pytest.mark.parametrize("weights", [Weights(), Weights(1, 0, 0), Weights(0.1, 0.5, 1)], ids=["ebit", "sales", "mixed"])
@pytest.mark.parametrize("seed", [1, 2])
def test_as_good_as_trying_every_combination(limits: Constraints, weights: Weights, seed: int) -> None:
    baseline, knowledge, rows = store(4, seed)
    problem = Problem(baseline, knowledge, rows, GRID)
    truth = exhaustive(problem, rows, weights, limits)
    if truth is None:
        with pytest.raises(Infeasible):
            problem.best(weights, limits)
        return
    best = problem.best(weights, limits)
    assert not problem.broken(best.simulation, limits)
    found = best.simulation
    value = (
        weights.sales * found.delta.sales + weights.margin * found.delta.margin + weights.ebit * found.net_ebit_delta
    )
    assert value == pytest.approx(best.value, rel=1e-6, abs=0.01)
    assert value >= truth - 0.01 * abs(truth) - 0.01


def test_the_change_of_a_combination_is_the_sum_of_its_parts() -> None:
    baseline, knowledge, rows = store(6, 3)
    problem = Problem(baseline, knowledge, rows, GRID)
    chosen = {choice.cell: choice for choice in problem.choices if choice.discount == 0.1}
    whole = simulate_offers(baseline, {cell: choice.offer for cell, choice in chosen.items()}, knowledge)
    assert whole.delta.sales == pytest.approx(sum(choice.change.sales for choice in chosen.values()))
    assert whole.delta.margin == pytest.approx(sum(choice.change.margin for choice in chosen.values()))
    assert whole.net_ebit_delta == pytest.approx(sum(choice.net_ebit for choice in chosen.values()))
    assert whole.invested == pytest.approx(sum(choice.invested for choice in chosen.values()))


def test_a_deep_discount_is_not_taken_for_its_depth() -> None:
    # 5 % off brings half as much again; 20 % off brings no more: a ranking by depth would take the latter.
    cell = Cell("TV", "online")
    ones = np.full((1, 2), 100.0)
    baseline = Baseline((cell,), (date(2026, 10, 1), date(2026, 10, 2)), ones, ones * 10, ones * 4, np.zeros(1))
    curve = Curve(np.array([0, 0.05, 0.2]), np.array([0, 0.5, 0.5]), np.zeros(3), 0.2, 20)
    best = Problem(baseline, Knowledge({cell: curve}), [Terms(cell, 0)], GRID).best(Weights(), Constraints())
    assert best.discounts == {cell: 0.05}
    # 300 pieces with a contribution of 9.50 − 6.00 − 0.95 = 2.55 for 200 with 10 − 6 − 1 = 3.
    assert best.simulation.net_ebit_delta == pytest.approx(300 * 2.55 - 200 * 3)


def test_no_promotion_where_none_pays() -> None:
    cell = Cell("TV", "online")
    ones = np.full((1, 2), 100.0)
    baseline = Baseline((cell,), (date(2026, 10, 1), date(2026, 10, 2)), ones, ones * 10, ones * 4, np.zeros(1))
    curve = Curve(np.array([0, 0.2]), np.array([0, 0.05]), np.zeros(2), 0.2, 20)
    best = Problem(baseline, Knowledge({cell: curve}), [Terms(cell, 0)], GRID).best(Weights(), Constraints())
    assert best.discounts == {}
    assert best.simulation.delta.sales == 0


def test_what_collides_is_told_and_no_more() -> None:
    baseline, knowledge, rows = store(4, 1)
    problem = Problem(baseline, knowledge, rows, GRID)
    cell = baseline.cells[0]
    limits = Constraints(budget=0.0, promoted=frozenset({cell}), most_promotions=3, margin_floor=-1.0)
    with pytest.raises(Infeasible, match="budget, must be on promotion: D0, online") as told:
        problem.best(Weights(), limits)
    assert told.value.colliding == ("budget", "must be on promotion: D0, online")
    with pytest.raises(Infeasible, match="margin floor"):
        problem.best(Weights(), Constraints(margin_floor=0.99, budget=1e9))
    # What nothing keeps is told by itself, though others would collide too.
    with pytest.raises(Infeasible) as alone:
        problem.best(Weights(), replace(limits, margin_floor=0.99))
    assert alone.value.colliding == ("margin floor",)


def test_the_frontier_trades_margin_for_sales() -> None:
    baseline, knowledge, rows = store(6, 5)
    problem = Problem(baseline, knowledge, rows, GRID)
    limits = Constraints(most_promotions=4)
    points = problem.frontier(limits)
    told = [(best.simulation.totals.sales, best.simulation.totals.margin) for best in points]
    assert len(told) >= 3
    assert told == sorted(told, key=lambda point: point[0])
    assert [margin for _, margin in told] == sorted((margin for _, margin in told), reverse=True)
    assert all(not problem.broken(best.simulation, limits) for best in points)


def test_nothing_to_choose() -> None:
    baseline, knowledge, _ = store(2, 1)
    best = Problem(baseline, knowledge, [], GRID).best(Weights(), Constraints())
    assert best.discounts == {}
    with pytest.raises(Infeasible, match="least sales"):
        Problem(baseline, knowledge, [], GRID).best(Weights(), Constraints(least_sales=1e12))
