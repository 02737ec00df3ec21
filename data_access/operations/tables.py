"""The tables of both stores as they are copied: which there are, their columns, and their rows in portions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter
from typing import Final, Literal

import pyarrow as pa

from data_access import statements
from data_access.engines.base import Session
from data_access.errors import StoreDamaged
from data_access.migrate import MIGRATIONS_ROOT

Role = Literal["operational", "warehouse"]
ROLES: Final[tuple[Role, ...]] = ("operational", "warehouse")
# Rows that are in memory at a time.
PORTION_ROWS: Final = 50_000
_CREATED: Final = re.compile(r"^CREATE TABLE (?:IF NOT EXISTS )?(\w+)", re.M)
_STAGED: Final = "restored_rows"


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its type as the engine writes it."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with the columns that are copied: those that the database computes by itself are not among them."""

    name: str
    columns: tuple[Column, ...]
    key: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@lru_cache(maxsize=2)
def tables_of(role: Role) -> tuple[str, ...]:
    """The tables of a store, by name: every engine has the same."""
    steps = sorted((MIGRATIONS_ROOT / role / "duckdb").glob("*.sql"))
    return tuple(sorted({name for step in steps for name in _CREATED.findall(step.read_text(encoding="utf-8"))}))


def catalogue(session: Session, role: Role) -> dict[str, Table]:
    """The tables of a store as this database has them."""
    wanted = set(tables_of(role))
    found: dict[str, list[Column]] = {}
    keys: dict[str, str] = {}
    for row in session.rows("operations/columns"):
        if row["table_name"] in wanted and not row["computed"]:
            found.setdefault(row["table_name"], []).append(Column(row["column_name"], row["data_type"]))
            keys[row["table_name"]] = row["sorting_key"] or ""
    return {name: Table(name, tuple(columns), keys[name]) for name, columns in sorted(found.items())}


def count(session: Session, table: str) -> int:
    """How many rows a table has."""
    return int(_composed(session, "operations/pages", {"the_table": table})["found"][0].as_py())


def portions(session: Session, table: Table, columns: Sequence[str]) -> Iterator[pa.Table]:
    """The rows of a table, PORTION_ROWS or about that many at a time, each once within the session's snapshot.

    Raises StoreDamaged where the database does not hand over as many rows as it counts.
    """
    size = _composed(session, "operations/pages", {"the_table": table.name})
    rows, units = int(size["found"][0].as_py()), int(size["units"][0].as_py())
    step = max(1, units * PORTION_ROWS // max(rows, 1))
    put = {"the_table": table.name, "the_columns": _listed(session, columns), "the_key": table.key or "tuple()"}
    for first in range(0, units if rows else 0, step):
        found = _composed(session, "operations/page", put, first=first, after=first + step)
        if found.num_rows:
            rows -= found.num_rows
            yield found
    if rows:
        raise StoreDamaged(f"{table.name}: {abs(rows)} rows too {'few' if rows > 0 else 'many'} were read. Try again.")


def filling_order(session: Session, names: Iterable[str]) -> list[str]:
    """Names of tables so that one that others refer to comes before them."""
    needs: dict[str, set[str]] = {name: set() for name in sorted(names)}
    for row in session.rows("operations/references"):
        if row["table_name"] in needs and row["needs"] in needs:
            needs[row["table_name"]].add(row["needs"])
    return list(TopologicalSorter(needs).static_order())


def put_in(session: Session, table: Table, rows: pa.Table) -> None:
    """Adds rows to a table; columns that it does not have are left out, those that the rows lack get their default."""
    both = [column for column in table.columns if column.name in rows.schema.names]
    session.stage(_STAGED, rows.select([column.name for column in both]))
    put = {
        "the_table": table.name,
        "the_columns": _listed(session, [column.name for column in both]),
        "the_values": ", ".join(f"CAST({quoted(session, c.name)} AS {c.kind})" for c in both),
    }
    _run(session, "operations/copy_in", put)


def empty(session: Session, table: str, cluster: str = "") -> None:
    """Removes all rows of a table, on every node of a cluster."""
    _run(session, "operations/empty", {"the_table": on_every_node(table, cluster)})


def on_every_node(table: str, cluster: str) -> str:
    """What holds the rows of a table: itself, or (ClickHouse) the tables behind it on the nodes of a cluster."""
    return f"{table}_local ON CLUSTER `{cluster}`" if cluster else table


def quoted(session: Session, name: str) -> str:
    """A column's name as an identifier of the engine. Names come from the database's own catalogue."""
    mark = "`" if session.dialect == "clickhouse" else '"'
    return mark + name.replace(mark, mark * 2) + mark


def composed(name: str, dialect: str, put: Mapping[str, str]) -> str:
    """A statement with identifiers of the catalogue in the places that its file names (`the_table`, `the_columns`)."""
    text = statements.load(name, dialect).single.text
    for place, value in put.items():
        text = text.replace(place, value)
    return text


def _listed(session: Session, names: Sequence[str]) -> str:
    return ", ".join(quoted(session, name) for name in names)


def _composed(session: Session, name: str, put: Mapping[str, str], **params: int) -> pa.Table:
    return session.query_text(composed(name, session.dialect, put), params)


def _run(session: Session, name: str, put: Mapping[str, str]) -> None:
    session.execute_text(composed(name, session.dialect, put))
