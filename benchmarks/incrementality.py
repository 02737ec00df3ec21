"""Whether the intervals of what campaigns bring on top hold, on simulated campaigns whose truth is known."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from analytics.incrementality import Incrementality, Kind, Side, compared, side
from benchmarks.table import Figure

CAMPAIGNS = 1_000
LOW, HIGH = 0.925, 0.975
# People reached and left out, share of buyers among the left out, how much more reached ones buy (buyers, basket),
# whether those left out were others to begin with.
SHAPES: dict[str, tuple[Kind, int, int, float, float, float]] = {
    "left out by chance, 20,000 and 2,000 people": (Kind.CHANCE, 20_000, 2_000, 0.04, 0.2, 0.0),
    "left out by chance, no effect": (Kind.CHANCE, 20_000, 2_000, 0.04, 0.0, 0.0),
    "left out by chance, 600 people, about 25 buyers": (Kind.CHANCE, 6_000, 600, 0.042, 0.2, 0.0),
    "a segment left out that buys half as much anyway": (Kind.RULE, 20_000, 2_000, 0.04, 0.2, 0.5),
}


def measure(campaigns: int = CAMPAIGNS) -> Iterator[Figure]:
    """`campaigns` of each shape."""
    for name, shape in SHAPES.items():
        began = time.process_time()
        held, judged, naive, surely = 0, 0, 0, 0
        for number in range(campaigns):
            found, truth, plain = _campaign(number, *shape)
            if found.difference is None:
                continue
            judged += 1
            held += found.difference.low <= truth <= found.difference.high
            naive += plain[0] <= truth <= plain[1]
            surely += found.sure
        took = (time.process_time() - began) / campaigns
        yield Figure(
            f"95 % intervals of revenue on top that hold it: {name}", held / judged, "", "difference of means after",
            naive / judged, "0.925 to 0.975", LOW <= held / judged <= HIGH,
            f"{judged} of {campaigns} judged, {surely / judged:.1%} told from nothing; {took * 1e3:.1f} ms each",
        )  # fmt: skip


def _campaign(
    seed: int, kind: Kind, reached: int, left_out: int, share: float, effect: float, other: float
) -> tuple[Incrementality, float, tuple[float, float]]:
    """What is found, the truth a person, and the interval of the plain difference."""
    random = np.random.default_rng(seed)
    # Some buy often, most hardly ever; what they bought before tells of what they buy after.
    after, before, orders, sides, truth = [], [], [], [], 0.0
    for people, lift, level in ((reached, effect, 1.0), (left_out, 0.0, 1.0 - other)):
        rate = level * share * random.gamma(0.5, 2.0, people)
        basket = np.exp(random.normal(3.8, 0.5, people))
        often = random.poisson(rate)
        # Reached people buy what they would have bought, and some orders more.
        more = random.poisson(rate * lift)
        number = often + more
        spent = basket * number * np.exp(random.normal(0, 0.4, people))
        if lift or people == reached:
            truth = float(np.mean(rate * lift * np.exp(3.8 + 0.5**2 / 2 + 0.4**2 / 2)))
        earlier = basket * random.poisson(rate * 3) * np.exp(random.normal(0, 0.4, people))
        after.append(spent)
        before.append(earlier)
        orders.append(number)
        sides.append(_side(people, spent, earlier, number))
    plain = after[0].mean() - after[1].mean()
    reach = 1.96 * float(np.sqrt(after[0].var() / reached + after[1].var() / left_out))
    found = compared(kind, *sides, days=14, days_before=42)
    return found, truth, (plain - reach, plain + reach)


def _side(people: int, after: np.ndarray, before: np.ndarray, orders: np.ndarray) -> Side:
    bought = (after > 0) | (before > 0)
    return side(people, after[bought], before[bought], orders[bought])
