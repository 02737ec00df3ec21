"""From what models told of the past to one forecast a series: chosen, adding up, with intervals and its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from analytics.forecasting import measures
from analytics.forecasting.backtest import Backtest, behind
from analytics.forecasting.candidates import Kind
from analytics.forecasting.intervals import LEVEL, Calibration, calibrated, size_of
from analytics.forecasting.reconciliation import reconciled
from analytics.forecasting.series import LEAST_ORIGINS, Key, Series, Trouble
from analytics.promo.terms import Floats

# A model is in use only where its MASE is below so much of the seasonal naive's.
BETTER: Final = 0.98
# What is judged: the four weeks behind an origin.
JUDGED_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class Record:
    """How a model did over some days: MASE, and in per cent WAPE and bias, None where there is none."""

    mase: float | None
    wape: float | None
    bias: float | None


@dataclass(frozen=True, slots=True)
class Model:
    """A candidate's record over all origins that are judged, and at each of them, by the last day before it."""

    kind: Kind
    active: bool
    record: Record
    by_origin: Mapping[date, Record]


@dataclass(frozen=True, slots=True)
class Forecast:
    """One series: its models, and what is shown of it, made to add up.

    value, low, high: of the days from the day after `last` on. shown: the record of what is shown, on the same days as
    the models'; inside: share of past days inside the interval that the other origins give, in per cent; landings: by
    the last day before an origin, how far off the landing of its month was, in per cent. promoted: as in `Backtest`.
    """

    key: Key
    trouble: Trouble | None
    first: date
    last: date
    models: tuple[Model, ...]
    value: Floats
    low: Floats
    high: Floats
    calibration: Calibration
    shown: Record
    inside: float | None
    landings: Mapping[date, float]
    promoted: bool = False

    @property
    def active(self) -> Model:
        """The model in use."""
        return next(model for model in self.models if model.active)


def put_together(
    family: Sequence[Series], tested: Mapping[Key, Backtest], origins: Sequence[int], *, above_zero: bool
) -> list[Forecast]:
    """The forecasts of all series of one figure. tested: what its models told, by series."""
    models = {series.key: _judged(series, tested[series.key], origins) for series in family}
    active = {key: next(model.kind for model in own if model.active) for key, own in models.items()}
    keys = [series.key for series in family]
    actual = np.array([behind(series.values, origins) for series in family])
    past = np.array([_told(tested[key].past, active[key]) for key in keys])
    errors = (actual - past)[:, :, :JUDGED_DAYS]
    variance = np.array([_mean_square(error) for error in errors])
    told = np.full_like(past, np.nan)
    for place, origin in enumerate(origins):
        known = min(past.shape[2], len(family[0].values) - origin)
        told[:, place, :known] = reconciled(keys, past[:, place, :known], variance, above_zero=above_zero)
    ahead = np.array([tested[key].future[active[key]] for key in keys])
    future = reconciled(keys, ahead, variance, above_zero=above_zero)
    return [
        replace(
            _forecast(series, models[series.key], actual[row], told[row], future[row], origins, above_zero),
            promoted=tested[series.key].promoted,
        )
        for row, series in enumerate(family)
    ]


def _told(past: Mapping[Kind, Floats], kind: Kind) -> Floats:
    """What a model told of the past; the seasonal naive where it could not tell anything yet."""
    return np.where(np.isnan(past[kind]), past[Kind.NAIVE], past[kind])


def _mean_square(errors: Floats) -> float:
    known = errors[~np.isnan(errors)]
    return float((known**2).mean()) if len(known) else 0.0


def _judged(series: Series, tested: Backtest, origins: Sequence[int]) -> tuple[Model, ...]:
    """The records of all models on the same days, and which of them is in use."""
    actual = behind(series.values, origins)[:, :JUDGED_DAYS]
    fitted = {kind: told[:, :JUDGED_DAYS] for kind, told in tested.past.items() if kind in tested.future}
    scales = [measures.naive_scale(series.values[min(series.begins, origin) : origin]) for origin in origins]
    common = [
        place
        for place in range(len(origins))
        if scales[place] is not None
        and all(not np.isnan(told[place][~np.isnan(actual[place])]).any() for told in fitted.values())
        and not np.isnan(actual[place]).all()
    ]
    records = {kind: _record(actual, told, scales, common) for kind, told in fitted.items()}
    best = Kind.NAIVE
    held = records[Kind.NAIVE].mase
    usable = series.trouble in (None, Trouble.GAPPY) and len(common) >= LEAST_ORIGINS and held is not None
    if usable and held is not None:
        rivals: dict[Kind, float] = {kind: own.mase for kind, own in records.items() if own.mase is not None}
        kind = min(rivals, key=lambda one: rivals[one])
        best = kind if rivals[kind] < BETTER * held else Kind.NAIVE
    return tuple(
        Model(
            kind,
            kind is best,
            records[kind],
            {_before(series, origins[place]): _record(actual, fitted[kind], scales, [place]) for place in common},
        )
        for kind in Kind
        if kind in records
    )


def _record(actual: Floats, told: Floats, scales: Sequence[float | None], places: Sequence[int]) -> Record:
    """Over some origins together: every day's error over the scale of its origin, averaged."""
    if not places:
        return Record(None, None, None)
    came, said, over = [], [], []
    for place in places:
        known = ~np.isnan(actual[place]) & ~np.isnan(told[place])
        size = scales[place]
        came.append(actual[place][known])
        said.append(told[place][known])
        if size is not None:
            over.append(np.abs(came[-1] - said[-1]) / size)
    all_came, all_said = np.concatenate(came), np.concatenate(said)
    scaled = np.concatenate(over) if over else np.array([])
    return Record(
        float(scaled.mean()) if len(scaled) else None,
        measures.wape(all_came, all_said),
        measures.bias(all_came, all_said),
    )


def _forecast(
    series: Series,
    models: tuple[Model, ...],
    actual: Floats,
    told: Floats,
    future: Floats,
    origins: Sequence[int],
    above_zero: bool,
) -> Forecast:
    # What was said before anything was sold tells nothing of how far off the forecast of a series that sells is.
    begun = [place for place, origin in enumerate(origins) if origin > series.begins]
    sizes = [size_of(series.values[series.begins : origins[place]]) for place in begun]
    now = size_of(series.values[series.begins :])
    calibration = calibrated(actual[begun], told[begun], sizes, now) or _unsure(series, now)
    half = calibration.of_days(future)
    low = future - half
    judged = {day for model in models for day in model.by_origin}
    places = [place for place, origin in enumerate(origins) if _before(series, origin) in judged]
    scales = [measures.naive_scale(series.values[min(series.begins, origin) : origin]) for origin in origins]
    return Forecast(
        key=series.key,
        trouble=series.trouble,
        first=series.first,
        last=series.last,
        models=models,
        value=future,
        low=np.maximum(low, 0.0) if above_zero else low,
        high=future + half,
        calibration=calibration,
        shown=_record(actual[:, :JUDGED_DAYS], told[:, :JUDGED_DAYS], scales, places),
        inside=_inside(actual[begun], told[begun], sizes),
        landings=_landings(series, told, origins),
    )


def _unsure(series: Series, size: float) -> Calibration:
    """Of a series that could not be tried out: as wide as its own days spread, and sums as if days went together."""
    own = series.values[~np.isnan(series.values)]
    spread = float(np.std(own[-56:])) / size if size > 0 and len(own) else 0.0
    return Calibration(size, (1.3 * spread,) * 3, np.full(91, 1.3 * spread))


def _inside(actual: Floats, told: Floats, sizes: Sequence[float]) -> float | None:
    """Each origin held against the interval that the others give."""
    came, low, high = [], [], []
    for place in range(len(actual)):
        others = [n for n in range(len(actual)) if n != place]
        made = calibrated(actual[others], told[others], [sizes[n] for n in others], sizes[place])
        if made is None:
            continue
        known = ~np.isnan(actual[place]) & ~np.isnan(told[place])
        half = made.of_days(np.nan_to_num(told[place]))[known]
        came.append(actual[place][known])
        low.append(told[place][known] - half)
        high.append(told[place][known] + half)
    if not came:
        return None
    return measures.share_inside(np.concatenate(came), np.concatenate(low), np.concatenate(high))


def _landings(series: Series, told: Floats, origins: Sequence[int]) -> dict[date, float]:
    """Of each origin whose month is over: how far off it was to land."""
    found = {}
    for place, origin in enumerate(origins):
        before = _before(series, origin)
        start = (before + timedelta(days=1)).replace(day=1)
        end = (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        rest = (end - before).days
        begin = (start - series.first).days
        if end > series.last or begin < series.begins or rest <= 0:
            continue
        come, due = series.values[begin:origin], series.values[origin : origin + rest]
        if np.isnan(come).any() or np.isnan(due).any() or np.isnan(told[place, :rest]).any():
            continue
        error = measures.landing_error(float(come.sum()), due, told[place, :rest])
        if error is not None:
            found[before] = error
    return found


def _before(series: Series, origin: int) -> date:
    """The last day before an origin."""
    return series.first + timedelta(days=origin - 1)


__all__ = ["BETTER", "JUDGED_DAYS", "LEVEL", "Forecast", "Model", "Record", "put_together"]
