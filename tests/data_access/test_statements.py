"""SQL files: their head, their parameters, the override of one engine."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from data_access import statements
from data_access.statements import StatementError, load, render

Sql = Callable[[str, str], str]
HEAD = "-- purpose: what it is for\n-- grain: one row a day\n"


def test_the_head_says_what_a_statement_is_for(sql: Sql) -> None:
    sql(
        "area/name",
        HEAD + "-- params: account String, days Array(Date), price Decimal(18,2),\n"
        "-- params:  limit\n-- reads: a, b\nSELECT * FROM a JOIN b USING (x) WHERE y = :account",
    )
    statement = load("area/name", "duckdb")
    assert (statement.purpose, statement.grain) == ("what it is for", "one row a day")
    assert statement.params == {
        "account": "String", "days": "Array(Date)", "price": "Decimal(18,2)", "limit": "String",
    }  # fmt: skip
    assert statement.reads == ("a", "b")
    assert statement.sources == {"a", "b"}
    assert statement.single.names == {"account"}


@pytest.mark.parametrize("missing", ["purpose", "grain"])
def test_a_head_without_its_lines_is_refused(sql: Sql, missing: str) -> None:
    lines = [line for line in HEAD.splitlines() if missing not in line]
    sql("area/name", "\n".join([*lines, "SELECT 1"]))
    with pytest.raises(StatementError, match=f"area/name.sql: the head line '-- {missing}"):
        load("area/name", "duckdb")


def test_a_parameter_must_be_declared(sql: Sql) -> None:
    sql("area/name", HEAD + "-- params: a String\nSELECT :a, :b")
    with pytest.raises(StatementError, match="'b'"):
        load("area/name", "duckdb")


def test_a_missing_file_is_named(sql: Sql) -> None:
    with pytest.raises(StatementError, match=r"area/none\.sql.*duckdb"):
        load("area/none", "duckdb")


def test_a_query_is_one_statement(sql: Sql) -> None:
    sql("area/two", HEAD + "SELECT 1;\n-- @next\n-- why the second\nSELECT 2;\n-- @next\n-- nothing more\n")
    statement = load("area/two", "duckdb")
    assert [part.text.splitlines()[-1] for part in statement.parts] == ["SELECT 1", "SELECT 2"]
    with pytest.raises(StatementError, match="must be one statement, this file holds 2"):
        _ = statement.single


def test_an_engine_replaces_a_file_for_itself_alone(sql: Sql) -> None:
    sql("area/name", HEAD + "SELECT 'common'")
    sql("postgresql/area/name", HEAD + "SELECT 'own'")
    assert load("area/name", "duckdb").single.text.endswith("SELECT 'common'")
    assert load("area/name", "postgresql").single.text.endswith("SELECT 'own'")
    assert set(statements.ENGINE_FOLDERS) == {"duckdb", "postgresql", "clickhouse"}


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("duckdb", "SELECT $a::DATE, ':a', \":a\", '10%', x % 2 -- :a"),
        ("postgresql", "SELECT %(a)s::DATE, ':a', \":a\", '10%%', x % 2 -- :a"),
        ("clickhouse", "SELECT {a:Date}::DATE, ':a', \":a\", '10%', x % 2 -- :a"),
    ],
)
def test_placeholders_are_written_as_the_engine_has_them(dialect: str, expected: str) -> None:
    part = render("SELECT :a::DATE, ':a', \":a\", '10%', x % 2 -- :a ;", dialect, {"a": "Date"})
    assert part.text.rstrip(" ;") == expected
    assert part.names == {"a"}
