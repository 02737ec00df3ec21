"""Daily sales of departments and channels as arrays: what a promotion's effects are learned from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.baseline import SalesRow
from analytics.promo.terms import Cell, Floats

Bools = NDArray[np.bool_]
# Of a discount: dividing leaves it a hair beside what was written, and limits of bands and of what was seen are exact.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Series:
    """One cell, a day an element, from its first to its last day of sales without a gap.

    units, sales, margin: sums of the day's rows; NaN on a day without rows. promoted: whether any row is on promo.
    depth: the day's discount as a fraction, weighted by what all its rows would have cost at the regular price, so that
    sales = units × regular price × (1 − depth); NaN where a row is on promo without a depth. share: part of the day's
    sales that is on promo.
    """

    cell: Cell
    first: date
    units: Floats
    sales: Floats
    margin: Floats
    promoted: Bools
    depth: Floats
    share: Floats

    @property
    def days(self) -> tuple[date, ...]:
        """Its days."""
        return tuple(self.first + timedelta(days=n) for n in range(len(self.units)))

    @property
    def weekdays(self) -> NDArray[np.int64]:
        """0 Monday … 6 Sunday."""
        return (self.first.weekday() + np.arange(len(self.units))) % 7

    @property
    def known(self) -> Bools:
        """Days with sales rows and no unknown depth: those that a curve is fitted on."""
        return ~np.isnan(self.units)

    @property
    def promo_days(self) -> int:
        """Days on promotion with a known depth above 0."""
        return int((self.promoted & (np.nan_to_num(self.depth) > 0)).sum())


def series_of(rows: Iterable[SalesRow]) -> list[Series]:
    """The rows of `sales_aggregated` by cell, in order of department and channel.

    A day is a promo day if any of its rows is on promo (a discount above 0, or a flag whose discount is not known), and
    its sales are all its rows.
    Negative units (more returns than sales) count as 0 pieces: a rate of sale cannot be below none.
    """
    cells: dict[Cell, list[SalesRow]] = {}
    for row in rows:
        cells.setdefault(Cell(row.department, row.channel), []).append(row)
    return [_series(cell, cells[cell]) for cell in sorted(cells)]


def aligned(history: Sequence[Series]) -> list[Series]:
    """The same series, all from the first day of any to the last day of any: days without rows are added."""
    first = min(series.first for series in history)
    last = max(series.first + timedelta(days=len(series.units) - 1) for series in history)
    size = (last - first).days + 1

    def put(series: Series, values: NDArray[Any], blank: float) -> NDArray[Any]:
        held = np.full(size, blank, dtype=values.dtype)
        start = (series.first - first).days
        held[start : start + len(values)] = values
        return held

    return [
        Series(
            cell=series.cell,
            first=first,
            units=put(series, series.units, np.nan),
            sales=put(series, series.sales, np.nan),
            margin=put(series, series.margin, np.nan),
            promoted=put(series, series.promoted, 0),
            depth=put(series, series.depth, 0.0),
            share=put(series, series.share, 0.0),
        )
        for series in history
    ]


def _series(cell: Cell, rows: Sequence[SalesRow]) -> Series:
    first, last = min(row.date for row in rows), max(row.date for row in rows)
    size = (last - first).days + 1
    units, sales, margin, regular, given, on_promo = (np.zeros(size) for _ in range(6))
    seen, promoted, unknown = (np.zeros(size, bool) for _ in range(3))
    for row in rows:
        day = (row.date - first).days
        depth = float(row.discount_pct or 0) / 100
        value = float(row.sales_value)
        seen[day] = True
        units[day] += row.units
        sales[day] += value
        margin[day] += float(row.margin_value)
        full = max(value, 0) / max(1 - depth, 0.01)
        regular[day] += full
        given[day] += full * depth
        if on_promotion(row):
            promoted[day] = True
            on_promo[day] += max(value, 0)
            unknown[day] |= row.discount_pct is None
    with np.errstate(divide="ignore", invalid="ignore"):
        depth_of = np.where(regular > 0, given / regular, 0.0)
        share = np.where(sales > 0, on_promo / sales, 0.0)
    blank = np.where(seen, 0.0, np.nan)
    return Series(
        cell=cell,
        first=first,
        units=np.maximum(units, 0) + blank,
        sales=sales + blank,
        margin=margin + blank,
        promoted=promoted,
        depth=np.where(unknown, np.nan, np.round(np.clip(depth_of, 0, 0.99), _DIGITS)),
        share=np.clip(share, 0, 1),
    )


def on_promotion(row: SalesRow) -> bool:
    """Whether a row is on promotion: a flag without a discount may hide one, but a discount of 0 is none, whatever the
    flag says."""
    return bool(row.promo_flag) if row.discount_pct is None else row.discount_pct > 0


def days_since_promotion(promoted: Bools) -> NDArray[Any]:
    """Of each day, how many days ago the last promo day was: 0 on one, the length of the series where none was."""
    size = len(promoted)
    place = np.where(promoted, np.arange(size), -size)
    found: NDArray[Any] = np.minimum(np.arange(size) - np.maximum.accumulate(place), size)
    return found
