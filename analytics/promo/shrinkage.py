"""What many cells have in common is lent to each: normal hierarchical models, fitted by marginal likelihood.

Efron & Morris (1975); Gelman et al., Bayesian Data Analysis, chapter 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import optimize

from analytics.promo.terms import Floats

# Slopes between cells and along one curve are believed to differ by about so much (elasticities) before any is seen.
_USUAL_SPREAD: Final = 2.0
_SPREADS: Final = 60


@dataclass(frozen=True, slots=True)
class Measured:
    """What one cell says: estimate = design @ slopes + error, with the error's covariance."""

    estimate: Floats
    design: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A cell's slopes after lending: mean and covariance."""

    mean: Floats
    covariance: Floats


def shrunk_slopes(cells: Sequence[Measured], slopes: int) -> list[Shrunk]:
    """Slopes of each cell ~ N(common mean, between² × 11′ + along² × I): each cell's own level around the common one,
    each slope around its cell's level. A cell without estimates (design of no rows) gets what the others say.

    With no measured cell at all the common mean is 0 and the spread the usual one.
    """
    ones = np.ones(slopes)
    measured = [cell for cell in cells if len(cell.estimate)]
    if not measured:
        wide = _USUAL_SPREAD**2 * (np.ones((slopes, slopes)) + np.eye(slopes))
        return [Shrunk(np.zeros(slopes), wide) for _ in cells]

    def prior(spreads: Floats) -> Floats:
        between, along = np.exp(spreads)
        held: Floats = between**2 * np.ones((slopes, slopes)) + along**2 * np.eye(slopes)
        return held

    def common(spreads: Floats) -> tuple[float, float, float]:
        """The generalised least-squares mean, its variance, and the log of the restricted likelihood."""
        held = prior(spreads)
        information = score = log_likelihood = 0.0
        parts = []
        for cell in measured:
            total = cell.design @ held @ cell.design.T + cell.covariance
            level = cell.design @ ones
            inverse = np.linalg.inv(total)
            information += float(level @ inverse @ level)
            score += float(level @ inverse @ cell.estimate)
            log_likelihood -= 0.5 * float(np.linalg.slogdet(total)[1])
            parts.append((cell.estimate, level, inverse))
        mean = score / information
        for estimate, level, inverse in parts:
            rest = estimate - level * mean
            log_likelihood -= 0.5 * float(rest @ inverse @ rest)
        log_likelihood -= 0.5 * float(np.log(information))
        return mean, 1 / information, log_likelihood

    def cost(spreads: Floats) -> float:
        between, along = np.exp(spreads)
        believed = -0.5 * (between**2 + along**2) / _USUAL_SPREAD**2 + spreads.sum()
        return -float(common(spreads)[2] + believed)

    best = optimize.minimize(cost, np.log([1.0, 0.7]), method="Nelder-Mead", options={"xatol": 1e-2, "fatol": 1e-3})
    held = prior(best.x)
    mean, variance, _ = common(best.x)
    # What is not known of the common mean is not known of any cell.
    held = held + variance * np.ones((slopes, slopes))
    found = []
    for cell in cells:
        if not len(cell.estimate):
            found.append(Shrunk(ones * mean, held))
            continue
        total = cell.design @ held @ cell.design.T + cell.covariance
        gain = held @ cell.design.T @ np.linalg.inv(total)
        found.append(
            Shrunk(ones * mean + gain @ (cell.estimate - cell.design @ ones * mean), held - gain @ cell.design @ held)
        )
    return found


def shrunk_to(estimates: Floats, errors: Floats, *, center: float | None, usual: float) -> tuple[Floats, Floats]:
    """Single numbers shrunk toward `center`, or (None) toward their common mean, which is believed to be 0 give or take
    `usual`; how far they spread around it by marginal likelihood, with `usual` as what is believed of it. Means and
    standard errors, in the estimates' order."""
    if not len(estimates):
        return np.zeros(0), np.zeros(0)
    variances = errors**2

    def common(spread: float) -> tuple[float, float]:
        if center is not None:
            return center, 0.0
        weights = 1 / (variances + spread**2)
        information = float(weights.sum()) + 1 / usual**2
        return float((weights * estimates).sum()) / information, 1 / information

    def cost(log_spread: float) -> float:
        spread = float(np.exp(log_spread))
        mean, variance = common(spread)
        total = variances + spread**2
        restricted = 0.5 * np.log(variance) if variance > 0 else 0.0
        believed = -0.5 * spread**2 / usual**2 + log_spread
        likelihood = -0.5 * (np.log(total) + (estimates - mean) ** 2 / total).sum() + restricted + believed
        return -float(likelihood)

    # How far they spread is itself not known: all that it may be counts by how well it fits.
    grid = np.linspace(np.log(usual / 100), np.log(usual * 10), _SPREADS)
    costs = np.array([cost(point) for point in grid])
    weights = np.exp(costs.min() - costs)
    weights /= weights.sum()
    means, squares = np.zeros(len(estimates)), np.zeros(len(estimates))
    for point, weight in zip(grid, weights, strict=True):
        spread = float(np.exp(point))
        mean, variance = common(spread)
        kept = spread**2 / (variances + spread**2)
        one = mean + kept * (estimates - mean)
        means += weight * one
        squares += weight * (kept * variances + (1 - kept) ** 2 * variance + one**2)
    return means, np.sqrt(np.maximum(squares - means**2, 0))
