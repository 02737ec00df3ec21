"""Rows made of columns: the same values as Arrow makes one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from data_access.plain_rows import plain_columns, plain_rows, plain_tuples

TABLE = pa.table(
    {
        "day": pa.array([date(1969, 12, 31), None, date(2026, 11, 22)], pa.date32()),
        "value": pa.array([Decimal("-0.50"), None, Decimal("9999999999999999.99")], pa.decimal128(18, 2)),
        "nothing": pa.array([None, None, None], pa.decimal128(18, 4)),
        "never": pa.array([None, None, None], pa.timestamp("us", "UTC")),
        "at": pa.array(
            [datetime(1969, 12, 31, 23, 59, 59, 1, UTC), None, datetime(2026, 11, 22, 8, 30, tzinfo=UTC)],
            pa.timestamp("us", "UTC"),
        ),
        "in_berlin": pa.array(
            [datetime(2026, 11, 22, 8, 30, tzinfo=UTC), None, None], pa.timestamp("us", "Europe/Berlin")
        ),
        "on_the_clock": pa.array([1_000_000, None, None], pa.timestamp("us")),
        "count": pa.array([1, None, 2**62]),
        "mean": pa.array([0.1, None, 3.0]),
        "open": pa.array([True, None, False]),
        "name": pa.array(["a", None, ""]),
        "tags": pa.array([["a", None], None, []], pa.list_(pa.string())),
    }
)


@pytest.mark.parametrize(
    "table",
    [TABLE, TABLE.slice(1, 2), pa.concat_tables([TABLE, TABLE.slice(2)]), TABLE.schema.empty_table(), pa.table({})],
)
def test_rows_are_those_of_arrow(table: pa.Table) -> None:
    # By what they look like: a number is no float that equals it, and an instant has its zone.
    assert repr(plain_rows(table)) == repr(table.to_pylist())
    assert repr(plain_columns(table)) == repr(table.to_pydict())
    assert repr(list(plain_tuples(table))) == repr([tuple(row.values()) for row in table.to_pylist()])


def test_columns_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="of one name"):
        plain_rows(pa.table([[1], [2]], names=["a", "a"]))
