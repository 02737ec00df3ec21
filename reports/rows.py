"""Rows as CSV and as an Excel workbook: all of them, exact, and with no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
# A phone number is no formula, and with an apostrophe no other program knows it.
PHONE_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
LARGEST_SHEET: Final = 1_048_576
WIDEST: Final = 60


class TooManyRows(Exception):
    """More rows than one Excel sheet holds."""


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """UTF-8 with a byte-order mark, so that Excel reads it right; exact decimals; ISO dates and times."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_text(row[column]) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], notes: Mapping[str, str]) -> bytes:
    """A workbook with the rows on its first sheet and `notes` (what, whose, when) on its second.

    Texts are written as texts, never as formulas or links; times lose their zone and are UTC. Raises TooManyRows.
    """
    import xlsxwriter  # only here: 0.15 s that no page should wait for

    if len(rows) >= LARGEST_SHEET:
        raise TooManyRows(f"{len(rows):,} rows do not fit into one Excel sheet; take the CSV or a shorter period.")
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        Decimal: book.add_format({"num_format": "#,##0.00"}),
    }
    sheet = book.add_worksheet("Rows")
    sheet.freeze_panes(1, 0)
    sheet.write_row(0, 0, columns, head)
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            _write(sheet, line, place, row[column], formats)
    for place, column in enumerate(columns):
        longest = max([len(column), *(len(_text(row[column])) for row in rows[:200])])
        sheet.set_column(place, place, min(longest + 2, WIDEST))
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    about = book.add_worksheet("About")
    about.set_column(0, 0, 20)
    about.set_column(1, 1, WIDEST)
    for line, (name, value) in enumerate(notes.items()):
        about.write_string(line, 0, name, head)
        about.write_string(line, 1, value)
    book.close()
    return out.getvalue()


def _write(sheet: Any, line: int, place: int, value: Any, formats: Mapping[type, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, Decimal):
        sheet.write_number(line, place, value, formats[Decimal])
    elif isinstance(value, int | float):
        sheet.write_number(line, place, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, place, value.replace(tzinfo=None), formats[datetime])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, formats[date])
    else:
        sheet.write_string(line, place, _joined(value) if isinstance(value, list) else str(value))


def _text(value: Any) -> str:
    """One CSV cell. A text that a spreadsheet would take for a formula gets an apostrophe, a phone number gets none."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    text = _joined(value) if isinstance(value, list) else str(value)
    if isinstance(value, str | list) and text.startswith(FORMULA_STARTS) and not PHONE_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _joined(values: list[Any]) -> str:
    """Several values in one cell, parted as in files of orders."""
    return "|".join(map(str, values))
