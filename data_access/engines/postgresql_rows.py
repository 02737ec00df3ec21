"""Rows between Arrow and PostgreSQL: COPY in, columns out; money exact, instants in UTC."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
from psycopg.adapt import Loader
from psycopg.types.string import TextLoader

BATCH_ROWS: Final = 20_000
# From here on the planner is told what a staged table holds.
ANALYZE_FROM: Final = 500
# Kinds whose text PostgreSQL writes as Arrow reads it: cast in Arrow, not value by value in Python.
_AS_TEXT: Final = ("numeric", "timestamptz", "timestamp", "date", "json", "jsonb", "uuid")
_KINDS: Final[dict[int, pa.DataType]] = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int16(),
    23: pa.int32(),
    700: pa.float32(),
    701: pa.float64(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1184: pa.timestamp("us", tz="UTC"),
    1003: pa.list_(pa.string()),
    1009: pa.list_(pa.string()),
    1015: pa.list_(pa.string()),
    1016: pa.list_(pa.int64()),
}
_NUMERIC: Final = 1700
_NUMERICS: Final = 1231
_TEXTS: Final = frozenset({18, 19, 25, 114, 705, 1042, 1043, 2950, 3802})
_MOST_DIGITS: Final = 38
_UNSTORABLE: Final = r"\\u(0000|[dD][89a-fA-F])"
_JSON_START: Final = re.compile(r'\s*[\[{"]')


def copy_in(cursor: psycopg.Cursor[Any], name: str, source: pa.Table | Sequence[Path]) -> int:
    """Makes the temporary table `name`, gone with its transaction, of Arrow or of Parquet files; its number of rows.

    Raises psycopg.Error, ValueError for a column that has no counterpart.
    """
    schema, batches = _opened(source)
    columns = ", ".join(f"{quoted(field.name)} {_declared(field)}" for field in schema)
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name} CASCADE")
    cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
    rows = 0
    with cursor.copy(f"COPY pg_temp.{name} FROM STDIN (FORMAT csv, NULL '')") as copy:
        for batch in batches:
            rows += batch.num_rows
            if batch.num_rows:
                copy.write(_as_csv(batch))
    if rows >= ANALYZE_FROM:
        cursor.execute(f"ANALYZE pg_temp.{name}")
    return rows


def quoted(name: str) -> str:
    """A column's name as an identifier."""
    return '"' + name.replace('"', '""') + '"'


def columns_cursor(connection: psycopg.Connection[Any]) -> psycopg.Cursor[Any]:
    """A cursor that hands over as text what `arrow` casts."""
    cursor = connection.cursor()
    for kind in _AS_TEXT:
        cursor.adapters.register_loader(kind, TextLoader)
    return cursor


def arrow(cursor: psycopg.Cursor[Any]) -> pa.Table:
    """All rows of a cursor of `columns_cursor`. A number without a declared scale has that of its longest value."""
    columns = cursor.description or []
    rows = cursor.fetchall()
    found = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    arrays = [_column(column, values) for column, values in zip(columns, found, strict=True)]
    return pa.Table.from_arrays(arrays, names=[column.name for column in columns])


class PlainJson(Loader):
    """JSON as its text, as every engine hands it over."""

    def load(self, data: Any) -> str:
        return bytes(data).decode()


def _column(column: psycopg.Column, values: Sequence[Any]) -> pa.Array:
    code = column.type_code
    if code == _NUMERIC:
        return _decimals(column, values)
    if code == _NUMERICS:
        lists = [None if value is None else [text and Decimal(text) for text in value] for value in values]
        return pa.array(lists, pa.list_(pa.decimal128(_MOST_DIGITS, _scale(text for v in values for text in v or ()))))
    if code in _TEXTS:
        return pa.array(values, pa.string())
    kind = _KINDS.get(code)
    if kind is None:
        return pa.array([None if value is None else str(value) for value in values], pa.string())
    if code in (1082, 1114, 1184):
        return pa.array(values, pa.string()).cast(kind)
    return pa.array(values, kind)


def _decimals(column: psycopg.Column, values: Sequence[str | None]) -> pa.Array:
    precision, scale = column.precision, column.scale
    if precision is None or scale is None:
        scale = _scale(values)
        precision = _MOST_DIGITS
    return pa.array(values, pa.string()).cast(pa.decimal128(precision, scale))


def _scale(values: Iterable[str | None]) -> int:
    return max((len(text.partition(".")[2]) for text in values if text), default=0)


def _opened(source: pa.Table | Sequence[Path]) -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
    if isinstance(source, pa.Table):
        return source.schema, source.to_batches(max_chunksize=BATCH_ROWS)
    # What Parquet calls JSON comes as its text.
    files = [pq.ParquetFile(path, arrow_extensions_enabled=False) for path in source]
    schema = files[0].schema_arrow
    return schema, (batch.select(schema.names) for file in files for batch in file.iter_batches(batch_size=BATCH_ROWS))


def _declared(field: pa.Field) -> str:
    """The PostgreSQL type that holds an Arrow column. Raises ValueError."""
    kind = field.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if pa.types.is_boolean(kind):
        return "BOOLEAN"
    if pa.types.is_uint64(kind):
        return "NUMERIC(20, 0)"
    if pa.types.is_integer(kind):
        return "BIGINT" if kind.bit_width == 64 or pa.types.is_uint32(kind) else "INTEGER"
    if pa.types.is_floating(kind):
        return "DOUBLE PRECISION"
    if pa.types.is_decimal(kind):
        return f"NUMERIC({kind.precision}, {kind.scale})"
    if pa.types.is_date(kind):
        return "DATE"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ" if kind.tz else "TIMESTAMP"
    if _is_text(kind) or pa.types.is_null(kind):
        return 'TEXT COLLATE "C"'
    if _is_list(kind) and (_is_text(kind.value_type) or pa.types.is_null(kind.value_type)):
        return 'TEXT[] COLLATE "C"'
    raise ValueError(f"column {field.name!r}: {kind} has no counterpart in PostgreSQL")


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _as_csv(batch: pa.RecordBatch) -> bytes:
    columns = [_plain(column) for column in batch.columns]
    plain = pa.RecordBatch.from_arrays(columns, names=batch.schema.names)
    out = io.BytesIO()
    # Everything that is there stands in quotes, so that an empty text is not taken for a missing one.
    arrow_csv.write_csv(plain, out, arrow_csv.WriteOptions(include_header=False, quoting_style="all_valid"))
    return out.getvalue()


def _plain(column: pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = column.type
    if _is_list(kind):
        return pa.array([None if items is None else _array_literal(items) for items in column.to_pylist()], pa.string())
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    return _storable(column) if _is_text(kind) else column


def _array_literal(items: Iterable[str | None]) -> str:
    """An array as PostgreSQL writes it."""
    return "{" + ",".join("NULL" if item is None else _array_item(item) for item in items) + "}"


def _array_item(item: str) -> str:
    kept = item.replace("\x00", "").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{kept}"'


def _storable(column: pa.Array) -> pa.Array:
    """Text without what PostgreSQL cannot hold: the character NUL, and in JSON its escape and half surrogates."""
    if pc.any(pc.match_substring(column, "\x00")).as_py():
        column = pc.replace_substring(column, "\x00", "")
    if not pc.any(pc.match_substring_regex(column, _UNSTORABLE)).as_py():
        return column
    return pa.array([_storable_json(text) for text in column.to_pylist()], column.type)


def _storable_json(text: str | None) -> str | None:
    if text is None or not re.search(_UNSTORABLE, text) or not _JSON_START.match(text):
        return text
    try:
        document = json.loads(text, parse_float=_Verbatim, parse_int=_Verbatim)
    except json.JSONDecodeError:
        return text
    return _written(document)


class _Verbatim(str):
    """A number exactly as it was written."""

    __slots__ = ()


def _written(value: Any) -> str:
    if isinstance(value, _Verbatim):
        return str(value)
    if isinstance(value, str):
        kept = value.replace("\x00", "")
        return json.dumps(kept.encode("utf-16", "surrogatepass").decode("utf-16", "replace"), ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_written(str(key))}:{_written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_written(item) for item in value) + "]"
    return json.dumps(value)
