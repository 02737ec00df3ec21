"""Constraints re-checked on a simulation, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from analytics.promo.optimiser import Constraints, Problem, Weights
from analytics.promo.simulation import simulate
from analytics.promo.slack import Counted, slack
from analytics.promo.terms import Baseline, Cell, Curve, Knowledge, Terms

TV, TOYS = Cell("TV", "online"), Cell("Toys", "online")
UNITS = np.array([[100.0], [50.0]])
# Sold at 10 with a cost of 6: a margin of 40 %.
BASELINE = Baseline((TV, TOYS), (date(2026, 10, 1),), UNITS, UNITS * 10, UNITS * 4, np.zeros(2))
CURVE = Curve(np.array([0, 0.2]), np.array([0, 1.0]), np.zeros(2), 0.2, 30)
KNOWLEDGE = Knowledge({TV: CURVE, TOYS: CURVE})


def test_each_constraint_with_the_room_that_is_left() -> None:
    # TV at 20 %: 200 pieces at 8, sales 1,600, margin 400, discount given 400. Toys: sales 500, margin 200.
    limits = Constraints(
        margin_floor=0.25,
        department_floors={"TV": 0.3, "Toys": 0.3},
        ceilings={TV: 0.25, TOYS: 0.25},
        budget=450.0,
        stock={TV: 180.0, TOYS: 10.0},
        most_promotions=2,
        least_sales=2000.0,
        least_margin=650.0,
        promoted=frozenset({TOYS}),
    )
    found = {one.name: one for one in slack(simulate(BASELINE, [Terms(TV, 0.2)], KNOWLEDGE), limits)}
    expected = {
        "margin floor": (600 / 2100, 600 / 2100 - 0.25, True),
        "margin floor of TV": (0.25, -0.05, False),
        "margin floor of Toys": (0.4, 0.1, True),
        "discount ceiling of TV, online": (0.2, 0.05, True),
        "budget": (400.0, 50.0, True),
        # Nothing is offered on toys: their stock is nobody's concern.
        "stock of TV, online": (200.0, -20.0, False),
        "most promotions at once": (1.0, 1.0, True),
        "least sales": (2100.0, 100.0, True),
        "least margin": (600.0, -50.0, False),
        "must be on promotion: Toys, online": (0.0, -1.0, False),
    }
    assert found.keys() == expected.keys()
    for name, (actual, room, holds) in expected.items():
        assert (found[name].actual, found[name].slack) == pytest.approx((actual, room)), name
        assert found[name].holds is holds, name
    assert found["budget"].counted is Counted.MONEY


def test_it_says_what_the_optimiser_itself_says() -> None:
    limits = Constraints(margin_floor=0.3, budget=200.0, most_promotions=1)
    problem = Problem(BASELINE, KNOWLEDGE, [Terms(TV, 0.0), Terms(TOYS, 0.0)], (0, 0.1, 0.2))
    best = problem.best(Weights(sales=1, ebit=0), limits)
    assert all(one.holds for one in slack(best.simulation, limits))
    wild = simulate(BASELINE, [Terms(TV, 0.2), Terms(TOYS, 0.2)], KNOWLEDGE)
    assert [one.name for one in slack(wild, limits) if not one.holds] == problem.broken(wild, limits)
