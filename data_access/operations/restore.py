"""A restore: a backup into the databases of the settings, whichever engines they are, or into a scratch database.

Nothing is touched before the backup has proved whole and of a schema that this program knows. An embedded database is
built beside the old file, compared with the backup and put in its place at the end; the old file is set aside, never
deleted. A server's tables are emptied and filled: PostgreSQL in one transaction, ClickHouse table by table, while pages
are told that figures are being put in place.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from data_access import jobs, recovery, schedule
from data_access.engines.base import Session, Store, Versioned
from data_access.errors import StoreBusy, StoreDamaged, StoreError, StoreFull
from data_access.migrate import migrate, require_current
from data_access.operations import kept_log
from data_access.operations import manifest as manifests
from data_access.operations.digests import Digests
from data_access.operations.manifest import BackedUpTable, Manifest
from data_access.operations.runs import record_done, recorded
from data_access.operations.scratch import scratch
from data_access.operations.tables import PORTION_ROWS, ROLES, Role, catalogue, count, empty, filling_order, put_in
from data_access.personal import forgotten
from data_access.personal.forgetting import again
from data_access.personal.rewriting import write_anew
from data_access.scope import Right, Scope
from data_access.stores import Stores, close_stores, embedded_file, open_stores
from settings import Settings

# What says that a restore or a backup ran is no data that one would lose; the log stays as it is.
_RECORDS: Final = frozenset({"operation_runs", "scheduled_work", "forgotten", *kept_log.KEPT})
Told = Callable[[str], None]


class NotEmpty(StoreError):
    """The target holds data, and nobody asked to replace them."""


class NotEqual(StoreError):
    """What was restored is not what the backup holds."""


@dataclass(slots=True)
class Restored:
    """What a restore did. set_aside: files of the databases from before, which are kept under these names. forgotten:
    people of the backup who had been forgotten since, and were erased again."""

    backup: Path
    manifest: Manifest
    engines: dict[str, str]
    trial: bool = False
    set_aside: list[Path] = field(default_factory=list)
    forgotten: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {
            "backup": str(self.backup),
            "created_at": self.manifest.created_at,
            "as_of": self.manifest.as_of,
            "tables": len(self.manifest.tables),
            "rows": self.manifest.rows,
            "engines": self.engines,
            "trial": self.trial,
            "set_aside": [str(path) for path in self.set_aside],
            "forgotten": self.forgotten,
        }


def restore(
    settings: Settings, scope: Scope, place: Path, *, replace: bool = False, told: Told = lambda _text: None
) -> Restored:
    """Restores the backup (or the newest whole one of a folder) and compares every table with it afterwards.

    The stores of these settings must not be open in this process. Raises NotPermitted, BackupRefused, NotEmpty,
    NotEqual, StoreBusy where a process works on servers that are to be filled, StoreError.
    """
    scope.require(Right.ADMIN)
    folder = manifests.locate(place)
    found = manifests.check(folder)
    files = {role: embedded_file(url) for role, url in _urls(settings).items()}
    done = Restored(folder, found, {role: url.partition(":")[0] for role, url in _urls(settings).items()})
    new_files = {path: _beside(path) for path in dict.fromkeys(files.values()) if path is not None}
    missing = {path for path in new_files if not path.exists()}
    # Held until the new files take their place, so that no other process can write into the old ones meanwhile.
    old = _opened(settings, files, replace)
    try:
        gone = _forgotten(settings, folder, old)
        rebuilt = _rebuilt(settings, files, new_files)
        stores = open_stores(rebuilt)
        try:
            migrate(stores)
            if files["operational"] is None:
                _require_quiet(stores.operational)
            elif old is not None and files["warehouse"] is None:
                _mark(old)
            if old is not None and files["operational"] is not None:
                kept_log.carry_over(old.operational, stores.operational)
            _fill(stores, folder, found, told)
            done.forgotten = _forget_again(stores, settings, gone, scope.person, told)
            with stores.operational.write() as session:
                record_done(session, "restore", by=scope.person, details={"backup": str(folder), "rows": found.rows})
            if done.forgotten:
                # Nor do they stand in what a file keeps of removed rows.
                write_anew(stores, rebuilt)
        finally:
            close_stores(stores)
        if old is not None:
            close_stores(old)
        for path, new in new_files.items():
            if path in missing:
                _remove(path)
            done.set_aside += put_in_place(new, path)
            recovery.settled(path)
        done.set_aside += spool_aside(settings)
    finally:
        if old is not None:
            close_stores(old)
        for new in new_files.values():
            _remove(new)
    return done


def trial(stores: Stores, settings: Settings, scope: Scope, place: Path, told: Told = lambda _text: None) -> Restored:
    """Restores the backup into a scratch database, compares every table, and throws it away. Records the run.

    Raises NotPermitted, BackupRefused, NotEqual, StoreFull, StoreError.
    """
    scope.require(Right.ADMIN)
    with recorded(stores.operational, "trial_restore", by=scope.person) as details:
        done = _tried(settings, place, told)
        details |= {"backup": str(done.backup), "rows": done.manifest.rows}
    return done


def _forgotten(settings: Settings, folder: Path, old: Stores | None) -> list[forgotten.Entry]:
    """Who must not come back with the backup: the list of the databases from before, and what lies beside backups."""
    held: list[forgotten.Entry] = []
    if old is not None:
        with old.operational.read() as session:
            if "forgotten" in catalogue(session, "operational"):
                held = forgotten.read(session)
    beside = [forgotten.read_beside(place) for place in dict.fromkeys((settings.backup_folder, folder.parent))]
    return forgotten.together(held, *beside)


def _forget_again(stores: Stores, settings: Settings, gone: list[forgotten.Entry], by: str, told: Told) -> int:
    """Erases those who were forgotten after the backup was made; how many people of it that were. Raises
    SecretUnreadable, StoreError."""
    with stores.operational.write() as session:
        known = {entry.key for entry in forgotten.read(session)}
        forgotten.put(session, forgotten.together(gone, forgotten.read(session)))
    later = [entry for entry in gone if entry.key not in known]
    return again(stores, settings, later, by, told) if later else 0


def _tried(settings: Settings, place: Path, told: Told) -> Restored:
    folder = manifests.locate(place)
    found = manifests.check(folder)
    with scratch(settings, found.size) as folder_of_it:
        url = f"duckdb:///{folder_of_it / 'trial.duckdb'}"
        stores = open_stores(settings.model_copy(update={"database_url": url, "warehouse_url": url}))
        try:
            migrate(stores)
            _fill(stores, folder, found, told)
        finally:
            close_stores(stores)
    return Restored(folder, found, dict.fromkeys(ROLES, "duckdb"), trial=True)


def _require_quiet(store: Store) -> None:
    """An embedded file is held by one process; a server's tables would be filled under the hands of whoever works."""
    now = datetime.now(UTC)
    with store.read() as session:
        at_work = jobs.working(session, now) + schedule.working(session, now)
    if at_work:
        raise StoreBusy(
            f"Nothing was restored: {'; '.join(at_work[:3])}. Stop the app and 'promolens schedule', or wait until that"
            " has ended, then restore again."
        )


def _mark(old: Stores) -> None:
    """The file stays until the new one is whole, but its warehouse is filled now: should that not come to its end,
    pages of the old file are told so.
    """
    migrate(old)
    with old.operational.write() as session:
        session.execute("operations/publishing_mark")


def put_in_place(new: Path, path: Path) -> list[Path]:
    """Puts a finished database file where the old one is, which is set aside with its log; their names then."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
    aside = []
    for old in (path.with_name(f"{path.name}.wal"), path):
        if old.exists():
            kept = path.with_name(f"{path.name}.replaced-{stamp}{old.name.removeprefix(path.name)}")
            if old == path:
                # A second name for the old file: at no moment is there none under the database's own.
                os.link(old, kept)
            else:
                old.rename(kept)
            aside.append(kept)
    os.replace(new, path)
    return aside


def _fill(stores: Stores, folder: Path, found: Manifest, told: Told) -> None:
    require_current(stores)
    newest = _newest_version(stores.operational)
    if not stores.same:
        # Whatever ends this run before its end: pages are told that figures are not in place.
        with stores.operational.write() as session:
            session.execute("operations/publishing_mark")
    # The operational store last: with its watermarks it says what the warehouse holds.
    for role in ("warehouse", "operational") if not stores.same else ROLES:
        store = stores.operational if role == "operational" else stores.warehouse
        tables = [table for table in found.tables if table.store == role]
        with store.write() as session:
            _fill_store(session, store, role, folder, tables, told)
            if store.dialect == "postgresql":
                # Within the transaction: what does not fit leaves everything as it was.
                _compare(session, role, folder, tables)
                _move_on(session, newest)
        if store.dialect != "postgresql":
            with store.read() as session:
                _compare(session, role, folder, tables)
            if role == "operational":
                with store.write() as session:
                    _move_on(session, newest)


def _move_on(session: Session, newest: int) -> None:
    session.execute("operations/sequences_move")
    session.execute("operations/versions_pass", ahead=newest)


def _fill_store(
    session: Session, store: Store, role: Role, folder: Path, tables: Iterable[BackedUpTable], told: Told
) -> None:
    known = catalogue(session, role)
    for name in known.keys() - kept_log.KEPT.keys():
        empty(session, name, getattr(store, "cluster", ""))
    found = {table.table: table for table in tables}
    for name in found.keys() - known.keys():
        raise NotEqual(f"This program has no table {name}, and the backup has {found[name].rows:,} rows.")
    for name in filling_order(session, found):
        if found[name].file:
            told(name)
            parts = _parts(folder / found[name].file)
            if name in kept_log.KEPT:
                kept_log.put_back(session, known[name], parts)
                continue
            for part in parts:
                put_in(session, known[name], part)
    if isinstance(session, Versioned):
        session.pass_versions()


def _compare(session: Session, role: Role, folder: Path, tables: Iterable[BackedUpTable]) -> None:
    """Raises NotEqual where a table holds other rows than its backup."""
    known = catalogue(session, role)
    with Digests() as digests:
        for backed_up in tables:
            rows = count(session, backed_up.table)
            if backed_up.table in kept_log.KEPT:
                # There may be more of them, from after the backup.
                parts = _parts(folder / backed_up.file) if backed_up.file else ()
                if not kept_log.is_whole(session, known[backed_up.table], parts):
                    raise NotEqual(f"{backed_up.table} lacks rows that the backup holds. Try again, or another backup.")
                continue
            if rows != backed_up.rows or (
                backed_up.file and not digests.same(session, known[backed_up.table], folder / backed_up.file)
            ):
                raise NotEqual(
                    f"{backed_up.table} in {session.dialect} is not what the backup holds: {rows:,} of"
                    f" {backed_up.rows:,} rows, or other values. Try again, or another backup."
                )


def _parts(path: Path) -> Iterable[pa.Table]:
    for batch in pq.ParquetFile(path).iter_batches(PORTION_ROWS):
        yield pa.Table.from_batches([batch])


def _newest_version(store: Store) -> int:
    with store.read() as session:
        return max((int(row["version"]) for row in session.rows("operations/data_state")), default=0)


def _urls(settings: Settings) -> dict[Role, str]:
    return {"operational": settings.database_url, "warehouse": settings.warehouse_url}


def _opened(settings: Settings, files: dict[Role, Path | None], replace: bool) -> Stores | None:
    """The databases that are there, empty unless they are to be replaced; None where there are none, or broken ones.

    Raises NotEmpty, StoreBusy, StoreUnavailable.
    """
    advice = "To restore in their place (files are set aside, never deleted): --replace"
    if all(path is not None and not path.exists() for path in files.values()):
        return None
    try:
        stores = open_stores(settings)
    except StoreDamaged:
        return None  # set aside already: nothing is there that could be overwritten
    if not replace:
        for role in ROLES:
            store = stores.operational if role == "operational" else stores.warehouse
            with store.read() as session:
                full = [name for name in catalogue(session, role) if name not in _RECORDS and count(session, name)]
            if full:
                close_stores(stores)
                raise NotEmpty(f"{store.url} holds data ({', '.join(full[:3])} …). {advice}")
    return stores


def _rebuilt(settings: Settings, files: dict[Role, Path | None], built: dict[Path, Path]) -> Settings:
    """The settings, with new files beside the old ones where the databases are embedded."""
    urls = _urls(settings)
    for role, path in files.items():
        if path is not None:
            urls[role] = f"duckdb:///{built[path]}"
    return settings.model_copy(update={"database_url": urls["operational"], "warehouse_url": urls["warehouse"]})


def _beside(path: Path) -> Path:
    new = path.with_name(f"{path.name}.restoring")
    _remove(new)
    return new


def _remove(path: Path) -> None:
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)


def spool_aside(settings: Settings) -> list[Path]:
    """What was fetched after the backup rests on cursors that the backup does not have: it is asked for again."""
    spool = settings.spool_dir
    if not spool.is_dir() or not any(spool.rglob("*.parquet")):
        if spool.is_dir():
            shutil.rmtree(spool)
        return []
    kept = spool.with_name(f"{spool.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S}")
    try:
        spool.rename(kept)
    except OSError as error:
        raise StoreFull(f"{spool} cannot be set aside: {error.strerror}. Move it away before the next sync.") from error
    return [kept]
