"""What asks for a person: flows that fell below their own usual, and segments that drain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final, Literal

WEEKS: Final = 13
# A flow is told of where its last week fell by so much of the usual, and by so many robust deviations.
LEAST_FALL: Final = 0.4
DEVIATIONS: Final = 3.5
# Scales the median absolute deviation to a standard deviation.
MAD_SCALE: Final = 1.4826
# No flow is steadier than that from week to week.
STEADIEST: Final = 0.1
FEWEST_WEEKS: Final = 6
FEWEST_RECIPIENTS: Final = 20
FEWEST_ORDERS: Final = 10
# The sum of n orders varies by √n orders, and by what their values vary.
ORDER_SPREAD: Final = 1.25
DRAIN_DAYS: Final = 28
LEAST_DRAIN: Final = 0.1
FEWEST_MEMBERS: Final = 100
FEWEST_DRAIN_DAYS: Final = 14
# A segment's change is a drain beyond so many standard deviations of what its size changes by without one.
DRAIN_DEVIATIONS: Final = 3.5
# Sizes are looked at week by week for so long; so many changes before the last 28 days tell how far a size wanders.
SIZE_DAYS: Final = 7
SIZE_WEEKS: Final = 17
FEWEST_CHANGES: Final = 6


@dataclass(frozen=True, slots=True)
class FlowWeeks:
    """A flow's last WEEKS weeks, the oldest first: recipients; orders and value as Klaviyo attributes them."""

    id: str
    name: str
    status: str = ""
    recipients: Sequence[float] = ()
    orders: Sequence[float] = ()
    value: Sequence[Decimal] = field(default=())


@dataclass(frozen=True, slots=True)
class Fall:
    """A flow whose last week is far below its usual one: the median of the weeks before."""

    flow: FlowWeeks
    of: Literal["recipients", "revenue"]
    now: float
    usual: float

    @property
    def pct(self) -> float:
        """By how much it fell, in per cent."""
        return (self.usual - self.now) / self.usual * 100


@dataclass(frozen=True, slots=True)
class Drain:
    """A segment that lost at least a tenth of its members between two days."""

    id: str
    name: str
    since: date
    before: int
    now: int

    @property
    def pct(self) -> float:
        """By how much it shrank, in per cent."""
        return (self.before - self.now) / self.before * 100


def falling(weeks: Sequence[float], chance: float, least: float) -> tuple[float, float] | None:
    """The last week and the usual one, where it fell beyond what its weeks vary by; None where it did not.

    chance: the standard deviation that chance alone gives a usual week, as a part of it; least: a usual week with less
    says nothing. Weeks before the first with anything do not count: the flow was not there. Where a week was that low
    before and others came after it, low weeks are usual: the flow does not send every week.
    """
    begun = next((place for place, value in enumerate(weeks) if value > 0), len(weeks))
    before = [float(value) for value in weeks[begun:-1]]
    if len(before) < FEWEST_WEEKS:
        return None
    now, usual = float(weeks[-1]), median(before)
    if usual < least or usual <= 0:
        return None
    spread = max(MAD_SCALE * median(abs(value - usual) for value in before), STEADIEST * usual, chance * usual)
    fell = usual - now
    if fell < LEAST_FALL * usual or fell < DEVIATIONS * spread:
        return None
    low = [value <= (now + usual) / 2 for value in before]
    while low and low[-1]:
        # The weeks right before it belong to the same fall.
        low.pop()
    return None if any(low) else (now, usual)


def fall(flow: FlowWeeks) -> Fall | None:
    """Whether a flow fell: in recipients, or where those are as ever, in revenue; None where neither did."""
    orders = median(flow.orders[:-1]) if len(flow.orders) > 1 else 0
    usual = median(flow.recipients[:-1]) if len(flow.recipients) > 1 else 0
    found = falling(flow.recipients, 1 / math.sqrt(usual) if usual > 0 else 1.0, FEWEST_RECIPIENTS)
    if found is not None:
        return Fall(flow, "recipients", *found)
    if orders < FEWEST_ORDERS:
        return None
    found = falling([float(value) for value in flow.value], ORDER_SPREAD / math.sqrt(orders), 0.0)
    return None if found is None else Fall(flow, "revenue", *found)


def drain(id: str, name: str, sizes: Sequence[tuple[date, int]]) -> Drain | None:
    """Whether a segment drains in the last 28 days of its sizes (oldest first), beyond what its size varies by.

    Members who come and go by chance alone change a size by up to the root of twice its members. Sizes wander more than
    that: the changes before the 28 days tell by how much, less their mean, which is a drain of its own.
    """
    if len(sizes) < 2:
        return None
    last, now = sizes[-1]
    begin = next(place for place, (day, _) in enumerate(sizes) if (last - day).days <= DRAIN_DAYS)
    since, before = sizes[begin]
    lost = before - now
    if (last - since).days < FEWEST_DRAIN_DAYS or before < FEWEST_MEMBERS or lost < LEAST_DRAIN * before:
        return None
    spread = max(math.sqrt(2 * before), _wander(sizes[: begin + 1], (last - since).days))
    return Drain(id, name, since, before, now) if lost >= DRAIN_DEVIATIONS * spread else None


def _wander(sizes: Sequence[tuple[date, int]], days: int) -> float:
    """The standard deviation of a size's change in so many days, by its changes so far; 0 where they are too few."""
    steps = [((day - earlier).days, size - known) for (earlier, known), (day, size) in pairwise(sizes)]
    if len(steps) < FEWEST_CHANGES:
        return 0.0
    each = sum(change for _, change in steps) / sum(length for length, _ in steps)
    daily = sum((change - each * length) ** 2 / length for length, change in steps) / (len(steps) - 1)
    return math.sqrt(daily * days)
