"""Klaviyo's rate windows, kept on our side so that the permitted rate is used and never passed.

Klaviyo counts in fixed windows (a burst window of 1 s, a steady window of 1 min) whose start we do not know. Two
facts keep us under the limit whatever that start is:

- a request is counted by the server somewhere between sending and answer, so it holds its place until one window
  length after its *answer*;
- once an answer has told when the steady window ends (RateLimit-Reset, whole seconds), the end is known within
  bounds. Those bounds are narrowed by each answer; the window is taken as renewed at the upper bound, and whatever was
  answered since the lower bound is counted as already used in it.

Without headers the one-minute rule is the sliding log alone: the same rate in the long run.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import NamedTuple

STEADY_SECONDS = 60.0
BURST_SECONDS = 1.0
# Klaviyo gives whole seconds and does not say whether they are cut or rounded up.
RESET_UNCERTAINTY = 1.0
# A difference of two times may be rounded to nothing: a wait that is still due is never none.
LEAST_WAIT = 0.001


class Tier(NamedTuple):
    """Requests allowed in a second, a minute and a day (None: no daily window)."""

    burst: int
    steady: int
    daily: int | None = None


XS = Tier(1, 15)
S = Tier(3, 60)
M = Tier(10, 150)
L = Tier(75, 700)
XL = Tier(350, 3500)
REPORT = Tier(1, 2, 225)


@dataclass(frozen=True)
class Clock:
    """Seconds that only grow, and how to wait; a test gives its own."""

    now: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


@dataclass
class _SteadyWindow:
    """The server's current steady window: its end lies in [low, high]; `used` requests are counted in it."""

    low: float
    high: float
    used: int


@dataclass
class EndpointLimiter:
    """The windows of one endpoint. `acquire` before a request, `settle` after its answer, always both."""

    tier: Tier
    clock: Clock = field(default_factory=Clock)
    enabled: bool = True
    _in_flight: int = 0
    _answered: deque[float] = field(default_factory=deque)
    _limit: int = 0
    _window: _SteadyWindow | None = None
    _blocked_until: float = -math.inf
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._limit = self.tier.steady

    async def acquire(self) -> float:
        """Waits until one more request is permitted and takes its place; gives the time of sending.

        First come, first served.
        """
        async with self._turn:
            while True:
                now = self.clock.now()
                delay = self._delay(now)
                if delay is None:
                    self._changed.clear()
                    await self._changed.wait()
                elif delay > 0:
                    await self.clock.sleep(delay)
                else:
                    self._in_flight += 1
                    if self._window is not None:
                        self._window.used += 1
                    return now

    def settle(self, sent: float, headers: Mapping[str, str] | None) -> None:
        """The request sent at `sent` has ended; `headers` of its answer, None where there was none."""
        now = self.clock.now()
        self._in_flight -= 1
        self._answered.append(now)
        self._changed.set()
        if headers is None or not self.enabled:
            return
        limit = _steady_number(headers.get("ratelimit-limit"))
        remaining = _steady_number(headers.get("ratelimit-remaining"))
        reset = _steady_number(headers.get("ratelimit-reset"))
        if limit is not None and limit > 0:
            self._limit = limit
        if remaining is not None and reset is not None:
            self._observe(sent, now, self._limit - remaining, reset)

    def block(self, seconds: float) -> None:
        """The server asked to wait `seconds` (Retry-After of a 429)."""
        now = self.clock.now()
        self._blocked_until = max(self._blocked_until, now + seconds)
        if seconds > BURST_SECONDS + RESET_UNCERTAINTY:
            end = now + seconds
            self._window = _SteadyWindow(end - RESET_UNCERTAINTY, end, self._limit)

    def _observe(self, sent: float, received: float, used: int, reset: int) -> None:
        low, high = sent + reset - RESET_UNCERTAINTY, received + reset + RESET_UNCERTAINTY
        window = self._window
        if window is not None and high <= window.high - STEADY_SECONDS + RESET_UNCERTAINTY:
            return  # an answer of the window before, come late
        if window is None or low > window.high or high < window.low:
            self._window = _SteadyWindow(low, high, max(used, 0) + self._in_flight)
            return
        window.low, window.high = max(window.low, low), min(window.high, high)
        window.used = max(window.used, used)

    def _delay(self, now: float) -> float | None:
        """Seconds until the next request may go, 0 for now, None where an answer must come first."""
        if now < self._blocked_until:
            return self._blocked_until - now
        if not self.enabled:
            return 0.0
        self._roll(now)
        return _longest(self._burst_delay(now), self._steady_delay(now))

    def _roll(self, now: float) -> None:
        while self._answered and self._answered[0] <= now - STEADY_SECONDS - RESET_UNCERTAINTY * 2:
            self._answered.popleft()
        window = self._window
        if window is None or now < window.high:
            return
        if not self._answered and not self._in_flight:
            self._window = None
            return
        carried = self._in_flight + sum(1 for t in self._answered if t >= window.low)
        steps = math.floor((now - window.high) / STEADY_SECONDS) + 1
        if steps > 1:
            carried = self._in_flight + sum(1 for t in self._answered if t >= window.low + (steps - 1) * STEADY_SECONDS)
        self._window = _SteadyWindow(window.low + steps * STEADY_SECONDS, window.high + steps * STEADY_SECONDS, carried)

    def _burst_delay(self, now: float) -> float | None:
        held = 0
        oldest = 0.0
        for answered in reversed(self._answered):
            if answered <= now - BURST_SECONDS:
                break
            held += 1
            oldest = answered
            if held + self._in_flight > self.tier.burst:
                break
        if held + self._in_flight < self.tier.burst:
            return 0.0
        return max(oldest + BURST_SECONDS - now, LEAST_WAIT) if held else None

    def _steady_delay(self, now: float) -> float | None:
        if self._window is not None:
            return 0.0 if self._window.used < self._limit else max(self._window.high - now, LEAST_WAIT)
        held = [t for t in self._answered if t > now - STEADY_SECONDS]
        over = len(held) + self._in_flight - self._limit
        if over < 0:
            return 0.0
        return max(held[over] + STEADY_SECONDS - now, LEAST_WAIT) if over < len(held) else None


def _longest(*delays: float | None) -> float | None:
    return None if None in delays else max(d for d in delays if d is not None)


def _steady_number(text: str | None) -> int | None:
    """The steady window's figure of a RateLimit header: '60', or '3, 3;w=1, 60;w=60'; None where it cannot be read."""
    if not text:
        return None
    parts = [part.strip() for part in text.split(",")]
    chosen = next((part.split(";")[0] for part in parts if part.replace(" ", "").endswith("w=60")), parts[0])
    try:
        return math.ceil(float(chosen.split(";")[0]))
    except ValueError:
        return None
