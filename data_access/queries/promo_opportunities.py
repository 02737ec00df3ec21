"""Opportunities: where and when a promotion would pay, which scenarios are begun from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from data_access.queries.ids import as_id
from data_access.queries.promo_sales import Days
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import promo_read
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class Opportunity:
    """discount_pct: the discount suggested, in per cent, None where none is; reason: a sentence, '' without."""

    opportunity_id: str
    department: str
    channel: str
    start: date
    end: date
    discount_pct: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """An opportunity as it was found last, with the simulator's figures of the scenario that is begun from it.

    ebit: change of EBIT with the days after; gap_share_pct: of the month's gap to its target, None without one; sales,
    units: changes in its own days, uplift_pct: of the units, None of one that the program did not find. scenario_id: of
    a scenario that was begun from it.
    """

    found: Opportunity
    ebit: Decimal | None
    gap_share_pct: Decimal | None
    sales: float | None
    units: float | None
    uplift_pct: float | None
    found_at: datetime
    scenario_id: str | None


@repeatable
def opportunities(stores: Stores, scope: Scope, asked: Days) -> Sequence[Proposed]:
    """Those that begin in some days, the largest change of EBIT first. Raises NotPermitted, StoreError."""
    with promo_read(stores.operational, scope) as session:
        rows = session.rows("read/promo/opportunities", start=asked.start, end=asked.end)
    found = []
    for row in rows:
        own = Opportunity(
            row["id"], row["department"], row["channel"], row["date_start"], row["date_end"], row["discount_pct"],
            row["reason"],
        )  # fmt: skip
        told = json.loads(row["details"])
        found.append(
            Proposed(
                own, row["expected_ebit_delta"], row["gap_share_pct"], told.get("sales_delta"), told.get("units_delta"),
                told.get("uplift_units_pct"), row["created_at"], row["scenario_id"],
            )
        )  # fmt: skip
    return tuple(found)


@repeatable
def opportunity(stores: Stores, scope: Scope, asked: str) -> Opportunity | None:
    """One opportunity by its id, None where there is none. Raises NotPermitted, StoreError."""
    scope.require(Right.PROMO_READ)
    if (id := as_id(asked)) is None:
        return None
    with promo_read(stores.operational, scope) as session:
        row = session.one("read/promo/opportunity", opportunity=id)
    if row is None:
        return None
    return Opportunity(
        id, row["department"], row["channel"], row["date_start"], row["date_end"], row["discount_pct"], row["reason"]
    )
