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


def changed(source: Path, target: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """A copy of a workbook with one part changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == part else data)
    return target
