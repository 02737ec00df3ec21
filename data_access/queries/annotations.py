"""What charts mark on days: people's notes, the largest campaigns, and promotions for those who may see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from analytics.day_marks import Mark, MarkKind, Note
from data_access.queries.accounts import NOTES, PROMO
from data_access.repeating import repeatable
from data_access.scope import Right, Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores

# The dataset of data_versions that every write of a note raises.
DATASET: Final = NOTES
DERIVED: Final = (DATASET,)
# Whoever enters a promotion raises the company's version for every store.
PROMOTIONS: Final = (PROMO,)
# So few that a chart stays calm.
MOST_CAMPAIGNS: Final = 3
MOST_PROMOTIONS: Final = 5


@dataclass(frozen=True, slots=True)
class Range:
    """Days from start to end, both in."""

    start: date
    end: date


@repeatable
def notes(stores: Stores, scope: Scope, account: str, asked: Range) -> Sequence[Note]:
    """The notes on days of a range, the newest days first. Raises NotPermitted, StoreError."""
    with scoped_read(stores.operational, scope, account) as session:
        rows = session.rows("read/annotations/notes", start=asked.start, end=asked.end)
    return tuple(Note(row["id"], row["date_start"], row["date_end"], row["note"], row["created_by"]) for row in rows)


@repeatable
def campaigns(stores: Stores, scope: Scope, account: str, asked: Range) -> Sequence[Mark]:
    """The campaigns of a range that went to most people, by the day of sending. Raises NotPermitted, StoreError."""
    with scoped_read(stores.warehouse, scope, account) as session:
        rows = session.rows("read/annotations/campaigns", start=asked.start, end=asked.end, most=MOST_CAMPAIGNS)
    return tuple(
        Mark(
            MarkKind.CAMPAIGN,
            row["sent_on"],
            row["sent_on"],
            row["name"] or row["campaign_id"],
            f"to {round(row['recipients']):,} recipients",
        )
        for row in rows
    )


@repeatable
def promotions(stores: Stores, scope: Scope, account: str, asked: Range) -> Sequence[Mark]:
    """The promotions of a range; none for a scope that may not see them. Raises NotPermitted, StoreError."""
    scope.require(Right.VIEW, account)
    if not scope.allows(Right.PROMO_READ):
        return ()
    with scoped_read(stores.operational, scope, account) as session:
        rows = session.rows("read/annotations/promotions", start=asked.start, end=asked.end, most=MOST_PROMOTIONS)
    return tuple(
        Mark(
            MarkKind.PROMOTION,
            row["date_start"],
            row["date_end"],
            row["name"] or "Promotion",
            "" if row["avg_discount_pct"] is None else f"{row['avg_discount_pct']:.1f} % off",
        )
        for row in rows
    )
