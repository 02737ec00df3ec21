"""What a planner is told of a scenario under edit: its figures, how sure they are, what they rest on, and whether it
may run. Rows whose cell has no baseline or no coefficients are named, and are not in the figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from analytics.promo.arithmetic import ebit_break_even, effective_discount, margin_break_even
from analytics.promo.breakdown import Kpis, kpis_of
from analytics.promo.bridge import Bridge, bridge
from analytics.promo.mechanics import Mechanic, Segment
from analytics.promo.scenarios import Content
from analytics.promo.settings import PromoSettings
from analytics.promo.simulation import Offer, Simulation, simulate
from analytics.promo.terms import Baseline, Cell, Knowledge, Terms
from analytics.promo.uncertainty import Intervals, Swing, intervals, swings
from analytics.promo.validation import confidence, validate
from analytics.promo.verdict import HIGH, Check, Fix, Issue, Occupied, Report, Surroundings

# The normal quantile of both ends of a 90 % interval.
_Z: Final = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month that a scenario touches: its target, and where its sales land without the scenario; money, None
    where not known. name: as people write it."""

    first: date
    name: str
    target: float | None
    landing: float | None


@dataclass(frozen=True, slots=True)
class Ground:
    """What the scenarios of some days rest on. sales_until: the last day with sales, learned_until: the last of those
    that the model has seen; None where not known. others: submitted and approved scenarios but the one edited."""

    baseline: Baseline
    knowledge: Knowledge
    model_version: str
    sales_until: date | None
    segments: tuple[Segment, ...] = ()
    settings: PromoSettings = field(default_factory=PromoSettings)
    others: tuple[Occupied, ...] = ()
    months: tuple[Month, ...] = ()
    learned_until: date | None = None
    # Whose holidays the model was learned with and the baseline knows of, '' for none.
    country: str = ""
    # Mandatory texts that the scenario's saved brief has every asset carry, by element.
    briefed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # None where it does not matter which days are over.
    today: date | None = None


@dataclass(frozen=True, slots=True)
class RowTold:
    """What there is to say of one row; fractions. discount: the row's own effective one, whole: of all rows of its cell
    together, which uplift and break-evens belong to. problem: why the row is not in the figures, '' where it is.

    low, high: the ends of the uplift's 90 % interval. A break-even is None where no uplift reaches it; within_stock:
    whether the cell's stock lasts for the EBIT one.
    """

    place: int
    row: Mechanic
    discount: float
    whole: float = 0.0
    uplift: float = 0.0
    low: float = 0.0
    high: float = 0.0
    margin_break_even: float | None = None
    ebit_break_even: float | None = None
    within_stock: bool = True
    deepest: float = 0.0
    promo_days: int = 0
    beyond_seen: bool = False
    confidence: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """A scenario with all that its page shows. rows: one for each of the content's, in their order, which the
    places of the report's fixes mean too."""

    content: Content
    simulation: Simulation
    kpis: Kpis
    intervals: Intervals
    swings: Sequence[Swing]
    bridge: Bridge
    report: Report
    rows: tuple[RowTold, ...]

    @property
    def left_out(self) -> tuple[RowTold, ...]:
        """Rows that are not in the figures."""
        return tuple(row for row in self.rows if row.problem)


def judged(ground: Ground, content: Content, counted: Sequence[Terms]) -> tuple[Simulation, Report]:
    """The figures of a scenario's terms, those that can be counted, and what its validation finds; the places of fixes
    are those of the terms. Raises NotSimulable for discounts of the whole price."""
    simulation = simulate(ground.baseline, counted, ground.knowledge)
    around = _around(ground, content, simulation)
    return simulation, validate(ground.baseline, counted, ground.knowledge, ground.settings.limits, around)


def tried(ground: Ground, content: Content) -> Tried:
    """Raises BadMechanics for segments that are not known, NotSimulable for discounts of the whole price."""
    terms = ground.settings.terms(content.mechanics, ground.segments)
    problems = {place: _problem(ground, row.cell) for place, row in enumerate(content.mechanics)}
    kept = [place for place in range(len(terms)) if not problems[place]]
    simulation, found = judged(ground, content, [terms[place] for place in kept])
    offers = {cell: _of_offer(ground, cell, offer) for cell, offer in simulation.offers.items()}
    rows = []
    for place, (row, offered) in enumerate(zip(content.mechanics, terms, strict=True)):
        own = RowTold(place, row, effective_discount(offered), problem=problems[place])
        if not own.problem:
            own = replace(offers[row.cell], place=place, row=row, discount=own.discount)
        rows.append(own)
    return Tried(
        content=content,
        simulation=simulation,
        kpis=kpis_of(simulation, ground.segments),
        intervals=intervals(simulation, ground.knowledge),
        swings=swings(simulation, ground.knowledge),
        bridge=bridge(simulation, ground.knowledge),
        report=Report((*_not_counted(content, problems), *(_replaced(issue, kept) for issue in found.issues))),
        rows=tuple(rows),
    )


def _not_counted(content: Content, problems: Mapping[int, str]) -> Iterator[Issue]:
    """Rows that the figures leave out: what is told of the scenario is not what would run."""
    for place, row in enumerate(content.mechanics):
        if problem := problems[place]:
            yield Issue(
                Check.KPI_PLAUSIBILITY,
                HIGH,
                f"{row.department}, {row.channel}: the row is not in the figures, as {problem} there",
                "Leave it out",
                row.department,
                Fix(drop=(place,)),
            )


def applied(content: Content, fix: Fix) -> Content:
    """The scenario with a suggested fix. Depths are cut to hundredths of a per cent, never rounded up: a deeper one
    would break the limit again. Added elements go into the notes."""
    rows = []
    for place, row in enumerate(content.mechanics):
        depth = fix.depths.get(place)
        if place not in fix.drop:
            rows.append(row if depth is None else replace(row, discount_pct=math.floor(depth * 10_000 + 1e-6) / 100))
    notes = "\n".join(part for part in (content.notes.strip(), *fix.add) if part)
    return replace(
        content, mechanics=tuple(rows), start=fix.start or content.start, end=fix.end or content.end, notes=notes
    )


def _problem(ground: Ground, cell: Cell) -> str:
    if cell not in ground.baseline.cells:
        return "no sales are known"
    return "" if cell in ground.knowledge.curves else "no uplift is known"


def _of_offer(ground: Ground, cell: Cell, offer: Offer) -> RowTold:
    """What all rows of a cell have in common; place and row are filled in by each."""
    told, curve = ground.baseline, ground.knowledge.curves[cell]
    place = told.cells.index(cell)
    units, sales, margin = (float(array[place].sum()) for array in (told.units, told.sales, told.margin))
    rate = margin / sales if sales > 0 else 0.0
    needed = ebit_break_even(
        rate,
        offer.discount,
        ground.knowledge.cost_rate(cell.channel),
        fixed_cost=offer.fixed_cost,
        funding=offer.funding,
        baseline_sales=sales,
    )
    half = _Z * offer.error
    return RowTold(
        place=0,
        row=Mechanic(cell.department, cell.channel, 0.0),
        discount=0.0,
        whole=offer.discount,
        uplift=offer.uplift,
        low=max(offer.uplift - half, -1.0),
        high=offer.uplift + half,
        margin_break_even=margin_break_even(rate, offer.discount),
        ebit_break_even=needed,
        within_stock=offer.stock_cap is None or needed is None or units * (1 + needed) <= offer.stock_cap + 1e-6,
        deepest=curve.deepest,
        promo_days=curve.promo_days,
        beyond_seen=offer.beyond_seen,
        confidence=confidence(offer.uplift, offer.error),
    )


def _around(ground: Ground, content: Content, simulation: Simulation) -> Surroundings:
    """What the scenario is checked against; of several months the one that falls shortest of its target."""
    missing = _missing(ground, content)
    changed = sales_changed(simulation, ground.knowledge)
    short: tuple[float, Month, float] | None = None
    for month in ground.months:
        if month.target is None or month.landing is None:
            continue
        # Days with sales are in the landing as they went.
        until = ground.sales_until or date.min
        landing = month.landing + sum(
            amount for day, amount in changed.items() if day > until and day.replace(day=1) == month.first
        )
        if short is None or month.target - landing > short[0]:
            short = (month.target - landing, month, landing)
    over = [day for day in (ground.sales_until, ground.today and ground.today - timedelta(days=1)) if day]
    near = Surroundings(
        ground.others,
        missing_elements=missing,
        not_before=max(over) + timedelta(days=1) if over else None,
        today=ground.today,
    )
    if short is None:
        return near
    _, month, landing = short
    return replace(near, landing=landing, target=month.target, month=month.name)


def _missing(ground: Ground, content: Content) -> tuple[str, ...]:
    """Mandatory texts that neither the notes nor the saved brief hold. An element whose texts nobody has set is there
    where the brief has any text of it."""
    briefed = [text for texts in ground.briefed.values() for text in texts]
    said = " ".join((content.notes, *(row.notes for row in content.mechanics), *briefed)).casefold()
    return tuple(
        text
        for element, texts in ground.settings.wanted_texts.items()
        if element in ground.settings.mandatory or not ground.briefed.get(element)
        for text in texts
        if text.casefold() not in said
    )


def sales_changed(simulation: Simulation, knowledge: Knowledge) -> dict[date, float]:
    """By day, what sales change by: in the scenario's days, and in those after it that miss what was brought forward,
    spread evenly over each cell's window."""
    told = simulation.baseline
    daily = (simulation.sales - told.sales).sum(axis=0)
    found = {day: float(amount) for day, amount in zip(told.days, daily, strict=True)}
    for row, cell in enumerate(told.cells):
        pulled, units = float(simulation.pulled_units[row]), float(told.units[row].sum())
        if not pulled or units <= 0:
            continue
        window = knowledge.pull_forward[cell].window_days
        each = pulled * float(told.sales[row].sum()) / units / window
        for n in range(1, window + 1):
            day = told.days[-1] + timedelta(days=n)
            found[day] = found.get(day, 0.0) - each
    return found


def _replaced(issue: Issue, kept: Sequence[int]) -> Issue:
    """An issue whose fix names rows by their place in the content."""
    if issue.fix is None:
        return issue
    depths = {kept[place]: depth for place, depth in issue.fix.depths.items()}
    return replace(issue, fix=replace(issue.fix, depths=depths, drop=tuple(kept[place] for place in issue.fix.drop)))
