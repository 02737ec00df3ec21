"""Holdouts: people left out of campaigns on purpose, and what those campaigns added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from analytics.holdouts import Arm, Attributed, Contact, Holdout, Measured, Source, measured
from analytics.incrementality import Kind
from data_access.account_days import days_gone
from data_access.queries.accounts import HOLDOUTS
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores

# The dataset of data_versions that every naming, removal and measuring raises.
DERIVED = (HOLDOUTS,)
_NOTHING = Attributed(0, Decimal(0), Decimal(0), None)


@dataclass(frozen=True, slots=True)
class AddedQuery:
    """What a campaign added. as_of: the instant up to which orders are known, None where none are; timezone: the
    account's."""

    campaign: str
    as_of: datetime | None
    timezone: str


@dataclass(frozen=True, slots=True)
class MembersKept:
    """A segment whose members are known as of some days: the first and the last of them."""

    segment: str
    name: str
    first: date
    last: date


@repeatable
def added(stores: Stores, scope: Scope, account: str, asked: AddedQuery) -> Measured | None:
    """What a campaign added on top of what those left out of it bought; None where it has no holdout.

    Rests on the dataset 'holdouts'. Raises NotPermitted, StoreError.
    """
    campaign = {"campaign": asked.campaign}
    with scoped_read(stores.operational, scope, account) as session:
        row = session.one("read/holdouts/holdouts", **campaign)
        if row is None:
            return None
        arms = {each.pop("arm"): _arm(each) for each in session.rows("read/holdouts/arms", **campaign)}
        contacts = [
            Contact(each["campaign_id"], each["name"], int(each["reached"]), int(each["left_out"]))
            for each in session.rows("read/holdouts/contacts", **campaign)
        ]
    holdout = _holdout(row)
    attributed, known = _NOTHING, None
    if holdout.sent_on is not None:
        with scoped_read(stores.warehouse, scope, account) as session:
            won = session.rows("read/holdouts/attributed", **campaign, start=holdout.sent_on, end=holdout.last)[0]
            value = session.rows("read/holdouts/klaviyo_value", **campaign)[0]["value"]
        attributed = Attributed(int(won["orders"]), won["gross"], won["gross"] - won["deducted"], value)
        if asked.as_of is not None:
            known = days_gone(holdout.sent_on, asked.as_of, ZoneInfo(asked.timezone))
    return measured(holdout, arms, contacts, attributed, known)


@repeatable
def holdouts(stores: Stores, scope: Scope, account: str, asked: None = None) -> Sequence[tuple[str, Holdout]]:
    """All holdouts of an account, each with its campaign's name. Raises NotPermitted, StoreError."""
    del asked
    with scoped_read(stores.operational, scope, account) as session:
        rows = session.rows("read/holdouts/holdouts", campaign=None)
    return tuple((row["campaign"], _holdout(row)) for row in rows)


@repeatable
def members_kept(stores: Stores, scope: Scope, account: str, asked: None = None) -> Sequence[MembersKept]:
    """Segments whose members are known, by name. Raises NotPermitted, StoreError."""
    del asked
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = session.rows("read/holdouts/member_snapshots")
    if not rows:
        return ()
    with scoped_read(stores.operational, scope, account) as session:
        names = {row["segment_id"]: row["name"] for row in session.rows("read/holdouts/segment_names")}
    found = [
        MembersKept(
            row["segment_id"], names.get(row["segment_id"], row["segment_id"]), row["first_day"], row["last_day"]
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda each: (each.name, each.segment)))


def _holdout(row: dict[str, Any]) -> Holdout:
    return Holdout(
        campaign=row["campaign_id"],
        name=row["name"],
        kind=Kind(row["kind"]),
        source=Source(row["source"]),
        source_name=row["source_name"],
        snapshot=row["snapshot_date"],
        days=int(row["days"]),
        listed=int(row["listed"]),
        unknown=int(row["unknown"]),
        repeated=int(row["repeated"]),
        sent_on=row["sent_on"],
        history_from=row["history_from"],
        by=row["created_by"],
    )


def _arm(row: dict[str, Any]) -> Arm:
    return Arm(
        people=int(row["people"]),
        buyers=int(row["buyers"]),
        buyers_before=int(row["buyers_before"]),
        orders=int(row["orders"]),
        orders_before=int(row["orders_before"]),
        orders_squares=int(row["orders_squares"]),
        orders_before_squares=int(row["orders_before_squares"]),
        orders_products=int(row["orders_products"]),
        revenue=row["revenue"],
        revenue_before=row["revenue_before"],
        revenue_squares=row["revenue_squares"],
        revenue_before_squares=row["revenue_before_squares"],
        revenue_products=row["revenue_products"],
        unpriced=int(row["unpriced"]),
    )
