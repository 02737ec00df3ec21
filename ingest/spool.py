"""Chunks on their way from the fetch process to the store.

`<spool>/<account>/<job>/<seq>/` holds Parquet files and a manifest. The manifest is written last, by an atomic rename
after everything is on the disk: a folder without one is a chunk that was cut off, and does not count. A chunk that
cannot be trusted (checksum, unreadable) is set aside in `<spool>/<account>/damaged/` with its reason; as its cursor
never moved, the next walk asks for its range again.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

MANIFEST = "manifest.json"
DAMAGED = "damaged"
_NAME = re.compile(r"^[A-Za-z0-9_.\-]{1,100}$")


class DamagedChunk(Exception):
    """A chunk is not what its manifest says; `str()` is the reason.

    Neither the chunk in `folder` nor what was fetched after it may be loaded.
    """

    def __init__(self, folder: Path, reason: str) -> None:
        super().__init__(reason)
        self.folder = folder


class SpoolFull(Exception):
    """The spool holds as much as it may and nobody takes anything out."""


class TableFile(msgspec.Struct, frozen=True):
    """One Parquet file of a chunk."""

    file: str
    rows: int
    sha256: str


class CursorMove(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a walk stands once this chunk is in. `cursor` is JSON; `watermark` only where the walk is complete.

    `forget`: the positions of the resource's slices have served, or belong to another walk."""

    resource: str
    partition: str = ""
    cursor: dict[str, Any] | None = None
    watermark: datetime | None = None
    forget: bool = False


class Reject(msgspec.Struct, frozen=True):
    """Something that Klaviyo delivered and that could not be taken: its place (endpoint and id) and why."""

    place: str
    reason: str


class Manifest(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one chunk holds. `requests` counts calls by endpoint; `window` is what a report's rows replace."""

    job: str
    account: str
    seq: int
    resource: str
    fetched_at: datetime
    tables: dict[str, TableFile] = {}
    cursors: list[CursorMove] = []
    requests: dict[str, int] = {}
    rejects: list[Reject] = []
    notes: list[str] = []
    window: dict[str, Any] | None = None
    last: bool = False


_DECODER = msgspec.json.Decoder(Manifest)


class Chunk(msgspec.Struct, frozen=True):
    """A complete chunk on the disk."""

    folder: Path
    manifest: Manifest

    def path(self, table: str) -> Path:
        return self.folder / self.manifest.tables[table].file


def job_folder(spool: Path, account: str, job: str) -> Path:
    """Where a job's chunks go. ValueError for names that could leave the spool."""
    for name in (account, job):
        if not _NAME.match(name) or name in {".", "..", DAMAGED}:
            raise ValueError(f"{name[:40]!r} cannot be a folder of the spool")
    return spool / account / job


def write_chunk(folder: Path, manifest: Manifest, tables: Mapping[str, pa.Table]) -> Chunk:
    """Writes the chunk `manifest.seq` below a job's folder; on return it survives a power cut.

    The manifest given lacks `tables`; the one returned has it. Raises OSError where the disk refuses.
    """
    place = folder / f"{manifest.seq:06d}"
    if place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True)
    files: dict[str, TableFile] = {}
    for name, table in tables.items():
        # An empty report says that the window holds nothing; anything else that is empty says nothing.
        if table.num_rows == 0 and manifest.window is None:
            continue
        files[name] = _write_table(place / f"{name}.parquet", table)
    full = msgspec.structs.replace(manifest, tables=files)
    write_durably(place / MANIFEST, msgspec.json.encode(full))
    return Chunk(place, full)


def _write_table(path: Path, table: pa.Table) -> TableFile:
    with path.open("wb") as out:
        # Without Arrow's own schema beside it, a reader that knows no JSON takes such a column as text.
        pq.write_table(
            table,
            out,
            compression="lz4",
            use_dictionary=False,
            write_statistics=False,
            store_schema=False,
            row_group_size=122_880,
        )
        out.flush()
        os.fsync(out.fileno())
    return TableFile(path.name, table.num_rows, _digest(path))


def rewrite(chunk: Chunk, changes: Mapping[str, Callable[[pa.Table], pa.Table]]) -> Chunk:
    """The chunk with some of its tables changed; what they held before is gone from the disk.

    The manifest names the new files before the old ones go: a run that breaks off leaves a whole chunk. Raises OSError.
    """
    tables = dict(chunk.manifest.tables)
    for name, change in changes.items():
        path = chunk.folder / f"{name}.{os.urandom(4).hex()}.parquet"
        tables[name] = _write_table(path, change(pq.read_table(chunk.path(name))))
    full = msgspec.structs.replace(chunk.manifest, tables=tables)
    write_durably(chunk.folder / MANIFEST, msgspec.json.encode(full))
    for name in changes:
        chunk.path(name).unlink(missing_ok=True)
    return Chunk(chunk.folder, full)


def write_durably(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replaces a file by an atomic rename, after its bytes are on the disk."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def complete_chunks(folder: Path) -> list[Chunk]:
    """The chunks of a job that are complete, in order, up to the first whose manifest cannot be read.

    Cursors of later chunks pass what that one held. Raises DamagedChunk where it is the first.
    """
    found: list[Chunk] = []
    for place in sorted(p for p in folder.glob("[0-9]*") if p.is_dir()):
        path = place / MANIFEST
        try:
            found.append(Chunk(place, _DECODER.decode(path.read_bytes())))
        except FileNotFoundError:
            continue
        except (msgspec.DecodeError, OSError) as error:
            if not found:
                raise DamagedChunk(place, f"the manifest cannot be read: {error}") from error
            break
    return found


def verify(chunk: Chunk) -> None:
    """Compares the chunk's files with its manifest. Raises DamagedChunk with the file and the reason."""
    reason = _difference(chunk)
    if reason is not None:
        raise DamagedChunk(chunk.folder, reason)


def _difference(chunk: Chunk) -> str | None:
    for name, table in chunk.manifest.tables.items():
        path = chunk.folder / table.file
        if path.parent != chunk.folder or not path.is_file():
            return f"{name}: the file {table.file} is missing"
        try:
            if _digest(path) != table.sha256:
                return f"{name}: {table.file} is not the file that was written (its checksum differs)"
            rows = pq.read_metadata(path).num_rows
        except (pa.ArrowException, OSError) as error:
            return f"{name}: {table.file} cannot be read: {error}"
        if rows != table.rows:
            return f"{name}: {table.file} holds {rows} rows, its manifest says {table.rows}"
    return None


def set_aside(place: Path, reason: str) -> Path:
    """Moves a damaged chunk to the account's `damaged` folder, with its reason beside it; gives the new place."""
    account = place.parent.parent
    target = account / DAMAGED / f"{place.parent.name}-{place.name}"
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        shutil.rmtree(target)
    place.rename(target)
    (target / "reason.txt").write_text(reason + "\n", encoding="utf-8")
    return target


def remove(chunk: Chunk) -> None:
    """Deletes a chunk that has been loaded: its manifest first, so that half of it never counts."""
    discard(chunk.folder)


def discard(place: Path) -> None:
    """Deletes a chunk's folder, its manifest first."""
    (place / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(place, ignore_errors=True)


def size_in_bytes(folder: Path) -> int:
    """Bytes of all chunks below a folder; chunks may come and go meanwhile."""
    total = 0
    # Not Path.rglob: up to Python 3.12 it fails on a folder that is removed while it looks.
    for place, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".parquet"):
                with suppress(FileNotFoundError):
                    total += os.stat(os.path.join(place, name)).st_size
    return total


def holds_chunks(account_folder: Path) -> bool:
    """Whether any job's complete chunk waits there; chunks may come and go meanwhile."""
    return any(
        MANIFEST in names and Path(place).parent.parent == account_folder and Path(place).parent.name != DAMAGED
        for place, _, names in os.walk(account_folder)
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
