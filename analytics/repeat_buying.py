"""How often customers buy again, and whether they still do: MBG/NBD and BG/NBD, for shops without contracts.

While alive a customer orders as a Poisson process, at a rate that is gamma distributed over customers (shape r, rate
alpha). After an order they drop out for good with a probability that is beta distributed (a, b). Under BG/NBD that may
happen after each repeat order, so that everybody who bought once is alive for certain; under MBG/NBD it may happen
after the first order already.

- BG/NBD: Fader, Hardie, Lee (2005), "'Counting Your Customers' the Easy Way: An Alternative to the Pareto/NBD Model",
  Marketing Science 24(2).
- MBG/NBD: Batislam, Denizel, Filiztekin (2007), "Empirical validation and comparison of models for customer base
  analysis", International Journal of Research in Marketing 24(3).

With n chances to drop out (x repeat orders, and under MBG/NBD one more), both have the likelihood

    Γ(r + x) α^r / Γ(r) × B(a, b + n) / B(a, b) × (α + T)^−(r + x) × (1 + [n > 0] odds)
    odds = a / (b + n − 1) × ((α + T) / (α + t_x))^(r + x)

where odds are those of having dropped out, so that P(alive) = 1 / (1 + odds).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

LEAST_REPEAT_CUSTOMERS: Final = 200
# Log of r, log of the mean rate, logit of the mean dropout, log of a + b. Where r or a + b run to their upper limit,
# customers are alike in that respect; where a + b runs to its lower one, they differ as much as they can. Both are
# answers. The other limits are reached only where the data say nothing.
_LIMITS: Final = ((-6.0, 6.0), (-16.0, 6.0), (-8.0, 8.0), (-6.0, 9.0))
# How far parameters are drawn: a mean rate is in the caller's unit of time.
_REACH: Final = np.array([limits if number != 1 else (-50.0, 50.0) for number, limits in enumerate(_LIMITS)]).T
_ANSWERS_AT: Final = ((False, True), (False, False), (False, False), (True, True))
_STARTS: Final = ((-0.5, -1.0, -0.5, 0.5), (-1.5, 0.5, -1.0, 2.0))
# Of the mean log likelihood's gradient: far below what moves the third decimal of a parameter.
_FLAT: Final = 1e-5
# Right to ten digits, but for customers of the last days (four). With larger matrices BLAS starts threads, which costs
# far more than the matrices do.
_NODES: Final = 32
_AT_ONCE: Final = 8192


class Model(StrEnum):
    """Which of the two; the value is the name to show."""

    MBG_NBD = "MBG/NBD"
    BG_NBD = "BG/NBD"

    @property
    def chances_before_repeat(self) -> int:
        """Chances to drop out that the first order brings."""
        return 1 if self is Model.MBG_NBD else 0


class Reason(StrEnum):
    """Why there is no fit."""

    FEW_REPEAT_CUSTOMERS = "few repeat customers"
    NO_CONVERGENCE = "no convergence"


@dataclass(frozen=True, slots=True)
class NotFitted:
    """Nothing could be fitted. repeat_customers: how many there are; `LEAST_REPEAT_CUSTOMERS` are needed."""

    reason: Reason
    repeat_customers: int


@dataclass(frozen=True, slots=True)
class Histories:
    """Customers' orders as the models need them, one place a customer; times in one unit (days, say).

    repeat: orders after the first, x; orders of one day count once. last: from the first to the last order, t_x (0
    without repeat orders). age: from the first order to the as-of date, T. weight: how many customers are alike.
    Raises ValueError where they contradict themselves.
    """

    repeat: Whole
    last: Floats
    age: Floats
    weight: Floats

    def __post_init__(self) -> None:
        if np.any(self.repeat < 0) or np.any(self.last < 0) or np.any(self.last > self.age):
            raise ValueError("A last order lies before the first, or after the as-of date")
        if np.any((self.repeat > 0) != (self.last > 0)):
            raise ValueError("Repeat orders need a later day than the first order, and one order has none")

    @property
    def customers(self) -> int:
        """How many customers these are."""
        return int(self.weight.sum())

    @property
    def repeat_customers(self) -> int:
        """Those with at least one repeat order."""
        return int(self.weight[self.repeat > 0].sum())


def histories(repeat: Any, last: Any, age: Any) -> tuple[Histories, Whole]:
    """Equal customers put together, and for each of the given customers the place of theirs.

    In one fixed order, so that the same customers in another order give the same sums to the last bit.
    """
    columns = np.asarray(repeat, np.int64), np.asarray(last, np.float64), np.asarray(age, np.float64)
    order = np.lexsort(columns)
    sorted_columns = [column[order] for column in columns]
    fresh = np.ones(len(order), bool)
    if len(order):
        fresh[1:] = np.any([column[1:] != column[:-1] for column in sorted_columns], axis=0)
    group = np.cumsum(fresh) - 1
    places = np.empty(len(order), np.int64)
    places[order] = group
    weight = np.bincount(group, minlength=0).astype(np.float64)
    x, last_seen, seen_for = (column[fresh] for column in sorted_columns)
    return Histories(x, last_seen, seen_for, weight), places


@dataclass(frozen=True, slots=True)
class Fitted:
    """Parameters of a model, in the unit of time that the histories had.

    r, alpha: shape and rate of the customers' order rates. a, b: of their dropout after an order. log_likelihood: of
    all customers. curvature: 4 × 4, the negative second derivatives of the log likelihood by the logarithms of
    (r, r / alpha, a / b, a + b), from which parameters as likely as these can be drawn.
    """

    model: Model
    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    curvature: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Parameters as likely as fitted ones: columns of one place a draw (draws × 1), which meet customers in rows."""

    model: Model
    r: Floats
    alpha: Floats
    a: Floats
    b: Floats


def drawn(fitted: Fitted, draws: int, rng: np.random.Generator) -> Drawn:
    """Parameters from the normal distribution that the logarithms of the free ones have in large samples; the fitted
    ones where there is no curvature. A direction in which the likelihood is flat, as at a limit, stays where it is."""
    center = np.array(_free(fitted))
    away = np.zeros((draws, len(center)))
    if len(fitted.curvature):
        values, vectors = np.linalg.eigh(np.array(fitted.curvature))
        told = values > 1
        away = (rng.standard_normal((draws, int(told.sum()))) / np.sqrt(values[told])) @ vectors[:, told].T
    found = np.array([_parameters(theta) for theta in np.clip(center + away, *_REACH)])
    r, alpha, a, b = (found[:, [number]] for number in range(4))
    return Drawn(fitted.model, r, alpha, a, b)


def fit(data: Histories, model: Model = Model.MBG_NBD) -> Fitted | NotFitted:
    """Maximum likelihood; `NotFitted` with fewer than 200 repeat customers or where no maximum is found."""
    from scipy import optimize  # a second of import that only a fit pays

    if data.repeat_customers < LEAST_REPEAT_CUSTOMERS:
        return NotFitted(Reason.FEW_REPEAT_CUSTOMERS, data.repeat_customers)
    # In units of the mean age the answer lies near 1, whatever unit the caller has.
    unit = float(np.average(data.age, weights=data.weight))
    scaled = _Likelihood(Histories(data.repeat, data.last / unit, data.age / unit, data.weight), model)
    best = None
    for start in _STARTS:
        found = optimize.minimize(
            scaled.loss, start, jac=True, method="L-BFGS-B", bounds=_LIMITS,
            options={"maxiter": 500, "maxcor": 20, "ftol": 1e-15, "gtol": 1e-8},
        )  # fmt: skip
        if np.all(np.isfinite(found.x)) and _is_answer(found.x, found.jac):
            best = found
            break
    if best is None:
        return NotFitted(Reason.NO_CONVERGENCE, data.repeat_customers)
    r, alpha, a, b = _parameters(best.x)
    curvature = scaled.curvature(best.x, best.jac) * data.customers
    # With another unit of time the density of x orders at their times changes by the unit to the power x.
    log_likelihood = -float(best.fun) * data.customers - float(data.weight @ data.repeat) * np.log(unit)
    return Fitted(model, r, alpha * unit, a, b, float(log_likelihood), tuple(map(tuple, curvature.tolist())))


def odds_gone(fitted: Fitted | Drawn, repeat: Any, last: Any, age: Any) -> Floats:
    """The odds that a customer has dropped out, from 0 (alive for certain) to infinity."""
    x, t_x, upto = np.asarray(repeat, np.float64), np.asarray(last, np.float64), np.asarray(age, np.float64)
    chances = x + fitted.model.chances_before_repeat
    with np.errstate(over="ignore"):
        silence = np.exp((fitted.r + x) * np.log((fitted.alpha + upto) / (fitted.alpha + t_x)))
        found = np.where(chances > 0, fitted.a / np.maximum(fitted.b + chances - 1, fitted.b) * silence, 0.0)
    return np.asarray(found, np.float64)


def p_alive(fitted: Fitted | Drawn, repeat: Any, last: Any, age: Any) -> Floats:
    """The probability that a customer has not dropped out by the as-of date, 0–1."""
    return np.asarray(1 / (1 + odds_gone(fitted, repeat, last, age)), np.float64)


def expected_if_alive(fitted: Fitted, repeat: Any, age: Any, horizon: float) -> Floats:
    """Expected orders within `horizon` after the as-of date of a customer who is alive at it.

    The expectation of (1 − e^(−λ p t)) / p over what is then known of the order rate λ and the dropout p. Over λ it is
    (1 − (1 + p t / (α + T))^−(r + x)) / p, and over p, which is beta (a, b + n), a Gauss quadrature gives it: all
    of its terms are positive, where the closed form with ₂F₁ takes two large numbers from each other, and has no value
    at a = 1. When a customer last bought does not matter, given that they are alive.
    """
    x, upto = np.asarray(repeat, np.int64), np.asarray(age, np.float64)
    orders, place = np.unique(x, return_inverse=True)
    nodes, weights = _beta_nodes(fitted.a, fitted.b + orders + fitted.model.chances_before_repeat)
    ages, aged = np.unique(upto, return_inverse=True)
    pairs, places = np.unique(place.ravel() * max(len(ages), 1) + aged.ravel(), return_inverse=True)
    found = np.empty(len(pairs))
    for start in range(0, len(found), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        which, old = np.divmod(pairs[part], len(ages))
        dropout, reach = nodes[which], horizon / (fitted.alpha + ages[old])
        shape = fitted.r + orders[which]
        bought = -np.expm1(-shape[:, None] * np.log1p(reach[:, None] * dropout)) / dropout
        found[part] = (bought * weights[which]).sum(axis=1)
    return np.asarray(found[places.ravel()].reshape(x.shape), np.float64)


def expected_orders(fitted: Fitted, repeat: Any, last: Any, age: Any, horizon: float) -> Floats:
    """Expected orders of each customer within `horizon` (the fit's unit of time) after the as-of date."""
    return p_alive(fitted, repeat, last, age) * expected_if_alive(fitted, repeat, age, horizon)


def one_error_away(fitted: Fitted) -> list[Fitted]:
    """Up to four sets of parameters, each one standard error from the fitted ones, in directions whose errors are
    independent: what depends on the parameters is as uncertain as its differences to these, squared and added up.

    A direction in which the likelihood is flat, as at a limit, is left out. None where there is no curvature.
    """
    if not len(fitted.curvature):
        return []
    center = np.array(_free(fitted))
    values, vectors = np.linalg.eigh(np.array(fitted.curvature))
    return [
        Fitted(
            fitted.model, *_parameters(np.clip(center + vector / np.sqrt(value), *_REACH)),
            fitted.log_likelihood, fitted.curvature,
        )
        for value, vector in zip(values, vectors.T, strict=True)
        if value > 1
    ]  # fmt: skip


def fallback_churn(days_since_last: Any, median_gap_days: float | None) -> Floats:
    """1 − exp(−R / (2 × gap)), 0–1, where no model can be fitted.

    median_gap_days: the account's median of the days between orders, at least 1; None without repeat buyers: 90.
    """
    gap = 90.0 if median_gap_days is None else max(float(median_gap_days), 1.0)
    return np.asarray(-np.expm1(-np.asarray(days_since_last, np.float64) / (2 * gap)), np.float64)


@dataclass(frozen=True, slots=True)
class Churn:
    """risk: 1 − P(alive) of each customer, 0–1. model: what it rests on; where nothing was fitted, silence against the
    account's median gap."""

    risk: Floats
    model: Fitted | NotFitted


def churn(repeat: Any, last: Any, age: Any, median_gap_days: float | None) -> Churn:
    """The churn risk of each customer of an account, from histories in days: MBG/NBD, or the fallback.

    median_gap_days: as for `fallback_churn`.
    """
    data, places = histories(repeat, last, age)
    model = fit(data)
    if isinstance(model, NotFitted):
        return Churn(fallback_churn(data.age - data.last, median_gap_days)[places], model)
    return Churn((1 - p_alive(model, data.repeat, data.last, data.age))[places], model)


def _beta_nodes(a: float, b: Floats) -> tuple[Floats, Floats]:
    """Nodes and weights, one row for each b, that integrate over a beta (a, b) distribution.

    Golub, Welsch (1969), "Calculation of Gauss quadrature rules": eigenvalues of the recurrence of the Jacobi
    polynomials on (0, 1), and the squared first components of their eigenvectors, which add up to 1 for any b.
    """
    k = np.arange(_NODES, dtype=np.float64)
    left, right = a - 1, (b - 1)[:, None]
    both = left + right
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (left**2 - right**2) / ((2 * k + both) * (2 * k + both + 2))
        side = k * (k + left) * (k + right) * (k + both) / ((2 * k + both) ** 2 * ((2 * k + both) ** 2 - 1))
    # The first of both are 0 / 0 for some a and b as the formulas for all k have them.
    middle[:, :1] = (left - right) / (both + 2)
    side[:, 1:2] = (1 + left) * (1 + right) / ((2 + both) ** 2 * (3 + both))
    matrix = np.zeros((len(b), _NODES, _NODES))
    at, beside = np.arange(_NODES), np.arange(_NODES - 1)
    matrix[:, at, at] = (1 + middle) / 2
    matrix[:, beside + 1, beside] = np.sqrt(side[:, 1:])
    nodes, vectors = np.linalg.eigh(matrix)
    return np.maximum(nodes, 1e-18), vectors[:, 0, :] ** 2


def _parameters(theta: Any) -> tuple[float, float, float, float]:
    log_r, log_rate, logit, log_sum = (float(value) for value in theta)
    r, total = np.exp(log_r), np.exp(log_sum)
    share = 1 / (1 + np.exp(-logit))
    return float(r), float(r / np.exp(log_rate)), float(total * share), float(total * (1 - share))


def _free(fitted: Fitted) -> tuple[float, float, float, float]:
    """The inverse of `_parameters`."""
    total = fitted.a + fitted.b
    logs = np.log([fitted.r, fitted.r / fitted.alpha, fitted.a / fitted.b, total])
    return float(logs[0]), float(logs[1]), float(logs[2]), float(logs[3])


def _is_answer(theta: Floats, gradient: Floats) -> bool:
    """Whether the loss is flat, but for what lies at a limit that is an answer too."""
    for value, slope, (low, high), (low_is, high_is) in zip(theta, gradient, _LIMITS, _ANSWERS_AT, strict=True):
        if value <= low + 1e-9 or value >= high - 1e-9:
            if not (low_is if value <= low + 1e-9 else high_is):
                return False
        elif abs(slope) > _FLAT:
            return False
    return True


def _sum(weights: Floats, values: Floats) -> float:
    """The weighted sum, by one thread: those of a linear algebra library would spin for longer than they add up, and
    give other last digits where there are more of them."""
    return float(np.einsum("i,i->", weights, values))


class _Likelihood:
    """The mean negative log likelihood of grouped customers by the four free numbers, with its gradient.

    What depends on the number of orders only is computed once for each distinct number.
    """

    def __init__(self, data: Histories, model: Model) -> None:
        from scipy import special

        self._lgamma, self._digamma = special.gammaln, special.digamma
        self._t_x, self._age = data.last, data.age
        self._weight = data.weight / data.weight.sum()
        self._orders, self._place = np.unique(data.repeat, return_inverse=True)
        self._chances = self._orders + model.chances_before_repeat
        self._x = data.repeat.astype(np.float64)
        self._by_orders = np.bincount(self._place, self._weight)
        self._can_be_gone = (self._chances > 0)[self._place]

    def loss(self, theta: Any) -> tuple[float, Floats]:
        """−mean log likelihood and its gradient by theta."""
        r, alpha, a, b = _parameters(theta)
        lgamma, digamma = self._lgamma, self._digamma
        chances, by_orders, weight = self._chances, self._by_orders, self._weight
        log_t, log_tx = np.log(alpha + self._age), np.log(alpha + self._t_x)
        shape = r + self._x
        behind = np.maximum(b + chances - 1, b)
        log_odds = np.log(a / behind)[self._place] + shape * (log_t - log_tx)
        log_odds[~self._can_be_gone] = -np.inf
        small = np.exp(-np.abs(log_odds))
        gone = weight * np.where(log_odds > 0, 1, small) / (1 + small)
        counted = (
            lgamma(r + self._orders) - lgamma(r) + r * np.log(alpha)
            + lgamma(b + chances) - lgamma(b) - lgamma(a + b + chances) + lgamma(a + b)
        )  # fmt: skip
        value = _sum(by_orders, counted) - _sum(weight, shape * log_t)
        value += _sum(weight, np.maximum(log_odds, 0) + np.log1p(small))
        gone_by_orders = np.bincount(self._place, gone, minlength=len(by_orders))
        shared = digamma(a + b) - digamma(a + b + chances)
        by_r = _sum(by_orders, digamma(r + self._orders) - digamma(r)) + np.log(alpha) - _sum(weight, log_t)
        by_r += _sum(gone, log_t - log_tx)
        by_alpha = r / alpha - _sum(weight, shape / (alpha + self._age))
        by_alpha += _sum(gone, shape * (1 / (alpha + self._age) - 1 / (alpha + self._t_x)))
        by_a = _sum(by_orders, shared) + gone.sum() / a
        by_b = _sum(by_orders, shared + digamma(b + chances) - digamma(b)) - _sum(gone_by_orders, 1 / behind)
        share = a / (a + b)
        gradient = np.array(
            [
                by_r * r + by_alpha * alpha,  # r and alpha rise together at one mean rate
                -by_alpha * alpha,
                (by_a - by_b) * (a + b) * share * (1 - share),
                by_a * a + by_b * b,
            ]
        )
        return -float(value), -gradient

    def curvature(self, theta: Floats, gradient: Floats) -> Floats:
        """Second derivatives of the mean negative log likelihood, from differences of the gradient."""
        step = 1e-5
        found = np.array([(self.loss(theta + step * unit)[1] - gradient) / step for unit in np.eye(4)])
        return np.asarray((found + found.T) / 2, np.float64)
