"""What departments and channels sell without promotion on any days, past or to come, and how sure that is.

From the usual part of the fitted response: level, trend, weekday, holiday and season, without promotion. A series
of under 8 weeks has the weekday means of its days without promotion. Money follows from units by the regular price and
unit margin of the time: those of days without promotion in the 90 days up to the month's end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analytics.promo.history import Series
from analytics.promo.response import Response, Usual, later_bends
from analytics.promo.terms import Baseline, Cell, Floats

# A series of fewer days with sales than these 8 weeks has no model of its own.
LEAST_DAYS: Final = 56
PRICE_DAYS: Final = 90
_REGULAR_DAYS: Final = 7
# So many days in a row without rows are days that were not delivered, fewer are days without sales; of a cell that
# sells now and then, so many times what usually lies between two of its days.
GAP_DAYS: Final = 7
_GAP_TIMES: Final = 6
_HOLIDAY: Final = 7
# A mean of too few days to tell how they spread.
_UNSURE: Final = 0.5
# Of weekday means: errors that go together from day to day make sums so much less sure, as series that are long enough
# to tell usually show; a trend and days just after promotions, which means cannot tell, are worth such a share.
_TOGETHER: Final = 2.5
_DRIFT: Final = 0.06
_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class Price:
    """Regular price and margin of a piece, in the company's currency, from a month's first day on."""

    month: date
    price: float
    margin: float


@dataclass(frozen=True, slots=True)
class Weekdays:
    """Means of units by weekday (0 Monday), of how many days each, and the variance of a day around them."""

    units: Floats
    counts: Floats
    variance: float


@dataclass(frozen=True, slots=True)
class Parts:
    """What a cell's baseline is told from. usual: None where the series is too short, then weekdays holds; excess,
    correlation: as in a `Response`; open_share: by weekday, and of holidays, the share of days that have sales at all;
    last: the last day of sales."""

    cell: Cell
    usual: Usual | None
    weekdays: Weekdays | None
    excess: float
    correlation: tuple[float, float]
    open_share: Floats
    prices: tuple[Price, ...]
    last: date

    def price_on(self, day: date) -> Price:
        """The price of a day's month; of the first or last month that is known before and after these."""
        held = [price for price in self.prices if price.month <= day]
        return held[-1] if held else self.prices[0]


def parts_of(
    series: Series, response: Response | None, holidays: frozenset[date], uplift: Callable[[float], float]
) -> Parts:
    """What one cell's baseline rests on. response: None where there is none to rely on; uplift: its curve, by which
    days on promotion are told without it where it has no others."""
    short = response is None or int(series.known.sum()) < LEAST_DAYS
    return Parts(
        cell=series.cell,
        usual=None if short or response is None else response.usual,
        weekdays=_weekdays(series, uplift) if short else None,
        excess=0.0 if response is None else response.excess,
        correlation=(0.0, 0.0) if response is None else response.correlation,
        open_share=_open_share(series, holidays),
        prices=_prices(series),
        last=_known_days(series)[-1],
    )


def baseline(
    parts: Mapping[Cell, Parts],
    start: date,
    end: date,
    cells: Sequence[Cell] | None = None,
    holidays: frozenset[date] = frozenset(),
) -> Baseline:
    """What cells sell from `start` to `end`, both in, without promotion; cells: all by name unless some are asked for.

    error is that of each cell's total as it will be counted: of the model and of chance. Raises KeyError for a cell
    without sales.
    """
    days = tuple(start + timedelta(days=n) for n in range((end - start).days + 1))
    asked = tuple(sorted(parts) if cells is None else cells)
    shape = len(asked), len(days)
    units, sales, margin, error = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(len(asked))
    weekdays = (start.weekday() + np.arange(len(days))) % 7
    holiday = np.array([float(day in holidays) for day in days])
    for row, cell in enumerate(asked):
        held = parts[cell]
        told, spread = _told(held, start, weekdays, holiday)
        # A day on which the cell is closed as often as not sells as often as not.
        share = held.open_share[weekdays] * np.where(holiday > 0, held.open_share[_HOLIDAY], 1.0)
        units[row] = told * share
        total, sold = float(told.sum()), float(units[row].sum())
        # Which of its days sell is chance too, and where few do, the chance of each of them weighs more.
        seldom = share * (1 - share) * (told**2 + _chance_of_a_day(told, held))
        error[row] = float(np.hypot(spread / total, np.sqrt(seldom.sum()) / sold)) if total > 0 and sold > 0 else 0.0
        prices = _by_month(held, days)
        sales[row], margin[row] = units[row] * prices[0], units[row] * prices[1]
    return Baseline(asked, days, units, sales, margin, error)


def _told(held: Parts, start: date, weekdays: NDArray[np.int64], holiday: Floats) -> tuple[Floats, float]:
    """Units by day, and the standard error of their sum."""
    if held.usual is None:
        return _of_weekdays(held, weekdays)
    usual = held.usual
    numbers = (start - usual.first).days + np.arange(len(weekdays))
    columns = usual.columns(numbers, weekdays, holiday)
    told = np.exp(np.clip(columns @ usual.coefficients, -30, 30))
    gradient = told @ columns
    of_model = float(gradient @ usual.covariance @ gradient)
    # The trend may bend again where no bend could be seen yet.
    bends, variance = later_bends(numbers, usual.length)
    of_bends = float(((told @ bends) ** 2).sum()) * variance
    return told, float(np.sqrt(max(of_model, 0) + of_bends + _chance(told, held)))


def _chance_of_a_day(told: Floats, held: Parts) -> Floats:
    """Variance of each day around its mean, where it sells at all."""
    if held.weekdays is not None and held.usual is None:
        return np.full(len(told), held.weekdays.variance)
    return told + held.excess * told**2


def _chance(told: Floats, held: Parts) -> float:
    """Variance of the days' sum around their means, which goes together from day to day."""
    share, decay = held.correlation
    deviation = np.sqrt(_chance_of_a_day(told, held))
    apart = np.abs(np.subtract.outer(np.arange(len(told)), np.arange(len(told))))
    together = share * np.power(decay, apart)
    np.fill_diagonal(together, 1.0)
    return float(deviation @ together @ deviation)


def _of_weekdays(held: Parts, weekdays: NDArray[np.int64]) -> tuple[Floats, float]:
    means = held.weekdays
    assert means is not None, "a cell without a model has its weekday means"
    told = means.units[weekdays]
    times = np.bincount(weekdays, minlength=7)
    known = np.maximum(means.counts, 1)
    variance = _TOGETHER * means.variance * (float((times**2 / known).sum()) + len(weekdays))
    return told, float(np.sqrt(variance + (_DRIFT * told.sum()) ** 2))


def _by_month(held: Parts, days: Sequence[date]) -> tuple[Floats, Floats]:
    found = {(day.year, day.month): held.price_on(day) for day in days}
    prices = [found[day.year, day.month] for day in days]
    return np.array([one.price for one in prices]), np.array([one.margin for one in prices])


def _known_days(series: Series) -> list[date]:
    return [series.first + timedelta(days=int(n)) for n in np.flatnonzero(series.known)]


def _weekdays(series: Series, uplift: Callable[[float], float]) -> Weekdays:
    """The weekday mean of days without promotion; a weekday without any has the mean of all of them. Where no day is
    without promotion, of all days less their uplift."""
    regular = series.known & ~series.promoted
    units = series.units.copy()
    if not regular.any():
        regular = series.known
        lift = np.array([uplift(float(depth)) for depth in np.nan_to_num(series.depth)])
        units = units / np.maximum(1 + lift, 0.05)
    held, weekdays = units[regular], series.weekdays[regular]
    counts = np.bincount(weekdays, minlength=7).astype(float)
    sums = np.bincount(weekdays, weights=held, minlength=7)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), held.mean())
    free = len(held) - int((counts > 0).sum())
    average = float(held.mean())
    if free > 2:
        variance = max(float(((held - means[weekdays]) ** 2).sum()) / free, average)
    else:
        variance = max((_UNSURE * average) ** 2, average)
    return Weekdays(means, counts, variance)


def _open_share(series: Series, holidays: frozenset[date]) -> Floats:
    """By weekday, and last of holidays: days with sales / days, within the series, without days not delivered. The
    first day is not counted: it is in the series because it sold."""
    known = series.known
    place = np.flatnonzero(known)
    if len(place) == 1:
        return _of_one_day(series, int(place[0]))
    inside = np.zeros(len(known), bool)
    inside[place[0] + 1 : place[-1] + 1] = True
    longest = max(GAP_DAYS, _GAP_TIMES * float(np.median(np.diff(place))))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (~known).astype(int), [0]])))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= longest:
            inside[start:end] = False
    holiday = np.array([day in holidays for day in series.days])
    share = np.ones(8)
    for weekday in range(7):
        share[weekday] = _share(known, inside & (series.weekdays == weekday) & ~holiday)
    # Of the holidays on days that are open otherwise.
    usually_open = share[series.weekdays] > 0
    share[_HOLIDAY] = _share(known, inside & holiday & usually_open)
    return share


def _of_one_day(series: Series, place: int) -> Floats:
    """Of one day with sales ever: of its weekday one of those since, of other weekdays and holidays nothing is known to
    be sold."""
    share = np.zeros(8)
    share[series.weekdays[place]] = 1 / len(series.weekdays[place::7])
    share[_HOLIDAY] = 1.0
    return share


def _share(known: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
    return float(known[of].mean()) if of.any() else 1.0


def _prices(series: Series) -> tuple[Price, ...]:
    """By month from the first one on: sums over days without promotion with pieces sold, of the 90 days up to the
    month's end (at least 7 of them, else of all such days; without any, of days on promotion, their discount put
    back)."""
    sold = series.known & (np.nan_to_num(series.units) > 0)
    regular = sold & ~series.promoted
    everything = _each(series, regular) if regular.any() else _without_discount(series, sold)
    days = series.days
    places: dict[tuple[int, int], int] = {}
    for place in np.flatnonzero(series.known):
        places[days[place].year, days[place].month] = int(place)
    found = []
    for (year, month), last in places.items():
        held = np.zeros(len(regular), bool)
        held[max(0, last + 1 - PRICE_DAYS) : last + 1] = True
        held &= regular
        price, margin = _each(series, held) if held.sum() >= _REGULAR_DAYS else everything
        found.append(Price(date(year, month, 1), price, margin))
    return tuple(found)


def _each(series: Series, days: NDArray[np.bool_]) -> tuple[float, float]:
    pieces = float(series.units[days].sum())
    return float(series.sales[days].sum()) / pieces, float(series.margin[days].sum()) / pieces


def _without_discount(series: Series, days: NDArray[np.bool_]) -> tuple[float, float]:
    """What a piece would have cost without the discount of its day; 0 where nothing was ever sold."""
    pieces = float(series.units[days].sum())
    if pieces <= 0:
        return 0.0, 0.0
    full = series.sales[days] / (1 - np.nan_to_num(series.depth[days]))
    price = float(full.sum()) / pieces
    cost = float((series.sales[days] - series.margin[days]).sum()) / pieces
    return price, price - cost


def stored(parts: Parts) -> dict[str, Any]:
    """As it stands in `uplift_responses.response`."""
    found: dict[str, Any] = {
        "excess": _short(parts.excess),
        "correlation": [_short(value) for value in parts.correlation],
        "open_share": _list(parts.open_share),
        "prices": [[one.month.isoformat(), _short(one.price), _short(one.margin)] for one in parts.prices],
        "last": parts.last.isoformat(),
    }
    if (usual := parts.usual) is not None:
        lower = np.tril_indices(len(usual.coefficients))
        found["usual"] = {
            "names": list(usual.names),
            "coefficients": _list(usual.coefficients),
            "covariance": _list(usual.covariance[lower]),
            "first": usual.first.isoformat(),
            "length": usual.length,
            "seasonal": usual.seasonal,
        }
    if (means := parts.weekdays) is not None:
        found["weekdays"] = {
            "units": _list(means.units), "counts": _list(means.counts), "variance": _short(means.variance),
        }  # fmt: skip
    return found


def parts_from(cell: Cell, kept: Mapping[str, Any]) -> Parts:
    """The other way round."""
    usual = weekdays = None
    if (held := kept.get("usual")) is not None:
        size = len(held["coefficients"])
        covariance = np.zeros((size, size))
        covariance[np.tril_indices(size)] = held["covariance"]
        covariance = covariance + np.tril(covariance, -1).T
        usual = Usual(
            names=tuple(held["names"]),
            coefficients=np.array(held["coefficients"], float),
            covariance=covariance,
            first=date.fromisoformat(held["first"]),
            length=int(held["length"]),
            seasonal=bool(held["seasonal"]),
        )
    if (held := kept.get("weekdays")) is not None:
        weekdays = Weekdays(np.array(held["units"], float), np.array(held["counts"], float), float(held["variance"]))
    share, decay = kept["correlation"]
    return Parts(
        cell=cell,
        usual=usual,
        weekdays=weekdays,
        excess=float(kept["excess"]),
        correlation=(float(share), float(decay)),
        open_share=np.array(kept["open_share"], float),
        prices=tuple(Price(date.fromisoformat(month), price, margin) for month, price, margin in kept["prices"]),
        last=date.fromisoformat(kept["last"]),
    )


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _list(values: Floats) -> list[float]:
    return [_short(float(value)) for value in values]
