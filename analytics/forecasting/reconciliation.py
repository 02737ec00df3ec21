"""Forecasts that add up: every series of a figure as the sum of its cells.

Weighted least squares with the errors' variances as weights (Wickramasuriya, Athanasopoulos and Hyndman, 2019: 'WLS,
variance scaling'): of all cells that could be, those that change the forecasts least, a sure one less than an unsure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analytics.forecasting.series import Key, bottom, parts_of
from analytics.promo.terms import Floats

_LEAST: float = 1e-6


def summing(keys: Sequence[Key]) -> Floats:
    """Series × cells: 1 where a cell is part of a series."""
    cells = bottom(keys)
    if not cells:
        return np.ones((len(keys), 1))
    return np.array([[float(cell in held) for cell in cells] for held in (parts_of(key, cells) for key in keys)])


def reconciled(keys: Sequence[Key], told: Floats, variance: Floats, *, above_zero: bool) -> Floats:
    """Forecasts (series × days) that add up. variance: of each series' errors, above 0. above_zero: a cell that would
    fall below 0 is 0, and the sums are of what is left."""
    sums = summing(keys)
    floor = max(float(np.max(variance)), 1.0) * _LEAST
    weighted = sums.T / np.maximum(variance, floor)
    cells = np.linalg.solve(weighted @ sums, weighted @ told)
    if above_zero:
        cells = np.maximum(cells, 0.0)
    return np.asarray(sums @ np.round(cells, 2))
