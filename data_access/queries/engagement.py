"""The engagement page's figures: Klaviyo's statistics, what orders say, and the names that go with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from analytics.campaign_standing import usual_of
from analytics.deliverability import TREND_DAYS
from analytics.engagement import (
    NOTHING,
    UNOPENABLE,
    Campaign,
    Counts,
    EngagementFigures,
    Flow,
    Form,
    FormCounts,
    FormVersion,
    Key,
    Legacy,
    MailingList,
    Segment,
    SegmentDay,
    Sends,
    Won,
    compared_days,
    segment_of,
    whole_days,
    year_before,
)
from analytics.periods import ONE_DAY, Comparison, Grain, Period, bucket_of, day_start, grain_of
from analytics.subject_lines import traits
from data_access.queries.engagement_people import Sent, by_people, people_of
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import ScopedSession, scoped_read
from data_access.stores import Stores

WEEKS = 13
# So many days that fourteen can be summed up to each of the last fourteen.
RECENT_DAYS = 2 * TREND_DAYS - 1
# Points of a segment's line, about.
SIZES = 40
Row = Mapping[str, Any]


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
def segment_days(stores: Stores, scope: Scope, account: str, period: Period) -> Sequence[Row]:
    """Every segment and day of a period: for the export. Raises NotPermitted, StoreError."""
    scope.require(Right.EXPORT, account)
    with scoped_read(stores.warehouse, scope, account) as session:
        return session.rows("read/engagement/segment_days", start=period.start, end=period.end)


@repeatable
def engagement(stores: Stores, scope: Scope, account: str, asked: EngagementQuery) -> EngagementFigures:
    """All figures of the engagement page. Raises NotPermitted, StoreError."""
    period, year = asked.period, min(year_before(asked.period.end), asked.period.start)
    with scoped_read(stores.warehouse, scope, account) as session:
        history = session.rows("read/engagement/history")[0]
        other = _comparable(asked, history["first_day"])
        days: dict[str, date | None] = {
            "start": period.start,
            "end": period.end,
            "compared_start": other.start if other else None,
            "compared_end": other.end if other else None,
            "recent_start": asked.last_whole - timedelta(days=RECENT_DAYS - 1),
            "recent_end": asked.last_whole,
        }
        sends = session.rows("read/engagement/sends", **days)
        campaigns = session.rows("read/engagement/campaigns", start=year, end=period.end)
        flows = _thrice(session, "read/engagement/flows", asked, other)
        weeks = session.rows(
            "read/engagement/flow_weeks", weeks_start=period.end - timedelta(days=7 * WEEKS - 1), end=period.end
        )
        forms = _thrice(session, "read/engagement/forms", asked, other)
        versions = session.rows("read/engagement/form_versions", start=period.start, end=period.end)
        segments = session.rows("read/engagement/segments", start=period.start, end=period.end)
        sizes = session.rows(
            "read/engagement/segment_sizes", start=period.start, end=period.end, every=-(-period.days // SIZES)
        )
        won = session.rows(
            "read/engagement/attributed", start=period.start, end=period.end, this_until=asked.this_until
        )
    since = day_start(year - ONE_DAY, ZoneInfo(asked.zone))
    with scoped_read(stores.operational, scope, account) as session:
        facts = {row["campaign_id"]: row for row in session.rows("read/engagement/campaign_facts", since=since)}
        subjects: dict[str, list[str]] = {}
        for row in session.rows("read/engagement/subjects", since=since):
            subjects.setdefault(row["campaign_id"], []).append(row["subject"])
        flow_facts = session.rows("read/engagement/flow_facts")
        form_facts = session.rows("read/engagement/form_facts")
        lists = session.rows("read/engagement/lists")
        legacy = session.rows("read/engagement/legacy")
        people, by_campaign = people_of(session, days, year) if not asked.machines else (None, {})
    sent = [
        (row["date"], (row["kind"], row["channel"]), counts_of(row))
        for row in sorted(sends, key=lambda row: (row["date"], row["kind"], row["channel"]))
    ]
    if people is not None:
        sent = by_people(sent, people)
    told = {row["campaign_id"] for row in campaigns if row["channel"] == "email" and row["delivered"]}
    own = by_campaign if told <= by_campaign.keys() else {}
    known = tuple(_campaign(row, facts.get(row["campaign_id"]), subjects, own) for row in campaigns)
    return EngagementFigures(
        this=_sends(sent, period, asked),
        whole=_sends(sent, asked.whole, asked),
        compared=_sends(sent, other, asked, by_day=True) if other else None,
        recent=_recent(sent, asked.last_whole),
        campaigns=tuple(campaign for campaign in known if campaign.sent_on >= period.start),
        usual=usual_of(
            (campaign for campaign in known if campaign.sent_on >= year_before(period.end)), ZoneInfo(asked.zone)
        ),
        flows=_flows(flow_facts, flows, weeks),
        forms=_forms(form_facts, forms, versions, compared=other is not None),
        segments=_segments(segments, sizes, lists),
        lists=tuple(
            MailingList(row["id"], row["name"] or row["id"], row["opt_in_process"] or "", row["created_at"])
            for row in lists
            if row["kind"] == "list"
        ),
        won={
            (row["kind"], row["channel"]): Won(int(row["orders"]), row["gross"], row["earlier"])
            for row in sorted(won, key=lambda row: (row["kind"], row["channel"]))
        },
        first_day=history["first_day"],
        known=bool(history["known"]),
        legacy=tuple(map(_legacy, legacy)),
        people=people is not None,
        campaigns_people=bool(own),
        subjects=traits(campaign for campaign in known if campaign.sent_on >= year_before(period.end)),
    )


def _comparable(asked: EngagementQuery, first_day: date | None) -> Period | None:
    """What is compared: nothing where it begins before the first day with a statistic, which is not known to be 0."""
    other = compared_days(asked.comparison, asked.whole)
    return None if other is None or first_day is None or other.start < first_day else other


def _thrice(
    session: ScopedSession, name: str, asked: EngagementQuery, other: Period | None
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """A statement's rows of the period's days that are over, of its others, and of those compared with."""

    def rows(days: Period | None) -> list[dict[str, Any]]:
        return session.rows(name, start=days.start, end=days.end) if days is not None else []

    whole, period = asked.whole, asked.period
    if whole is None:
        return [], rows(period), []
    rest = Period(whole.end + ONE_DAY, period.end) if whole.end < period.end else None
    return rows(whole), rows(rest), rows(other)


def counts_of(row: Row) -> Counts:
    """The counts of a row of statistics that names its channel."""
    delivered = _whole(row["delivered"])
    return Counts(
        recipients=_whole(row["recipients"]),
        delivered=delivered,
        bounced=_whole(row["bounced"]),
        failed=_whole(row["failed"]),
        openable=None if row["channel"] in UNOPENABLE else delivered,
        opens=None if row["channel"] in UNOPENABLE else _whole(row["opens"]),
        clicks=_whole(row["clicks"]),
        converted=_whole(row["converted"]),
        conversions=_whole(row["conversions"]),
        value=row["value"],
        unsubscribed=_whole(row["unsubscribed"]),
        complaints=_whole(row["complaints"]),
        spend=row["spend"] if row["channel"] in UNOPENABLE else None,
        credits=_whole(row["credits"]) if row["channel"] in UNOPENABLE else None,
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _sends(sent: Sequence[Sent], days: Period | None, asked: EngagementQuery, *, by_day: bool = False) -> Sends:
    """What was sent on some days; by_day: each day is a bucket, to be laid under those of another period."""
    if days is None:
        return Sends()
    groups: dict[Key, Counts] = {}
    buckets: dict[date, dict[Key, Counts]] = {}
    for day, key, counts in sent:
        if not days.start <= day <= days.end:
            continue
        groups[key] = groups.get(key, NOTHING).plus(counts)
        start = day if by_day else bucket_of(day, asked.grain, asked.first_weekday)
        own = buckets.setdefault(start, {})
        own[key] = own.get(key, NOTHING).plus(counts)
    return Sends(groups, buckets)


def _recent(sent: Iterable[Sent], last: date) -> dict[date, Counts]:
    """E-mail of the last days that are over, by day."""
    found: dict[date, Counts] = {}
    for day, (_, channel), counts in sent:
        if channel == "email" and last - timedelta(days=RECENT_DAYS) < day <= last:
            found[day] = found.get(day, NOTHING).plus(counts)
    return found


def _campaign(
    row: Row, fact: Row | None, subjects: Mapping[str, Sequence[str]], people: Mapping[str, tuple[int, int]]
) -> Campaign:
    id, counts = row["campaign_id"], counts_of(row)
    if id in people and row["channel"] == "email":
        opens, clicks = people[id]
        counts = counts._replace(opens=opens, clicks=clicks)
    return Campaign(
        id=id,
        name=row["name"] or (fact["name"] if fact else None) or id,
        channel=row["channel"],
        sent_on=row["sent_on"],
        counts=counts,
        sent_at=fact["sent_at"] if fact else None,
        tags=tuple(fact["tags"] or ()) if fact else (),
        subjects=tuple(dict.fromkeys(subjects.get(id, ()))),
    )


def _flows(
    facts: Iterable[Row], told: tuple[Sequence[Row], Sequence[Row], Sequence[Row]], weeks: Iterable[Row]
) -> tuple[Flow, ...]:
    """Flows that sent something in the period or before it, or could, by id."""
    known = {row["flow_id"]: row for row in facts}
    names: dict[str, str] = {}
    spans: list[dict[str, dict[str, Counts]]] = []
    for rows in told:
        own: dict[str, dict[str, Counts]] = {}
        for row in sorted(rows, key=lambda row: (row["flow_id"], row["channel"])):
            own.setdefault(row["flow_id"], {})[row["channel"]] = counts_of(row)
            names.setdefault(row["flow_id"], row["name"] or row["flow_id"])
        spans.append(own)
    trends: dict[str, dict[str, list[Decimal]]] = {}
    for row in weeks:
        values = trends.setdefault(row["flow_id"], {}).setdefault(row["channel"], [Decimal(0)] * WEEKS)
        values[WEEKS - 1 - row["week"]] += row["value"] or 0
    found = []
    for id in sorted(known.keys() | names.keys()):
        fact = known.get(id)
        found.append(
            Flow(
                id=id,
                name=(fact["name"] if fact else None) or names.get(id, id),
                status=(fact["status"] if fact else None) or "",
                trigger=(fact["trigger_type"] if fact else None) or "",
                archived=bool(fact["archived"]) if fact else False,
                this={
                    channel: spans[0].get(id, {}).get(channel, NOTHING).plus(spans[1].get(id, {}).get(channel, NOTHING))
                    for channel in sorted(spans[0].get(id, {}).keys() | spans[1].get(id, {}).keys())
                },
                whole=spans[0].get(id, {}),
                compared=spans[2].get(id, {}),
                weeks=trends.get(id, {}),
                tags=tuple(fact["tags"] or ()) if fact else (),
            )
        )
    return tuple(found)


def _forms(
    facts: Sequence[Row],
    told: tuple[Sequence[Row], Sequence[Row], Sequence[Row]],
    versions: Iterable[Row],
    *,
    compared: bool,
) -> tuple[Form, ...]:
    whole, rest, other = ({row["form_id"]: row for row in rows} for rows in told)
    this = {id: form_counts(whole.get(id)).plus(form_counts(rest.get(id))) for id in whole.keys() | rest.keys()}
    names = {id: row["name"] for id, row in (rest | whole).items()}
    about = {(row["form_id"], row["form_version_id"]): row for row in facts}
    own: dict[str, list[FormVersion]] = {}
    for row in sorted(versions, key=lambda row: (row["form_id"], row["form_version_id"])):
        fact = about.get((row["form_id"], row["form_version_id"]))
        own.setdefault(row["form_id"], []).append(
            FormVersion(
                id=row["form_version_id"],
                variation=fact["variation"] if fact else "",
                kind=fact["form_type"] if fact else "",
                status=fact["version_status"] if fact else "",
                counts=form_counts(row),
                step_viewers=_whole(row["step_viewers"]),
                closed=_whole(row["closed"]),
                step_views=_whole(row["step_views"]),
                step_submits=_whole(row["step_submits"]),
            )
        )
    named = {row["form_id"]: row for row in facts}
    found = [
        Form(
            id=id,
            name=(named[id]["name"] if id in named else None) or names.get(id) or id,
            status=(named[id]["status"] if id in named else None) or "",
            this=this.get(id, FormCounts()),
            whole=form_counts(whole.get(id)),
            compared=form_counts(other[id]) if compared and id in other else None,
            versions=tuple(own.get(id, ())),
        )
        for id in sorted(named.keys() | this.keys())
    ]
    return tuple(sorted(found, key=lambda form: -(form.this.viewers or 0)))


def form_counts(row: Row | None) -> FormCounts:
    """The counts of a row; none without one."""
    if row is None:
        return FormCounts()
    names = ("views", "viewers", "submits", "submitters", "qualified")
    return FormCounts(*(_whole(row.get(name)) for name in names))


def _segments(rows: Iterable[Row], sizes: Iterable[Row], facts: Iterable[Row]) -> tuple[Segment, ...]:
    """Segments with a statistic in the period, the largest first."""
    active = {row["id"]: row["active"] for row in facts if row["kind"] == "segment"}
    days: dict[str, list[SegmentDay]] = {}
    for row in sizes:
        days.setdefault(row["segment_id"], []).append((row["day"], row["members"], row["joined"], row["gone"]))
    found = []
    for row in rows:
        id = row["segment_id"]
        moves = (row["joined"], row["gone"])
        found.append(segment_of(id, row["name"] or id, active.get(id), moves, days.get(id, [])))
    return tuple(sorted(found, key=lambda segment: (-(segment.members or 0), segment.name, segment.id)))


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
