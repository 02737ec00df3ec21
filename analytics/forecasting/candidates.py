"""The models that are tried: each tells the days behind a series from the series, its calendar and its promotions.

Libraries are imported where they are used: showing stored forecasts needs none of them.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import numpy as np

from analytics.forecasting.series import LEAST_TRAINED
from analytics.promo.terms import Floats

WEEK: Final = 7
# Two years tell a season of the year; more than three say little of the next months.
SEASON_DAYS: Final = 730
MOST_DAYS: Final = 1100
# Exponential smoothing forgets; so many days are all that it still weighs.
SMOOTHED_DAYS: Final = 400
# A regressor that moved on fewer days than these cannot be told from chance.
LEAST_PROMO_DAYS: Final = 5


class Kind(StrEnum):
    """`forecast_models.model_type`."""

    NAIVE = "seasonal_naive"
    ETS = "ets"
    PROPHET = "prophet"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Past:
    """What a model may know: the values of the days from `first` on (none NaN), the discount of each of these days and
    of those that are to be told, and the holidays of both, with their names."""

    values: Floats
    first: date
    discounts: Floats
    holidays: tuple[tuple[date, str], ...]
    ahead: int

    @property
    def promoted(self) -> bool:
        """Whether past discounts are enough to learn from."""
        past = self.discounts[: len(self.values)]
        return int((past > 0).sum()) >= LEAST_PROMO_DAYS and float(np.ptp(past)) > 0


def filled(values: Floats) -> Floats:
    """The values with each unknown day as the mean of the known days of its weekday in the series; 0 where none is."""
    unknown = np.isnan(values)
    if not unknown.any():
        return values
    found = values.copy()
    for weekday in range(WEEK):
        own = np.arange(len(values)) % WEEK == weekday
        known = values[own & ~unknown]
        found[own & unknown] = known.mean() if len(known) else 0.0
    return found


def seasonal_naive(past: Past) -> Floats:
    """Each day as the same weekday of the last week."""
    if len(past.values) < WEEK:
        return np.full(past.ahead, past.values.mean() if len(past.values) else 0.0)
    return np.resize(past.values[-WEEK:], past.ahead)


def ets(past: Past) -> Floats:
    """Exponential smoothing with a damped trend and the week (Holt and Winters; statsmodels)."""
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    own = past.values[-SMOOTHED_DAYS:]
    # Days that sell several times as much differ more: in logs they differ alike.
    logs = bool((own > 0).all())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = ExponentialSmoothing(
            np.log(own) if logs else own, trend="add", damped_trend=True, seasonal="add", seasonal_periods=WEEK,
            initialization_method="estimated",
        )  # fmt: skip
        told = np.asarray(model.fit().forecast(past.ahead), float)
    if not logs:
        return told
    # The mean of a log-normal day lies above its median.
    return np.exp(np.clip(told, -30, 30)) * _back(own)


def _back(own: Floats) -> float:
    """How far the mean of the days lies above the mean in logs, by weekday: what taking logs takes off."""
    shares = [
        own[day::WEEK].mean() / np.exp(np.log(own[day::WEEK]).mean()) for day in range(WEEK) if len(own[day::WEEK])
    ]
    return float(min(np.mean(shares), 1.5))


def prophet(past: Past) -> Floats:
    """Trend, week, year (from two years on), holidays and discounts as Prophet fits them."""
    import pandas as pd
    from prophet import Prophet

    logging.getLogger("cmdstanpy").setLevel(logging.CRITICAL)
    logging.getLogger("prophet").setLevel(logging.CRITICAL)
    values = past.values[-MOST_DAYS:]
    skipped = len(past.values) - len(values)
    first = past.first + timedelta(days=skipped)
    days = pd.date_range(first, periods=len(values) + past.ahead)
    last = days[-1].date()
    told = [(day, name) for day, name in past.holidays if first <= day <= last]
    calendar = None
    if told:
        calendar = pd.DataFrame({"ds": pd.to_datetime([day for day, _ in told]), "holiday": [n for _, n in told]})
    positive = bool((values >= 0).all())
    model = Prophet(
        yearly_seasonality=10 if len(values) >= SEASON_DAYS else False,
        weekly_seasonality=True,
        daily_seasonality=False,
        holidays=calendar,
        seasonality_mode="multiplicative" if positive else "additive",
        n_changepoints=15,
        uncertainty_samples=0,
    )
    frame = pd.DataFrame({"ds": days, "y": np.concatenate([values, np.full(past.ahead, np.nan)])})
    if past.promoted:
        # The regressor is scaled by hand: a discount of 20 % moves as much as a holiday does.
        frame["promotion"] = past.discounts[skipped : skipped + len(days)] * 5
        model.add_regressor("promotion", prior_scale=10.0, standardize=False)
    model.fit(frame.iloc[: len(values)])
    return np.asarray(model.predict(frame.iloc[len(values) :].drop(columns="y"))["yhat"], float)


CANDIDATES: Final[Mapping[Kind, Callable[[Past], Floats]]] = {
    Kind.NAIVE: seasonal_naive, Kind.ETS: ets, Kind.PROPHET: prophet,
}  # fmt: skip


def told_by(kinds: Sequence[Kind], past: Past) -> dict[Kind, Floats]:
    """What each model tells of the days ahead; only the seasonal naive of a past that is too short for others. The
    mean is that of exponential smoothing and Prophet."""
    found: dict[Kind, Floats] = {}
    long = len(past.values) >= LEAST_TRAINED and float(np.ptp(past.values)) > 0
    for kind in kinds:
        if kind in CANDIDATES and (long or kind is Kind.NAIVE):
            told = CANDIDATES[kind](past)
            # Nobody buys less than nothing, where nobody ever did.
            told = np.maximum(told, 0.0) if not bool((past.values < 0).any()) else told
            if np.isfinite(told).all():
                found[kind] = told
    if Kind.MEAN in kinds and {Kind.ETS, Kind.PROPHET} <= found.keys():
        found[Kind.MEAN] = (found[Kind.ETS] + found[Kind.PROPHET]) / 2
    return found
