"""What a customer's next order is worth: the Gamma-Gamma model, and shrunk means where it does not hold.

An order's value is gamma distributed around the customer's own mean (shape p, rate ν), and the rates are gamma
distributed over customers (shape q, rate gamma). Values do not depend on how often a customer orders.

Fader, Hardie (2013), "The Gamma-Gamma Model of Monetary Value", http://www.brucehardie.com/notes/025/.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Log of p, log of q, log of gamma p / q in units of the mean value. Where p runs to its upper limit a customer's orders
# are all alike, where q does all customers are: both are answers.
_LIMITS: Final = ((-5.0, 9.0), (-5.0, 9.0), (-12.0, 12.0))
_FLAT: Final = 1e-5
# A gamma distribution of this shape is above 0 in about one of a thousand million draws.
_NOTHING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """Parameters p, q (above 1) and gamma, in the currency of the values.

    curvature: 3 × 3, the negative second derivatives of the log likelihood by the logarithms of (p, q − 1, the mean
    p gamma / (q − 1)), from which parameters as likely as these can be drawn; empty where they are taken as known.
    """

    p: float
    q: float
    gamma: float
    curvature: Sequence[Sequence[float]] = ()

    def expected(self, orders: Any, mean: Any) -> Floats:
        """Expected value of a customer's orders, from their number of repeat orders and the mean value of these.

        A mean of the customer's own and the account's, weighted by the orders. Without any the account's: `mean` is
        not looked at.
        """
        return _expected(self.p, self.q, self.gamma, orders, mean)


@dataclass(frozen=True, slots=True)
class ShrunkMeans:
    """Means of customers, shrunk to the account's: (x × own + weight × account) / (x + weight).

    weight: as many orders as the account's mean counts for: the variance within customers over that between them
    (Bühlmann's credibility), infinite where customers do not differ. within, between: these variances; error: the
    standard error of the account's mean. They are 0 where they are taken as known.
    """

    account_mean: float
    weight: float
    within: float = 0.0
    between: float = 0.0
    error: float = 0.0

    def expected(self, orders: Any, mean: Any) -> Floats:
        """Expected value of a customer's orders, as `GammaGamma.expected`."""
        return _between(self.account_mean, self.weight, orders, mean)


OrderValues = GammaGamma | ShrunkMeans


@dataclass(frozen=True, slots=True)
class DrawnGammaGamma:
    """Parameters as likely as fitted ones: columns of one place a draw (draws × 1), which meet customers in rows."""

    p: Floats
    q: Floats
    gamma: Floats

    def expected(self, orders: Any, mean: Any) -> Floats:
        """draws × customers, as `GammaGamma.expected`."""
        return _expected(self.p, self.q, self.gamma, orders, mean)

    def spent(self, orders: Any, mean: Any, later: Any, rng: np.random.Generator) -> Floats:
        """What customers of such orders spend on `later` ones (draws × customers), drawn once."""
        known = np.asarray(orders, np.float64)
        total = known * np.where(known > 0, np.asarray(mean, np.float64), 0.0)
        rate = rng.gamma(self.p * known + self.q, 1 / (self.gamma + total))
        return np.where(later > 0, rng.gamma(np.maximum(self.p * later, 1e-12)) / rate, 0.0)


@dataclass(frozen=True, slots=True)
class DrawnMeans:
    """Means of the account as likely as the known one: a column of one place a draw. The rest as `ShrunkMeans`."""

    account_mean: Floats
    weight: float
    within: float
    between: float

    def expected(self, orders: Any, mean: Any) -> Floats:
        """draws × customers, as `ShrunkMeans.expected`."""
        return _between(self.account_mean, self.weight, orders, mean)

    def spent(self, orders: Any, mean: Any, later: Any, rng: np.random.Generator) -> Floats:
        """What customers of such orders spend on `later` ones (draws × customers), drawn once.

        Their own mean has the variance that the credibility of their orders leaves, their orders that within customers.
        Both are gamma distributed, so that nothing falls below 0.
        """
        known = np.asarray(orders, np.float64)
        # Of a customer without orders nothing is known, but how customers differ.
        left = np.full(known.shape, self.between)
        np.divide(self.between * self.within, self.within + known * self.between, out=left, where=known > 0)
        own = _gamma(self.expected(orders, mean), left, rng)
        return _gamma(own * later, self.within * later, rng)


DrawnValues = DrawnGammaGamma | DrawnMeans


def as_known(values: OrderValues) -> OrderValues:
    """Without what their parameters are uncertain."""
    return replace(values, error=0.0) if isinstance(values, ShrunkMeans) else replace(values, curvature=())


def drawn(values: OrderValues, draws: int, rng: np.random.Generator) -> DrawnValues:
    """Parameters as likely as those of `values`; these themselves where they are taken as known.

    Gamma-Gamma: from the normal distribution that the logarithms of p, q − 1 and the mean have in large samples; in a
    direction in which the likelihood is flat the step is a factor of e. Shrunk means: the account's mean by its error.
    """
    if isinstance(values, ShrunkMeans):
        mean = values.account_mean + values.error * rng.standard_normal((draws, 1))
        return DrawnMeans(np.maximum(mean, 0.0), values.weight, values.within, values.between)
    center = np.log([values.p, values.q - 1, values.p * values.gamma / (values.q - 1)])
    away = np.zeros((draws, 3))
    if len(values.curvature):
        errors, directions = np.linalg.eigh(np.array(values.curvature))
        away = (rng.standard_normal((draws, 3)) / np.sqrt(np.maximum(errors, 1.0))) @ directions.T
    p, above, mean = (np.exp(center + away)[:, [number]] for number in range(3))
    return DrawnGammaGamma(p, 1 + above, mean * above / p)


def _expected(p: Any, q: Any, gamma: Any, orders: Any, mean: Any) -> Floats:
    known = np.asarray(orders, np.float64)
    total = known * np.where(known > 0, np.asarray(mean, np.float64), 0.0)
    return np.asarray(p * (gamma + total) / (p * known + q - 1), np.float64)


def _between(account_mean: Any, weight: float, orders: Any, mean: Any) -> Floats:
    """Between a customer's own mean and the account's."""
    known = np.asarray(orders, np.float64)
    own = np.where(known > 0, np.asarray(mean, np.float64), account_mean)
    # Without repeat orders and without a weight there is nothing but the account's mean.
    trust = np.zeros(known.shape)
    if not np.isinf(weight):
        trust = np.divide(known, known + weight, out=trust, where=known > 0)
    return np.asarray(account_mean + trust * (own - account_mean), np.float64)


def _gamma(mean: Floats, variance: Any, rng: np.random.Generator) -> Floats:
    """Gamma distributed numbers of such means and variances; the means where there is no variance, or none above 0."""
    spread = (mean > 0) & (variance > 0)
    shape = np.divide(mean * mean, variance, out=np.ones(mean.shape), where=spread)
    # Of a shape as small as that nothing above 0 is ever drawn; its scale may be more than a number can be.
    some = spread & (shape > _NOTHING)
    scale = np.divide(variance, mean, out=np.zeros(mean.shape), where=some)
    return np.where(spread, rng.gamma(np.where(some, shape, 1.0)) * scale, mean)


def one_error_away(values: OrderValues) -> list[GammaGamma]:
    """Three sets of parameters, each one standard error from the fitted ones, in directions whose errors are
    independent: what depends on the parameters is as uncertain as its differences to these, squared and added up.

    None where the model has no curvature. In a direction in which the likelihood is flat the step is a factor of e.
    """
    if not isinstance(values, GammaGamma) or not len(values.curvature):
        return []
    center = np.log([values.p, values.q - 1, values.p * values.gamma / (values.q - 1)])
    errors, directions = np.linalg.eigh(np.array(values.curvature))
    found = []
    for error, direction in zip(errors, directions.T, strict=True):
        p, above, mean = (float(number) for number in np.exp(center + direction / np.sqrt(max(float(error), 1.0))))
        found.append(GammaGamma(p, 1 + above, mean * above / p, values.curvature))
    return found


def order_values(orders: Any, mean: Any, otherwise: float = 0.0) -> OrderValues:
    """The model of order values: Gamma-Gamma, or shrunk means where its q is 1 or less, values are not positive or no
    maximum is found.

    orders: repeat orders of each customer, mean: their mean value (customers without repeat orders are left out).
    otherwise: the account's mean where nobody has a repeat order.
    """
    x, m = np.asarray(orders, np.float64), np.asarray(mean, np.float64)
    repeat = x > 0
    x, m = x[repeat], m[repeat]
    # In one fixed order, so that the same customers give the same sums to the last bit.
    order = np.lexsort((m, x))
    x, m = x[order], m[order]
    if len(x) >= 2 and np.all(m > 0):
        found = _fit(x, m)
        if found is not None and found.q > 1:
            return found
    return _shrunk(x, m, otherwise)


def _shrunk(x: Floats, m: Floats, otherwise: float) -> ShrunkMeans:
    """Variance within and between customers from two sums of squares of their means: weighted by orders, and not."""
    count, orders = len(x), float(x.sum())
    if count == 0:
        return ShrunkMeans(float(otherwise), np.inf)
    account = float(x @ m) / orders
    if count == 1:
        return ShrunkMeans(account, np.inf)
    # Customers by their orders, so that one of many orders or of an odd mean makes it as unsure as it is.
    error = float(np.sqrt(x**2 @ (m - account) ** 2 * count / (count - 1))) / orders
    weighted = float(x @ (m - account) ** 2) / (count - 1)
    plain = float(np.var(m, ddof=1))
    spread, share = (orders - float(x @ x) / orders) / (count - 1), float(np.mean(1 / x))
    # weighted = within + spread × between; plain = share × within + between.
    told_apart = 1 - share * spread
    if abs(told_apart) < 1e-9:
        return ShrunkMeans(account, 1.0, plain / 2, plain / 2, error)
    between = (plain - share * weighted) / told_apart
    within = weighted - spread * between
    if between <= 0:
        return ShrunkMeans(account, np.inf, weighted, 0.0, error)
    within = max(within, 0.0)
    return ShrunkMeans(account, within / between, within, between, error)


def _fit(x: Floats, m: Floats) -> GammaGamma | None:
    from scipy import optimize, special

    unit = float(m.mean())
    z = m / unit
    counts, place = np.unique(x, return_inverse=True)
    by_orders = np.bincount(place) / len(x)
    log_z, total = np.log(z), x * z
    mean_x, mean_x_log = float(x.mean()), float(np.mean(x * (log_z + np.log(x))))

    def loss(theta: Any) -> tuple[float, Floats]:
        p, q = float(np.exp(theta[0])), float(np.exp(theta[1]))
        gamma = float(np.exp(theta[2])) * q / p
        log_sum = np.log(gamma + total)
        shape = p * counts + q
        lives = by_orders @ (special.gammaln(shape) - special.gammaln(p * counts)) - special.gammaln(q)
        value = lives + q * np.log(gamma) + p * mean_x_log - p * float(np.mean(x * log_sum)) - q * float(log_sum.mean())
        by_shape = special.digamma(shape)
        by_p = by_orders @ (counts * (by_shape - special.digamma(p * counts))) + mean_x_log - np.mean(x * log_sum)
        by_q = by_orders @ by_shape - special.digamma(q) + np.log(gamma) - log_sum.mean()
        by_gamma = q / gamma - np.mean((p * x + q) / (gamma + total))
        gradient = np.array([by_p * p - by_gamma * gamma, by_q * q + by_gamma * gamma, by_gamma * gamma])
        # By the number of orders, so that those of frequent buyers do not swamp the tolerance.
        return -float(value) / mean_x, -gradient / mean_x

    found = optimize.minimize(
        loss, (0.5, 1.0, 0.0), jac=True, method="L-BFGS-B", bounds=_LIMITS,
        options={"maxiter": 500, "maxcor": 20, "ftol": 1e-15, "gtol": 1e-8},
    )  # fmt: skip
    at_upper = [value >= high - 1e-9 for value, (_, high) in zip(found.x, _LIMITS, strict=True)]
    at_lower = [value <= low + 1e-9 for value, (low, _) in zip(found.x, _LIMITS, strict=True)]
    flat = all(abs(slope) <= _FLAT or upper for slope, upper in zip(found.jac, at_upper, strict=True))
    if not np.all(np.isfinite(found.x)) or any(at_lower) or at_upper[2] or not flat:
        return None
    p, q = float(np.exp(found.x[0])), float(np.exp(found.x[1]))
    gamma = float(np.exp(found.x[2])) * q / p * unit
    if q <= 1:
        return GammaGamma(p, q, gamma)
    step = 1e-5
    second = np.array([loss(found.x + step * one)[1] - found.jac for one in np.eye(3)]) / step
    # By the logarithm of the mean instead of that of gamma p / q: no parameters of it lead to a mean without end.
    turn = np.array([[1, 0, 0], [0, (q - 1) / q, 0], [0, 1 / q, 1]])
    curvature = turn.T @ (second + second.T) @ turn * (mean_x * len(x) / 2)
    return GammaGamma(p, q, gamma, tuple(map(tuple, curvature.tolist())))
