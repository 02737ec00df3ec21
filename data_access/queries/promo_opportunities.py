"""Opportunities: where and when a promotion would pay, which scenarios are begun from."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from data_access.repeating import repeatable
from data_access.scope import Scope
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


@repeatable
def opportunity(stores: Stores, scope: Scope, asked: str) -> Opportunity | None:
    """One opportunity by its id, None where there is none. Raises NotPermitted, StoreError."""
    try:
        id = str(uuid.UUID(asked))
    except ValueError:
        return None
    with promo_read(stores.operational, scope) as session:
        row = session.one("read/promo/opportunity", opportunity=id)
    if row is None:
        return None
    return Opportunity(
        id, row["department"], row["channel"], row["date_start"], row["date_end"], row["discount_pct"], row["reason"]
    )
