"""Renders an account's events to disk, block by block, in order of time: bodies, attributions, and where each begins.

`events.bin` holds each event as JSON followed by a comma, `events.npy` the byte at which each begins (one more at the
end). `attributions.bin` and `attributions.npy` are the same for the attribution resources of each event.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from demo.world.bodies import Bodies
from demo.world.build import World
from demo.world.cards import BASE, metric_ids
from demo.world.clock import iso_many
from demo.world.identity import short_ids, text, uuids
from demo.world.timeline import Kind

BLOCK = 50_000
EVENT_KEY = 700
ATTRIBUTION_KEY = 800


def event_ids(world: World, first: int, last: int) -> list[str]:
    """Ids of the events [first, last) of the sequence."""
    return text(short_ids(world.timeline.serial[first:last].astype(np.int64), EVENT_KEY + world.plan.number, 11))


def attribution_ids(world: World) -> list[str]:
    return text(short_ids(np.arange(len(world.attributions.order)), ATTRIBUTION_KEY + world.plan.number, 11))


def _attribution_texts(world: World) -> list[bytes]:
    """One resource an attribution, in their order; empty where the touch lies before the history."""
    market, sends, found = world.marketing, world.sends, world.attributions
    keys = attribution_ids(world)
    serial = world.timeline.serial.astype(np.int64)
    order_event = world.timeline.order_event[found.order]
    touch_event = world.timeline.reaction_event[found.reaction]
    key = EVENT_KEY + world.plan.number
    order_ids = text(short_ids(serial[order_event], key, 11)) if len(order_event) else []
    touch_ids = text(short_ids(serial[np.maximum(touch_event, 0)], key, 11)) if len(touch_event) else []
    send = sends.reaction_send[found.reaction]
    texts = []
    for row, (message_no, variation) in enumerate(
        zip(sends.message[send].tolist(), sends.variation[send].tolist(), strict=True)
    ):
        message = market.messages[message_no]
        if message.flow >= 0:
            parts = [("flow", "flow", market.flows[message.flow].id), ("flow-message", "flow-message", message.id)]
            if len(message.variations) > 1:
                parts.append(("flow-message-variation", "flow-message", message.variations[variation][0]))
        else:
            parts = [
                ("campaign", "campaign", market.campaigns[message.campaign].id),
                ("campaign-message", "campaign-message", message.id),
            ]
        related = "".join(f',"{name}":{{"data":{{"type":"{kind}","id":"{value}"}}}}' for name, kind, value in parts)
        texts.append(
            f'{{"type":"attribution","id":"{keys[row]}","relationships":{{"event":{{"data":{{"type":"event","id":"{order_ids[row]}"}}}}'
            f',"attributed-event":{{"data":{{"type":"event","id":"{touch_ids[row]}"}}}}{related}}}'
            f',"links":{{"self":"{BASE}/attributions/{keys[row]}/"}}}}'.encode()
        )
    return texts


def write_events(world: World, folder: Path) -> None:
    timeline = world.timeline
    bodies = Bodies(world)
    metrics = metric_ids(world)
    profiles = text(world.people.ids)
    attribution_keys = attribution_ids(world)
    attribution_texts = _attribution_texts(world)
    first_attribution = timeline.attribution_first.tolist()
    offsets = np.zeros(timeline.size + 1, dtype=np.int64)
    attribution_offsets = np.zeros(timeline.size + 1, dtype=np.int64)
    place = attribution_place = 0
    tails = [
        (
            f'"metric":{{"data":{{"type":"metric","id":"{key}"}},"links":{{"self":"{BASE}/events/%s/relationships/metric/",'
            f'"related":"{BASE}/events/%s/metric/"}}}}'
        )
        for key in metrics
    ]
    with (folder / "events.bin").open("wb") as out, (folder / "attributions.bin").open("wb") as out_attributions:
        for first in range(0, timeline.size, BLOCK):
            last = min(first + BLOCK, timeline.size)
            keys = event_ids(world, first, last)
            uids = uuids(timeline.serial[first:last].astype(np.int64), EVENT_KEY + 50 + world.plan.number)
            stamps = iso_many(timeline.ts[first:last])
            rows = zip(
                timeline.kind[first:last].tolist(),
                timeline.ref[first:last].tolist(),
                timeline.profile[first:last].tolist(),
                timeline.ts[first:last].tolist(),
                keys,
                uids,
                stamps,
                strict=True,
            )
            texts, attributed = [], []
            for kind, ref, profile, ts, key, uid, stamp in rows:
                properties = bodies.write[kind](ref, profile, ts)
                mine = ""
                own = b""
                if kind == Kind.PLACED:
                    low, high = first_attribution[ref], first_attribution[ref + 1]
                    if high > low:
                        mine = ",".join(f'{{"type":"attribution","id":"{k}"}}' for k in attribution_keys[low:high])
                        own = b"".join(text_ + b"," for text_ in attribution_texts[low:high])
                attributed.append(own)
                tail = tails[kind] % (key, key)
                texts.append(
                    b'{"type":"event","id":"%b","attributes":{"timestamp":%d,"event_properties":%b,'
                    b'"datetime":"%b","uuid":"%b"},%b},'
                    % (
                        key.encode(),
                        ts,
                        properties,
                        stamp.encode(),
                        uid.encode(),
                        (
                            f'"relationships":{{"profile":{{"data":{{"type":"profile","id":"{profiles[profile]}"}},'
                            f'"links":{{"self":"{BASE}/events/{key}/relationships/profile/","related":"{BASE}/events/{key}/profile/"}}}},'
                            f'{tail},"attributions":{{"data":[{mine}]}}}},"links":{{"self":"{BASE}/events/{key}/"}}'
                        ).encode(),
                    )
                )
            out.writelines(texts)
            offsets[first + 1 : last + 1] = place + np.cumsum([len(part) for part in texts])
            place = int(offsets[last])
            out_attributions.writelines(attributed)
            attribution_offsets[first + 1 : last + 1] = attribution_place + np.cumsum(
                [len(part) for part in attributed]
            )
            attribution_place = int(attribution_offsets[last])
    np.save(folder / "events.npy", offsets)
    np.save(folder / "attributions.npy", attribution_offsets)
