"""Files beside the databases in which a person may stand: what was fetched and not loaded, reject files, old copies."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data_access.errors import StoreBusy, StoreFull
from data_access.operations.manifest import PREFIX, whole_backups
from data_access.stores import embedded_file
from settings import Settings

# The fetching process holds it while it writes into the spool.
_LOCK: Final = "fetch.lock"
_COPIES: Final = re.compile(r"\.(replaced|damaged)-\d")
_READ_BYTES: Final = 1 << 22
# Longer than anything that is looked for: what stands across two portions is found in the next one.
_OVERLAP: Final = 4096


@contextmanager
def no_fetch(settings: Settings, account: str) -> Iterator[None]:
    """Nobody fetches the account meanwhile. Raises StoreBusy."""
    folder = settings.spool_dir / account
    if not folder.is_dir():
        yield
        return
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise StoreBusy("This store is being fetched just now. Wait until that has ended, then try again.") from error
    try:
        yield
    finally:
        os.close(descriptor)


def clear_spool(settings: Settings, account: str) -> list[Path]:
    """Removes what was fetched and not loaded, also what was set aside as damaged: its cursor never moved, so that the
    next sync asks for it again. The folders that went. Raises StoreFull."""
    folder = settings.spool_dir / account
    gone = [place for place in sorted(folder.iterdir()) if place.is_dir()] if folder.is_dir() else []
    for place in gone:
        try:
            shutil.rmtree(place)
        except OSError as error:
            raise StoreFull(f"{place} cannot be removed: {error.strerror or error}.") from error
    return gone


def clear_rejects(settings: Settings, pattern: str) -> list[Path]:
    """Removes reject files in which somebody stands: lists of lines that were not loaded; those that went."""
    folder = settings.data_dir / "rejects"
    gone = [path for path in sorted(folder.glob("*.csv")) if holds(path, pattern)] if folder.is_dir() else []
    for path in gone:
        path.unlink()
    return gone


def copies(settings: Settings) -> list[Path]:
    """Backups, and files that a restore or a damage set aside: they hold whoever was there when they were made."""
    backups = [path for path, _ in whole_backups(settings.backup_folder)]
    places = {settings.data_dir, settings.spool_dir.parent}
    places |= {path.parent for path in _databases(settings)}
    aside = {path for place in places if place.is_dir() for path in place.iterdir() if _COPIES.search(path.name)}
    return [*sorted(backups), *sorted(aside)]


def found_in_files(settings: Settings, pattern: str) -> list[Path]:
    """Files of DATA_DIR and the database files in which a pattern stands, but `copies`."""
    left_out = set(copies(settings))
    own = {*_databases(settings), *(path.with_name(f"{path.name}.wal") for path in _databases(settings))}
    walked: list[Path] = []
    for place, folders, names in os.walk(settings.data_dir):
        # The walk passes by what is left out, and by backups that are being written.
        folders[:] = [name for name in folders if Path(place) / name not in left_out and not name.startswith(PREFIX)]
        walked += [Path(place) / name for name in names]
    searched = dict.fromkeys([*sorted(own), *sorted(walked)])
    return [path for path in searched if path.is_file() and path not in left_out and holds(path, pattern)]


def holds(path: Path, pattern: str) -> bool:
    """Whether a pattern stands in a file; of a Parquet file in one of its texts."""
    if path.suffix == ".parquet":
        return _in_parquet(path, pattern)
    wanted, rest = re.compile(pattern.encode()), b""
    with path.open("rb") as file:
        while part := file.read(_READ_BYTES):
            if wanted.search(rest + part):
                return True
            rest = part[-_OVERLAP:]
    return False


def _in_parquet(path: Path, pattern: str) -> bool:
    try:
        for batch in pq.ParquetFile(path).iter_batches():
            for column in batch.columns:
                if pa.types.is_string(column.type) and pc.any(pc.match_substring_regex(column, pattern)).as_py():
                    return True
    except pa.ArrowException:
        return bool(re.search(pattern.encode(), path.read_bytes()))
    return False


def _databases(settings: Settings) -> list[Path]:
    found = [embedded_file(url) for url in (settings.database_url, settings.warehouse_url)]
    return [path for path in dict.fromkeys(found) if path is not None]
