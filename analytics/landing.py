"""Where a month will end: what has come, and what the rest will bring, with an interval that its own past errors give.

The rest is the mean of the last 28 whole days, by the weekdays of the last 56, times how far last year's same days
(364 days earlier) turned out above what the same rule would have said of them. How much of that season is believed is
chosen by what would have been best in past months. The interval comes from a backtest: from so many days before the
end of each past month the rest is forecast as it would have been then.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LEVEL_DAYS: Final = 28
PROFILE_DAYS: Final = 56
YEAR_DAYS: Final = 364
# Of past months, at least so many and at most so many tell how far off a landing is.
FEWEST_MONTHS: Final = 3
MOST_MONTHS: Final = 24
# So many past months with a year before them, and a season may be believed.
SEASON_MONTHS: Final = 6
BELIEFS: Final = (0.0, 0.5, 1.0)
MOST_SEASON: Final = 3.0
# A rest that brought less than this part of its forecast counts as if it had brought that: it may be 0 or below.
LEAST_PART: Final = 0.05
# Of the normal distribution: 80 % lie within so many deviations.
NORMAL_80: Final = 1.2815515655446004


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a month will end, and the bounds that hold 80 %.

    months: past months that the interval comes from, 0 where the month is over. error_pct: how far off the landing was
    in those months at the same distance from their end, in per cent of the month, on average.
    """

    expected: float
    low: float
    high: float
    months: int
    error_pct: float

    @property
    def over(self) -> bool:
        """Whether the month is over, so that nothing is forecast."""
        return self.months == 0


def land(
    days: Mapping[date, float],
    first: date,
    through: date,
    end: date,
    *,
    so_far: float = 0.0,
    passed: float = 0.0,
) -> Landing | None:
    """Where the month that ends on `end` will land; None where fewer than three past months can be tested.

    days: a figure by whole day from `first` on, days without one are 0; through: the last whole day. so_far: what the
    day after `through`, which is not over, has brought, and passed: the share of it that has gone by, 0–1.

    Raises ValueError where `through` lies more than a day before the month.
    """
    start = end.replace(day=1)
    if through < start - timedelta(days=1):
        raise ValueError(f"the last whole day, {through}, lies before the month that ends on {end}")
    come = sum(float(days.get(start + timedelta(days=n), 0.0)) for n in range((through - start).days + 1))
    rest = (end - through).days
    if rest <= 0:
        return Landing(come, come, come, 0, 0.0)
    series = _Series(days, first, through)
    tested = _backtest(series, end, rest)
    if tested is None:
        return None
    belief, errors, off, freedom = tested
    ahead = series.rest(len(series.values) - 1, rest, belief)
    if ahead is None:
        return None
    come += so_far
    to_come = max(sum(ahead) - ahead[0] * passed, 0.0)
    count = len(errors)
    factor = math.exp(_t80(freedom) * math.sqrt(_square(errors) * (1 + 1 / count)))
    return Landing(come + to_come, come + to_come / factor, come + to_come * factor, count, off)


class _Series:
    """A figure by day without gaps, and what can be said of the days behind any of them."""

    def __init__(self, days: Mapping[date, float], first: date, through: date) -> None:
        self.first = first
        count = max((through - first).days + 1, 0)
        self.values = [float(days.get(first + timedelta(days=n), 0.0)) for n in range(count)]

    def base(self, last: int, count: int) -> list[float] | None:
        """The days behind `last` by level and weekdays; None with too little before, or nothing sold there."""
        if last + 1 < PROFILE_DAYS:
            return None
        window = self.values[last + 1 - PROFILE_DAYS : last + 1]
        whole = sum(window)
        if whole <= 0:
            return None
        level = sum(window[-LEVEL_DAYS:]) / LEVEL_DAYS
        shares = [sum(window[k::7]) / (PROFILE_DAYS // 7) / (whole / PROFILE_DAYS) for k in range(7)]
        return [level * shares[n % 7] for n in range(count)]

    def season(self, last: int, count: int) -> float | None:
        """How last year's same days turned out, over what the rule would have said of them."""
        before = last - YEAR_DAYS
        told = self.base(before, count) if before >= 0 else None
        if told is None or sum(told) <= 0 or before + count >= len(self.values):
            return None
        found = sum(self.values[before + 1 : before + 1 + count]) / sum(told)
        return min(max(found, 1 / MOST_SEASON), MOST_SEASON)

    def rest(self, last: int, count: int, belief: float) -> list[float] | None:
        """The days behind `last`, with so much of the season as is believed."""
        told = self.base(last, count)
        if told is None or not belief:
            return told
        season = self.season(last, count)
        return None if season is None else [value * season**belief for value in told]


def _backtest(series: _Series, end: date, rest: int) -> tuple[float, list[float], float, int] | None:
    """How much of the season to believe, past errors, their mean in per cent of the month, degrees of freedom."""
    base = series.first.toordinal()
    months = [(begin.toordinal() - base, last.toordinal() - base) for begin, last in _months_before(end)]
    seasoned: list[tuple[int, int]] = []
    plain: list[tuple[int, int]] = []
    for begin, last in months:
        origin = last - min(rest, last - begin + 1)
        if last >= len(series.values) or series.base(origin, 1) is None:
            continue
        plain.append((begin, last))
        if series.season(origin, last - origin) is not None:
            seasoned.append((begin, last))
    now, chosen = len(series.values) - 1, 0
    if len(seasoned) >= SEASON_MONTHS and series.season(now, rest) is not None:
        found = [(belief, *_errors(series, seasoned, rest, belief)) for belief in BELIEFS]
        belief, errors, off = min(found, key=lambda each: (_square(each[1]), each[0]))
        chosen = 1
    else:
        belief = 0.0
        errors, off = _errors(series, plain, rest, belief)
    if len(errors) < FEWEST_MONTHS:
        return None
    return belief, errors, off, len(errors) - chosen


def _errors(series: _Series, months: Sequence[tuple[int, int]], rest: int, belief: float) -> tuple[list[float], float]:
    """Of each month log(actual / forecast) of its rest; and the mean of what it was off, in per cent of the month."""
    errors, off = [], []
    for begin, last in months:
        count = min(rest, last - begin + 1)
        told = series.rest(last - count, count, belief)
        if told is None or sum(told) <= 0:
            continue
        forecast, actual = sum(told), sum(series.values[last - count + 1 : last + 1])
        errors.append(math.log(max(actual / forecast, LEAST_PART)))
        whole = sum(series.values[begin : last + 1])
        if whole > 0:
            off.append(abs(actual - forecast) / whole * 100)
    return errors, sum(off) / len(off) if off else 0.0


def _square(errors: Sequence[float]) -> float:
    return sum(error**2 for error in errors) / len(errors) if errors else math.inf


def _months_before(end: date) -> Iterator[tuple[date, date]]:
    """First and last day of the months before that of a day, the newest first."""
    day = end.replace(day=1) - timedelta(days=1)
    for _ in range(MOST_MONTHS):
        yield day.replace(day=1), day
        day = day.replace(day=1) - timedelta(days=1)


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _t80(freedom: int) -> float:
    """Within ± this lie 80 % of Student's t with so many degrees of freedom (Cornish and Fisher's expansion)."""
    z = NORMAL_80
    first = (z**3 + z) / (4 * freedom)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return z + first + second
