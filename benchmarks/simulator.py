"""A scenario of 30 days over 20 departments in 2 channels: all that the simulator shows of it, each time anew."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from analytics.promo.mechanics import Mechanic, Segment
from analytics.promo.optimiser import Weights
from analytics.promo.scenarios import Content
from analytics.promo.task import Candidate, Objective, Task, problem_of
from analytics.promo.terms import Baseline, Cell, CrossEffect, Curve, Knowledge, PullForward
from analytics.promo.trial import Ground, tried
from analytics.promo.verdict import Limits
from benchmarks.page import COLD_MS, WARM_MS
from benchmarks.servers import environment
from benchmarks.table import Figure, percentile
from settings import PROJECT_ROOT

LIMIT_MS: Final = 200.0
OPTIMISED_MS: Final = 2_000.0
DEPARTMENTS: Final = 20
DAYS: Final = 30
_SHALLOW, _DEEP = 20.0, 45.0


def page(folder: Path, runs: int = 5) -> Iterator[Figure]:
    """The page over such a company: cold, after the slider moved, and run again without a change."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "benchmarks.simulator_probe", str(runs)]
    env = environment(folder)
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    for name, told, limit in (
        ("cold", "cold", COLD_MS), ("moved", "after the slider", LIMIT_MS + WARM_MS), ("warm", "warm", WARM_MS),
    ):  # fmt: skip
        value = found[name]
        yield Figure(f"simulator, {told}", value, "ms", "limit", limit, f"≤ {limit:.0f} ms", value <= limit)
        yield Figure(f"simulator, {told} (processor time)", found[f"{name}_processor"], "ms", "limit", limit)


def measure(runs: int = 20) -> Iterator[Figure]:
    """The median, of a scenario that passes most checks and of one that fails most of them."""
    below = ground()
    for name, discount in (("20 % off everything", _SHALLOW), ("45 % off everything, most checks fail", _DEEP)):
        spent, processor = [], []
        for run in range(runs):
            planned = content(discount + run / 100)
            wall, own = time.perf_counter(), time.process_time()
            tried(below, planned)
            spent.append((time.perf_counter() - wall) * 1000)
            processor.append((time.process_time() - own) * 1000)
        middle = percentile(spent, 0.5)
        size = f"{DEPARTMENTS} departments × 2 channels, {DAYS} days"
        yield Figure(f"simulation, {name}", middle, "ms", "limit", LIMIT_MS, "≤ 200 ms", middle <= LIMIT_MS, size)
        yield Figure(f"simulation, {name} (processor time)", percentile(processor, 0.5), "ms", "limit", LIMIT_MS)


def optimised(runs: int = 5) -> Iterator[Figure]:
    """The best discounts of all 40 cells for sales, and for sales and EBIT alike, each choice of the grid simulated
    anew, under a margin floor, ceilings and floors of departments, a budget, the stock of every fourth cell and at most
    twelve promotions at once."""
    below = ground()
    cells, limits = _cells(), Limits()
    pieces = dict(zip(below.baseline.cells, below.baseline.units.sum(axis=1), strict=True))
    candidates = tuple(
        Candidate(cell, stock=1.3 * pieces[cell] if n % 4 == 0 else None, fixed_cost=500.0)
        for n, cell in enumerate(cells)
    )  # fmt: skip
    for objective, told in ((Objective.SALES, "sales"), (Objective.WEIGHTED, "sales and EBIT alike")):
        task = Task(objective, candidates, Weights(1, 0, 1), margin_floor=0.25, budget=60_000.0, most_promotions=12)
        spent, processor = [], []
        for _ in range(runs):
            wall, own = time.perf_counter(), time.process_time()
            problem = problem_of(task, below.baseline, below.knowledge, limits.grid)
            held = task.constraints(problem, limits)
            best = problem.best(task.sought, held)
            spent.append((time.perf_counter() - wall) * 1000)
            processor.append((time.process_time() - own) * 1000)
            assert best.discounts
            assert not problem.broken(best.simulation, held)
        middle = percentile(spent, 0.5)
        name = f"best discounts of {len(cells)} cells for {told}"
        yield Figure(
            name, middle, "ms", "limit", OPTIMISED_MS, "≤ 2,000 ms", middle <= OPTIMISED_MS,
            f"{len(problem.choices)} choices, {len(best.discounts)} promotions",
        )  # fmt: skip
        yield Figure(f"{name} (processor time)", percentile(processor, 0.5), "ms", "limit", OPTIMISED_MS)


def content(discount: float) -> Content:
    """Every department in both channels at one discount (per cent)."""
    rows = tuple(replace(Mechanic(*cell, discount), fixed_cost=500.0) for cell in _cells())
    return Content("Bench", date(2026, 12, 1), date(2026, 12, DAYS), rows, "balanced")


def ground() -> Ground:
    """Departments in groups of four that take from each other and from the other channel."""
    random = np.random.default_rng(4)
    cells = _cells()
    days = tuple(date(2026, 12, 1) + timedelta(days=n) for n in range(DAYS))
    units = random.uniform(50, 150, (len(cells), DAYS))
    knots = np.linspace(0, 0.6, 13)
    curves = {cell: Curve(knots, knots * random.uniform(1, 4), np.full(13, 0.1), 0.3, 40) for cell in cells}
    group = {cell: int(cell.department[1:]) // 4 for cell in cells}
    crosses = tuple(CrossEffect(a, b, -0.02, 0.01) for a in cells for b in cells if a != b and group[a] == group[b])
    pulled = {cell: PullForward(0.1, 0.05) for cell in cells}
    baseline = Baseline(cells, days, units, units * 10, units * 3.5, np.full(len(cells), 0.05))
    segments = (Segment("LOYAL", 0.3), Segment("NEW", 0.2))
    return Ground(baseline, Knowledge(curves, crosses, pulled), "bench", date(2026, 11, 30), segments)


def _cells() -> tuple[Cell, ...]:
    return tuple(Cell(f"D{n}", channel) for n in range(DEPARTMENTS) for channel in ("online", "offline"))
