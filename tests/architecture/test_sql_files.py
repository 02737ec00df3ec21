"""SQL is a file with a head; what a read declares is what it reads."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import duckdb
import pytest

from data_access import statements
from data_access.statements import ENGINE_FOLDERS, SQL_ROOT
from settings import PROJECT_ROOT
from tests.architecture.source_files import parsed, python_files

SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|WITH\s+(RECURSIVE\s+)?\w+\s+AS\s"
    r"|(CREATE|DROP|ALTER)\s+(OR\s+REPLACE\s+)?(TEMP\w*\s+)?(TABLE|VIEW|INDEX|SEQUENCE|SCHEMA|FUNCTION|MATERIALIZED)\s"
    r"|MERGE\s+INTO\s|TRUNCATE\s|ATTACH\s|PRAGMA\s|COPY\s+\w+\s+(FROM|TO)\s|FROM\s+\w+\s+SELECT)"
)
ANY_CASE = re.compile(
    r"\s*(select\s[\s\S]+\sfrom\s|insert\s+into\s+\w+\s*\(|update\s+\w+\s+set\s+\w+\s*=|delete\s+from\s+\w+\s+where)",
    re.I,
)


def names(area: str = "") -> list[str]:
    """Statement names below an area, each once whatever engines override it."""
    found = set()
    for path in (SQL_ROOT).rglob("*.sql"):
        relative = path.relative_to(SQL_ROOT)
        parts = relative.parts[1:] if relative.parts[0] in ENGINE_FOLDERS else relative.parts
        found.add("/".join(parts).removesuffix(".sql"))
    return sorted(name for name in found if name.startswith(area))


def sql_texts(path: Path) -> list[str]:
    """String constants of a file that are SQL, with their lines; docstrings are prose."""
    tree = parsed(path)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return [
        f"{path}:{node.lineno}: {node.value.strip()[:60]}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in prose
        and (SQL.match(node.value) or ANY_CASE.match(node.value))
    ]


def test_sql_stands_in_sql_files_only() -> None:
    # An adapter stages a view of Parquet files, which cannot take bound values; the benchmarks time a bare query.
    found = [
        text
        for path in python_files()
        if path.parts[0] != "benchmarks" and path.parts[:2] != ("data_access", "engines")
        for text in sql_texts(path)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    ["SELECT 1", " select a\nfrom b", "INSERT INTO t VALUES (1)", "delete from t where x", "CREATE TABLE t (x INT)"],
)
def test_the_scan_finds_sql(text: str) -> None:
    assert SQL.match(text) or ANY_CASE.match(text)


def test_sql_is_never_formatted() -> None:
    """No f-string, % or format in the place of a text that is run as it is: values are bound."""
    for path in python_files():
        if path.parts[0] == "benchmarks":
            continue
        for node in ast.walk(parsed(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr in {"query_text", "execute_text"} and node.args:
                assert not isinstance(node.args[0], ast.JoinedStr | ast.BinOp), f"{path}:{node.lineno}"


@pytest.mark.parametrize("name", names())
def test_every_sql_file_loads_with_its_head(name: str) -> None:
    path = SQL_ROOT / f"{name}.sql"
    own = {engine: SQL_ROOT / engine / f"{name}.sql" for engine in ENGINE_FOLDERS}
    # What only one engine needs is there for that engine alone.
    dialect = "duckdb" if path.is_file() else next(engine for engine, file in own.items() if file.is_file())
    statement = statements.load(name, dialect)
    assert statement.parts
    assert len(statement.purpose) > 5
    assert statement.grain
    text = (path if path.is_file() else own[dialect]).read_text(encoding="utf-8")
    assert text.startswith("-- purpose:")
    assert statement.params.keys() == frozenset().union(*(part.names for part in statement.parts)), "unused parameters"


def test_a_day_told_to_clickhouse_is_any_day_that_its_tables_hold() -> None:
    """A parameter of the type Date ends at 1970 and 2149 without a word, and what lies beyond is left out."""
    for name in names():
        if (SQL_ROOT / f"{name}.sql").is_file() or (SQL_ROOT / "clickhouse" / f"{name}.sql").is_file():
            for key, kind in statements.load(name, "clickhouse").params.items():
                assert not re.search(r"\bDate\b", kind), f"{name}: {key}"


@cache
def texts() -> tuple[str, ...]:
    """The program's Python files as text."""
    return tuple((PROJECT_ROOT / path).read_text(encoding="utf-8") for path in python_files())


@pytest.mark.parametrize("name", names())
def test_every_sql_file_is_used(name: str) -> None:
    """A statement that nobody names is dead."""
    area, _, last = name.rpartition("/")
    assert any(name in text or (area in text and last in text) for text in texts())


@pytest.fixture(scope="module")
def schema(migrated_file: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(migrated_file), read_only=True)


@pytest.mark.parametrize("name", names("read/"))
def test_a_read_declares_what_it_reads(schema: duckdb.DuckDBPyConnection, name: str) -> None:
    """The engine's own parser is the judge, not the program's."""
    statement = statements.load(name, "duckdb")
    bound = re.sub(r"\$[A-Za-z_]\w*", "NULL", statement.single.text)
    real = schema.get_table_names(bound)
    assert statement.sources == real
    if statement.reads:
        assert set(statement.reads) == real
    else:
        # Read outside of the scoped runner: only by the function that lists stores, which filters them by the scope.
        assert name == "read/accounts/list"


def test_no_page_reads_a_key() -> None:
    """Encrypted or not: a key leaves the database for the fetcher only."""
    for name in names("read/"):
        assert "_encrypted" not in statements.load(name, "duckdb").single.text
