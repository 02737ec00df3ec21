"""The roles of a ClickHouse warehouse, as far as an embedded one can try them: its parser takes every statement.

It knows no users, so that what the statements do is not tried here; docs/security.md says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import clickhouse_connect
import pytest
from clickhouse_connect.driver import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from data_access.migrate import steps
from data_access.operations.tables import tables_of
from data_access.rendered_roles import PERSONAL_IN_WAREHOUSE, rendered_clickhouse
from data_access.roles import Reader
from settings import PROJECT_ROOT
from tests.embedded_clickhouse import require_chdb

NAMES = Reader("o'ann`x\\", "A'; DROP TABLE klaviyo_orders -- ")


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    require_chdb()
    client = clickhouse_connect.get_client(interface="chdb", path=str(tmp_path_factory.mktemp("parser") / "data"))
    yield client
    client.close()


def statements_of(cluster: str, *readers: Reader) -> list[str]:
    return [text.strip() for text in rendered_clickhouse(cluster, readers).split(";\n") if text.strip()]


@pytest.mark.parametrize("cluster", ["", "shop"])
def test_the_parser_of_clickhouse_takes_every_statement(parser: Client, cluster: str) -> None:
    kinds = {str(parser.command(f"EXPLAIN AST {text}")).split("\n")[0] for text in statements_of(cluster, NAMES)}
    assert {re.sub(r"[^A-Za-z ]", "", kind).strip() for kind in kinds} == {
        "CreateRoleQuery", "CreateUserQuery", "GrantQuery", "CREATE ROW POLICY or ALTER ROW POLICY query",
    }  # fmt: skip
    with pytest.raises(DatabaseError, match=r"(?i)syntax"):
        parser.command("EXPLAIN AST GRANT NOTHING ON t TO analytics_reader")


def test_every_table_is_guarded_also_behind_a_clusters() -> None:
    tables = set(tables_of("warehouse"))
    guarded = re.compile(r"ROW POLICY OR REPLACE by_account (?:ON CLUSTER `shop`)? ?ON (\w+) ")
    assert set(guarded.findall(rendered_clickhouse())) == tables
    assert set(guarded.findall(rendered_clickhouse("shop"))) == tables | {f"{table}_local" for table in tables}
    assert "the_" not in rendered_clickhouse("shop", [NAMES])


def test_the_loader_may_write_every_table_that_the_migrations_make() -> None:
    """Also those that only ClickHouse has, such as the one that versions of rows are taken from."""
    made = {
        name
        for step in steps("warehouse", "clickhouse")
        for name in re.findall(r"^CREATE TABLE IF NOT EXISTS (?:\{local )?(\w+)", step.text, re.M)
    }
    assert made > set(tables_of("warehouse"))
    written = re.findall(r"GRANT +SELECT, INSERT[A-Z, ]* ON (\w+) TO etl_writer", rendered_clickhouse())
    assert set(written) == made


def test_no_personal_column_of_the_warehouse_is_open() -> None:
    """By their names, in the migrations' own text: a new one is open to readers until somebody decides about it."""
    found: dict[str, set[str]] = {}
    for path in sorted((PROJECT_ROOT / "migrations/warehouse/duckdb").glob("*.sql")):
        for table, body in re.findall(
            r"^CREATE TABLE (\w+) \((.*?)\n\);", path.read_text(encoding="utf-8"), re.S | re.M
        ):
            named = re.findall(
                r"^ {4}(\w*(?:e_?mail|phone|first_name|last_name|address|_properties)|shipping_(?:city|state|zip))\b",
                body,
                re.M,
            )
            if personal := {name for name in named if name != "revenue_per_email"}:
                found[table] = personal
    assert found == {table: set(columns) for table, columns in PERSONAL_IN_WAREHOUSE.items()}
