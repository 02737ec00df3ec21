"""How good forecasts were, by what came: one formula each."""

from __future__ import annotations

from typing import Final

import numpy as np

from analytics.promo.terms import Floats

WEEK: Final = 7


def wape(actual: Floats, forecast: Floats) -> float | None:
    """Weighted absolute percentage error: sum of absolute errors / sum of absolute actuals × 100; None at 0."""
    whole = float(np.abs(actual).sum())
    return float(np.abs(actual - forecast).sum()) / whole * 100 if whole > 0 else None


def bias(actual: Floats, forecast: Floats) -> float | None:
    """(sum of forecasts − sum of actuals) / |sum of actuals| × 100: above 0 too much was forecast; None at 0."""
    whole = abs(float(actual.sum()))
    return float((forecast - actual).sum()) / whole * 100 if whole > 0 else None


def naive_scale(trained: Floats) -> float | None:
    """Mean absolute error of the weekly seasonal naive within what a model was trained on: the mean of |y(t) − y(t−7)|;
    None where that is 0 or there are no 8 days. Hyndman and Koehler (2006)."""
    if len(trained) <= WEEK:
        return None
    found = float(np.nanmean(np.abs(trained[WEEK:] - trained[:-WEEK])))
    return found if found > 0 else None


def mase(actual: Floats, forecast: Floats, scale: float) -> float:
    """Mean absolute scaled error: mean absolute error / `naive_scale`."""
    return float(np.abs(actual - forecast).mean()) / scale


def share_inside(actual: Floats, low: Floats, high: Floats) -> float | None:
    """Share of actuals from low to high, in per cent; None without any."""
    return float(((actual >= low) & (actual <= high)).mean()) * 100 if len(actual) else None


def landing_error(come: float, rest: Floats, forecast: Floats) -> float | None:
    """Of a month: (what it was to land at − what it landed at) / |what it landed at| × 100, where `come` had come and
    the rest was forecast; None at 0."""
    landed = come + float(rest.sum())
    return float((forecast - rest).sum()) / abs(landed) * 100 if landed else None
