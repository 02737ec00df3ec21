"""Opens and clicks of people, machines and bots left out: what stands in for those of Klaviyo's reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from analytics.engagement import Counts, Key
from data_access.scoped import ScopedSession

Row = Mapping[str, Any]
Sent = tuple[date, Key, Counts]


def people_of(
    session: ScopedSession, days: Mapping[str, date | None], year: date
) -> tuple[Sequence[Row] | None, dict[str, tuple[int, int]]]:
    """People who opened and clicked e-mail by day of sending, and by campaign since `year`.

    days: start, end and the spans beside them. None and nothing where events do not reach back to the first day that is
    looked at: figures with machines are never set against others without.
    """
    first = session.rows("read/engagement/first_event")[0]["first_day"]
    start = min(day for name, day in days.items() if day is not None and name in ("start", "compared_start"))
    if first is None or first > start:
        return None, {}
    campaigns = session.rows("read/engagement/people_campaigns", since=year)
    return session.rows("read/engagement/people_sends", **days), {
        row["campaign_id"]: (int(row["opens"]), int(row["clicks"])) for row in campaigns
    }


def by_people(sent: Iterable[Sent], people: Iterable[Row]) -> list[Sent]:
    """The same sends in order of days, opens and clicks of e-mail those of people."""
    reports = [
        (day, key, counts._replace(opens=0, clicks=0) if key[1] == "email" and counts.delivered else counts)
        for day, key, counts in sent
    ]
    events = [
        (row["date"], (row["kind"], "email"), Counts(opens=int(row["opens"]), clicks=int(row["clicks"])))
        for row in people
    ]
    return sorted([*reports, *events], key=lambda each: each[:2])
