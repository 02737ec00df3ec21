"""Whatever a name says, no cell of a file that we write runs in the reader's spreadsheet; read back it is as it was."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from analytics.spreadsheet_text import as_meant, guarded, guarded_cell
from ingest.order_files.reading import Format, opened
from reports.rows import as_csv
from reports.workbook import Sheet, as_workbook

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HOSTILE = (
    *(f"{sign}1+1" for sign in SIGNS), *(f"{sign}cmd|'/C calc'!A1" for sign in SIGNS[:4]),
    " =1+1", "\u200b=1+1", "\ufeff=1+1", "\x00=1+1", "'=1+1", "''=1+1", "a;=1+1", "a\n=1+1", "a\r\n@SUM(A1)", "a; '=1",
    '=HYPERLINK("https://example.com/"&A1)', "=1+1;=2", "-2+3+cmd|' /C calc'!A0", "a\t=1",
)  # fmt: skip
HARMLESS = (
    "O'Neill",
    "a-b",
    "mia@example.com",
    "1+1=2",
    "'tis",
    "it's; fine",
    "",
    "x'=1",
    "−5 %",
    "2026-01-01",
    "(=1)",
)
# What a spreadsheet takes for the beginning of a formula, here and after what it may take for a cell's end.
RUNS = re.compile(r"(?:^|[;\t\r\n])[\s\u200b\ufeff\x00]*[=+\-@＝＋－＠]")


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_would_run_does_not_and_is_read_back_as_it_was(text: str) -> None:
    (_, (told, listed)) = cells(as_csv(["a", "b"], [{"a": text, "b": [text, "x"]}]))
    assert not RUNS.search(told)
    assert not RUNS.search(listed)
    assert as_meant(told) == text
    assert as_meant(guarded_cell(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text
    assert as_meant(text) == text


def test_a_text_of_a_million_empty_lines_is_read_once() -> None:
    lines = "\n" * 1_000_000
    assert guarded(f"a{lines}b") == f"a{lines}b"
    assert guarded(f"a{lines}=b") == f"a{lines}'=b"
    assert as_meant(f"a{lines}'=b") == f"a{lines}=b"


def test_headings_are_texts_too() -> None:
    assert cells(as_csv(["=1+1"], [{"=1+1": 1}]))[0] == ["'=1+1"]


def test_numbers_below_zero_stay_numbers() -> None:
    row = {"a": Decimal("-0.10"), "b": -3, "c": -1.5, "d": date(2026, 1, 2), "e": datetime(2026, 1, 2, tzinfo=UTC)}
    assert cells(as_csv(list(row), [row]))[1][:4] == ["-0.10", "-3", "-1.5", "2026-01-02"]
    # As texts, too, where a file gives numbers as such.
    assert [guarded_cell(one) for one in ("-5,00", "+1.234,5", "-1e-5", "-20%", "-", "-a")] == [
        "-5,00", "+1.234,5", "-1e-5", "-20%", "'-", "'-a"
    ]  # fmt: skip


def test_no_cell_of_a_workbook_is_a_formula_or_a_link() -> None:
    """Looked at in the file itself, and by another program: texts are texts, also once somebody has edited them."""
    rows: list[dict[str, Any]] = [{"name": text, "many": [text], "n": -1} for text in HOSTILE]
    content = as_workbook(HOSTILE[0], {text: text for text in HOSTILE}, [Sheet(HOSTILE[1], lambda: rows)])
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for name, part in parts.items():
        if name.startswith("xl/worksheets/"):
            assert b"<f>" not in part
            assert b"<f " not in part
            assert b"<hyperlink" not in part
            for kind, value in re.findall(rb"<c [^>]*?(t=\"\w+\")?><v>([^<]*)", part):
                assert kind == b't="s"' or re.fullmatch(rb"-?[0-9.]+", value)
    assert not any(name.startswith("xl/externalLinks") or name.endswith("vbaProject.bin") for name in parts)
    assert b'quotePrefix="1"' in parts["xl/styles.xml"]
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book[book.sheetnames[1]]
    for line, text in enumerate(HOSTILE, start=2):
        assert page.cell(line, 1).data_type == "s", text
        assert page.cell(line, 2).data_type == "s", text
        assert page.cell(line, 3).value == -1
        assert page.cell(line, 1).quotePrefix or not RUNS.match(text), text
    for row in book["About"].iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n")


def test_what_was_exported_is_read_back_from_its_file(tmp_path: Path) -> None:
    rows = [{"order_id": str(n), "product": text.strip() or "x"} for n, text in enumerate((*HOSTILE, *HARMLESS))]
    file = tmp_path / "orders.csv"
    file.write_bytes(as_csv(["order_id", "product"], rows))
    found = [row for block in opened(file, Format()).blocks() for row in block.rows.to_pylist()]
    # Blanks around a value are none of it, as in every file of orders.
    assert [row["product"] for row in found] == [row["product"].strip() for row in rows]


# Every place that writes a table or a page for somebody to take away, and what keeps its cells from running.
WRITERS = {
    "reports/rows.py": "csv", "ingest/workbooks/loading.py": "csv", "ingest/order_files/loading.py": "csv",
    "reports/workbook.py": "xlsxwriter",
    "components/tables.py": "download", "components/workbook_preview.py": "download",
    "pages/frame/briefing.py": "download", "pages/frame/monthly.py": "download",
    "pages/frame/post_mortem_files.py": "download",
}  # fmt: skip
_WRITES = {"csv": "csv.writer", "xlsxwriter": "xlsxwriter.Workbook", "download": "download_button("}


def test_nobody_else_writes_files() -> None:
    """A new way out comes through these, or stands here and is tested."""
    root = Path(__file__).parents[2]
    found = {
        (str(path.relative_to(root)), kind)
        for folder in ("analytics", "commands", "components", "data_access", "ingest", "pages", "reports")
        for path in (root / folder).rglob("*.py")
        for kind, word in _WRITES.items()
        if word in path.read_text(encoding="utf-8")
    }
    assert found == set(WRITERS.items())
    for name, kind in WRITERS.items():
        if kind == "csv":
            assert "guarded" in (root / name).read_text(encoding="utf-8"), name
