"""XLSX sheets looked at as text: formulas without values, and which rows hold something."""

from __future__ import annotations

import re
from html import unescape
from typing import IO, Final

from ingest.workbooks.binary_sheets import CHUNK_BYTES, Facts
from ingest.workbooks.relations import targets

_P: Final = rb"(?:\w+:)?"
_SHEET: Final = re.compile(rb"<" + _P + rb"sheet\b[^>]*>")
_NAME: Final = re.compile(rb"\bname=\"([^\"]*)\"")
_ID: Final = re.compile(rb"\b\w+:id=\"([^\"]*)\"")
_DIMENSION: Final = re.compile(rb"<" + _P + rb"dimension\b[^>]*\bref=\"[A-Z]+\d+:[A-Z]+(\d+)\"")
_FILLED: Final = re.compile(rb"<" + _P + rb"c\b[^>]*\br=\"[A-Z]+(\d+)\"[^>/]*>(?:(?!</" + _P + rb"c>).)*?<" + _P +
                            rb"(?:v|is)>", re.DOTALL)  # fmt: skip
_ROWS: Final = re.compile(rb"<" + _P + rb"row\b[^>]*\br=\"(\d+)\"[^>/]*>")
_FORMULA: Final = re.compile(
    rb"<"
    + _P
    + rb"c\b([^>]*)>\s*<"
    + _P
    + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</"
    + _P
    + rb"f>)\s*(?:<"
    + _P
    + rb"v>([^<]*)<)?"
)
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
