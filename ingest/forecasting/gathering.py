"""What forecasts rest on: the series of a world of sales, discounts of the past and of what is planned, holidays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np

from analytics.baseline import SalesRow
from analytics.forecasting.backtest import LEADS, Task, origins
from analytics.forecasting.kept import Basis
from analytics.forecasting.landing import quarter_of
from analytics.forecasting.series import Key, Series, family
from analytics.gaps import reach
from analytics.promo.arithmetic import effective_discount
from analytics.promo.history import series_of
from analytics.promo.mechanics import Segment
from analytics.promo.settings import PromoSettings
from analytics.promo.terms import Cell, Floats
from data_access.account_days import named_holidays
from data_access.queries.forecasts import OrderDay, Planned

ABOVE_ZERO: Final = {"sales_value": True, "margin_value": False, "units": True, "revenue": True, "orders": True}
# Days over which a cell's part of the sales is counted, by which discounts of several cells are put together.
_PART_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Work:
    """All that is to be fitted for a world of sales. families: its series by figure, each adding up."""

    families: Mapping[str, Sequence[Series]]
    tasks: Sequence[Task]
    origins: Sequence[int]
    basis: Basis


@dataclass(frozen=True, slots=True)
class Discounts:
    """The discounts (fractions) of cells from `first` on, past and planned, and each cell's part of the sales. last: up
    to which sales tell them; those of later days are the planned ones alone."""

    first: date
    last: date
    of_cells: Mapping[Cell, Floats]
    parts: Mapping[Cell, float]

    def of(self, channel: str, department: str, first: date, count: int) -> Floats:
        """The mean discount of the cells of a series, by their parts of the sales, on so many days from `first`."""
        found, whole = np.zeros(count), 0.0
        for cell, own in self.of_cells.items():
            if channel in ("", cell.channel) and department in ("", cell.department):
                place = (first - self.first).days
                begin, end = max(place, 0), min(place + count, len(own))
                if end > begin:
                    found[begin - place : end - place] += self.parts[cell] * own[begin:end]
                whole += self.parts[cell]
        return found / whole if whole > 0 else found


def ahead_of(last: date) -> int:
    """How many days behind the last one are forecast: to the end of the quarter of the day after it, and at least to
    the end of the month after its own."""
    after = last + timedelta(days=1)
    _, quarter = quarter_of(after)
    month = (after.replace(day=1) + timedelta(days=63)).replace(day=1) - timedelta(days=1)
    return min(max((quarter - last).days, (month - last).days), LEADS + 1)


def discounts(
    rows: Sequence[SalesRow],
    planned: Sequence[Planned],
    settings: PromoSettings,
    segments: Sequence[Segment],
    until: date,
) -> Discounts | None:
    """Past discounts from the sales, planned ones from what is approved, up to a day; None without sales."""
    history = series_of(rows)
    if not history:
        return None
    first = min(series.first for series in history)
    last = max(series.days[-1] for series in history)
    count = (max(until, last) - first).days + 1
    found, parts = {}, {}
    for series in history:
        own = np.zeros(count)
        place = (series.first - first).days
        # A promotion without a known discount is as deep as the cell's others are.
        known = series.depth[series.promoted & (np.nan_to_num(series.depth) > 0)]
        usual = float(known.mean()) if len(known) else 0.0
        own[place : place + len(series.depth)] = np.where(np.isnan(series.depth), usual, series.depth)
        found[series.cell] = own
        parts[series.cell] = float(np.nansum(np.maximum(series.sales[-_PART_DAYS:], 0)))
    # The catalog last: a promotion of it may be the scenario that was approved, and is not given twice.
    for one in sorted(planned, key=lambda one: not one.scenario_id):
        begin, end = max(one.start, last + timedelta(days=1)), min(one.end, until)
        days = slice((begin - first).days, (end - first).days + 1)
        if begin > end:
            continue
        for row, terms in zip(one.mechanics, settings.terms(one.mechanics, segments), strict=True):
            depth = effective_discount(terms)
            for cell, own in found.items():
                if row.department in ("", cell.department) and row.channel in ("", cell.channel):
                    own[days] = np.minimum(own[days] + depth, 0.99) if one.scenario_id else np.maximum(own[days], depth)
    return Discounts(first, last, found, parts)


def loaded_until(rows: Sequence[SalesRow]) -> date:
    """The last day up to which all channels that still sell are loaded."""
    days: dict[str, set[date]] = {}
    for row in rows:
        days.setdefault(row.channel, set()).add(row.date)
    return reach(days).until


def of_sales(
    rows: Sequence[SalesRow],
    given: Discounts | None,
    planned: Sequence[Planned],
    country: str,
    changed_at: datetime | None = None,
) -> Work:
    """Of the company's sales: value, margin and units, in all, by channel, by department, by both. changed_at: when
    they had been changed last."""
    first, last = min(row.date for row in rows), max(row.date for row in rows)
    days: dict[str, dict[tuple[str, str], dict[date, float]]] = {"sales_value": {}, "margin_value": {}, "units": {}}
    for row in rows:
        for metric, value in (
            ("sales_value", row.sales_value),
            ("margin_value", row.margin_value),
            ("units", row.units),
        ):
            own = days[metric].setdefault((row.channel, row.department), {})
            own[row.date] = own.get(row.date, 0.0) + float(value)
    return _work(days, first, last, given, planned, country, changed_at=changed_at)


def of_orders(
    rows: Sequence[OrderDay],
    last: date,
    given: Discounts | None,
    planned: Sequence[Planned],
    country: str,
    *,
    synced: bool = True,
) -> Work:
    """Of store orders up to their last whole day: gross revenue, orders and units, in all and by the channel that won
    them. The company's discounts online are those of the store. synced: see `OrdersAsked`."""
    first = min(row.day for row in rows)
    days: dict[str, dict[tuple[str, str], dict[date, float]]] = {"revenue": {}, "orders": {}, "units": {}}
    for row in rows:
        for metric, value in (("revenue", row.revenue), ("orders", row.orders), ("units", row.units)):
            days[metric].setdefault((row.channel, ""), {})[row.day] = float(value)
    return _work(days, first, last, given, planned, country, channel="online", delivered=synced)


def _work(
    days: Mapping[str, Mapping[tuple[str, str], Mapping[date, float]]],
    first: date,
    last: date,
    given: Discounts | None,
    planned: Sequence[Planned],
    country: str,
    channel: str | None = None,
    changed_at: datetime | None = None,
    delivered: bool = False,
) -> Work:
    ahead = ahead_of(last)
    until = last + timedelta(days=ahead)
    holidays = named_holidays(country, range(first.year, until.year + 1))
    families = {
        metric: _without_doubles(family(metric, cells, first, last, delivered=delivered))
        for metric, cells in days.items()
    }
    count = (last - first).days + 1
    places = origins(count)

    def of(key: Key) -> Floats:
        if given is None:
            return np.zeros(count + ahead)
        return given.of(channel or key.channel, key.department, first, count + ahead)

    tasks = [Task(series, of(series.key), holidays, places, ahead) for own in families.values() for series in own]
    # Without a past promotion there is nothing to tell a planned one by.
    learned = any(bool((task.discounts[:count] > 0).any()) for task in tasks)
    upcoming = [one for one in planned if one.start <= until and one.end > last]
    within = upcoming if learned else []
    looked_at = {one.scenario_id: one.version for one in upcoming if one.scenario_id}
    basis = Basis(
        country,
        tuple(one.label for one in within),
        looked_at if learned else {},
        changed_at,
        (given.first, given.last) if given else None,
        looked_at,
    )
    return Work(families, tasks, places, basis)


def _without_doubles(series: Sequence[Series]) -> list[Series]:
    """A company with one channel, or one department, has no parts that would be the total once more."""
    channels = {one.key.channel for one in series if one.key.channel}
    departments = {one.key.department for one in series if one.key.department}
    if len(channels) > 1 and len(departments) > 1:
        return list(series)
    both = [one for one in series if one.key.channel and one.key.department]
    if not both:
        return list(series)
    return [one for one in series if one.key.whole or (one.key.channel and one.key.department)]
