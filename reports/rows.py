"""Rows as CSV: all of them, exact, and with no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from analytics.spreadsheet_text import guarded

# A phone number is no formula, and with an apostrophe no other program knows it.
PHONE_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")
# The only heading of a table without rows: a file that says nothing looks broken.
NOTHING: Final = ("No rows in this selection",)


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """UTF-8 with a byte-order mark, so that Excel reads it right; exact decimals; ISO dates and times."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_text(column) for column in columns])
    for row in rows:
        writer.writerow([_text(row[column]) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def _text(value: Any) -> str:
    """One CSV cell. A text that a spreadsheet would take for a formula gets an apostrophe, a phone number gets none."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    text = joined(value) if isinstance(value, list) else str(value)
    if isinstance(value, str | list) and not PHONE_NUMBER.fullmatch(text):
        return guarded(text)
    return text


def joined(values: list[Any]) -> str:
    """Several values in one cell, parted as in files of orders."""
    return "|".join(map(str, values))
