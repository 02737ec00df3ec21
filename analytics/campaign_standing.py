"""Campaigns against what is usual for their channel: medians, best and worst with the reason, by tag and send time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from statistics import median
from typing import Any, Final, TypeVar

from analytics.engagement import NOTHING, Campaign, Counts, Number, total

T = TypeVar("T")
# A campaign to fewer than this share of its channel's usual recipients is no example of anything.
FEWEST_SHARE: Final = 0.2
RATES: Final[Mapping[str, Callable[[Counts], float | None]]] = {
    "delivery": lambda counts: counts.delivery_rate,
    "open": lambda counts: counts.open_rate,
    "click": lambda counts: counts.click_rate,
    "conversion": lambda counts: counts.conversion_rate,
    "unsubscribe": lambda counts: counts.unsubscribe_rate,
    "per_recipient": lambda counts: None if counts.per_recipient is None else float(counts.per_recipient),
}

# Weekday (1 Monday) and hour.
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Usual:
    """Campaigns by channel, and what is usual for those of each: made when it is asked for, since a page looks at a
    part of it only, and kept as long as they are."""

    campaigns: Mapping[str, Sequence[Campaign]]
    zone: tzinfo
    _kept: dict[str, Mapping[str, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def medians(self) -> Mapping[str, Mapping[str, float]]:
        """Their medians by rate (see RATES)."""
        return self._once("medians", medians)

    @property
    def sums(self) -> Mapping[str, Counts]:
        """All of them added up."""
        return self._once("sums", lambda own: total(campaign.counts for campaign in own))

    @property
    def hours(self) -> Mapping[str, Mapping[Cell, tuple[int, Counts]]]:
        """Number and counts by weekday and hour of sending."""
        return self._once("hours", lambda own: by_hour(own, self.zone))

    def _once(self, name: str, of: Callable[[Sequence[Campaign]], T]) -> Mapping[str, T]:
        found = self._kept.get(name)
        if found is None:
            found = self._kept[name] = {channel: of(own) for channel, own in self.campaigns.items()}
        return found


def medians(campaigns: Sequence[Campaign]) -> dict[str, float]:
    """The median of each rate (and of recipients) over campaigns; a rate that no campaign has is absent."""
    every = [campaign.counts for campaign in campaigns]
    values = {name: [rate for rate in map(of, every) if rate is not None] for name, of in RATES.items()}
    values["recipients"] = [float(counts.recipients) for counts in every if counts.recipients]
    return {name: median(held) for name, held in values.items() if held}


FACTORS: Final = ("delivered", "reacted", "bought", "spent")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A campaign against its channel's year: index = its revenue per recipient / the channel's.

    factor: which of FACTORS (delivered of recipients, who reacted of delivered, who bought of those, value of a buyer)
    weighs most in it; own and usual are that factor's values (a share 0–1, or money). Who reacted opened it, or clicked
    where opens are not told. index 0: nobody bought, and factor says where it broke off.
    """

    campaign: Campaign
    index: float
    factor: str
    own: float
    usual: float


def verdicts(campaigns: Iterable[Campaign], usual: Usual) -> list[Verdict]:
    """The campaigns, best first, each against what is usual for its channel.

    Revenue per recipient = delivered / recipients × reacted / delivered × bought / reacted × value / bought; logarithms
    of the factors' ratios add up to that of the index, so the one named is the largest part. Left out: campaigns to a
    fifth of the usual recipients or fewer, and channels that brought nothing.
    """
    found = []
    for campaign in campaigns:
        pooled, own = usual.sums.get(campaign.channel, NOTHING), campaign.counts
        fewest = FEWEST_SHARE * usual.medians.get(campaign.channel, {}).get("recipients", 0)
        if not own.recipients or not pooled.per_recipient or own.per_recipient is None or own.recipients <= fewest:
            continue
        ours, theirs = _factors(own), _factors(pooled)
        shared = [
            (name, mine, other)
            for name, mine, other in zip(FACTORS, ours, theirs, strict=True)
            if mine is not None and other
        ]
        if not shared:
            continue
        index = float(own.per_recipient / pooled.per_recipient)
        if index <= 0:
            name, mine, other = next((step for step in shared if step[1] == 0), shared[-1])
        else:
            sign = 1 if index >= 1 else -1
            name, mine, other = max(
                shared, key=lambda step: sign * math.log(step[1] / step[2]) if step[1] else -math.inf
            )
        found.append(Verdict(campaign, index, name, mine, other))
    return sorted(found, key=lambda verdict: (-verdict.index, verdict.campaign.id))


def _factors(counts: Counts) -> tuple[float | None, ...]:
    def part(a: Number, b: Number) -> float | None:
        return None if a is None or not b else float(a) / float(b)

    reacted = counts.clicks if counts.opens is None else counts.opens
    return (
        part(counts.delivered, counts.recipients),
        part(reacted, counts.delivered),
        part(counts.converted, reacted),
        part(counts.value, counts.converted),
    )


def by_tag(campaigns: Iterable[Campaign]) -> dict[str, tuple[int, Counts]]:
    """Campaigns and their counts by tag, most value first; a campaign counts for each of its tags."""
    held: dict[str, list[Counts]] = {}
    for campaign in campaigns:
        for tag in dict.fromkeys(campaign.tags):
            held.setdefault(tag, []).append(campaign.counts)
    found = {tag: (len(counts), total(counts)) for tag, counts in held.items()}
    return dict(sorted(found.items(), key=lambda item: (-(item[1][1].value or 0), item[0])))


def by_hour(campaigns: Iterable[Campaign], zone: tzinfo) -> dict[Cell, tuple[int, Counts]]:
    """Campaigns and their counts by weekday (1 Monday) and hour of sending, on the clock of a zone."""
    held: dict[Cell, list[Counts]] = {}
    for campaign in campaigns:
        if campaign.sent_at is not None:
            at = campaign.sent_at.astimezone(zone)
            held.setdefault((at.isoweekday(), at.hour), []).append(campaign.counts)
    return {cell: (len(counts), total(counts)) for cell, counts in held.items()}


def usual_of(campaigns: Iterable[Campaign], zone: tzinfo) -> Usual:
    """What is usual for each channel; zone: whose clock tells hours."""
    held: dict[str, list[Campaign]] = {}
    for campaign in campaigns:
        held.setdefault(campaign.channel, []).append(campaign)
    return Usual(held, zone)
