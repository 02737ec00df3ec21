"""Where a month lands: by hand where nothing is left to chance, and how often the interval holds where much is."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import pytest

from analytics.landing import land

END, NOW = date(2026, 11, 30), date(2026, 11, 20)


def weekly(first: date, last: date) -> dict[date, float]:
    """10 a day, 40 on Saturdays."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day: 40.0 if day.isoweekday() == 6 else 10.0 for day in days}


def test_what_goes_on_as_ever_is_landed_exactly() -> None:
    first = date(2026, 5, 1)
    found = land(weekly(first, NOW), first, NOW, END)
    assert found is not None
    # November 2026 has 30 days with four Saturdays: 26 × 10 + 4 × 40; 21 and 28 November are to come.
    assert found.expected == pytest.approx(420)
    assert (found.low, found.high) == pytest.approx((420, 420))
    # From July on there are eight weeks before the 20th: July, August, September, October.
    assert (found.months, found.error_pct) == (4, pytest.approx(0))
    half = land(weekly(first, NOW), first, NOW, END, so_far=25.0, passed=0.5)
    assert half is not None
    # Saturday the 21st: 25 have come, half of the 40 are to come.
    assert half.expected == pytest.approx(420 - 40 + 25 + 20)


def test_last_years_rest_counts_where_it_would_have_helped() -> None:
    first = date(2024, 1, 1)
    days = {day: value * (3 if day.day > 20 else 1) for day, value in weekly(first, NOW).items()}
    found = land(days, first, NOW, END)
    assert found is not None
    # The last ten days of every month bring three times as much.
    # 1–20 November: 17 × 10 + 3 × 40; 21–30: three times 8 × 10 + 2 × 40.
    true = 170 + 120 + 3 * (80 + 80)
    assert found.expected == pytest.approx(true, rel=0.25)
    plain = land({day: value for day, value in days.items() if day >= date(2026, 5, 1)}, date(2026, 5, 1), NOW, END)
    assert plain is not None
    assert abs(found.expected - true) < abs(plain.expected - true)


def test_too_little_history_lands_nowhere_and_a_month_that_is_over_where_it_is() -> None:
    first = date(2026, 8, 1)
    assert land(weekly(first, NOW), first, NOW, END) is None
    assert land({}, date(2024, 1, 1), NOW, END) is None
    assert land({NOW: 5.0}, NOW, NOW, END) is None
    over = land(weekly(date(2026, 11, 1), END), date(2026, 11, 1), END, END)
    assert over is not None
    assert (over.expected, over.low, over.high, over.over) == (420, 420, 420, True)
    with pytest.raises(ValueError, match="before the month"):
        land({}, first, date(2026, 10, 30), END)


def test_on_the_first_day_the_whole_month_is_to_come() -> None:
    first, through = date(2026, 5, 1), date(2026, 10, 31)
    found = land(weekly(first, through), first, through, END, so_far=7.0, passed=0.25)
    assert found is not None
    # Sunday 1 November: 7 have come, three quarters of 10 are to come.
    assert found.expected == pytest.approx(420 - 10 + 7 + 7.5)


def simulated(draw: random.Random, months: int, last: date) -> tuple[date, dict[date, float]]:
    """A store's days: trend, seasons of year and week, pay days, promotions, a late November, noise that lingers."""
    first = (last - timedelta(days=round(months * 30.4))).replace(day=1)
    trend, season, phase = draw.uniform(-0.2, 0.5), draw.uniform(0, 0.4), draw.uniform(0, 2 * math.pi)
    week = [draw.uniform(0.6, 1.5) for _ in range(7)]
    noise, linger = draw.uniform(0.1, 0.5), draw.uniform(0, 0.6)
    payday, often, friday = draw.uniform(0, 0.3), draw.uniform(0, 0.05), draw.uniform(0, 3)
    found: dict[date, float] = {}
    chance, promotion = 0.0, 0
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        chance = linger * chance + noise * math.sqrt(1 - linger**2) * draw.gauss(0, 1)
        promotion = promotion - 1 if promotion else draw.randint(2, 6) if draw.random() < often else 0
        value = 1 + trend * n / 365 + season * math.sin(2 * math.pi * day.timetuple().tm_yday / 365 + phase)
        value *= week[day.weekday()] * (1 + payday * (day.day < 6)) * (1.6 if promotion else 1)
        if day.month == 11 and day.day >= 24 and day.weekday() in (0, 4, 5, 6):
            value *= 1 + friday
        found[day] = max(value, 0.0) * math.exp(chance - noise**2 / 2) * 1000
    return first, found


def test_the_interval_holds_four_fifths_of_simulated_stores() -> None:
    draw, held, below = random.Random(20), [], []
    for _ in range(300):
        month = date(2026, draw.randint(6, 11), 1)
        end = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        first, days = simulated(draw, draw.choice([8, 12, 18, 24, 36]), end)
        through = month.replace(day=draw.randint(1, end.day - 1))
        found = land({day: value for day, value in days.items() if day <= through}, first, through, end)
        if found is not None:
            actual = sum(value for day, value in days.items() if day >= month)
            held.append(found.low <= actual <= found.high)
            below.append(actual < found.expected)
    assert len(held) > 240
    assert 0.75 <= sum(held) / len(held) <= 0.85
    # Neither too high nor too low as a rule.
    assert 0.4 <= sum(below) / len(below) <= 0.6
