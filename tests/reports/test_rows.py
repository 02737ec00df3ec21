"""Exported files: every row, exact, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from reports.rows import as_csv

ROWS = [
    {"id": "0012", "name": "=HYPERLINK(1)", "on": date(2026, 1, 2), "value": Decimal("1234.50"), "n": 3, "none": None},
    {"id": "b", "name": "+49 30 1", "on": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "value": Decimal("-0.10"), "n": 0,
     "none": ""},
]  # fmt: skip


def test_csv_is_exact_and_harmless() -> None:
    content = as_csv(list(ROWS[0]), ROWS)
    assert content.startswith(b"\xef\xbb\xbf")
    first, second = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert first == {
        "id": "0012",
        "name": "'=HYPERLINK(1)",
        "on": "2026-01-02",
        "value": "1234.50",
        "n": "3",
        "none": "",
    }
    assert (second["name"], second["value"], second["on"]) == ("'+49 30 1", "-0.10", "2026-01-02T03:04:05+00:00")


@pytest.mark.parametrize(
    ("phone", "written"),
    [("+4915112345678", "+4915112345678"), ("+1+2345678", "'+1+2345678"), ("+49151123\n", "'+49151123\n"),
     ("-4915112345", "'-4915112345")],
)  # fmt: skip
def test_a_phone_number_stays_one_and_a_sum_is_none(phone: str, written: str) -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv(["phone"], [{"phone": phone}]).decode("utf-8-sig"), newline=""))
    assert row == {"phone": written}


def test_several_values_of_a_cell_are_read_by_people() -> None:
    row = {"tags": ["new", "gift"], "bad": ["=1", "b"]}
    (read,) = csv.DictReader(io.StringIO(as_csv(list(row), [row]).decode("utf-8-sig")))
    assert list(read.values()) == ["new|gift", "'=1|b"]


def test_no_rows_make_an_empty_file() -> None:
    assert as_csv([], []) == b"\xef\xbb\xbf\r\n"
