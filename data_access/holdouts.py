"""What people who were left out of a campaign bought, and those whom it reached: kept as sums by side.

Whom a campaign reached is taken from events and kept with the holdout, so that it stays known when events are removed.
A refresh measures those holdouts anew whose days it touched, whose people merged, or whose campaign's events came.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from data_access.account_days import ONE_DAY, day_start
from data_access.conversion import AccountBasis
from data_access.projections import Handover, Pair

DATASET: Final = "holdouts"
_ROLES = pa.schema([("metric_id", pa.string()), ("channel", pa.string()), ("engagement", pa.string())])


@dataclass(frozen=True, slots=True)
class Spans:
    """The account's days that a holdout rests on. sent_on: the day of sending; last: the last that counts;
    before: the first of as many before; received: the first and last on which somebody got it, None without."""

    sent_on: date
    last: date
    before: date
    received: tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class Touched:
    """What a refresh touched: days of orders and of events, whether profiles, whether all of it; complete: whether all
    events are still there."""

    order_days: Collection[date] = ()
    event_days: Collection[date] = ()
    profiles: bool = False
    everything: bool = False
    complete: bool = True


def roles_table(basis: AccountBasis) -> pa.Table:
    """What metrics of messages stand for: metric_id, channel, engagement."""
    roles = [
        {"metric_id": role.id, "channel": role.channel, "engagement": role.engagement}
        for role in basis.roles
        if role.engagement
    ]
    return pa.Table.from_pylist(roles, schema=_ROLES)


def spans_of(row: dict[str, Any], zone: ZoneInfo) -> Spans | None:
    """The days of a row of `holdouts/all`; None where nobody knows when the campaign was sent.

    A campaign is sent on the day that Klaviyo says, else on the first day that somebody got it, else on the day that
    was known before.
    """
    received = (row["first_day"], row["last_day"]) if row["first_day"] is not None else None
    if row["sent_at"] is not None:
        sent_on = row["sent_at"].astimezone(zone).date()
    elif received is not None:
        sent_on = received[0]
    elif row["sent_on"] is not None:
        sent_on = row["sent_on"]
    else:
        return None
    days = int(row["days"])
    return Spans(sent_on, sent_on + timedelta(days=days - 1), sent_on - timedelta(days=days), received)


def bring_up(pair: Pair, basis: AccountBasis, touched: Touched, only: str | None = None) -> bool:
    """Measures the holdouts that need it anew, or only a campaign's; whether any was. Raises StoreError."""
    account, zone = {"account": basis.account}, ZoneInfo(basis.timezone)
    with pair.operational() as session:
        rows = session.rows("holdouts/all", **account)
        if not rows:
            return False
        moved: set[str] = set()
        if touched.profiles or touched.everything or only is not None:
            session.stage("holdout_merged", session.query("project/merged_profiles", **account))
            moved = {row["campaign_id"] for row in session.rows("holdouts/merged", **account)}
            # Of others than the one that is measured they stay as they were measured, until a refresh comes to them.
            session.execute("holdouts/persons", **account, campaign=only)
    done = False
    for row in rows:
        # Of a holdout whose people are no longer kept the figures stay as they are.
        if not row["left_out"] or (only is not None and row["campaign_id"] != only):
            continue
        spans = spans_of(row, zone)
        fresh = only is not None or touched.everything or row["measured_at"] is None
        fresh = fresh or (spans.sent_on if spans else None) != row["sent_on"]
        if fresh or row["campaign_id"] in moved or (spans is not None and _concerns(spans, touched)):
            fresh = fresh or row["campaign_id"] in moved
            _measure(pair, basis, row["campaign_id"], spans, touched, fresh=fresh)
            done = True
    return done


def _concerns(spans: Spans, touched: Touched) -> bool:
    return (
        any(spans.before <= day <= spans.last for day in touched.order_days)
        or any(spans.sent_on <= day <= spans.last for day in touched.event_days)
        or _came(spans, touched)
    )


def _came(spans: Spans, touched: Touched) -> bool:
    """Whether events of the days on which the campaign was received are new."""
    return spans.received is not None and any(
        spans.received[0] <= day <= spans.received[1] for day in touched.event_days
    )


def _measure(
    pair: Pair, basis: AccountBasis, campaign: str, spans: Spans | None, touched: Touched, *, fresh: bool
) -> None:
    of = {"account": basis.account, "campaign": campaign}
    zone = ZoneInfo(basis.timezone)
    bought = Handover(pair)
    history_from = None
    if spans is not None:
        with pair.warehouse() as session:
            history_from = session.rows("holdouts/first_day", account=basis.account)[0]["first_day"]
            bought.take(
                session, "holdout_bought", "holdouts/bought",
                account=basis.account, before_start=spans.before, start=spans.sent_on, end=spans.last,
            )  # fmt: skip
    with pair.operational() as session:
        if spans is not None:
            session.stage("metric_roles", roles_table(basis))
            if spans.received is not None and (fresh or _came(spans, touched)):
                if touched.everything and touched.complete:
                    session.execute("holdouts/reached_forget", **of)
                first, last = spans.received
                session.execute(
                    "holdouts/reached", **of,
                    range_start=day_start(first, zone), range_end=day_start(last + ONE_DAY, zone),
                )  # fmt: skip
                session.stage("holdout_merged", session.query("project/merged_profiles", account=basis.account))
                session.execute("holdouts/persons", **of)
            if fresh or any(spans.sent_on <= day <= spans.last for day in touched.event_days) or _came(spans, touched):
                session.execute(
                    "holdouts/contacts", **of,
                    range_start=day_start(spans.sent_on, zone), range_end=day_start(spans.last + ONE_DAY, zone),
                )  # fmt: skip
            bought.give(session)
            session.execute("holdouts/arms", **of)
        session.execute("holdouts/measured", **of, sent_on=spans.sent_on if spans else None, history_from=history_from)
