"""What a series would have gone on to be: a structural time-series model, and how sure each of its days is.

Local level + weekday (fixed) + regressors, Harvey (1989), by statsmodels' state space. The ratio of the level's
variance to a day's own is told by the concentrated likelihood over a grid, averaged by how likely each ratio is: a
maximum at 0, which short series often have, would be too sure of days far ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.promo.terms import Floats

RATIOS: Final = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)
_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Filtered:
    """A series that was gone through once. states, covariances: of each day before it was seen (scaled by `scale`), one
    more than days; scale: variance of a day's own chance; ratio: the level's variance by that; errors: what each day
    was off by, in its own standard errors, NaN where it was not seen."""

    states: Floats
    covariances: Floats
    scale: float
    ratio: float
    errors: Floats
    regressors: int

    def ahead(self, place: int, regressors: Floats) -> tuple[Floats, Floats]:
        """Means, and covariance of days with each other, of the days from `place` on, as they could be told the day
        before; regressors: days × regressors of these days."""
        days = len(regressors)
        rows = np.zeros((days, self.states.shape[0]))
        rows[:, 0] = 1
        # The weekday's effect of each day in terms of the state's last six: they sum to 0 over a week.
        season: Floats = np.eye(_WEEK - 1)
        for day in range(days):
            rows[day, 1:_WEEK] = season[0]
            season = _turned(season)
        rows[:, _WEEK:] = regressors
        means = rows @ self.states[:, place]
        since = np.arange(days)
        walked = self.ratio * np.minimum.outer(since, since)
        spread = rows @ self.covariances[:, :, place] @ rows.T + walked + np.eye(days)
        return means, self.scale * spread


def _turned(season: Floats) -> Floats:
    """One day further: the first row is less the sum of all six, the others move down."""
    return np.vstack([-season.sum(axis=0), season[:-1]])


def filtered(values: Floats, regressors: Floats) -> Filtered:
    """The model of a daily series; values: NaN where a day is left out; regressors: days × regressors, all finite."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents  # only here: seconds that no page waits for

    center, unit = float(np.nanmean(values)), float(np.nanstd(values)) or 1.0
    width = regressors.shape[1]
    model = UnobservedComponents(
        (values - center) / unit, level="local level", seasonal=_WEEK, stochastic_seasonal=False,
        exog=regressors if width else None, mle_regression=False,
    )  # fmt: skip
    burn = int(model.loglikelihood_burn)
    found = [_run(model, ratio, burn) for ratio in RATIOS]
    likely = np.array([one[1] for one in found])
    weights = np.exp(likely - likely.max())
    ratio = float(np.array(RATIOS) @ weights / weights.sum())
    result, _, scale = _run(model, ratio, burn)
    states = np.array(result.predicted_state)
    states[:] *= unit
    states[0] += center
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = result.forecasts_error[0] / np.sqrt(scale * result.forecasts_error_cov[0, 0])
    errors[:burn] = np.nan
    return Filtered(states, np.array(result.predicted_state_cov), scale * unit**2, ratio, errors, width)


def _run(model: Any, ratio: float, burn: int) -> tuple[Any, float, float]:
    """(what the filter found, concentrated log likelihood, scale) at one ratio."""
    model.update(np.array([1.0, ratio]))
    result = model.ssm.filter()
    off, spread = result.forecasts_error[0], result.forecasts_error_cov[0, 0]
    seen: NDArray[np.bool_] = ~np.isnan(off)
    seen[:burn] = False
    count = int(seen.sum())
    scale = max(float((off[seen] ** 2 / spread[seen]).sum()) / max(count, 1), 1e-12)
    return result, -0.5 * (count * np.log(scale) + float(np.log(spread[seen]).sum())), scale
