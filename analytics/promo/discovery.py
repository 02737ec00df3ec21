"""Which promotions would close a month's gap to its target: of each department in each channel the dates and the
discount that are expected to bring most EBIT, days after included, among those that the validation passes.

Looked for among the grid's discounts, no deeper than the department's ceiling and than any that was seen there; for 3,
7 or 14 days in a row that no submitted or approved scenario holds. The figures are the simulator's, of the scenario
that is begun from it. Mandatory texts are not asked for yet: they come with the scenario's brief.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.promo.arithmetic import effective_discount
from analytics.promo.mechanics import Mechanic
from analytics.promo.scenarios import Content
from analytics.promo.simulation import Simulation, simulate
from analytics.promo.templates import ceiling_of
from analytics.promo.terms import Baseline, Cell, Floats, Knowledge, Terms
from analytics.promo.trial import Ground, judged, sales_changed
from analytics.promo.verdict import Check, Report

LENGTHS: Final = (3, 7, 14)
# As many are kept of a month, and as many are tried in a cell, the best first, before it is given up.
MOST: Final = 20
_TRIED: Final = 8
_CENT: Final = 0.01
_TINY: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Found:
    """A promotion that would pay. discount: a fraction; net_ebit: change of EBIT with the days after; ebit, sales,
    units: changes in its own days; month_sales: what the month's sales change by, with the days after that lie in it;
    uplift: fraction of the baseline's units. gap: how far the month lands below its target, None where it does not."""

    cell: Cell
    start: date
    end: date
    discount: float
    net_ebit: float
    ebit: float
    sales: float
    units: float
    month_sales: float
    uplift: float
    promo_days: int
    deepest: float
    score: int
    gap: float | None

    @property
    def content(self) -> Content:
        """The scenario that is begun from it."""
        row = Mechanic(self.cell.department, self.cell.channel, round(self.discount * 100, 2))
        return Content(f"{self.cell.department}, {self.cell.channel}", self.start, self.end, (row,))

    @property
    def gap_share_pct(self) -> float | None:
        """The share of the month's gap that it closes, in per cent; None without a gap."""
        return None if self.gap is None else self.month_sales / self.gap * 100

    @property
    def reason(self) -> str:
        """Why, in plain sentences."""
        said = (
            f"{round(self.discount * 100, 2):g} % off is expected to sell {self.uplift * 100:.0f} % more pieces than"
            f" usual (learned from {self.promo_days} promo days, the deepest at {round(self.deepest * 100, 1):g} %);"
            f" EBIT ends {self.net_ebit:,.0f} above the baseline, days after included."
        )
        if self.gap is None or self.gap_share_pct is None:
            return said
        return (
            f"{said} Sales of {self.start:%B} rise by {self.month_sales:,.0f}, {self.gap_share_pct:.0f} % of the"
            f" {self.gap:,.0f} that they would end below target."
        )


def discovered(ground: Ground, gap: float | None) -> tuple[Found, ...]:
    """The promotions that would pay in the days of the ground's baseline, which lie in one month: at most one of each
    cell, by the change of EBIT. gap: target less landing of the month, None without either."""
    # Of less than a cent no share is worth telling.
    missing = gap if gap is not None and gap >= _CENT else None
    cells = [cell for cell in ground.baseline.cells if cell in ground.knowledge.curves]
    found = [best for cell in cells if (best := _best(ground, cell, missing)) is not None]
    return tuple(sorted(found, key=lambda one: (-one.net_ebit, one.cell))[:MOST])


def _best(ground: Ground, cell: Cell, gap: float | None) -> Found | None:
    """The best of a cell that the validation passes; None where nothing earns its cost and passes."""
    for start, end, discount in islice(_candidates(ground, cell), _TRIED):
        own = within(ground, start, end)
        row = Mechanic(cell.department, cell.channel, round(discount * 100, 2))
        content = Content(f"{cell.department}, {cell.channel}", start, end, (row,))
        terms = own.settings.terms(content.mechanics, own.segments)
        simulation, whole = judged(own, content, terms)
        report = Report(tuple(issue for issue in whole.issues if issue.type is not Check.BRAND_COMPLIANCE))
        if report.status == "PASS" and simulation.net_ebit_delta >= _CENT:
            return _found(own, cell, discount, simulation, report, gap, terms)
    return None


def _found(
    ground: Ground, cell: Cell, discount: float, simulation: Simulation, report: Report, gap: float | None,
    terms: Sequence[Terms],
) -> Found:  # fmt: skip
    days, curve = ground.baseline.days, ground.knowledge.curves[cell]
    month = days[0].replace(day=1)
    changed = sales_changed(simulation, ground.knowledge)
    return Found(
        cell=cell,
        start=days[0],
        end=days[-1],
        discount=discount,
        net_ebit=simulation.net_ebit_delta,
        ebit=simulation.delta.ebit,
        sales=simulation.delta.sales,
        units=simulation.delta.units,
        month_sales=sum(amount for day, amount in changed.items() if day.replace(day=1) == month),
        uplift=curve.at(sum(effective_discount(row) for row in terms)),
        promo_days=curve.promo_days,
        deepest=curve.deepest,
        score=report.overall_score,
        gap=gap,
    )


def _candidates(ground: Ground, cell: Cell) -> Iterator[tuple[date, date, float]]:
    """First day, last day and discount, by the EBIT that they are expected to bring, the largest first; ties: the
    smaller discount, the earlier days. Of each discount and length the best days."""
    told, knowledge = _around(ground, cell)
    days = told.days
    free = _free(ground, cell, days)
    steps = _steps(ground, cell)
    found: list[tuple[float, float, date, date]] = []
    for step in steps:
        gain = _by_day(simulate(told, [Terms(cell, step)], knowledge), told.cells.index(cell))
        for length in _lengths(len(days)):
            if (place := _best_window(gain, free, length)) is not None:
                brings = float(gain[place : place + length].sum())
                if brings > 0:
                    found.append((-round(brings, 6), step, days[place], days[place + length - 1]))
    for _, step, start, end in sorted(found):
        yield start, end, step


def _around(ground: Ground, cell: Cell) -> tuple[Baseline, Knowledge]:
    """The cell with those that its promotion changes: the others stay as they are."""
    crosses = tuple(effect for effect in ground.knowledge.crosses if effect.source == cell)
    held = {cell, *(effect.affected for effect in crosses)}
    told = ground.baseline
    places = [place for place, one in enumerate(told.cells) if one in held]
    part = Baseline(
        tuple(told.cells[place] for place in places), told.days, told.units[places], told.sales[places],
        told.margin[places], told.error[places],
    )  # fmt: skip
    return part, replace(ground.knowledge, crosses=crosses)


def _steps(ground: Ground, cell: Cell) -> list[float]:
    limits = ground.settings.limits
    deepest = min(ceiling_of(cell.department, limits), ground.knowledge.curves[cell].deepest)
    return [step for step in limits.grid if 0 < step <= deepest + _TINY]


def _by_day(simulation: Simulation, place: int) -> Floats:
    """Change of EBIT by day, less what is bought earlier because of the day."""
    told = simulation.baseline
    change: Floats = (simulation.ebit - simulation.baseline_ebit).sum(axis=0)
    more: Floats = np.maximum(simulation.own_units[place] - told.units[place], 0)
    return change - float(simulation.pulled_ebit.sum()) * more / more.sum() if more.sum() > 0 else change


def _free(ground: Ground, cell: Cell, days: Sequence[date]) -> NDArray[np.bool_]:
    """Days on which no other scenario holds the cell."""
    held = [other for other in ground.others if other.cell == cell]
    return np.array([not any(other.start <= day <= other.end for other in held) for day in days])


def _lengths(days: int) -> tuple[int, ...]:
    return tuple(length for length in LENGTHS if length <= days) or ((days,) if days else ())


def _best_window(gain: Floats, free: NDArray[np.bool_], length: int) -> int | None:
    """Where so many free days in a row bring most, the first of equal ones; None where there are none."""
    sums = np.convolve(gain, np.ones(length), "valid")
    whole = np.convolve(free.astype(float), np.ones(length), "valid") > length - 0.5
    if not whole.any():
        return None
    sums = np.where(whole, np.round(sums, 6), -np.inf)
    return int(np.argmax(sums))


def within(ground: Ground, start: date, end: date) -> Ground:
    """The same for fewer days, both in. The errors of totals stay those of all days."""
    told = ground.baseline
    held = slice((start - told.days[0]).days, (end - told.days[0] + timedelta(days=1)).days)
    part = replace(
        told, days=told.days[held], units=told.units[:, held], sales=told.sales[:, held], margin=told.margin[:, held]
    )
    return replace(ground, baseline=part)
