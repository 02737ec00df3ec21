"""Each statement of the operational store is understood by PostgreSQL: its tables, columns, functions and types."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from data_access import statements
from data_access.statements import StatementError
from tests.architecture.test_sql_files import names
from tests.figures.literal import WAREHOUSE
from tests.postgresql_servers import Server

# It reads nothing that would tell.
OF_THE_WAREHOUSE = {"load/changed_days_begin"}


@pytest.fixture(scope="module")
def connection(postgres: Server, postgres_template: str) -> Iterator[psycopg.Connection]:
    name = postgres.create(postgres_template)
    with psycopg.connect(host=str(postgres.folder), user="postgres", dbname=name) as opened:
        yield opened
    postgres.drop(name)


@pytest.fixture(scope="module")
def relations(connection: psycopg.Connection) -> set[str]:
    rows = connection.execute("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm')").fetchall()
    return {row[0] for row in rows}


@pytest.mark.parametrize("name", names())
def test_a_statement_is_understood(connection: psycopg.Connection, relations: set[str], name: str) -> None:
    try:
        statement = statements.load(name, "postgresql")
    except StatementError:
        pytest.skip("of another engine")
    if statement.sources & WAREHOUSE or name in OF_THE_WAREHOUSE:
        pytest.skip("of the warehouse")
    missing = 0
    for part in statement.parts:
        try:
            with connection.transaction(), connection.cursor() as cursor:
                parsed = _numbered(part.text, sorted(part.names))
                # A text is bound as one; of everything else the server finds out what it is.
                kinds = [25 if _is_text(statement.params.get(key, "")) else 0 for key in sorted(part.names)]
                answer = cursor.connection.pgconn.prepare(b"", parsed.encode(), kinds or None)
                if answer.status != psycopg.pq.ExecStatus.COMMAND_OK:
                    raise psycopg.errors.lookup(answer.error_field(psycopg.pq.DiagnosticField.SQLSTATE).decode())(
                        answer.error_message.decode()
                    )
        except psycopg.errors.UndefinedTable as error:
            # What a session stages for itself, or a step before this one makes.
            named = {known for known in relations if f'"{known}"' in str(error)}
            missing += not named
            if named:
                raise
    if missing == len(statement.parts):
        pytest.skip("reads what its session stages: run by the tests of loads and figures")


def _is_text(kind: str) -> bool:
    return kind in {"String", "Nullable(String)", "LowCardinality(String)"}


def _numbered(text: str, names: list[str]) -> str:
    for number, name in enumerate(names, 1):
        text = text.replace(f"%({name})s", f"${number}")
    return text.replace("%%", "%")
