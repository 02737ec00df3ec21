"""The tables behind the engagement page's figures, each read when it is shown: flows, forms, segments and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any

from analytics.engagement import (
    NOTHING,
    Audiences,
    Counts,
    Flow,
    Form,
    FormCounts,
    FormVersion,
    MailingList,
    Segment,
    SegmentDay,
    segment_of,
)
from analytics.periods import ONE_DAY, Period
from data_access.queries.engagement import EngagementQuery, Row, comparable, counts_by_row, rounded
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import ScopedSession, scoped_read
from data_access.stores import Stores

WEEKS = 13
# Points of a segment's line, about.
SIZES = 40
# Rows of the period's days that are over, of its others, and of those compared with.
Thrice = tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]
# A flow, its channel, its name, and what it sent.
Sent = tuple[str, str, str | None, Counts]


@dataclass(frozen=True, slots=True)
class BehindQuery:
    """What a table asks for. whole: the period's days that are over, None where none is; other: those that they are
    compared with, None without."""

    period: Period
    whole: Period | None
    other: Period | None


def behind(asked: EngagementQuery, first_day: date | None) -> BehindQuery:
    """The same days as the figures above it; first_day: as `EngagementFigures`."""
    return BehindQuery(asked.period, asked.whole, comparable(asked, first_day))


@repeatable
def flows(stores: Stores, scope: Scope, account: str, asked: BehindQuery) -> tuple[Flow, ...]:
    """Flows that sent something in the period or before it, or could, by id. Raises NotPermitted, StoreError."""
    end = asked.period.end
    with scoped_read(stores.warehouse, scope, account) as session:
        told = _sent_by_flows(session, asked)
        weeks = session.tuples("read/engagement/flow_weeks", weeks_start=end - timedelta(days=7 * WEEKS - 1), end=end)
    with scoped_read(stores.operational, scope, account) as session:
        facts = session.rows("read/engagement/flow_facts")
    return _flows(facts, told, weeks)


@repeatable
def forms(stores: Stores, scope: Scope, account: str, asked: BehindQuery) -> tuple[Form, ...]:
    """Forms with their versions, those that most people saw first. Raises NotPermitted, StoreError."""
    with scoped_read(stores.warehouse, scope, account) as session:
        told = _thrice(session, "read/engagement/forms", asked)
        versions = session.rows("read/engagement/form_versions", start=asked.period.start, end=asked.period.end)
    with scoped_read(stores.operational, scope, account) as session:
        facts = session.rows("read/engagement/form_facts")
    return _forms(facts, told, versions, compared=asked.other is not None)


@repeatable
def audiences(stores: Stores, scope: Scope, account: str, period: Period) -> Audiences:
    """Segments with a statistic in the period, and lists; the largest first. Raises NotPermitted, StoreError."""
    days: dict[str, Any] = {"start": period.start, "end": period.end}
    every = -(-period.days // SIZES)
    with scoped_read(stores.warehouse, scope, account) as session:
        moves = session.rows("read/engagement/segments", **days)
        sizes = session.rows("read/engagement/segment_sizes", **days, every=every)
    with scoped_read(stores.operational, scope, account) as session:
        facts = session.rows("read/engagement/lists")
        told = session.rows("read/engagement/list_sizes", **days, every=every)
    return Audiences(_segments(moves, sizes, facts), _lists(facts, told))


@repeatable
def segment_days(stores: Stores, scope: Scope, account: str, period: Period) -> Sequence[Row]:
    """Every segment and day of a period: for the export. Raises NotPermitted, StoreError."""
    scope.require(Right.EXPORT, account)
    with scoped_read(stores.warehouse, scope, account) as session:
        return session.rows("read/engagement/segment_days", start=period.start, end=period.end)


@repeatable
def list_days(stores: Stores, scope: Scope, account: str, period: Period) -> Sequence[Row]:
    """Every list and day of a period with its size: for the export. Raises NotPermitted, StoreError."""
    scope.require(Right.EXPORT, account)
    with scoped_read(stores.operational, scope, account) as session:
        return session.rows("read/engagement/list_days", start=period.start, end=period.end)


def _sent_by_flows(session: ScopedSession, asked: BehindQuery) -> dict[str, list[Sent]]:
    """What each flow sent in the period's days that are over ('whole'), in its others ('rest'), and in those compared
    with ('other')."""
    whole, period = asked.whole, asked.period
    other = asked.other if whole is not None else None
    # A day counts once in a statement: days of the period that it is compared with, too, are asked for by themselves.
    apart = other if other is not None and other.end < period.start else None
    told = _by_span(
        session,
        start=period.start,
        end=period.end,
        whole_end=whole.end if whole is not None else period.start - ONE_DAY,
        other_start=apart.start if apart else None,
        other_end=apart.end if apart else None,
    )
    if other is not None and apart is None:
        own = _by_span(session, start=other.start, end=other.end, whole_end=other.end, other_start=None, other_end=None)
        told["other"] = own["whole"]
    return told


def _by_span(session: ScopedSession, **days: date | None) -> dict[str, list[Sent]]:
    rows = session.columns("read/engagement/flows", **days)
    found: dict[str, list[Sent]] = {"whole": [], "rest": [], "other": []}
    keys = zip(rows["span"], rows["flow_id"], rows["channel"], rows["name"], strict=True)
    for (span, flow, channel, name), counts in zip(keys, counts_by_row(rows), strict=True):
        found[span].append((flow, channel, name, counts))
    return found


def _thrice(session: ScopedSession, name: str, asked: BehindQuery) -> Thrice:
    """A statement's rows of the period's days that are over, of its others, and of those compared with."""

    def rows(days: Period | None) -> list[dict[str, Any]]:
        return session.rows(name, start=days.start, end=days.end) if days is not None else []

    whole, period = asked.whole, asked.period
    if whole is None:
        return [], rows(period), []
    rest = Period(whole.end + ONE_DAY, period.end) if whole.end < period.end else None
    return rows(whole), rows(rest), rows(asked.other)


def _flows(
    facts: Iterable[Row], told: Mapping[str, Iterable[Sent]], weeks: Iterable[tuple[Any, ...]]
) -> tuple[Flow, ...]:
    """Flows that sent something in the period or before it, or could, by id; weeks: in the order of its columns."""
    known = {row["flow_id"]: row for row in facts}
    names: dict[str, str] = {}
    spans: dict[str, dict[str, dict[str, Counts]]] = {}
    for span, rows in told.items():
        own = spans[span] = {}
        for flow, channel, name, counts in sorted(rows, key=itemgetter(0, 1)):
            own.setdefault(flow, {})[channel] = counts
            names.setdefault(flow, name or flow)
    trends: dict[str, dict[str, list[Decimal]]] = {}
    for flow, channel, week, value in weeks:
        values = trends.setdefault(flow, {}).setdefault(channel, [Decimal(0)] * WEEKS)
        values[WEEKS - 1 - week] += value or 0
    found = []
    for id in sorted(known.keys() | names.keys()):
        fact = known.get(id)
        whole, rest = spans["whole"].get(id, {}), spans["rest"].get(id, {})
        found.append(
            Flow(
                id=id,
                name=(fact["name"] if fact else None) or names.get(id, id),
                status=(fact["status"] if fact else None) or "",
                trigger=(fact["trigger_type"] if fact else None) or "",
                archived=bool(fact["archived"]) if fact else False,
                this={
                    channel: whole.get(channel, NOTHING).plus(rest.get(channel, NOTHING))
                    for channel in sorted(whole.keys() | rest.keys())
                },
                whole=whole,
                compared=spans["other"].get(id, {}),
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
                step_viewers=rounded(row["step_viewers"]),
                closed=rounded(row["closed"]),
                step_views=rounded(row["step_views"]),
                step_submits=rounded(row["step_submits"]),
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
    return FormCounts(*(rounded(row.get(name)) for name in names))


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


def _lists(facts: Iterable[Row], told: Iterable[Row]) -> tuple[MailingList, ...]:
    """Lists, the largest first; those whose size is not known last."""
    sizes: dict[str, list[tuple[date, int]]] = {}
    for row in told:
        sizes.setdefault(row["list_id"], []).append((row["day"], int(row["members"])))
    found = [
        MailingList(
            row["id"], row["name"] or row["id"], row["opt_in_process"] or "", row["created_at"],
            tuple(sizes.get(row["id"], ())),
        )
        for row in facts
        if row["kind"] == "list"
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda each: (-(-1 if each.members is None else each.members), each.name, each.id)))
