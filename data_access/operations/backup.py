"""A backup: every table of both stores as Parquet, consistent with each other, with a manifest.

On one database all tables are read in one snapshot. On two, every account's job lease is held meanwhile, so that no
sync, load or computation runs; what changed all the same makes the backup begin anew. A backup is written under another
name and gets its own only when it is complete. Keys in it stay encrypted: the key that they are encrypted with
(PROMOLENS_SECRET_KEY or the key file) is not part of it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from data_access.engines.base import Session, Store
from data_access.errors import StoreBusy, StoreFull
from data_access.jobs import JobRunning
from data_access.operations import manifest as manifests
from data_access.operations.leases import all_held
from data_access.operations.manifest import BackedUpTable, Manifest
from data_access.operations.runs import recorded
from data_access.operations.tables import ROLES, Role, Table, catalogue, portions
from data_access.scope import Right, Scope
from data_access.stores import Stores
from settings import SCHEMA_VERSION, Settings

_ATTEMPTS: Final = 3
# Room that must be free before a backup begins, as a multiple of what the last one took: it grows, and the databases on
# the same disk must be able to go on.
_ROOM: Final = 2
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A finished backup, and the names of the older ones that went."""

    path: Path
    manifest: Manifest
    removed: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "backup": str(self.path),
            "created_at": self.manifest.created_at,
            "tables": len(self.manifest.tables),
            "rows": self.manifest.rows,
            "bytes": self.manifest.size,
            "removed": list(self.removed),
        }


def back_up(
    stores: Stores,
    settings: Settings,
    scope: Scope,
    folder: Path | None = None,
    *,
    now: datetime | None = None,
    told: Told = lambda _text: None,
) -> BackedUp:
    """Writes a backup into the folder (setting BACKUP_DIR by default) and removes those that are too old.

    Nothing is written where the disk has too little room for it: a disk that backups fill stops the databases on it.
    Raises NotPermitted, StoreBusy where a sync runs on two databases, StoreFull, StoreError.
    """
    scope.require(Right.ADMIN)
    place = folder or settings.backup_folder
    moment = now or datetime.now(UTC)
    with recorded(stores.operational, "backup", by=scope.person) as details, _disk(place):
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        removed = _make_room(place, settings.backup_keep_days, moment)
        name = manifests.new_name(place, moment)
        partial = place / f"{name}{manifests.PARTIAL}"
        partial.mkdir(mode=0o700)
        try:
            written = _write(stores, settings, scope, partial, name, moment, told)
            _to_disk(partial)
            partial.rename(place / name)
            _to_disk(place)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
        removed += manifests.clear_out(place, settings.backup_keep_days, moment)
        details |= {"backup": str(place / name), "rows": written.rows, "bytes": written.size, "removed": removed}
    return BackedUp(place / name, written, tuple(removed))


def _make_room(place: Path, keep_days: int, now: datetime) -> list[str]:
    """Where room is short, what is too old goes before the new backup is made; names of what went. Raises StoreFull."""
    newest = next(manifests.whole_backups(place), None)
    if newest is None or shutil.disk_usage(place).free >= _ROOM * newest[1].size:
        return []
    removed = manifests.clear_out(place, keep_days, now)
    free, size = shutil.disk_usage(place).free, newest[1].size
    if free < _ROOM * size:
        raise StoreFull(
            f"The last backup took {size / 2**20:,.0f} MiB, and {place} has {free / 2**20:,.0f} MiB free. Free some"
            " space, lower BACKUP_KEEP_DAYS, or set BACKUP_DIR to a larger disk."
        )
    return removed


def _write(
    stores: Stores, settings: Settings, scope: Scope, folder: Path, name: str, now: datetime, told: Told
) -> Manifest:
    for _ in range(_ATTEMPTS):
        with _sessions(stores, settings, scope) as sessions:
            before = _state(sessions["operational"])
            tables = [
                _write_table(sessions[role], role, table, folder, told)
                for role in ROLES
                for table in catalogue(sessions[role], role).values()
            ]
            # On one database the snapshot makes both the same; on two, somebody may have computed without a lease.
            if stores.same or _state_now(stores.operational) == before:
                found = Manifest(
                    name=name,
                    created_at=now,
                    schema_version=SCHEMA_VERSION,
                    stores={role: _schema(sessions[role], role) for role in ROLES},
                    data=before,
                    tables=tables,
                )
                manifests.write(folder, found)
                return found
    raise StoreBusy("The figures changed each time while they were backed up. Try again when nothing computes them.")


@contextmanager
def _sessions(stores: Stores, settings: Settings, scope: Scope) -> Iterator[dict[Role, Session]]:
    """A session for each store: one and the same snapshot on one database, else with all accounts' leases held."""
    with ExitStack() as stack:
        if not stores.same:
            with stores.operational.read() as session:
                accounts = [row["account"] for row in session.rows("operations/accounts")]
            try:
                stack.enter_context(
                    all_held(
                        stores.operational,
                        accounts,
                        kind="backup",
                        by=scope.person,
                        lease_seconds=settings.sync_lease_seconds,
                        resource="a backup",
                    )
                )
            except JobRunning as running:
                raise StoreBusy(
                    "A sync or computation is running, and both databases must stand still for a backup. Try again when"
                    " it has ended."
                ) from running
        operational = stack.enter_context(stores.operational.read())
        warehouse = operational if stores.same else stack.enter_context(stores.warehouse.read())
        yield {"operational": operational, "warehouse": warehouse}


def _write_table(session: Session, role: Role, table: Table, folder: Path, told: Told) -> BackedUpTable:
    told(table.name)
    path = folder / f"{role}.{table.name}.parquet"
    rows = 0
    writer: pq.ParquetWriter | None = None
    try:
        for portion in portions(session, table, table.names):
            if writer is None:
                writer = pq.ParquetWriter(path, portion.schema, compression="zstd")
            writer.write_table(portion.cast(writer.schema))
            rows += portion.num_rows
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        return BackedUpTable(role, table.name, "", 0, 0, "")
    path.chmod(0o600)
    return BackedUpTable(role, table.name, path.name, rows, path.stat().st_size, manifests.sha256(path))


def _schema(session: Session, role: Role) -> dict[str, Any]:
    steps = [int(row["version"]) for row in session.rows("migrate/recorded", store=role)]
    return {"dialect": session.dialect, "schema": max(steps, default=0)}


def _state(session: Session) -> list[dict[str, Any]]:
    return [
        row | {"as_of": row["as_of"].isoformat() if row["as_of"] else None}
        for row in session.rows("operations/data_state")
    ]


def _state_now(store: Store) -> list[dict[str, Any]]:
    with store.read() as session:
        return _state(session)


def _to_disk(folder: Path) -> None:
    """Has the operating system write a folder and its files out: after a power cut they are whole, or not there."""
    for path in [*(path for path in folder.iterdir() if path.is_file()), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _disk(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreFull(f"The backup cannot be written to {folder}: {error.strerror or error}.") from error
