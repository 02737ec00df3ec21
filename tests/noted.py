"""What the audit log holds, with the names behind its pseudonyms, in the order in which it was written."""

from __future__ import annotations

import json
from typing import Any

from data_access.pseudonyms import named
from data_access.stores import Stores


def noted(stores: Stores, prefix: str = "") -> list[dict[str, Any]]:
    """Entries (actor, action, thing, id, account, before, after) whose action begins with a prefix."""
    with stores.operational.read() as session:
        names = named(session)
        rows = session.query_text(
            "SELECT actor, action, object_type AS thing, object_id AS id, klaviyo_public_id AS account,"
            " CAST(before_value AS VARCHAR) AS before, CAST(after_value AS VARCHAR) AS after"
            " FROM audit_log ORDER BY happened_at",
            {},
        ).to_pylist()
    return [
        row
        | {"actor": names.get(row["actor"], row["actor"]), "id": names.get(row["id"], row["id"])}
        | {name: None if row[name] is None else json.loads(row[name]) for name in ("before", "after")}
        for row in rows
        if row["action"].startswith(prefix)
    ]
