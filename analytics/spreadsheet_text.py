"""Texts in CSV files that a spreadsheet opens: none runs, and whoever reads the file again has them as they were.

A spreadsheet takes a cell for a formula by how it begins, and begins a new cell wherever it thinks one ends: after a
semicolon, where its country parts cells so, and after a line break.
"""

from __future__ import annotations

import re
from typing import Final

GUARD: Final = "'"
# Also as they are written in East Asia, whose spreadsheets take them for the same.
_SIGNS: Final = "=+@\\-＝＋＠－"
# What is passed over before: blanks, and what nobody sees.
_UNSEEN: Final = r"\s\u200b-\u200f\u2060\ufeff\x00"
_RUNS: Final = re.compile(rf"[{_UNSEEN}]*[{_SIGNS}]|[\t\r\n]")
# Whatever is passed over is read once, from its beginning; a new cell may begin anywhere in it.
_BETWEEN: Final = rf"(?<![{_UNSEEN};])([{_UNSEEN};]+)"
_BREAKS: Final = re.compile(r"[;\t\r\n]")
_RUNS_WITHIN: Final = re.compile(rf"{_BETWEEN}('*[{_SIGNS}])")
_GUARDED: Final = re.compile(rf"'+(?:[{_UNSEEN}]*[{_SIGNS}]|[\t\r\n])")
_GUARDED_WITHIN: Final = re.compile(rf"{_BETWEEN}'('*[{_SIGNS}])")
_NUMBER: Final = re.compile(r"[+-]?[0-9][0-9.,]*(?:[eE][+-]?[0-9]{1,3})?%?")


def guarded(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run. `as_meant` takes it off again."""
    if _BREAKS.search(text):
        text = _within(_RUNS_WITHIN, GUARD, text)
    return f"{GUARD}{text}" if _RUNS.match(text) or _GUARDED.match(text) else text


def guarded_cell(text: str) -> str:
    """The same of a cell as it came from a file, where numbers are texts: a number is none that runs."""
    return text if _NUMBER.fullmatch(text) else guarded(text)


def as_meant(text: str) -> str:
    """A guarded text as it was."""
    if GUARD not in text:
        return text
    if _GUARDED.match(text):
        text = text[1:]
    return _within(_GUARDED_WITHIN, "", text)


def _within(cells: re.Pattern[str], sign: str, text: str) -> str:
    """The text with a sign before what runs in a cell that begins within it."""

    def put(found: re.Match[str]) -> str:
        before, what = found.groups()
        return f"{before}{sign}{what}" if _BREAKS.search(before) else str(found.group())

    return cells.sub(put, text)


def runs(text: str) -> bool:
    """Whether a spreadsheet that reads the cell again would take it for a formula."""
    return _RUNS.match(text) is not None
