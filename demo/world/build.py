"""Puts one account together: everything is drawn in a fixed order from a seed of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from demo.world.attribution import Attributions, build_attributions
from demo.world.audience import Audience, build_audience
from demo.world.browsing import Browsing, build_browsing
from demo.world.catalog import Catalog, build_catalog
from demo.world.clock import Demand, Zone, horizon_for
from demo.world.marketing import Marketing, build_marketing
from demo.world.orders import Orders, build_orders
from demo.world.people import People, build_people
from demo.world.profile import PLANS, AccountPlan
from demo.world.sends import Sends, build_sends
from demo.world.timeline import Timeline, build_timeline

PLACED_SHARE = 0.062
SEND_SHARE = 0.25
VIEW_SHARE = 0.13


@dataclass(frozen=True)
class World:
    """One account's truth in memory: `start` and `end` in UTC seconds, `full` the second birthday of its history."""

    plan: AccountPlan
    start: int
    full: int
    end: int
    zone: Zone
    catalog: Catalog
    people: People
    orders: Orders
    marketing: Marketing
    sends: Sends
    attributions: Attributions
    browsing: Browsing
    audience: Audience
    timeline: Timeline


def build_world(number: int, seed: int, events: int, since: datetime) -> World:
    """Account 0 has `events` events in its first two years, account 1 a fifth of them."""
    plan = PLANS[number]
    wanted = max(int(events * plan.share), 300)
    start, end = int(since.timestamp()), int(horizon_for(since).timestamp())
    full = int(since.replace(year=since.year + 2).timestamp())
    zone = Zone(plan.zone, start, end)
    streams = [np.random.default_rng(part) for part in np.random.SeedSequence([seed, number]).spawn(9)]
    demand = Demand(zone, start, end, plan.growth)
    stretch = demand.total / float(demand.position(np.array([full - 1], dtype=np.int64))[0])
    orders_wanted = max(int(wanted * PLACED_SHARE * stretch), 12)
    catalog = build_catalog(plan, streams[0], wanted, start, end)
    people = build_people(plan, streams[1], demand, orders_wanted, start, end)
    orders = build_orders(plan, streams[2], people, catalog, zone, end)
    marketing = build_marketing(plan, streams[3], zone, wanted, start, end)
    sends = build_sends(streams[4], marketing, people, orders, int(wanted * SEND_SHARE * stretch), start, end)
    attributions = build_attributions(marketing, orders, sends)
    audience = build_audience(plan, streams[5], people, zone, wanted, start, end)
    browsing = build_browsing(streams[6], demand, people, catalog, orders, int(wanted * VIEW_SHARE * stretch), end)
    timeline = build_timeline(
        streams[7], demand, people, marketing, orders, sends, attributions, browsing, audience, wanted, start, full, end
    )
    return World(
        plan,
        start,
        full,
        end,
        zone,
        catalog,
        people,
        orders,
        marketing,
        sends,
        attributions,
        browsing,
        audience,
        timeline,
    )
