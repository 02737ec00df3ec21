"""Whether mailbox providers will go on taking a sender's e-mail: rates against their limits, and where they tend.

Limits: Google's and Yahoo's rules for bulk senders (spam complaints below 0.1 %, never 0.3 %), and the usual 2 % of
bounces. Rates are per cent of messages.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from analytics.engagement import Counts, Number, rate, total

TREND_DAYS: Final = 14
AHEAD_DAYS: Final = 14
# One-sided, 5 %: a rise that chance alone explains is no warning.
SURE: Final = 1.645


class State(StrEnum):
    """How a rate stands to its limits. HEADING: below, and reached within fourteen days if it goes on so."""

    GOOD = "within limits"
    HEADING = "heading for the limit"
    HIGH = "above the limit"
    CRITICAL = "far above the limit"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate with its limits in per cent; critical None where there is one limit only."""

    name: str
    of: Callable[[Counts], tuple[Number, Number]]
    limit: float | None
    critical: float | None = None


LIMITS: Final = (
    Limit("Bounces", lambda c: (c.bounced, c.recipients), 2.0),
    Limit("Spam complaints", lambda c: (c.complaints, c.delivered), 0.1, 0.3),
    Limit("Unsubscribes", lambda c: (c.unsubscribed, c.delivered), None),
)


@dataclass(frozen=True, slots=True)
class Trend:
    """A rate's line through its days: per cent on the last day, points a day, and whether it rises beyond chance."""

    now: float
    slope: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """One rate against its limits. share: of the period; recent: of the trend's days, which the state goes by.

    reached: the day on which the trend meets `limit`, where it is below and will within AHEAD_DAYS.
    """

    limit: Limit
    share: float | None
    recent: float | None
    trend: Trend | None
    state: State
    reached: date | None = None


def standings(period: Counts, days: Mapping[date, Counts], last: date) -> list[Standing]:
    """Each rate of LIMITS: over the period, and by the TREND_DAYS up to `last`."""
    held = {day: counts for day, counts in days.items() if last - timedelta(days=TREND_DAYS) < day <= last}
    pooled = total(held.values())
    found = []
    for limit in LIMITS:
        share, recent = rate(*limit.of(period)), rate(*limit.of(pooled))
        line = trend({day: limit.of(counts) for day, counts in held.items()}, last)
        judged = recent if recent is not None else share
        state, reached = State.GOOD, None
        if judged is None:
            state = State.UNKNOWN
        elif limit.critical is not None and judged >= limit.critical:
            state = State.CRITICAL
        elif limit.limit is not None and judged >= limit.limit:
            state = State.HIGH
        elif limit.limit is not None and line is not None and line.sure and line.slope > 0:
            wait = max(math.ceil((limit.limit - line.now) / line.slope - 1e-9), 0)
            if wait <= AHEAD_DAYS:
                state, reached = State.HEADING, last + timedelta(days=wait)
        found.append(Standing(limit, share, recent, line, state, reached))
    return found


def trend(days: Mapping[date, tuple[Number, Number]], last: date) -> Trend | None:
    """Least squares through daily rates, each weighted by its messages; None with fewer than three days of messages.

    days: (events, messages) by day. The slope's error is that of binomial counts at the pooled rate.
    """
    told = [((day - last).days, float(part or 0), float(whole)) for day, (part, whole) in days.items() if whole]
    weight = sum(whole for _, _, whole in told)
    if len(told) < 3:
        return None
    mean_x = sum(x * whole for x, _, whole in told) / weight
    pooled = sum(part for _, part, _ in told) / weight
    spread = sum(whole * (x - mean_x) ** 2 for x, _, whole in told)
    slope = sum((x - mean_x) * (part - pooled * whole) for x, part, whole in told) / spread
    error = math.sqrt(pooled * (1 - pooled) / spread) if 0 < pooled < 1 else 0.0
    return Trend((pooled - slope * mean_x) * 100, slope * 100, error > 0 and slope / error > SURE)
