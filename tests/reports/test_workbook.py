"""A workbook as another program reads it: cells of their kinds, nothing that runs, names that Excel takes."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from reports.workbook import Column, Kind, Money, Sheet, as_workbook

ROWS = [
    {"id": "0012", "name": "=HYPERLINK(1)", "on": date(2026, 1, 2), "at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
     "value": Decimal("1234.50"), "rate": 20.0, "share": 0.213, "n": 3, "done": True, "tags": ["new", "gift"]},
    {"id": "b", "name": "", "on": None, "at": None, "value": Decimal("-0.10"), "rate": None, "share": float("nan"),
     "n": 0, "done": False, "tags": []},
]  # fmt: skip
COLUMNS = {
    "value": Column("What it brought.", Kind.MONEY), "rate": Column("", Kind.PER_CENT), "share": Column("", Kind.SHARE),
}  # fmt: skip


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def told(book: Any) -> list[str]:
    return [str(cell) for row in book["About"].iter_rows(values_only=True) for cell in row if cell is not None]


def test_cells_are_of_their_kinds_and_look_so() -> None:
    sheet = Sheet("Lines", lambda: ROWS, COLUMNS)
    book = opened(as_workbook("Lines of a shop", {"Shows": "two lines"}, [sheet], Money("€")))
    assert book.sheetnames == ["About", "Lines"]
    page = book["Lines"]
    head, first, second = page.iter_rows()
    assert [cell.value for cell in head] == list(ROWS[0])
    at = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - as Excel has it
    assert [cell.value for cell in first] == [
        "0012", "=HYPERLINK(1)", datetime(2026, 1, 2), at, 1234.5, 20, 0.213, 3, True, "new|gift"  # noqa: DTZ001
    ]  # fmt: skip
    # What is missing, or no number, is blank.
    assert [cell.value for cell in second] == ["b", None, None, None, -0.1, None, None, 0, False, None]
    looks = {title.value: cell.number_format for title, cell in zip(head, first, strict=True)}
    assert looks["value"] == '"€"#,##0.00;-"€"#,##0.00'
    assert (looks["rate"], looks["share"], looks["n"]) == ('#,##0.0" %"', "0.0%", "#,##0")
    assert (looks["on"], looks["at"]) == ("d mmm yyyy", "yyyy-mm-dd hh:mm:ss")
    assert (page.freeze_panes, page.auto_filter.ref) == ("A2", "A1:J3")
    assert book.defined_names["Lines"].attr_text == "'Lines'!$A$1:$J$3"
    said = told(book)
    assert said[:3] == ["Lines of a shop", "Shows", "two lines"]
    assert "What it brought." in said
    assert book.properties.title == "Lines of a shop"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "http://example.com", "{=1}"])
def test_no_text_runs(text: str) -> None:
    book = opened(as_workbook(text, {"Shows": text, text: text}, [Sheet("Rows", lambda: [{"name": text, text: 1}])]))
    for cell in [*book["Rows"][1], book["Rows"]["A2"], book["About"]["A1"], book["About"]["B3"]]:
        assert cell.data_type == "s"
        assert cell.hyperlink is None
    assert book["Rows"]["A2"].value.replace("_x000D_", "\r") == text


def test_yen_have_no_cents_and_what_has_no_sign_shows_its_code() -> None:
    def look(money: Money, kind: Kind = Kind.MONEY) -> str:
        sheet = Sheet("Rows", lambda: [{"value": 5}], {"value": Column("", kind)})
        return str(opened(as_workbook("", {}, [sheet], money))["Rows"]["A2"].number_format)

    assert look(Money("¥", 0)) == '"¥"#,##0;-"¥"#,##0'
    assert look(Money("€"), Kind.PRICE) == '"€"#,##0.00##;-"€"#,##0.00##'
    assert look(Money("¥", 0), Kind.PRICE) == look(Money("¥", 0))
    assert look(Money('S"K ')) == '"SK "#,##0.00;-"SK "#,##0.00'


def test_more_rows_than_a_sheet_holds_go_on_in_further_sheets_and_it_is_said() -> None:
    book = opened(as_workbook("", {}, [Sheet("Orders", lambda: [{"n": n} for n in range(5)])], most=3))
    assert book.sheetnames == ["About", "Orders", "Orders (2)", "Orders (3)"]
    held = [[row[0] for row in book[name].iter_rows(values_only=True)] for name in book.sheetnames[1:]]
    assert held == [["n", 0, 1], ["n", 2, 3], ["n", 4]]
    assert "5 on 3 sheets: one holds 1,048,576 at most" in told(book)


def test_names_are_those_that_excel_takes() -> None:
    wanted = ["A1", "About", "about", "History", "Who: [best]?", "x" * 40, "x" * 40, "'quoted'", "??", "It's"]
    book = opened(as_workbook("", {}, [Sheet(name, lambda: [{"n": 1}]) for name in wanted]))
    names = book.sheetnames
    assert len({name.lower() for name in names}) == len(wanted) + 1
    assert all(len(name) <= 31 for name in names)
    assert names[1:6] == ["A1", "About (2)", "about (3)", "History (2)", "Who   best"]
    assert names[-3:] == ["quoted", "Table", "It's"]
    areas = book.defined_names
    assert len(areas) == len(wanted)
    assert "A1" not in areas
    assert areas["It_s"].attr_text == "'It''s'!$A$1:$A$2"


def test_a_table_without_rows_says_so_and_a_text_too_long_is_cut() -> None:
    sheets = [Sheet("None", list), Sheet("Long", lambda: [{"text": "y" * 40_000}])]
    book = opened(as_workbook("", {}, sheets))
    assert book["None"]["A1"].value == "No rows in this selection"
    text = book["Long"]["A2"].value
    assert (len(text), text[-1]) == (32_767, "…")
