"""Customers who behave exactly as the models say, drawn from known parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Buyers:
    """Arrays, one place a customer: repeat orders, last and age in days; what then comes: alive, orders of the next
    `horizon` days."""

    repeat: Any
    last: Any
    age: Any
    alive: Any
    orders: Any


def buyers(rng: np.random.Generator, n: int, *, r: float, alpha: float, a: float, b: float, horizon: float) -> Buyers:
    """MBG/NBD: each may drop out after every order, the first one too. Seen for 100 to 700 days."""
    age = rng.integers(100, 701, n).astype(float)
    rate, dropout = rng.gamma(r, 1 / alpha, n), rng.beta(a, b, n)
    repeat, orders, last, now = np.zeros(n, int), np.zeros(n, int), np.zeros(n), np.zeros(n)
    alive = np.ones(n, bool)
    active = np.flatnonzero(rng.random(n) >= dropout)
    alive[np.setdiff1d(np.arange(n), active)] = False
    while len(active):
        now[active] += rng.exponential(1 / rate[active])
        active = active[now[active] <= (age + horizon)[active]]
        seen = active[now[active] <= age[active]]
        repeat[seen] += 1
        last[seen] = now[seen]
        orders[np.setdiff1d(active, seen, assume_unique=True)] += 1
        gone = rng.random(len(active)) < dropout[active]
        alive[active[gone & (now[active] <= age[active])]] = False
        active = active[~gone]
    return Buyers(repeat, last, age, alive, orders)
