"""XLSB read beside pyxlsb, cell by cell equal; and loaded whole, with its peak memory.

`python -m benchmarks.workbooks compare|load FOLDER FILE` does one of them, in a process of its own; load: into the
folder's store.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyxlsb

from benchmarks.servers import environment
from benchmarks.table import Figure
from data_access.migrate import migrate
from data_access.scope import local_admin
from data_access.stores import close_stores, open_stores
from ingest.workbooks.loading import ingest_files
from ingest.workbooks.reading import Form, Sheet, sheets
from ingest.workbooks.results import Asked
from ingest.workbooks.trust import examined
from settings import PROJECT_ROOT, Settings

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
    """Cells a second of processor time beside pyxlsb's, whose cells must be the same; seconds and peak memory of a
    whole load. Each in a process of its own. Raises CalledProcessError where a cell differs."""
    folder.mkdir(parents=True)
    file = write(folder / "whole.xlsb", rows)
    cells = rows * len(HEAD)
    told = _asked("compare", folder, file)
    looked, read, peer = told["looked"], told["read"], told["peer"]
    name = f"XLSB of {rows:,} rows"
    yield Figure(
        f"{name} read in bounded memory and looked at whole, cells a second", cells / read, "/s", "pyxlsb",
        cells / peer, "≥ 20 ×", peer / read >= 20,
        f"equal cells; processor time; {looked / read:.0%} of it for unpacking, checksums and every cell's record;"
        f" {told['megabytes']:,.0f} MB at its peak",
    )  # fmt: skip

    settings = Settings(data_dir=folder / "store")
    stores = open_stores(settings)
    migrate(stores)
    close_stores(stores)
    told = _asked("load", settings.data_dir, file)
    assert told["loaded"] == rows, told
    yield Figure(f"{name} loaded", told["seconds"], "s", note=f"{told['loaded']:,} rows in place")
    yield Figure("peak memory of that load", told["megabytes"], "MB")


def _asked(what: str, folder: Path, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.workbooks", what, str(folder), str(file)]
    env = environment(folder)
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _compare(folder: Path, file: Path) -> dict[str, float]:
    """Seconds of processor time for a look at the whole file, for all of its reading (that look included), and for
    pyxlsb's."""
    started = time.process_time()
    examined(file, folder)
    looked = time.process_time() - started
    started = time.process_time()
    (sheet,) = sheets(file, lambda _name, names: names, Form(), folder)
    read = time.process_time() - started
    megabytes = _peak()
    assert isinstance(sheet, Sheet)
    return {"looked": looked, "read": read, "megabytes": megabytes, "peer": _compared(sheet, file)}


def _peak() -> float:
    """Megabytes of this process alone: getrusage counts those of the one that started it too."""
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _compared(sheet: Sheet, file: Path) -> float:
    """Seconds of processor time that pyxlsb takes for the same cells; they are compared beside that time."""
    spent = 0.0
    with pyxlsb.open_workbook(str(file)) as book, book.get_sheet(1) as theirs:
        lines = theirs.rows()
        assert [cell.v for cell in next(lines)] == list(HEAD)
        for block in sheet.held.blocks():
            began = time.process_time()
            part = [[cell.v for cell in line] for line in islice(lines, block.num_rows)]
            spent += time.process_time() - began
            _same(block, part)
        assert next(lines, None) is None
    return spent


def _same(ours: pa.Table, theirs: list[list[Any]]) -> None:
    columns = ours.to_pydict()
    for place, name in enumerate(HEAD):
        column = columns[name]
        if name == "Date":
            column = [(day.date() - date(1899, 12, 30)).days for day in column]
        assert column == [line[place] for line in theirs], name


def _load(folder: Path, file: Path) -> dict[str, float]:
    settings = Settings(data_dir=folder)
    stores = open_stores(settings)
    started = time.process_time()
    done = ingest_files(stores, settings, local_admin("bench"), [file], Asked())
    seconds = time.process_time() - started
    close_stores(stores)
    loaded = sum(part.loaded for one in done.files for part in one.parts)
    return {"seconds": seconds, "megabytes": _peak(), "loaded": loaded}


if __name__ == "__main__":
    print(json.dumps({"compare": _compare, "load": _load}[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))))
