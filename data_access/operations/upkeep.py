"""Weekly upkeep: statistics, room of removed rows, indexes, merged parts. Nothing that is read changes."""

from __future__ import annotations

import time
from typing import Any

from data_access.engines.base import Session, Store, Unbundling
from data_access.errors import StatementRefused
from data_access.operations.runs import recorded
from data_access.operations.tables import catalogue, composed, on_every_node
from data_access.scope import Right, Scope
from data_access.stores import Stores
from settings import Settings


def maintain(stores: Stores, settings: Settings, scope: Scope) -> dict[str, Any]:
    """Brings both stores into order and records the run; seconds by store and step. Raises NotPermitted, StoreError."""
    scope.require(Right.ADMIN)
    with recorded(stores.operational, "maintain", by=scope.person) as details:
        details["operational"] = _of(stores.operational, settings)
        if not stores.same:
            details["warehouse"] = _of(stores.warehouse, settings)
    return dict(details)


def _of(store: Store, settings: Settings) -> dict[str, Any]:
    steps = {"duckdb": _embedded, "postgresql": _postgresql, "clickhouse": _clickhouse}
    return {"engine": store.dialect, **steps[store.dialect](store, settings)}


def _embedded(store: Store, _settings: Settings) -> dict[str, Any]:
    started = time.monotonic()
    with _alone(store) as session:
        session.execute("operations/upkeep")
    return {"statistics and checkpoint": _since(started)}


def _postgresql(store: Store, settings: Settings) -> dict[str, Any]:
    started = time.monotonic()
    with _alone(store) as session:
        months = [row["month"] for row in session.rows("operations/months_without_partition")]
        for month in months:
            session.execute("operations/partition_make", month=month)
        session.execute("operations/summary_refresh")
        policies = _policies_set(session, settings)
        sold = _since(started)
        session.execute("operations/upkeep")
        vacuumed = _since(started)
        rebuilt = []
        for row in session.rows("operations/indexes"):
            session.execute_text(composed("operations/reindex", "postgresql", {"the_table": f'"{row["name"]}"'}))
            rebuilt.append(row["name"])
    return {
        "partitions and daily summary": sold,
        "statistics and vacuum": round(vacuumed - sold, 2),
        "indexes": round(_since(started) - vacuumed, 2),
        "rebuilt": rebuilt,
        "partitions": [f"{month:%Y-%m}" for month in months],
        "retention policies": policies,
    }


def _policies_set(session: Session, settings: Settings) -> str:
    """Brings TimescaleDB's policies to the settings, where it is; only the tables' owner may, others are told so."""
    try:
        session.execute(
            "operations/policies_set",
            events_months=settings.retention_events_months,
            aggregated_months=settings.retention_aggregated_metrics_months,
        )
    except StatementRefused as error:
        return str(error)
    return "as the settings say"


def _clickhouse(store: Store, _settings: Settings) -> dict[str, Any]:
    """Merges each table. Marks of removed rows go too, unless an insert is running.

    A mark outweighs every older version of its row, and nobody writes an older one after it: versions only rise. But an
    insert whose answer was lost may still be running while its writer has gone on, and may bring such a version later;
    the mark must be there then.
    """
    cluster = str(getattr(store, "cluster", ""))
    found: dict[str, Any] = {}
    kept = []
    with store.read() as session:
        tables = list(catalogue(session, "warehouse"))
    for table in tables:
        started = time.monotonic()
        with store.write() as session:
            if not merged_whole(session, table, cluster):
                kept.append(table)
                session.execute_text(_on("operations/upkeep", table, cluster))
        found[table] = _since(started)
    return found | {"marks of removed rows kept": kept}


def merged_whole(session: Session, table: str, cluster: str) -> bool:
    """Whether the table could be merged so that removed rows leave nothing behind. Raises StoreError."""
    processes = f"clusterAllReplicas(`{cluster}`, system.processes)" if cluster else "system.processes"
    try:
        session.execute_text(_on("operations/marks_droppable", table, cluster))
        found = session.query_text(
            composed("operations/inserts_running", "clickhouse", {"the_processes": processes}), {}
        )
    except StatementRefused:
        return False  # a server that does not know the setting, or a login that may not change it
    if found["running"][0].as_py():
        return False
    session.execute_text(_on("operations/upkeep_whole", table, cluster))
    return True


def _on(statement: str, table: str, cluster: str) -> str:
    return composed(statement, "clickhouse", {"the_table": on_every_node(table, cluster)})


def _alone(store: Store) -> Any:
    """A session outside of a transaction, in which VACUUM and CHECKPOINT must run."""
    if not isinstance(store, Unbundling):
        raise TypeError(f"{store.dialect} runs every statement in a transaction")
    return store.unbundled()


def _since(started: float) -> float:
    return round(time.monotonic() - started, 2)
