"""Weekly upkeep: statistics, room of removed rows, indexes, merged parts. Nothing that is read changes."""

from __future__ import annotations

import time
from typing import Any

from data_access.engines.base import Store, Unbundling
from data_access.operations.runs import recorded
from data_access.operations.tables import catalogue, composed
from data_access.scope import Right, Scope
from data_access.stores import Stores


def maintain(stores: Stores, scope: Scope) -> dict[str, Any]:
    """Brings both stores into order and records the run; seconds by store and step. Raises NotPermitted, StoreError."""
    scope.require(Right.ADMIN)
    with recorded(stores.operational, "maintain", by=scope.person) as details:
        details["operational"] = _of(stores.operational)
        if not stores.same:
            details["warehouse"] = _of(stores.warehouse)
    return dict(details)


def _of(store: Store) -> dict[str, Any]:
    steps = {"duckdb": _embedded, "postgresql": _postgresql, "clickhouse": _clickhouse}
    return {"engine": store.dialect, **steps[store.dialect](store)}


def _embedded(store: Store) -> dict[str, Any]:
    started = time.monotonic()
    with _alone(store) as session:
        session.execute("operations/upkeep")
    return {"statistics and checkpoint": _since(started)}


def _postgresql(store: Store) -> dict[str, Any]:
    started = time.monotonic()
    with _alone(store) as session:
        session.execute("operations/upkeep")
        vacuumed = _since(started)
        rebuilt = []
        for row in session.rows("operations/indexes"):
            session.execute_text(composed("operations/reindex", "postgresql", {"the_table": f'"{row["name"]}"'}))
            rebuilt.append(row["name"])
    return {"statistics and vacuum": vacuumed, "indexes": _since(started) - vacuumed, "rebuilt": rebuilt}


def _clickhouse(store: Store) -> dict[str, Any]:
    cluster = str(getattr(store, "cluster", ""))
    found: dict[str, Any] = {}
    with store.read() as session:
        tables = list(catalogue(session, "warehouse"))
    for table in tables:
        started = time.monotonic()
        place = f"{table}_local ON CLUSTER `{cluster}`" if cluster else table
        with store.write() as session:
            session.execute_text(composed("operations/upkeep", "clickhouse", {"the_table": place}))
        found[table] = _since(started)
    return found


def _alone(store: Store) -> Any:
    """A session outside of a transaction, in which VACUUM and CHECKPOINT must run."""
    if not isinstance(store, Unbundling):
        raise TypeError(f"{store.dialect} runs every statement in a transaction")
    return store.unbundled()


def _since(started: float) -> float:
    return round(time.monotonic() - started, 2)
