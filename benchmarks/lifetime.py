"""Whether the 90 % intervals of what customers bring within a year hold it, on simulated stores whose year is known.

Each store fits its own customers and nothing else. Processor time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from analytics.lifetime_intervals import customer_intervals, total_interval
from analytics.lifetime_value import Base, Terms
from analytics.order_value import GammaGamma, order_values
from analytics.repeat_buying import Fitted, fit, histories
from benchmarks.buyers import buyers
from benchmarks.table import Figure

STORES: Final = 200
LOW, HIGH = 0.85, 0.95
ORDERS: Final = {"r": 0.8, "alpha": 60.0, "a": 0.9, "b": 2.2}
LOOKED_AT: Final = 40


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of store. values: the truth of what orders are worth. gift: one customer's repeat orders cost nothing, so
    that Gamma-Gamma cannot be fitted and means are shrunk."""

    name: str
    values: GammaGamma
    customers: int = 1200
    gift: bool = False


USUAL: Final = GammaGamma(6.0, 4.0, 25.0)
# The squares of customers' means have a mean, their third powers have none.
HEAVY: Final = GammaGamma(1.5, 2.5, 100.0)
KINDS: Final = (
    Kind("usual tails", USUAL),
    Kind("heavy tails", HEAVY),
    Kind("heavy tails, more customers than are drawn", HEAVY, 6000),
    Kind("usual tails, shrunk means", USUAL, gift=True),
    Kind("heavy tails, shrunk means", HEAVY, gift=True),
)


@dataclass(frozen=True, slots=True)
class Held:
    """Of one store: whether the interval of all customers together held what they brought, its width against that, and
    the share of some repeat customers whose own interval held what they brought."""

    total: bool
    width: float
    customers: float


def held(kind: Kind, seed: int) -> Held | None:
    """One store; None where nothing can be fitted."""
    rng = np.random.default_rng(seed)
    shop = buyers(rng, kind.customers, **ORDERS, horizon=365)
    p, q, gamma = kind.values.p, kind.values.q, kind.values.gamma
    rate = rng.gamma(q, 1 / gamma, kind.customers)
    spent = rng.gamma(np.maximum(p * shop.repeat, 1e-9)) / rate
    mean = np.where(shop.repeat > 0, spent / np.maximum(shop.repeat, 1), np.nan)
    brought = np.where(shop.orders > 0, rng.gamma(np.maximum(p * shop.orders, 1e-9)) / rate, 0.0)
    again = np.flatnonzero(shop.repeat > 0)
    if kind.gift:
        mean[again[0]] = 0.0
    fitted = fit(histories(shop.repeat, shop.last, shop.age)[0])
    if not isinstance(fitted, Fitted):
        return None
    values, base = order_values(shop.repeat, mean), Base.of(shop.repeat, shop.last, shop.age, mean)
    found = total_interval(fitted, values, base, Terms())
    assert found is not None
    some = again[1 : 1 + LOOKED_AT]
    own = customer_intervals(fitted, values, base.at(some), Terms(), draws=500)
    inside = [one.low <= what <= one.high for one, what in zip(own, brought[some], strict=True)]
    total = float(brought.sum())
    return Held(found.low <= total <= found.high, (found.high - found.low) / total, float(np.mean(inside)))


def measure(stores: int = STORES) -> Iterator[Figure]:
    """`stores` of each kind."""
    for kind in KINDS:
        began = time.process_time()
        found = [one for number in range(stores) if (one := held(kind, 1000 + number)) is not None]
        took = (time.process_time() - began) / stores
        share = float(np.mean([one.total for one in found]))
        width, own = (float(np.mean([getattr(one, name) for one in found])) for name in ("width", "customers"))
        yield Figure(
            f"90 % intervals of all customers' year that hold it, {kind.name}", 100 * share, "%", "nominal", 90.0,
            "85 to 95 %", LOW <= share <= HIGH,
            f"{len(found)} stores of {kind.customers:,} customers, {took:.2f} s each; width {width:.0%} of what came;"
            f" of single repeat customers {own:.0%} inside",
        )  # fmt: skip
