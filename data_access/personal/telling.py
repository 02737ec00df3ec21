"""All that is held of a person, as a document: every row of both stores in which they stand, and what belongs to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from analytics.audit import Action
from data_access.personal.person import Person, pattern
from data_access.personal.searching import rows_with, searched, sessions
from data_access.pseudonyms import pseudonym_of
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note

# What hangs on an order or an event of the person, without naming them.
_OF_ORDERS: Final = frozenset({"klaviyo_order_line_items", "order_attribution"})
_OF_EVENTS: Final = frozenset({"klaviyo_attributions", "projection_rejects"})
# Keys and tokens of the store are nobody's personal data.
_SEALED: Final = "_encrypted"


def held(stores: Stores, scope: Scope, persons: Sequence[Person], now: datetime | None = None) -> dict[str, Any]:
    """What is held of these people: by account, store and table the rows, documents decoded, times in UTC.

    Raises NotPermitted, StoreError.
    """
    for person in persons:
        scope.require(Right.VIEW, person.account)
        scope.require(Right.PII, person.account)
        scope.require(Right.EXPORT, person.account)
    with stores.operational.write() as session:
        for person in persons:
            # Not by the profile's id: the log is never changed, and the person may ask to be forgotten.
            thing = pseudonym_of(session, person.main)
            note(session, scope.person, Action.PERSON_EXPORT, thing, account=person.account)
    return {
        "told_at": (now or datetime.now(UTC)).isoformat(),
        "accounts": {person.account: _of(stores, person) for person in persons},
    }


def _of(stores: Stores, person: Person) -> dict[str, Any]:
    tables: dict[str, dict[str, list[dict[str, Any]]]] = {}
    orders: set[str] = set()
    events: set[str] = set()
    for second in (False, True):
        for role, session in sessions(stores):
            for table in searched(session, role):
                beyond = _OF_ORDERS if "order_id" in table.names else frozenset()
                beyond |= _OF_EVENTS if "event_id" in table.names else frozenset()
                if second != (table.name in beyond):
                    continue
                told = pattern(orders if table.name in _OF_ORDERS else events) if second else person.told
                rows = rows_with(session, table, person.account, told)
                if second:
                    rows = [row for row in rows if row.get("order_id") in orders or row.get("event_id") in events]
                if not rows:
                    continue
                tables.setdefault(role, {})[table.name] = [_decoded(row) for row in rows]
                if table.name == "klaviyo_orders":
                    orders |= {row["order_id"] for row in rows}
                if table.name in {"klaviyo_events", "refund_cancelled_orders"}:
                    events |= {str(row.get("id") or row.get("event_id")) for row in rows}
    known = {"profiles": person.ids, "emails": sorted(person.emails), "phone_numbers": sorted(person.phones)}
    return {**known, "external_ids": sorted(person.externals), "rows": tables}


def _decoded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items() if not name.endswith(_SEALED)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except ValueError:
            return value
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, int | float | bool | str | None) else str(value)
