"""The sample workbooks: the ready files are what the generator writes, and every reader finds the same in them."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import fastexcel
import pyxlsb

from demo.company.binary_book import write_binary_book
from demo.company.history import promotions, sales
from demo.company.workbooks import SEED, UNTIL
from ingest.workbooks.trust import examined
from settings import PROJECT_ROOT

READY = PROJECT_ROOT / "demo" / "workbooks"


def contents(path: Path) -> dict[str, bytes]:
    """What is in a file; of a package its parts, whose packing may differ from machine to machine."""
    if path.suffix == ".csv":
        return {"": path.read_bytes()}
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_the_ready_files_are_what_the_command_writes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cli", "demo-workbooks", str(tmp_path), "--json"]
    subprocess.run(command, cwd=PROJECT_ROOT, check=True, capture_output=True)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == ["plan.xlsx", "promotions.xlsx", "sales_2026_11.csv", "sales_history.xlsb"]
    for name in written:
        assert contents(READY / name) == contents(tmp_path / name)
    assert sum(path.stat().st_size for path in READY.iterdir()) < 2_000_000


def test_both_readers_of_xlsb_find_the_same_cells() -> None:
    file = READY / "sales_history.xlsb"
    ours = fastexcel.read_excel(file).load_sheet("Sales", header_row=None, schema_sample_rows=None, dtypes="string")
    with pyxlsb.open_workbook(str(file)) as book, book.get_sheet("Sales") as sheet:
        theirs = [[cell.v for cell in row] for row in sheet.rows()]
    found = [column.to_pylist() for column in ours.to_arrow().columns]
    assert len(theirs) == len(found[0]) > 22_000
    assert found[0][:2] == ["Date", "45231"]  # 1 November 2023
    for at in range(0, len(theirs), 997):
        for column, value in enumerate(theirs[at]):
            told = found[column][at]
            if value is None or isinstance(value, str):
                assert told == value
            elif isinstance(value, bool):
                assert told == str(value).lower()
            else:
                assert float(told) == value
    facts = examined(file).sheets["Sales"]
    assert (facts.declared_rows, facts.strange, facts.unreadable) == (len(theirs), 0, 0)


def test_a_short_number_is_kept_only_where_it_is_exact(tmp_path: Path) -> None:
    values = [1, -3, 0.07, 4934.8, 1 / 3, 2**29, 12345678.9, True, "ä €", None, date(2026, 11, 21)]
    file = write_binary_book(tmp_path / "b.xlsb", {"S": [values]})
    with pyxlsb.open_workbook(str(file)) as book, book.get_sheet("S") as sheet:
        (row,) = ([cell.v for cell in cells] for cells in sheet.rows())
    assert row == [*values[:-1], 46347]


def test_prices_and_promotions_are_as_written() -> None:
    """A television costs 519.00 and is bought at 75 % of it: 389.25, which is what it costs at 25 % off."""
    history = sales(date(2025, 11, 24), date(2025, 11, 25), SEED)
    tv = [row for row in history if (row.department, row.channel) == ("TV", "offline")]
    assert [(row.day.day, row.discount) for row in tv] == [(24, None), (24, 25), (25, None), (25, 25)]
    for row in tv:
        price = 389.25 if row.discount else 519
        assert (row.sales, row.margin) == (round(row.units * price, 2), round(row.units * (price - 389.25), 2))
    black = {one.name: (one.start, one.end) for one in promotions(date(2023, 1, 1), UNTIL, SEED) if "Black" in one.name}
    # Fridays after the fourth Thursday of November: 24 Nov 2023, 29 Nov 2024, 28 Nov 2025, 27 Nov 2026.
    assert black == {
        "Black Week 2023": (date(2023, 11, 20), date(2023, 11, 27)),
        "Black Week 2024": (date(2024, 11, 25), date(2024, 12, 2)),
        "Black Week 2025": (date(2025, 11, 24), date(2025, 12, 1)),
    }
