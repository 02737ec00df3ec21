"""Arrow tables on their way into and out of ClickHouse."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

IDENTIFIER: Final = re.compile(r"[A-Za-z_]\w*\Z")
# Rows of one insert. Fewer than 10,000 at a time make parts that cost more to merge than to write.
BLOCK_ROWS: Final = 100_000


def read(source: pa.Table | Sequence[Path]) -> pa.Table:
    """The table itself, or the rows of Parquet files, columns by name, those that a file lacks NULL."""
    if isinstance(source, pa.Table):
        return source
    tables = [pq.ParquetFile(path).read() for path in source]
    return pa.concat_tables(tables, promote_options="default")


def blocks(table: pa.Table) -> Iterator[pa.Table]:
    """The rows in portions of BLOCK_ROWS, with types that the server reads."""
    sent = pa.table(
        [_sendable(column) for column in table.columns],
        schema=pa.schema([pa.field(field.name, _sent_type(field.type)) for field in table.schema]),
    )
    for start in range(0, sent.num_rows, BLOCK_ROWS):
        yield sent.slice(start, BLOCK_ROWS)


def column_type(kind: pa.DataType, *, nullable: bool = True) -> str:
    """The ClickHouse type of an Arrow column: Nullable but for lists and maps, which have an empty value instead."""
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"Array({column_type(kind.value_type)})"
    if pa.types.is_map(kind):
        return f"Map({column_type(kind.key_type, nullable=False)}, {column_type(kind.item_type)})"
    plain = _scalar(kind)
    return f"Nullable({plain})" if nullable else plain


def _scalar(kind: pa.DataType) -> str:
    if pa.types.is_dictionary(kind):
        return _scalar(kind.value_type)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        return "String"
    if pa.types.is_boolean(kind):
        return "Bool"
    if pa.types.is_date(kind):
        return "Date32"
    if pa.types.is_timestamp(kind):
        return "DateTime64(6, 'UTC')"
    if pa.types.is_decimal(kind):
        return f"Decimal({kind.precision}, {kind.scale})"
    if pa.types.is_integer(kind):
        return ("UInt" if pa.types.is_unsigned_integer(kind) else "Int") + str(kind.bit_width)
    if pa.types.is_float64(kind):
        return "Float64"
    if pa.types.is_float32(kind):
        return "Float32"
    raise TypeError(f"No ClickHouse type for an Arrow column of {kind}")


def _sent_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz or "UTC")
    if pa.types.is_list(kind) and pa.types.is_null(kind.value_type):
        return pa.list_(pa.string())
    return kind


def _sendable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    wanted = _sent_type(column.type)
    return column if wanted == column.type else column.cast(wanted)


def plain(table: pa.Table) -> pa.Table:
    """An answer as other engines give it: nullable columns, counts as int64, instants in UTC, bare names.

    A column that both sides of a join have comes as `alias.name`.
    """
    bare = [name.rpartition(".")[2] for name in table.column_names]
    names = bare if len(set(bare)) == len(bare) else table.column_names
    fields = [pa.field(name, _given_type(field.type)) for name, field in zip(names, table.schema, strict=True)]
    columns = [
        column if field.type == column.type else column.cast(field.type)
        for column, field in zip(table.columns, fields, strict=True)
    ]
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _given_type(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_uint64(kind):
        return pa.int64()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", "UTC")
    if pa.types.is_list(kind):
        return pa.list_(_given_type(kind.value_type))
    if pa.types.is_map(kind):
        return pa.map_(kind.key_type, kind.item_type)
    return kind
