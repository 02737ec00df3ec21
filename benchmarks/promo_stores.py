"""Simulated companies whose promotions' effects are known: what estimates and intervals are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.promo.history import Series
from analytics.promo.terms import Cell, CrossEffect

WINDOW_DAYS = 14


@dataclass(frozen=True, slots=True)
class Company:
    """History with its truth: elasticity by cell (units × (1 − d)^−elasticity), cross effects, share pulled forward."""

    history: list[Series]
    groups: dict[str, str]
    elasticity: dict[Cell, float]
    crosses: tuple[CrossEffect, ...]
    pulled: dict[Cell, float]

    def uplift(self, cell: Cell, discount: float) -> float:
        """The true uplift (fraction)."""
        return float((1 - discount) ** -self.elasticity[cell] - 1)


def company(
    seed: int,
    *,
    departments: int = 4,
    days: int = 540,
    promoted: float = 0.25,
    effect: float = 1.5,
    spread: float = 0.7,
    noise: float = 0.15,
    units: float = 80.0,
    mixed: bool = False,
    quiet: int = 0,
) -> Company:
    """effect, spread: mean and standard deviation of the elasticities (0 and 0: promotions do nothing, and nothing else
    of them is there). promoted: share of days on promotion. mixed: only a part of a promo day's sales is on promo.
    quiet: so many days at the end have no promotion."""
    random = np.random.default_rng(seed)
    names = [f"D{n}" for n in range(departments)]
    cells = [Cell(name, channel) for name in names for channel in ("offline", "online")]
    groups = {name: f"G{n // 2}" for n, name in enumerate(names)}
    none = effect == 0 and spread == 0
    elasticity = {cell: float(random.normal(effect, spread)) for cell in cells}
    crosses = tuple(
        CrossEffect(one, other, 0.0 if none else float(random.normal(-0.05, 0.08)))
        for one in cells for other in cells
        if one != other and (one.department == other.department
                             or (one.channel == other.channel and groups[one.department] == groups[other.department]))
    )  # fmt: skip
    pulled = {cell: 0.0 if none else float(np.clip(random.normal(0.25, 0.1), 0, 0.6)) for cell in cells}
    depth = {cell: _calendar(random, days, promoted) for cell in cells}
    for held in depth.values():
        held[days - quiet :] = 0
    uplift = {cell: (1 - depth[cell]) ** -elasticity[cell] - 1 for cell in cells}
    return Company(
        [_series(random, cell, (depth, uplift, crosses, pulled), noise, units, mixed) for cell in cells],
        groups, elasticity, crosses, pulled,
    )  # fmt: skip


def _calendar(random: np.random.Generator, days: int, promoted: float) -> np.ndarray:
    """Runs of 3 to 14 days at one of the usual depths, as often as it takes."""
    depth = np.zeros(days)
    day = int(random.integers(0, 20))
    while day < days:
        length = int(random.integers(3, 15))
        depth[day : day + length] = random.choice([0.05, 0.1, 0.15, 0.2, 0.25, 0.3])
        gap = length * (1 - promoted) / promoted
        day += length + max(1, int(random.exponential(gap)))
    return depth


def _series(
    random: np.random.Generator,
    cell: Cell,
    truth: tuple[dict[Cell, np.ndarray], dict[Cell, np.ndarray], tuple[CrossEffect, ...], dict[Cell, float]],
    noise: float,
    units: float,
    mixed: bool,
) -> Series:
    depth, uplift, crosses, pulled = truth
    days = len(depth[cell])
    time = np.arange(days)
    base = units * np.exp(random.normal(0, 0.5) + random.normal(0, 0.1) * time / 365 + np.tile(
        random.normal(0, 0.15, 7), days // 7 + 1)[:days])  # fmt: skip
    factor = 1 + uplift[cell]
    for effect in crosses:
        if effect.affected == cell:
            factor = factor * np.maximum(1 + effect.effect * uplift[effect.source], 0.05)
    promo = depth[cell] > 0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], promo.astype(int), [0]])))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        gone = pulled[cell] * uplift[cell][start:end].sum() / WINDOW_DAYS
        until = min(end + WINDOW_DAYS, days)
        free = ~promo[end:until] & (np.cumsum(promo[end:until]) == 0)
        factor[end:until] *= np.where(free, max(1 - gone, 0.05), 1)
    wander = np.zeros(days)
    for day in range(1, days):
        wander[day] = 0.6 * wander[day - 1] + random.normal(0, noise * 0.8)
    sold = random.poisson(base * factor * np.exp(wander - noise**2 / 2)).astype(float)
    share = np.where(promo, random.uniform(0.3, 0.9, days) if mixed else 1.0, 0.0)
    price, cost = 20.0, 14.0
    return Series(
        cell, date(2025, 1, 6), sold, sold * price * (1 - depth[cell]), sold * (price * (1 - depth[cell]) - cost),
        promo, depth[cell], share,
    )  # fmt: skip
