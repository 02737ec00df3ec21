"""One campaign and one flow: their messages, variations and what was bought, as plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from analytics.engagement import Counts, rate, total
from analytics.proportions import Winner, winner


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought. email: None where there is none, masked for a scope that may not see it; name: '' for such a scope,
    or where none is known. first_time: their first order is among these."""

    id: str
    email: str | None
    first_name: str
    last_name: str
    orders: int
    gross: Decimal
    first_time: bool


@dataclass(frozen=True, slots=True)
class Bought:
    """What orders won by a campaign or flow hold: by day (orders, gross), buyers, the products that sold most, and the
    people who bought most."""

    days: Mapping[date, tuple[int, Decimal]]
    customers: int
    new_customers: int
    orders: int
    products: Sequence[Mapping[str, object]]
    people: Sequence[Buyer] = ()

    @property
    def gross(self) -> Decimal:
        """Gross value of the orders."""
        return sum((gross for _, gross in self.days.values()), Decimal(0))


@dataclass(frozen=True, slots=True)
class Variation:
    """One variation of a campaign's message."""

    message_id: str
    id: str
    name: str
    message: str
    subject: str
    preview: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class CampaignDetail:
    """One campaign, over all of its life."""

    id: str
    name: str
    channel: str
    status: str
    sent_on: date | None
    sent_at: datetime | None
    tags: tuple[str, ...]
    variations: tuple[Variation, ...]
    bought: Bought

    @property
    def counts(self) -> Counts:
        """All of its variations."""
        return total(each.counts for each in self.variations)

    def tests(self) -> list[tuple[list[Variation], VariationTest | None, VariationTest | None]]:
        """Each message of several variations: which has the most clicks, and which the most buyers, of delivered."""
        messages: dict[str, list[Variation]] = {}
        for each in self.variations:
            messages.setdefault(each.message_id, []).append(each)
        return [(own, _tested(own, "clicks"), _tested(own, "converted")) for own in messages.values() if len(own) > 1]


@dataclass(frozen=True, slots=True)
class VariationTest:
    """The better of a message's variations by one count of delivered, and whether that is more than chance."""

    best: Variation
    next_best: Variation
    own: float
    other: float
    found: Winner


def _tested(variations: Sequence[Variation], name: str) -> VariationTest | None:
    counts = [(float(getattr(v.counts, name) or 0), float(v.counts.delivered or 0)) for v in variations]
    found = winner(counts)
    if found is None:
        return None
    best, against = variations[found.place], variations[found.against]
    (a, n), (b, m) = counts[found.place], counts[found.against]
    return VariationTest(best, against, a / n * 100, b / m * 100, found)


@dataclass(frozen=True, slots=True)
class FlowMessage:
    """One message of a flow in its place; position None where it is not known any more. weeks: value of thirteen weeks,
    the last one last; empty without a send in them. before: recipients of the last one of its channel before it, None
    for the first."""

    id: str
    name: str
    position: int | None
    channel: str
    subject: str
    status: str
    counts: Counts
    weeks: tuple[Decimal, ...] = ()
    before: int | None = None

    @property
    def drop_off(self) -> float | None:
        """Recipients lost since the last message of its channel in per cent; below 0 where it has more."""
        part = rate(self.counts.recipients, self.before)
        return None if part is None else 100 - part


@dataclass(frozen=True, slots=True)
class FlowDetail:
    """One flow in a period. days: recipients and value by send date."""

    id: str
    name: str
    status: str
    trigger: str
    archived: bool
    tags: tuple[str, ...]
    messages: tuple[FlowMessage, ...]
    days: Mapping[date, tuple[int, Decimal]]
    bought: Bought

    @property
    def counts(self) -> Counts:
        """All of its messages."""
        return total(each.counts for each in self.messages)


def in_places(messages: Sequence[FlowMessage]) -> tuple[FlowMessage, ...]:
    """The messages by place, each with the recipients of the last one of its channel before it: who can be sent a
    text is not who can be sent an e-mail. Those without a place stand at the end."""
    held = sorted(messages, key=lambda each: (each.position is None, each.position or 0, each.id))
    found: list[FlowMessage] = []
    before: dict[str, int | None] = {}
    for each in held:
        placed = each.position is not None
        found.append(
            FlowMessage(
                each.id, each.name, each.position, each.channel, each.subject, each.status, each.counts, each.weeks,
                before.get(each.channel) if placed else None,
            )
        )  # fmt: skip
        if placed:
            before[each.channel] = None if each.counts.recipients is None else int(each.counts.recipients)
    return tuple(found)
