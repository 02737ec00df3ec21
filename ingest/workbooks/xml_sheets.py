"""XLSX sheets looked at as text: formulas without values, and which rows hold something."""

from __future__ import annotations

import re
from html import unescape
from typing import IO, Final

from ingest.workbooks.binary_sheets import CHUNK_BYTES, Facts
from ingest.workbooks.relations import targets

# Each looks at one tag of bounded length, so that a sheet made to be searched for ever is searched once.
_P: Final = rb"(?:\w{1,20}:)?"
_MORE: Final = rb"\b[^<>]{0,400}"
_SHEET: Final = re.compile(rb"<" + _P + rb"sheet" + _MORE + rb">")
_NAME: Final = re.compile(rb"\bname=\"([^\"]*)\"")
_ID: Final = re.compile(rb"\b\w+:id=\"([^\"]*)\"")
_DIMENSION: Final = re.compile(rb"<" + _P + rb"dimension" + _MORE + rb"\bref=\"[A-Z]{1,3}\d{1,7}:[A-Z]{1,3}(\d{1,7})\"")
_OF_FORMULA: Final = rb"<" + _P + rb"f\b(?:[^<>]{0,4000}/>|[^<>]{0,4000}>[^<]*</" + _P + rb"f>)"
_FILLED: Final = re.compile(
    rb"<" + _P + rb"c" + _MORE + rb"\br=\"[A-Z]{1,3}(\d{1,7})\"[^<>/]{0,400}>\s{0,400}(?:" + _OF_FORMULA + rb")?"
    rb"\s{0,400}<" + _P + rb"(?:v|is)>"
)  # fmt: skip
_ROWS: Final = re.compile(rb"<" + _P + rb"row" + _MORE + rb"\br=\"(\d{1,7})\"[^<>/]{0,400}>")
_FORMULA: Final = re.compile(
    rb"<" + _P + rb"c\b([^<>]{0,400})>\s{0,400}" + _OF_FORMULA + rb"\s{0,400}(?:<" + _P + rb"v>([^<]{0,40000})<)?"
)  # fmt: skip
# Without the end of a row in so many bytes there is none: what stands below the rows, or no sheet.
_LONGEST_ROW: Final = 32 << 20
_NOTHING: Final = frozenset({b"0", b"0.0", b"", b"FALSE"})


def sheets_of_xml(book: bytes, relations: bytes) -> tuple[dict[str, str], bool]:
    """The sheets' parts by name, and whether days count from 1904."""
    parts, found = targets(relations), {}
    for sheet in _SHEET.findall(book):
        name, relation = _NAME.search(sheet), _ID.search(sheet)
        if name and relation and "worksheets/" in parts.get(relation.group(1).decode(), ""):
            found[unescape(name.group(1).decode())] = parts[relation.group(1).decode()]
    return found, bool(re.search(rb"date1904=\"(1|true)\"", book))


def scan_xml(stream: IO[bytes], facts: Facts) -> bool:
    """Notes what a sheet holds; whether it ends where it should."""
    data = b""
    while more := stream.read(CHUNK_BYTES):
        data += more
        # Rows that are whole; what follows waits for the rest of it.
        cut = data.rfind(b"row>") + 4 if b"row>" in data else 0
        if not cut and len(data) > _LONGEST_ROW:
            cut = len(data) - CHUNK_BYTES
        _note(data[:cut], facts)
        data = data[cut:]
    _note(data, facts)
    return re.search(rb"</" + _P + rb"worksheet\s*>", data) is not None


def _note(data: bytes, facts: Facts) -> None:
    if not facts.declared_rows and (found := _DIMENSION.search(data)):
        facts.declared_rows = int(found.group(1))
    if not facts.last_row and (found := _FILLED.search(data)):
        facts.first_row = facts.last_row = int(found.group(1))
    at = data.rfind(b"<v>")
    if at >= 0:
        rows = _ROWS.findall(data, max(0, at - (1 << 16)), at)
        facts.last_row = max([facts.last_row, *map(int, rows[-1:])])
    if b"<f" in data or b":f" in data:
        for kind, value in _FORMULA.findall(data):
            facts.formulas += 1
            facts.computed += value not in _NOTHING
            facts.blank_formulas += not value and b't="str"' not in kind
