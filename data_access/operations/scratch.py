"""Folders in DATA_DIR for databases that are made on trial and thrown away; what a killed trial left goes, too."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from data_access.errors import StoreFull
from settings import Settings

_PREFIX: Final = "trial-"
# A database takes more room than its backup, whose columns are compressed as a whole.
_ROOM: Final = 4
# A process id may belong to somebody else by now: no trial takes that long.
_LONGEST_SECONDS: Final = 86_400
_own: set[str] = set()


@contextmanager
def scratch(settings: Settings, backup_bytes: int) -> Iterator[Path]:
    """An empty folder for the database of a backup of that size, removed at the end.

    Folders that killed processes left are removed first. Raises StoreFull where the disk has too little room.
    """
    place = settings.data_dir
    try:
        place.mkdir(parents=True, exist_ok=True)
        clear_abandoned(settings)
        free = shutil.disk_usage(place).free
        if free < _ROOM * backup_bytes:
            raise StoreFull(
                f"The backup takes {backup_bytes / 2**20:,.0f} MiB, and the database that it is tried in"
                f" {_ROOM} times that at most; {place} has {free / 2**20:,.0f} MiB free. Free some space, then try"
                " again."
            )
        with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-", dir=place) as folder:
            _own.add(folder)
            try:
                yield Path(folder)
            finally:
                _own.discard(folder)
    except OSError as error:
        raise StoreFull(f"{place} cannot be written: {error.strerror or error}.") from error


def clear_abandoned(settings: Settings) -> list[str]:
    """Removes the folders of trials whose process is gone; their names."""
    gone = [folder for folder in settings.data_dir.glob(f"{_PREFIX}*") if folder.is_dir() and _abandoned(folder)]
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return [folder.name for folder in gone]


def _abandoned(folder: Path) -> bool:
    pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
    try:
        old = time.time() - folder.stat().st_mtime > _LONGEST_SECONDS
    except FileNotFoundError:
        return False  # its own process has just removed it
    if str(folder) in _own:
        return False
    # In a container the number of this process is that of the one before it.
    if not pid.isdigit() or old or int(pid) == os.getpid():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
