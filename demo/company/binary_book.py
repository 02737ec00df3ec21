"""Workbooks in Excel's binary form (XLSB), record by record as Excel writes them (MS-XLSB 2.1.4).

Text stands once in the shared table, numbers in their short form (RK) where that is exact, days are serial numbers.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

Value = str | int | float | bool | date | None

_CELL_RK, _CELL_BOOL, _CELL_REAL, _CELL_SHARED = 2, 4, 5, 7
_LARGEST_SHORT: Final = 1 << 29
_SERIAL_DAY_0: Final = date(1899, 12, 30)
_MOMENT: Final = (2026, 11, 21, 0, 0, 0)
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BINARY: Final = "application/vnd.ms-excel"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'


def write_binary_book(path: Path, sheets: Mapping[str, Iterable[Sequence[Value]]]) -> Path:
    """Writes the sheets' rows, from the first row and column on; the path. None leaves a cell out."""
    strings: dict[str, int] = {}
    used = [0]
    parts = {
        f"xl/worksheets/sheet{number}.bin": _sheet(list(rows), strings, used, is_first=number == 1)
        for number, rows in enumerate(sheets.values(), 1)
    }
    names = list(sheets)
    whole = {
        "[Content_Types].xml": _content_types(len(names)).encode(),
        "_rels/.rels": _relations([("rId1", "officeDocument", "xl/workbook.bin")]).encode(),
        "xl/workbook.bin": _book(names),
        "xl/_rels/workbook.bin.rels": _relations(
            [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(names) + 1)]
            + [("rIdStyles", "styles", "styles.bin"), ("rIdStrings", "sharedStrings", "sharedStrings.bin")]
        ).encode(),
        **parts,
        "xl/styles.bin": _styles(),
        "xl/sharedStrings.bin": _shared(strings, used[0]),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in whole.items():
            package.writestr(zipfile.ZipInfo(name, _MOMENT), data, zipfile.ZIP_DEFLATED, 9)
    return path


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = bytearray(), len(content)
    while True:
        size.append(length & 0x7F | (0x80 if length > 0x7F else 0))
        length >>= 7
        if not length:
            return head + bytes(size) + content


def _text(value: str) -> bytes:
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def _book(names: Sequence[str]) -> bytes:
    version = bytes(16) + _text("xl") + _text("7") + _text("7") + _text("27928")
    out = [_record(131), _record(128, version), _record(153, struct.pack("<III", 0x10020, 202300, 0)), _record(143)]
    for number, name in enumerate(names, 1):
        out.append(_record(156, struct.pack("<II", 0, number) + _text(f"rId{number}") + _text(name)))
    out += [_record(144), _record(157, struct.pack("<IIIdIH", 191029, 1, 100, 0.001, 1, 0x0FA4)), _record(132)]
    return b"".join(out)


def _sheet(rows: Sequence[Sequence[Value]], strings: dict[str, int], used: list[int], *, is_first: bool) -> bytes:
    width = max((len(row) for row in rows), default=1)
    view = struct.pack("<HIIIBBHHHHHI", 0x03DC if is_first else 0x039C, 0, 0, 0, 64, 0, 0, 100, 0, 0, 0, 0)
    out = [
        _record(129),
        _record(147, bytes.fromhex("c904020040000000000000ffffffffffffffff00000000")),
        _record(148, struct.pack("<4I", 0, max(len(rows) - 1, 0), 0, width - 1)),
        _record(133), _record(137, view), _record(138), _record(134),
        _record(485, struct.pack("<IHHI", 0xFFFFFFFF, 8, 300, 0)),
        _record(145),
    ]  # fmt: skip
    for number, row in enumerate(rows):
        filled = [at for at, value in enumerate(row) if value is not None]
        if not filled:
            continue
        # One span: no sheet here is wider than the 1,024 columns that a span holds.
        out.append(_record(0, struct.pack("<IIHBBBIII", number, 0, 300, 0, 0, 0, 1, filled[0], filled[-1])))
        out += [_cell(at, row[at], strings, used) for at in filled]
    margins = struct.pack("<6d", 0.7, 0.7, 0.75, 0.75, 0.3, 0.3)
    return b"".join([*out, _record(146), _record(476, margins), _record(130)])


def _cell(column: int, value: Value, strings: dict[str, int], used: list[int]) -> bytes:
    head = struct.pack("<II", column, 0)
    if isinstance(value, bool):
        return _record(_CELL_BOOL, head + bytes([value]))
    if isinstance(value, date):
        value = (value - _SERIAL_DAY_0).days
    if isinstance(value, str):
        used[0] += 1
        return _record(_CELL_SHARED, head + struct.pack("<I", strings.setdefault(value, len(strings))))
    assert value is not None
    for scale, mark in ((1, 2), (100, 3)):
        whole = round(value * scale)
        if whole / scale == value and -_LARGEST_SHORT <= whole < _LARGEST_SHORT:
            return _record(_CELL_RK, head + struct.pack("<i", whole << 2 | mark))
    return _record(_CELL_REAL, head + struct.pack("<d", value))


def _shared(strings: Mapping[str, int], used: int) -> bytes:
    out = [_record(159, struct.pack("<II", used, len(strings)))]
    out += [_record(19, b"\0" + _text(text)) for text in strings]
    return b"".join([*out, _record(160)])


def _styles() -> bytes:
    """One font, two fills, one border, one format: what an empty workbook of Excel's has."""
    one = struct.pack("<I", 1)
    colours = [bytes.fromhex(told) for told in ("07010000000000ff", "03400000000000ff", "03410000ffffffff")]
    edge = bytes.fromhex("00000100000000000000")
    font = struct.pack("<HHHHBBBB", 220, 0, 400, 0, 0, 2, 0, 0) + colours[0] + b"\x02" + _text("Calibri")

    def fill(pattern: int) -> bytes:
        return struct.pack("<I", pattern) + colours[1] + colours[2] + struct.pack("<I5dI", 0, 0, 0, 0, 0, 0, 0)

    def form(parent: int) -> bytes:
        return struct.pack("<HHHHHBBHH", parent, 0, 0, 0, 0, 0, 0, 0x1010, 0)

    return b"".join(
        [
            _record(278),
            _record(611, one), _record(43, font), _record(612),
            _record(603, struct.pack("<I", 2)), _record(45, fill(0)), _record(45, fill(17)), _record(604),
            _record(613, one), _record(46, b"\0" + 5 * edge), _record(614),
            _record(626, one), _record(47, form(0xFFFF)), _record(627),
            _record(617, one), _record(47, form(0)), _record(618),
            _record(619, one), _record(48, struct.pack("<IHBB", 0, 1, 0, 255) + _text("Normal")), _record(620),
            _record(279),
        ]
    )  # fmt: skip


def _content_types(sheets: int) -> str:
    kinds = [("/xl/workbook.bin", "sheet.binary.macroEnabled.main")]
    kinds += [(f"/xl/worksheets/sheet{number}.bin", "worksheet") for number in range(1, sheets + 1)]
    kinds += [("/xl/styles.bin", "styles"), ("/xl/sharedStrings.bin", "sharedStrings")]
    overrides = "".join(f'<Override PartName="{part}" ContentType="{_BINARY}.{kind}"/>' for part, kind in kinds)
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="bin"'
        f' ContentType="{_BINARY}.sheet.binary.macroEnabled.main"/><Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>'
    )


def _relations(items: Sequence[tuple[str, str, str]]) -> str:
    rows = "".join(f'<Relationship Id="{id}" Type="{_OFFICE}/{kind}" Target="{to}"/>' for id, kind, to in items)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'
