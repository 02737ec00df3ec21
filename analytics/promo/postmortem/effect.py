"""How much of what was sold is the promotion's: with the error of the whole, and what such a figure is worth by the
windows of before in which nothing happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.promo.history import Bools
from analytics.promo.postmortem.counterfactual import Expected
from analytics.promo.terms import Floats

LEVEL: Final = 0.9
SURE: Final = 0.05
# Fewer independent windows of before cannot tell how often an effect comes from nothing.
LEAST_WINDOWS: Final = 5
# The model's own standard error counts as much as so many windows that do not meet.
OWN_WINDOWS: Final = 5
_FIVE_PER_CENT: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Placebo:
    """What the windows of before say. windows: how many were looked at; independent: how many of them do not meet;
    scale: by what standard errors are multiplied for them to fit, below 1 where the model was surer than it said;
    false_share: how many looked like an effect at
    5 % without it; as_large: how many were as far off as the promotion's days, in standard errors, None where that was
    not asked."""

    windows: int
    independent: int
    scale: float
    false_share: float | None
    as_large: float | None = None

    @property
    def enough(self) -> bool:
        """Whether they can tell."""
        return self.independent >= LEAST_WINDOWS


@dataclass(frozen=True, slots=True)
class Effect:
    """Units on top of what was expected. error: standard error; low, high: the ends of the interval of LEVEL; p: how
    often so much comes from nothing (two-sided), None where that cannot be told."""

    units: float
    expected: float
    error: float
    low: float
    high: float
    p: float | None
    placebo: Placebo

    @property
    def sure(self) -> bool:
        """Whether it is told from nothing at the 5 % level."""
        return self.p is not None and self.p < SURE


def together(found: Sequence[Expected]) -> float:
    """How much the days' errors of cells go together: the mean correlation of pairs, no less than 0."""
    held = [one.errors for one in found if one.modelled]
    if len(held) < 2:
        return 0.0
    shortest = min(len(one) for one in held)
    errors = np.array([one[-shortest:] for one in held])
    there = ~np.isnan(errors)
    filled = np.where(there, errors, 0)
    pairs = there.astype(float) @ there.T.astype(float)
    squares = (filled**2) @ there.T.astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = (filled @ filled.T) / np.sqrt(squares * squares.T)
    apart = ~np.eye(len(held), dtype=bool) & (pairs >= 28)
    return float(np.clip(correlation[apart].mean(), 0, 1)) if apart.any() else 0.0


def variance_of(variances: Floats, correlation: float) -> float:
    """Of a sum of parts that all correlate alike."""
    deviations = np.sqrt(np.maximum(variances, 0))
    return float(correlation * deviations.sum() ** 2 + (1 - correlation) * (deviations**2).sum())


def placebo(found: Sequence[Expected], correlation: float, length: int, z: float | None = None) -> Placebo:
    """The windows of before of cells taken together; z: what the promotion's days are off by, in standard errors."""
    held = [one for one in found if one.modelled and len(one.off)]
    if not held:
        return Placebo(0, 0, 1.0, None)
    count = max(len(one.off) for one in held)
    off, spread, weight = (_stacked(held, name, count) for name in ("off", "spread", "weight"))
    usual = abs(sum(float(one.units.mean()) for one in held)) * length
    # A window counts where the cells without promotion in it are at least half of what they sell together.
    whole = np.abs(weight.sum(axis=0))
    valid = (whole > 0) & (whole >= 0.5 * min(usual, float(np.max(whole, initial=0.0))))
    scores = np.array(
        [off[:, n].sum() / np.sqrt(max(variance_of(spread[:, n], correlation), 1e-12)) for n in np.flatnonzero(valid)]
    )
    if not len(scores):
        return Placebo(0, 0, 1.0, None)
    # Windows begin half a length apart.
    step = max(length // 2, 1)
    independent = _independent(np.flatnonzero(valid) * step, length)
    # The posterior of a normal's scale, the model's own (1) as prior: Gelman et al., Bayesian Data Analysis, chapter 2.
    scale = float(np.sqrt((independent * float((scores**2).mean()) + OWN_WINDOWS) / (independent + OWN_WINDOWS)))
    as_large = None if z is None else float((np.abs(scores) >= abs(z)).mean())
    return Placebo(
        len(scores), independent, scale, float((np.abs(scores) > _FIVE_PER_CENT).mean()), as_large
    )  # fmt: skip


def effect(
    found: Sequence[Expected], sold: Sequence[float], days: Sequence[Bools], correlation: float, length: int
) -> Effect:
    """Of cells together. sold: units of each on `days`, of its horizon."""
    from scipy.stats import t as student  # only here: what is stored is shown without it

    sums = [one.sum_of(held) for one, held in zip(found, days, strict=True)]
    told = sum(one[0] for one in sums)
    more = sum(sold) - told
    own = np.sqrt(max(variance_of(np.array([one[1] for one in sums]), correlation), 0.0))
    before = placebo(found, correlation, length, more / own if own > 0 else None)
    error = float(own * before.scale)
    freedom = before.independent + OWN_WINDOWS
    reach = float(student.ppf(0.5 + LEVEL / 2, freedom)) if before.enough else float(student.ppf(0.5 + LEVEL / 2, 4))
    p = float(2 * student.sf(abs(more) / error, freedom)) if before.enough and error > 0 else None
    return Effect(more, told, error, more - reach * error, more + reach * error, p, before)


def valued(one: Expected, each: float) -> Expected:
    """The same in money, at so much a piece."""
    return replace(
        one, units=one.units * each, covariance=one.covariance * each**2, off=one.off * each,
        spread=one.spread * each**2, weight=one.weight * each,
    )  # fmt: skip


def _stacked(held: Sequence[Expected], name: str, count: int) -> Floats:
    """Cells × windows, the last window last; 0 where a cell has none."""
    rows = np.zeros((len(held), count))
    for row, one in enumerate(held):
        values = getattr(one, name)
        if len(values):
            rows[row, count - len(values) :] = values
    return rows


def _independent(places: NDArray[np.int64], length: int) -> int:
    """How many windows can be picked of which no two meet."""
    count, free_from = 0, -1
    for place in places:
        if place >= free_from:
            count, free_from = count + 1, int(place) + length
    return count
