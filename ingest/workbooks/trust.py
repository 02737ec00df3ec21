"""Whether a workbook can be trusted as a whole, found out from its own bytes beside what the reader makes of it."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

from ingest import unpacking
from ingest.errors import IngestError
from ingest.workbooks import row_parts
from ingest.workbooks.binary_sheets import CHUNK_BYTES, is_recalculated, scan_binary, sheets_of_binary
from ingest.workbooks.xml_sheets import scan_xml, sheets_of_xml

_OLE: Final = b"\xd0\xcf\x11\xe0"
# Of a sheet in XLSX and what its cells point to (shared strings, styles), unpacked; of XLSB the latter. They are read
# whole, which takes twice as much memory: a full sheet (1,048,576 rows) of ten columns.
MOST_XML_BYTES: Final = 384 << 20
# Names of sheets and where they are: some hundred bytes each, and as many for each defined name.
_MOST_BOOK_BYTES: Final = 16 << 20
# What a package's reading ends with where its bytes make no sense.
_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError, UnicodeDecodeError, struct.error)
# A row has 16,384 cells at most.
_LONGEST_ROW: Final = 64 << 20


class UntrustedFile(IngestError):
    """A file is refused whole, with its reason and what to do."""


@dataclass(slots=True)
class SheetFacts:
    """What a sheet's own bytes say. first_row, last_row: the first and last with a value, from 1; declared_rows: the
    last row by its dimension, 0 where it has none; formulas, computed: formulas, and those with a value other than 0;
    blank_formulas: those without a value; unreadable: cells in a form that readers pass over; strange: records that
    have no place among cells; cuts: bytes at which a binary sheet's rows begin, may be parted, and end; unpacked: a
    long binary sheet, put aside."""

    first_row: int = 1
    last_row: int = 0
    declared_rows: int = 0
    formulas: int = 0
    computed: int = 0
    blank_formulas: int = 0
    unreadable: int = 0
    strange: int = 0
    cuts: list[int] = field(default_factory=list)
    unpacked: Path | None = None

    def is_longer(self, size: int) -> bool:
        """Whether a binary sheet's rows take more bytes."""
        return bool(self.last_row and len(self.cuts) > 1 and self.cuts[-1] - self.cuts[0] > size)


@dataclass(frozen=True, slots=True)
class Examined:
    """said: XLSB or XLSX; from_1904: whether serial days count from 1904; recalculated: whether the program that wrote
    it left all computing to Excel; parts: of the package, by the sheets' names."""

    said: str
    from_1904: bool
    recalculated: bool
    parts: Mapping[str, str]
    sheets: Mapping[str, SheetFacts] = field(default_factory=dict)

    def refuse_formulas(self, path: Path, sheet: str) -> None:
        """Raises UntrustedFile where formulas of a sheet that is to be read were never computed."""
        facts = self.sheets.get(sheet)
        if facts is None:
            return
        if facts.blank_formulas or (self.recalculated and facts.formulas and not facts.computed):
            raise UntrustedFile(
                f"{path.name}, sheet '{sheet}': {facts.formulas:,} formula(s) have no computed values. The program that"
                " wrote the file left them to Excel: open it there, save it, and load it again."
            )

    def warnings(self, sheet: str) -> list[str]:
        """What is odd about a sheet, and no reason to refuse it."""
        facts = self.sheets.get(sheet)
        if facts is None or facts.declared_rows <= facts.last_row:
            return []
        return [
            f"Sheet '{sheet}' declares {facts.declared_rows:,} rows and holds {facts.last_row:,}. If rows are missing,"
            " open it in Excel and save it."
        ]


def kind_of_file(path: Path) -> str:
    """'workbook', 'parquet' or 'text', by content. Raises UntrustedFile for what is none of them."""
    try:
        with path.open("rb") as file:
            start = file.read(1 << 16)
    except OSError as error:
        raise UntrustedFile(f"{path} cannot be read: {error.strerror}.") from error
    if not start:
        raise UntrustedFile(f"{path.name} is empty.")
    if start.startswith(_OLE):
        raise UntrustedFile(_ole(path))
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "workbook"
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"\x1f\x8b"):
        return "text"
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"{", b"%PDF", b"{\\rtf")) or b"\x00\x00\x00" in start:
        raise UntrustedFile(
            f"{path.name} is none of XLSB, XLSX, CSV and Parquet, whatever its name says. Save it as one of them."
        )
    return "text"


def _ole(path: Path) -> str:
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        return f"{path.name} is encrypted. Open it in Excel, take the password off, save it, and load it again."
    return f"{path.name} is a workbook of the old kind (XLS). Save it as XLSX or XLSB, and load that."


def examined(path: Path, folder: Path | None = None) -> Examined:
    """Reads the whole package once; folder: where long binary sheets are put aside, so that they are unpacked once.
    Raises UntrustedFile where it is damaged, no workbook, or holds cells of a kind that the reader passes over."""
    try:
        with unpacking.opened(path) as package:
            return _examined(path, package, folder)
    except unpacking.Overfull as error:
        raise UntrustedFile(
            f"{path.name} is refused: {error}. If it is a workbook, open it in Excel, save it, and load it again."
        ) from error
    except _DAMAGED as error:
        raise UntrustedFile(
            f"{path.name} is damaged or was cut off ({error}). Copy or export it again; nothing of it is loaded."
        ) from error
    except OSError as error:
        raise UntrustedFile(f"{path.name} cannot be read: {error}") from error
    except RuntimeError as error:  # zipfile's word for an entry with a password
        raise UntrustedFile(f"{path.name} is encrypted. Take the password off, and load it again.") from error


def _examined(path: Path, package: zipfile.ZipFile, folder: Path | None) -> Examined:
    names = set(package.namelist())
    if "xl/workbook.bin" in names:
        book = unpacking.content(package, "xl/workbook.bin", _MOST_BOOK_BYTES)
        parts, from_1904 = sheets_of_binary(
            book, unpacking.content(package, "xl/_rels/workbook.bin.rels", _MOST_BOOK_BYTES)
        )
        said, recalculated, scan = "XLSB", is_recalculated(book), scan_binary
    elif "xl/workbook.xml" in names:
        book = unpacking.content(package, "xl/workbook.xml", _MOST_BOOK_BYTES)
        parts, from_1904 = sheets_of_xml(
            book, unpacking.content(package, "xl/_rels/workbook.xml.rels", _MOST_BOOK_BYTES)
        )
        said, recalculated, scan = "XLSX", bool(re.search(rb'fullCalcOnLoad="(1|true)"', book)), scan_xml
    else:
        raise UntrustedFile(f"{path.name} is an archive and no workbook (XLSB or XLSX). Unpack it first.")
    _not_too_large(path, package, parts, said)
    for name in names - set(parts.values()):
        with unpacking.entry(package, name) as stream:
            while stream.read(CHUNK_BYTES):
                pass  # to its end: only then is its checksum known to be right
    facts = {}
    for sheet, part in parts.items():
        if part not in names:
            raise UntrustedFile(f"{path.name} lacks its sheet '{sheet}' ({part}): it is damaged. Export it again.")
        facts[sheet] = SheetFacts()
        if folder is not None and said == "XLSB" and package.getinfo(part).file_size > row_parts.LONG_BYTES:
            facts[sheet].unpacked = folder / f"sheet-{len(facts)}.bin"
        with row_parts.put_aside(unpacking.entry(package, part), facts[sheet].unpacked) as stream:
            if not scan(stream, facts[sheet]):
                raise UntrustedFile(
                    f"{path.name}, sheet '{sheet}' ends in the middle: it was cut off. Export it again."
                )
        if any(end - begin > _LONGEST_ROW for begin, end in pairwise(facts[sheet].cuts)):
            facts[sheet].strange += 1
        if facts[sheet].strange:
            raise UntrustedFile(
                f"{path.name}, sheet '{sheet}' is damaged: {facts[sheet].strange:,} record(s) among its cells are none."
                " Export it again."
            )
        if facts[sheet].unreadable:
            raise UntrustedFile(
                f"{path.name}, sheet '{sheet}' holds {facts[sheet].unreadable:,} cell(s) in a short form that readers"
                " pass over (SheetJS writes it). Open the file in Excel, save it, and load it again."
            )
    return Examined(said, from_1904, recalculated, parts, facts)


def _not_too_large(path: Path, package: zipfile.ZipFile, parts: Mapping[str, str], said: str) -> None:
    sizes = {entry.filename: entry.file_size for entry in package.infolist()}
    sheets = set(parts.values())
    beside = sum(
        size
        for name, size in sizes.items()
        if name not in sheets and not name.startswith((*row_parts.SHOWN_ONLY, "xl/worksheets/"))
    )
    if said == "XLSB" and beside > MOST_XML_BYTES:
        raise UntrustedFile(
            f"{path.name}: its texts and styles unpack to {beside >> 20:,} MB, and are refused above"
            f" {MOST_XML_BYTES >> 20} MB, so that memory stays bounded. Split it, for example by year."
        )
    for sheet, part in parts.items() if said == "XLSX" else ():
        size = sizes.get(part, 0) + beside
        if size > MOST_XML_BYTES:
            raise UntrustedFile(
                f"{path.name}, sheet '{sheet}' unpacks to {size >> 20:,} MB: XLSX is read whole and refused above"
                f" {MOST_XML_BYTES >> 20} MB, so that memory stays bounded. Save it as XLSB or CSV, which are read part"
                " by part, or split it, for example by year."
            )
