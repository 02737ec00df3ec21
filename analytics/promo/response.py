"""How one cell's daily units answer to its promotions, to others' and to those just over: a log-linear count model.

units ~ quasi-Poisson, log of the mean = level + trend + weekday + holiday + season (from two years on) + response to
the day's discount + what other cells' uplifts do + what promotions just over left behind. Standard errors count with
overdispersion and with errors that go together from day to day. McCullagh & Nelder (1989); Zeger (1988).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.promo.history import Series, days_since_promotion
from analytics.promo.terms import Floats

# Where the response to a discount may change its slope.
KNOTS: Final = (0.1, 0.2, 0.3)
SEGMENTS: Final = len(KNOTS) + 1
WINDOW_DAYS: Final = 14
_PROMO_DAYS_OF_A_SEGMENT: Final = 6
_YEAR: Final = 365.25
_SEASON_FROM_DAYS: Final = 730
_TREND_KNOT_DAYS: Final = 182

_STEPS: Final = 60
_STEADY_FROM: Final = 4
_LAGS: Final = 7
_DECAYS: Final = tuple(step / 20 for step in range(1, 20))
# Penalties of terms that must not run away where the data say little: 1 / variance of what is believed of them.
_BELIEF: Final = {"level": 0.0, "trend": 4.0, "bend": 16.0, "weekday": 0.25, "holiday": 1.0, "season": 4.0,
                  "response": 0.01, "unknown": 0.25, "cross": 1.0, "after": 0.25}  # fmt: skip


def transformed(discount: Floats) -> Floats:
    """−log(1 − d): the log of a price's inverse, in which a constant elasticity is a straight line."""
    found: Floats = -np.log1p(-np.clip(discount, 0, 0.99))
    return found


def segments(discount: Floats) -> Floats:
    """Discounts × SEGMENTS: how far each discount reaches into each segment of the transformed scale."""
    ends = transformed(np.array([*KNOTS, 0.99]))
    starts = np.concatenate([[0.0], ends[:-1]])
    x = transformed(np.asarray(discount, float))[:, None]
    reached: Floats = np.clip(x - starts, 0, ends - starts)
    return reached


@dataclass(frozen=True, slots=True)
class Usual:
    """The part of the model that is there without any promotion: coefficients and their covariance."""

    names: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    first: date
    length: int
    seasonal: bool

    def columns(self, days: NDArray[np.int64], weekdays: NDArray[np.int64], holiday: Floats) -> Floats:
        """Days (numbers from the series' first) × coefficients."""
        return _calendar(days, weekdays, holiday, self.length, seasonal=self.seasonal)[0]


@dataclass(frozen=True, slots=True)
class Response:
    """A fitted cell. Slopes are of the merged segments that its own promotions can tell apart; `design` maps the common
    segments' slopes to them. cross and after: estimates in the order of what was asked, with their errors."""

    series: Series
    slopes: Floats
    covariance: Floats
    design: Floats
    cross: Floats
    cross_errors: Floats
    after: float
    after_error: float
    unknown: float
    baseline_units: Floats
    usual: Usual
    excess: float
    correlation: tuple[float, float]


def fitted(
    series: Series,
    holidays: frozenset[date] = frozenset(),
    cross: Sequence[Floats] = (),
    after: Floats | None = None,
    window: int = WINDOW_DAYS,
) -> Response:
    """The response of one cell.

    cross: others' uplifts by day (fractions), each an array as long as the series: 1 + effect × uplift is the factor on
    the cell's units. after: by day, the incremental units of the promotion just over, spread over the window, as a
    fraction of the day's baseline: 1 − share × after is the factor. None: those days are left out, unless too few
    others are left. window: how many days that is.
    """
    size = len(series.units)
    days = np.arange(size)
    holiday = np.array([float(day in holidays) for day in series.days])
    seasonal = size >= _SEASON_FROM_DAYS
    calendar, names = _calendar(days, series.weekdays, holiday, size, seasonal=seasonal)
    depth = np.nan_to_num(series.depth)
    unknown = np.isnan(series.depth)
    merged = _merged(depth[series.promoted & ~unknown & ~np.isnan(series.units)])
    response = segments(depth) @ merged.T if len(merged) else np.zeros((size, 0))
    blocks = [(calendar, names), (response, ["response"] * response.shape[1])]
    if unknown.any():
        blocks.append((unknown.astype(float)[:, None], ["unknown"]))
    if cross:
        blocks.append((np.column_stack(cross), ["cross"] * len(cross)))
    if after is not None:
        blocks.append((-after[:, None], ["after"]))
    x = np.hstack([block for block, _ in blocks])
    kinds = np.array([name for _, names_of in blocks for name in names_of])
    factors = np.flatnonzero(np.isin(kinds, ["cross", "after"]))
    used = ~np.isnan(series.units)
    if after is None:
        since = days_since_promotion(series.promoted)
        masked = (since > 0) & (since <= window)
        # A cell that is on promotion most days would have nothing left: then they stay in.
        if (used & ~masked & ~series.promoted).sum() >= 2 * window:
            used &= ~masked
    fit = _fit(x[used], series.units[used], kinds, days[used])
    if len(factors):
        # log(1 + θ z) is laid out anew around the last θ: two rounds bring it within a thousandth.
        shares = x[:, factors]
        for _ in range(2):
            around = np.clip(fit.coefficients[factors], -0.9, 3)
            factor = np.maximum(1 + shares * around, 0.2)
            bent = x.copy()
            bent[:, factors] = shares / factor
            offset = (np.log(factor) - bent[:, factors] * around).sum(axis=1)
            fit = _fit(bent[used], series.units[used], kinds, days[used], offset[used])
    of = {kind: np.flatnonzero(kinds == kind) for kind in ("response", "unknown", "cross", "after")}
    plain = np.flatnonzero(~np.isin(kinds, ["response", "unknown", "cross", "after"]))
    errors = np.sqrt(np.diag(fit.covariance))
    base = np.exp(np.clip(calendar @ fit.coefficients[plain], -30, 30))
    return Response(
        series=series,
        slopes=fit.coefficients[of["response"]],
        covariance=fit.covariance[np.ix_(of["response"], of["response"])],
        design=_averages(merged),
        cross=fit.coefficients[of["cross"]],
        cross_errors=errors[of["cross"]],
        after=float(fit.coefficients[of["after"]].sum()),
        after_error=float(errors[of["after"]].sum()),
        unknown=float(fit.coefficients[of["unknown"]].sum()),
        baseline_units=base,
        usual=Usual(
            names=tuple(names),
            coefficients=fit.coefficients[plain],
            covariance=fit.covariance[np.ix_(plain, plain)],
            first=series.first,
            length=size,
            seasonal=seasonal,
        ),
        excess=fit.excess,
        correlation=fit.correlation,
    )


def _calendar(
    days: NDArray[np.int64], weekdays: NDArray[np.int64], holiday: Floats, length: int, *, seasonal: bool
) -> tuple[Floats, list[str]]:
    """Level, trend with bends, weekdays (against the mean of all), holiday and season. Beyond the last bend the trend
    goes on straight."""
    time = days / _YEAR
    columns: list[Floats] = [np.ones(len(days)), time]
    names = ["level", "trend"]
    for bend in range(_TREND_KNOT_DAYS, length - _TREND_KNOT_DAYS // 2, _TREND_KNOT_DAYS):
        columns.append(np.maximum(time - bend / _YEAR, 0))
        names.append("bend")
    for weekday in range(6):
        columns.append((weekdays == weekday).astype(float) - (weekdays == 6))
        names.append("weekday")
    columns.append(holiday)
    names.append("holiday")
    if seasonal:
        for harmonic in (1, 2, 3):
            angle = 2 * np.pi * harmonic * time
            columns += [np.sin(angle), np.cos(angle)]
            names += ["season", "season"]
    return np.column_stack(columns), names


def later_bends(days: NDArray[np.int64], length: int) -> tuple[Floats, float]:
    """The columns (days × bends) of bends of the trend after the last day that the model has seen, up to the last of
    some days, and the variance that is believed of each."""
    time = days / _YEAR
    later = [np.maximum(time - bend / _YEAR, 0) for bend in range(length, int(days[-1]) + 1, _TREND_KNOT_DAYS)]
    return np.column_stack(later) if later else np.zeros((len(days), 0)), 1 / _BELIEF["bend"]


def _merged(depths: Floats) -> Floats:
    """Merged × SEGMENTS of 0/1: which common segments this cell's promo days can tell apart, shallow ones first. A
    segment with too few days is put to the next one, the last to the one before."""
    place = np.searchsorted(np.array(KNOTS), depths, side="left")
    counts = np.bincount(place[depths > 0], minlength=SEGMENTS)
    rows: list[list[int]] = []
    open_row: list[int] = []
    held = 0
    for segment in range(SEGMENTS):
        open_row.append(segment)
        held += int(counts[segment])
        if held >= _PROMO_DAYS_OF_A_SEGMENT:
            rows.append(open_row)
            open_row, held = [], 0
    if held and rows:
        # What is seen of deeper ones is too little for a slope of its own.
        deepest = int(np.flatnonzero(counts)[-1])
        rows[-1] = [*rows[-1], *(segment for segment in open_row if segment <= deepest)]
    merged = np.zeros((len(rows), SEGMENTS))
    for row, held_segments in enumerate(rows):
        merged[row, held_segments] = 1
    return merged


def _averages(merged: Floats) -> Floats:
    """The merged slopes as averages of the common ones, weighted by the length of each segment (the open last one as
    long as the one before)."""
    edges = transformed(np.array([0.0, *KNOTS, 0.4]))
    weighted = merged * np.diff(edges)
    total = weighted.sum(axis=1, keepdims=True)
    averages: Floats = np.divide(weighted, total, out=np.zeros_like(weighted), where=total > 0)
    return averages


@dataclass(frozen=True, slots=True)
class _Fit:
    coefficients: Floats
    covariance: Floats
    # Variance of a day: mean + excess × mean²; errors k days apart correlate by share × decay^k.
    excess: float
    correlation: tuple[float, float]


def _fit(x: Floats, y: Floats, kinds: NDArray[Any], days: NDArray[np.int64], offset: Floats | float = 0.0) -> _Fit:
    """Penalised quasi-likelihood by iteratively reweighted least squares, variance mean + excess × mean²; covariance
    for errors that are correlated from day to day."""
    belief = np.array([_BELIEF[kind] for kind in kinds]) + 1e-9
    coefficients = np.zeros(x.shape[1])
    coefficients[0] = np.log(max(float(y.mean()), 1e-3))
    inverse = np.eye(x.shape[1])
    mu = np.full(len(y), max(float(y.mean()), 1e-3))
    excess, scatter = 0.0, 1.0
    freedom = max(len(y) - x.shape[1], 1)
    for step_number in range(_STEPS):
        eta = np.clip(x @ coefficients + offset, -30, 30)
        mu = np.maximum(np.exp(eta), 1e-6)
        weight = mu**2 / (mu + excess * mu**2)
        weighted = x * weight[:, None]
        inverse = np.linalg.pinv(x.T @ weighted / scatter + np.diag(belief))
        new = inverse @ (weighted.T @ (eta - offset + (y - mu) / mu)) / scatter
        step = new - coefficients
        coefficients = coefficients + step / max(1.0, float(np.max(np.abs(step))) / 2)
        if step_number >= _STEADY_FROM:
            # Both settle with the mean; the first rounds are too far off to tell.
            excess = max(float(((y - mu) ** 2 - mu).sum() / (mu**2).sum()) * len(y) / freedom, 0.0)
            variance = mu + excess * mu**2
            scatter = max(float(((y - mu) ** 2 / variance).sum()) / freedom, 1e-3)
            if step_number >= _STEADY_FROM + 3 and np.max(np.abs(step)) < 1e-5:
                break
    deviation = np.sqrt(scatter * (mu + excess * mu**2))
    leverage = np.clip(((x @ inverse) * x).sum(axis=1) * (mu / deviation) ** 2, 0, 0.9)
    residual = (y - mu) / deviation / np.sqrt(1 - leverage)
    share, decay = _correlation(residual, days, x.shape[1])
    apart = np.abs(days[:, None] - days[None, :])
    scores = x * (mu / deviation)[:, None]
    together = share * decay**apart
    np.fill_diagonal(together, 1.0)
    meat = scores.T @ together @ scores
    # The penalties are beliefs: what they keep fixed is not known any better for it.
    covariance = inverse @ (meat + np.diag(belief)) @ inverse
    return _Fit(coefficients, covariance, excess, (share, decay))


def _correlation(residual: Floats, days: NDArray[np.int64], terms: int) -> tuple[float, float]:
    """(share, decay): errors k days apart correlate by share × decay^k, the rest is each day's own chance. Fitted to
    the first week's correlations; fitting the model draws residuals apart, by about the share of the days that its
    terms use up, which is put back."""
    size = int(days[-1]) + 1 if len(days) else 0
    spread = np.zeros(size)
    spread[days] = residual
    there = np.zeros(size)
    there[days] = 1
    variance = max(float((residual**2).mean()), 1e-12)
    used = min(terms / len(residual), 0.5)
    lags = np.arange(1, _LAGS + 1)
    pairs = np.array([float(there[lag:] @ there[:-lag]) for lag in range(1, _LAGS + 1)])
    products = np.array([float(spread[lag:] @ spread[:-lag]) for lag in range(1, _LAGS + 1)])
    found = products / np.maximum(pairs, 1) / variance
    if np.min(pairs) < 2 * terms:
        return 0.0, 0.0
    found = (found + used) / (1 + used)
    best, share, decay = np.inf, 0.0, 0.0
    for tried in _DECAYS:
        shape = tried**lags
        amount = float(np.clip((shape * found).sum() / (shape**2).sum(), 0, 1))
        off = float(((found - amount * shape) ** 2).sum())
        if off < best:
            best, share, decay = off, amount, tried
    return share, decay
