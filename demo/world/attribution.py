"""Which touches belong to an order, and which one wins.

A touch is a person's own open or click (no proxy, no bot) inside the channel's window before the order. Each message
that touched an order gives one attribution, its latest touch; the winner is the latest of them, ties by message id.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demo.world.marketing import Marketing
from demo.world.orders import Orders
from demo.world.sends import ATTRIBUTION_WINDOW, Sends

Ints = npt.NDArray[np.int64]
LOOK_BACK = 12
MOST = 4


@dataclass(frozen=True)
class Attributions:
    """Arrays by attribution, sorted by order and latest first: the order, the reaction (touch) and whether it wins."""

    order: Ints
    reaction: Ints
    wins: npt.NDArray[np.bool_]


def build_attributions(marketing: Marketing, orders: Orders, sends: Sends) -> Attributions:
    channel = np.array([message.channel for message in marketing.messages], dtype=np.int64)
    names = np.array([message.id for message in marketing.messages])
    message_rank = np.empty(len(names), dtype=np.int64)
    message_rank[np.argsort(names, kind="stable")] = np.arange(len(names))
    kind_channel = channel[sends.message[sends.reaction_send]]
    window = np.zeros(len(sends.reaction_send), dtype=np.int64)
    for (where, kind), seconds in ATTRIBUTION_WINDOW.items():
        window[(kind_channel == where) & (sends.reaction_kind == kind) & ~sends.reaction_machine] = seconds
    touch = np.flatnonzero(window > 0)
    person = sends.profile[sends.reaction_send[touch]]
    at = sends.reaction_ts[touch]
    rank = message_rank[sends.message[sends.reaction_send[touch]]]
    order = np.lexsort((-rank, at, person))
    touch, person, at = touch[order], person[order], at[order]
    base = np.int64(1) << np.int64(33)
    keys = person * base + at
    last = np.searchsorted(keys, orders.profile * base + orders.ts, side="right") - 1
    found_order, found_touch = [], []
    everyone = np.arange(orders.size)
    for back in range(LOOK_BACK):
        place = last - back
        ok = place >= 0
        rows, place = everyone[ok], place[ok]
        near = (person[place] == orders.profile[rows]) & (at[place] + window[touch[place]] >= orders.ts[rows])
        near &= at[place] < orders.ts[rows]
        found_order.append(rows[near])
        found_touch.append(touch[place[near]])
    rows, reaction = np.concatenate(found_order), np.concatenate(found_touch)
    message = sends.message[sends.reaction_send[reaction]]
    when = sends.reaction_ts[reaction]
    by = np.lexsort((-sends.reaction_kind[reaction], -when, message, rows))
    rows, reaction, message = rows[by], reaction[by], message[by]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (rows[1:] != rows[:-1]) | (message[1:] != message[:-1])
    rows, reaction, message = rows[first], reaction[first], message[first]
    by = np.lexsort((message_rank[message], -sends.reaction_ts[reaction], rows))
    rows, reaction = rows[by], reaction[by]
    start = np.ones(len(rows), dtype=bool)
    start[1:] = rows[1:] != rows[:-1]
    position = np.arange(len(rows)) - np.maximum.accumulate(np.where(start, np.arange(len(rows)), 0))
    kept = position < MOST
    return Attributions(order=rows[kept], reaction=reaction[kept], wins=start[kept])
