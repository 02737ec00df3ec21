"""What closed post-mortems teach a model of uplift: each cell's curve is what was believed, and a promotion's outcome
counts by how sure it is against how sure the curve was there.

Normal on the scale of log(1 + uplift): the curve before, with its errors, is the prior; an outcome differs from the
curve by its own error and by how much promotions differ among themselves. Gelman et al., Bayesian Data Analysis,
chapter 2; Rasmussen & Williams (2006), chapter 2, for a whole curve of points that go together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from analytics.promo.model import Model, version_of
from analytics.promo.response import transformed
from analytics.promo.terms import Cell, Curve, Floats
from analytics.promo.uplift import bands_at, monotone

# Promotions alike in all that is written down still differ by about so much (log of 1 + uplift) before any is judged.
USUAL_CHANCE: Final = 0.1
# A cell that sold next to nothing says no more than one that sold a twentieth of its baseline.
_LEAST: Final = -0.95
_CHANCES: Final = 80
_Z: Final = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a promotion did in a cell. source: id of the promotion; discount: effective, as a fraction;
    uplift: of the cell's units against what they would have been, as a fraction, with its standard error; days: how
    many were judged; first, last: the promotion's days."""

    source: str
    cell: Cell
    discount: float
    uplift: float
    error: float
    days: int
    first: date
    last: date


class Change(NamedTuple):
    """What an outcome does to its cell's curve at its discount: uplift (fractions) before, as observed, and after;
    weight: how far the curve goes from before to observed, from 0 to 1, of all the cell's outcomes together."""

    outcome: Outcome
    before: float
    after: float
    weight: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """A model that has learned from outcomes. changes: of the outcomes that counted; known: those that the model had
    learned from already; strange: those of cells that it does not know. chance: how much promotions differ among
    themselves (standard deviation of log(1 + uplift))."""

    model: Model
    changes: tuple[Change, ...]
    known: tuple[Outcome, ...]
    strange: tuple[Outcome, ...]
    chance: float


def taught(model: Model, outcomes: Sequence[Outcome]) -> Lesson:
    """The model after these outcomes; itself where none counts.

    An outcome of a promotion whose post-mortem has taught before, or of days whose sales the model has learned from,
    even if only of some of them (a promotion may stand in the catalog and be a scenario), is in its curves already and
    does not count twice.
    """
    strange = tuple(one for one in outcomes if one.cell not in model.curves)
    there = [one for one in outcomes if one.cell in model.curves]
    counted = [one for one in there if not _learned(model, one)]
    known = tuple(one for one in there if one not in counted)
    chance = spread_of(model, counted)
    if not counted:
        return Lesson(model, (), known, strange, chance)
    curves = dict(model.curves)
    for cell in {one.cell for one in counted}:
        curves[cell] = after(curves[cell], [one for one in counted if one.cell == cell], chance)
    bands = []
    for cell in sorted(curves):
        depths = [seen.discount for seen in model.observed.get(cell, ())]
        depths += [one.discount for one in counted if one.cell == cell for _ in range(one.days)]
        price = model.parts[cell].prices[-1]
        margin = price.margin / price.price if price.price > 0 else 0.0
        bands += bands_at(cell, np.array(depths), curves[cell], margin)
    mark = _mark(model, counted)
    then = replace(
        model, version=version_of(max(one.last for one in counted), mark), fingerprint=mark, curves=curves,
        bands=tuple(bands), taught=tuple(sorted({*model.taught, *(one.source for one in counted)})),
        taught_days=tuple(sorted({*model.taught_days, *((one.cell, one.first, one.last) for one in counted)})),
    )  # fmt: skip
    changes = tuple(_change(model.curves[one.cell], curves[one.cell], one) for one in counted)
    return Lesson(then, changes, known, strange, chance)


def _learned(model: Model, one: Outcome) -> bool:
    return (
        one.source in model.taught
        or one.first <= model.last
        or any(cell == one.cell and first <= one.last and one.first <= last for cell, first, last in model.taught_days)
    )


def after(curve: Curve, outcomes: Sequence[Outcome], chance: float) -> Curve:
    """The curve of one cell after its outcomes."""
    mean = np.log1p(np.maximum(curve.uplift, _LEAST))
    spread = _spread(curve.uplift, curve.error)
    held = np.outer(spread, spread) * _together(curve.knots)
    at = np.array([_weights(curve.knots, one.discount) for one in outcomes])
    seen = np.array([_log(one.uplift) for one in outcomes])
    noise = np.array([_log_error(one) ** 2 + chance**2 for one in outcomes])
    gain = held @ at.T @ np.linalg.inv(at @ held @ at.T + np.diag(noise))
    moved = mean + gain @ (seen - at @ mean)
    left = np.sqrt(np.maximum(np.diag(held - gain @ at @ held), 0))
    deepest = max([curve.deepest, *(one.discount for one in outcomes)])
    rising = float(np.interp(deepest, curve.knots, moved)) >= 0
    moved = monotone(moved, left, rising=rising)
    low, high = np.expm1(moved - _Z * left), np.expm1(moved + _Z * left)
    days = curve.promo_days + sum(one.days for one in outcomes)
    return Curve(curve.knots, np.expm1(moved), (high - low) / (2 * _Z), deepest, days)


def spread_of(model: Model, outcomes: Sequence[Outcome]) -> float:
    """How much promotions differ among themselves beyond what curves and outcomes are unsure of: standard deviation of
    log(1 + uplift), all that it may be counted by how well it fits, with USUAL_CHANCE as what is believed of it."""
    held = [(one, model.curves[one.cell]) for one in outcomes if one.cell in model.curves]
    surprise = np.array([_log(one.uplift) - _log(curve.at(one.discount)) for one, curve in held])
    sure: Floats = np.array([
        _log_error(one) ** 2
        + float(_spread(np.array(curve.at(one.discount)), np.array(curve.error_at(one.discount)))) ** 2
        for one, curve in held
    ])  # fmt: skip
    grid = np.linspace(0, 5 * USUAL_CHANCE, _CHANCES)
    total = sure[None, :] + grid[:, None] ** 2
    fits = -0.5 * (np.log(total) + surprise**2 / total).sum(axis=1) - 0.5 * (grid / USUAL_CHANCE) ** 2
    weights = np.exp(fits - np.max(fits))
    return float(np.sqrt((weights * grid**2).sum() / weights.sum()))


def _change(before: Curve, then: Curve, one: Outcome) -> Change:
    was, now, seen = (_log(value) for value in (before.at(one.discount), then.at(one.discount), one.uplift))
    weight = (now - was) / (seen - was) if abs(seen - was) > 1e-9 else 1.0
    return Change(one, before.at(one.discount), then.at(one.discount), float(np.clip(weight, 0, 1)))


def _spread(uplift: Floats, error: Floats) -> Floats:
    """Of log(1 + uplift), from a curve's error, which is half its 90 % interval over the normal distribution's."""
    found: Floats = np.arcsinh(_Z * error / (1 + np.maximum(uplift, _LEAST))) / _Z
    return found


def _together(knots: Floats) -> Floats:
    """How errors along a curve go together: half is an elasticity that is off everywhere alike, half adds up from one
    discount to the next."""
    x = transformed(knots)
    low, high = np.minimum.outer(x, x), np.maximum.outer(x, x)
    found: Floats = 0.5 + 0.5 * np.sqrt(np.divide(low, high, out=np.ones_like(low), where=high > 0))
    return found


def _weights(knots: Floats, discount: float) -> Floats:
    """How much each knot counts where a curve is read at a discount."""
    found: Floats = np.array([np.interp(discount, knots, row) for row in np.eye(len(knots))])
    return found


def _log(uplift: float) -> float:
    return float(np.log1p(max(uplift, _LEAST)))


def _log_error(one: Outcome) -> float:
    return one.error / (1 + max(one.uplift, _LEAST))


def _mark(model: Model, outcomes: Sequence[Outcome]) -> str:
    told = sorted(
        [one.source, *one.cell, f"{one.discount:.6f}", f"{one.uplift:.6f}", f"{one.error:.6f}", one.days]
        for one in outcomes
    )
    return hashlib.sha256(json.dumps([model.fingerprint, told]).encode()).hexdigest()
