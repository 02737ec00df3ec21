"""What events tell of messages that reports do not: people apart from machines, mailboxes, how many a week people get.

Counts are events by the account's days; rates are per cent of what was received or sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from analytics.engagement import rate

# A mailbox domain with fewer messages than this in the period stands among the others: its rates would be chance, and
# a domain of one person would tell who that is.
FEWEST_MESSAGES: Final = 100
MOST_DOMAINS: Final = 12


class EventCounts(NamedTuple):
    """Events of messages. openers, clickers: people, each once a day and message; machines and bots are out of them."""

    received: int = 0
    opened: int = 0
    machine_opened: int = 0
    openers: int = 0
    clicked: int = 0
    bot_clicked: int = 0
    clickers: int = 0
    bounced: int = 0
    unsubscribed: int = 0
    marked_spam: int = 0

    def plus(self, other: EventCounts) -> EventCounts:
        """The counts of both."""
        return EventCounts._make(a + b for a, b in zip(self, other, strict=True))

    @property
    def sent(self) -> int:
        """Received and bounced."""
        return self.received + self.bounced

    @property
    def bounce_rate(self) -> float | None:
        """Bounced / (received + bounced) × 100."""
        return rate(self.bounced, self.sent)

    @property
    def complaint_rate(self) -> float | None:
        """Marked as spam / received × 100."""
        return rate(self.marked_spam, self.received)

    @property
    def unsubscribe_rate(self) -> float | None:
        """Unsubscribed / received × 100."""
        return rate(self.unsubscribed, self.received)

    @property
    def open_rate(self) -> float | None:
        """People who opened / received × 100."""
        return rate(self.openers, self.received)

    @property
    def click_rate(self) -> float | None:
        """People who clicked / received × 100."""
        return rate(self.clickers, self.received)

    @property
    def machine_share(self) -> float | None:
        """Opens by machines / all opens × 100."""
        return rate(self.machine_opened, self.opened)


class Mailbox(NamedTuple):
    """A mailbox domain and its counts; '' for the small ones and those that are not known, together."""

    domain: str
    counts: EventCounts


def mailboxes(found: Iterable[Mailbox]) -> list[Mailbox]:
    """The largest domains, most messages first; the rest, and those of few messages, as one at the end."""
    held = sorted(found, key=lambda each: (-each.counts.sent, each.domain))
    named = [each for each in held if each.domain and each.counts.sent >= FEWEST_MESSAGES][:MOST_DOMAINS]
    kept = {each.domain for each in named}
    rest = EventCounts()
    for each in held:
        if each.domain not in kept:
            rest = rest.plus(each.counts)
    return [*named, Mailbox("", rest)] if any(rest) else named


@dataclass(frozen=True, slots=True)
class Contacts:
    """How many messages people got a week: profiles by number of messages, added up over whole weeks."""

    weeks: int
    by_number: Mapping[int, int]

    @property
    def profiles(self) -> int:
        """Profiles that got a message, each once a week."""
        return sum(self.by_number.values())

    @property
    def mean(self) -> float | None:
        """Messages per profile that got one, and week."""
        sent = sum(number * profiles for number, profiles in self.by_number.items())
        return sent / self.profiles if self.profiles else None

    def shares(self, most: int) -> list[tuple[int, float]]:
        """Per cent of profiles by number of messages, 1 to `most`; the last takes in all that got more."""
        found = [0] * most
        for number, profiles in self.by_number.items():
            found[min(number, most) - 1] += profiles
        return [(place, rate(profiles, self.profiles) or 0.0) for place, profiles in enumerate(found, 1)]


@dataclass(frozen=True, slots=True)
class Reachable:
    """Profiles that may be sent marketing on a channel now, and those of them who reacted lately."""

    profiles: int
    engaged: int

    @property
    def engaged_share(self) -> float | None:
        """Engaged / reachable, per cent."""
        return rate(self.engaged, self.profiles)


@dataclass(frozen=True, slots=True)
class Reach:
    """E-mail by mailbox and messages a week by channel ('' all of them together), in a period; who may be sent
    messages now, by channel, and since which day a reaction makes engaged."""

    mailboxes: Sequence[Mailbox]
    contacts: Mapping[str, Contacts]
    reachable: Mapping[str, Reachable] = field(default_factory=dict)
    engaged_since: date | None = None


@dataclass(frozen=True, slots=True)
class Reactions:
    """Events of one campaign by day from the day of sending on; what all of its messages add up to."""

    days: Mapping[date, EventCounts] = field(default_factory=dict)

    @property
    def total(self) -> EventCounts:
        """All days."""
        found = EventCounts()
        for counts in self.days.values():
            found = found.plus(counts)
        return found
