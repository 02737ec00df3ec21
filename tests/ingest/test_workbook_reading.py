"""Sheets as they are read, without a store: where the header stands, and which line a row is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingest.workbooks.columns import columns_of
from ingest.workbooks.reading import Form, PassedOver, Sheet, sheets


def fits(_name: str, names: Sequence[str]) -> list[str] | None:
    columns = columns_of(names, {}, None)
    return None if columns is None else list(columns.sources.values())


def test_the_header_of_a_csv_file_may_stand_below_other_lines(tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    file.write_text(
        "Sales report; October\n\nMade on 2 November\nDatum;Kanal;Warengruppe;Umsatz;Marge;Menge\n"
        '01.10.2024;web;TV;1.000,50;200;10\n02.10.2024;web\n03.10.2024;web;"T\nV";1;1;1\n04.10.2024;web;TV;3,00;1;2\n',
        encoding="utf-8",
    )
    (sheet,) = sheets(file, fits, Form())
    assert isinstance(sheet, Sheet)
    # Lines are those of the file: the sixth has too few values, the seventh runs over two.
    assert (sheet.header, sheet.rows.tolist(), [line for line, _ in sheet.malformed]) == (4, [5, 7, 9], [6])
    assert sheet.held.table()["Umsatz"].to_pylist() == ["1.000,50", "1", "3,00"]
    file.write_text("Sales report\nDatum;Kanal;Warengruppe;Marge;Menge\n01.10.2024;web;TV;2;1\n", encoding="utf-8")
    (passed,) = sheets(file, fits, Form())
    assert isinstance(passed, PassedOver)
    assert (passed.header, passed.columns) == (2, ("Datum", "Kanal", "Warengruppe", "Marge", "Menge"))
