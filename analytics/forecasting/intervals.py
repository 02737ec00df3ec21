"""Intervals by what past forecasts missed (conformal prediction): of single days, and of sums of days to come.

A day's interval is the forecast ± a quantile of past errors at about the same distance, each taken over the scale of
its day. A sum's interval has the spread of the same sum's past errors, by Student's t of so many origins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.promo.terms import Floats

LEVEL: Final = 0.8
# Distances (days ahead, from 0) that have a quantile of their own.
BANDS: Final = ((0, 7), (7, 28), (28, 91))
# Days of which the usual size of a series is the mean, and the least part of it that a day's scale counts.
SIZE_DAYS: Final = 56
_LEAST_PART: Final = 0.05
# A series that hardly sold in these days may sell again: its size is at least this part of what it usually sold before.
_LEAST_SIZE: Final = 0.25
# Where a distance was tested from fewer origins than these, the one before it holds, so much wider.
_FEWEST: Final = 3
_TOGETHER: Final = 3.5
_WIDER: Final = 1.2
# Of Student's t with so many degrees of freedom (from 1 on): within ± this lie 80 %.
_T80: Final = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372)


@dataclass(frozen=True, slots=True)
class Calibration:
    """size: the usual size of a day. days: half an interval's width over the day's scale, by band. sums: of the sum of
    the first 1, 2, … days half an interval's width over `sum_scale`."""

    size: float
    days: tuple[float, ...]
    sums: Floats

    def of_days(self, told: Floats) -> Floats:
        """Half the width of the interval of each day."""
        factors = np.concatenate([np.full(end - start, q) for (start, end), q in zip(BANDS, self.days, strict=True)])
        factors = np.concatenate([factors, np.full(max(len(told) - len(factors), 0), factors[-1])])
        return factors[: len(told)] * scale(told, self.size)

    def of_sum(self, told: Floats) -> float:
        """Half the width of the interval of the sum of these days, the first ones ahead."""
        if not len(told):
            return 0.0
        place = min(len(told), len(self.sums)) - 1
        return float(self.sums[place] * sum_scale(np.array([told.sum()]), len(told), self.size)[0])


def size_of(trained: Floats) -> float:
    """The usual size of a day: the mean of the last 56 days' absolute values, and at least a quarter of that of all; 0
    without any. trained: from the first day on which anything was sold."""
    whole = np.abs(trained)
    means = [float(own[~np.isnan(own)].mean()) for own in (whole[-SIZE_DAYS:], whole) if not np.isnan(own).all()]
    return max(means[0], _LEAST_SIZE * means[-1]) if means else 0.0


def scale(told: Floats, size: float | Floats) -> Floats:
    """A day's scale: errors grow with what is forecast, less than in proportion."""
    floor = np.maximum(np.asarray(size, float), 1e-9)
    return np.asarray(np.sqrt(np.maximum(np.abs(told), _LEAST_PART * floor) * floor))


def sum_scale(total: Floats, days: int | Floats, size: float | Floats) -> Floats:
    """A sum's scale: the sum, but not below a fifth of what so many usual days are."""
    return np.asarray(np.maximum(np.abs(total), 0.2 * np.maximum(np.asarray(size, float), 1e-9) * days))


def calibrated(actual: Floats, told: Floats, sizes: Sequence[float], size: float) -> Calibration | None:
    """What past errors tell. actual, told: origins × days ahead, NaN where not known; sizes: of each origin; size: of
    now. Only origins at which something had been sold: what came of nothing has no size to be measured by. None where
    fewer than two origins tell anything."""
    errors = actual - told
    known = ~np.isnan(errors)
    if int(known.any(axis=1).sum()) < 2:
        return None
    own = np.asarray(sizes, float)[:, None]
    over = np.abs(errors) / scale(np.nan_to_num(told), own)
    days: list[float] = []
    for start, end in BANDS:
        held = over[:, start:end][known[:, start:end]]
        seen = int(known[:, start:end].any(axis=1).sum())
        if seen < _FEWEST and days:
            days.append(days[-1] * _WIDER)
            continue
        held = held if len(held) else over[known]
        # Neighbouring days' errors go together: so many of them tell as much as one that stands alone.
        alone = max(len(held) / _TOGETHER, 1.0)
        days.append(float(np.quantile(held, min(LEVEL * (1 + 1 / alone), 1.0))))
    return Calibration(size, tuple(days), _sums(errors, told, known, own))


def _sums(
    errors: Floats, told: Floats, known: np.ndarray[tuple[int, int], np.dtype[np.bool_]], sizes: Floats
) -> Floats:
    """By how many days are summed: Student's t × the root mean square of past sums' errors over their scale."""
    counts = np.arange(1, errors.shape[1] + 1)
    whole = np.cumprod(known, axis=1).astype(bool)
    missed = np.cumsum(np.nan_to_num(errors), axis=1)
    totals = np.cumsum(np.nan_to_num(told), axis=1)
    over = np.where(whole, missed / sum_scale(totals, counts, sizes), np.nan)
    found = np.zeros(errors.shape[1])
    last = 0.0
    for place in range(errors.shape[1]):
        # Neighbouring sums share most of their days; a few together are steadier than one.
        near = over[:, max(place - 1, 0) : place + 2]
        seen = int((~np.isnan(over[:, place])).sum())
        if seen >= _FEWEST:
            spread = float(np.sqrt(np.nanmean(near**2)) * np.sqrt(1 + 1 / seen))
            last = spread * t80(seen)
        found[place] = last
    return found


def t80(freedom: int) -> float:
    """Within ± this lie 80 % of Student's t."""
    return _T80[min(max(freedom, 1), len(_T80)) - 1]
