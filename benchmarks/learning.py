"""Whether forecasts get better from post-mortem to post-mortem, on simulated seasons whose truth is known.

A season begins with a model of a short history with few promotions. Then promotion after promotion is run, judged and
taught. After each, the same later promotions are forecast: their errors are those of the same truth each time, so that
only what was learned tells them apart.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from analytics.promo import usual
from analytics.promo.history import Series
from analytics.promo.learning import Outcome, taught
from analytics.promo.model import Model
from analytics.promo.terms import Cell, Floats
from analytics.promo.uplift import learn
from benchmarks.table import Figure

SEASONS = 200
POST_MORTEMS: Final = 6
LATER: Final = 24
_FIRST: Final = date(2025, 1, 6)
_HISTORY: Final = 240
_LENGTH: Final = 7
_CYCLE: Final = 35
_BEFORE: Final = 28
_DEPTHS: Final = (0.1, 0.15, 0.2, 0.25, 0.3)
_CHANCE: Final = 0.1
_DRAWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Season:
    """One cell's truth: elasticity, and units by day as they come without promotion (chance included)."""

    elasticity: float
    units: Floats

    def uplift(self, depth: float, luck: float) -> float:
        """The true uplift (fraction) of a promotion with that luck (log)."""
        return float((1 - depth) ** -self.elasticity * np.exp(luck) - 1)


def measure(seasons: int = SEASONS) -> Iterator[Figure]:
    """The median error of later promotions' forecasts, before any post-mortem and after each."""
    began = time.process_time()
    errors = np.array([_season(1 + number) for number in range(seasons)])
    took = (time.process_time() - began) / seasons
    # Seasons × (before, after 1, after 2, …) × promotions; the interval is of the median over seasons drawn anew.
    medians = np.median(errors, axis=(0, 2))
    random = np.random.default_rng(0)
    drawn = np.array([
        np.median(errors[random.integers(0, seasons, seasons)], axis=(0, 2)) for _ in range(_DRAWS // 4)
    ])  # fmt: skip
    for step in range(1, POST_MORTEMS + 1):
        low, high = np.quantile(drawn[:, step] / drawn[:, 0], [0.05, 0.95])
        falls = medians[step] < medians[step - 1]
        yield Figure(
            f"median forecast error after {step} post-mortems", float(medians[step]) * 100, "%", "before any",
            float(medians[0]) * 100, "below the one before", bool(falls),
            f"{seasons} seasons; ratio to before any {low:.2f} to {high:.2f} (90 %)"
            + (f"; {took:.2f} s of processor time each" if step == 1 else ""),
        )  # fmt: skip


def _season(seed: int) -> Floats:
    """Absolute errors of units' forecasts as fractions of the forecast: (1 + post-mortems) × later promotions."""
    random = np.random.default_rng(seed)
    cells = [Cell(f"D{n}", "online") for n in range(4)]
    days = _HISTORY + POST_MORTEMS * _CYCLE + LATER * _LENGTH
    truth = {cell: Season(float(random.normal(1.5, 0.7)), _plain(random, days)) for cell in cells}
    model = _begun(random, truth)
    later = _later(random, cells)
    found = [_errors(model, truth, later)]
    for number in range(POST_MORTEMS):
        start = _HISTORY + number * _CYCLE + _BEFORE
        outcomes = [_judged(random, model, cell, truth[cell], start, f"{number}") for cell in cells]
        model = taught(model, outcomes).model
        found.append(_errors(model, truth, later))
    return np.array(found)


def _plain(random: np.random.Generator, days: int) -> Floats:
    wander = np.zeros(days)
    for day in range(1, days):
        wander[day] = 0.5 * wander[day - 1] + random.normal(0, 0.08)
    level = 80 * np.exp(random.normal(0, 0.4))
    week = np.tile(random.normal(0, 0.15, 7), days // 7 + 1)[:days]
    found: Floats = level * np.exp(week + wander)
    return found


def _begun(random: np.random.Generator, truth: dict[Cell, Season]) -> Model:
    """A model of the history: two promotions of a cell in eight months."""
    history = []
    for cell, season in truth.items():
        depth = np.zeros(_HISTORY)
        for start in (60, 150):
            depth[start : start + _LENGTH] = random.choice(_DEPTHS[:3])
        lift = np.ones(_HISTORY)
        for start in (60, 150):
            during = slice(start, start + _LENGTH)
            lift[during] = 1 + season.uplift(depth[start], random.normal(0, _CHANCE))
        sold = random.poisson(season.units[:_HISTORY] * lift).astype(float)
        history.append(
            Series(cell, _FIRST, sold, sold * 20 * (1 - depth), sold * (20 * (1 - depth) - 14), depth > 0, depth,
                   np.where(depth > 0, 1.0, 0.0))
        )  # fmt: skip
    learned = learn(history)
    parts = {
        series.cell: usual.parts_of(
            series, learned.responses[series.cell], frozenset(), learned.curves[series.cell].at
        )
        for series in history
    }  # fmt: skip
    last = _FIRST + timedelta(days=_HISTORY - 1)
    return Model("begun", "", _FIRST, last, learned.curves, parts, learned.pull_forward, (), ())


def _judged(random: np.random.Generator, model: Model, cell: Cell, season: Season, start: int, source: str) -> Outcome:
    """A promotion run and judged against what the four weeks before it, in the model's usual shape, let expect."""
    depth = float(random.choice(_DEPTHS))
    before = random.poisson(season.units[start - _BEFORE : start]).astype(float)
    sold = random.poisson(season.units[start : start + _LENGTH] * (1 + season.uplift(depth, random.normal(0, _CHANCE))))
    told = _told(model, cell, start - _BEFORE, _BEFORE + _LENGTH)
    weeks = (before / told[:_BEFORE]).reshape(-1, 7).mean(axis=1)
    expected = told[_BEFORE:].sum() * weeks.mean()
    # A week differs from the one before by chance alone as much as these did among themselves, or as usual.
    spread = float(np.sqrt((weeks.var(ddof=1) * 3 + 0.05**2 * 4) / 7)) / weeks.mean()
    uplift = float(sold.sum()) / expected - 1
    error = (1 + uplift) * spread * float(np.sqrt(1 + 1 / len(weeks)))
    first = _FIRST + timedelta(days=start)
    return Outcome(source, cell, depth, uplift, error, _LENGTH, first, first + timedelta(days=_LENGTH - 1))


def _later(random: np.random.Generator, cells: list[Cell]) -> list[tuple[Cell, int, float, float]]:
    """Cell, first day, depth and luck of the promotions that are forecast."""
    first = _HISTORY + POST_MORTEMS * _CYCLE
    return [
        (cells[n % len(cells)], first + n * _LENGTH, float(random.choice(_DEPTHS)), float(random.normal(0, _CHANCE)))
        for n in range(LATER)
    ]


def _errors(model: Model, truth: dict[Cell, Season], later: list[tuple[Cell, int, float, float]]) -> list[float]:
    found = []
    for cell, start, depth, luck in later:
        actual = truth[cell].units[start : start + _LENGTH].sum() * (1 + truth[cell].uplift(depth, luck))
        forecast = _told(model, cell, start, _LENGTH).sum() * (1 + model.curves[cell].at(depth))
        found.append(abs(actual - forecast) / forecast)
    return found


def _told(model: Model, cell: Cell, start: int, days: int) -> Floats:
    first = _FIRST + timedelta(days=start)
    held = usual.baseline({cell: model.parts[cell]}, first, first + timedelta(days=days - 1))
    units: Floats = held.units[0]
    return units
