"""ClickHouse at its worst: nothing is merged, and each row that is written is followed by late versions of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from data_access import statements
from data_access.engines.clickhouse import ClickHouseSession
from data_access.stores import Stores

_TABLES = "versions/tables"
_COLUMNS = (
    "SELECT table, name, type, is_in_sorting_key FROM system.columns WHERE database = currentDatabase()"
    " ORDER BY table, position"
)


class Late:
    """Late versions of written rows: other values on other days, once as they are and once removed.

    `ran`: the statements that were asked of ClickHouse meanwhile.
    """

    def __init__(self, stores: Stores) -> None:
        self.ran: set[str] = set()
        with stores.warehouse.write() as session:
            told = session.query_text(statements.load(_TABLES, "clickhouse").single.text, {}).to_pylist()
            self._version = {row["table_name"]: row["version_column"] for row in told}
            columns = session.query_text(_COLUMNS, {}).to_pylist()
            for table in self._version:
                session.execute_text(f"SYSTEM STOP MERGES {table}")
        self._wrong = {
            table: [
                f"{_other(row['name'], row['type'])} AS {row['name']}"
                for row in columns
                if row["table"] == table
                and not row["is_in_sorting_key"]
                and row["name"] not in ("is_deleted", self._version[table])
                and _other(row["name"], row["type"])
            ]
            for table in self._version
        }

    def follow(self, session: ClickHouseSession, name: str) -> None:
        """Adds late versions of what a statement has written last."""
        texts = (part.text for part in statements.load(name, "clickhouse").parts)
        written = dict.fromkeys(table for text in texts for table in re.findall(r"INSERT INTO (\w+)", text))
        for table in written.keys() & self._version.keys():
            version = self._version[table]
            for before, removed in ((1, 0), (2, 1)):
                put = [
                    *self._wrong[table],
                    f"subtractMicroseconds({version}, {before}) AS {version}",
                    f"{removed} AS is_deleted",
                ]
                session.execute_text(
                    f"INSERT INTO {table} SELECT * REPLACE ({', '.join(put)}) FROM {table}"
                    f" WHERE {version} = (SELECT max({version}) FROM {table}) SETTINGS final = 0"
                )


@contextmanager
def late_versions(stores: Stores) -> Iterator[Late]:
    """Until the end, everything that is written to the warehouse is followed by late versions of its rows."""
    late = Late(stores)
    execute, load = ClickHouseSession.execute, statements.load

    def followed(self: ClickHouseSession, name: str, /, **params: Any) -> int:
        done = execute(self, name, **params)
        late.follow(self, name)
        return done

    def noted(name: str, dialect: str) -> statements.Statement:
        if dialect == "clickhouse":
            late.ran.add(name)
        return load(name, dialect)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ClickHouseSession, "execute", followed)
        patched.setattr(statements, "load", noted)
        yield late


def _other(name: str, kind: str) -> str:
    """Another value than the column has; nothing where its kind has none that is simply told."""
    bare = re.sub(r"^(Nullable|LowCardinality)\((.*)\)$", r"\2", kind)
    if re.match(r"(U?Int|Float|Decimal)", bare):
        return f"CAST(77 AS {kind})"
    if bare == "String":
        return f"concat({name}, '#')"
    if bare.startswith("DateTime"):
        return f"{name} + INTERVAL 40 DAY"
    return f"{name} + 40" if bare.startswith("Date") else ""
