"""What a post-mortem looks at: a promotion, what was promised of it, and all that was sold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np

from analytics.baseline import SalesRow
from analytics.promo.history import Bools, on_promotion
from analytics.promo.postmortem.marks import Mark
from analytics.promo.terms import Cell, Floats


@dataclass(frozen=True, slots=True)
class Offered:
    """What a cell offered. discount: effective, a fraction, None where it is not known; money: of all its days;
    sensitivity: factor on the uplift, of the segments that it was offered to."""

    discount: float | None = None
    fixed_cost: float = 0.0
    funding: float = 0.0
    sensitivity: float = 1.0


@dataclass(frozen=True, slots=True)
class Other:
    """Another promotion in the same days, and the cells that both have; '' as department: all of them."""

    label: str
    cells: tuple[Cell, ...]
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Case:
    """One promotion. rows: sales of all cells, the days after it too where they are loaded; frozen: the forecast at
    approval (see `analytics.promo.forecast.forecast_of`), None without; variable_cost: share of sales by channel, usual
    where it has none; groups: declared group by department; windows: days after a promotion in which its dip is looked
    for, by department."""

    label: str
    start: date
    end: date
    promoted: Mapping[Cell, Offered]
    rows: Sequence[SalesRow]
    frozen: Mapping[str, Any] | None = None
    variable_cost: Mapping[str, float] = field(default_factory=dict)
    usual_cost: float = 0.1
    groups: Mapping[str, str] = field(default_factory=dict)
    windows: Mapping[str, int] = field(default_factory=dict)
    usual_window: int = 14
    holidays: frozenset[date] = frozenset()
    marks: Sequence[Mark] = ()
    others: Sequence[Other] = ()

    @property
    def length(self) -> int:
        """Its days."""
        return (self.end - self.start).days + 1

    @property
    def days(self) -> tuple[date, ...]:
        """Each of them."""
        return tuple(self.start + timedelta(days=n) for n in range(self.length))

    @property
    def last(self) -> date | None:
        """The last day of sales, None without any."""
        return max((row.date for row in self.rows), default=None)

    @property
    def reach(self) -> Mapping[str, date]:
        """The last day of sales by channel: one may be loaded further than another."""
        found: dict[str, date] = {}
        for row in self.rows:
            found[row.channel] = max(row.date, found.get(row.channel, row.date))
        return found

    @property
    def loaded_until(self) -> date | None:
        """The last day to which all channels that the promotion runs in are loaded; None without any sales."""
        reach = self.reach
        return min((reach[cell.channel] for cell in self.promoted if cell.channel in reach), default=self.last)

    def window(self, department: str) -> int:
        """Days after it in which the dip of a department is looked for."""
        return self.windows.get(department, self.usual_window)

    def cost_rate(self, channel: str) -> float:
        """Variable cost as a share of the channel's sales: the forecast's own, where there is one."""
        promised = (self.frozen or {}).get("variable_cost") or {}
        rate = promised.get(channel, self.variable_cost.get(channel, self.usual_cost))
        return float(rate)


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold: arrays of cells × days. judged: neither marked nor beyond the channel's last day of sales. given:
    the discount given, by what the rows on promotion say; blind: sales on promotion of unknown depth."""

    cells: tuple[Cell, ...]
    days: tuple[date, ...]
    units: Floats
    sales: Floats
    margin: Floats
    judged: Bools
    promoted: Bools
    given: Floats
    blind: Floats

    def row(self, cell: Cell) -> int:
        """The place of a cell."""
        return self.cells.index(cell)


def sold(case: Case, cells: Sequence[Cell], days: int) -> Sold:
    """The sales of so many days from the promotion's first on."""
    place = {cell: n for n, cell in enumerate(cells)}
    shape = len(cells), days
    units, sales, margin, given, blind = (np.zeros(shape) for _ in range(5))
    promoted, judged = np.zeros(shape, bool), np.ones(shape, bool)
    for row in case.rows:
        day, cell = (row.date - case.start).days, place.get(Cell(row.department, row.channel))
        if cell is None or not 0 <= day < days:
            continue
        value = float(row.sales_value)
        units[cell, day] += row.units
        sales[cell, day] += value
        margin[cell, day] += float(row.margin_value)
        depth = float(row.discount_pct or 0) / 100
        if on_promotion(row):
            promoted[cell, day] = True
            if row.discount_pct is None:
                blind[cell, day] += value
            elif depth < 1:
                given[cell, day] += value * depth / (1 - depth)
    reach = case.reach
    for held, number in place.items():
        last = reach.get(held.channel, case.last)
        judged[number, max((last - case.start).days + 1, 0) if last is not None else 0 :] = False
    for mark in case.marks:
        if (at := place.get(mark.cell)) is not None:
            first, until = (mark.start - case.start).days, (mark.end - case.start).days
            judged[at, max(first, 0) : max(until + 1, 0)] = False
    every = tuple(case.start + timedelta(days=n) for n in range(days))
    return Sold(tuple(cells), every, units, sales, margin, judged, promoted, given, blind)
