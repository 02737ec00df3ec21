"""What was removed from a table still stands in its file for a while: here the files are written anew without it.

Embedded files are copied row by row into a new one, which takes their place; PostgreSQL writes the tables anew (VACUUM
FULL); ClickHouse merges them and drops the parts from before.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Final

from data_access.engines.base import Session, Store, Unbundling
from data_access.errors import StoreError
from data_access.migrate import migrate
from data_access.operations.tables import ROLES, Role, catalogue, composed, empty, on_every_node, quoted
from data_access.operations.upkeep import merged_whole
from data_access.personal.erasing import OPERATIONAL, WAREHOUSE
from data_access.stores import Stores, close_stores, embedded_file, open_stores
from settings import Settings

# How long ClickHouse is waited for: on a server its cleaner comes by every half minute.
_PARTS_SECONDS: Final = 90.0
_LOOK_SECONDS: Final = 0.2


class NotRewritten(StoreError):
    """A file could not be written anew; the old one is in place."""


def write_anew(stores: Stores, settings: Settings) -> list[str]:
    """Has what was removed leave the disk; sentences about what could not be done. Stores in embedded files are closed
    afterwards: `open_stores` opens the new ones. Raises NotRewritten, StoreBusy, StoreError."""
    notes: list[str] = []
    if stores.operational.dialect == "postgresql":
        notes += _vacuumed(stores.operational)
    if stores.warehouse.dialect == "clickhouse":
        notes += _merged(stores.warehouse)
    # Where a file is linked to, the linked one is written anew, on its own disk; however it is named, once.
    files = {role: path.resolve() if (path := embedded_file(url)) else None for role, url in _urls(settings).items()}
    if any(files.values()):
        close_stores(stores)
    for path in dict.fromkeys(path for path in files.values() if path is not None):
        _copied(settings, path, tuple(role for role in ROLES if files[role] == path))
    return notes


def _urls(settings: Settings) -> dict[Role, str]:
    return {"operational": settings.database_url, "warehouse": settings.warehouse_url}


def _copied(settings: Settings, path: Path, roles: tuple[Role, ...]) -> None:
    new = path.with_name(f"{path.name}.rewriting")
    _remove(new)
    changed = {f"{'database' if role == 'operational' else 'warehouse'}_url": f"duckdb:///{new}" for role in roles}
    stores = open_stores(settings.model_copy(update=changed))
    store = stores.operational if "operational" in roles else stores.warehouse
    try:
        migrate(stores)
        _fill(store, path, roles)
        # While the earlier file is open it is locked: nobody writes into it between its last reading and its end.
        shutil.copymode(path, new)
        os.replace(new, path)
        _remove(path.with_name(f"{path.name}.wal"))
    finally:
        close_stores(stores)
        _remove(new)


def _fill(store: Store, path: Path, roles: tuple[Role, ...]) -> None:
    if not isinstance(store, Unbundling):
        raise TypeError(f"{store.dialect} runs every statement in a transaction")
    with store.unbundled() as session:
        name = "'" + str(path).replace("'", "''") + "'"
        session.execute_text(composed("personal/attach", "duckdb", {"the_file": name}))
    with store.write() as session:
        for role in roles:
            for table in catalogue(session, role).values():
                empty(session, table.name)
                columns = ", ".join(quoted(session, column) for column in table.names)
                put = {"the_table": table.name, "the_columns": columns}
                session.execute_text(composed("personal/copy_over", "duckdb", put))
                _require_whole(session, table.name)
        if "operational" in roles:
            session.execute("operations/sequences_move")
    with store.unbundled() as session:
        session.execute("operations/upkeep")


def _require_whole(session: Session, table: str) -> None:
    row = session.query_text(composed("personal/copied", "duckdb", {"the_table": table}), {}).to_pylist()[0]
    if row["copied"] != row["held"]:
        raise NotRewritten(f"{table}: {row['copied']:,} of {row['held']:,} rows were copied. The file is as it was.")


def _remove(path: Path) -> None:
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)


def _vacuumed(store: Store) -> list[str]:
    if not isinstance(store, Unbundling):
        raise TypeError(f"{store.dialect} runs every statement in a transaction")
    kept = []
    with store.unbundled() as session:
        known = catalogue(session, "operational")
        for table in dict.fromkeys(name for name in OPERATIONAL if name in known):
            before = session.rows("personal/files", table=table)
            session.execute_text(composed("personal/vacuum", "postgresql", {"the_table": table}))
            if session.rows("personal/files", table=table) == before:
                kept.append(table)
    if not kept:
        return []
    return [
        f"PostgreSQL did not write {', '.join(kept)} anew: removed rows stay in their files until the tables' owner"
        " runs VACUUM (FULL)."
    ]


def _merged(store: Store) -> list[str]:
    cluster = str(getattr(store, "cluster", ""))
    embedded = bool(getattr(store, "embedded", False))
    notes: list[str] = []
    with store.write() as session:
        for table in WAREHOUSE:
            session.execute_text(_on("personal/hurry", table, cluster))
            if not merged_whole(session, table, cluster):
                notes.append(f"{table} could not be merged while rows were put in: run 'promolens maintain'.")
            if embedded:
                session.execute_text(_on("personal/detach", table, cluster))
                session.execute_text(_on("personal/attach", table, cluster))
        try:
            old = _waited_for(session)
        finally:
            for table in WAREHOUSE:
                session.execute_text(_on("personal/unhurry", table, cluster))
    notes += [
        f"ClickHouse still has {parts} old part(s) of {table}; it removes them itself." for table, parts in old.items()
    ]
    return notes


def _waited_for(session: Session) -> dict[str, int]:
    """Waits until the parts that were replaced are gone; those that are not."""
    until = time.monotonic() + _PARTS_SECONDS
    while True:
        rows = session.query_text(composed("personal/old_parts", "clickhouse", {}), {}).to_pylist()
        old = {row["table_name"]: int(row["parts"]) for row in rows if row["table_name"] in WAREHOUSE}
        if not old or time.monotonic() > until:
            return old
        time.sleep(_LOOK_SECONDS)


def _on(statement: str, table: str, cluster: str) -> str:
    return composed(statement, "clickhouse", {"the_table": on_every_node(table, cluster)})
