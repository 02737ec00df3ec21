"""What a backup says of itself: its tables with counts and checksums, its schema, its engines, its data versions."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from data_access.errors import StoreError
from data_access.migrate import MIGRATIONS_ROOT
from settings import SCHEMA_VERSION

FORMAT: Final = 1
FILE: Final = "manifest.json"
PREFIX: Final = "promolens-"
PARTIAL: Final = ".partial"
_NAME: Final = re.compile(rf"{PREFIX}(\d{{8}}T\d{{6}}Z)(?:-\d+)?\Z")
_STEP: Final = re.compile(r"(\d{4})_")
_CHUNK: Final = 1 << 20


class BackupRefused(StoreError):
    """A backup cannot be used: it is damaged, not complete, or of another schema than this program's."""


@dataclass(frozen=True, slots=True)
class BackedUpTable:
    """One table: its file ('' where it has no rows), and what must be found in it."""

    store: str
    table: str
    file: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole backup. stores: role → engine ('dialect'), newest migration ('schema'). data: as of when, by account."""

    name: str
    created_at: datetime
    schema_version: str
    stores: dict[str, dict[str, Any]]
    data: list[dict[str, Any]]
    tables: list[BackedUpTable] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def size(self) -> int:
        """Bytes of all tables' files."""
        return sum(table.size for table in self.tables)

    @property
    def as_of(self) -> datetime | None:
        """Up to when the data of the account that lags most are known."""
        known = [datetime.fromisoformat(row["as_of"]) for row in self.data if row.get("as_of")]
        return min(known, default=None)


def new_name(folder: Path, now: datetime) -> str:
    """A name for a backup that the folder does not have yet."""
    name = f"{PREFIX}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    number = 1
    while (folder / name).exists() or (folder / f"{name}{PARTIAL}").exists():
        number += 1
        name = f"{PREFIX}{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{number}"
    return name


def write(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest, with a checksum of its own, as the last file of a backup."""
    body = asdict(manifest) | {"format": FORMAT, "created_at": manifest.created_at.isoformat()}
    text = json.dumps({"sha256": _digest(body), **body}, indent=1, default=str, ensure_ascii=False)
    (folder / FILE).write_text(text, encoding="utf-8")


def read(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all there. Raises BackupRefused."""
    try:
        body = json.loads((folder / FILE).read_text(encoding="utf-8"))
        told = body.pop("sha256")
        if told != _digest(body):
            raise BackupRefused(f"The manifest of {folder} is damaged: its checksum does not fit. Use another backup.")
        if body.pop("format") != FORMAT:
            raise BackupRefused(f"{folder} was written by a newer version of Promolens. Update this installation.")
        tables = [BackedUpTable(**table) for table in body.pop("tables")]
        found = Manifest(**body | {"created_at": datetime.fromisoformat(body["created_at"]), "tables": tables})
    except FileNotFoundError as error:
        raise BackupRefused(f"{folder} is no backup: it has no {FILE}.") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupRefused(f"The manifest of {folder} cannot be read. Use another backup.") from error
    for table in found.tables:
        path = folder / table.file
        if not table.file:
            continue  # a table without rows
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BackupRefused(f"The manifest of {folder} names a file outside of it. Use another backup.")
        if not path.is_file() or path.stat().st_size != table.size:
            raise BackupRefused(f"{path} is missing or cut short. Use another backup.")
    return found


def check(folder: Path) -> Manifest:
    """The manifest, once every file's checksum fits and this program can hold its schema. Raises BackupRefused."""
    found = read(folder)
    _require_known_schema(found)
    for table in found.tables:
        if table.file and sha256(folder / table.file) != table.sha256:
            raise BackupRefused(f"{folder / table.file} is damaged: its checksum does not fit. Use another backup.")
    return found


def locate(place: Path) -> Path:
    """The backup that a person means: the folder itself, or the newest whole one in it. Raises BackupRefused."""
    if (place / FILE).exists():
        return place
    for found, _ in whole_backups(place):
        return found
    raise BackupRefused(f"There is no whole backup in {place}. Make one: promolens backup {place}")


def whole_backups(folder: Path) -> Iterator[tuple[Path, Manifest]]:
    """The backups of a folder that are complete and readable, newest first. Checksums are not computed."""
    if not folder.is_dir():
        return
    for path in sorted((path for path in folder.iterdir() if _NAME.match(path.name)), reverse=True):
        with suppress(BackupRefused):
            yield path, read(path)


def newest_good(folder: Path) -> tuple[Path, Manifest] | None:
    """The newest backup of a folder whose checksums fit and whose schema this program knows; None without."""
    for path, _ in whole_backups(folder):
        with suppress(BackupRefused):
            return path, check(path)
    return None


def clear_out(folder: Path, keep_days: int, now: datetime) -> list[str]:
    """Removes backups older than that, but the newest whole one, and what a killed run has left; their names.

    keep_days 0 keeps all of them.
    """
    whole = [path for path, _ in whole_backups(folder)]
    removed = []
    for path in sorted(folder.iterdir()):
        plain = path.name.removesuffix(PARTIAL)
        told = _NAME.match(plain)
        if told is None or path in whole[:1]:
            continue
        made = datetime.strptime(told[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        left_over = path.name.endswith(PARTIAL) and now - made > timedelta(days=1)
        if left_over or (keep_days and now - made > timedelta(days=keep_days)):
            shutil.rmtree(path)
            removed.append(path.name)
    return removed


def newest_step(role: str, dialect: str) -> int:
    """The newest migration that this program has for a store on an engine."""
    folder = MIGRATIONS_ROOT / role / dialect
    return max((int(step[1]) for path in folder.glob("*.sql") if (step := _STEP.match(path.name))), default=0)


def sha256(path: Path) -> str:
    """A file's checksum."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_CHUNK):
            digest.update(part)
    return digest.hexdigest()


def _require_known_schema(found: Manifest) -> None:
    newer = [
        f"{role} {told['schema']:04d}"
        for role, told in found.stores.items()
        if int(told["schema"]) > newest_step(role, str(told["dialect"]))
    ]
    if newer or _parts(found.schema_version) > _parts(SCHEMA_VERSION):
        raise BackupRefused(
            f"{found.name} has a newer schema ({', '.join(newer) or found.schema_version}) than this version of"
            " Promolens. Update this installation first."
        )


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()
