"""Profiles: buyers who return and then leave for good (BG/NBD), subscribers, guests, phone-only, deleted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demo.world.clock import DAY, Demand
from demo.world.identity import Bytes, ulids
from demo.world.profile import AccountPlan

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

ORDERS_PER_BUYER = 2.15


@dataclass(frozen=True)
class People:
    """Arrays by profile, plus `order_profile` and `order_ts`: every purchase in order of time."""

    ids: Bytes
    created: Ints
    buyer: Bools
    first_name: Ints
    last_name: Ints
    city: Ints
    has_email: Bools
    has_phone: Bools
    guest: Bools
    deleted: Bools
    email_consent: Bools
    sms_consent: Bools
    push_consent: Bools
    private_mail: Bools
    provider: Ints
    favourite: Ints
    device: Ints
    order_profile: Ints
    order_ts: Ints

    @property
    def size(self) -> int:
        return len(self.created)


def _purchases(rng: np.random.Generator, demand: Demand, orders: int) -> tuple[Ints, Ints]:
    """(buyer, UTC second) of each purchase: gaps Exp(rate), rate ~ Gamma, after each purchase dropout ~ Beta."""
    buyers = max(6, int(orders / ORDERS_PER_BUYER))
    span = demand.total
    first = np.sort(rng.random(buyers)) * span
    rate = rng.gamma(0.9, 1.0, buyers) * 7.0 / span + 0.3 / span
    dropout = rng.beta(0.9, 2.4, buyers)
    alive = np.arange(buyers)
    position = first.copy()
    who, when = [alive], [first]
    while len(alive):
        stay = rng.random(len(alive)) >= dropout[alive]
        alive, position = alive[stay], position[stay]
        position = position + rng.exponential(1.0, len(alive)) / rate[alive]
        inside = position < span
        alive, position = alive[inside], position[inside]
        if len(alive):
            who.append(alive)
            when.append(position)
    buyer = np.concatenate(who)
    moments = demand.moments(np.concatenate(when))
    order = np.lexsort((buyer, moments))
    return buyer[order].astype(np.int64), moments[order]


def build_people(
    plan: AccountPlan, rng: np.random.Generator, demand: Demand, orders: int, start: int, end: int
) -> People:
    buyer, when = _purchases(rng, demand, orders)
    buyers = int(np.max(buyer)) + 1
    first = np.full(buyers, end, dtype=np.int64)
    np.minimum.at(first, buyer, when)
    total = int(buyers * 1.7)
    lead = np.where(rng.random(buyers) < 0.45, rng.exponential(20 * DAY, buyers), rng.exponential(900, buyers))
    created = np.concatenate([first - 60 - lead.astype(np.int64), rng.integers(start - 300 * DAY, end, total - buyers)])
    created = np.maximum(created, start - 400 * DAY)
    shuffle = rng.permutation(total)
    place = np.empty(total, dtype=np.int64)
    place[shuffle] = np.arange(total)
    created = created[shuffle]
    is_buyer = (np.arange(total) < buyers)[shuffle]
    kind = rng.random(total)
    phone_only = kind < 0.035
    has_email = ~phone_only
    has_phone = phone_only | (rng.random(total) < 0.4)
    consent = has_email & (rng.random(total) < np.where(is_buyer, 0.72, 0.97))
    cities = np.array([city.weight for city in plan.cities])
    categories = np.array([category.weight for category in plan.categories])
    deleted = rng.random(total) < 0.004
    return People(
        ids=ulids(np.maximum(created, start - 400 * DAY), np.arange(total), 11 + plan.number),
        created=created,
        buyer=is_buyer,
        first_name=rng.integers(len(plan.first_names), size=total),
        last_name=rng.integers(len(plan.last_names), size=total),
        city=rng.choice(len(cities), size=total, p=cities / cities.sum()).astype(np.int64),
        has_email=has_email,
        has_phone=has_phone,
        guest=is_buyer & (rng.random(total) < 0.22),
        deleted=deleted,
        email_consent=consent,
        sms_consent=has_phone & (rng.random(total) < 0.5),
        push_consent=rng.random(total) < 0.12,
        private_mail=rng.random(total) < 0.42,
        provider=rng.choice(6, size=total, p=[0.36, 0.14, 0.16, 0.14, 0.12, 0.08]).astype(np.int64),
        favourite=rng.choice(len(categories), size=total, p=categories / categories.sum()).astype(np.int64),
        device=rng.choice(3, size=total, p=[0.58, 0.34, 0.08]).astype(np.int64),
        order_profile=place[buyer],
        order_ts=when,
    )
