"""How often something may be tried: by one address, and by all of them together."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil
from typing import Final

SECONDS: Final = 60.0


class Pace:
    """Counts what was let through within a minute. What is refused counts for nothing and takes no memory."""

    def __init__(self, each: int, together: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._each, self._together, self._clock = each, together, clock
        self._all: deque[tuple[float, str]] = deque()
        self._of: dict[str, deque[float]] = {}

    def wait(self, address: str) -> int:
        """Seconds until this address may try again; 0 where it may now, which is counted."""
        now = self._clock()
        self._forget(now)
        whose = _who(address)
        mine = self._of.get(whose)
        if mine is not None and len(mine) >= self._each:
            return ceil(mine[0] + SECONDS - now) or 1
        if len(self._all) >= self._together:
            return ceil(self._all[0][0] + SECONDS - now) or 1
        self._all.append((now, whose))
        self._of.setdefault(whose, deque()).append(now)
        return 0

    def _forget(self, now: float) -> None:
        while self._all and self._all[0][0] + SECONDS <= now:
            _, whose = self._all.popleft()
            mine = self._of[whose]
            mine.popleft()
            if not mine:
                del self._of[whose]


def _who(address: str) -> str:
    """One customer of a provider has all addresses of an IPv6 network of 64 bits."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, 64), strict=False))
    return str(found)
