"""What events tell of messages: by mailbox, by how many a week people get, and of one campaign day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analytics.account import DEFAULT_ENGAGED_DAYS
from analytics.engagement_events import Contacts, EventCounts, Mailbox, Reach, Reachable, Reactions, mailboxes
from analytics.periods import Period
from data_access.queries.engagement import Row
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class ReachQuery:
    """E-mail of one kind ('campaign', 'flow'; '' both) sent in a period. last_whole: the last day that is over;
    engaged_days: so many days up to it, with it, a reaction makes engaged."""

    period: Period
    kind: str
    last_whole: date
    engaged_days: int = DEFAULT_ENGAGED_DAYS

    @property
    def engaged_since(self) -> date:
        """The first of these days."""
        return self.last_whole - timedelta(days=self.engaged_days - 1)


@repeatable
def reach(stores: Stores, scope: Scope, account: str, asked: ReachQuery) -> Reach:
    """By mailbox, messages a week, of weeks that end in the period, and who may be sent messages.

    Raises NotPermitted, StoreError.
    """
    scope.require(Right.VIEW, account)
    start, end = asked.period.start, min(asked.period.end, asked.last_whole)
    with scoped_read(stores.operational, scope, account) as session:
        found = session.rows("read/engagement/mailboxes", start=start, end=asked.period.end, kind=asked.kind)
        told = session.rows("read/engagement/contact_weeks", start=start, end=end)
        people = session.rows("read/engagement/reachable", since=asked.engaged_since)
    numbers: dict[str, dict[int, int]] = {}
    for row in sorted(told, key=lambda row: (row["channel"], row["messages"])):
        numbers.setdefault(row["channel"], {})[int(row["messages"])] = int(row["profiles"])
    weeks = max(0, (end - _first_sunday(start)).days // 7 + 1)
    return Reach(
        mailboxes([Mailbox(row["domain"], event_counts(row)) for row in found]),
        {channel: Contacts(weeks, own) for channel, own in numbers.items()},
        {row["channel"]: Reachable(int(row["reachable"]), int(row["engaged"])) for row in people},
        asked.engaged_since,
    )


@repeatable
def campaign_reactions(stores: Stores, scope: Scope, account: str, campaign: str) -> Reactions:
    """One campaign's events by day, none where events tell nothing of it. Raises NotPermitted, StoreError."""
    with scoped_read(stores.operational, scope, account) as session:
        rows = session.rows("read/engagement/campaign_events", campaign=campaign)
    return Reactions({row["date"]: event_counts(row) for row in rows})


def event_counts(row: Row) -> EventCounts:
    """The counts of a row."""
    return EventCounts(*(int(row[name] or 0) for name in EventCounts._fields))


def _first_sunday(day: date) -> date:
    return day + timedelta(days=6 - day.weekday())
