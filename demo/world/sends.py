"""Who got which message, and what they did with it: opens, clicks, bounces, complaints, opt-outs; and why some bought.

An order that marketing brought has its touch made first and the order after it, so attribution finds real touches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demo.world.clock import DAY, HOUR
from demo.world.identity import fraction
from demo.world.marketing import BASKET, BROWSE, EMAIL, POST, PUSH, SMS, WELCOME, WINBACK, Marketing
from demo.world.orders import Orders
from demo.world.people import People

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

DELIVERED, BOUNCED = 0, 1
TIE_BEFORE, TIE_KEY, TIE_SHARE = 1800, 99, 0.15
OPEN, CLICK, SPAM, UNSUBSCRIBE = 0, 1, 2, 3


@dataclass(frozen=True)
class Sends:
    """Arrays by send (S): one message to one person; and by reaction (R), each pointing to its send.

    `outcome` is DELIVERED or BOUNCED (e-mail: hard or soft; SMS: failed). `machine` marks opens by a mail proxy and
    clicks by a bot.
    """

    message: Ints
    variation: Ints
    profile: Ints
    ts: Ints
    outcome: Ints
    reaction_send: Ints
    reaction_kind: Ints
    reaction_ts: Ints
    reaction_machine: Bools
    reaction_link: Ints

    @property
    def size(self) -> int:
        return len(self.ts)


def _driven(
    rng: np.random.Generator, marketing: Marketing, orders: Orders, people: People
) -> tuple[Ints, Ints, Ints, Ints]:
    """(message, profile, send time, order time) of touches that led to an order; some orders have two or three."""
    sent = [(c.sent, m) for c in marketing.campaigns if c.status == "Sent" for m in c.messages]
    sent.sort()
    times = np.array([entry[0] for entry in sent], dtype=np.int64)
    campaign_message = np.array([entry[1] for entry in sent], dtype=np.int64)
    channel = np.array([message.channel for message in marketing.messages], dtype=np.int64)
    flow_messages = {flow.kind: flow.messages for flow in marketing.flows if flow.kind >= 0}
    can_mail = people.email_consent[orders.profile]
    out: list[tuple[Ints, Ints, Ints, Ints]] = []

    def from_campaign(rows: Ints, back: int) -> None:
        at = np.searchsorted(times, orders.ts[rows] - 120, side="right") - 1 - back
        rows, at = rows[at >= 0], at[at >= 0]
        fits = (times[at] > orders.ts[rows] - 4 * DAY) & (times[at] > people.created[orders.profile[rows]])
        rows, at = rows[fits], at[fits]
        message = campaign_message[at]
        person = orders.profile[rows]
        reach = np.where(
            channel[message] == EMAIL,
            people.email_consent[person],
            np.where(channel[message] == SMS, people.sms_consent[person], people.push_consent[person]),
        )
        rows, at, message = rows[reach], at[reach], message[reach]
        out.append((message, orders.profile[rows], times[at], orders.ts[rows]))

    def from_flow(rows: Ints, kind: int, most: int) -> None:
        mine = np.array(flow_messages[kind], dtype=np.int64)
        message = mine[rng.integers(0, len(mine), len(rows))]
        fits = np.where(channel[message] == SMS, people.sms_consent[orders.profile[rows]], can_mail[rows])
        fits = np.where(channel[message] == PUSH, people.push_consent[orders.profile[rows]], fits)
        rows, message = rows[fits], message[fits]
        when = orders.ts[rows] - 300 - (rng.random(len(rows)) ** 2 * most).astype(np.int64)
        ok = when > people.created[orders.profile[rows]]
        out.append((message[ok], orders.profile[rows][ok], when[ok], orders.ts[rows][ok]))

    everyone = np.arange(orders.size)
    draw = rng.random(orders.size)
    from_campaign(everyone[draw < 0.34], 0)
    from_campaign(everyone[(draw > 0.1) & (draw < 0.2)], 1)
    from_flow(everyone[(draw >= 0.34) & (draw < 0.42)], BASKET, 2 * DAY)
    from_flow(everyone[(draw >= 0.42) & (draw < 0.47)], WELCOME, 3 * DAY)
    from_flow(everyone[(draw >= 0.3) & (draw < 0.36)], BROWSE, DAY)
    from_flow(everyone[(draw >= 0.47) & (draw < 0.49)], WINBACK, 3 * DAY)
    message, profile, when, order_ts = (np.concatenate(column) for column in zip(*out, strict=True))
    return message, profile, when, order_ts


def _distinct(message: Ints, profile: Ints, when: Ints, flow: Bools) -> Ints:
    """Rows to keep: a campaign message reaches a person once; a flow message at most once a day."""
    day = np.where(flow[message], when // DAY, 0)
    order = np.lexsort((np.arange(len(message)), day, profile, message))
    keep = np.ones(len(message), dtype=bool)
    a, b = order[1:], order[:-1]
    keep[1:] = (message[a] != message[b]) | (profile[a] != profile[b]) | (day[a] != day[b])
    return np.sort(order[keep])


def build_sends(
    rng: np.random.Generator, marketing: Marketing, people: People, orders: Orders, budget: int, start: int, end: int
) -> Sends:
    """About `budget` sends: those behind orders first, then audiences drawn from who had agreed by then."""
    flow = np.array([message.flow >= 0 for message in marketing.messages])
    channel = np.array([message.channel for message in marketing.messages], dtype=np.int64)
    message, profile, when, bought = _driven(rng, marketing, orders, people)
    driven = len(message)
    rest = max(budget - driven, 60)
    parts = [(message, profile, when)]

    live = [c for c in marketing.campaigns if c.status == "Sent"]
    size = np.array([c.size * (1.0 if c.channel == EMAIL else 0.28) for c in live])
    share = np.maximum((size / size.sum() * rest * 0.72).astype(np.int64), 2)
    consent = (people.email_consent, people.sms_consent, people.push_consent)
    reachable = [np.flatnonzero(flag)[np.argsort(people.created[flag], kind="stable")] for flag in consent]
    for campaign, wanted in zip(live, share.tolist(), strict=True):
        pool = reachable[campaign.channel]
        known = int(np.searchsorted(people.created[pool], campaign.sent - 600))
        if not known:
            continue
        who = pool[np.unique(rng.integers(0, known, wanted))]
        split = rng.integers(0, len(campaign.messages), len(who))
        spread = np.zeros(len(who), dtype=np.int64) if campaign.at_once else rng.integers(0, 5, len(who))
        parts.append((np.array(campaign.messages, dtype=np.int64)[split], who, campaign.sent + spread))
    parts.extend(_flow_sends(rng, marketing, people, orders, int(rest * 0.28), start))
    message, profile, when = (np.concatenate(column) for column in zip(*parts, strict=True))
    bought = np.concatenate([bought, np.zeros(len(message) - driven, dtype=np.int64)])
    rows = np.flatnonzero((when >= start) & (when < end - 60))
    rows = rows[_distinct(message[rows], profile[rows], when[rows], flow)]
    message, profile, when, bought = message[rows], profile[rows], when[rows], bought[rows]
    by = np.lexsort((profile, message, when))
    return _react(rng, marketing, people, channel, message[by], profile[by], when[by], bought[by], end)


def _flow_sends(
    rng: np.random.Generator, marketing: Marketing, people: People, orders: Orders, wanted: int, start: int
) -> list[tuple[Ints, Ints, Ints]]:
    mailable = people.email_consent
    fresh = np.flatnonzero(mailable & (people.created > start))
    buyers = np.flatnonzero(mailable[orders.profile])
    pools: dict[int, tuple[Ints, Ints, float]] = {
        WELCOME: (fresh, people.created[fresh], 0.42),
        BASKET: (orders.profile[buyers], orders.ts[buyers] - 4 * DAY, 0.16),
        BROWSE: (orders.profile[buyers], orders.ts[buyers] - 7 * DAY, 0.1),
        POST: (orders.profile[buyers], orders.ts[buyers], 0.24),
        WINBACK: (orders.profile[buyers], orders.ts[buyers], 0.08),
    }
    parts = []
    for found in marketing.flows:
        if found.kind not in pools:
            continue
        who, trigger, share = pools[found.kind]
        for number in found.messages:
            chosen = marketing.messages[number]
            count = max(2, int(wanted * share / len(found.messages)))
            if not len(who):
                continue
            pick = np.unique(rng.integers(0, len(who), count))
            allowed = {EMAIL: people.email_consent, SMS: people.sms_consent, PUSH: people.push_consent}[chosen.channel]
            pick = pick[allowed[who[pick]]]
            when = trigger[pick] + chosen.delay + rng.integers(0, 600, len(pick))
            pick, when = pick[when > people.created[who[pick]]], when[when > people.created[who[pick]]]
            parts.append((np.full(len(pick), number, dtype=np.int64), who[pick], when))
    return parts


def _react(
    rng: np.random.Generator,
    marketing: Marketing,
    people: People,
    channel: Ints,
    message: Ints,
    profile: Ints,
    when: Ints,
    bought: Ints,
    end: int,
) -> Sends:
    count = len(message)
    kinds = channel[message]
    variants = np.array([len(m.variations) for m in marketing.messages], dtype=np.int64)
    variation = (rng.random(count) * variants[message]).astype(np.int64)
    driven = bought > 0
    luck = rng.random(count)
    outcome = np.where(~driven & (luck < np.where(kinds == EMAIL, 0.011, 0.02)) & (kinds != PUSH), BOUNCED, DELIVERED)
    delivered = outcome == DELIVERED
    mail = delivered & (kinds == EMAIL)
    taste = np.exp(rng.normal(0, 0.25, len(marketing.messages)))[message]
    proxy = mail & (people.provider[profile] == 1)
    machine_open = proxy & (rng.random(count) < 0.93)
    window = np.maximum(bought - when - 90, 1)
    human_delay = np.minimum(rng.lognormal(9.3, 1.5, count), 6 * DAY).astype(np.int64) + 30
    human_open = mail & (driven | (rng.random(count) < 0.24 * taste))
    open_delay = np.where(driven, 20 + (rng.random(count) ** 0.5 * (window - 20).clip(1)).astype(np.int64), human_delay)
    # Some orders have all their touches in one second, so that the rule for ties decides.
    tie = driven & (when < bought - TIE_BEFORE - 60) & (fraction(bought, TIE_KEY) < TIE_SHARE)
    open_delay = np.where(tie, bought - TIE_BEFORE - when, open_delay)
    click_luck = rng.random(count)
    clicks = human_open & ~tie & np.where(driven, click_luck < 0.62, click_luck < 0.07)
    text = delivered & (kinds == SMS) & (driven | (rng.random(count) < 0.05))
    push_open = delivered & (kinds == PUSH) & (driven | (rng.random(count) < 0.06))
    click_delay = open_delay + np.where(
        driven, ((window - open_delay).clip(2) * rng.random(count)).astype(np.int64), 40
    )
    bot = mail & (rng.random(count) < 0.012)
    again = human_open & ~tie & (rng.random(count) < 0.16)
    spam = mail & ~driven & (rng.random(count) < 0.0009)
    leave = delivered & ~driven & (kinds != PUSH) & (rng.random(count) < 0.004)
    open_at = when + open_delay
    rows: list[tuple[Ints, int, Ints, bool]] = []
    for which, kind, at, machine in (
        (machine_open, OPEN, when + 3 + rng.integers(0, 40, count), True),
        (human_open, OPEN, open_at, False),
        (again, OPEN, open_at + rng.integers(600, 2 * DAY, count), False),
        (bot, CLICK, when + 2 + rng.integers(0, 8, count), True),
        (clicks, CLICK, np.maximum(when + click_delay, open_at + 1), False),
        (text, CLICK, when + np.where(driven, open_delay, human_delay // 8 + 20), False),
        (push_open, OPEN, when + np.where(driven, open_delay, human_delay // 6 + 5), False),
        (spam, SPAM, when + human_delay, False),
        (leave, UNSUBSCRIBE, when + human_delay, False),
    ):
        send = np.flatnonzero(which)
        rows.append((send, kind, at[send], machine))
    reacting = np.concatenate([row[0] for row in rows])
    reactions = np.concatenate([np.full(len(row[0]), row[1], dtype=np.int64) for row in rows])
    moments = np.concatenate([row[2] for row in rows])
    machines = np.concatenate([np.full(len(row[0]), row[3]) for row in rows])
    kept = moments < end
    return Sends(
        message=message,
        variation=variation,
        profile=profile,
        ts=when,
        outcome=outcome,
        reaction_send=reacting[kept],
        reaction_kind=reactions[kept],
        reaction_ts=moments[kept],
        reaction_machine=machines[kept],
        reaction_link=rng.integers(0, 6, int(kept.sum())),
    )


ATTRIBUTION_WINDOW = {(EMAIL, OPEN): 5 * DAY, (EMAIL, CLICK): 5 * DAY, (SMS, CLICK): 5 * DAY, (PUSH, OPEN): 24 * HOUR}
