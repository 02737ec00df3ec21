"""Falling flows and draining segments: judged by eye, and false alarms where nothing fell."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from analytics.attention import WEEKS, FlowWeeks, drain, fall, falling

FIRST = date(2026, 7, 24)


def weekly(*sizes: int) -> list[tuple[date, int]]:
    return [(FIRST + timedelta(days=7 * n), size) for n, size in enumerate(sizes)]


def test_a_fall_is_told_for_as_long_as_it_lasts_but_not_of_a_flow_that_rests_now_and_then() -> None:
    assert falling([100.0] * 12 + [20.0], 0.1, 20) == (20, 100)
    assert falling([100.0] * 10 + [20.0, 20.0, 20.0], 0.1, 20) == (20, 100)
    assert falling([100.0] * 12 + [70.0], 0.1, 20) is None
    # It did not send in three of the weeks before either.
    rests = [100.0, 100.0, 0.0, 100.0, 100.0, 100.0, 0.0, 100.0, 100.0, 0.0, 100.0, 100.0, 0.0]
    assert falling(rests, 0.1, 20) is None
    assert falling([100.0] * 4 + [20.0], 0.1, 20) is None


def test_a_segment_drains_beyond_what_its_size_varies_by() -> None:
    # Chance alone: the root of 2 x 1,000 is 44.7, times 3.5 is 156.5.
    told = drain("s", "S", weekly(1000, 1000, 1000, 1000, 843))
    assert told is not None
    assert (told.since, told.before, told.now) == (FIRST, 1000, 843)
    assert drain("s", "S", weekly(1000, 1000, 1000, 1000, 844)) is None
    # It went up and down by 200 every week before: 800 is one of its sizes.
    steady, restless = [1000] * 8, [800, 1000] * 4
    assert drain("s", "S", weekly(*steady, 1000, 950, 900, 850, 800)) is not None
    assert drain("s", "S", weekly(*restless, 1000, 950, 900, 850, 800)) is None
    # Of ten members in a hundred nothing can be said; nor of two weeks less a day.
    assert drain("s", "S", weekly(100, 100, 100, 100, 85)) is None
    assert drain("s", "S", [(FIRST, 1000), (FIRST + timedelta(days=13), 100)]) is None


def test_stores_in_which_nothing_falls_are_left_alone_in_nineteen_of_twenty_weeks() -> None:
    chance = np.random.default_rng(5)
    weeks, stores, alarms, judged = 36, 12, 0, 0
    for _ in range(stores):
        flows = []
        for place in range(12):
            # One flow in six sends in three weeks of four; all vary by 15 % beyond chance.
            sends = chance.random(weeks) < (0.75 if place % 6 == 0 else 1)
            people = chance.poisson(10 ** chance.uniform(1.2, 3.3) * np.exp(chance.normal(0, 0.15, weeks)) * sends)
            orders = chance.binomial(people, chance.uniform(0.005, 0.12))
            value = [Decimal(int(chance.lognormal(4, 0.8, bought).sum())) for bought in orders]
            flows.append((people, orders, value))
        segments = []
        for _ in range(8):
            # A thirtieth goes each day, as many come, and what comes wanders by 1 % a day.
            size, level, sizes = 10 ** chance.uniform(2, 4), 1.0, []
            usual = size
            for day in range(7 * weeks + 119):
                level *= float(np.exp(chance.normal(0, 0.01)))
                size += chance.poisson(usual * level / 30) - chance.binomial(int(size), 1 / 30)
                sizes.append((FIRST + timedelta(days=day), int(size)))
            segments.append(sizes[::7])
        for end in range(WEEKS, weeks + 1):
            judged += 1
            last = slice(end - WEEKS, end)
            told = (FlowWeeks("f", "F", "live", p[last].tolist(), o[last].tolist(), v[last]) for p, o, v in flows)
            fell = any(fall(flow) is not None for flow in told)
            alarms += fell or any(drain("s", "S", sizes[end : end + 18]) is not None for sizes in segments)
    assert alarms <= judged / 20
