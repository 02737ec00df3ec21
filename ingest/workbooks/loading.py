"""Files into the company's tables: looked at whole, read, judged, merged; all of it noted in data_processing_jobs."""

from __future__ import annotations

import csv
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from data_access.jobs import new_job_id
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.workbooks import Rows, begin_job, end_job, put_file
from ingest.errors import IngestError
from ingest.private_file import private_file
from ingest.workbooks.cells import Locale, locale_of
from ingest.workbooks.columns import KEYS, TARGETS, Columns, Kind, UnfitSheet, columns_of, said_pairs, what_is_missing
from ingest.workbooks.judging import Judged, Reject, judged, together
from ingest.workbooks.quality import quality
from ingest.workbooks.reading import Form, PassedOver, sheets
from ingest.workbooks.trust import UntrustedFile

Told = Callable[[str, float | None], None]
# Rejects that a result carries; the reject file has all of them.
SHOWN_REJECTS: Final = 200
_HEAD: Final = ("file", "sheet", "row", "column", "value", "reason")


class NothingFits(IngestError):
    """No row of a file can be loaded."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person says of the files; '' where nothing. mapping: target=source; country: ISO code whose way of
    writing numbers and days text has; dry_run: everything but the loading."""

    kind: Kind | None = None
    mapping: Sequence[str] = ()
    country: str = ""
    decimal: str = ""
    separator: str = ""
    encoding: str = "utf-8"
    rejects: Path | None = None
    dry_run: bool = False


@dataclass(slots=True)
class Part:
    """What a file brought into one table. sheet: names, parted by commas; loaded: rows that are in place; fresh,
    replaced: of them, see Changes; quality: shares 0–1."""

    kind: str
    sheet: str
    rows: int
    loaded: int
    rejected: int
    fresh: int = 0
    replaced: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    quality: dict[str, Any] = field(default_factory=dict)
    preview: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class FileDone:
    """How a file ended. refused: why it was refused whole, or ''; found: promotions found in its sales."""

    name: str
    checksum: str = ""
    parts: list[Part] = field(default_factory=list)
    found: int = 0
    refused: str = ""
    notes: list[str] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return sum(part.rejected for part in self.parts)


@dataclass(slots=True)
class Ingested:
    """How a job ended. reject_file: path, None where nothing was rejected."""

    job: str
    dry_run: bool
    files: list[FileDone] = field(default_factory=list)
    reject_file: str | None = None
    seconds: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether every row of every file is in place."""
        return not any(file.refused or file.rejects for file in self.files)

    def as_dict(self) -> dict[str, Any]:
        """For --json: rejects shortened."""
        told = asdict(self) | {"seconds": round(self.seconds, 2)}
        for file in told["files"]:
            file["rejects"] = file["rejects"][:SHOWN_REJECTS]
        return told

    def result(self) -> dict[str, Any]:
        """As data_processing_jobs.result keeps it: one entry a file and table."""
        entries: list[dict[str, Any]] = []
        for file in self.files:
            head = {"name": file.name, "checksum": file.checksum}
            if file.refused:
                nothing = {"sheet": "", "rows": 0, "loaded": 0, "rejected": 0, "replaced": 0, "quality": None}
                entries.append(head | nothing | {"refused": file.refused})
            entries += [
                head | {"kind": part.kind, "sheet": part.sheet, "rows": part.rows, "loaded": part.loaded,
                        "rejected": part.rejected, "replaced": part.replaced, "quality": part.quality}
                for part in file.parts
            ]  # fmt: skip
        return {"files": entries, "reject_file": self.reject_file}


def ingest_files(
    stores: Stores, settings: Any, scope: Scope, paths: Sequence[Path], asked: Asked,
    told: Told = lambda _text, _share: None,
) -> Ingested:  # fmt: skip
    """Loads files one after the other, each in one transaction: a file that is refused leaves the others alone.

    Raises NotPermitted, UnfitSheet for what --map says, StoreError.
    """
    started = time.monotonic()
    scope.require(Right.PROMO_WRITE)
    said = said_pairs(asked.mapping, asked.kind)
    locale = locale_of(asked.country or _country(stores), asked.decimal)
    done = Ingested(new_job_id(datetime.now(UTC)), asked.dry_run)
    if not asked.dry_run:
        begin_job(stores, scope, done.job, len(paths))
    message: str | None = "It was stopped before it had ended."
    try:
        for at, path in enumerate(paths):
            told(f"Reading {path.name}", at / len(paths))
            done.files.append(_file(stores, scope, path, asked, said, locale, told))
        message = None
    finally:
        _write_rejects(done, settings, asked)
        done.seconds = time.monotonic() - started
        if not asked.dry_run:
            _end(stores, scope, done, message)
    return done


def _country(stores: Stores) -> str:
    with stores.operational.read() as session:
        row = session.one("aggregate/default_country")
    return row["country"] if row else ""


def _end(stores: Stores, scope: Scope, done: Ingested, message: str | None) -> None:
    loaded = [file for file in done.files if not file.refused]
    refused = [f"{file.name}: {file.refused}" for file in done.files if file.refused]
    end_job(
        stores, scope, done.job,
        status="completed" if loaded and message is None else "failed",
        processed=len(loaded),
        records=sum(part.loaded for file in done.files for part in file.parts),
        errors=sum(file.rejected for file in done.files) + len(refused),
        result=done.result(),
        message=message or "; ".join(refused) or None,
    )  # fmt: skip


def _file(
    stores: Stores, scope: Scope, path: Path, asked: Asked, said: dict[str, str], locale: Locale, told: Told
) -> FileDone:
    out = FileDone(path.name)
    try:
        judged_by_kind = _judged(path, asked, said, locale, out)
        out.checksum = _checksum(path)
        parts = [_part(one, columns) for one, columns in judged_by_kind]
        if not any(one.rows.num_rows for one, _ in judged_by_kind):
            raise NothingFits(_nothing(out))
    except (UntrustedFile, UnfitSheet, NothingFits) as error:
        out.refused = str(error)
        out.parts = []
        return out
    out.parts = parts
    if asked.dry_run:
        return out
    told(f"Putting {path.name} in place", None)
    whole = [Rows(one.kind, _table(one, one.rows), one.seen) for one, _ in judged_by_kind if one.rows.num_rows]
    changes = put_file(stores, scope, path.name, whole)
    out.found = changes.found
    for part in parts:
        part.fresh, part.replaced = changes.of(part.kind)
    return out


def _judged(
    path: Path, asked: Asked, said: dict[str, str], locale: Locale, out: FileDone
) -> list[tuple[Judged, Columns]]:
    """The file's rows by kind, with the columns of the first sheet of each kind."""

    def fits(names: Sequence[str]) -> bool:
        return columns_of(names, said, asked.kind) is not None

    found: dict[Kind, list[tuple[Judged, Columns]]] = {}
    passed: list[PassedOver] = []
    for sheet in sheets(path, fits, Form(asked.separator, asked.encoding)):
        if isinstance(sheet, PassedOver):
            passed.append(sheet)
            continue
        columns = columns_of(sheet.table.schema.names, said, asked.kind)
        if columns is None:
            passed.append(PassedOver(sheet.name, tuple(sheet.table.schema.names)))
            continue
        out.notes += sheet.warnings
        if columns.unused:
            out.notes.append(f"{_of(sheet.name)}Columns that are not used: {', '.join(columns.unused)}.")
        one = judged(sheet, columns, locale)
        out.notes += [f"{_of(sheet.name)}{note}." for note in one.told]
        found.setdefault(columns.kind, []).append((one, columns))
    for sheet in passed:
        why = what_is_missing(sheet.columns, said, asked.kind) if sheet.columns else "is empty"
        if not found and sheet.columns:
            raise UnfitSheet(f"{path.name}{f', sheet {sheet.name!r}' if sheet.name else ''} {why}.")
        out.notes.append(f"Sheet '{sheet.name}' is left out: it {why}.")
    if not found:
        raise UnfitSheet(f"{path.name} has no rows.")
    merged = []
    for parts in found.values():
        one = together([part for part, _ in parts])
        if one.repeated:
            out.notes.append(f"{one.repeated:,} row(s) stand there twice; they count once.")
        out.rejects += one.rejects
        merged.append((one, parts[0][1]))
    return merged


def _of(sheet: str) -> str:
    return f"'{sheet}': " if sheet else ""


def _part(one: Judged, columns: Columns) -> Part:
    names = [name for name in dict.fromkeys(one.rows["sheet"].to_pylist()) if name]
    rejected = len({(reject.sheet, reject.row) for reject in one.rejects})
    return Part(
        one.kind, ", ".join(names), one.read, one.rows.num_rows, rejected, columns=dict(columns.sources),
        quality=quality(one.tally, one.kind, one.rows),
        preview=_table(one, one.rows.slice(0, 20)).to_pylist(),
    )  # fmt: skip


def _table(one: Judged, rows: pa.Table) -> pa.Table:
    assert set(KEYS[one.kind]) <= set(rows.schema.names)
    return rows.select([target.name for target in TARGETS[one.kind]])


def _nothing(out: FileDone) -> str:
    first = out.rejects[0] if out.rejects else None
    told = f" First: {place_of(first)}: {first.reason}." if first else ""
    return f"None of its rows can be loaded.{told}"


def place_of(reject: Reject) -> str:
    """Where a rejected cell is, in words."""
    sheet = f"'{reject.sheet}', " if reject.sheet else ""
    return f"{sheet}row {reject.row}" + (f", {reject.column}" if reject.column else "")


def _write_rejects(done: Ingested, settings: Any, asked: Asked) -> None:
    if not any(file.rejects for file in done.files):
        return
    path = asked.rejects or settings.data_dir / "rejects" / f"workbooks-{done.job}.csv"
    with private_file(path) as out:
        writer = csv.writer(out)
        writer.writerow(_HEAD)
        for file in done.files:
            for one in file.rejects:
                writer.writerow([file.name, one.sheet, one.row, one.column, one.value, one.reason])
    done.reject_file = str(path)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
