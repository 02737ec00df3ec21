"""Fixed rate windows: a second, a minute, and for reports a day, counted for each account and operation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

from demo.api.contract import Operation
from demo.api.errors import ApiError
from demo.api.query import Query

DAY, MINUTE, SECOND = 86400, 60, 1
PARAMETER_LIMITS = {"predictive": (10, 150), "membership": (1, 15), "profile_count": (1, 15)}


def limits_of(operation: Operation, query: Query | None) -> tuple[str, int, int]:
    """(window's name, burst, steady): some parameters move a request to a slower tier."""
    if query is not None:
        if "predictive_analytics" in query.additional.get("profile", ()):
            return f"{operation.name}+predictive", *PARAMETER_LIMITS["predictive"]
        if operation.name == "get_profile" and {"lists", "segments"} & set(query.include):
            return f"{operation.name}+membership", *PARAMETER_LIMITS["membership"]
        if any("profile_count" in names for names in query.additional.values()):
            return f"{operation.name}+profile_count", *PARAMETER_LIMITS["profile_count"]
    return operation.name, operation.burst, operation.steady


@dataclass
class Limiter:
    """Counts requests; `clock` gives seconds. A refused request counts in no window."""

    clock: Callable[[], float]
    enabled: bool = True
    counts: dict[tuple[str, str, int], tuple[int, int]] = field(default_factory=dict)
    refused: int = 0

    def admit(self, account: str, operation: Operation, query: Query | None) -> dict[str, str]:
        """Headers of an admitted request (the steady window's state); raises ApiError 429 with Retry-After."""
        if not self.enabled:
            return {}
        name, burst, steady = limits_of(operation, query)
        now = self.clock()
        windows = [(SECOND, burst), (MINUTE, steady)]
        if operation.daily is not None:
            windows.append((DAY, operation.daily))
        state = []
        wait = 0.0
        for length, limit in windows:
            number = int(now // length)
            used_in, used = self.counts.get((account, name, length), (number, 0))
            used = used if used_in == number else 0
            state.append((length, limit, number, used))
            if used >= limit:
                wait = max(wait, (number + 1) * length - now)
        if wait > 0:
            self.refused += 1
            seconds = max(1, math.ceil(wait))
            raise ApiError(
                429,
                f"Request was throttled. Expected available in {seconds} second{'s' if seconds != 1 else ''}.",
                headers={"Retry-After": str(seconds)},
            )
        for length, _, number, used in state:
            self.counts[(account, name, length)] = (number, used + 1)
        length, limit, number, used = state[1]
        reset = max(1, math.ceil((number + 1) * length - now))
        return {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(limit - used - 1),
            "RateLimit-Reset": str(reset),
        }
