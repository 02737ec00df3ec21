"""Files of order lines, read block by block: text by the targets' names, with each row's place in the file."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from analytics.spreadsheet_text import as_meant
from ingest.errors import IngestError
from ingest.unpacking import Overfull, require_in_proportion

SEPARATORS: Final = (",", ";", "\t", "|")
BLOCK_BYTES: Final = 8 << 20
BLOCK_ROWS: Final = 50_000
_NAMES: Final = {"\t": "tab"}
_UTF8: Final = "utf-8"
# As many as a workbook may have.
MOST_COLUMNS: Final = 16_384
# A block of Parquet may unpack to more than its file says: a text that stands there once, in a million rows.
MOST_BLOCK_BYTES: Final = 512 << 20


class UnreadableFile(IngestError):
    """The file cannot be read as a table of order lines."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a CSV file is written, where it is not to be found out: separator ('' = by its header), encoding."""

    separator: str = ""
    encoding: str = _UTF8


@dataclass(slots=True)
class Block:
    """Rows of a file as text, NULL where empty, their places (line of a CSV file, row of a Parquet file, from 1), and
    the places of rows that are no rows of the table, with the reason."""

    rows: pa.Table
    places: np.ndarray[Any, np.dtype[np.int64]]
    malformed: list[tuple[int, str]] = field(default_factory=list)


class OrderFile(Protocol):
    """A file of order lines. place: what a row's place is called ('line', 'row'); said: how it was read."""

    path: Path
    columns: tuple[str, ...]
    place: str
    said: str

    def blocks(self) -> Iterator[Block]:
        """All rows, block by block. Raises UnreadableFile."""


def opened(path: Path, form: Format, *, decimal: str = ".") -> OrderFile:
    """The file by its content. Raises UnreadableFile where it is missing, empty or of another kind."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be read: {error.strerror}.") from error
    if not start:
        raise UnreadableFile(f"{path} is empty.")
    if start.startswith(b"PAR1"):
        if form != Format() or decimal != ".":
            raise UnreadableFile(
                "A Parquet file has no separator, encoding or decimal sign to be told: leave these options out."
            )
        return ParquetFile(path)
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableFile(f"{path} is a workbook or an archive. Save its sheet as CSV (UTF-8) and load that.")
    return CsvFile(path, form)


class ParquetFile:
    """Columns have types already: they become text, so that one set of rules reads both kinds of files."""

    place = "row"
    said = "Parquet"

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with pq.ParquetFile(path) as file:
                schema = file.schema_arrow
                rows = file.metadata.num_rows
        except (pa.ArrowException, OSError) as error:
            raise UnreadableFile(f"{path} cannot be read as Parquet: {error}") from error
        if not rows:
            raise UnreadableFile(f"{path} has no rows.")
        self.columns = tuple(schema.names)
        if len(set(self.columns)) < len(self.columns):
            raise UnreadableFile(f"{path} has two columns of one name.")

    def blocks(self) -> Iterator[Block]:
        first = 1
        try:
            with opened_parquet(self.path) as file:
                for batch in batches(file, BLOCK_ROWS):
                    names = batch.schema.names
                    rows = pa.table([_as_text(column) for column in batch.columns], names=names)
                    yield Block(rows, np.arange(first, first + batch.num_rows, dtype=np.int64))
                    first += batch.num_rows
        except (Overfull, pa.ArrowException, OSError) as error:
            raise UnreadableFile(f"{self.path} is damaged at about row {first}: {error}") from error


def opened_parquet(path: Path) -> pq.ParquetFile:
    """The file, its texts as they are kept: each once, however many rows hold it. Raises Overfull, pa.ArrowException,
    OSError."""
    with pq.ParquetFile(path) as file:
        kinds, metadata = file.schema_arrow, file.metadata
        # Of each block, as it says itself; unpacked it is this large in memory at least.
        blocks = [metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups)]
        require_in_proportion(sum(blocks), path.stat().st_size)
    texts = [kind.name for kind in kinds if pa.types.is_string(kind.type) or pa.types.is_large_string(kind.type)]
    return pq.ParquetFile(path, read_dictionary=texts)


def batches(file: pq.ParquetFile, rows: int, columns: Collection[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Some columns or all, so many rows at once, texts as such. Raises Overfull, pa.ArrowException."""
    names = None if columns is None else list(columns)
    for batch in file.iter_batches(rows, columns=names, use_threads=False):
        if sum(map(_unpacked, batch.columns)) > MOST_BLOCK_BYTES:
            raise Overfull(f"{batch.num_rows:,} rows unpack to more than {MOST_BLOCK_BYTES >> 20} MB")
        plain = [one.dictionary_decode() if pa.types.is_dictionary(one.type) else one for one in batch.columns]
        yield pa.RecordBatch.from_arrays(plain, names=batch.schema.names)


def _unpacked(column: pa.Array) -> int:
    """Bytes of a column with each row's own text."""
    if not pa.types.is_dictionary(column.type):
        return int(column.nbytes)
    lengths = pc.take(pc.binary_length(column.dictionary), column.indices)
    return int(pc.sum(lengths).as_py() or 0)


class CsvFile:
    """Lines are counted as an editor counts them: quoted values may hold several. at: the line of its header, from 1;
    lines: its first ones, where they were read before."""

    place = "line"

    def __init__(self, path: Path, form: Format, at: int = 1, lines: Sequence[str] = ()) -> None:
        self.path = path
        self._form = form
        self.at = at
        header = (lines or first_lines(path, form, at))[at - 1]
        separator = form.separator.replace("\\t", "\t") or max(SEPARATORS, key=header.count)
        if len(separator) != 1:
            raise UnreadableFile(f"--separator '{form.separator}' is not one character.")
        self.columns = tuple(as_meant(name.strip()) for name in next(csv.reader([header], delimiter=separator), []))
        if len(self.columns) < 2:
            raise UnreadableFile(
                f"{path}: {'the first line' if at == 1 else f'line {at}'} '{header[:80].strip()}' is not the names of"
                " columns parted by a comma, semicolon, tab or |. Is it another separator? Say --separator"
            )
        if len(self.columns) > MOST_COLUMNS:
            raise UnreadableFile(f"{path} has more than {MOST_COLUMNS:,} columns: it is no table of orders or sales.")
        if twice := [name for name, many in Counter(self.columns).items() if many > 1]:
            raise UnreadableFile(f"{path} has two columns '{twice[0][:80]}'. Rename one of them.")
        self._separator = separator
        self.said = f"CSV parted by {_NAMES.get(separator, repr(separator))}"

    def blocks(self) -> Iterator[Block]:
        broken: dict[int, tuple[str, int]] = {}

        def skip(row: Any) -> str:
            text = row.text.replace("\r", "")
            reason = f"has {row.actual_columns} values instead of {row.expected_columns}: {text[:120]}"
            broken[int(row.number)] = (reason, text.count("\n"))
            return "skip"

        with _bytes(self.path) as file, closing(self._reader(file, skip)) as reader:
            # Rows as the parser counts them (lines up to the header are some), and lines that values run over.
            row, more, packed, unpacked = self.at + 1, 0, self.path.stat().st_size, 0
            while (batch := self._next(reader)) is not None:
                unpacked += batch.nbytes
                try:
                    require_in_proportion(unpacked, packed)
                except Overfull as error:
                    raise UnreadableFile(f"{self.path} is refused: {error}.") from error
                block, row, more = _placed(batch, broken, row, more)
                yield block
            if broken:
                left = [(number + more, broken[number][0]) for number in sorted(broken)]
                yield Block(batch_of_none(self.columns), np.empty(0, np.int64), left)

    def _next(self, reader: pyarrow.csv.CSVStreamingReader) -> pa.RecordBatch | None:
        try:
            return reader.read_next_batch()
        except StopIteration:
            return None
        except (pa.ArrowInvalid, UnicodeError) as error:
            raise self._damaged(error) from error

    def _reader(self, file: pa.NativeFile, skip: Any) -> pyarrow.csv.CSVStreamingReader:
        try:
            return pyarrow.csv.open_csv(
                file,
                pyarrow.csv.ReadOptions(
                    block_size=BLOCK_BYTES, use_threads=False, encoding=self._form.encoding,
                    column_names=list(self.columns), skip_rows=self.at,
                ),
                pyarrow.csv.ParseOptions(
                    delimiter=self._separator, newlines_in_values=True, ignore_empty_lines=False,
                    invalid_row_handler=skip,
                ),
                pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(self.columns, pa.string()), strings_can_be_null=True, null_values=[""]
                ),
            )  # fmt: skip
        except (pa.ArrowInvalid, UnicodeError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> UnreadableFile:
        said = " ".join(str(error).split())
        if "Could not skip" in said or "Empty CSV" in said:
            return UnreadableFile(f"{self.path} has no lines below its header.")
        if "UTF8" in said or isinstance(error, UnicodeError):
            return UnreadableFile(
                f"{self.path}, line {self._undecodable()}: a letter that is none in {self._form.encoding}. Say how the"
                " file is encoded, for example --encoding cp1252"
            )
        return UnreadableFile(f"{self.path} cannot be read as {self.said}: {said[:300]}")

    def _undecodable(self) -> int:
        decoder = codecs.getincrementaldecoder(self._form.encoding)()
        line = 1
        with _bytes(self.path) as file:
            while part := file.read(1 << 20):
                try:
                    decoder.decode(part)
                except UnicodeDecodeError as error:
                    return line + error.object[: error.start].count(b"\n")
                line += part.count(b"\n")
        return line


def first_lines(path: Path, form: Format, many: int) -> list[str]:
    """The first lines of a CSV file, at most `many` and at least one. Raises UnreadableFile."""
    if form.encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
        with _bytes(path) as file:
            if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                raise UnreadableFile(f"{path} is UTF-16: save it as UTF-8, or say --encoding utf-16")
    try:
        with _bytes(path) as file:
            start: str = file.read(1 << 20).decode(form.encoding, errors="ignore")
    except LookupError as error:
        raise UnreadableFile(f"--encoding '{form.encoding}' is not known.") from error
    return [line.rstrip("\r") for line in start.lstrip("\ufeff").split("\n", many)[:many]]


def _bytes(path: Path) -> pa.NativeFile:
    try:
        return pa.input_stream(str(path), compression="detect")
    except (pa.ArrowInvalid, OSError) as error:
        raise UnreadableFile(f"{path} cannot be read: {error}") from error


def _placed(batch: pa.RecordBatch, broken: dict[int, tuple[str, int]], row: int, more: int) -> tuple[Block, int, int]:
    """A batch with the lines of its rows, of which `row` is the first row's number; the next batch's row and `more`.

    Rows that the parser skipped lie between them and are taken out of `broken`.
    """
    after = row + batch.num_rows
    between = []
    for number in sorted(broken):
        if number >= after:
            break
        between.append(number)
        after += 1
    skipped = np.zeros(after - row, bool)
    skipped[np.array(between, np.int64) - row] = True
    rows = pa.table([_as_meant(_as_text(column)) for column in batch.columns], names=batch.schema.names)
    breaks = np.zeros(after - row, np.int64)
    for column in rows.columns:
        if pc.any(pc.match_substring(column, "\n")).as_py():
            breaks[~skipped] += pc.fill_null(pc.count_substring(column, "\n"), 0).to_numpy()
    for number in between:
        breaks[number - row] = broken[number][1]
    lines = np.arange(row, after) + more + np.concatenate(([0], np.cumsum(breaks)[:-1]))[: after - row]
    malformed = [(int(lines[number - row]), broken.pop(number)[0]) for number in between]
    return Block(rows, lines[~skipped], malformed), after, more + int(breaks.sum())


def _as_meant(column: pa.Array) -> pa.Array:
    """Texts without what our own files put before them against a spreadsheet."""
    # Most columns have no apostrophe at all, and those that have, in names: O'Neill.
    if not pc.any(pc.match_substring_regex(column, r"(?:^|[;\t\r\n]\s*)'")).as_py():
        return column
    return pa.array([None if text is None else as_meant(text) for text in column.to_pylist()], pa.string())


def batch_of_none(columns: tuple[str, ...]) -> pa.Table:
    """No rows, of text columns."""
    return pa.schema([(name, pa.string()) for name in columns]).empty_table()


def _as_text(column: pa.Array) -> pa.Array:
    """A column as text without spaces around it, NULL where it is empty or no number."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _as_text(column.dictionary_decode())
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _as_text(pc.binary_join(column.cast(pa.list_(pa.string())), "|"))
    if pa.types.is_floating(kind):
        return _numbers_as_text(column)
    try:
        text = column.cast(pa.string())
    except pa.ArrowException as error:
        raise UnreadableFile(f"A column of type {kind} cannot be read as text: {error}") from error
    text = pc.utf8_trim_whitespace(text)
    return pc.if_else(pc.equal(text, ""), None, text)


def _numbers_as_text(column: pa.Array) -> pa.Array:
    """Whole numbers as such: an id that another program kept as a floating-point number is the number again."""
    numbers = column.cast(pa.float64())
    numbers = pc.if_else(pc.is_nan(numbers), None, numbers)
    whole = pc.and_(pc.equal(pc.floor(numbers), numbers), pc.less(pc.abs(numbers), 2.0**53))
    integers = pc.if_else(whole, numbers, None).cast(pa.int64())
    return pc.coalesce(integers.cast(pa.string()), numbers.cast(pa.string()))


def text_table(rows: pa.Table, sources: Mapping[str, str]) -> pa.Table:
    """The columns of `rows` by the names of their targets."""
    return pa.table({target: rows[source] for target, source in sources.items()})
