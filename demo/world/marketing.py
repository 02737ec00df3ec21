"""What the account's marketers made: campaigns with their messages and variations, flows with theirs, and tags."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from demo.world.clock import DAY, HOUR, Zone, black_friday
from demo.world.identity import short_ids, text, ulids, uuids
from demo.world.profile import AccountPlan

EMAIL, SMS, PUSH = 0, 1, 2
CHANNELS = ("email", "sms", "mobile_push")
REPORT_CHANNELS = ("email", "sms", "push-notification")
THEMES = (
    "New in: {c}",
    "Weekend offer on {c}",
    "{b} is back in stock",
    "Your guide to {c}",
    "Last chance: {c}",
    "Members first: {b}",
    "Staff picks in {c}",
    "A closer look at {b}",
    "{c}: up to 30% off",
    "Made to last: {b}",
)
TAG_NAMES = ("newsletter", "sale", "launch", "seasonal", "vip", "black-friday", "lifecycle", "retention", "education")
WELCOME, BASKET, BROWSE, POST, WINBACK = range(5)


@dataclass
class Message:
    """A campaign message or a flow message; `number` is its place in the account's list of messages.

    `variations` holds (id, name): one for a plain message, two for an A/B test. `delay` is seconds after a flow's
    trigger. `flow` and `campaign` are places in their lists, -1 for the other kind.
    """

    number: int
    id: str
    channel: int
    name: str
    subject: str
    campaign: int = -1
    flow: int = -1
    position: int = 0
    delay: int = 0
    action_id: str = ""
    variations: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Campaign:
    number: int
    id: str
    name: str
    channel: int
    status: str
    archived: bool
    sent: int
    created: int
    updated: int
    audience: int
    size: float
    at_once: bool
    tags: list[int]
    messages: list[int]


@dataclass
class Flow:
    number: int
    id: str
    name: str
    kind: int
    status: str
    archived: bool
    trigger: str
    created: int
    updated: int
    tags: list[int]
    messages: list[int]


@dataclass
class Tag:
    id: str
    name: str


@dataclass
class Marketing:
    campaigns: list[Campaign]
    flows: list[Flow]
    messages: list[Message]
    tags: list[Tag]
    tag_group: str


def _campaign_days(rng: np.random.Generator, start: int, end: int, wanted: int) -> list[tuple[int, str, int]]:
    """(days since the epoch, occasion, channel) of each send, the special days among them."""
    first, last = start // DAY, end // DAY
    days: list[tuple[int, str, int]] = []
    for year in range(date.fromordinal(719163 + first).year, date.fromordinal(719163 + last).year + 1):
        friday = black_friday(year)
        for offset, name, channel in (
            (-3, "Early access", EMAIL),
            (0, "Black Friday", EMAIL),
            (0, "Black Friday text", SMS),
        ):
            days.append(((friday + timedelta(days=offset)).toordinal() - 719163, f"{name} {year}", channel))
        days.append(((friday + timedelta(days=3)).toordinal() - 719163, f"Cyber Monday {year}", EMAIL))
        days.append((date(year, 12, 14).toordinal() - 719163, f"Gift deadline {year}", EMAIL))
    days = [entry for entry in days if first + 3 <= entry[0] < last]
    step = (last - first - 6) / max(wanted - len(days), 4)
    for number in range(max(wanted - len(days), 4)):
        day = first + 3 + int(number * step + rng.random() * min(step, 4))
        channel = (EMAIL, EMAIL, EMAIL, SMS, EMAIL, EMAIL, PUSH)[number % 7]
        days.append((min(day, last - 1), "", channel))
    return sorted(days)


def build_marketing(
    plan: AccountPlan, rng: np.random.Generator, zone: Zone, events: int, start: int, end: int
) -> Marketing:
    key = 5000 + plan.number * 100
    wanted = int(np.clip(events // 900, 26, 190))
    days = _campaign_days(rng, start, end, wanted)
    sent = zone.utc(np.array([day * DAY + (9 + int(rng.integers(0, 10))) * HOUR for day, _, _ in days]))
    sent = sent + rng.choice([0, 900, 1800], len(sent))
    campaign_ids = text(ulids(sent - 3 * DAY, np.arange(len(days)), key))
    message_ids = text(ulids(sent - 3 * DAY + 7, np.arange(2 * len(days)).reshape(-1, 2)[:, 0], key + 2))
    second_ids = text(ulids(sent - 3 * DAY + 9, np.arange(2 * len(days)).reshape(-1, 2)[:, 1], key + 2))
    variation_ids = text(short_ids(np.arange(4 * len(days)), key + 4))
    tags = [Tag(id, name) for id, name in zip(uuids(np.arange(len(TAG_NAMES)), key + 5), TAG_NAMES, strict=True)]
    campaigns: list[Campaign] = []
    messages: list[Message] = []
    for number, (day, occasion, channel) in enumerate(days):
        category = plan.categories[int(rng.integers(len(plan.categories)))].name
        brand = plan.brands[int(rng.integers(len(plan.brands)))]
        theme = THEMES[int(rng.integers(len(THEMES)))].format(c=category.lower(), b=brand)
        when = date.fromordinal(719163 + day)
        name = occasion or f"{when:%Y-%m-%d} {theme}"
        fate = rng.random()
        draft, cancelled = fate < 0.03 and not occasion, 0.03 <= fate < 0.045 and not occasion
        split = channel == EMAIL and rng.random() < 0.18
        several = channel == EMAIL and rng.random() < 0.06
        ids = []
        for part in range(2 if several else 1):
            message = Message(
                number=len(messages),
                id=(message_ids, second_ids)[part][number],
                channel=channel,
                name=f"{name}{' (second message)' if part else ''}",
                subject=f"{theme}{'!' if channel == EMAIL else ''}",
                campaign=number,
                position=part,
            )
            message.variations = [(message.id, message.name)]
            if split and not several:
                message.variations = [(variation_ids[4 * number + v], f"Variation {'AB'[v]}") for v in range(2)]
            messages.append(message)
            ids.append(message.number)
        labels = {6: "newsletter"} if not occasion else {5: "black-friday", 1: "sale"}
        chosen = [5, 1] if "Friday" in occasion or "Cyber" in occasion else [0]
        chosen = chosen if rng.random() < 0.9 else []
        if rng.random() < 0.35 and labels:
            chosen = [*chosen, int(rng.integers(2, 5))]
        campaigns.append(
            Campaign(
                number=number,
                id=campaign_ids[number],
                name=name,
                channel=channel,
                status="Draft" if draft else "Cancelled: No Recipients" if cancelled else "Sent",
                archived=bool(rng.random() < 0.08),
                sent=int(sent[number]),
                created=int(sent[number]) - 3 * DAY,
                updated=int(sent[number]) + (1800 if not draft else -DAY),
                audience=int(rng.integers(0, 4)),
                size=(4.6 if "Friday" in occasion else 1.0) * float(np.exp(rng.normal(0, 0.35))),
                at_once="Black Friday" in occasion,
                tags=chosen,
                messages=ids,
            )
        )
    flows = _flows(plan, messages, key, start)
    return Marketing(campaigns, flows, messages, tags, uuids([1], key + 6)[0])


FLOW_PLANS: tuple[tuple[str, int, str, str, tuple[tuple[str, int, int], ...]], ...] = (
    (
        "Welcome series",
        WELCOME,
        "live",
        "Added to List",
        (("Welcome", EMAIL, 120), ("Our story", EMAIL, 2 * DAY), ("Your first order", EMAIL, 5 * DAY)),
    ),
    (
        "Abandoned basket",
        BASKET,
        "live",
        "Metric",
        (("You left something", EMAIL, 3600), ("Still thinking?", SMS, 20 * HOUR), ("Last reminder", EMAIL, 2 * DAY)),
    ),
    (
        "Browse abandonment",
        BROWSE,
        "live",
        "Metric",
        (("Seen something nice?", EMAIL, 2 * HOUR), ("Similar picks", PUSH, DAY)),
    ),
    (
        "Post purchase",
        POST,
        "live",
        "Metric",
        (("Thank you", EMAIL, 1800), ("How was it?", EMAIL, 12 * DAY), ("You may also like", EMAIL, 25 * DAY)),
    ),
    ("Win-back", WINBACK, "live", "Metric", (("We miss you", EMAIL, 95 * DAY), ("Here is 15% off", EMAIL, 110 * DAY))),
    ("Birthday", -1, "manual", "Date Based", (("Happy birthday", EMAIL, 0),)),
    ("Price drop", -1, "draft", "Price Drop", (("Price drop", EMAIL, 0), ("Price drop text", SMS, HOUR))),
    ("Old welcome", -1, "draft", "Added to List", (("Welcome (old)", EMAIL, 0),)),
)


def _flows(plan: AccountPlan, messages: list[Message], key: int, start: int) -> list[Flow]:
    flow_ids = text(short_ids(np.arange(len(FLOW_PLANS)), key + 10))
    ids = text(short_ids(np.arange(200), key + 11))
    action_ids = [str(30_000_000 + 100_000 * plan.number + n) for n in range(200)]
    flows: list[Flow] = []
    used = 0
    for number, (name, kind, status, trigger, parts) in enumerate(FLOW_PLANS):
        mine = []
        for position, (label, channel, delay) in enumerate(parts):
            message = Message(
                number=len(messages),
                id=ids[used],
                channel=channel,
                name=label,
                subject=f"{label} | {plan.organization}",
                flow=number,
                position=position,
                delay=delay,
                action_id=action_ids[used],
            )
            message.variations = [(message.id, label)]
            if name == "Abandoned basket" and position == 0:
                message.variations = [(ids[100], "Variation A"), (ids[101], "Variation B")]
            messages.append(message)
            mine.append(message.number)
            used += 1
        flows.append(
            Flow(
                number=number,
                id=flow_ids[number],
                name=name,
                kind=kind,
                status=status,
                archived=name == "Old welcome",
                trigger=trigger,
                created=start - (100 - number) * DAY,
                updated=start + number * 20 * DAY,
                tags=[6] if number % 2 == 0 else [6, 7],
                messages=mine,
            )
        )
    return flows
