"""Workbooks as tests need them: written as Excel writes them, or broken in one known way."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

SHEET = "xl/worksheets/sheet1.bin"


def xlsx(
    path: Path, sheets: dict[str, Sequence[Sequence[Any]]], *, first_row: int = 0, from_1904: bool = False
) -> Path:
    """Rows as they are; a date gets a date's format, a text that begins with = is a formula without a value."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "dd/mm/yyyy", "date_1904": from_1904}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(first_row + at, 0, row)
    return path


def xlsb(path: Path, rows: Sequence[Sequence[Any]], sheet: str = "Sales", *, declared: int = 0) -> Path:
    """Rows in a sheet whose dimension is `declared` rows, or what is there."""
    import xlspy

    raw = path.with_suffix(".raw")
    with xlspy.XlsbWriter(str(raw)) as writer:
        writer.add_sheet(sheet)
        writer.write_sheet([list(row) for row in rows])

    def dimension(data: bytes) -> bytes:
        at = data.index(b"\x94\x01\x10") + 3
        size = struct.pack("<4I", 0, (declared or len(rows)) - 1, 0, max(map(len, rows)) - 1)
        return data[:at] + size + data[at + 16 :]

    return changed(raw, path, SHEET, dimension)


def encrypted(path: Path) -> Path:
    """A workbook with a password, as Excel keeps it: a compound file (MS-CFB) of the streams EncryptionInfo and
    EncryptedPackage (MS-OFFCRYPTO 2.3), with noise for the latter."""
    end, sector, free = 0xFFFFFFFE, 512, 0xFFFFFFFF
    package = struct.pack("<Q", 4000) + bytes(n * 7 % 251 for n in range(4096))
    streams = {
        "EncryptionInfo": b"\x04\x00\x04\x00\x40\x00\x00\x00<encryption/>".ljust(4096),
        "EncryptedPackage": package,
    }
    chains, data, entries = [0xFFFFFFFD, end], b"", [("Root Entry", 5, end, 0)]
    for name, content in streams.items():
        first, many = len(chains), -(-len(content) // sector)
        chains += [*range(first + 1, first + many), end]
        entries.append((name, 2, first, len(content)))
        data += content.ljust(many * sector, b"\0")
    directory = b""
    for at, (name, kind, first, size) in enumerate(entries):
        # The first stream is the root's child, the second its right neighbour.
        right, child = (2 if at == 1 else free), (1 if at == 0 else free)
        directory += name.encode("utf-16-le").ljust(64, b"\0")
        directory += struct.pack("<HBBIII", 2 * len(name) + 2, kind, 1, free, right, child)
        directory += bytes(36) + struct.pack("<IQ", first, size)
    directory = directory.ljust(sector, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    fat = struct.pack(f"<{len(chains)}I", *chains).ljust(sector, b"\xff")
    path.write_bytes(head + fat + directory + data)
    return path


def changed(source: Path, target: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """A copy of a workbook with one part changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return target
