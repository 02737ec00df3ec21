"""Days on which a daily figure is far from what its own past lets expect.

Each day is judged by the days before it only, so that the newest day is judged as it will be judged for ever. What is
expected is a level (the last three weeks) times the weekday's usual part (the last twenty weeks), times what the season
did a year before, times what a campaign usually does where campaign days are told: means of the middle half, which a
few odd days do not move. How far is far is learned from the last thirteen weeks (median absolute deviation), never
less than what chance does to so few orders or messages. docs/metrics.md has the formulas.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any, Final

import numpy as np

from analytics.watched import Metric, Nature, Thresholds

Array = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

HISTORY_DAYS: Final = 56
YEAR: Final = 364
# Days of one run lie at most so far apart: a level that moved crosses the threshold again and again until it is usual.
RUN_GAP: Final = 4
BASE, LEVEL, WEEKS, SPREAD, SEASON, CAMPAIGNS = 28, 21, 20, 91, 15, 26
FEWEST_CAMPAIGNS: Final = 4
# Where more days than this have a campaign, having one is the usual day.
MOST_CAMPAIGN_DAYS: Final = 0.5
# A day that was so far off a year before as well is the season's.
YEARLY: Final = 3.0
# Campaign days before enough of them are known, and holidays, need so many times the deviation.
UNSURE: Final = 1.5
PRIOR: Final = 12
HOLIDAY: Final = 2.0
# The variance of a mean of the middle half, over that of a plain mean.
MIDDLE: Final = 1.2
LEAST_SPREAD: Final = 0.01
LEAST_EXPECTED: Final = 0.05
MAD_TO_SIGMA: Final = 1.4826
ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Daily:
    """One metric by day from `first` on: values (NaN where there is none: nothing was sent), and what a rate or a mean
    is over (delivered messages, orders). Rates are parts of 1. Values of money need `unit`, a usual order's value."""

    metric: Metric
    first: date
    values: Array
    sizes: Array | None = None
    unit: float = 1.0


@dataclass(frozen=True, slots=True)
class Judged:
    """What was expected of each day and by how many robust deviations it was missed; NaN where a day is not judged."""

    expected: Array
    score: Array


@dataclass(frozen=True, slots=True)
class Finding:
    """A day that was far from expected, and the days after it that were so in the same direction.

    actual, expected: of the first day, in the metric's unit, rates in per cent. score: robust deviations with their
    sign. last: the last day of the run; days: those of them that were unusual.
    """

    metric: Metric
    day: date
    actual: float
    expected: float
    score: float
    last: date
    days: int = 1

    @property
    def good(self) -> bool:
        """Whether the direction is a welcome one."""
        return (self.score > 0) == self.metric.good_up

    @property
    def change_pct(self) -> float | None:
        """(actual − expected) / |expected| × 100; None where nothing was expected."""
        return None if not self.expected else (self.actual - self.expected) / abs(self.expected) * 100


def judge(daily: Daily, holidays: Mask | None = None, campaigns: Mask | None = None) -> Judged:
    """Each day against the days before it. holidays, campaigns: by day, as long as the values.

    A holiday teaches nothing and needs twice the deviation. Nothing is judged within the first eight weeks.
    """
    days = len(daily.values)
    if days <= HISTORY_DAYS:
        return Judged(np.full(days, np.nan), np.full(days, np.nan))
    holiday = np.zeros(days, bool) if holidays is None else holidays
    campaign = np.zeros(days, bool) if campaigns is None else campaigns
    if campaign.mean() > MOST_CAMPAIGN_DAYS:
        campaign = np.zeros(days, bool)
    x, chance = _steadied(daily)
    known = np.flatnonzero(np.isfinite(x))
    begin = int(known[0]) + HISTORY_DAYS if len(known) else days
    quiet = ~holiday & ~campaign
    learned = np.where(quiet, x, np.nan)
    usual, weekday, level = _usual(learned)
    expected = usual * _season(learned / weekday, level, _spread(learned / usual - 1))
    effect, campaign_spread = _campaign_effect(x, expected, campaign & ~holiday)
    # Where refunds outrun orders for weeks, less than nothing would be expected, of which nothing is a part.
    expected = np.maximum(expected * effect, LEAST_EXPECTED)
    missed = x / expected - 1
    part = chance / expected
    spread = _spread(np.where(quiet, missed, np.nan))
    by_chance = _median_before(np.where(quiet, part, np.nan) ** 2)
    # What was missed holds the error of level and weekday, each a mean of its days: a deviation is the day's own.
    weeks = np.clip((np.arange(days) - begin + HISTORY_DAYS - BASE // 2) // 7, 1, WEEKS)
    spread = spread / np.sqrt(1 + MIDDLE * (1 / LEVEL + 1 / weeks))
    own = np.maximum(spread**2 - by_chance, LEAST_SPREAD**2)
    sigma = np.sqrt(own + part**2)
    sigma = np.where(campaign, _of_campaigns(sigma, campaign_spread, campaign), sigma)
    sigma = np.where(holiday, HOLIDAY * sigma, sigma)
    score = _unless_yearly(missed, missed / sigma) / sigma
    score[:begin] = np.nan
    return Judged(np.where(np.isnan(score), np.nan, _back(daily, expected)), score)


def find(
    daily: Daily,
    thresholds: Thresholds,
    holidays: Mask | None = None,
    campaigns: Mask | None = None,
) -> list[Finding]:
    """The findings of one metric, oldest first; one for all days of a run."""
    judged = judge(daily, holidays, campaigns)
    scale = 100.0 if daily.metric.nature is Nature.RATE else 1.0
    found: list[Finding] = []
    for place in np.flatnonzero(np.abs(np.nan_to_num(judged.score)) >= thresholds.sensitivity):
        actual, expected = (float(values[place]) * scale for values in (daily.values, judged.expected))
        if abs(actual - expected) < thresholds.least_change_pct / 100 * abs(expected):
            continue
        score, day = float(judged.score[place]), daily.first + int(place) * ONE_DAY
        before = found[-1] if found else None
        if before is not None and (day - before.last).days <= RUN_GAP and (before.score > 0) == (score > 0):
            found[-1] = Finding(
                before.metric, before.day, before.actual, before.expected, before.score, day, before.days + 1
            )
        else:
            found.append(Finding(daily.metric, day, actual, expected, score, day))
    return found


def find_all(
    series: Sequence[Daily],
    thresholds: Thresholds,
    holidays: Collection[date] = (),
    campaigns: Collection[date] = (),
) -> list[Finding]:
    """The findings of all metrics that are watched, newest first, then by how far off they are."""
    found: list[Finding] = []
    for daily in series:
        if daily.metric.key in thresholds.metrics:
            free, sent = (_among(daily, days) for days in (holidays, campaigns))
            found += find(daily, thresholds, free, sent)
    return sorted(found, key=in_order)


def _among(daily: Daily, days: Collection[date]) -> Mask:
    found = np.zeros(len(daily.values), bool)
    places = [(day - daily.first).days for day in days]
    found[[place for place in places if 0 <= place < len(found)]] = True
    return found


def in_order(finding: Finding) -> tuple[int, float, str]:
    """What findings are sorted by: the newest first, then by how far off they are."""
    return -finding.day.toordinal(), -abs(finding.score), finding.metric.key


def _steadied(daily: Daily) -> tuple[Array, Array]:
    """Values on a scale on which chance moves large and small ones alike, and by how much it does (one sigma).

    Square roots of counts and of money over a usual order's value, arcsines of rates (Anscombe 1948).
    """
    values = np.asarray(daily.values, float)
    sizes = np.ones_like(values) if daily.sizes is None else np.asarray(daily.sizes, float)
    match daily.metric.nature:
        case Nature.COUNT:
            return np.sqrt(np.maximum(values, 0) + 0.375), np.full(len(values), 0.5)
        case Nature.MONEY:
            shifted = values / daily.unit + 0.375
            # A sum varies by the number of orders and by their values; what values add beyond this is learned.
            # Below one order a straight line: a root would make a day of refunds look far beyond what it is.
            roots = np.where(shifted < 1, 1 + (shifted - 1) / 2, np.sqrt(np.maximum(shifted, 1)))
            return roots, np.full(len(values), 0.5 * np.sqrt(1.25))
        case Nature.RATE:
            with np.errstate(invalid="ignore", divide="ignore"):
                part = (values * sizes + 0.375) / (sizes + 0.75)
                return np.arcsin(np.sqrt(np.clip(part, 0, 1))), 0.5 / np.sqrt(sizes)
        case Nature.MEAN:
            with np.errstate(invalid="ignore", divide="ignore"):
                roots = np.sqrt(np.maximum(values, 0))
                return np.where(roots > 0, roots, np.nan), 0.25 * roots / np.sqrt(sizes)


def _back(daily: Daily, x: Array) -> Array:
    """The way back from `_steadied`."""
    match daily.metric.nature:
        case Nature.COUNT:
            return np.maximum(np.round(x**2 - 0.375, 9), 0)
        case Nature.MONEY:
            return np.round(np.where(x < 1, 1 + 2 * (x - 1), x**2) - 0.375, 9) * daily.unit
        case Nature.RATE:
            sizes = np.ones_like(x) if daily.sizes is None else daily.sizes
            part = np.sin(np.clip(x, 0, np.pi / 2)) ** 2
            return np.clip((part * (sizes + 0.75) - 0.375) / np.maximum(sizes, 1), 0, 1)
        case Nature.MEAN:
            return x**2


def _usual(learn: Array) -> tuple[Array, Array, Array]:
    """What the last weeks let expect of each day: level times weekday; and both of them."""
    base = _middle(_before(learn, BASE), BASE // 2)
    ratio = learn / base
    weekday = _middle(np.column_stack([_earlier(ratio, 7 * week) for week in range(1, WEEKS + 1)]), 3)
    weekday = np.where(np.isnan(weekday), 1.0, weekday)
    level = _middle(_before(learn / weekday, LEVEL), 5)
    return level * weekday, weekday, level


def _season(adjusted: Array, level: Array, spread: Array) -> Array:
    """What the level did at this time of the last year: the days around it over the weeks before it; 1 without a year.

    Drawn towards 1 by as much of it as may be chance: both are means of some fifteen days.
    """
    around = _middle(_earlier_window(adjusted, SEASON), SEASON // 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        grown = _earlier(around, YEAR - SEASON // 2) / _earlier(level, YEAR) - 1
        noise = 2 * spread**2 * (1 / SEASON + 1 / LEVEL)
        grown = grown * np.maximum(1 - noise / grown**2, 0)
    return np.clip(np.where(np.isfinite(grown), 1 + grown, 1.0), 2 / 3, 1.5)


def _spread(missed: Array) -> Array:
    """The robust deviation of what was missed in the weeks before each day."""
    return MAD_TO_SIGMA * _median_before(np.abs(missed))


def _campaign_effect(x: Array, expected: Array, campaign: Mask) -> tuple[Array, Array]:
    """What campaign days were over other days, the median of the last ones before; and their robust deviation."""
    effect, spread = np.ones(len(x)), np.full(len(x), np.nan)
    seen: list[float] = []
    missed: list[float] = []
    for place in np.flatnonzero(campaign):
        ratio = x[place] / expected[place]
        if len(seen) >= FEWEST_CAMPAIGNS:
            effect[place] = median(seen[-CAMPAIGNS:])
        if len(missed) >= 2 * FEWEST_CAMPAIGNS:
            spread[place] = MAD_TO_SIGMA * median(missed[-CAMPAIGNS:])
        if np.isfinite(ratio):
            if len(seen) >= FEWEST_CAMPAIGNS:
                missed.append(abs(ratio / effect[place] - 1))
            seen.append(float(ratio))
    return effect, spread


def _of_campaigns(sigma: Array, spread: Array, campaign: Mask) -> Array:
    """Sigma of campaign days: their own spread, drawn towards that of other days while few of them are known."""
    known = np.minimum(np.cumsum(campaign), CAMPAIGNS)
    drawn = np.sqrt((known * np.nan_to_num(spread) ** 2 + PRIOR * sigma**2) / (known + PRIOR))
    return np.where(np.isnan(spread), UNSURE * sigma, np.maximum(drawn, sigma))


def _unless_yearly(missed: Array, score: Array) -> Array:
    """What is missed beyond what was missed in the same direction on the same weekday a year before."""
    then, far = _earlier(missed, YEAR), _earlier(score, YEAR)
    alike = (np.abs(np.nan_to_num(far)) >= YEARLY) & (np.nan_to_num(then * missed) > 0)
    beyond = np.sign(missed) * np.maximum(np.abs(missed) - np.abs(np.nan_to_num(then)), 0)
    return np.where(alike, beyond, missed)


def _earlier(values: Array, days: int) -> Array:
    """Each day's value so many days before."""
    return np.concatenate([np.full(min(days, len(values)), np.nan), values[: max(len(values) - days, 0)]])


def _before(values: Array, width: int) -> Array:
    """Each day's row of the so many values before it, NaN where there was none."""
    return _earlier_window(_earlier(values, 1), width)


def _earlier_window(values: Array, width: int) -> Array:
    """Each day's row of so many values up to it."""
    padded = np.concatenate([np.full(width - 1, np.nan), values])
    return np.lib.stride_tricks.sliding_window_view(padded, width)


def _middle(rows: Array, fewest: int) -> Array:
    """The mean of the middle half of each row's known values (steadier than their median, and as hard to move by few);
    NaN where they are fewer than `fewest`."""
    ordered = np.sort(rows, axis=1)
    known = (~np.isnan(rows)).sum(axis=1)
    sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(np.nan_to_num(ordered), axis=1)], axis=1)
    cut = known // 4
    places = np.arange(len(rows))
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = (sums[places, known - cut] - sums[places, cut]) / (known - 2 * cut)
    return np.where(known >= max(fewest, 1), middle, np.nan)


def _median_before(values: Array) -> Array:
    """The median of the known values in the thirteen weeks before each day; NaN where they are fewer than three weeks.

    pandas moves a sorted window along: a fifth of the time of sorting each day's row.
    """
    import pandas as pd

    # It would take infinity, which a rate of nothing sent has, for unknown.
    finite = np.where(np.isinf(values), np.finfo(float).max / 4, values)
    found: Array = pd.Series(_earlier(finite, 1)).rolling(SPREAD, min_periods=LEVEL).median().to_numpy()
    return found
