"""Every text of both stores, looked through: what finds somebody, and what proves that nothing of them is left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from data_access.engines.base import Session
from data_access.operations.tables import ROLES, Column, Role, Table, catalogue, composed, quoted
from data_access.stores import Stores

# The list of the forgotten itself holds digests; the steps of the schema are ours.
_NOT_SEARCHED: Final = frozenset({"forgotten", "schema_migrations"})
_TEXTS: Final = {
    "duckdb": ("VARCHAR", "JSON", "BLOB"),
    "postgresql": ("text", "character", "json", "bytea"),
    "clickhouse": ("String",),
}
# Whether a column holds a pattern, and in how many rows it does.
_HOLDS: Final = {
    "duckdb": "regexp_matches(CAST({column} AS VARCHAR), {pattern})",
    "postgresql": "CAST({column} AS TEXT) ~ {pattern}",
    "clickhouse": "match(toString({column}), {pattern})",
}
_COUNT: Final = {
    "duckdb": "count(*) FILTER (WHERE {holds}) AS c{place}",
    "postgresql": "count(*) FILTER (WHERE {holds}) AS c{place}",
    "clickhouse": "toInt64(countIf(ifNull({holds}, false))) AS c{place}",
}
_BOUND: Final = {
    "duckdb": ("$pattern", "$account"),
    "postgresql": ("%(pattern)s", "%(account)s"),
    "clickhouse": ("{pattern:String}", "{account:String}"),
}
ACCOUNT: Final = "klaviyo_public_id"


@dataclass(frozen=True, slots=True)
class Hit:
    """A column in which something stands, and in how many rows."""

    store: str
    table: str
    column: str
    rows: int


def search(stores: Stores, account: str, pattern: str) -> list[Hit]:
    """Where a pattern stands in rows of the account, or of none. Raises StoreError."""
    found: list[Hit] = []
    for role, session in sessions(stores):
        for table in searched(session, role):
            columns = texts(session, table)
            if not columns or not pattern:
                continue
            counts = ", ".join(
                _COUNT[session.dialect].format(holds=holds(session, column), place=place)
                for place, column in enumerate(columns)
            )
            put = {"the_counts": counts, "the_rows": of_account(session, table)}
            row = _asked(session, "personal/search", table, put, pattern, account)[0]
            found += [
                Hit(role, table.name, column.name, int(row[f"c{place}"]))
                for place, column in enumerate(columns)
                if row[f"c{place}"]
            ]
    return found


def rows_with(session: Session, table: Table, account: str, pattern: str) -> list[dict[str, Any]]:
    """The account's rows of a table that hold a pattern in whichever column. Raises StoreError."""
    columns = texts(session, table)
    if not columns or not pattern:
        return []
    anywhere = " OR ".join(f"coalesce({holds(session, column)}, false)" for column in columns)
    listed = ", ".join(quoted(session, name) for name in table.names)
    put = {"the_columns": listed, "the_rows": f"{of_account(session, table)} AND ({anywhere})"}
    return _asked(session, "personal/rows_with", table, put, pattern, account)


def sessions(stores: Stores) -> Iterator[tuple[Role, Session]]:
    """A snapshot of each store, one after the other."""
    for role in ROLES:
        with (stores.operational if role == "operational" else stores.warehouse).read() as session:
            yield role, session


def searched(session: Session, role: Role) -> list[Table]:
    """The tables of a store that are looked through."""
    return [table for name, table in catalogue(session, role).items() if name not in _NOT_SEARCHED]


def texts(session: Session, table: Table) -> list[Column]:
    """Columns in which text can stand: also lists, documents and maps; not the account's id."""
    return [
        column
        for column in table.columns
        if column.name != ACCOUNT and any(kind in column.kind for kind in _TEXTS[session.dialect])
    ]


def holds(session: Session, column: Column, pattern: str = "") -> str:
    """The condition that a column holds the bound pattern."""
    return _HOLDS[session.dialect].format(
        column=quoted(session, column.name), pattern=pattern or _BOUND[session.dialect][0]
    )


def of_account(session: Session, table: Table, account: str = "") -> str:
    """The condition of rows that are the account's (by default the bound one), or nobody's."""
    if ACCOUNT not in table.names:
        return "1 = 1"
    return f"({ACCOUNT} = {account or _BOUND[session.dialect][1]} OR {ACCOUNT} IS NULL)"


def _asked(
    session: Session, statement: str, table: Table, put: dict[str, str], pattern: str, account: str
) -> list[dict[str, Any]]:
    text = composed(statement, session.dialect, {"the_table": table.name} | put)
    bound = dict(zip(_BOUND[session.dialect], ({"pattern": pattern}, {"account": account}), strict=True))
    params = {name: value for mark, given in bound.items() if mark in text for name, value in given.items()}
    return list(session.query_text(text, params, statement).to_pylist())
