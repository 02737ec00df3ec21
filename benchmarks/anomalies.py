"""Planted anomalies in simulated stores: what is found of them, and what is found that is none, beside a plain z-score
over 28 days in the same run.

A store has a weekday pattern, a trend, a season, campaigns on known days and heavy-tailed noise (Student's t with six
degrees of freedom, scaled so that a robust deviation is one); a part of them are small, with days without an order.
A planted day is set to what the store would have had without noise, and beside it by 4 robust deviations and an
exponential rest of 3 on average: half of them lie at less than 6.1.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from analytics.anomalies import HISTORY_DAYS, Daily, find, judge
from analytics.watched import BY_KEY, Thresholds
from benchmarks.table import Figure

STORES = 240
DAYS = 800
PLANTED = 12
FIRST = date(2024, 1, 1)
SENSITIVITY = 4.0
LEAST, MORE = 4.0, 3.0
Z_DAYS = 28
Array = np.ndarray[Any, np.dtype[np.float64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Store:
    """One simulated metric. truth: the days that were planted; far: by how many deviations."""

    daily: Daily
    campaigns: Flags
    truth: Flags
    far: Array


@dataclass(frozen=True, slots=True)
class Result:
    """Hits, false alarms, planted days, judged days."""

    hits: int
    false: int
    planted: int
    judged: int

    @property
    def precision(self) -> float:
        return self.hits / max(self.hits + self.false, 1)

    @property
    def recall(self) -> float:
        return self.hits / max(self.planted, 1)


def simulated(seed: int, *, planted: int = PLANTED, days: int = DAYS) -> Store:
    """A store of one seed: money by day, of 2 to 2,000 orders a day; every fourth store is small (0.5 to 4)."""
    chance = np.random.default_rng(seed)
    t = np.arange(days)
    orders = chance.uniform(0.5, 4) if seed % 4 == 0 else 10 ** chance.uniform(0.6, 3.3)
    week = np.exp(chance.normal(0, 0.25, 7))
    season = np.exp(chance.uniform(0, 0.4) * np.cos(2 * np.pi * (t - chance.uniform(0, 365)) / 365.25))
    growth = np.exp(chance.uniform(-0.3, 0.5) * t / 365)
    campaigns = chance.random(days) < chance.uniform(0.02, 0.2)
    effect = np.where(campaigns, chance.uniform(1.2, 2.5), 1.0)
    mean = orders * week[t % 7] / week.mean() * season * growth * effect
    spread = chance.uniform(0.06, 0.25)
    heavy = chance.standard_t(6, days) / 1.0637  # the median of |t| with six degrees of freedom is 0.7176
    value = 10 ** chance.uniform(1.2, 2.3)
    lively = mean * np.exp(spread * heavy)
    counts = chance.poisson(lively).astype(float)
    amounts = np.array([_basket_sum(chance, int(count), value) for count in counts])
    # One robust deviation of the day's noise, on the scale of roots, on which few and many orders vary alike.
    root, sigma = np.sqrt(mean + 0.375), np.sqrt(0.25 * 1.25 + (spread / 2) ** 2 * mean)
    truth, far = np.zeros(days, bool), np.zeros(days)
    places = chance.choice(np.arange(HISTORY_DAYS + 7, days), size=planted, replace=False) if planted else []
    for place in places:
        far[place] = LEAST + chance.exponential(MORE)
        low, high = root[place] - far[place] * sigma[place], root[place] + far[place] * sigma[place]
        moved = low if chance.random() < 0.5 and low > np.sqrt(0.375) else high
        amounts[place] = (moved**2 - 0.375) * value
        truth[place] = True
    return Store(Daily(BY_KEY["gross"], FIRST, amounts, unit=value), campaigns, truth, far)


def _basket_sum(chance: np.random.Generator, count: int, value: float) -> float:
    """The sum of so many order values, whose coefficient of variation is one half."""
    return float(chance.gamma(4.0 * count, value / 4.0)) if count else 0.0


def ours(store: Store) -> tuple[Flags, Flags]:
    """Days found, and days judged."""
    judged = judge(store.daily, campaigns=store.campaigns)
    return np.abs(np.nan_to_num(judged.score)) >= SENSITIVITY, ~np.isnan(judged.score)


def plain(store: Store) -> tuple[Flags, Flags]:
    """The same by mean and standard deviation of the 28 days before."""
    values = store.daily.values
    before = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.full(Z_DAYS, np.nan), values]), Z_DAYS)[:-1]
    spread = before.std(axis=1)
    z = np.divide(values - before.mean(axis=1), spread, out=np.zeros_like(values), where=spread > 0)
    judged = np.arange(len(values)) >= HISTORY_DAYS
    return (np.abs(z) >= SENSITIVITY) & judged, judged


def counted(stores: list[Store], way: Callable[[Store], tuple[Flags, Flags]]) -> Result:
    """What a way finds in some stores."""
    hits = false = planted = days = 0
    for store in stores:
        found, judged = way(store)
        hits += int((found & store.truth).sum())
        false += int((found & ~store.truth).sum())
        planted += int(store.truth.sum())
        days += int(judged.sum())
    return Result(hits, false, planted, days)


def recall_between(stores: list[Store], low: float, high: float) -> float:
    """The part found of what was planted so many deviations away."""
    found = [ours(store)[0][(store.far >= low) & (store.far < high)] for store in stores]
    return float(np.concatenate(found).mean())


def measure(stores: int = STORES) -> Iterator[Figure]:
    """Precision, recall, false alarms and time."""
    planted = [simulated(seed) for seed in range(stores)]
    mine, theirs = counted(planted, ours), counted(planted, plain)
    near, mean = recall_between(planted, LEAST, LEAST + 1), recall_between(planted, LEAST + 1, LEAST + 2)
    note = (
        f"{stores} stores, {mine.planted:,} planted days of {mine.judged:,}; {mine.false:,} false alarms; recall of"
        f" those at 4–5 deviations {near:.2f}, at 5–6 {mean:.2f}"
    )
    for name, of in (("precision", Result.precision), ("recall", Result.recall)):
        value, beside = of.fget(mine), of.fget(theirs)  # type: ignore[misc]
        yield Figure(
            f"anomalies, {name}", value, "", "z-score over 28 days", beside, "≥ 0.8", value >= 0.8, note
        )  # fmt: skip
    quiet = [simulated(10_000 + seed, planted=0) for seed in range(stores)]
    mine, theirs = counted(quiet, ours), counted(quiet, plain)
    yield Figure(
        "false alarms of stores without anomalies", 1000 * mine.false / mine.judged, "of 1,000 days",
        "z-score over 28 days", 1000 * theirs.false / theirs.judged, note=f"{mine.judged:,} days",
    )  # fmt: skip
    began = time.process_time()
    for store in planted[:50]:
        find(store.daily, Thresholds(), campaigns=store.campaigns)
    took = (time.process_time() - began) / 50 * 1000
    yield Figure(
        "anomalies of one metric over 800 days, processor time", took, "ms", "a twelfth of the limit of a page", 25.0,
        "≤ 1 ×", took <= 25.0,
    )  # fmt: skip
