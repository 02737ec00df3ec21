"""Rolling origins: each model tells the past again, from days of the past on, as it would have told it then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from analytics.forecasting.candidates import Kind, Past, filled, told_by
from analytics.forecasting.series import LEAST_ORIGINS, LEAST_TRAINED, Key, Series, Trouble
from analytics.promo.terms import Floats

# How many days behind an origin are tested at most: a quarter's.
LEADS: Final = 91
MOST_ORIGINS: Final = 8
# Days between two origins: no multiple of a week, so that they fall on all weekdays and days of the month.
STEP: Final = 37


@dataclass(frozen=True, slots=True)
class Task:
    """One series to be worked on, which holds all that this takes, and can be sent to another process.

    discounts: of the series' days and of `ahead` days behind them, fractions. origins: how many of the days are behind
    each origin, the newest first.
    """

    series: Series
    discounts: Floats
    holidays: tuple[tuple[date, str], ...]
    origins: tuple[int, ...]
    ahead: int
    kinds: tuple[Kind, ...] = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Backtest:
    """What each model tells. past: of the days behind each origin, an array of origins × LEADS, NaN where nothing was
    told or the day has not come; future: of the days ahead. promoted: whether there were enough promotions to learn
    from."""

    key: Key
    past: Mapping[Kind, Floats]
    future: Mapping[Kind, Floats]
    promoted: bool = False


def origins(count: int) -> tuple[int, ...]:
    """Where to begin: how many of a calendar's days lie before each origin, the newest first; none where there are too
    few days. A short calendar has origins closer to each other, a week apart at least."""
    tested = count - LEAST_TRAINED
    step = max(7, min(STEP, tested // MOST_ORIGINS))
    return tuple(count - step * n for n in range(1, min(MOST_ORIGINS, max(tested, 0) // step) + 1))


def worked(task: Task) -> Backtest:
    """Fits each model at each origin, and once on all days; only the seasonal naive where no other can be chosen."""
    series = task.series
    count = len(series.values)
    hopeless = series.trouble not in (None, Trouble.GAPPY) or len(task.origins) < LEAST_ORIGINS
    kinds = (Kind.NAIVE,) if hopeless else task.kinds
    past = {kind: np.full((len(task.origins), LEADS), np.nan) for kind in kinds}
    for place, origin in enumerate(task.origins):
        told = told_by(kinds, _past(task, origin, min(LEADS, count - origin)))
        for kind, values in told.items():
            past[kind][place, : len(values)] = values
    now = _past(task, count, task.ahead)
    return Backtest(series.key, past, told_by(kinds, now), now.promoted)


def _past(task: Task, until: int, ahead: int) -> Past:
    """What was known after so many days; a series that had not begun by then is all 0."""
    series = task.series
    begin = min(series.begins, until)
    return Past(
        values=filled(series.values[begin:until]),
        first=series.first + timedelta(days=begin),
        discounts=task.discounts[begin : until + ahead],
        holidays=task.holidays,
        ahead=ahead,
    )


def behind(values: Floats, origins: Sequence[int]) -> Floats:
    """What came in the days behind each origin: an array of origins × LEADS, NaN where it has not come or is not
    known."""
    found = np.full((len(origins), LEADS), np.nan)
    for place, origin in enumerate(origins):
        own = values[origin : origin + LEADS]
        found[place, : len(own)] = own
    return found
