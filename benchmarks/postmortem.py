"""How often a post-mortem sees an effect where there is none, beside the days before and after put side by side."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import numpy as np
from scipy import stats

from analytics.promo.history import Series
from analytics.promo.postmortem.counterfactual import Asked, expected
from analytics.promo.postmortem.effect import effect, together
from analytics.promo.terms import Cell
from benchmarks.table import Figure

CASES: Final = 200
EFFECTS: Final = (0.1, 0.2)
_DAYS, _LENGTH, _AFTER, _DEPARTMENTS, _PROMOTED = 430, 14, 14, 6, 2
_FIRST: Final = date(2025, 1, 1)


def measure(cases: int = CASES) -> Iterator[Figure]:
    """False verdicts at the 5 % level of promotions that do nothing, 14 days of two departments out of six."""
    random = np.random.default_rng(7)
    began = time.process_time()
    false = naive = held = 0
    found_of = dict.fromkeys(EFFECTS, 0)
    for _ in range(cases):
        history = company(random)
        start = _DAYS - _LENGTH - _AFTER
        cells = [series.cell for series in history]
        asked = Asked(
            _FIRST + timedelta(days=start), _LENGTH, _LENGTH + _AFTER, frozenset(cells[_PROMOTED:]), frozenset(), {}
        )
        told = expected(history, cells[:_PROMOTED], asked)
        found = [told[cell] for cell in cells[:_PROMOTED]]
        days = np.arange(_LENGTH + _AFTER) < _LENGTH
        sums = [float(series.units[start : start + _LENGTH].sum()) for series in history[:_PROMOTED]]
        seen = effect(found, sums, [days] * _PROMOTED, together(found), _LENGTH)
        for more in EFFECTS:
            real = effect(found, [one * (1 + more) for one in sums], [days] * _PROMOTED, together(found), _LENGTH)
            found_of[more] += real.sure and real.units > 0
        false += seen.sure
        held += seen.low <= 0 <= seen.high
        total = np.array([series.units for series in history[:_PROMOTED]]).sum(axis=0)
        before, during = total[start - 2 * _LENGTH : start], total[start : start + _LENGTH]
        naive += float(stats.ttest_ind(during, before, equal_var=False).pvalue) < 0.05
    spent = (time.process_time() - began) / cases
    yield Figure(
        f"false verdicts at the 5 % level, {cases} promotions without effect", false / cases * 100, "%",
        "t test of the days against the 28 before", naive / cases * 100, "≤ 7 %", false / cases <= 0.07,
        f"{spent * 1000:.0f} ms of CPU each",
    )  # fmt: skip
    yield Figure(
        "90 % intervals that hold no effect", held / cases * 100, "%", "nominal", 90.0, "≥ 85 %", held / cases >= 0.85
    )
    for more, times in found_of.items():
        yield Figure(f"promotions that sold {more:.0%} more and are told from chance", times / cases * 100, "%")


def company(random: np.random.Generator) -> list[Series]:
    """Six departments with weekdays, a demand that all share and drifts of their own; weeks on promotion before, half
    as much again; on the last but 14 days two are on promotion and sell as ever."""
    shared, found = _swings(random, 0.6, 0.08), []
    start = _DAYS - _LENGTH - _AFTER
    for number in range(_DEPARTMENTS):
        weekday = np.clip(1 + 0.15 * random.normal(size=7), 0.3, 2)[np.arange(_DAYS) % 7]
        drift = np.cumsum(0.008 * random.normal(size=_DAYS)) + _swings(random, 0.7, 0.06)
        promoted = np.zeros(_DAYS, bool)
        place = int(random.integers(20, 60))
        while number <= _PROMOTED and place < start - 40:
            promoted[place : place + 7] = True
            place += int(random.integers(60, 90))
        mean = random.uniform(30, 300) * weekday * np.exp(shared + drift) * (1 + 0.5 * promoted)
        units = random.poisson(mean).astype(float)
        if number < _PROMOTED:
            promoted[start : start + _LENGTH] = True
        depth = np.where(promoted, 0.2, 0.0)
        cell = Cell(f"D{number}", "online")
        found.append(Series(cell, _FIRST, units, units * 10, units * 4, promoted, depth, promoted.astype(float)))
    return found


def _swings(random: np.random.Generator, keeps: float, size: float) -> np.ndarray:
    found = np.zeros(_DAYS)
    for day in range(1, _DAYS):
        found[day] = keeps * found[day - 1] + size * random.normal()
    return found
