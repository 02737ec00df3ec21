"""What every send came to, as far as it is known at a moment: the ground of the campaign and flow reports."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demo.api.account import AccountView
from demo.world.sends import BOUNCED, CLICK, OPEN, SPAM, UNSUBSCRIBE

Ints = npt.NDArray[np.int64]

BASE = (
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
    "text_messages",
)
TEXT_PRICE = 0.06


@dataclass(frozen=True)
class SendFacts:
    """One row a send that has happened: its message, variation, UTC second, and BASE columns (money in minor units)."""

    send: Ints
    message: Ints
    variation: Ints
    ts: Ints
    counts: npt.NDArray[np.int64]


def send_facts(view: AccountView) -> SendFacts:
    """Opens and clicks count with proxies and bots, as in the service's own reports."""
    world, now = view.world, view.now()
    sends, orders, found = world.sends, world.orders, world.attributions
    size = sends.size
    channel = np.array([message.channel for message in world.marketing.messages], dtype=np.int64)[sends.message]
    seen = sends.reaction_ts <= now

    def reacted(kind: int) -> Ints:
        rows = seen & (sends.reaction_kind == kind)
        return np.bincount(sends.reaction_send[rows], minlength=size).astype(np.int64)

    opens, clicks, spam, left = (reacted(kind) for kind in (OPEN, CLICK, SPAM, UNSUBSCRIBE))
    won = found.wins & (orders.ts[found.order] <= now) & ~view.unsettled()[found.order]
    winner = sends.reaction_send[found.reaction[won]]
    conversions = np.bincount(winner, minlength=size).astype(np.int64)
    value = np.bincount(winner, weights=orders.value[found.order[won]], minlength=size).astype(np.int64)
    bad = sends.outcome == BOUNCED
    one = np.ones(size, dtype=np.int64)
    counts = np.stack(
        [
            one,
            (~bad).astype(np.int64),
            (bad & (channel == 0)).astype(np.int64),
            (bad & (channel != 0)).astype(np.int64),
            opens,
            np.minimum(opens, 1),
            clicks,
            np.minimum(clicks, 1),
            left,
            np.minimum(left, 1),
            spam,
            conversions,
            np.minimum(conversions, 1),
            value,
            (channel == 1).astype(np.int64),
        ],
        axis=1,
    )
    happened = np.flatnonzero(sends.ts <= now)
    return SendFacts(happened, sends.message[happened], sends.variation[happened], sends.ts[happened], counts[happened])


def _part(a: float, b: float) -> float:
    return a / b if b else 0.0


def statistics_of(base: dict[str, float]) -> dict[str, float]:
    """All 31 statistics of a group from its sums (conversion_value in the account's currency, rates as fractions)."""
    delivered, recipients = base["delivered"], base["recipients"]
    bad = base["bounced"] + base["failed"]
    spend = base["text_messages"] * TEXT_PRICE
    return {
        "average_order_value": _part(base["conversion_value"], base["conversions"]),
        "bounce_rate": _part(base["bounced"], recipients),
        "bounced": base["bounced"],
        "bounced_or_failed": bad,
        "bounced_or_failed_rate": _part(bad, recipients),
        "click_rate": _part(base["clicks_unique"], delivered),
        "click_to_open_rate": _part(base["clicks_unique"], base["opens_unique"]),
        "clicks": base["clicks"],
        "clicks_unique": base["clicks_unique"],
        "conversion_rate": _part(base["conversion_uniques"], delivered),
        "conversion_uniques": base["conversion_uniques"],
        "conversion_value": base["conversion_value"],
        "conversions": base["conversions"],
        "delivered": delivered,
        "delivery_rate": _part(delivered, recipients),
        "failed": base["failed"],
        "failed_rate": _part(base["failed"], recipients),
        "message_segment_count_sum": base["text_messages"],
        "open_rate": _part(base["opens_unique"], delivered),
        "opens": base["opens"],
        "opens_unique": base["opens_unique"],
        "recipients": recipients,
        "revenue_per_recipient": _part(base["conversion_value"], recipients),
        "spam_complaint_rate": _part(base["spam_complaints"], delivered),
        "spam_complaints": base["spam_complaints"],
        "text_message_credit_usage_amount": base["text_messages"],
        "text_message_roi": _part(base["conversion_value"], spend),
        "text_message_spend": spend,
        "unsubscribe_rate": _part(base["unsubscribe_uniques"], delivered),
        "unsubscribe_uniques": base["unsubscribe_uniques"],
        "unsubscribes": base["unsubscribes"],
    }
