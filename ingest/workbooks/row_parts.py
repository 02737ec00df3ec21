"""A long XLSB sheet as several short workbooks, so that a reader which holds a whole sheet in memory holds little."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import IO, Final, cast

from ingest.workbooks.binary_sheets import record

# A sheet that is larger is read in parts of this size.
LONG_BYTES: Final = 8 << 20
PART_BYTES: Final = 2 << 20
# The largest block that glibc may take from its heap (DEFAULT_MMAP_THRESHOLD_MAX is 32 MB).
_HEAP_BYTES: Final = 31 << 20
# Among which the header is looked for, blank ones before it included.
_TOP_ROWS: Final = 100
_ROW: Final = 0
# The records that end the rows, and the sheet.
_END: Final = b"\x92\x01\x00\x82\x01\x00"
SHOWN_ONLY: Final = ("xl/media/", "xl/drawings/", "xl/charts/", "xl/calcChain", "docProps/")


class _Aside(io.RawIOBase):
    """A stream that keeps in a file what is read of it."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        super().__init__()
        self._stream, self._file = stream, path.open("wb")

    def read(self, size: int = -1) -> bytes:
        more = self._stream.read(size)
        self._file.write(more)
        return more

    def close(self) -> None:
        self._file.close()
        self._stream.close()
        super().close()


def put_aside(stream: IO[bytes], path: Path | None) -> IO[bytes]:
    """The stream; what is read of it is in the file then, where one is named."""
    return stream if path is None else cast(IO[bytes], _Aside(stream, path))


class LongSheet:
    """A sheet that was looked at before: it ends where it should. unpacked: the file in which it was put aside; part:
    its own of the package; others: the sheets' that are left out; cuts: see SheetFacts."""

    def __init__(self, path: Path, unpacked: Path, part: str, others: Collection[str], cuts: Sequence[int]) -> None:
        self._unpacked, self._part, self._cuts = unpacked, part, cuts
        # Once a block of this size was freed, glibc takes blocks up to it from its heap and keeps twice as much of what
        # is freed. Without it each part's memory goes back to the system and comes anew, page by page: a third of the
        # time. Nothing is written into the block, so it takes no memory.
        bytes(_HEAP_BYTES)
        with zipfile.ZipFile(path) as package:
            self._beside = [
                (name, package.read(name))
                for name in package.namelist()
                if name != part and name not in others and not name.startswith(SHOWN_ONLY)
            ]

    def top(self) -> bytes:
        """A workbook of the first rows."""
        for start, rows in self._rows():
            return self._workbook(start, rows[: _after(rows, _TOP_ROWS)])
        return self._workbook()

    def below(self, header: int) -> Iterator[tuple[int, bytes]]:
        """Workbooks of some thousand rows, each beneath the sheet's header, and the place of its first row, from 1.
        header: its place, from 1."""
        head = b""
        for start, rows in self._rows():
            if not head:
                begin, end = _row_at(rows, header)
                head, rows = rows[begin:end], rows[end:]
            if (first := _first_row(rows)) is not None:
                # The header takes the place above the part's first row: so no column of the part is taken for another.
                yield first + 1, self._workbook(start, _moved(head, first - 1), rows)

    def _rows(self) -> Iterator[tuple[bytes, bytes]]:
        """What stands before the rows, and rows by and by."""
        with self._unpacked.open("rb", buffering=0) as stream:
            at = self._cuts[0]
            start = stream.read(at)
            for cut in self._cuts[1:]:
                if cut - at >= PART_BYTES or cut == self._cuts[-1]:
                    yield start, stream.read(cut - at)
                    at = cut

    def _workbook(self, *sheet: bytes) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as out:
            for name, data in self._beside:
                out.writestr(name, data)
            out.writestr(self._part, b"".join((*sheet, _END)))
        return made.getvalue()


def _row_at(rows: bytes, place: int) -> tuple[int, int]:
    """Where a row begins and ends. place: from 1."""
    at, begin = 0, -1
    while found := record(rows, at):
        kind, content, end = found
        if kind == _ROW:
            if begin >= 0:
                return begin, at
            if struct.unpack_from("<I", rows, content)[0] + 1 == place:
                begin = at
        at = end
    return (begin, at) if begin >= 0 else (0, 0)


def _after(rows: bytes, many: int) -> int:
    """Where so many rows end."""
    at = seen = 0
    while found := record(rows, at):
        seen += found[0] == _ROW
        if seen > many:
            break
        at = found[2]
    return at


def _first_row(rows: bytes) -> int | None:
    """The number of the first row, from 0."""
    at = 0
    while found := record(rows, at):
        kind, content, at = found
        if kind == _ROW:
            return int(struct.unpack_from("<I", rows, content)[0])
    return None


def _moved(head: bytes, row: int) -> bytes:
    """A row with another number, from 0."""
    found = record(head, 0)
    assert found is not None  # it begins with its record
    return head[: found[1]] + struct.pack("<I", row) + head[found[1] + 4 :]
