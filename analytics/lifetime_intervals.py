"""What customers may bring within a horizon: 90 % predictive intervals, of each and of all together.

An outcome is drawn in three steps: parameters that are as likely as the fitted ones (the normal distribution of
their logarithms, by the curvature of the likelihood), what a customer then does by chance, and what orders are worth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from analytics import order_value, repeat_buying
from analytics.lifetime_value import Base, Terms, Valued, discounted_orders, valued
from analytics.order_value import DrawnValues, OrderValues
from analytics.repeat_buying import Drawn, Fitted, expected_if_alive, p_alive

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

DRAWS: Final = 400
DRAWS_OF_ONE: Final = 2000
SAMPLE: Final = 2000
SEED: Final = 20_131
# The middle nine tenths of what may come.
LOW, HIGH = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle 90 % of what may come."""

    low: float
    high: float


def customer_intervals(
    fitted: Fitted, values: OrderValues, base: Base, terms: Terms, *, draws: int = DRAWS_OF_ONE, seed: int = SEED
) -> list[Interval]:
    """What each customer may bring within the horizon. A customer's does not depend on which others are asked for."""
    rng = np.random.default_rng(seed)
    buying, spending = repeat_buying.drawn(fitted, draws, rng), order_value.drawn(values, draws, rng)
    found = []
    for place in range(len(base.repeat)):
        one, own = base.at(slice(place, place + 1)), np.random.default_rng((seed, 1))
        brought = _brought(fitted, buying, spending, one, terms, own)
        low, high = np.quantile(brought, (LOW, HIGH))
        found.append(Interval(float(low), float(high)))
    return found


def total_interval(
    fitted: Fitted, values: OrderValues, base: Base, terms: Terms, *, known: Valued | None = None,
    draws: int = DRAWS, sample: int = SAMPLE, seed: int = SEED,
) -> Interval | None:  # fmt: skip
    """What some customers together may bring; None for nobody.

    known: their expectations, where they are there already.

    Of more than `sample` customers, who leave little doubt about the parameters, that many are drawn: those of whom
    most is expected, for half of it, and some of the others. The expectation of all moves as that of these does, and
    chance is added as these have it, times the root of how many each of them stands for.
    """
    count = len(base.repeat)
    if count == 0:
        return None
    rng = np.random.default_rng(seed)
    all_of_them = (known or valued(fitted, values, base, terms)).value
    # The same customers in another order are drawn, and added up, alike.
    ordered = np.argsort(-all_of_them, kind="stable")
    spending = order_value.drawn(values, draws, rng)
    if count <= sample:
        buying = repeat_buying.drawn(fitted, draws, rng)
        totals = _brought(fitted, buying, spending, base.at(ordered), terms, rng).sum(axis=1)
    else:
        half, others = sample // 2, sample - sample // 2
        picked = half + np.sort(rng.choice(count - half, others, replace=False))
        taken = base.at(ordered[np.concatenate([np.arange(half), picked])])
        stands_for = np.repeat([1.0, (count - half) / others], [half, others])
        moves = _moves(fitted, values, spending, taken, stands_for, terms, rng)
        certain = repeat_buying.drawn(replace(fitted, curvature=()), draws, rng)
        known_values = order_value.drawn(order_value.as_known(values), draws, rng)
        by_chance = (
            _brought(fitted, certain, known_values, taken, terms, rng) - valued(fitted, values, taken, terms).value
        )
        totals = float(all_of_them[ordered].sum()) * moves + by_chance @ np.sqrt(stands_for)
    low, high = np.quantile(totals, (LOW, HIGH))
    return Interval(max(float(low), 0.0), float(high))


def _moves(
    fitted: Fitted, values: OrderValues, spending: DrawnValues, base: Base, weight: Floats, terms: Terms,
    rng: np.random.Generator,
) -> Floats:  # fmt: skip
    """By what drawn parameters multiply the expectation of all: those of orders one direction at a time, those of the
    value of an order, which has the heavier tails, as they are."""
    usual = valued(fitted, values, base, terms)
    expected = usual.value @ weight
    if not expected > 0:
        return np.ones(1)
    moved = [valued(other, values, base, terms).value @ weight for other in repeat_buying.one_error_away(fitted)]
    per_error = np.log(np.array(moved) / expected)
    an_order = np.divide(usual.value, usual.order_value, out=np.zeros(len(weight)), where=usual.order_value > 0)
    by_value = spending.expected(base.priced, base.mean) @ (an_order * weight) / expected
    return np.asarray(by_value * np.exp(rng.standard_normal((len(by_value), len(per_error))) @ per_error), np.float64)


def simulated_orders(
    fitted: Fitted | Drawn, repeat: Any, last: Any, age: Any, horizon: float, rng: np.random.Generator
) -> Whole:
    """Orders of each customer within the horizon, drawn once: the fewer of what the rate gives and what dropping out
    after one of them leaves. draws × customers for drawn parameters."""
    x, upto = np.asarray(repeat, np.int64), np.asarray(age, np.float64)
    sure = p_alive(fitted, x, last, upto)
    alive = rng.random(sure.shape) < sure
    rate = rng.gamma(fitted.r + x, 1 / (fitted.alpha + upto))
    dropout = rng.beta(fitted.a, fitted.b + x + fitted.model.chances_before_repeat, sure.shape)
    wanted = rng.poisson(rate * horizon)
    # The number of the order after which a customer drops out; a dropout of nearly 0 never happens.
    latest = rng.geometric(np.clip(dropout, 1e-9, 1.0))
    return np.where(alive, np.minimum(wanted, latest), 0).astype(np.int64)


def _brought(
    fitted: Fitted, buying: Drawn, spending: DrawnValues, base: Base, terms: Terms, rng: np.random.Generator
) -> Floats:
    """What each customer brings: draws × customers."""
    orders = simulated_orders(buying, base.repeat, base.last, base.age, terms.days, rng)
    spent = spending.spent(base.priced, base.mean, orders, rng) * terms.kept
    if terms.discount_rate:
        # Chance is spread over the months as the expectation is.
        whole = expected_if_alive(fitted, base.repeat, base.age, terms.days)
        spent = spent * (discounted_orders(fitted, base.repeat, base.age, terms) / whole)
    return np.asarray(spent, np.float64)
