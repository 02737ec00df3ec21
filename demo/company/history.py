"""Three years of a synthetic company's daily sales by department and channel, with promotions whose effects are known.

Units of a day = usual units (trend, weekday, season) × (1 − depth)^−elasticity × what other departments' promotions and
the days after an own one take or give × noise. depth: the day's mean discount, the promo part weighted by its sales.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
CHANNELS: Final = ("offline", "online")
PULL_DAYS: Final = 14
DEPTHS: Final = (5, 10, 15, 20, 25, 30)


@dataclass(frozen=True, slots=True)
class Department:
    """units: pieces of a usual day in shops; online: those of the web shop for each of them; price, margin (share of
    the regular price); elasticity of units in the price."""

    name: str
    group: str
    units: float
    online: float
    price: float
    margin: float
    elasticity: float


# A lower price pays where elasticity × margin is well above 1: the units that it brings are in part taken from later
# days, from the other channel and from the group. So it is for accessories, kitchen and audio at small discounts, and
# nowhere else: televisions, computers and telephones sell much more and earn less.
DEPARTMENTS: Final = (
    Department("TV", "Entertainment", 22, 0.7, 519, 0.25, 3.6),
    Department("Audio", "Entertainment", 60, 0.8, 94.9, 0.44, 4.2),
    Department("Gaming", "Entertainment", 45, 1.1, 139, 0.24, 2.4),
    Department("Computers", "IT", 28, 0.8, 719, 0.22, 3.0),
    Department("Smartphones", "IT", 40, 0.6, 429, 0.2, 2.0),
    Department("Photo", "IT", 10, 0.9, 479, 0.32, 3.2),
    Department("Accessories", "IT", 130, 0.9, 29.9, 0.56, 4.2),
    Department("Kitchen", "Home", 48, 0.5, 119, 0.46, 4.4),
    Department("Large appliances", "Home", 26, 0.4, 409, 0.31, 3.0),
)
# Name, first month and day, days, depths by department, channels.
_YEARLY: Final = (
    ("Winter sale", (1, 2), 13, {"TV": 20, "Audio": 25, "Kitchen": 25, "Large appliances": 20}, CHANNELS),
    ("Valentine's gifts", (2, 9), 6, {"Audio": 15, "Photo": 15, "Smartphones": 10}, CHANNELS),
    ("Cables and cases", (2, 20), 7, {"Accessories": 15}, CHANNELS),
    ("Spring kitchen", (3, 12), 12, {"Kitchen": 20, "Large appliances": 15}, CHANNELS),
    ("Easter web deals", (4, 3), 5, {"Gaming": 15, "Audio": 20, "Computers": 10}, ("online",)),
    ("Summer of sport", (6, 11), 14, {"TV": 15, "Audio": 10}, CHANNELS),
    ("Web days", (7, 15), 4, {"TV": 20, "Computers": 15, "Accessories": 20, "Kitchen": 20}, ("online",)),
    ("Back to school", (8, 20), 16, {"Computers": 10, "Accessories": 10, "Smartphones": 5}, CHANNELS),
    ("Autumn shop days", (10, 8), 6, {"Large appliances": 20, "Kitchen": 15, "TV": 10}, ("offline",)),
    ("Singles' Day", (11, 11), 2, {"Smartphones": 15, "Gaming": 20, "Audio": 25}, ("online",)),
    ("Christmas gifts", (12, 10), 14, {"Gaming": 10, "Audio": 15, "Photo": 15, "Accessories": 20}, CHANNELS),
)
_BLACK_WEEK: Final = {"TV": 25, "Audio": 30, "Gaming": 20, "Computers": 15, "Smartphones": 15, "Photo": 20,
                      "Accessories": 25, "Kitchen": 30, "Large appliances": 20}  # fmt: skip
_WEEK: Final = {
    "offline": (0.86, 0.84, 0.88, 0.95, 1.18, 1.52, 0.77),
    "online": (1.1, 1.0, 0.97, 0.96, 0.92, 0.94, 1.11),
}
_SEASON: Final = (0.95, 0.88, 0.92, 0.93, 0.94, 0.97, 0.95, 0.94, 0.97, 1.02, 1.14, 1.42)


@dataclass(frozen=True, slots=True)
class Promotion:
    """name: '' of one that only the sales show. depths: per cent by department."""

    name: str
    start: date
    end: date
    depths: dict[str, int]
    channels: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sale:
    """A row of sales. discount: per cent, None of a row that is not on promotion."""

    day: date
    channel: str
    department: str
    discount: int | None
    sales: float
    margin: float
    units: int


def promotions(first: date, last: date, seed: int) -> list[Promotion]:
    """The yearly ones and a few without a name, that touch these days; in order of their start."""
    random = np.random.default_rng(seed)
    found: list[Promotion] = []
    for year in range(first.year, last.year + 1):
        for name, (month, day), length, depths, channels in _YEARLY:
            start = date(year, month, day)
            found.append(Promotion(f"{name} {year}", start, start + timedelta(length - 1), dict(depths), channels))
        friday = date(year, 11, 1)
        friday += timedelta((3 - friday.weekday()) % 7 + 22)  # the day after the fourth Thursday
        found.append(
            Promotion(f"Black Week {year}", friday - timedelta(4), friday + timedelta(3), dict(_BLACK_WEEK), CHANNELS)
        )
        for _ in range(26):
            start = date(year, 1, 1) + timedelta(int(random.integers(0, 358)))
            one = DEPARTMENTS[int(random.integers(0, len(DEPARTMENTS)))].name
            channel = CHANNELS[int(random.integers(0, 2))]
            length, depth = int(random.integers(3, 9)), int(random.choice(DEPTHS))
            found.append(Promotion("", start, start + timedelta(length - 1), {one: depth}, (channel,)))
    return sorted(
        (one for one in found if one.end >= first and one.start <= last), key=lambda one: (one.start, one.name)
    )


def sales(first: date, last: date, seed: int) -> list[Sale]:
    """Rows by day, channel and department; a promo row and a regular one where a day has both."""
    random = np.random.default_rng(seed)
    days = [first + timedelta(number) for number in range((last - first).days + 1)]
    cells = [(one, channel) for one in DEPARTMENTS for channel in CHANNELS]
    depth = {(one.name, channel): np.zeros(len(days)) for one, channel in cells}
    for promotion in promotions(first, last, seed):
        low, high = max((promotion.start - first).days, 0), min((promotion.end - first).days + 1, len(days))
        for name, per_cent in promotion.depths.items():
            for channel in promotion.channels:
                here = depth[name, channel]
                here[low:high] = np.maximum(here[low:high], per_cent / 100)
    share = {cell: np.where(depth[cell] > 0, random.uniform(0.55, 0.9, len(days)), 0) for cell in depth}
    uplift = {
        (one.name, channel): (1 - depth[one.name, channel] * share[one.name, channel]) ** -one.elasticity - 1
        for one, channel in cells
    }
    rows: list[Sale] = []
    for one, channel in cells:
        cell = (one.name, channel)
        expected = _usual(one, channel, days, random) * (1 + uplift[cell]) * _beside(one, channel, uplift)
        expected *= _after(depth[cell] > 0, uplift[cell], float(random.uniform(0.15, 0.3)))
        sold = random.poisson(expected * np.exp(_wandering(len(days), random)))
        on_promo = np.round(sold * share[cell]).astype(int)
        for at, day in enumerate(days):
            discount = float(depth[cell][at])
            parts = ((on_promo[at], discount), (sold[at] - on_promo[at], 0.0))
            rows += [_sale(one, channel, day, int(units), cut) for units, cut in parts if units]
    return sorted(rows, key=lambda row: (row.day, row.channel, row.department, row.discount or 0))


def _usual(one: Department, channel: str, days: Sequence[date], random: np.random.Generator) -> Floats:
    size = one.units * (one.online if channel == "online" else 1)
    growth = float(random.normal(0.09 if channel == "online" else 0.01, 0.02))
    season = np.array([_season(day) for day in days])
    week = np.array([_WEEK[channel][day.weekday()] for day in days])
    return np.asarray(size * week * season * np.exp(growth * np.arange(len(days)) / 365))


def _season(day: date) -> float:
    """Between the middles of two months, so that no month begins with a step."""
    place = day.month - 1 + (day.day - 15) / 30
    low = int(np.floor(place))
    part = place - low
    return _SEASON[low % 12] * (1 - part) + _SEASON[(low + 1) % 12] * part


def _beside(one: Department, channel: str, uplift: dict[tuple[str, str], Floats]) -> Floats:
    """What promotions of the same group take away; the other channel's too. Audio sells with TV."""
    factor = np.ones_like(uplift[one.name, channel])
    for other in DEPARTMENTS:
        if other.name != one.name and other.group == one.group:
            effect = 0.04 if (one.name, other.name) == ("Audio", "TV") else -0.03
            factor *= np.maximum(1 + effect * uplift[other.name, channel], 0.5)
    across = next(name for name in CHANNELS if name != channel)
    return np.asarray(factor * np.maximum(1 - 0.05 * uplift[one.name, across], 0.5))


def _after(promoted: np.ndarray[Any, np.dtype[np.bool_]], uplift: Floats, pulled: float) -> Floats:
    """The days after a promotion, from which a share of what it brought was taken."""
    factor = np.ones(len(promoted))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], promoted.astype(int), [0]])))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        until = min(end + PULL_DAYS, len(promoted))
        free = ~promoted[end:until]
        factor[end:until] *= np.where(free, max(1 - pulled * uplift[start:end].sum() / PULL_DAYS, 0.3), 1)
    return factor


def _wandering(size: int, random: np.random.Generator) -> Floats:
    steps = random.normal(0, 0.06, size)
    path = np.zeros(size)
    for at in range(1, size):
        path[at] = 0.6 * path[at - 1] + steps[at]
    return path


def _sale(one: Department, channel: str, day: date, units: int, cut: float) -> Sale:
    price = one.price * (1 - cut)
    cost = one.price * (1 - one.margin)
    return Sale(
        day,
        channel,
        one.name,
        round(cut * 100) or None,
        round(units * price, 2),
        round(units * (price - cost), 2),
        units,
    )
