"""Files that are too long for memory are read, judged and loaded by blocks: the same comes of them as of the whole."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data_access.scope import Right, granted
from data_access.stores import Stores, close_stores, open_stores
from ingest.workbooks import binary_sheets, judging, kept, row_parts, trust
from ingest.workbooks.columns import columns_of
from ingest.workbooks.loading import ingest_files
from ingest.workbooks.reading import Form, Sheet, sheets
from ingest.workbooks.results import Asked, FileDone
from ingest.workbooks.trust import UntrustedFile, examined
from settings import Settings
from tests.ingest.workbook_files import xlsb, xlsx

ANN = granted("ann", [], [Right.PROMO_READ, Right.PROMO_WRITE])
needs_xlspy = pytest.mark.skipif(sys.version_info < (3, 12), reason="xlspy, which writes XLSB, needs Python 3.12")
HEAD = ["Date", "Channel", "Department", "Promo", "Discount", "Turnover", "Margin", "Units"]


@pytest.fixture
def short_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are many, and some hundred bytes of a sheet are long."""
    monkeypatch.setattr(kept, "BLOCK_ROWS", 2)
    monkeypatch.setattr(judging, "BLOCK_ROWS", 2)
    monkeypatch.setattr(row_parts, "LONG_BYTES", 400)
    monkeypatch.setattr(row_parts, "PART_BYTES", 400)
    monkeypatch.setattr(binary_sheets, "CHUNK_BYTES", 200)


@pytest.fixture(params=["duckdb", "postgresql"])
def stores(request: pytest.FixtureRequest, settings: Settings, migrated_file: Path) -> Iterator[Stores]:
    """Empty, migrated stores, the operational one on each engine."""
    settings.data_dir.mkdir(parents=True)
    shutil.copy(migrated_file, settings.data_dir / "promolens.duckdb")
    url = "" if request.param == "duckdb" else request.getfixturevalue("migrated_postgres_url")
    opened = open_stores(Settings(data_dir=settings.data_dir, database_url=url) if url else settings)
    yield opened
    close_stores(opened)


def read(path: Path, folder: Path | None) -> Sheet:
    def fits(_name: str, names: Any) -> list[str] | None:
        columns = columns_of(names, {}, None)
        return None if columns is None else list(columns.sources.values())

    (sheet,) = sheets(path, fits, Form(), folder)
    assert isinstance(sheet, Sheet)
    return sheet


def sold(day: int, turnover: Any, units: Any = 1, discount: Any = None, channel: Any = "web") -> list[Any]:
    return [date(2026, 10, day) if day else None, channel, "TV", bool(discount), discount, turnover, 1.5, units]


@needs_xlspy
@pytest.mark.parametrize(
    "odd",
    [[], [sold(9, "n/a")], [sold(9, 4.25, "x"), sold(0, "9,50", 2.5)]],
    ids=["of one type", "text among numbers", "two columns of text"],
)
def test_a_long_sheet_is_read_in_parts_as_the_whole_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, short_blocks: None, odd: list[list[Any]]
) -> None:
    """Title and header first, later a part without any day or discount, whose columns must not move to the left."""
    body = [sold(day, 10 * day, day, 20 if day % 2 else None) for day in range(1, 9)]
    gaps = [sold(0, 5, channel=None) for _ in range(8)]
    rows = [["Sales"], [None], HEAD, *body, *gaps, *odd, *(sold(day, 0.5) for day in range(20, 28))]
    file = xlsb(tmp_path / "long.xlsb", rows)
    parted = read(file, tmp_path)
    facts = examined(file, tmp_path)
    part, sheet = facts.parts["Sales"], facts.sheets["Sales"]
    assert sheet.unpacked is not None
    assert len(list(row_parts.LongSheet(file, sheet.unpacked, part, (), sheet.cuts).below(3))) > 4
    monkeypatch.setattr(row_parts, "LONG_BYTES", 1 << 30)
    whole = read(file, tmp_path)
    assert (parted.columns, parted.header, parted.unread) == (whole.columns, whole.header, whole.unread)
    assert parted.rows.tolist() == whole.rows.tolist() == list(range(4, 4 + len(rows) - 3))
    assert parted.held.schema == whole.held.table().cast(parted.held.schema).schema
    assert parted.held.table().to_pylist() == whole.held.table().to_pylist()


def test_xlsx_that_is_too_large_to_be_read_whole_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sheet of one row stays below 1 MB, that of 20,000 does not: it names the sheet, the limit and the way out."""
    monkeypatch.setattr(trust, "MOST_XML_BYTES", 1 << 20)
    assert examined(xlsx(tmp_path / "short.xlsx", {"Sales": [HEAD, sold(1, 5)]})).sheets["Sales"].last_row == 2
    long = xlsx(tmp_path / "long.xlsx", {"Notes": [["x"]], "Sales": [HEAD, *[sold(1, 5)] * 20_000]})
    with pytest.raises(UntrustedFile, match=r"^long\.xlsx, sheet 'Sales' unpacks to \d+ MB: XLSX .* above 1 MB.* XLSB"):
        examined(long)


def test_what_a_column_decides_holds_for_all_of_its_blocks(
    stores: Stores, settings: Settings, tmp_path: Path, short_blocks: None
) -> None:
    """That days come first, commas are decimal and 0.2 is no per cent is only shown at the end; a key comes twice alike
    and twice with other values, far apart."""
    file = tmp_path / "sales.csv"
    file.write_text(
        "Datum;Kanal;Abteilung;Rabatt;Umsatz;Marge;Menge\n"
        "01/02/2026;web;TV;0.5;1.250;100;1\n02/02/2026;web;TV;;2.000;100;2\n03/02/2026;web;TV;1;3.000;100;3\n"
        "04/02/2026;moon;TV;;1;1;1\n02/02/2026;web;TV;;2.000;100;2\n05/02/2026;web;TV;;7.000;100;5\n"
        "05/02/2026;web;TV;;5.000,50;100;5\n28/02/2026;web;TV;20;6.000;100;6\n",
        encoding="utf-8",
    )

    def load() -> FileDone:
        (done,) = ingest_files(stores, settings, ANN, [file], Asked()).files
        return done

    done = load()
    with stores.operational.read() as session:
        found = session.query_text(
            "SELECT date, discount_pct, sales_value FROM sales_aggregated ORDER BY date", {}
        ).to_pylist()
    assert [tuple(row.values()) for row in found] == [
        (date(2026, 2, 1), Decimal("0.50"), Decimal(1250)), (date(2026, 2, 2), None, Decimal(2000)),
        (date(2026, 2, 3), Decimal("1.00"), Decimal(3000)), (date(2026, 2, 5), None, Decimal("5000.50")),
        (date(2026, 2, 28), Decimal("20.00"), Decimal(6000)),
    ]  # fmt: skip
    assert [(one.row, one.column) for one in done.rejects] == [(5, "Kanal (channel)"), (7, "")]
    (part,) = done.parts
    assert (part.rows, part.loaded, part.fresh, part.rejected) == (8, 5, 5, 2)
    assert "1 row(s) stand there twice; they count once." in done.notes
    assert [note for note in done.notes if "20 is 20 %" in note] == [
        "Rabatt (discount_pct): 20 is 20 %: numbers are above 1."
    ]
    # Again nothing changes; without its third row that one goes, and what was left out stays.
    assert (load().parts[0].fresh, load().parts[0].replaced) == (0, 0)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join([*lines[:3], *lines[4:]]), encoding="utf-8")
    assert load().parts[0].replaced == 1
