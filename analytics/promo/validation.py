"""Whether a scenario may run: each check of the definitions' table with its severity, message and fix."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from analytics.promo.alone import Alone
from analytics.promo.arithmetic import effective_discount
from analytics.promo.simulation import Simulation, offers_of, simulate
from analytics.promo.terms import Baseline, Cell, CrossEffect, Knowledge, Terms
from analytics.promo.verdict import HIGH, LOW, MEDIUM, Check, Fix, Issue, Limits, Occupied, Report, Surroundings

# How far around its dates free ones are looked for.
_SEARCHED_DAYS: Final = 366


def validate(
    baseline: Baseline,
    terms: Sequence[Terms],
    knowledge: Knowledge,
    limits: Limits,
    surroundings: Surroundings,
) -> Report:
    """All checks. Raises NotSimulable as the simulation does."""
    case = _Case(
        baseline, tuple(terms), knowledge, limits, surroundings, simulate(baseline, terms, knowledge),
        Alone(baseline, knowledge),
    )  # fmt: skip
    return Report(tuple(issue for check in _CHECKS for issue in check(case)))


@dataclass(frozen=True, slots=True)
class _Case:
    baseline: Baseline
    terms: Sequence[Terms]
    knowledge: Knowledge
    limits: Limits
    surroundings: Surroundings
    simulation: Simulation
    single: Alone
    # What a row, or a department, has to do with: one of forty cells is tried in a fortieth of the time.
    parts: dict[Cell | str, tuple[Baseline, Knowledge]] = field(default_factory=dict)

    def with_depths(self, depths: Mapping[int, float]) -> Simulation:
        rows = [replace(row, depth=depths.get(place, row.depth)) for place, row in enumerate(self.terms)]
        return simulate(self.baseline, rows, self.knowledge)

    def alone(self, place: int, depth: float | None = None) -> Simulation:
        """The row by itself, over its own cell and those that it wins from or takes from: the others do not change."""
        row = self.terms[place]
        if row.cell not in self.parts:
            crosses = tuple(effect for effect in self.knowledge.crosses if effect.source == row.cell)
            self.parts[row.cell] = self._part({row.cell, *(effect.affected for effect in crosses)}, crosses)
        baseline, knowledge = self.parts[row.cell]
        return simulate(baseline, [replace(row, depth=row.depth if depth is None else depth)], knowledge)

    def alone_ebit(self, place: int, depth: float | None = None) -> float:
        """The change of EBIT of the row by itself."""
        row = self.terms[place]
        offers = offers_of([row if depth is None else replace(row, depth=depth)], self.knowledge)
        return self.single.net_ebit_delta(row.cell, offers[row.cell])

    def around(self, department: str, depths: Mapping[int, float]) -> Simulation:
        """The department's cells with these depths, beside those that change them; the figures of the latter lack what
        other departments do to them."""
        if department not in self.parts:
            crosses = tuple(effect for effect in self.knowledge.crosses if effect.affected.department == department)
            cells = {cell for cell in self.baseline.cells if cell.department == department}
            self.parts[department] = self._part(cells | {effect.source for effect in crosses}, crosses)
        baseline, knowledge = self.parts[department]
        held = set(baseline.cells)
        rows = [
            replace(row, depth=depths.get(place, row.depth)) for place, row in enumerate(self.terms) if row.cell in held
        ]
        return simulate(baseline, rows, knowledge)

    def asked(self, place: int, depth: float) -> float:
        """Units that would be asked for in the row's cell with this depth of the row, with what other cells bring it or
        take from it, were there no end of its stock."""
        cell = self.terms[place].cell
        if (key := f"stock of {_named(cell)}") not in self.parts:
            crosses = tuple(effect for effect in self.knowledge.crosses if effect.affected == cell)
            self.parts[key] = self._part({cell, *(effect.source for effect in crosses)}, crosses)
        baseline, knowledge = self.parts[key]
        rows = [
            replace(
                row,
                stock_cap=None if row.cell == cell else row.stock_cap,
                depth=depth if n == place else row.depth,
            )
            for n, row in enumerate(self.terms)
            if row.cell in baseline.cells
        ]
        return float(simulate(baseline, rows, knowledge).units[baseline.cells.index(cell)].sum())

    def _part(self, cells: set[Cell], crosses: tuple[CrossEffect, ...]) -> tuple[Baseline, Knowledge]:
        told = self.baseline
        places = [place for place, cell in enumerate(told.cells) if cell in cells]
        part = Baseline(
            tuple(told.cells[place] for place in places), told.days, told.units[places], told.sales[places],
            told.margin[places], told.error[places],
        )  # fmt: skip
        return part, replace(self.knowledge, crosses=crosses)

    def deepest(self, place: int, holds: Callable[[float], bool]) -> float:
        """The deepest step of the grid, not deeper than the row's own, that holds; 0 where none does."""
        own = self.terms[place].depth
        return next((step for step in sorted(self.limits.grid, reverse=True) if step <= own and holds(step)), 0.0)


def _discount_limit(case: _Case) -> Iterator[Issue]:
    for place, row in enumerate(case.terms):
        department = row.cell.department
        given = effective_discount(row)
        # A department's own ceiling does not lift what is the most at all.
        ceiling = min(
            case.limits.discount_by_department.get(department, case.limits.discount), case.limits.discount_at_most
        )
        if given <= ceiling + 1e-9:
            continue
        high = given > case.limits.discount_at_most + 1e-9
        depth = row.depth * ceiling / given
        yield Issue(
            Check.DISCOUNT_LIMIT,
            HIGH if high else MEDIUM,
            f"{_named(row.cell)}: an effective discount of {_percent(given)} is above "
            + (f"{_percent(case.limits.discount_at_most)}, the most at all" if high else f"the {_percent(ceiling)} of")
            + ("" if high else f" {department}"),
            f"Take the ceiling: {_percent(depth)}",
            department,
            Fix(depths={place: depth}),
        )


def _margin_threshold(case: _Case) -> Iterator[Issue]:
    for department in dict.fromkeys(row.cell.department for row in case.terms):
        rate, before = _margin_rates(case.simulation, department)
        if rate is None:
            continue
        floor = case.limits.margin_by_department.get(department, case.limits.margin)
        if before is not None:
            floor = min(floor, before - case.limits.margin_points_below_baseline)
        low = case.limits.margin_at_least
        if rate >= floor - 1e-9 and rate >= low - 1e-9:
            continue
        places = [place for place, row in enumerate(case.terms) if row.cell.department == department]
        deepest = _deepest_of_rows(case, places, department, max(floor, low))
        yield Issue(
            Check.MARGIN_THRESHOLD,
            HIGH if rate < low - 1e-9 else MEDIUM,
            f"{department}: a margin of {_percent(rate)} is below {_percent(max(floor, low))}",
            f"The deepest discount of the grid that holds it: {_percent(deepest)}" if deepest else "Leave it out",
            department,
            Fix(depths={place: min(case.terms[place].depth, deepest) for place in places})
            if deepest
            else Fix(drop=places),
        )


def _deepest_of_rows(case: _Case, places: Sequence[int], department: str, floor: float) -> float:
    def holds(step: float) -> bool:
        depths = {place: min(case.terms[place].depth, step) for place in places}
        rate, _ = _margin_rates(case.around(department, depths), department)
        return rate is not None and rate >= floor - 1e-9

    own = max(case.terms[place].depth for place in places)
    return next((step for step in sorted(case.limits.grid, reverse=True) if 0 < step <= own and holds(step)), 0.0)


def _margin_rates(simulation: Simulation, department: str) -> tuple[float | None, float | None]:
    held = np.array([cell.department == department for cell in simulation.baseline.cells])
    told = simulation.baseline
    return (
        _share(simulation.margin[held].sum(), simulation.sales[held].sum()),
        _share(told.margin[held].sum(), told.sales[held].sum()),
    )


def _begun(case: _Case) -> Iterator[Issue]:
    """A forecast of days that are over is none: what they brought is known, or will never come."""
    today, days = case.surroundings.today, case.baseline.days
    if today is None or not days or days[0] >= today:
        return
    moved = max(today, case.surroundings.not_before or today)
    end = moved + (days[-1] - days[0])
    yield Issue(
        Check.KPI_PLAUSIBILITY,
        MEDIUM,
        f"It begins on {_day(days[0])}, before today: the figures of days that are over are no forecast",
        f"Move it: {_day(moved)} to {_day(end)}",
        None,
        Fix(start=moved, end=end),
    )


def _kpi_plausibility(case: _Case) -> Iterator[Issue]:
    yield from _begun(case)
    if case.simulation.net_ebit_delta < -0.005:
        depths = {place: _best_step(case, place) for place in range(len(case.terms))}
        losing = min(range(len(case.terms)), key=case.alone_ebit)
        yield Issue(
            Check.KPI_PLAUSIBILITY,
            MEDIUM,
            f"EBIT ends {-case.simulation.net_ebit_delta:,.0f} below the baseline",
            _best_said(case, depths),
            case.terms[losing].cell.department,
            Fix(depths={place: depth for place, depth in depths.items() if depth}, drop=_zeros(depths)),
        )
    for cell, offer in case.simulation.offers.items():
        curve = case.knowledge.curves[cell]
        places = [place for place, row in enumerate(case.terms) if row.cell == cell]
        if offer.beyond_seen:
            shrink = curve.deepest / offer.discount
            yield Issue(
                Check.KPI_PLAUSIBILITY,
                MEDIUM,
                f"{_named(cell)}: a discount of {_percent(offer.discount)} was never seen there; the deepest was"
                f" {_percent(curve.deepest)}, and the uplift beyond it is a guess",
                f"Take the deepest that was seen: {_percent(curve.deepest)}",
                cell.department,
                Fix(depths={place: case.terms[place].depth * shrink for place in places})
                if curve.deepest > 0
                else Fix(drop=places),
            )
        sure = confidence(offer.uplift, offer.error)
        if sure < case.limits.confidence:
            yield Issue(
                Check.KPI_PLAUSIBILITY,
                LOW,
                f"{_named(cell)}: the uplift of {_percent(offer.uplift)} is uncertain (confidence {sure:.2f}, from"
                f" {curve.promo_days} promo days)",
                "Read the interval, not the figure",
                cell.department,
            )


def confidence(uplift: float, error: float) -> float:
    """max(0, 1 − half-width of the 90 % interval / max(10 points, |uplift|)); both as fractions."""
    return max(0.0, 1 - 1.6448536269514722 * error / max(0.1, abs(uplift)))


def _best_step(case: _Case, place: int) -> float:
    """The step of the grid with the largest change of EBIT of the row alone; 0 where none earns anything."""
    found = {step: case.alone_ebit(place, step) for step in case.limits.grid if step > 0}
    best = max(found, key=lambda step: (found[step], -step), default=0.0)
    return best if best and found[best] > 0 else 0.0


def _best_said(case: _Case, depths: Mapping[int, float]) -> str:
    """The rows that another step would do better, with that step, and those that no step of the grid lets earn."""
    changed = {place: depth for place, depth in depths.items() if abs(depth - case.terms[place].depth) > 1e-9}
    better = [f"{_named(case.terms[place].cell)} {_percent(depth)}" for place, depth in changed.items() if depth]
    out = list(dict.fromkeys(_named(case.terms[place].cell) for place, depth in changed.items() if not depth))
    told = [f"The best steps of the grid for EBIT: {', '.join(better)}"] if better else []
    if out:
        named = " and ".join(part for part in ("; ".join(out[:-1]), out[-1]) if part)
        told.append(f"leave {named} out: no step of the grid earns its cost there")
    said = "; ".join(told)
    return f"{said[0].upper()}{said[1:]}" if said else "No step of the grid earns its cost"


def _zeros(depths: Mapping[int, float]) -> tuple[int, ...]:
    return tuple(place for place, depth in depths.items() if not depth)


def _cannibalization_risk(case: _Case) -> Iterator[Issue]:
    lost, gained = _lost_and_gained(case.simulation)
    if lost <= 0:
        return
    ratio = lost / gained if gained > 0 else np.inf
    if ratio <= case.limits.cannibalization:
        return
    worst = max(range(len(case.terms)), key=lambda place: _lost_and_gained(case.alone(place))[0])
    cell = case.terms[worst].cell
    share = f"{ratio:.0%} of" if np.isfinite(ratio) else "more than"
    yield Issue(
        Check.CANNIBALIZATION_RISK,
        HIGH if ratio > case.limits.cannibalization_at_most else MEDIUM,
        f"Other departments and channels are expected to lose {lost:,.0f} of margin, {share} what is gained",
        f"Leave out {_named(cell)}, which causes most of it",
        cell.department,
        Fix(drop=(worst,)),
    )


def _lost_and_gained(simulation: Simulation) -> tuple[float, float]:
    """Margin lost elsewhere, and regular margin of the units gained in the promoted cells themselves."""
    told = simulation.baseline
    each = np.divide(told.margin, told.units, out=np.zeros_like(told.margin), where=told.units != 0)
    cross = simulation.cross_units * each
    return float(-cross[cross < 0].sum()), float(((simulation.own_units - told.units) * each).sum())


def _overlap(case: _Case) -> Iterator[Issue]:
    start, end = case.baseline.days[0], case.baseline.days[-1]
    for cell in dict.fromkeys(row.cell for row in case.terms):
        held = [other for other in case.surroundings.others if other.cell == cell]
        meeting = [other for other in held if other.start <= end and start <= other.end]
        if not meeting:
            continue
        other = meeting[0]
        free = _nearest_free(start, end, held, case.surroundings.not_before)
        yield Issue(
            Check.OVERLAP,
            MEDIUM,
            f"{_named(cell)}: '{other.label}' runs there from {_day(other.start)} to {_day(other.end)}",
            f"The nearest free dates: {_day(free[0])} to {_day(free[1])}" if free else "Leave it out",
            cell.department,
            Fix(start=free[0], end=free[1]) if free else None,
        )


def _nearest_free(
    start: date, end: date, held: Sequence[Occupied], not_before: date | None
) -> tuple[date, date] | None:
    for away in range(1, _SEARCHED_DAYS):
        for shift in (timedelta(days=away), timedelta(days=-away)):
            moved = start + shift, end + shift
            if not_before is not None and moved[0] < not_before:
                continue
            if not any(other.start <= moved[1] and moved[0] <= other.end for other in held):
                return moved
    return None


def _budget(case: _Case) -> Iterator[Issue]:
    invested, budget = case.simulation.invested, case.limits.budget
    if invested <= budget + 0.005:
        return
    scaled = _scaled_to(case, lambda found: found.invested <= budget + 0.005)
    yield Issue(
        Check.BUDGET,
        HIGH,
        f"It costs {invested:,.0f} (discount given, fixed cost, less funding); the budget is {budget:,.0f}",
        "Scale the discounts: " + ", ".join(_percent(depth) for depth in scaled.values())
        if scaled
        else "Fixed cost alone is above it: leave rows out",
        None,
        Fix(depths=scaled) if scaled else None,
    )


def _scaled_to(case: _Case, holds: Callable[[Simulation], bool]) -> dict[int, float]:
    """All depths times one factor, the largest in hundredths that holds; empty where none does."""
    low, high = 0, 100
    while low < high:
        middle = (low + high + 1) // 2
        depths = {place: row.depth * middle / 100 for place, row in enumerate(case.terms)}
        low, high = (middle, high) if holds(case.with_depths(depths)) else (low, middle - 1)
    return {place: row.depth * low / 100 for place, row in enumerate(case.terms)} if low else {}


def _stock(case: _Case) -> Iterator[Issue]:
    for place, row in enumerate(case.terms):
        if row.stock_cap is None:
            continue
        cap = row.stock_cap
        asked = case.asked(place, row.depth)
        if asked <= cap + 1e-6:
            continue

        def holds(step: float, place: int = place, cap: float = cap) -> bool:
            return case.asked(place, step) <= cap + 1e-6

        depth = case.deepest(place, holds)
        yield Issue(
            Check.STOCK,
            HIGH,
            f"{_named(row.cell)}: {asked:,.0f} pieces are expected to be asked for, {cap:,.0f} are there",
            f"The deepest discount of the grid that they last for: {_percent(depth)}" if depth else "Leave it out",
            row.cell.department,
            Fix(depths={place: depth}) if depth else Fix(drop=(place,)),
        )


def _target(case: _Case) -> Iterator[Issue]:
    near = case.surroundings
    if near.target is None or near.landing is None or near.landing >= near.target:
        return
    yield Issue(
        Check.TARGET,
        LOW,
        f"{near.month} would land at {near.landing:,.0f}, {near.target - near.landing:,.0f} below its target",
        "Choose more departments, or let the optimiser look for more sales",
        None,
    )


def _brand_compliance(case: _Case) -> Iterator[Issue]:
    missing = case.surroundings.missing_elements
    if missing:
        yield Issue(
            Check.BRAND_COMPLIANCE,
            MEDIUM,
            f"Mandatory elements are missing: {', '.join(missing)}",
            "Add them",
            None,
            Fix(add=tuple(missing)),
        )


_CHECKS: Final = (
    _discount_limit, _margin_threshold, _kpi_plausibility, _cannibalization_risk, _overlap, _budget, _stock, _target,
    _brand_compliance,
)  # fmt: skip


def _named(cell: Cell) -> str:
    return f"{cell.department}, {cell.channel}"


def _percent(share: float) -> str:
    return f"{round(share * 100, 1):g} %"


def _share(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0 else None


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
