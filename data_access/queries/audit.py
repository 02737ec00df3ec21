"""The audit log as admins read it: of all stores everything, of one store what was done there and in promotions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from analytics.audit import OF_PROMOTIONS, Asked, Entry
from data_access.account_days import ONE_DAY, day_start
from data_access.engines.base import Session
from data_access.pseudonyms import named
from data_access.queries.grants import administers
from data_access.repeating import repeatable
from data_access.scope import NotPermitted, Right, Scope
from data_access.stores import Stores

PAGE_ROWS: Final = 50
# As many as a sheet has room for.
MOST_ROWS: Final = 1_000_000
NOT_FOR_ALL: Final = "Who did what is for admins to look at. Ask an admin for what you need."


@dataclass(frozen=True, slots=True)
class Entries:
    """A page of entries, the newest first. total: of all pages; names: by pseudonym, of those that they name."""

    rows: Sequence[Entry]
    total: int
    names: Mapping[str, str]


@repeatable
def entries(stores: Stores, scope: Scope, asked: Asked, *, page: int = 0, rows: int = PAGE_ROWS) -> Entries:
    """A page of what is asked for; the first one is 0. Raises NotPermitted, StoreError."""
    seen = _seen(scope)
    bound = seen | {
        "start": asked.start, "after": asked.after, "actor": asked.actor, "thing_id": asked.thing_id,
        "any_action": not asked.actions, "actions": [action.value for action in asked.actions],
        "any_thing": not asked.things, "things": [thing.value for thing in asked.things],
        "any_account": not asked.accounts, "accounts": [one for one in asked.accounts if one],
        "of_none": "" in asked.accounts,
    }  # fmt: skip
    with stores.operational.read() as session:
        found = session.rows("audit/entries", **bound, wanted=rows, skipped=page * rows)
        total = int(session.rows("audit/counted", **bound)[0]["entries"])
        return Entries([_entry(row) for row in found], total, _names(session, found))


@repeatable
def entry(stores: Stores, scope: Scope, id: str) -> Entries:
    """One entry, or none where there is no such one that the scope may see. Raises NotPermitted, StoreError."""
    seen = _seen(scope)
    try:
        wanted = str(UUID(id))
    except ValueError:
        return Entries((), 0, {})
    with stores.operational.read() as session:
        found = session.rows("audit/one", id=wanted, **seen)
        return Entries([_entry(row) for row in found], len(found), _names(session, found))


@repeatable
def actors(stores: Stores, scope: Scope) -> dict[str, str]:
    """Pseudonym → name ('' once it was erased) of who did anything that the scope may see. Raises NotPermitted,
    StoreError."""
    seen = _seen(scope)
    with stores.operational.read() as session:
        return {row["pseudonym"]: row["name"] for row in session.rows("audit/actors", **seen)}


def instants(first: date, last: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first day's beginning and the last one's end by a zone, UTC: `start` and `after` of what is asked for."""
    return day_start(first, zone), day_start(last + ONE_DAY, zone)


def _seen(scope: Scope) -> dict[str, Any]:
    """Which entries the scope may see."""
    if not administers(scope):
        raise NotPermitted(NOT_FOR_ALL)
    promotions = sorted(OF_PROMOTIONS) if scope.allows(Right.PROMO_READ) else []
    return {
        "sees_all": scope.allows(Right.ADMIN),
        "seen": [account for account in scope.by_account if scope.allows(Right.ADMIN, account)],
        "of_company": [thing.value for thing in promotions],
    }


def _names(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The names behind the pseudonyms in some rows."""
    said = "\n".join(str(value) for row in rows for value in row.values())
    return {pseudonym: name for pseudonym, name in named(session).items() if pseudonym in said}


def _entry(row: Mapping[str, Any]) -> Entry:
    before, after = (None if row[name] is None else json.loads(row[name]) for name in ("before_value", "after_value"))
    return Entry(
        row["id"], row["happened_at"], row["actor"], row["action"], row["object_type"], row["object_id"] or "",
        row["klaviyo_public_id"], before, after,
    )  # fmt: skip
