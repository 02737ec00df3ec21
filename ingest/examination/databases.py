"""The databases: space, indexes, slow statements, the archive of the log, the clock, rows without what they name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from data_access.engines.base import Store
from data_access.errors import StatementRefused
from data_access.operations.tables import count
from data_access.stores import Stores
from ingest.examination.check import Check, size
from ingest.examination.machine import LOW_DISK, skew_words

MOST_SKEW: Final = timedelta(seconds=5)
SLOW_MS: Final = 1000.0
# What names something that is not there, and may: the order was placed before the history that was fetched.
ALLOWED: Final = frozenset({"refunds of unknown orders"})
LARGEST: Final = 5


def clocks(stores: Stores) -> Iterator[Check]:
    """This machine's clock beside those of the databases."""
    for role, store in roles(stores):
        before = datetime.now(UTC)
        with store.read() as session:
            there = session.rows("doctor/now")[0]["now"]
        skew = there - before - (datetime.now(UTC) - before) / 2
        ok = abs(skew) <= MOST_SKEW
        said = f"within {max(1, round(abs(skew).total_seconds()))} s of this machine's"
        name = f"clock of the {role}"
        yield Check(name, ok, said if ok else skew_words(skew, "the database's"), "Database")


def table_sizes(stores: Stores) -> list[dict[str, Any]]:
    """Each table: store, table, rows, bytes, index_bytes. Largest first. Raises StoreError."""
    found = []
    for role, store in roles(stores):
        with store.read() as session:
            for row in session.rows("doctor/tables"):
                held = row["bytes"]
                if held is None:
                    held = session.rows("doctor/table_bytes", table=row["table_name"])[0]["bytes"]
                found.append(
                    {
                        "store": role,
                        "table": row["table_name"],
                        # DuckDB's own figure counts removed rows until they are written over.
                        "rows": count(session, row["table_name"]) if store.dialect == "duckdb" else int(row["found"]),
                        "bytes": int(held),
                        "index_bytes": int(row["index_bytes"] or 0),
                    }
                )
    return sorted(found, key=lambda row: (-row["bytes"], row["table"]))


def space(stores: Stores, tables: list[dict[str, Any]]) -> Iterator[Check]:
    """What each database takes, what is free for it, and its largest tables."""
    for role, store in roles(stores):
        with store.read() as session:
            row = session.rows("doctor/storage")[0]
        free = row["free"]
        said = f"{size(row['bytes'] or 0)}"
        said += f", of which {size(row['reusable'])} are free for new rows" if row["reusable"] else ""
        said += f"; {size(free)} free on its disk" if free is not None else ""
        ok = free is None or free >= LOW_DISK
        yield Check(f"storage of the {role}", ok, said if ok else f"{said}: free some space there", "Database")
    largest = [f"{row['table']} {size(row['bytes'] + row['index_bytes'])} ({row['rows']:,} rows)" for row in tables]
    yield Check("largest tables", True, ", ".join(largest[:LARGEST]) or "none", "Database")


def taken(stores: Stores) -> int:
    """Bytes that both databases take. Raises StoreError."""
    found = 0
    for _, store in roles(stores):
        with store.read() as session:
            found += int(session.rows("doctor/storage")[0]["bytes"] or 0)
    return found


def statements(stores: Stores) -> Iterator[Check]:
    """Indexes that nothing uses, and the statements that take longest."""
    for role, store in roles(stores):
        with store.read() as session:
            unused = session.rows("doctor/unused_indexes")
            statistics = session.rows("doctor/statistics_kept")[0]
        if unused:
            total = size(sum(row["bytes"] for row in unused))
            named = ", ".join(f"{row['index_name']} ({size(row['bytes'])})" for row in unused[:LARGEST])
            what = f"{len(unused)} never used since the server's counters began, {total} in all; largest: {named}"
            yield Check(f"indexes of the {role}", True, what, "Database")
        if statistics["kept"]:
            yield _slowest(role, store)
        elif statistics["could_be"]:
            advice = "not kept: CREATE EXTENSION pg_stat_statements; until then the log has what passes SLOW_QUERY_MS"
            yield Check(f"slow statements of the {role}", True, advice, "Database")


def _slowest(role: str, store: Store) -> Check:
    name = f"slow statements of the {role}"
    try:
        with store.read() as session:
            rows = session.rows("doctor/slowest")
    except StatementRefused as refused:
        # The view is there, but its library was not loaded with the server.
        return Check(name, True, f"not kept: {refused}", "Database")
    slow = [row for row in rows if row["mean_ms"] >= SLOW_MS]
    named = "; ".join(f"{_milliseconds(row)} {row['statement']}" for row in slow or rows[:1])
    return Check(name, not slow, named or "none yet", "Database")


def _milliseconds(row: Mapping[str, Any]) -> str:
    return f"{row['mean_ms']:,.0f} ms on average over {row['calls']:,} calls:"


def archive(stores: Stores) -> Iterator[Check]:
    """Whether the operational store can be restored to any moment."""
    with stores.operational.read() as session:
        row = session.rows("doctor/archiving")[0]
    if row["applies"]:
        advice = (
            "the server does not archive its log, so that only backups can be restored: set archive_mode and "
            "archive_command (docs/runbook.md)"
        )
        yield Check(
            "archive", row["archives"], "the server archives its log" if row["archives"] else advice, "Database"
        )


def orphans(stores: Stores) -> Iterator[Check]:
    """Rows that name another row which is not there."""
    found: list[dict[str, Any]] = []
    for name, store in (("doctor/orphans", stores.operational), ("doctor/warehouse_orphans", stores.warehouse)):
        with store.read() as session:
            found += session.rows(name)
    lost = [row for row in found if row["orphans"]]
    for row in lost:
        allowed = row["relationship"] in ALLOWED
        said = f"{row['orphans']:,}, such as {row['example']}"
        advice = "; they count from the day on which the order becomes known" if allowed else ""
        advice = advice or ": run 'promolens sync --full', then 'promolens aggregate --full'"
        yield Check(row["relationship"], allowed, said + advice, "Data")
    if not any(row["relationship"] not in ALLOWED for row in lost):
        yield Check("keys", True, f"all rows that others name are there ({len(found)} relationships)", "Data")


def roles(stores: Stores) -> list[tuple[str, Store]]:
    """The databases by what they are to us; one where both are the same."""
    if stores.same:
        return [("database", stores.operational)]
    return [("operational store", stores.operational), ("warehouse", stores.warehouse)]
