"""Rows of an Arrow table as plain Python values, for reads of thousands of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

_UTC: Final = ZoneInfo("UTC")
_INSTANT: Final = pa.timestamp("us", "UTC")


def plain_rows(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of a table, each by the names of its columns: the same values as `Table.to_pylist`.

    Arrow makes a date, an instant or a sum of money by way of a scalar each, which takes longer than the statement that
    found them. Raises ValueError where two columns have one name.
    """
    names = _names(table)
    return [dict(zip(names, values, strict=True)) for values in plain_tuples(table)]


def plain_columns(table: pa.Table) -> dict[str, Sequence[Any]]:
    """The same values by column, for what is made of many rows a column at a time. Raises as `plain_rows`."""
    return {name: _plain(column) for name, column in zip(_names(table), table.columns, strict=True)}


def plain_tuples(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    """The same rows, each a tuple in the order of the columns: thousands of dictionaries take time as well."""
    return zip(*(_plain(column) for column in table.columns), strict=True)


def _names(table: pa.Table) -> list[str]:
    names: list[str] = table.column_names
    if len({*names}) < len(names):
        raise ValueError(f"columns of one name: {names}")
    return names


def _plain(column: pa.ChunkedArray) -> Sequence[Any]:
    kind = column.type
    if pa.types.is_date32(kind) or pa.types.is_decimal128(kind):
        found: list[Any] = column.to_numpy().tolist()
        return found
    if kind == _INSTANT:
        return [None if moment is None else moment.replace(tzinfo=_UTC) for moment in column.to_numpy().tolist()]
    values: list[Any] = column.to_pylist()
    return values
