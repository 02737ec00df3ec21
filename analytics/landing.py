"""Where a month will end: what has come, and what the rest will bring, with an interval that its own past errors give.

The rest is the mean of the last 28 whole days, by the weekdays of the last 56, times how far last year's same days
(364 days earlier, a November's by its own Friday) turned out above what the same rule would have said of them. How
much of an ordinary season is believed is chosen by what would have been best in past months; what lies beyond the
store's usual error is an event of the calendar, such as late November, and taken whole. The interval comes from a
backtest: from so many days before the end of each past month the rest is forecast as it would have been then. It is
wider where the rest leans on an event, which one year alone tells of, and to the side of what a late November may
bring beyond what is believed.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

LEVEL_DAYS: Final = 28
PROFILE_DAYS: Final = 56
YEAR_DAYS: Final = 364
# The late days of a month of this number hang on one that moves: the Friday after the fourth Thursday.
MOVING_MONTH: Final = 11
LATE_DAYS: Final = 4
# So many times as much each of these days may bring, where no year before tells.
UNKNOWN_LATE: Final = 3.0
# Of past months, at least so many and at most so many tell how far off a landing is.
FEWEST_MONTHS: Final = 3
MOST_MONTHS: Final = 24
# So many past months with a year before them, and a season may be believed.
SEASON_MONTHS: Final = 6
BELIEFS: Final = (0.0, 0.5, 1.0)
MOST_SEASON: Final = 6.0
# A rest that brought less than this part of its forecast counts as if it had brought that: it may be 0 or below.
LEAST_PART: Final = 0.05
# Of the normal distribution: 80 % lie within so many deviations.
NORMAL_80: Final = 1.2815515655446004
# A median of absolute errors as a standard deviation; the least that is taken for one.
ROBUST: Final = 1.4826
LEAST_ERROR: Final = 0.02
# How uncertain an event is, as a part of what lies beyond the usual error: by simulated stores (tests, benchmarks).
EVENT_DOUBT: Final = 0.8
# So many orders, and the hours of a day count by what they usually bring.
FEWEST_ORDERS: Final = 100


@dataclass(frozen=True, slots=True)
class Landing:
    """Where a month will end, and the bounds that hold 80 %.

    months: past months that the interval comes from, 0 where the month is over. error_pct: how far off the landing was
    in those months at the same distance from their end, in per cent of the month, on average. year_known: whether last
    year's same days are known; without them nothing is known of what only this season brings.
    """

    expected: float
    low: float
    high: float
    months: int
    error_pct: float
    year_known: bool = True

    @property
    def over(self) -> bool:
        """Whether the month is over, so that nothing is forecast."""
        return self.months == 0


@dataclass(frozen=True, slots=True)
class _Past:
    """A past month's rest: log(actual / forecast without season), the same of the year before, both amounts, and what
    the whole month brought."""

    found: float
    season: float | None
    actual: float
    forecast: float
    whole: float


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
    past = list(_past(series, end, rest))
    now = len(series.values) - 1
    ahead = series.base(now, rest)
    if len(past) < FEWEST_MONTHS or ahead is None:
        return None
    season = series.season(now, rest)
    rule = _Rule.of(past, season)
    come += so_far
    to_come = max((sum(ahead) - ahead[0] * passed) * math.exp(rule.shift(season)), 0.0)
    count = len(rule.errors)
    width = _t80(rule.freedom) * rule.doubt(season) * math.sqrt(_square(rule.errors) * (1 + 1 / count))
    unsaid = _unsaid(rule, season, _late(through, end), ahead)
    low = come + to_come * math.exp(-math.hypot(width, min(unsaid, 0.0)))
    high = come + to_come * math.exp(math.hypot(width, max(unsaid, 0.0)))
    return Landing(come + to_come, low, high, count, rule.off, season is not None)


def passed_of(by_hour: Sequence[float], orders: int, clock: time) -> float | None:
    """The share of a day that has usually come by a time of it, 0–1, from what each of its 24 hours brought on past
    days; None where those had too few orders to tell."""
    whole = sum(by_hour)
    if orders < FEWEST_ORDERS or whole <= 0:
        return None
    come = sum(by_hour[: clock.hour]) + by_hour[clock.hour] * (clock.minute * 60 + clock.second) / 3600
    return min(max(come / whole, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class _Rule:
    """How much of a season is believed, and the errors that past months would have had by that.

    usual: the robust deviation of the errors without any season. errors: each over its doubt. off: how far off the
    months would have been, in per cent, on average. freedom: degrees of freedom of the errors.
    """

    usual: float
    belief: float
    errors: tuple[float, ...]
    off: float
    freedom: int

    @classmethod
    def of(cls, past: Sequence[_Past], season: float | None) -> _Rule:
        usual = max(ROBUST * _median([abs(month.found) for month in past]), LEAST_ERROR)
        seasoned = [month for month in past if month.season is not None]
        if len(seasoned) < SEASON_MONTHS or season is None:
            return cls._tried(past, usual, 0.0, 0)
        tried = (cls._tried(seasoned, usual, belief, 1) for belief in BELIEFS)
        return min(tried, key=lambda rule: (_square(rule.errors), rule.belief))

    @classmethod
    def _tried(cls, past: Sequence[_Past], usual: float, belief: float, chosen: int) -> _Rule:
        empty = cls(usual, belief, (), 0.0, 0)
        missed = [month.found - empty.shift(month.season) for month in past]
        errors = tuple(error / empty.doubt(month.season) for error, month in zip(missed, past, strict=True))
        off = [
            abs(month.actual - month.forecast * math.exp(empty.shift(month.season))) / month.whole * 100
            for month in past
            if month.whole > 0
        ]
        return cls(usual, belief, errors, sum(off) / len(off) if off else 0.0, len(errors) - chosen)

    def shift(self, season: float | None) -> float:
        """What is believed of last year's log ratio: a part of what is usual, and all that lies beyond it."""
        event = self._event(season)
        return self.belief * ((season or 0.0) - event) + event

    def doubt(self, season: float | None) -> float:
        """How much wider than usual the interval is."""
        return math.hypot(1.0, EVENT_DOUBT * self._event(season) / self.usual)

    def _event(self, season: float | None) -> float:
        beyond = max(abs(season or 0.0) - self.usual, 0.0)
        return math.copysign(beyond, season or 0.0)


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
        """How last year's same days turned out, over what the rule would have said of them: the log of it."""
        before = last - year_days(self.first + timedelta(days=last + 1))
        told = self.base(before, count) if before >= 0 else None
        if told is None or sum(told) <= 0 or before + count >= len(self.values):
            return None
        found = sum(self.values[before + 1 : before + 1 + count]) / sum(told)
        return math.log(min(max(found, 1 / MOST_SEASON), MOST_SEASON))


def _past(series: _Series, end: date, rest: int) -> Iterator[_Past]:
    """Past months that can be tested from as many days before their end, the newest first."""
    base = series.first.toordinal()
    for first, until in _months_before(end):
        begin, last = first.toordinal() - base, until.toordinal() - base
        count = min(rest, last - begin + 1)
        if last >= len(series.values):
            continue
        told = series.base(last - count, count)
        if told is None or sum(told) <= 0:
            continue
        actual = sum(series.values[last - count + 1 : last + 1])
        found = math.log(max(actual / sum(told), LEAST_PART))
        whole = sum(series.values[max(begin, 0) : last + 1])
        yield _Past(found, series.season(last - count, count), actual, sum(told), whole)


def _square(errors: Sequence[float]) -> float:
    return sum(error**2 for error in errors) / len(errors) if errors else math.inf


def _median(values: Sequence[float]) -> float:
    placed = sorted(values)
    return (placed[len(placed) // 2] + placed[(len(placed) - 1) // 2]) / 2 if placed else 0.0


def _months_before(end: date) -> Iterator[tuple[date, date]]:
    """First and last day of the months before that of a day, the newest first."""
    day = end.replace(day=1) - timedelta(days=1)
    for _ in range(MOST_MONTHS):
        yield day.replace(day=1), day
        day = day.replace(day=1) - timedelta(days=1)


def year_days(day: date) -> int:
    """How many days before a day the same one of last year lies: 364, so that weekdays match; in November as many as
    lie between the Fridays after the two years' fourth Thursdays, which is a week more where that day moved on by one.
    """
    if day.month != MOVING_MONTH:
        return YEAR_DAYS
    return (_black_friday(day.year) - _black_friday(day.year - 1)).days


def _unsaid(rule: _Rule, season: float | None, late: range, ahead: Sequence[float]) -> float:
    """What a late November may bring beyond what is expected of it, as a log ratio: what is not believed of last year's
    may come all the same, and without last year nobody knows; the interval reaches so much further to that side."""
    if not late:
        return 0.0
    if season is not None:
        return season - rule.shift(season)
    part = sum(ahead[place] for place in late) / sum(ahead) if sum(ahead) > 0 else 0.0
    return math.log1p((UNKNOWN_LATE - 1) * part)


def _late(through: date, end: date) -> range:
    """Places, among the days after `through`, of a November's Friday after its fourth Thursday and the days up to the
    Monday."""
    if end.month != MOVING_MONTH:
        return range(0)
    begin = (_black_friday(end.year) - through).days - 1
    return range(max(begin, 0), max(min(begin + LATE_DAYS, (end - through).days), 0))


def _black_friday(year: int) -> date:
    first = date(year, MOVING_MONTH, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


def month_end(day: date) -> date:
    """The last day of a day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _t80(freedom: int) -> float:
    """Within ± this lie 80 % of Student's t with so many degrees of freedom (Cornish and Fisher's expansion)."""
    z = NORMAL_80
    first = (z**3 + z) / (4 * freedom)
    second = (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return z + first + second
