"""The ledger's statistics of messages, forms and segments by local day, counted row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from demo.api.account import AccountView
from demo.world.audience import FORM_STATISTICS
from demo.world.marketing import REPORT_CHANNELS
from demo.world.sends import BOUNCED, CLICK, OPEN, SPAM, UNSUBSCRIBE

Row = dict[str, Any]
COUNTED = (
    "recipients",
    "delivered",
    "bounced",
    "failed",
    "opens",
    "opens_unique",
    "clicks",
    "clicks_unique",
    "unsubscribes",
    "unsubscribe_uniques",
    "spam_complaints",
    "conversions",
    "conversion_uniques",
    "conversion_value",
)


def message_days(view: AccountView, day_of: Callable[[int], str], *, flows: bool) -> list[Row]:
    """COUNTED by day of the send, message and variation; conversion_value in minor units, currencies as they are."""
    world, now = view.world, view.now()
    market, sends, orders = world.marketing, world.sends, world.orders
    cells: dict[tuple[str, int, int], Row] = {}
    place: dict[int, Row] = {}
    for send, (number, variation, ts, outcome) in enumerate(
        zip(sends.message.tolist(), sends.variation.tolist(), sends.ts.tolist(), sends.outcome.tolist(), strict=True)
    ):
        message = market.messages[number]
        if ts > now or (message.flow >= 0) != flows:
            continue
        key = (day_of(ts), number, variation)
        if key not in cells:
            parent = (
                {"flow": market.flows[message.flow].id}
                if flows
                else {"campaign": market.campaigns[message.campaign].id}
            )
            cells[key] = {
                "day": key[0],
                **parent,
                "message": message.id,
                "variation": message.variations[variation][0],
                "channel": REPORT_CHANNELS[message.channel],
                **dict.fromkeys(COUNTED, 0),
            }
        cell = place[send] = cells[key]
        cell["recipients"] += 1
        if outcome == BOUNCED:
            cell["bounced" if message.channel == 0 else "failed"] += 1
        else:
            cell["delivered"] += 1
    names = {OPEN: "opens", CLICK: "clicks", UNSUBSCRIBE: "unsubscribes", SPAM: "spam_complaints"}
    uniques = {OPEN: "opens_unique", CLICK: "clicks_unique", UNSUBSCRIBE: "unsubscribe_uniques"}
    once: set[tuple[int, int]] = set()
    for send, kind, ts in zip(
        sends.reaction_send.tolist(), sends.reaction_kind.tolist(), sends.reaction_ts.tolist(), strict=True
    ):
        if send not in place or ts > now:
            continue
        place[send][names[kind]] += 1
        if kind in uniques and (send, kind) not in once:
            once.add((send, kind))
            place[send][uniques[kind]] += 1
    hidden = view.unsettled().tolist()
    converted: set[int] = set()
    for order, reaction, wins in zip(
        world.attributions.order.tolist(),
        world.attributions.reaction.tolist(),
        world.attributions.wins.tolist(),
        strict=True,
    ):
        send = int(sends.reaction_send[reaction])
        if not wins or send not in place or int(orders.ts[order]) > now or hidden[order]:
            continue
        place[send]["conversions"] += 1
        place[send]["conversion_value"] += int(orders.value[order])
        if send not in converted:
            converted.add(send)
            place[send]["conversion_uniques"] += 1
    return [cells[key] for key in sorted(cells)]


def form_days(view: AccountView, day_of: Callable[[int], str]) -> list[Row]:
    """FORM_STATISTICS by day, form and version; an hour counts once it is over."""
    audience = view.world.audience
    cells: dict[tuple[str, int], Row] = {}
    for version, hour, counts in zip(
        audience.form_version.tolist(), audience.form_hour.tolist(), audience.form_counts.tolist(), strict=True
    ):
        if hour + 3600 > view.now():
            continue
        key = (day_of(hour), version)
        if key not in cells:
            found = audience.versions[version]
            cells[key] = {
                "day": key[0],
                "form": audience.forms[found.form].id,
                "version": found.id,
                **dict.fromkeys(FORM_STATISTICS, 0),
            }
        for name, count in zip(FORM_STATISTICS, counts, strict=True):
            cells[key][name] += count
    return [cells[key] for key in sorted(cells)]


def segment_days(view: AccountView, day_of: Callable[[int], str]) -> list[Row]:
    """Members of each segment at the end of each day of the history, and how many came and went on it."""
    now, world = view.now(), view.world
    first, last = date.fromisoformat(day_of(world.start)), date.fromisoformat(day_of(now))
    rows: list[Row] = []
    for segment in world.audience.segments:
        added: dict[str, int] = defaultdict(int)
        removed: dict[str, int] = defaultdict(int)
        total = 0
        for joined, left in zip(segment.joined.tolist(), segment.left.tolist(), strict=True):
            for moment, side, step in ((joined, added, 1), (left, removed, -1)):
                if moment <= now:
                    day = day_of(moment)
                    if day < first.isoformat():
                        total += step
                    else:
                        side[day] += 1
        day_no = first
        while day_no <= last:
            name = day_no.isoformat()
            total += added[name] - removed[name]
            rows.append(
                {
                    "day": name,
                    "segment": segment.id,
                    "total_members": total,
                    "members_added": added[name],
                    "members_removed": removed[name],
                }
            )
            day_no += timedelta(days=1)
    return rows
