"""A month's sales against its target, and the parts that departments and channels have in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.gaps import Reach
from analytics.landing import month_end
from analytics.periods import ONE_DAY, add_months
from analytics.promo import usual
from analytics.promo.model import Model
from analytics.promo.pacing import (
    RECENT_DAYS,
    Day,
    Pace,
    Rest,
    Shared,
    Sums,
    known_whole,
    last_day,
    pace,
    shared,
    target_of,
)
from analytics.promo.terms import Cell
from data_access.queries.overview import MONTHS_READ
from data_access.queries.promo_models import holidays_between
from data_access.queries.promo_sales import reach_of, target_rows
from data_access.scope import Scope
from data_access.scoped import ScopedSession, promo_read
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class Paced:
    """A month against its target, with what falls on each department and channel."""

    month: Pace
    shared: Shared


def paced(stores: Stores, scope: Scope, first: date, today: date, model: Model | None, geo: str) -> Paced:
    """The month that begins on `first`; today: sales of later days do not count. model: the uplift model in force;
    geo: the region that sales belong to, '' for all together. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        return _paced(session, first, today, model, geo)


def landings(
    stores: Stores, scope: Scope, months: Sequence[date], today: date, model: Model, geo: str
) -> tuple[Pace, ...]:
    """Several months without their parts, their targets spread without the model. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        (days, ends), rows = _days(session, today), target_rows(session)
    found = []
    for first in months:
        rest = _rest(model, first, last_day(days, first, today))
        found.append(pace(days, first, today, target_of(rows, first, geo), None, rest, ends))
    return tuple(found)


def _paced(session: ScopedSession, first: date, today: date, model: Model | None, geo: str) -> Paced:
    days, ends = _days(session, today)
    target = target_of(target_rows(session), first, geo)
    usually, rest = None, None
    if model is not None:
        whole = usual.baseline(model.parts, first, month_end(first), holidays=_free(model, first))
        usually = dict(zip(whole.days, (float(amount) for amount in whole.sales.sum(axis=0)), strict=True))
        rest = _rest(model, first, last_day(days, first, today))
    month = pace(days, first, today, target, usually, rest, ends)
    # Of a month that is over, the days before its end tell: what sold since is none of it.
    through = min(max(days, default=first), month.end)
    year = add_months(first, -12)
    rows = session.rows(
        "read/promo/parts",
        start=first, through=through, year_start=year, year_end=month_end(year),
        recent_start=through - timedelta(days=RECENT_DAYS - 1), recent_end=through,
    )  # fmt: skip
    sums = [
        Sums(Cell(row["department"], row["channel"]), row["so_far"], row["last_year"], row["recent"]) for row in rows
    ]
    return Paced(month, shared(month, sums, year_known=known_whole(days, year, month_end(year))))


def _days(session: ScopedSession, today: date) -> tuple[Mapping[date, Day], Reach | None]:
    """As far back as the overview's landing looks, so that both say the same, up to where all channels are loaded."""
    since = add_months(today.replace(day=1), -MONTHS_READ)
    rows = session.query("read/promo/days", since=since, through=today)
    columns = (rows[name].to_pylist() for name in ("day", "sales", "margin", "units"))
    days = {day: Day(sales, margin, int(units)) for day, sales, margin, units in zip(*columns, strict=True)}
    ends = reach_of(session, max(days), today) if days else None
    return {day: sold for day, sold in days.items() if ends is None or day <= ends.until}, ends


def _rest(model: Model, first: date, last: date | None) -> Rest | None:
    """The baseline's sales of the month's days behind `last`, given that cells err each by itself; None where no day is
    left."""
    end = month_end(first)
    left = first if last is None else max(first, last + ONE_DAY)
    if left > end:
        return None
    told = usual.baseline(model.parts, left, end, holidays=_free(model, first))
    of_cells = told.sales.sum(axis=1)
    return Rest(float(of_cells.sum()), float(np.sqrt(((of_cells * told.error) ** 2).sum())))


def _free(model: Model, first: date) -> frozenset[date]:
    return holidays_between(model.country, first, month_end(first))
