"""Uplift curves of all cells from their history, with what they take from each other and from the days after.

Three rounds: each cell's own response first, days after promotions left out; then twice all together, with the others'
uplifts and what promotions left behind as terms, as the round before told them. Then cells lend to each other
(`shrinkage`), and curves are made monotone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

import numpy as np

from analytics.promo.arithmetic import margin_impact, sales_uplift
from analytics.promo.history import Series
from analytics.promo.response import KNOTS, SEGMENTS, WINDOW_DAYS, Response, fitted, segments
from analytics.promo.shrinkage import Measured, Shrunk, shrunk_slopes, shrunk_to
from analytics.promo.terms import Cell, CrossEffect, Curve, Floats, PullForward
from analytics.promo.validation import confidence

BANDS: Final[Mapping[str, tuple[float, float]]] = {
    "0-10": (0.0, 0.1), "10-20": (0.1, 0.2), "20-30": (0.2, 0.3), "30-40": (0.3, 0.4), "40+": (0.4, 1.0),
}  # fmt: skip
# A band in which a cell never was is told at this discount.
_USUAL_DEPTH: Final[Mapping[str, float]] = {"0-10": 0.05, "10-20": 0.15, "20-30": 0.25, "30-40": 0.35, "40+": 0.45}
GRID: Final = np.arange(0, 0.61, 0.01)
_Z: Final = 1.6448536269514722
_USUAL_CROSS: Final = 0.1
# The first round's uplifts still hold what others and the days after do; the second's hardly any more.
_ROUNDS: Final = 2
_USUAL_PULLED: Final = 0.2


class Band(NamedTuple):
    """One row of `uplift_coefficients`, fractions. discount: the band's mean discount, at which the curve is read."""

    cell: Cell
    band: str
    discount: float
    uplift_units: float
    low: float
    high: float
    uplift_sales: float
    margin_impact: float | None
    confidence: float
    promo_days: int
    extrapolated: bool


@dataclass(frozen=True, slots=True)
class Learned:
    """All that a history tells of promotions. unknown_depth: uplift (fraction) of days on promotion without a depth."""

    curves: dict[Cell, Curve]
    crosses: tuple[CrossEffect, ...]
    pull_forward: dict[Cell, PullForward]
    unknown_depth: dict[Cell, float]
    responses: dict[Cell, Response]


def learn(
    history: Sequence[Series],
    groups: Mapping[str, str] | None = None,
    holidays: frozenset[date] = frozenset(),
    windows: Mapping[str, int] | None = None,
) -> Learned:
    """groups: the declared group of each department; cells of one group and channel, and the other channels of the same
    department, can take from each other. windows: days after a promotion in which its purchases may be missing, by
    department, 14 where none is named. All cells must have the same first and last day (see `aligned`)."""
    groups = groups or {}
    window = {series.cell: (windows or {}).get(series.cell.department, WINDOW_DAYS) for series in history}
    first = {series.cell: fitted(series, holidays, window=window[series.cell]) for series in history}
    sources = {
        cell: [other for other in first
               if other != cell and related(other, cell, groups) and first[other].series.promo_days]
        for cell in first
    }  # fmt: skip
    fits = first
    for _ in range(_ROUNDS):
        slopes = _slopes(fits)
        uplifts = {cell: _uplift(fit.series, slopes[cell]) for cell, fit in fits.items()}
        fits = {
            series.cell: fitted(
                series,
                holidays,
                cross=[uplifts[other] for other in sources[series.cell]],
                after=_after(series, uplifts[series.cell], window[series.cell]) if series.promo_days else None,
                window=window[series.cell],
            )
            for series in history
        }
    slopes = _slopes(fits)
    return Learned(
        curves={cell: _curve(fit.series, slopes[cell]) for cell, fit in fits.items()},
        crosses=_crosses(fits, sources),
        pull_forward=_pulled(fits, slopes, window),
        unknown_depth={cell: float(np.expm1(fit.unknown)) for cell, fit in fits.items() if fit.unknown},
        responses=fits,
    )


def related(source: Cell, affected: Cell, groups: Mapping[str, str]) -> bool:
    """Whether a promotion in one cell can act on the other: same channel and declared group, or same department."""
    if source.department == affected.department:
        return True
    group = groups.get(source.department)
    return source.channel == affected.channel and group is not None and group == groups.get(affected.department)


def bands_of(series: Series, curve: Curve, margin: float) -> list[Band]:
    """The rows of one cell. margin: its baseline margin rate (fraction)."""
    depth = np.nan_to_num(series.depth)[series.promoted & (np.nan_to_num(series.depth) > 0)]
    return bands_at(series.cell, depth, curve, margin)


def bands_at(cell: Cell, depths: Floats, curve: Curve, margin: float) -> list[Band]:
    """The same by the discounts of its promo days."""
    found = []
    for name, (above, to) in BANDS.items():
        discount = band_discount(name, depths)
        uplift, error = curve.at(discount), curve.error_at(discount)
        found.append(
            Band(
                cell=cell,
                band=name,
                discount=discount,
                uplift_units=uplift,
                low=uplift - _Z * error,
                high=uplift + _Z * error,
                uplift_sales=sales_uplift(uplift, discount),
                margin_impact=margin_impact(uplift, discount, margin),
                confidence=confidence(uplift, error),
                promo_days=int(((depths > above) & (depths <= to)).sum()),
                extrapolated=discount > curve.deepest,
            )
        )
    return found


def band_discount(name: str, depths: Floats) -> float:
    """The discount at which a band is told: the mean of the promo days in it, its middle where there are none."""
    above, to = BANDS[name]
    held = depths[(depths > above) & (depths <= to)]
    # Equal discounts have themselves as their mean, to the last digit.
    return round(float(held.mean()), 9) if len(held) else _USUAL_DEPTH[name]


def _slopes(fits: Mapping[Cell, Response]) -> dict[Cell, Shrunk]:
    measured = [Measured(fit.slopes, fit.design, fit.covariance) for fit in fits.values()]
    return dict(zip(fits, shrunk_slopes(measured, SEGMENTS), strict=True))


def _uplift(series: Series, slopes: Shrunk) -> Floats:
    """By day, as a fraction of the baseline; 0 on days without promotion or without a known depth."""
    found: Floats = np.expm1(segments(np.nan_to_num(series.depth)) @ slopes.mean)
    return found


def _after(series: Series, uplift: Floats, window: int) -> Floats:
    """By day: the incremental units of the promotion just over, spread evenly over the window after it, as a fraction
    of a usual day; 0 on days of the next promotion, which ends the window."""
    size = len(uplift)
    after = np.zeros(size)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], series.promoted.astype(int), [0]])))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        until = min(end + window, size)
        following = np.flatnonzero(series.promoted[end:until])
        until = end + int(following[0]) if len(following) else until
        after[end:until] += max(float(uplift[start:end].sum()), 0.0) / window
    return after


def _curve(series: Series, slopes: Shrunk) -> Curve:
    depth = np.nan_to_num(series.depth)[series.promoted]
    deepest = float(np.max(depth, initial=0.0))
    reach = segments(GRID)
    fitted_to = reach @ slopes.mean
    spread = np.sqrt(np.maximum((reach @ slopes.covariance * reach).sum(axis=1), 0))
    log_uplift = monotone(fitted_to, spread, rising=_at(fitted_to, deepest or KNOTS[1]) >= 0)
    low, high = np.expm1(log_uplift - _Z * spread), np.expm1(log_uplift + _Z * spread)
    return Curve(
        knots=GRID,
        uplift=np.expm1(log_uplift),
        error=(high - low) / (2 * _Z),
        deepest=deepest,
        promo_days=series.promo_days,
    )


def _at(values: Floats, discount: float) -> float:
    return float(np.interp(discount, GRID, values))


def monotone(values: Floats, spread: Floats, *, rising: bool) -> Floats:
    """The closest curve that rises (or falls) throughout and is 0 at 0: pooling adjacent violators, weighted by how
    sure each point is (Barlow et al. 1972)."""
    sign = 1 if rising else -1
    weights = 1 / np.maximum(spread, 1e-6) ** 2
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(sign * values, weights, strict=True):
        mean, held, count = float(value), float(weight), 1
        while blocks and blocks[-1][0] > mean:
            before, before_weight, before_count = blocks.pop()
            mean = (before * before_weight + mean * held) / (before_weight + held)
            held, count = held + before_weight, count + before_count
        blocks.append((mean, held, count))
    found = np.concatenate([np.full(count, mean) for mean, _, count in blocks])
    curve: Floats = sign * np.maximum(found - found[0], 0)
    return curve


def _crosses(fits: Mapping[Cell, Response], sources: Mapping[Cell, Sequence[Cell]]) -> tuple[CrossEffect, ...]:
    pairs = [(source, cell) for cell in fits for source in sources[cell]]
    estimates = np.concatenate([fits[cell].cross for cell in fits]) if pairs else np.zeros(0)
    errors = np.concatenate([fits[cell].cross_errors for cell in fits]) if pairs else np.zeros(0)
    means, spread = shrunk_to(estimates, errors, center=0.0, usual=_USUAL_CROSS)
    return tuple(
        CrossEffect(source, cell, float(mean), float(error))
        for (source, cell), mean, error in zip(pairs, means, spread, strict=True)
    )


def _pulled(
    fits: Mapping[Cell, Response], slopes: Mapping[Cell, Shrunk], window: Mapping[Cell, int]
) -> dict[Cell, PullForward]:
    """Shares shrunk to what they have in common, which is believed to be near none where nothing says otherwise."""
    cells = [cell for cell, fit in fits.items() if fit.series.promo_days]
    estimates = np.array([fits[cell].after for cell in cells])
    # A share of incremental units is no surer than these are.
    unsure = np.array([_relative_error(fits[cell].series, slopes[cell]) for cell in cells])
    errors = np.hypot(np.array([fits[cell].after_error for cell in cells]), np.abs(estimates) * unsure)
    means, spread = shrunk_to(estimates, errors, center=None, usual=_USUAL_PULLED)
    return {
        cell: PullForward(float(mean), float(error), window[cell])
        for cell, mean, error in zip(cells, means, spread, strict=True)
    }


def _relative_error(series: Series, slopes: Shrunk) -> float:
    """Of the mean uplift of its promo days; 1 at most."""
    depth = np.nan_to_num(series.depth)
    reach = segments(depth[series.promoted & (depth > 0)])
    factor = np.exp(reach @ slopes.mean)
    uplift = float(factor.mean() - 1)
    slope = (reach * factor[:, None]).mean(axis=0)
    error = float(np.sqrt(max(slope @ slopes.covariance @ slope, 0)))
    return min(error / max(abs(uplift), 1e-9), 1.0)
