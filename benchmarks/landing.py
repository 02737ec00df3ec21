"""How often the landing's interval holds in simulated stores of known days, by how long their history is.

A store has a trend, seasons of year and week, pay days, campaigns that lift some days, noise that lingers from day to
day, and from the Friday after November's fourth Thursday to the Monday up to four times as much. It is landed on a
random day of a random month.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean
from typing import Final

from analytics.landing import Landing, land, month_end
from benchmarks.table import Figure

STORES: Final = 480
# Months of history, as groups that are told apart.
HISTORIES: Final = {"8–12": (8, 10, 12), "14–24": (14, 18, 24), "30–48": (30, 36, 48)}


@dataclass(frozen=True, slots=True)
class Landed:
    """One simulated store: where it was said to land, and where it did."""

    said: Landing
    actual: float

    @property
    def held(self) -> bool:
        """Whether the interval held."""
        return self.said.low <= self.actual <= self.said.high

    @property
    def off(self) -> float:
        """How far off the landing was, in per cent."""
        return abs(self.said.expected - self.actual) / self.actual * 100


def simulated(draw: random.Random, months: int, last: date) -> tuple[date, dict[date, float]]:
    """A store's first day, and its days up to `last`."""
    first = (last - timedelta(days=round(months * 30.4))).replace(day=1)
    trend, season, phase = draw.uniform(-0.2, 0.5), draw.uniform(0, 0.4), draw.uniform(0, 2 * math.pi)
    week = [draw.uniform(0.6, 1.5) for _ in range(7)]
    noise, linger = draw.uniform(0.1, 0.5), draw.uniform(0, 0.8)
    payday, often, lift = draw.uniform(0, 0.3), draw.uniform(0, 0.1), draw.uniform(0.3, 1.5)
    friday = draw.uniform(0, 3)
    fridays = {year: black_friday(year) for year in range(first.year - 1, last.year + 1)}
    found: dict[date, float] = {}
    chance, campaign = 0.0, 0
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        chance = linger * chance + noise * math.sqrt(1 - linger**2) * draw.gauss(0, 1)
        campaign = campaign - 1 if campaign else draw.randint(1, 5) if draw.random() < often else 0
        value = math.exp(trend * n / 365) * (1 + season * math.sin(2 * math.pi * day.timetuple().tm_yday / 365 + phase))
        value *= week[day.weekday()] * (1 + payday * (day.day < 6)) * (1 + lift * (campaign > 0))
        if 0 <= (day - fridays[(day - timedelta(days=3)).year]).days <= 3:
            value *= 1 + friday
        found[day] = value * math.exp(chance - noise**2 / 2) * 1000
    return first, found


def black_friday(year: int) -> date:
    """The Friday after the fourth Thursday of November."""
    return next(day for day in (date(year, 11, number) for number in range(23, 30)) if day.weekday() == 4)


def landed(seed: int, stores: int, months: tuple[int, ...], month_of_year: int | None = None) -> list[Landed]:
    """So many stores with so many months of history, each landed somewhere within a month of six years, or always
    within the same one of the year."""
    draw = random.Random(seed)
    found = []
    for place in range(stores):
        month = date(draw.randint(2022, 2027), month_of_year or draw.randint(1, 12), 1)
        end = month_end(month)
        first, days = simulated(draw, months[place % len(months)], end)
        through = month.replace(day=draw.randint(1, end.day - 1))
        said = land({day: value for day, value in days.items() if day <= through}, first, through, end)
        if said is not None:
            found.append(Landed(said, sum(value for day, value in days.items() if day >= month)))
    return found


def measure(stores: int = STORES) -> Iterator[Figure]:
    """How often the interval holds, by length of history, and the time of one landing."""
    for seed, (told, months) in enumerate(HISTORIES.items()):
        found = landed(seed, stores, months)
        held = fmean(each.held for each in found) * 100
        yield Figure(
            f"landing: the 80 % interval holds, {told} months of history", held, "%", "what it promises", 80.0,
            "75–85 %", 75 <= held <= 85,
            f"{len(found)} stores; off by {fmean(each.off for each in found):.1f} % of the month on average",
        )  # fmt: skip
        late = landed(seed, stores, months, 11)
        held = fmean(each.held for each in late) * 100
        yield Figure(
            f"landing: the same of Novembers alone, {told} months of history", held, "%", "what it promises", 80.0,
            "75–85 %", 75 <= held <= 85,
            f"{len(late)} stores; off by {fmean(each.off for each in late):.1f} % of the month on average",
        )  # fmt: skip
    draw = random.Random(99)
    first, days = simulated(draw, 38, date(2026, 11, 20))
    began = time.process_time()
    for _ in range(20):
        land(days, first, date(2026, 11, 20), date(2026, 11, 30))
    took = (time.process_time() - began) / 20 * 1000
    yield Figure(
        "landing a month from 38 months, processor time", took, "ms", "a tenth of the limit of a page", 30.0, "≤ 1 ×",
        took <= 30.0,
    )  # fmt: skip
