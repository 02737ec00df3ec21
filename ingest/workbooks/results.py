"""What a person says of files, and what became of them: plain values that pages and commands show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from ingest.workbooks.columns import Kind
from ingest.workbooks.judging import Reject

# Rejects that a result carries; the reject file has all of them.
SHOWN_REJECTS: Final = 200


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of one sheet. kind: the table, None = by its columns; pairs: the sheet's column by target, ''
    where none is meant; is_left_out: it is not loaded."""

    kind: Kind | None = None
    pairs: Mapping[str, str] = field(default_factory=dict)
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What the person says of the files; '' where nothing. mapping: target=source, for all sheets; by_sheet: by file
    and sheet, which counts before it; country: ISO code whose way of writing numbers and days text has; dry_run:
    everything but the loading; job: the id that the load is to have: one that ran under it is not run again."""

    kind: Kind | None = None
    mapping: Sequence[str] = ()
    country: str = ""
    decimal: str = ""
    separator: str = ""
    encoding: str = "utf-8"
    rejects: Path | None = None
    dry_run: bool = False
    by_sheet: Mapping[tuple[str, str], Said] = field(default_factory=dict)
    job: str = ""


@dataclass(slots=True)
class SheetSeen:
    """A sheet as it was understood. kind: its table, or the one that comes nearest, '' where none does; is_read: its
    rows are; header: the row of its header, from 1; columns: of the sheet; sources: its column by target; why: the
    reason where it is left out; lacking: needed targets without a column; told: what was decided for whole columns;
    preview: its first rows as they are understood."""

    name: str
    kind: str
    is_read: bool
    header: int
    columns: tuple[str, ...]
    sources: dict[str, str]
    rows: int = 0
    why: str = ""
    lacking: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    preview: list[dict[str, Any]] = field(default_factory=list)


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
    sheets: list[SheetSeen] = field(default_factory=list)

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
        """For --json and pages: rejects shortened, and how many there are."""
        told = asdict(self) | {"seconds": round(self.seconds, 2)}
        for file, done in zip(told["files"], self.files, strict=True):
            file["rejects"] = file["rejects"][:SHOWN_REJECTS]
            file["rejected"] = done.rejected
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
                        "rejected": part.rejected, "fresh": part.fresh, "replaced": part.replaced,
                        "quality": part.quality}
                for part in file.parts
            ]  # fmt: skip
        return {"files": entries, "reject_file": self.reject_file}
