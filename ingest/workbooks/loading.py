"""Files into the company's tables: looked at whole, read, judged, merged; all of it noted in data_processing_jobs."""

from __future__ import annotations

import csv
import hashlib
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from analytics.spreadsheet_text import guarded_cell
from data_access.errors import StoreError
from data_access.jobs import new_job_id
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.workbook_jobs import begin_job, end_job, kept_alive
from data_access.writes.workbooks import Rows, put_file
from ingest.errors import IngestError
from ingest.private_file import private_file
from ingest.workbooks.cells import Locale, locale_of
from ingest.workbooks.columns import (
    ENOUGH,
    TARGETS,
    Columns,
    Kind,
    UnfitSheet,
    columns_of,
    missing,
    nearest,
    said_pairs,
    what_is_missing,
)
from ingest.workbooks.judging import Judged, Reject, judged, together
from ingest.workbooks.mechanics import with_mechanics
from ingest.workbooks.quality import quality
from ingest.workbooks.reading import Form, PassedOver, sheets
from ingest.workbooks.results import Asked, FileDone, Ingested, Part, Said, SheetSeen
from ingest.workbooks.trust import UntrustedFile

Told = Callable[[str, float | None], None]
PREVIEW_ROWS: Final = 20
_HEAD: Final = ("file", "sheet", "row", "column", "value", "reason")


class NothingFits(IngestError):
    """No row of a file can be loaded."""


def ingest_files(
    stores: Stores, settings: Any, scope: Scope, paths: Sequence[Path], asked: Asked,
    told: Told = lambda _text, _share: None, *, is_begun: bool = False,
) -> Ingested:  # fmt: skip
    """Loads files one after the other, each in one transaction: a file that is refused leaves the others alone.

    is_begun: the job of `asked` stands in data_processing_jobs already. Raises NotPermitted, UnfitSheet for what --map
    says, JobKnown where the job's id ran already, StoreError.
    """
    started = time.monotonic()
    scope.require(Right.PROMO_WRITE)
    said = said_pairs(asked.mapping, asked.kind)
    done = Ingested(asked.job or new_job_id(datetime.now(UTC)), asked.dry_run)

    def work(tell: Told) -> None:
        locale = locale_of(asked.country or _country(stores), asked.decimal)
        for at, path in enumerate(paths):
            tell(f"Reading {path.name}", at / len(paths))
            # Rows that are too many for memory wait there until they are in place.
            with tempfile.TemporaryDirectory(prefix="workbooks-", ignore_cleanup_errors=True) as folder:
                done.files.append(_file(stores, scope, path, asked, said, locale, tell, Path(folder)))

    if asked.dry_run:
        work(told)
        _write_rejects(done, settings, asked)
        done.seconds = time.monotonic() - started
        return done
    if not is_begun:
        begin_job(stores, scope, done.job, len(paths), settings.sync_lease_seconds)
    message: str | None = "It was stopped before it had ended."
    try:
        with kept_alive(stores, scope, done.job, settings.sync_lease_seconds) as beat:

            def both(text: str, share: float | None) -> None:
                beat(text, share)
                told(text, share)

            work(both)
        message = None
    except (IngestError, StoreError) as error:
        message = str(error)
        raise
    finally:
        _write_rejects(done, settings, asked)
        done.seconds = time.monotonic() - started
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
    stores: Stores, scope: Scope, path: Path, asked: Asked, said: dict[str, str], locale: Locale, told: Told,
    folder: Path,
) -> FileDone:  # fmt: skip
    out = FileDone(path.name)
    try:
        judged_by_kind = _judged(path, asked, said, locale, out, folder)
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
    whole = [Rows(one.kind, _whole(one), one.seen) for one, _ in judged_by_kind if one.rows.num_rows]
    changes = put_file(stores, scope, path.name, whole)
    out.found = changes.found
    for part in parts:
        part.fresh, part.replaced = changes.of(part.kind)
    return out


def _judged(
    path: Path, asked: Asked, said: dict[str, str], locale: Locale, out: FileDone, folder: Path
) -> list[tuple[Judged, Columns]]:
    """The file's rows by kind, with the columns of the first sheet of each kind."""

    def of_sheet(name: str) -> tuple[dict[str, str], Kind | None]:
        own = asked.by_sheet.get((path.name, name), Said())
        return said | dict(own.pairs), own.kind or asked.kind

    def fits(name: str, names: Sequence[str]) -> Collection[str] | None:
        own = asked.by_sheet.get((path.name, name))
        columns = None if own and own.is_left_out else columns_of(names, *of_sheet(name))
        return None if columns is None else list(columns.sources.values())

    found: dict[Kind, list[tuple[Judged, Columns]]] = {}
    for sheet in sheets(path, fits, Form(asked.separator, asked.encoding), folder):
        if isinstance(sheet, PassedOver):
            out.sheets.append(_passed(sheet, asked.by_sheet.get((path.name, sheet.name)), *of_sheet(sheet.name)))
            continue
        names = sheet.columns
        columns = columns_of(names, *of_sheet(sheet.name))
        assert columns is not None  # it fitted
        one = judged(sheet, columns, locale)
        seen = SheetSeen(
            sheet.name, columns.kind, True, sheet.header, names, dict(columns.sources), one.read,
            told=[*sheet.warnings, *(f"{note}." for note in one.told)],
            preview=_preview(one),
        )  # fmt: skip
        if columns.unused:
            seen.told.append(f"Columns that are not used: {', '.join(columns.unused)}.")
        out.sheets.append(seen)
        out.notes += [f"{_of(sheet.name)}{note}" for note in seen.told]
        found.setdefault(columns.kind, []).append((one, columns))
    for left in out.sheets:
        if left.is_read:
            continue
        if not found and left.columns:
            raise UnfitSheet(f"{path.name}{f', sheet {left.name!r}' if left.name else ''} {left.why}.")
        out.notes.append(f"Sheet '{left.name}' is left out: it {left.why}.")
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


def _passed(sheet: PassedOver, own: Said | None, said: dict[str, str], kind: Kind | None) -> SheetSeen:
    near = nearest(sheet.columns, said, kind)
    is_near = kind is not None or len(near.sources) >= ENOUGH
    if own and own.is_left_out:
        why, lacking = "is not wanted", []
    else:
        why = what_is_missing(sheet.columns, said, kind) if sheet.columns else "is empty"
        lacking = missing(near) if is_near else []
    return SheetSeen(
        sheet.name, near.kind if is_near else "", False, sheet.header, sheet.columns,
        dict(near.sources) if is_near else {}, why=why, lacking=lacking,
    )  # fmt: skip


def _preview(one: Judged) -> list[dict[str, Any]]:
    first = one.rows.first(PREVIEW_ROWS)
    shown = first.select(["place", *(target.name for target in TARGETS[one.kind])])
    return list(shown.rename_columns(["row", *shown.schema.names[1:]]).to_pylist())


def _of(sheet: str) -> str:
    return f"'{sheet}': " if sheet else ""


def _part(one: Judged, columns: Columns) -> Part:
    found = (pc.unique(block["sheet"]).to_pylist() for block in one.rows.blocks(["sheet"]))
    names = list(dict.fromkeys(name for part in found for name in part if name))
    rejected = len({(reject.sheet, reject.row) for reject in one.rejects})
    return Part(
        one.kind, ", ".join(names), one.read, one.rows.num_rows, rejected, columns=dict(columns.sources),
        quality=quality(one.tally, one.kind, one.rows),
        preview=_table(one.kind, one.rows.first(PREVIEW_ROWS)).to_pylist(),
    )  # fmt: skip


def _table(kind: Kind, rows: pa.Table) -> pa.Table:
    """As the table keeps them."""
    if kind is Kind.PROMO:
        return with_mechanics(rows)
    return rows.select([target.name for target in TARGETS[kind]])


def _whole(one: Judged) -> pa.Table | Sequence[Path]:
    """The same of all rows; sales may be files."""
    source = one.rows.source() if one.kind is Kind.SALES else one.rows.table()
    return _table(one.kind, source) if isinstance(source, pa.Table) else source


def _nothing(out: FileDone) -> str:
    if not out.rejects:
        return "There are no rows below its header."
    first = out.rejects[0]
    return f"None of its rows can be loaded. First: {place_of(first)}: {first.reason}."


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
                cells = (file.name, one.sheet, one.row, one.column, one.value, one.reason)
                writer.writerow([guarded_cell(str(cell)) for cell in cells])
    done.reject_file = str(path)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
