"""The engagement page's figures: Klaviyo's statistics, what orders say, and the names that go with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from operator import itemgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

from analytics.campaign_standing import usual_of
from analytics.deliverability import TREND_DAYS
from analytics.engagement import (
    UNOPENABLE,
    Campaign,
    Counts,
    EngagementFigures,
    Key,
    Legacy,
    Sends,
    Won,
    compared_days,
    total,
    whole_days,
    year_before,
)
from analytics.periods import ONE_DAY, Comparison, Grain, Period, bucket_of, day_start, grain_of
from data_access.queries.engagement_people import Sent, by_people, people_of
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores

# So many days that fourteen can be summed up to each of the last fourteen.
RECENT_DAYS = 2 * TREND_DAYS - 1
Row = Mapping[str, Any]
Columns = Mapping[str, Sequence[Any]]
_COUNTED: Final = (
    "recipients", "delivered", "bounced", "failed", "opens", "clicks", "converted", "conversions", "unsubscribed",
    "complaints", "credits",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EngagementQuery:
    """What the page asks for. as_of: the day up to which data are known and that is not over, None: all days are.

    this_until: UTC instant before which orders of the period count, None: no limit. machines: opens by machines and
    clicks by bots are in, as in Klaviyo's reports.
    """

    period: Period
    comparison: Comparison | None
    zone: str
    first_weekday: int
    as_of: date | None = None
    this_until: datetime | None = None
    machines: bool = False

    @property
    def grain(self) -> Grain:
        """Width of one point of the series."""
        return grain_of(self.period)

    @property
    def whole(self) -> Period | None:
        """The days of the period that are over."""
        return whole_days(self.period, self.as_of)

    @property
    def last_whole(self) -> date:
        """The last day that is over, in the period or behind it."""
        return self.period.end if self.as_of is None else self.as_of - ONE_DAY


@repeatable
def engagement(stores: Stores, scope: Scope, account: str, asked: EngagementQuery) -> EngagementFigures:
    """All figures of the engagement page. Raises NotPermitted, StoreError."""
    scope.require(Right.VIEW, account)
    period, year = asked.period, min(year_before(asked.period.end), asked.period.start)
    with scoped_read(stores.warehouse, scope, account) as session:
        history = session.rows("read/engagement/history")[0]
        other = comparable(asked, history["first_day"])
        days: dict[str, date | None] = {
            "start": period.start,
            "end": period.end,
            "compared_start": other.start if other else None,
            "compared_end": other.end if other else None,
            "recent_start": asked.last_whole - timedelta(days=RECENT_DAYS - 1),
            "recent_end": asked.last_whole,
        }
        sends = session.columns("read/engagement/sends", **days)
        campaigns = session.columns("read/engagement/campaigns", start=year, end=period.end)
        won = session.rows(
            "read/engagement/attributed", start=period.start, end=period.end, this_until=asked.this_until
        )
    since = day_start(year - ONE_DAY, ZoneInfo(asked.zone))
    with scoped_read(stores.operational, scope, account) as session:
        facts = {id: fact for id, *fact in session.tuples("read/engagement/campaign_facts", since=since)}
        subjects: dict[str, list[str]] = {}
        for id, subject in session.tuples("read/engagement/subjects", since=since):
            subjects.setdefault(id, []).append(subject)
        legacy = session.rows("read/engagement/legacy")
        people, by_campaign = people_of(session, days, year) if not asked.machines else (None, {})
    keys = zip(sends["kind"], sends["channel"], strict=True)
    sent = sorted(zip(sends["date"], keys, counts_by_row(sends), strict=True), key=itemgetter(0, 1))
    if people is not None:
        sent = by_people(sent, people)
    by_mail = zip(campaigns["campaign_id"], campaigns["channel"], campaigns["delivered"], strict=True)
    told = {id for id, channel, delivered in by_mail if channel == "email" and delivered}
    own = by_campaign if told <= by_campaign.keys() else {}
    known = _campaigns(campaigns, facts, subjects, own)
    year_of_it = year_before(period.end)
    return EngagementFigures(
        this=_sends(sent, period, asked),
        whole=_sends(sent, asked.whole, asked),
        compared=_sends(sent, other, asked, by_day=True) if other else None,
        recent=_recent(sent, asked.last_whole),
        campaigns=tuple(campaign for campaign in known if campaign.sent_on >= period.start),
        usual=usual_of((campaign for campaign in known if campaign.sent_on >= year_of_it), ZoneInfo(asked.zone)),
        won={
            (row["kind"], row["channel"]): Won(int(row["orders"]), row["gross"], row["earlier"])
            for row in sorted(won, key=lambda row: (row["kind"], row["channel"]))
        },
        first_day=history["first_day"],
        known=bool(history["known"]),
        legacy=tuple(map(_legacy, legacy)),
        people=people is not None,
        campaigns_people=bool(own),
    )


def comparable(asked: EngagementQuery, first_day: date | None) -> Period | None:
    """What is compared: nothing where it begins before the first day with a statistic, which is not known to be 0."""
    other = compared_days(asked.comparison, asked.period, asked.whole)
    return None if other is None or first_day is None or other.start < first_day else other


def counts_of(row: Row) -> Counts:
    """The counts of a row of statistics that names its channel."""
    return counts_by_row({name: (row[name],) for name in ("channel", "value", "spend", *_COUNTED)})[0]


def counts_by_row(told: Columns) -> list[Counts]:
    """The same of many rows, given by column."""
    whole = [[None if count is None else round(count) for count in told[name]] for name in _COUNTED]
    found = []
    for channel, value, spend, held in zip(
        told["channel"], told["value"], told["spend"], zip(*whole, strict=True), strict=True
    ):
        recipients, delivered, bounced, failed, opens, clicks, converted, conversions, gone, complaints, credits = held
        sent = (recipients, delivered, bounced, failed)
        came = (clicks, converted, conversions, value, gone, complaints)
        if channel in UNOPENABLE:
            found.append(Counts(*sent, None, None, *came, spend, credits))
        else:
            found.append(Counts(*sent, delivered, opens, *came, None, None))
    return found


def rounded(value: float | None) -> int | None:
    """A count that the warehouse holds as a float."""
    return None if value is None else round(value)


def _sends(sent: Sequence[Sent], days: Period | None, asked: EngagementQuery, *, by_day: bool = False) -> Sends:
    """What was sent on some days; by_day: each day is a bucket, to be laid under those of another period."""
    if days is None:
        return Sends()
    groups: dict[Key, list[Counts]] = {}
    buckets: dict[date, dict[Key, list[Counts]]] = {}
    for day, key, counts in sent:
        if not days.start <= day <= days.end:
            continue
        groups.setdefault(key, []).append(counts)
        start = day if by_day else bucket_of(day, asked.grain, asked.first_weekday)
        buckets.setdefault(start, {}).setdefault(key, []).append(counts)
    return Sends(
        {key: total(held) for key, held in groups.items()},
        {start: {key: total(held) for key, held in own.items()} for start, own in buckets.items()},
    )


def _recent(sent: Iterable[Sent], last: date) -> dict[date, Counts]:
    """E-mail of the last days that are over, by day."""
    found: dict[date, list[Counts]] = {}
    for day, (_, channel), counts in sent:
        if channel == "email" and last - timedelta(days=RECENT_DAYS) < day <= last:
            found.setdefault(day, []).append(counts)
    return {day: total(held) for day, held in found.items()}


def _campaigns(
    told: Columns,
    facts: Mapping[str, Sequence[Any]],
    subjects: Mapping[str, Sequence[str]],
    people: Mapping[str, tuple[int, int]],
) -> tuple[Campaign, ...]:
    """Campaigns with their facts (name, moment of sending, tags); people: who opened and clicked e-mail, in place of
    what reports say."""
    found = []
    rows = zip(told["campaign_id"], told["name"], told["channel"], told["sent_on"], counts_by_row(told), strict=True)
    for id, own, channel, sent_on, counts in rows:
        name, sent_at, tags = facts.get(id, (None, None, None))
        if channel == "email" and id in people:
            opens, clicks = people[id]
            counts = counts._replace(opens=opens, clicks=clicks)
        held = tuple(dict.fromkeys(subjects.get(id, ())))
        found.append(Campaign(id, own or name or id, channel, sent_on, counts, sent_at, tuple(tags or ()), held))
    return tuple(found)


def _legacy(row: Row) -> Legacy:
    told = json.loads(row["statistics"] or "{}", parse_float=Decimal, parse_int=Decimal)
    return Legacy(
        campaign_id=row["campaign_id"],
        message_id=row["campaign_message_id"],
        channel=row["send_channel"] or "",
        name=row["campaign_name"] or row["campaign_id"],
        subject=row["subject"] or "",
        tags=tuple(row["tag_names"] or ()),
        statistics={name: _number(value) for name, value in told.items()},
        updated_at=row["updated_at"],
    )


def _number(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
