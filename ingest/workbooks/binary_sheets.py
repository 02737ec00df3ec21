"""XLSB sheets looked at record by record (MS-XLSB 2.1.4): how many cells there are that no reader takes."""

from __future__ import annotations

import re
import struct
from typing import IO, Final, Protocol

from ingest.workbooks.relations import targets

CHUNK_BYTES: Final = 2 << 20
_LONGEST_RECORD: Final = 8 << 20
# Records of no fixed length, looked at one by one: 1,048,576 rows of some sixty texts.
_MOST_RECORDS: Final = 1 << 26
# Cells of a fixed length, and what stands between them: a run of these is passed in one go.
_CELLS: Final = (
    rb"[\x02\x07]\x0c.{12}|\x05\x10.{16}|\x00\x19.{25}|\x01\x08.{8}|\x04\x09.{9}|\x25\x06.{6}|\x26\x00|\x80\x08\x02.{2}"
)
_RUN: Final = re.compile(rb"(?:" + _CELLS + rb")*+", re.DOTALL)
_ROW, _BLANK, _INLINE_RICH = 0, 1, 62
_FORMULAS: Final = range(8, 12)
_VALUES: Final = range(2, 12)
_SHORT: Final = range(12, 19)
# What else belongs among cells: metadata, arrays, shared formulas; and what brackets records of later versions.
_BESIDE: Final = frozenset({49, 50, 426, 427, 428})
_BRACKETS: Final = {35: 1, 37: 1, 36: -1, 38: -1}
_DATA_BEGIN, _DATA_END, _DIMENSION = 145, 146, 148
_BOOK, _SHEET, _CALCULATION = 153, 156, 157


class Facts(Protocol):
    """What is noted of a sheet; see trust.SheetFacts."""

    first_row: int
    last_row: int
    declared_rows: int
    formulas: int
    computed: int
    blank_formulas: int
    unreadable: int
    strange: int
    cuts: list[int]


def record(data: bytes, at: int) -> tuple[int, int, int] | None:
    """A record's kind, where its content begins and ends; None where it is not all there."""
    size = len(data)
    if at >= size:
        return None
    kind = data[at]
    at += 1
    if kind & 0x80:
        if at >= size:
            return None
        kind = (kind & 0x7F) | (data[at] & 0x7F) << 7
        at += 1
    length = 0
    for shift in (0, 7, 14, 21):
        if at >= size:
            return None
        length |= (data[at] & 0x7F) << shift
        at += 1
        if not data[at - 1] & 0x80:
            break
    return (kind, at, at + length) if at + length <= size else None


def scan_binary(stream: IO[bytes], facts: Facts) -> bool:
    """Notes what a sheet holds; whether it ends where it should."""
    data, at, row, begun, bracketed, seen = b"", 0, 0, False, 0, 0
    last_at = head = -1
    # Where data begins in the stream.
    base = 0
    while True:
        if begun and facts.last_row:
            end = _run_end(data, at)
            if end > at:
                last_at = at
                at = end
        found = record(data, at)
        if found is None:
            if last_at >= 0:
                facts.last_row, head = _last_row(data, last_at, at, facts.last_row, head - base, base)
                last_at = -1
            if facts.cuts and head > facts.cuts[-1]:
                facts.cuts.append(head)
            if len(data) - at > _LONGEST_RECORD:
                facts.strange += 1  # and whatever follows: a text has 32,767 letters at most
                return True
            more = stream.read(CHUNK_BYTES)
            if not more:
                return False
            base += at
            data, at = data[at:] + more, 0
            continue
        kind, begin, end = found
        seen += 1
        if seen > _MOST_RECORDS:
            facts.strange += 1
            return True
        if kind == _DIMENSION:
            facts.declared_rows = struct.unpack_from("<I", data, begin + 4)[0] + 1
        elif kind == _DATA_BEGIN:
            begun = True
            facts.cuts.append(base + end)
        elif kind == _DATA_END:
            if last_at >= 0:
                facts.last_row, _ = _last_row(data, last_at, at, facts.last_row, head - base, base)
            facts.cuts.append(base + at)
            while stream.read(CHUNK_BYTES):
                pass  # to its end: only then is its checksum known to be right
            return True
        elif begun:
            if kind == _ROW:
                row, head = struct.unpack_from("<I", data, begin)[0] + 1, base + at
            elif kind in _BRACKETS:
                bracketed += _BRACKETS[kind]
            elif kind in _SHORT or kind == _INLINE_RICH:
                facts.unreadable += 1
            elif kind in _VALUES:
                if not facts.last_row:
                    facts.first_row = row
                facts.last_row = max(facts.last_row, row)
                if kind in _FORMULAS:
                    facts.formulas += 1
                    facts.computed += _has_value(kind, data, begin)
            elif kind != _BLANK and kind not in _BESIDE and not bracketed:
                facts.strange += 1
        at = end


def _run_end(data: bytes, at: int) -> int:
    found = _RUN.match(data, at)
    return found.end() if found else at


def _last_row(data: bytes, begin: int, end: int, row: int, head: int, base: int) -> tuple[int, int]:
    """The last row of a run of records that begins and ends with whole ones, and where it begins in the stream; where
    none begins in it, what they were. base: where data begins in the stream."""
    tail = data.rfind(b"\x00\x19", begin, end)
    while tail >= begin:
        if _RUN.fullmatch(data, tail, end):
            return max(row, int(struct.unpack_from("<I", data, tail + 2)[0]) + 1), base + tail
        tail = data.rfind(b"\x00\x19", begin, tail)
    return row, base + head


def _has_value(kind: int, data: bytes, begin: int) -> bool:
    value = begin + 8
    if kind == 8:
        return bool(struct.unpack_from("<I", data, value)[0])
    if kind == 9:
        return bool(struct.unpack_from("<d", data, value)[0])
    return bool(data[value])


def sheets_of_binary(book: bytes, relations: bytes) -> tuple[dict[str, str], bool]:
    """The sheets' parts by name, and whether days count from 1904."""
    parts, found, from_1904 = targets(relations), {}, False
    at = 0
    while found_record := record(book, at):
        kind, begin, at = found_record
        if kind == _BOOK:
            from_1904 = bool(book[begin] & 1)
        elif kind == _SHEET:
            id_length = struct.unpack_from("<I", book, begin + 8)[0]
            relation = book[begin + 12 : begin + 12 + 2 * id_length].decode("utf-16-le")
            name_at = begin + 12 + 2 * id_length
            length = struct.unpack_from("<I", book, name_at)[0]
            name = book[name_at + 4 : name_at + 4 + 2 * length].decode("utf-16-le")
            if relation in parts and "worksheets/" in parts[relation]:
                found[name] = parts[relation]
    return found, from_1904


def is_recalculated(book: bytes) -> bool:
    """Whether Excel is told to compute everything when it opens the book."""
    at = 0
    while found := record(book, at):
        kind, begin, at = found
        if kind == _CALCULATION and at - begin >= 26:
            return bool(book[begin + 24] & 1)
    return False
