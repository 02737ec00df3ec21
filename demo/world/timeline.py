"""Every event of an account as compact columns, in order of time; bodies are rendered from them block by block."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from demo.world.attribution import Attributions
from demo.world.audience import NEVER, Audience
from demo.world.browsing import Browsing
from demo.world.clock import Demand
from demo.world.identity import fraction
from demo.world.marketing import EMAIL, SMS, Marketing
from demo.world.orders import CANCELLED, FULFILLED, REFUNDED, Orders
from demo.world.people import People
from demo.world.sends import BOUNCED, CLICK, OPEN, SPAM, UNSUBSCRIBE, Sends

Ints = npt.NDArray[np.int64]


class Kind(IntEnum):
    """What an event is; the account's metrics are in this order."""

    PLACED = 0
    ORDERED = 1
    FULFILLED = 2
    CANCELLED = 3
    REFUNDED = 4
    CHECKOUT = 5
    CART = 6
    VIEWED = 7
    ACTIVE = 8
    RECEIVED_EMAIL = 9
    OPENED_EMAIL = 10
    CLICKED_EMAIL = 11
    BOUNCED_EMAIL = 12
    SPAM_EMAIL = 13
    UNSUBSCRIBED_EMAIL = 14
    RECEIVED_SMS = 15
    CLICKED_SMS = 16
    FAILED_SMS = 17
    UNSUBSCRIBED_SMS = 18
    RECEIVED_PUSH = 19
    OPENED_PUSH = 20
    SUBSCRIBED_LIST = 21
    SUBMITTED_FORM = 22
    PLACED_TWICE = 23


RECEIVED = np.array([Kind.RECEIVED_EMAIL, Kind.RECEIVED_SMS, Kind.RECEIVED_PUSH])
FAILED = np.array([Kind.BOUNCED_EMAIL, Kind.FAILED_SMS, Kind.FAILED_SMS])
REACTION = {
    (OPEN, 0): Kind.OPENED_EMAIL,
    (OPEN, 2): Kind.OPENED_PUSH,
    (CLICK, 0): Kind.CLICKED_EMAIL,
    (CLICK, 1): Kind.CLICKED_SMS,
    (SPAM, 0): Kind.SPAM_EMAIL,
    (UNSUBSCRIBE, 0): Kind.UNSUBSCRIBED_EMAIL,
    (UNSUBSCRIBE, 1): Kind.UNSUBSCRIBED_SMS,
}


@dataclass(frozen=True)
class Timeline:
    """Columns by event, sorted by time. `ref` points into the table of its kind (order, line, send, reaction, …).

    `order_event` and `reaction_event` are the places of orders and reactions in this sequence (-1: outside history).
    `stranger_refunds` are refunds of orders from before the history: their refs count from 0.
    """

    ts: Ints
    kind: npt.NDArray[np.int8]
    profile: npt.NDArray[np.int32]
    ref: npt.NDArray[np.int32]
    serial: npt.NDArray[np.int32]
    order_event: Ints
    reaction_event: Ints
    attribution_first: Ints

    @property
    def size(self) -> int:
        return len(self.ts)


STRANGERS = 3


def build_timeline(
    rng: np.random.Generator,
    demand: Demand,
    people: People,
    marketing: Marketing,
    orders: Orders,
    sends: Sends,
    attributions: Attributions,
    browsing: Browsing,
    audience: Audience,
    wanted: int,
    start: int,
    full: int,
    end: int,
) -> Timeline:
    """`wanted` events lie in [start, full); sessions ('Active on Site') fill up what the rest leaves open."""
    parts: list[tuple[Kind, Ints, Ints, Ints]] = []

    def add(kind: Kind, ts: Ints, profile: Ints, ref: Ints) -> None:
        parts.append((kind, ts, profile, ref))

    every = np.arange(orders.size)
    add(Kind.PLACED, orders.ts, orders.profile, every)
    line_ts, line_profile = orders.ts[orders.line_order], orders.profile[orders.line_order]
    add(Kind.ORDERED, line_ts, line_profile, np.arange(len(orders.line_order)))
    for after, kind in ((FULFILLED, Kind.FULFILLED), (CANCELLED, Kind.CANCELLED), (REFUNDED, Kind.REFUNDED)):
        rows = np.flatnonzero(orders.after_kind == after)
        add(kind, orders.after_ts[rows], orders.profile[orders.after_order[rows]], rows)
    strangers = np.sort(rng.integers(start, full, STRANGERS))
    add(Kind.REFUNDED, strangers, orders.profile[:STRANGERS], -1 - np.arange(STRANGERS))
    add(Kind.VIEWED, browsing.view_ts, browsing.view_profile, browsing.view_product)
    add(Kind.CART, browsing.cart_ts, browsing.cart_profile, browsing.cart_product)
    add(Kind.CHECKOUT, browsing.checkout_ts, browsing.checkout_profile, browsing.checkout_line)
    channel = np.array([message.channel for message in marketing.messages], dtype=np.int64)
    send_channel = channel[sends.message]
    for number in range(3):
        for failed, kinds in ((False, RECEIVED), (True, FAILED)):
            rows = np.flatnonzero((send_channel == number) & ((sends.outcome == BOUNCED) == failed))
            add(Kind(int(kinds[number])), sends.ts[rows] + failed, sends.profile[rows], rows)
    reaction_channel = send_channel[sends.reaction_send]
    for (what, number), kind in REACTION.items():
        rows = np.flatnonzero((sends.reaction_kind == what) & (reaction_channel == number))
        add(kind, sends.reaction_ts[rows], sends.profile[sends.reaction_send[rows]], rows)
    for place in (EMAIL, SMS):
        group = audience.lists[place]
        rows = np.flatnonzero(group.left == NEVER)
        add(Kind.SUBSCRIBED_LIST, group.joined[rows], group.members[rows], np.full(len(rows), place))
        if place == EMAIL:
            by_form = rows[fraction(group.members[rows], 77) < 0.5]
            add(
                Kind.SUBMITTED_FORM, group.joined[by_form] - 5, group.members[by_form], by_form % len(audience.versions)
            )
    twice = every[fraction(every, 4242) < 0.05]
    add(Kind.PLACED_TWICE, orders.ts[twice] + 3, orders.profile[twice], twice)

    inside = sum(int(((ts >= start) & (ts < full)).sum()) for kind, ts, _, _ in parts if kind != Kind.PLACED_TWICE)
    sessions = max(wanted - inside, 0)
    border = float(demand.position(np.array([full - 1], dtype=np.int64))[0])
    visits = np.concatenate(
        [
            demand.moments(rng.random(sessions) * border),
            demand.moments(
                border + rng.random(int(sessions / max(border, 1) * (demand.total - border))) * (demand.total - border)
            ),
        ]
    )
    visits = np.where(np.arange(len(visits)) < sessions, np.minimum(visits, full - 1), np.maximum(visits, full))
    weight = np.append(orders.profile, np.arange(people.size))
    add(Kind.ACTIVE, visits, weight[rng.integers(0, len(weight), len(visits))], rng.integers(0, 12, len(visits)))
    return _sorted(parts, orders, sends, attributions, start, end)


def _sorted(
    parts: list[tuple[Kind, Ints, Ints, Ints]],
    orders: Orders,
    sends: Sends,
    attributions: Attributions,
    start: int,
    end: int,
) -> Timeline:
    ts = np.concatenate([part[1] for part in parts])
    kind = np.concatenate([np.full(len(part[1]), int(part[0]), dtype=np.int8) for part in parts])
    profile = np.concatenate([part[2].astype(np.int32) for part in parts])
    ref = np.concatenate([part[3].astype(np.int32) for part in parts])
    rows = np.flatnonzero((ts >= start) & (ts < end))
    rows = rows[np.argsort(ts[rows], kind="stable")]
    ts, kind, profile, ref = ts[rows], kind[rows], profile[rows], ref[rows]
    order_event = np.full(orders.size, -1, dtype=np.int64)
    placed = np.flatnonzero(kind == Kind.PLACED)
    order_event[ref[placed]] = placed
    reaction_event = np.full(len(sends.reaction_send), -1, dtype=np.int64)
    reactions = np.flatnonzero(np.isin(kind, [int(value) for value in REACTION.values()]))
    reaction_event[ref[reactions]] = reactions
    first = np.searchsorted(attributions.order, np.arange(orders.size + 1))
    return Timeline(ts, kind, profile, ref, rows.astype(np.int32), order_event, reaction_event, first)
