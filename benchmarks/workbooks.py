"""XLSB read beside pyxlsb, cell by cell equal; and loaded whole, with its peak memory.

`python -m benchmarks.workbooks FOLDER FILE` loads a file into the folder's store, in a process of its own.
"""

from __future__ import annotations

import json
import resource
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import fastexcel
import pyxlsb

from benchmarks.servers import environment
from benchmarks.table import Figure
from data_access.migrate import migrate
from data_access.scope import local_admin
from data_access.stores import close_stores, open_stores
from ingest.workbooks.loading import ingest_files
from ingest.workbooks.results import Asked
from ingest.workbooks.trust import examined
from settings import PROJECT_ROOT, Settings

COMPARED_ROWS: Final = 100_000
HEAD: Final = ("Date", "Channel", "Department", "Promo", "Discount", "Turnover", "Margin", "Units")
PART: Final = "xl/worksheets/sheet1.bin"
_FIRST: Final = date(2019, 1, 1)
_CHANNELS: Final = ("online", "store")


def row(number: int, departments: int) -> list[Any]:
    """A day, channel and department, each once."""
    place, department = divmod(number, departments)
    day, channel = divmod(place, 2)
    on_promo = (day // 7 + department) % 5 == 0
    sales = 100 + number * 7919 % 1_000_000 / 100
    return [
        _FIRST + timedelta(days=day), _CHANNELS[channel], f"Department {department:03}", on_promo,
        20 if on_promo else None, sales, round(sales / 4, 2), 1 + number % 97,
    ]  # fmt: skip


def write(path: Path, rows: int) -> Path:
    """An XLSB of that many rows, with the dimension that a spreadsheet program gives it."""
    import xlspy

    departments = max(1, rows // 4_000)
    raw = path.with_suffix(".raw")
    with xlspy.XlsbWriter(str(raw)) as writer:
        writer.add_sheet("Sales")
        writer.write_sheet([list(HEAD), *(row(number, departments) for number in range(rows))])
    with zipfile.ZipFile(raw) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == PART:
                at = data.index(b"\x94\x01\x10") + 3
                data = data[:at] + struct.pack("<4I", 0, rows, 0, len(HEAD) - 1) + data[at + 16 :]
            new.writestr(name, data)
    raw.unlink()
    return path


def measure(folder: Path, rows: int) -> Iterator[Figure]:
    """Cells a second of processor time beside pyxlsb's; seconds and peak memory of a whole load. Raises AssertionError
    where a cell differs."""
    folder.mkdir(parents=True)
    file = write(folder / "compared.xlsb", min(rows, COMPARED_ROWS))
    cells = (min(rows, COMPARED_ROWS)) * len(HEAD)
    started = time.process_time()
    ours = fastexcel.read_excel(file).load_sheet(0, header_row=0, schema_sample_rows=None).to_arrow_with_errors()[0]
    read = time.process_time() - started
    examined(file)
    trusted = time.process_time() - started
    started = time.process_time()
    with pyxlsb.open_workbook(str(file)) as book, book.get_sheet(1) as sheet:
        theirs = [[cell.v for cell in line] for line in sheet.rows()][1:]
    peer = time.process_time() - started
    _same(ours, theirs)
    yield Figure("XLSB read, cells a second", cells / read, "/s", "pyxlsb", cells / peer, "≥ 20 ×", peer / read >= 20)
    yield Figure("XLSB read and looked at whole, cells a second", cells / trusted, "/s", "pyxlsb", cells / peer)

    settings = Settings(data_dir=folder / "store")
    stores = open_stores(settings)
    migrate(stores)
    close_stores(stores)
    whole = write(folder / "whole.xlsb", rows)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.workbooks", str(settings.data_dir), str(whole)],
        cwd=PROJECT_ROOT, env=environment(settings.data_dir), check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    assert told["loaded"] == rows, told
    yield Figure(f"XLSB of {rows:,} rows loaded", told["seconds"], "s", note=f"{told['loaded']:,} rows in place")
    yield Figure("peak memory of that load", told["megabytes"], "MB")


def _same(ours: Any, theirs: list[list[Any]]) -> None:
    columns = ours.to_pydict()
    for place, name in enumerate(HEAD):
        column = columns[name]
        if name == "Date":
            column = [(day.date() - date(1899, 12, 30)).days for day in column]
        assert column == [line[place] for line in theirs], name


def _load(folder: Path, file: Path) -> None:
    settings = Settings(data_dir=folder)
    stores = open_stores(settings)
    started = time.process_time()
    done = ingest_files(stores, settings, local_admin("bench"), [file], Asked())
    seconds = time.process_time() - started
    close_stores(stores)
    loaded = sum(part.loaded for one in done.files for part in one.parts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak, "loaded": loaded}))


if __name__ == "__main__":
    _load(Path(sys.argv[1]), Path(sys.argv[2]))
