"""Whether the uplifts, what they take from elsewhere and from later, and their intervals hold on simulated companies
whose truth is known. Processor time; the peer is the plain ratio of promo days to regular days of the same weekday."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from analytics.promo import usual
from analytics.promo.history import Series
from analytics.promo.uplift import learn
from benchmarks.promo_stores import WINDOW_DAYS, Company, company
from benchmarks.table import Figure

COMPANIES = 60
DEPTHS = (0.1, 0.2, 0.3)
_Z = 1.6448536269514722
LOW, HIGH = 0.85, 0.95
KINDS: dict[str, dict[str, float | bool]] = {
    "promotions on a quarter of the days": {},
    "promotions without any effect": {"effect": 0.0, "spread": 0.0},
    "promotions on 70 % of the days": {"promoted": 0.7},
    "promo and regular rows share a day": {"mixed": True},
}


@dataclass(slots=True)
class Score:
    """Errors (estimate − truth) and whether the 90 % interval held the truth."""

    errors: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)

    def add(self, estimate: float, error: float, truth: float) -> None:
        self.errors.append(estimate - truth)
        self.held.append(abs(estimate - truth) <= _Z * error)

    @property
    def coverage(self) -> float:
        return float(np.mean(self.held))

    @property
    def bias(self) -> float:
        return float(np.mean(self.errors))


def measure(companies: int = COMPANIES) -> Iterator[Figure]:
    """`companies` of each kind."""
    everything, beside = Score(), {"cross": Score(), "pulled": Score()}
    for kind, shape in KINDS.items():
        began = time.process_time()
        scores = judged(companies, shape)
        took = (time.process_time() - began) / companies
        everything.held += scores["uplift"].held
        if shape.get("effect") != 0:
            # Shrunk toward none, intervals of effects that are none hold nearly always.
            for name, score in beside.items():
                score.held += scores[name].held
        plain = float(np.mean(scores["plain"].errors))
        yield Figure(
            f"bias of uplift in points, {kind}", scores["uplift"].bias * 100, "points", "plain ratio to regular days",
            plain * 100, "≤ 1 point", abs(scores["uplift"].bias) <= 0.01,
            f"{companies} companies, {took:.2f} s each; coverage of 90 %: uplift {scores['uplift'].coverage:.0%}, cross"
            f" effects {scores['cross'].coverage:.0%}, pull-forward {scores['pulled'].coverage:.0%}",
        )  # fmt: skip
    yield Figure(
        "90 % intervals of uplift that hold the truth", everything.coverage, "", "nominal", 0.9, "0.85 to 0.95",
        LOW <= everything.coverage <= HIGH, f"{companies * len(KINDS)} companies of all kinds",
    )  # fmt: skip
    for name, called in (("cross", "effects on others"), ("pulled", "the share pulled forward")):
        yield Figure(
            f"90 % intervals of {called} that hold the truth", beside[name].coverage, "", "nominal", 0.9,
            "0.85 to 0.95", LOW <= beside[name].coverage <= HIGH,
            f"{companies * (len(KINDS) - 1)} companies with effects",
        )  # fmt: skip
    baselines = judged_baselines(companies)
    yield Figure(
        "90 % intervals of a 30-day baseline that hold what was sold", baselines.coverage, "", "nominal", 0.9,
        "0.85 to 0.95", LOW <= baselines.coverage <= HIGH,
        f"{len(baselines.held)} series, bias {baselines.bias:+.1%} of the total",
    )  # fmt: skip
    took = speed()
    yield Figure(
        "learning 20 departments in 2 channels, 3 years", took, "s", goal="≤ 30 s", met=took <= 30,
        note="processor time",
    )  # fmt: skip


def judged_baselines(companies: int, days: int = 540, ahead: int = 30, seed: int = 1) -> Score:
    """Log errors of the totals of so many days to come without promotion, of all series of so many companies."""
    score = Score()
    for number in range(companies):
        truth = company(seed + number, days=days + ahead, quiet=ahead + WINDOW_DAYS)
        history = [until(series, days) for series in truth.history]
        learned = learn(history, truth.groups)
        for series, known in zip(truth.history, history, strict=True):
            cell = known.cell
            held = usual.parts_of(known, learned.responses[cell], frozenset(), learned.curves[cell].at)
            start = known.first + timedelta(days=days)
            told = usual.baseline({cell: held}, start, start + timedelta(days=ahead - 1))
            spread = float(np.sqrt(np.log1p(told.error[0] ** 2)))
            # Log-normal around the mean, as the intervals of a scenario are drawn.
            score.add(float(np.log(told.units.sum())) - spread**2 / 2, spread, float(np.log(series.units[days:].sum())))
    return score


def until(series: Series, days: int) -> Series:
    """Its first days."""
    return Series(
        series.cell, series.first, series.units[:days], series.sales[:days], series.margin[:days],
        series.promoted[:days], series.depth[:days], series.share[:days],
    )  # fmt: skip


def speed(departments: int = 20, days: int = 1096) -> float:
    """Seconds of processor time for a whole model of so many departments in two channels over three years."""
    truth = company(1, departments=departments, days=days)
    began = time.process_time()
    learn(truth.history, truth.groups)
    return time.process_time() - began


def judged(companies: int, shape: dict[str, float | bool], seed: int = 1) -> dict[str, Score]:
    """Scores of uplift (at DEPTHS), the plain ratio, cross effects and pull-forward over so many companies."""
    scores = {name: Score() for name in ("uplift", "plain", "cross", "pulled")}
    for number in range(companies):
        truth = company(seed + number, **shape)  # type: ignore[arg-type]
        learned = learn(truth.history, truth.groups)
        for series in truth.history:
            curve = learned.curves[series.cell]
            for depth in DEPTHS:
                real = truth.uplift(series.cell, depth)
                scores["uplift"].add(curve.at(depth), curve.error_at(depth), real)
                plain = _plain(series, depth)
                if plain is not None:
                    scores["plain"].add(plain, 0.0, real)
        real_crosses = {(effect.source, effect.affected): effect.effect for effect in truth.crosses}
        for effect in learned.crosses:
            scores["cross"].add(effect.effect, effect.error, real_crosses[effect.source, effect.affected])
        for cell, pulled in learned.pull_forward.items():
            if _any_effect(truth):
                scores["pulled"].add(pulled.share, pulled.error, truth.pulled[cell])
    return {name: score if score.held else Score([0.0], [True]) for name, score in scores.items()}


def _any_effect(truth: Company) -> bool:
    """A share of incremental units has a meaning only where there are some."""
    return any(truth.elasticity.values())


def _plain(series: Series, depth: float) -> float | None:
    """Promo days at that depth over regular days of the same weekday."""
    at = series.promoted & (np.abs(series.depth - depth) < 1e-9)
    if not at.any():
        return None
    usual = np.array([series.units[~series.promoted & (series.weekdays == day)].mean() for day in range(7)])
    return float((series.units[at] / usual[series.weekdays[at]]).mean() - 1)
