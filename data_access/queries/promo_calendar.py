"""What runs when: promotions of the catalog, scenarios, and the campaigns of a store."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from analytics.promo.calendar import Campaign, Kind, Plan, Promotion, cells_of, overlaps
from analytics.promo.terms import Cell
from data_access.queries.accounts import PROMO
from data_access.queries.promo_state import SCENARIOS
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import promo_read, scoped_read
from data_access.stores import Stores

# What a plan rests on.
DATASETS: Final = (PROMO, SCENARIOS)
# Of a campaign that is not out yet.
_WAITING: Final = ("Scheduled", "Queued without Recipients")


@dataclass(frozen=True, slots=True)
class Days:
    """Days from start to end, both in."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class StoreDays:
    """Days of a store's own calendar. store: what it is called; zone: the name of its time zone."""

    store: str
    start: date
    end: date
    zone: tzinfo


@repeatable
def plan(stores: Stores, scope: Scope, asked: Days) -> Plan:
    """The promotions that run on some days, and where they meet. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        past = session.rows("read/promo/past", start=asked.start, end=asked.end)
        planned = session.rows("read/promo/plans", start=asked.start, end=asked.end)
        ends = session.one("read/promo/calendar_ends") or {}
    found = [*map(_of_catalog, past), *map(_of_scenario, planned)]
    found.sort(key=lambda one: (one.start, one.end, one.label, one.key))
    return Plan(tuple(found), overlaps(found), ends.get("first_day"), ends.get("last_day"))


@repeatable
def campaigns(stores: Stores, scope: Scope, account: str, asked: StoreDays) -> Sequence[Campaign]:
    """The campaigns of a store that were, or are to be, sent on some days. Raises NotPermitted, StoreError."""
    scope.require(Right.VIEW, account)
    since = datetime.combine(asked.start, time.min, asked.zone)
    until = datetime.combine(asked.end + timedelta(days=1), time.min, asked.zone)
    with scoped_read(stores.operational, scope, account) as session:
        rows = session.rows("read/annotations/sent_campaigns", since=since, until=until)
    return tuple(
        Campaign(
            asked.store,
            row["channel"],
            row["name"] or row["campaign_id"],
            row["sent_at"].astimezone(asked.zone).date(),
            row["status"] not in _WAITING,
        )
        for row in rows
    )


def _of_catalog(row: Mapping[str, Any]) -> Promotion:
    depth = row["avg_discount_pct"]
    return Promotion(
        key=row["promotion"],
        kind=Kind.FOUND if row["is_found"] else Kind.NAMED,
        label=row["label"],
        start=row["date_start"],
        end=row["date_end"],
        cells=cells_of(row["departments"] or (), row["channels"] or ()),
        discount=None if depth is None else float(depth),
    )


def _of_scenario(row: Mapping[str, Any]) -> Promotion:
    mechanics = json.loads(row["mechanics"])
    rows = [one for one in mechanics if isinstance(one, dict)] if isinstance(mechanics, list) else []
    cells = dict.fromkeys(Cell(str(one.get("department")), str(one.get("channel"))) for one in rows)
    depths = [float(one["discount_pct"]) for one in rows if isinstance(one.get("discount_pct"), int | float)]
    return Promotion(
        key=f"{row['scenario_id']}/{row['version']}",
        kind=Kind(row["state"]),
        label=row["label"],
        start=row["date_range_start"],
        end=row["date_range_end"],
        cells=tuple(cells),
        discount=max(depths, default=None),
        scenario_id=row["scenario_id"],
        version=int(row["version"]),
    )
