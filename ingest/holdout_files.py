"""A list of people from a file: e-mail addresses or profile ids, one a row, from CSV, text or XLSX."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import Final

import fastexcel

from analytics.holdouts import MOST_LISTED
from analytics.spreadsheet_text import as_meant
from ingest import unpacking
from ingest.errors import IngestError

# What names the column, in this order; without any the first column that holds addresses, else the first.
NAMES: Final = (
    "email", "e-mail", "email address", "e-mail address", "mail", "profile_id", "profile id", "klaviyo id",
    "klaviyo_id", "id",
)  # fmt: skip
MOST_BYTES: Final = 64 << 20
# What a workbook's parts may unpack to.
MOST_UNPACKED: Final = 384 << 20
# How pages, documents, pictures, older workbooks and packed files begin.
_NO_LIST: Final = (b"<", b"{", b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"PAR1")
# How archives begin; a column may be called PK.
_PACKED: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ENCODINGS: Final = ("utf-8-sig", "cp1252")


class UnreadableList(IngestError):
    """The file cannot be read as a list of people; says why and what to do."""


def people_of(file: str, content: bytes) -> Sequence[tuple[int, str]]:
    """(row from 1, entry) of each row that holds one; the head is left out. Raises UnreadableList."""
    if len(content) > MOST_BYTES:
        raise UnreadableList(f"{file} is larger than {MOST_BYTES >> 20} MB. A list of addresses alone is enough.")
    if file.rpartition(".")[2].lower() not in ("csv", "txt", "tsv", "xlsx"):
        raise UnreadableList(f"{file} is no CSV, TXT or XLSX file.")
    # By what it holds: its name may say anything.
    if content.startswith(_PACKED):
        rows = _sheet(file, content)
    elif content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_NO_LIST):
        raise UnreadableList(f"{file} is no CSV, TXT or XLSX file.")
    else:
        rows = _text(file, content)
    return _entries(file, rows)


def _text(file: str, content: bytes) -> list[list[str]]:
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableList(f"{file} is no text in UTF-8. Save it as CSV (UTF-8).")
    if "\0" in text:
        raise UnreadableList(f"{file} is no text. Save it as CSV (UTF-8).")
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        return [[as_meant(cell) for cell in row] for row in lines]
    except csv.Error as error:
        raise UnreadableList(f"{file} cannot be read as CSV: {error}.") from error


def _sheet(file: str, content: bytes) -> list[list[str]]:
    """The first sheet's cells as text."""
    try:
        with unpacking.opened(io.BytesIO(content)) as package:
            names = package.namelist()
            if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED:
                raise unpacking.Overfull(f"it unpacks to more than the {MOST_UNPACKED >> 20} MB that a list needs")
            if not {"xl/workbook.xml", "xl/workbook.bin"} & set(names):
                raise UnreadableList(f"{file} is an archive and no workbook. Save the list as XLSX or CSV.")
            for name in names:
                with unpacking.entry(package, name) as stream:
                    while stream.read(1 << 20):
                        pass  # to its real end
        sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    except unpacking.Overfull as error:
        raise UnreadableList(f"{file} is refused: {error}. Save the list as CSV.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, fastexcel.FastExcelError) as error:
        raise UnreadableList(f"{file} is no workbook that can be read. Save it as XLSX, or the list as CSV.") from error
    columns = [column.to_pylist() for column in sheet.to_arrow().columns]
    return [["" if cell is None else str(cell) for cell in row] for row in zip(*columns, strict=True)]


def _entries(file: str, rows: Sequence[Sequence[str]]) -> Sequence[tuple[int, str]]:
    head = next((place for place, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    if head is None:
        raise UnreadableList(f"{file} is empty.")
    titles = [cell.strip().lower() for cell in rows[head]]
    named = next((titles.index(name) for name in NAMES if name in titles), None)
    if named is not None:
        column, begin = named, head + 1
    else:
        column, begin = _of_addresses(rows[head:]), head
        # A first row without an address above rows with addresses is a head of another name.
        cells = [row[column] if column < len(row) else "" for row in rows[head : head + 2]]
        if len(cells) == 2 and "@" not in cells[0] and "@" in cells[1]:
            begin += 1
    found = [
        (place + 1, row[column].strip())
        for place, row in enumerate(rows)
        if place >= begin and column < len(row) and row[column].strip()
    ]
    if not found:
        raise UnreadableList(f"{file} lists nobody: its column {column + 1} is empty.")
    if len(found) > MOST_LISTED:
        raise UnreadableList(f"{file} lists {len(found):,} people; a list has at most {MOST_LISTED:,}.")
    return found


def _of_addresses(rows: Iterable[Sequence[str]]) -> int:
    for row in rows:
        for place, cell in enumerate(row):
            if "@" in cell:
                return place
    return 0
