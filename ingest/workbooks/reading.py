"""Sheets of a file as Arrow columns, with each row's place: fastexcel reads, without a Python object a cell."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import fastexcel
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.order_files import reading as tables
from ingest.workbooks.trust import Examined, UntrustedFile, examined, kind_of_file

# Rows among which the header is looked for.
HEADER_ROWS: Final = 40
# It warns of every empty column.
logging.getLogger("fastexcel").setLevel(logging.ERROR)
# Rows that a CSV or Parquet file may have: a workbook's sheet cannot hold more than 1,048,576.
MOST_ROWS: Final = 3_000_000
# Of a sheet's columns (its name, its columns) those that a table takes; None where they are of none.
Fits = Callable[[str, Sequence[str]], Collection[str] | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a file. name: '' of a CSV or Parquet file; rows: the place of each (the sheet's row, the file's line,
    from 1); unread: cells that could not be read as the rest of their column (index of the row, column, what is there);
    malformed: places of lines that are no rows; from_1904: of serial days; header: place of its header; columns: all
    of its columns, of which `table` may hold those alone that are taken."""

    name: str
    table: pa.Table
    rows: np.ndarray[Any, np.dtype[np.int64]]
    place: str
    unread: list[tuple[int, str, str]] = field(default_factory=list)
    malformed: list[tuple[int, str]] = field(default_factory=list)
    from_1904: bool = False
    warnings: list[str] = field(default_factory=list)
    header: int = 1
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A sheet that is not read. columns: what its first row holds, or that of the first rows which holds most; header:
    the place of that row."""

    name: str
    columns: tuple[str, ...]
    header: int = 1


@dataclass(frozen=True, slots=True)
class Form:
    """How a CSV file is written, where it is not to be found out."""

    separator: str = ""
    encoding: str = "utf-8"


def sheets(path: Path, fits: Fits, form: Form) -> Iterator[Sheet | PassedOver]:
    """The sheets whose columns fit, one after the other, and which do not. Raises UntrustedFile."""
    kind = kind_of_file(path)
    if kind == "workbook":
        yield from _workbook(path, fits, examined(path))
    elif kind == "parquet":
        yield _parquet(path, fits)
    else:
        yield _csv(path, fits, form)


def _workbook(path: Path, fits: Fits, facts: Examined) -> Iterator[Sheet | PassedOver]:
    try:
        reader = fastexcel.read_excel(path)
        for name in reader.sheet_names:
            if name in facts.sheets:
                yield _sheet(path, reader, name, fits, facts)
    except fastexcel.FastExcelError as error:
        said = " ".join(str(error).split())
        raise UntrustedFile(
            f"{path.name} cannot be read as {facts.said}: {said[:200]}. Open it in Excel, save it, and load it again."
        ) from error


def _sheet(path: Path, reader: fastexcel.ExcelReader, name: str, fits: Fits, facts: Examined) -> Sheet | PassedOver:
    if not facts.sheets[name].last_row:
        return PassedOver(name, ())
    loaded = reader.load_sheet(name, header_row=0, schema_sample_rows=None)
    first = tuple(column.name.strip() for column in loaded.available_columns())
    header = 0
    if fits(name, first) is None:
        # The usual case is over; one more look, for a header further down.
        top = reader.load_sheet(name, header_row=None, n_rows=HEADER_ROWS, dtypes="string").to_arrow()
        rows = [
            tuple((cell or "").strip() for cell in row)
            for row in zip(*(column.to_pylist() for column in top.columns), strict=True)
        ]
        header = next((at for at, row in enumerate(rows) if at and fits(name, row) is not None), -1)
        if header < 0:
            return _passed(name, rows, facts.sheets[name].first_row)
        # The reader counts rows above the first filled one, unless the header is the first row.
        at = facts.sheets[name].first_row - 1 + header
        loaded = reader.load_sheet(name, header_row=at, schema_sample_rows=None)
        if fits(name, tuple(column.name.strip() for column in loaded.available_columns())) is None:
            loaded = reader.load_sheet(name, header_row=header, schema_sample_rows=None)
    facts.refuse_formulas(path, name)
    batch, errors = loaded.to_arrow_with_errors()
    names = [column.strip() for column in batch.schema.names]
    table = pa.Table.from_batches([batch]).rename_columns(_single(names))
    begins = facts.sheets[name].first_row + header + 1
    unread = [
        (one.offset_position[0], names[one.offset_position[1]], _in_cell(one.detail))
        for one in (errors.errors if errors else ())
    ]
    return Sheet(
        name, table, np.arange(begins, begins + table.num_rows, dtype=np.int64), "row", unread,
        from_1904=facts.from_1904, warnings=facts.warnings(name), header=begins - 1,
    )  # fmt: skip


def _passed(name: str, rows: Sequence[tuple[str, ...]], first: int) -> PassedOver:
    """The first of the rows with most words is taken for the header."""
    at = max(range(len(rows)), key=lambda number: (_words(rows[number]), -number), default=0)
    return PassedOver(name, tuple(cell for cell in rows[at] if cell) if rows else (), first + at)


def _words(cells: Sequence[str]) -> int:
    return sum(any(letter.isalpha() for letter in cell) for cell in cells)


def _single(names: list[str]) -> list[str]:
    """Names of which none stands twice."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name] - 1}")
    return found


def _in_cell(detail: str) -> str:
    """What stands in a cell that is not as the rest of its column."""
    said = detail.partition(" but got ")[2].strip("'")
    kind, _, inner = said.partition("(")
    inner = inner.rstrip(")").strip('"')
    return f"#{inner.upper()}" if kind == "Error" else inner or detail


def _parquet(path: Path, fits: Fits) -> Sheet | PassedOver:
    try:
        with pq.ParquetFile(path) as file:
            columns = tuple(file.schema_arrow.names)
            taken = fits("", columns)
            if taken is None:
                return PassedOver("", columns)
            _not_too_long(path, file.metadata.num_rows)
            table = file.read(columns=list(taken))
    except (pa.ArrowInvalid, OSError) as error:
        raise UntrustedFile(f"{path.name} is damaged, or no Parquet file: {error}. Export it again.") from error
    return Sheet("", table, np.arange(1, table.num_rows + 1, dtype=np.int64), "row", columns=columns)


def _csv(path: Path, fits: Fits, form: Form) -> Sheet | PassedOver:
    try:
        file = _with_header(path, fits, tables.Format(form.separator, form.encoding))
        taken = fits("", file.columns)
        if taken is None:
            return PassedOver("", file.columns, file.at)
        parts, places, malformed, rows = [], [], [], 0
        for block in file.blocks():
            # Block by block, so that what no table takes is never all in memory.
            parts.append(block.rows.select(list(taken)))
            places.append(block.places)
            malformed += block.malformed
            rows += block.rows.num_rows
            _not_too_long(path, rows)
    except tables.UnreadableFile as error:
        raise UntrustedFile(str(error)) from error
    if not parts:
        # A header alone: an export of days without sales.
        parts.append(pa.table({name: pa.array([], pa.string()) for name in taken}))
        places.append(np.empty(0, dtype=np.int64))
    return Sheet(
        "", pa.concat_tables(parts), np.concatenate(places), "line", malformed=malformed, header=file.at,
        columns=file.columns,
    )  # fmt: skip


def _with_header(path: Path, fits: Fits, form: tables.Format) -> tables.CsvFile:
    """The file below the first of its lines that names the columns of a table; where none does, below the one that
    names most. Raises UnreadableFile."""
    lines = tables.first_lines(path, form, HEADER_ROWS)
    found: list[tables.CsvFile] = []
    why: tables.UnreadableFile | None = None
    for at in range(1, len(lines) + 1):
        try:
            file = tables.CsvFile(path, form, at, lines)
        except tables.UnreadableFile as error:
            why = why or error
            continue
        if fits("", file.columns) is not None:
            return file
        found.append(file)
    if not found:
        assert why is not None  # there is a first line
        raise why
    return max(found, key=lambda file: (_words(file.columns), -file.at))


def _not_too_long(path: Path, rows: int) -> None:
    if rows > MOST_ROWS:
        raise UntrustedFile(
            f"{path.name} has more than {MOST_ROWS:,} rows: it is refused, so that memory stays bounded. Split it, for"
            " example by year, and give the parts different names."
        )
