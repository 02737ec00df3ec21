"""What departments and channels would have sold without the promotion, told from their own past and from those that the
promotion could not touch; and how far such a telling was off in earlier windows, in which nothing happened.

Units by day. Days on promotion and the days just after are left out of what is learned from. Brodersen et al. (2015);
the test on earlier windows is that of Abadie, Diamond & Hainmueller (2010), in time instead of in space.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analytics.promo.history import Bools, Series, days_since_promotion
from analytics.promo.postmortem.structural import filtered
from analytics.promo.terms import Cell, Floats
from analytics.promo.usual import GAP_DAYS, LEAST_DAYS, baseline, parts_of

TRAINED_DAYS: Final = 400
# Counts below this a day are too uneven for their logarithm.
_LOG_FROM: Final = 10.0
_CLOSED_BELOW: Final = 0.5
# Of the days learned from, so many must have untouched sales beside them; else those are not used.
_CONTROLLED: Final = 0.8
_SEEN_HOLIDAYS: Final = 2
# A window of before counts where at least this share of its days is without promotion.
_QUIET: Final = 0.5


@dataclass(frozen=True, slots=True)
class Expected:
    """One cell. units: by day of the horizon; covariance: of these days. modelled: False where the series is too short,
    and weekday means stand in. trained: days learned from. off, spread, weight: by earlier window, how much more was
    sold on its days without promotion than told, the variance of that, and what was told; weight 0: no such days.
    errors: by day learned from, in standard errors."""

    cell: Cell
    units: Floats
    covariance: Floats
    modelled: bool
    trained: int
    off: Floats
    spread: Floats
    weight: Floats
    errors: Floats

    def sum_of(self, days: Bools) -> tuple[float, float]:
        """(units, variance) of some days of the horizon together."""
        held = days.astype(float)
        return float(self.units @ held), float(held @ self.covariance @ held)


@dataclass(frozen=True, slots=True)
class Asked:
    """start: the promotion's first day; length: its days; horizon: days told, those after it included. controls: cells
    that it cannot touch. windows: days after a promotion that are not usual, by department."""

    start: date
    length: int
    horizon: int
    controls: frozenset[Cell]
    holidays: frozenset[date]
    windows: Mapping[str, int]

    @property
    def days(self) -> tuple[date, ...]:
        """Of the horizon."""
        return tuple(self.start + timedelta(days=n) for n in range(self.horizon))


def expected(history: Sequence[Series], cells: Sequence[Cell], asked: Asked) -> dict[Cell, Expected]:
    """What some cells would have sold; those without any sales before the promotion are not in it.

    history: aligned series (see `analytics.promo.history.aligned`).
    """
    if not history:
        return {}
    held = {series.cell: series for series in history}
    first = history[0].first
    start = (asked.start - first).days
    since = max(0, start - TRAINED_DAYS)
    size = start + asked.horizon
    indexes = {
        channel: _index([held[cell] for cell in sorted(asked.controls) if cell in held], channel, asked, size, since)
        for channel in sorted({cell.channel for cell in cells})
    }
    found = {}
    for cell in cells:
        series = held.get(cell)
        if series is None or not _put(series.units, size)[:start][_put_flags(series.known, size)[:start]].size:
            continue
        found[cell] = _of_cell(series, asked, indexes[cell.channel], start, since)
    return found


def earlier_windows(asked: Asked, since: int, start: int) -> NDArray[np.int64]:
    """First days (places) of the windows of before that are looked at: as long as the promotion, each half a length
    after the last."""
    step = max(asked.length // 2, 1)
    return np.arange(start - asked.length, since + LEAST_DAYS - 1, -step)[::-1]


def _of_cell(series: Series, asked: Asked, index: Floats | None, start: int, since: int) -> Expected:
    size = start + asked.horizon
    window = asked.windows.get(series.cell.department, 14)
    units, known = _put(series.units, size), _put_flags(series.known, size)
    promoted = _put_flags(series.promoted, size)
    weekdays = (series.first.weekday() + np.arange(size)) % 7
    holiday = np.array([series.first + timedelta(days=n) in asked.holidays for n in range(size)])
    closed = _closed(units, known & ~promoted, weekdays, holiday, since, start)
    nothing = _sold_nothing(known, closed, start)
    units, known = np.where(nothing, 0.0, units), known | nothing
    quiet = known & ~promoted
    after = days_since_promotion(promoted)
    settled = quiet & ~((after > 0) & (after <= window))
    if settled[since:start].sum() >= LEAST_DAYS:
        quiet = settled
    learned = quiet & ~closed
    learned[:since] = learned[start:] = False
    middle = float(np.median(units[learned])) if learned.any() else 0.0
    logged = middle >= _LOG_FROM
    if logged:
        learned &= np.nan_to_num(units) > 0
    if learned.sum() < LEAST_DAYS:
        return _by_weekdays(series, asked, start, closed)
    columns = []
    if (holiday & learned).sum() >= _SEEN_HOLIDAYS:
        columns.append(holiday.astype(float))
    if index is not None:
        controlled = ~np.isnan(index)
        # Of days on which the cell is shut nothing has to be told.
        if (controlled | closed)[start:].all() and controlled[learned].mean() >= _CONTROLLED:
            learned &= controlled
            columns.append(np.nan_to_num(index) * (1.0 if logged else float(units[learned].mean())))
    regressors = np.column_stack(columns) if columns else np.zeros((size, 0))
    values = np.where(learned, np.log(np.where(learned, units, 1)) if logged else units, np.nan)
    fit = filtered(values[since:start], regressors[since:start])

    def ahead(place: int, days: int) -> tuple[Floats, Floats]:
        means, spread = fit.ahead(place - since, regressors[place : place + days])
        if logged:
            means = np.exp(np.minimum(means + np.diag(spread) / 2, 30))
            spread = np.outer(means, means) * np.expm1(np.minimum(spread, 3))
        else:
            means = np.maximum(means, 0)
        open_days = ~closed[place : place + days]
        return means * open_days, spread * np.outer(open_days, open_days)

    off, variances, weight = [], [], []
    for place in earlier_windows(asked, since, start):
        means, spread = ahead(int(place), asked.length)
        used = learned[place : place + asked.length].astype(float)
        if used.mean() < _QUIET:
            used[:] = 0
        off.append(float(np.nan_to_num(units[place : place + asked.length]) @ used - means @ used))
        variances.append(float(used @ spread @ used))
        weight.append(float(means @ used))
    told, covariance = ahead(start, asked.horizon)
    return Expected(
        series.cell, told, covariance, True, int(learned.sum()), np.array(off), np.array(variances), np.array(weight),
        fit.errors,
    )  # fmt: skip


def _by_weekdays(series: Series, asked: Asked, start: int, closed: Bools) -> Expected:
    """Weekday means of the days without promotion before it; the days of the horizon go together fully."""
    before = Series(
        series.cell, series.first, series.units[:start], series.sales[:start], series.margin[:start],
        series.promoted[:start], series.depth[:start], series.share[:start],
    )  # fmt: skip
    known = np.flatnonzero(before.known)
    part = parts_of(_from(before, int(known[0])), None, asked.holidays, lambda _: 0.0)
    told = baseline({series.cell: part}, asked.days[0], asked.days[-1], holidays=asked.holidays)
    units = told.units[0] * ~closed[start : start + asked.horizon]
    nothing = np.zeros(0)
    return Expected(
        series.cell, units, float(told.error[0]) ** 2 * np.outer(units, units), False, len(known), nothing,
        nothing, nothing, nothing,
    )  # fmt: skip


def _from(series: Series, place: int) -> Series:
    return Series(
        series.cell, series.first + timedelta(days=place), series.units[place:], series.sales[place:],
        series.margin[place:], series.promoted[place:], series.depth[place:], series.share[place:],
    )  # fmt: skip


def _index(controls: Sequence[Series], channel: str, asked: Asked, size: int, since: int) -> Floats | None:
    """By day, the log of what untouched cells sold against what they sell on such a weekday: those of the channel, of
    the other one where it has none. Cells on promotion, or just after one, are left out on these days. NaN where none
    is left."""
    own = [series for series in controls if series.cell.channel == channel] or list(controls)
    if not own:
        return None
    sold, usual = np.zeros(size), np.zeros(size)
    for series in own:
        units, promoted = np.nan_to_num(_put(series.units, size)), _put_flags(series.promoted, size)
        after = days_since_promotion(promoted)
        window = asked.windows.get(series.cell.department, 14)
        quiet = _put_flags(series.known, size) & ~promoted & ~((after > 0) & (after <= window))
        quiet[:since] = False
        weekdays = (series.first.weekday() + np.arange(size)) % 7
        counts = np.bincount(weekdays[quiet], minlength=7)
        means = np.bincount(weekdays[quiet], weights=units[quiet], minlength=7) / np.maximum(counts, 1)
        sold += np.where(quiet, units, 0)
        usual += np.where(quiet, means[weekdays], 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        index: Floats = np.where((usual > 0) & (sold > 0), np.log(sold / usual), np.nan)
    # A day on which next to nothing is sold anywhere is closed, and says nothing of demand.
    return np.where(index < -2, np.nan, index)


def _closed(
    units: Floats, regular: Bools, weekdays: NDArray[np.int64], holiday: Bools, since: int, start: int
) -> Bools:
    """Days on which the cell is shut: weekdays, and holidays, with sales less than half as often before the promotion
    as the weekday that has them most often; one that sells now and then is open all the same."""
    sells = regular & (np.nan_to_num(units) > 0)
    inside = np.zeros(len(units), bool)
    places = np.flatnonzero(sells[:start])
    places = places[places >= since]
    closed = np.zeros(len(units), bool)
    if not len(places):
        return closed
    inside[places[0] : places[-1] + 1] = True
    inside &= regular | np.isnan(units)
    shares = {
        weekday: float(sells[of].mean())
        for weekday in range(7)
        if (of := inside & (weekdays == weekday) & ~holiday).sum() >= 2
    }
    least = _CLOSED_BELOW * max(shares.values(), default=1.0)
    for weekday, share in shares.items():
        if share < least:
            closed |= weekdays == weekday
    of = inside & holiday & ~closed
    if of.sum() >= _SEEN_HOLIDAYS and sells[of].mean() < least:
        closed |= holiday
    return closed


def _sold_nothing(known: Bools, closed: Bools, start: int) -> Bools:
    """Days without rows before the promotion on which the cell is open, but for gaps so long that they were not
    delivered."""
    found = np.zeros(len(known), bool)
    places = np.flatnonzero(known[:start])
    for before, then in pairwise(places):
        if then - before <= GAP_DAYS:
            found[before + 1 : then] = True
    return found & ~closed


def _put(values: Floats, size: int) -> Floats:
    """The first `size` days, NaN beyond the last known one."""
    held = np.full(size, np.nan)
    held[: min(size, len(values))] = values[:size]
    return held


def _put_flags(values: Bools, size: int) -> Bools:
    held = np.zeros(size, bool)
    held[: min(size, len(values))] = values[:size]
    return held
