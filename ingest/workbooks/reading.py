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

from ingest.order_files import reading as tables
from ingest.unpacking import Overfull
from ingest.workbooks import row_parts
from ingest.workbooks.kept import BLOCK_ROWS, Kept
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
    of its columns, of which `held` may have those alone that are taken."""

    name: str
    held: Kept
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


def sheets(path: Path, fits: Fits, form: Form, folder: Path | None = None) -> Iterator[Sheet | PassedOver]:
    """The sheets whose columns fit, one after the other, and which do not. folder: where rows go that are too many for
    memory. Raises UntrustedFile."""
    kind = kind_of_file(path)
    if kind == "workbook":
        yield from _workbook(path, fits, examined(path, folder), folder)
    elif kind == "parquet":
        yield _parquet(path, fits, folder)
    else:
        yield _csv(path, fits, form, folder)


def _workbook(path: Path, fits: Fits, facts: Examined, folder: Path | None) -> Iterator[Sheet | PassedOver]:
    try:
        reader = fastexcel.read_excel(path)
        for name in reader.sheet_names:
            if name in facts.sheets:
                if folder is not None and facts.sheets[name].is_longer(row_parts.LONG_BYTES):
                    yield _long_sheet(path, name, fits, facts, folder)
                else:
                    yield _sheet(path, reader, name, fits, facts)
    except fastexcel.FastExcelError as error:
        said = " ".join(str(error).split())
        raise UntrustedFile(
            f"{path.name} cannot be read as {facts.said}: {said[:200]}. Open it in Excel, save it, and load it again."
        ) from error


def _sheet(path: Path, reader: fastexcel.ExcelReader, name: str, fits: Fits, facts: Examined) -> Sheet | PassedOver:
    if not facts.sheets[name].last_row:
        return PassedOver(name, ())
    found = _loaded(reader, name, fits, facts.sheets[name].first_row)
    if isinstance(found, PassedOver):
        return found
    facts.refuse_formulas(path, name)
    loaded, header = found
    names, table, unread = _table(loaded)
    held = Kept(table.schema)
    held.append(table)
    begins = facts.sheets[name].first_row + header + 1
    return Sheet(
        name, held, np.arange(begins, begins + table.num_rows, dtype=np.int64), "row", unread,
        from_1904=facts.from_1904, warnings=facts.warnings(name), header=begins - 1, columns=names,
    )  # fmt: skip


def _loaded(
    reader: fastexcel.ExcelReader, name: str, fits: Fits, first_row: int
) -> tuple[fastexcel.ExcelSheet, int] | PassedOver:
    """The sheet below its header, and where that is among the filled rows, from 0."""
    loaded = reader.load_sheet(name, header_row=0, schema_sample_rows=None)
    first = tuple(column.name.strip() for column in loaded.available_columns())
    if fits(name, first) is not None:
        return loaded, 0
    # The usual case is over; one more look, for a header further down.
    top = reader.load_sheet(name, header_row=None, n_rows=HEADER_ROWS, dtypes="string").to_arrow()
    rows = [
        tuple((cell or "").strip() for cell in row)
        for row in zip(*(column.to_pylist() for column in top.columns), strict=True)
    ]
    header = next((at for at, row in enumerate(rows) if at and fits(name, row) is not None), -1)
    if header < 0:
        return _passed(name, rows, first_row)
    # The reader counts rows above the first filled one, unless the header is the first row.
    loaded = reader.load_sheet(name, header_row=first_row - 1 + header, schema_sample_rows=None)
    if fits(name, tuple(column.name.strip() for column in loaded.available_columns())) is None:
        loaded = reader.load_sheet(name, header_row=header, schema_sample_rows=None)
    return loaded, header


def _table(loaded: fastexcel.ExcelSheet) -> tuple[tuple[str, ...], pa.Table, list[tuple[int, str, str]]]:
    """Names of the columns, rows, and cells that could not be read as the rest of their column."""
    batch, errors = loaded.to_arrow_with_errors()
    names = [column.strip() for column in batch.schema.names]
    unread = [
        (one.offset_position[0], names[one.offset_position[1]], _in_cell(one.detail))
        for one in (errors.errors if errors else ())
    ]
    single = _single(names)
    return tuple(single), pa.Table.from_batches([batch]).rename_columns(single), unread


def _long_sheet(path: Path, name: str, fits: Fits, facts: Examined, folder: Path) -> Sheet | PassedOver:
    """The same, some thousand rows at a time; the types of its columns are those that hold the whole."""
    part, unpacked = facts.parts[name], facts.sheets[name].unpacked
    assert unpacked is not None  # it is longer than its rows are
    sheet = row_parts.LongSheet(path, unpacked, part, set(facts.parts.values()) - {part}, facts.sheets[name].cuts)
    found = _loaded(fastexcel.read_excel(sheet.top()), name, fits, facts.sheets[name].first_row)
    if isinstance(found, PassedOver):
        return found
    facts.refuse_formulas(path, name)
    header = facts.sheets[name].first_row + found[1]
    names = tuple(_single([column.name.strip() for column in found[0].available_columns()]))
    del found
    as_text: set[int] = set()
    while True:
        read = _Parts(names, folder)
        for place, package in sheet.below(header):
            # What was text before stays text, whatever follows: the reader need not find that out again.
            read.add(_read(package, name, as_text | read.text), place)
            if read.unfit - as_text:
                break
        if not read.unfit - as_text:
            break
        as_text |= read.unfit
    return Sheet(
        name, read.held(), read.rows, "row", read.unread, from_1904=facts.from_1904, warnings=facts.warnings(name),
        header=header, columns=names,
    )  # fmt: skip


def _read(package: bytes, name: str, as_text: Collection[int]) -> fastexcel.ExcelSheet:
    text: dict[str | int, fastexcel.DType] = dict.fromkeys(as_text, "string")
    return fastexcel.read_excel(package).load_sheet(name, header_row=0, schema_sample_rows=None, dtypes=text or None)


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


def _parquet(path: Path, fits: Fits, folder: Path | None) -> Sheet | PassedOver:
    try:
        with tables.opened_parquet(path) as file:
            columns = tuple(file.schema_arrow.names)
            taken = fits("", columns)
            if taken is None:
                return PassedOver("", columns)
            _not_too_long(path, file.metadata.num_rows)
            schema = pa.schema([_plain(file.schema_arrow.field(name)) for name in taken])
            held = Kept(schema, folder)
            for batch in tables.batches(file, BLOCK_ROWS, taken):
                held.append(pa.Table.from_batches([batch]).select(list(taken)))
    except Overfull as error:
        raise UntrustedFile(f"{path.name} is refused: {error}. Export it again, or split it.") from error
    except (pa.ArrowException, OSError) as error:
        raise UntrustedFile(f"{path.name} is damaged, or no Parquet file: {error}. Export it again.") from error
    return Sheet("", held, np.arange(1, held.num_rows + 1, dtype=np.int64), "row", columns=columns)


def _plain(field: pa.Field) -> pa.Field:
    return field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field


def _csv(path: Path, fits: Fits, form: Form, folder: Path | None) -> Sheet | PassedOver:
    try:
        file = _with_header(path, fits, tables.Format(form.separator, form.encoding))
        taken = fits("", file.columns)
        if taken is None:
            return PassedOver("", file.columns, file.at)
        held = Kept(pa.schema([(name, pa.string()) for name in taken]), folder)
        places, malformed = [np.empty(0, dtype=np.int64)], []
        for block in file.blocks():
            held.append(block.rows.select(list(taken)))
            places.append(block.places)
            malformed += block.malformed
            _not_too_long(path, held.num_rows)
    except tables.UnreadableFile as error:
        raise UntrustedFile(str(error)) from error
    return Sheet("", held, np.concatenate(places), "line", malformed=malformed, header=file.at, columns=file.columns)


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


class _Parts:
    """Parts of one sheet, put together. unfit: places of columns that no type but text holds."""

    def __init__(self, names: tuple[str, ...], folder: Path) -> None:
        self._names, self._folder = names, folder
        self._parts: list[Kept] = []
        self._types: list[pa.DataType] = [pa.null()] * len(names)
        self._places: list[np.ndarray[Any, np.dtype[np.int64]]] = [np.empty(0, np.int64)]
        self._many = 0
        self.unread: list[tuple[int, str, str]] = []
        self.unfit: set[int] = set()

    def add(self, loaded: fastexcel.ExcelSheet, place: int) -> None:
        """A part, whose first row has that place."""
        _, table, unread = _table(loaded)
        for at, column in enumerate(table.columns):
            # The reader takes a column without a value for text.
            both = _common(self._types[at], pa.null() if column.null_count == len(column) else column.type)
            if both is None:
                self.unfit.add(at)
            else:
                self._types[at] = both
        self.unread += [(self._many + row, column, what) for row, column, what in unread]
        self._places.append(np.arange(place, place + table.num_rows, dtype=np.int64))
        self._many += table.num_rows
        part = Kept(table.schema, self._folder, most=0)
        part.append(table)
        self._parts.append(part)

    @property
    def text(self) -> set[int]:
        """Places of columns that have held text so far."""
        return {at for at, kind in enumerate(self._types) if pa.types.is_string(kind)}

    @property
    def rows(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """The places of all rows."""
        return np.concatenate(self._places)

    def held(self) -> Kept:
        """All rows, by the types of the whole."""
        types = [pa.string() if pa.types.is_null(kind) else kind for kind in self._types]
        found = Kept(pa.schema(list(zip(self._names, types, strict=True))), self._folder)
        for part in self._parts:
            found.adopt(part)
        return found


def _common(one: pa.DataType, other: pa.DataType) -> pa.DataType | None:
    """The type that a reader of both parts at once would have given a column; None where that is text."""
    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    numbers = (pa.types.is_boolean, pa.types.is_integer, pa.types.is_floating)
    if all(any(of(kind) for of in numbers) for kind in (one, other)):
        return pa.float64() if any(pa.types.is_floating(kind) for kind in (one, other)) else pa.int64()
    return None
