"""The rate windows against a server that counts in fixed windows of unknown start. Time is simulated."""

from __future__ import annotations

import asyncio
import heapq
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from ingest.klaviyo.limits import REPORT, XL, XS, Clock, EndpointLimiter, S, Tier


class SimulatedTime:
    """Seconds that pass only when everybody waits."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = 0

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._number += 1
        heapq.heappush(self._waiting, (self.now + max(seconds, 0), self._number, future))
        await future

    def run(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async def drive() -> None:
            task = asyncio.create_task(work())
            while not task.done():
                for _ in range(40):
                    await asyncio.sleep(0)
                if task.done():
                    break
                assert self._waiting, "everybody waits and nobody is waited for"
                at, _, future = heapq.heappop(self._waiting)
                self.now = max(self.now, at)
                if not future.done():
                    future.set_result(None)
            await task

        asyncio.run(drive())


class Server:
    """Counts in fixed windows and answers with Klaviyo's headers."""

    def __init__(self, time: SimulatedTime, tier: Tier, phase: float, headers: bool, round_up: bool) -> None:
        self.time, self.tier, self.phase, self.headers, self.round_up = time, tier, phase, headers, round_up
        self.bursts: Counter[int] = Counter()
        self.minutes: Counter[int] = Counter()
        self.last = 0.0

    def request(self) -> dict[str, str]:
        at = self.time.now - self.phase
        self.bursts[int(at)] += 1
        self.minutes[int(at // 60)] += 1
        self.last = self.time.now
        assert self.bursts[int(at)] <= self.tier.burst, "above the burst window"
        assert self.minutes[int(at // 60)] <= self.tier.steady, "above the steady window"
        if not self.headers:
            return {}
        left = 60 - at % 60
        return {
            "ratelimit-limit": f"{self.tier.burst}, {self.tier.burst};w=1, {self.tier.steady};w=60",
            "ratelimit-remaining": str(self.tier.steady - self.minutes[int(at // 60)]),
            "ratelimit-reset": str(int(left) + 1 if self.round_up else int(left)),
        }


def fetch(tier: Tier, requests: int, *, phase: float, headers: bool, round_up: bool, seed: int) -> float:
    """Seconds that so many requests take, side by side, with a latency that changes."""
    time = SimulatedTime()
    draw = random.Random(seed)
    limiter = EndpointLimiter(tier, Clock(lambda: time.now, time.sleep))
    server = Server(time, tier, phase, headers, round_up)
    todo = list(range(requests))

    async def worker() -> None:
        while todo:
            todo.pop()
            sent = await limiter.acquire()
            await time.sleep(draw.uniform(0.01, 0.2))
            answer = server.request()
            await time.sleep(draw.uniform(0.01, 0.2))
            limiter.settle(sent, answer)

    async def work() -> None:
        await asyncio.gather(*(worker() for _ in range(12)))

    start = time.now
    time.run(work)
    return server.last - start


@pytest.mark.parametrize("headers", [True, False], ids=["headers", "no headers"])
@pytest.mark.parametrize("round_up", [True, False], ids=["reset rounded up", "reset cut"])
@pytest.mark.parametrize("phase", [0.0, 7.3, 31.9, 59.99])
@pytest.mark.parametrize(("tier", "requests"), [(REPORT, 9), (XS, 50), (S, 200), (Tier(10, 150), 400)])
def test_never_above_and_not_much_slower(
    tier: Tier, requests: int, phase: float, round_up: bool, headers: bool
) -> None:
    for seed in range(3):
        took = fetch(tier, requests, phase=phase, headers=headers, round_up=round_up, seed=seed)
        # A window that has just begun before the first request is the most that the server's start can cost; each
        # minute may lose the second by which Klaviyo's reset is uncertain, and a second's latency.
        minutes = (requests - 1) // tier.steady
        assert took <= (minutes + 1) * 62.5 + tier.steady / tier.burst * 1.6


def test_the_largest_tier_is_used_in_full() -> None:
    took = fetch(Tier(XL.burst, XL.steady), 300, phase=0.2, headers=True, round_up=False, seed=1)
    assert took < 12 * 1.0


def test_another_program_on_the_same_key_is_seen_in_the_headers() -> None:
    time = SimulatedTime()
    limiter = EndpointLimiter(S, Clock(lambda: time.now, time.sleep))
    moments: list[float] = []

    async def work() -> None:
        for remaining in (1, 0, 40):
            sent = await limiter.acquire()
            moments.append(time.now)
            limiter.settle(
                sent, {"ratelimit-limit": "60", "ratelimit-remaining": str(remaining), "ratelimit-reset": "20"}
            )

    time.run(work)
    assert moments[1] - moments[0] < 2
    assert 20 <= moments[2] - moments[1] <= 22


def test_a_retry_after_blocks_the_endpoint() -> None:
    time = SimulatedTime()
    limiter = EndpointLimiter(S, Clock(lambda: time.now, time.sleep))
    moments: list[float] = []

    async def work() -> None:
        sent = await limiter.acquire()
        limiter.settle(sent, None)
        limiter.block(17)
        moments.append(time.now)
        sent = await limiter.acquire()
        moments.append(time.now)

    time.run(work)
    assert moments[1] - moments[0] == pytest.approx(17, abs=0.1)


def test_without_limits_nothing_waits_but_a_retry_after() -> None:
    time = SimulatedTime()
    limiter = EndpointLimiter(REPORT, Clock(lambda: time.now, time.sleep), enabled=False)

    async def work() -> None:
        for _ in range(100):
            limiter.settle(await limiter.acquire(), {})

    time.run(work)
    assert time.now == 1000.0
