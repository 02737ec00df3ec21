"""Rows of a file, block by block: in memory while they are few, in files beside it beyond, so that a long file takes no
more memory than a short one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BLOCK_ROWS: Final = 1 << 16


class Kept:
    """Tables of the same columns. folder: where those that are too many for memory go; None: they stay in memory; most:
    how many are not, None for the usual number; is_staged: whether a database reads those files."""

    def __init__(
        self, schema: pa.Schema, folder: Path | None = None, most: int | None = None, *, is_staged: bool = False
    ) -> None:
        self.schema = schema
        self.folder = folder
        self._is_staged = is_staged
        self._most = BLOCK_ROWS if most is None else most
        self.num_rows = 0
        self._parts: list[tuple[pa.Table | Path, int]] = []

    def append(self, table: pa.Table) -> None:
        """Puts rows at the end; its columns are those of the schema, or of types that turn into them."""
        self._parts.append((table, table.num_rows))
        self.num_rows += table.num_rows
        if self.folder is not None and self.num_rows > self._most:
            self._parts = [(self._on_disk(part), many) for part, many in self._parts]

    def adopt(self, other: Kept) -> None:
        """Puts another one's rows at the end; its columns are of types that turn into these."""
        self._parts += other._parts
        self.num_rows += other.num_rows

    def _on_disk(self, part: pa.Table | Path) -> Path:
        if isinstance(part, Path):
            return part
        assert self.folder is not None  # asked before
        if self._is_staged:
            path = self.folder / f"{uuid.uuid4()}.parquet"
            pq.write_table(part, path, compression="lz4", write_statistics=False)
            return path
        path = self.folder / f"{uuid.uuid4()}.arrow"
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, part.schema) as writer:
            writer.write_table(part)
        return path

    def blocks(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """All rows in order, of some columns or all, at most BLOCK_ROWS at once."""
        names = list(self.schema.names if columns is None else columns)
        wanted = pa.schema([self.schema.field(name) for name in names])
        for part, _ in self._parts:
            table = _read(part, names) if isinstance(part, Path) else part.select(names)
            for start in range(0, table.num_rows, BLOCK_ROWS):
                yield table.slice(start, BLOCK_ROWS).cast(wanted)

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        """All rows at once, of some columns or all."""
        names = list(self.schema.names if columns is None else columns)
        return pa.concat_tables(
            [pa.schema([self.schema.field(name) for name in names]).empty_table(), *self.blocks(names)]
        )

    def first(self, many: int) -> pa.Table:
        """The first rows."""
        for block in self.blocks():
            return block.slice(0, many)
        return self.schema.empty_table()

    def filtered(self, stays: np.ndarray[Any, np.dtype[np.bool_]]) -> Kept:
        """Those rows that stay."""
        found, at = Kept(self.schema, self.folder, is_staged=self._is_staged), 0
        for block in self.blocks():
            found.append(block.filter(pa.array(stays[at : at + block.num_rows])))
            at += block.num_rows
        return found

    def source(self) -> pa.Table | Sequence[Path]:
        """For staging: a table, or the Parquet files that hold the rows."""
        if not any(isinstance(part, Path) for part, _ in self._parts):
            return self.table()
        return [self._on_disk(part) for part, _ in self._parts]


def _read(path: Path, names: Sequence[str]) -> pa.Table:
    if path.suffix == ".arrow":
        # Of what is mapped only the columns that are looked at come into memory.
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all().select(list(names))
    with pq.ParquetFile(path) as file:
        return file.read(columns=list(names), use_threads=False)


def joined(parts: Sequence[Kept]) -> Kept:
    """Rows for a database, one after the other; of the first one's columns."""
    if len(parts) == 1:
        return parts[0]
    found = Kept(parts[0].schema, parts[0].folder, is_staged=True)
    for part in parts:
        found.adopt(part)
    return found
