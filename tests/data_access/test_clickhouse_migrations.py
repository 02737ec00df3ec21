"""Migrations where nothing is rolled back, and their cluster form before the parser of a real ClickHouse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from data_access import migrate as migrations
from data_access.engines.clickhouse import ClickHouseSession
from data_access.engines.clickhouse_templates import fill_in
from data_access.errors import SchemaOutdated, StatementRefused
from data_access.migrate import drift, migrate, split, steps
from data_access.operations.tables import composed, on_every_node
from data_access.statements import load
from data_access.stores import Stores, close_stores, open_stores
from tests.embedded_clickhouse import beside, require_chdb

KEPT = ("empty", "upkeep", "upkeep_whole", "marks_droppable")


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Stores]:
    require_chdb()
    stores = open_stores(beside(tmp_path, "clickhouse"))
    yield stores
    close_stores(stores)


def tables(stores: Stores) -> set[str]:
    with stores.warehouse.read() as session:
        found = session.query_text("SELECT name FROM system.tables WHERE database = currentDatabase()", {})
    return set(found["name"].to_pylist())


def whole_text() -> str:
    return "\n".join(step.text for step in steps("warehouse", "clickhouse"))


def columns_of(text: str, opening: str) -> dict[str, list[str]]:
    return {
        name: re.findall(r"(?m)^    ([a-z_0-9]+) ", body)
        for name, body in re.findall(opening + r"([a-z_]+)\}? \((.*?)\n\)", text, re.DOTALL)
    }


def test_the_tables_and_columns_are_those_of_the_embedded_default() -> None:
    clickhouse = columns_of(whole_text(), r"CREATE TABLE IF NOT EXISTS \{local ")
    duckdb: dict[str, list[str]] = {}
    for step in steps("warehouse", "duckdb"):
        duckdb |= columns_of(step.text, "CREATE TABLE ")
    own = {"is_deleted", "updated_at"}
    assert clickhouse.keys() == duckdb.keys()
    for name, columns in duckdb.items():
        assert [column for column in clickhouse[name] if column not in own - set(columns)] == columns, name


def test_a_table_is_partitioned_only_by_a_date_of_its_key() -> None:
    text = whole_text()
    told = re.findall(r"PARTITION BY toYYYYMM\((\w+)\)\nORDER BY \(([^)]*)\)", text)
    assert len(told) == text.count("PARTITION BY") >= 5
    assert [(day, key) for day, key in told if day not in key.split(", ")] == []


def test_every_key_begins_with_the_account() -> None:
    keys = re.findall(r"ORDER BY \(([^)]*)\)", whole_text())
    assert len(keys) == len(re.findall("EXISTS {local ", whole_text())) >= 18
    assert {key.split(", ")[0] for key in keys} == {"klaviyo_public_id"}


def test_migrating_twice_changes_nothing(apart: Stores) -> None:
    assert [step.store for step in migrate(apart)].count("warehouse") == len(steps("warehouse", "clickhouse"))
    assert migrate(apart) == []
    assert drift(apart).clean


@pytest.mark.parametrize("fails_at", [0, 7, 23])
def test_a_step_that_failed_in_the_middle_is_run_again(
    apart: Stores, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    whole, seen = ClickHouseSession.execute_text, [0]

    def cut(self: ClickHouseSession, sql: str) -> None:
        seen[0] += 1
        if seen[0] == fails_at + 1:
            raise StatementRefused("the disk went away")
        whole(self, sql)

    with monkeypatch.context() as patched:
        patched.setattr(ClickHouseSession, "execute_text", cut)
        with pytest.raises(StatementRefused, match="can be run again: the disk went away"):
            migrate(apart)
    assert not drift(apart).clean
    migrate(apart)
    assert drift(apart).clean
    assert {"klaviyo_orders", "account_metrics_daily", "schema_migrations"} <= tables(apart)


def test_two_runners_record_a_step_once(apart: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second runner reads the record before the first has written it, and applies the step as well."""
    migrate(apart)
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "_recorded", lambda *_: {})
        stores = Stores(apart.warehouse, apart.warehouse)
        patched.setattr(migrations, "_roles", lambda _: [("warehouse", apart.warehouse)])
        patched.setattr(migrations, "drift", lambda _: migrations.Drift((), (), ()))
        migrate(stores)
    with apart.warehouse.read() as session:
        found = session.query_text("SELECT version, count(*) AS n FROM schema_migrations GROUP BY version", {})
    assert {row["n"] for row in found.to_pylist()} == {1}


def test_a_changed_step_is_told(apart: Stores) -> None:
    migrate(apart)
    with apart.warehouse.write() as session:
        session.execute_text("INSERT INTO schema_migrations SELECT * REPLACE ('x' AS checksum) FROM schema_migrations")
    assert [step.store for step in drift(apart).changed].count("warehouse") == len(steps("warehouse", "clickhouse"))
    with pytest.raises(SchemaOutdated, match="was changed after"):
        migrate(apart)


def statements_of(cluster: str) -> list[str]:
    """All that is run by the name of the cluster: the migrations and their log, and what keeps tables in order."""
    told = [fill_in(text, cluster) for step in steps("warehouse", "clickhouse") for text in split(step.text)]
    log = load("migrate/create_log", "clickhouse").single.text
    place = on_every_node("klaviyo_orders", cluster)
    kept = [composed(f"operations/{name}", "clickhouse", {"the_table": place}) for name in KEPT]
    return [
        bare for text in [*told, fill_in(log, cluster), *kept] if (bare := re.sub(r"(?m)^--.*\n", "", text).strip())
    ]


@pytest.mark.parametrize("cluster", ["", "shop"])
def test_the_parser_of_clickhouse_takes_every_statement(tmp_path: Path, cluster: str) -> None:
    require_chdb()
    parser = clickhouse_connect.get_client(interface="chdb", path=str(tmp_path / "parser"))
    told: dict[str, Any] = {}
    try:
        for text in statements_of(cluster):
            told[text] = str(parser.command(f"EXPLAIN AST {text}"))
        with pytest.raises(DatabaseError, match=r"(?i)syntax"):
            parser.command("EXPLAIN AST CREATE TABLE t (a String) ENGINE = = ORDER")
    finally:
        parser.close()
    assert len(told) == len(statements_of(cluster)) >= (47 if cluster else 29)
    kinds = Counter(tree.split()[0] for tree in told.values())
    assert kinds.keys() == {
        "CreateQuery", "CreateSQLFunctionQuery", "TruncateQuery", "OptimizeQuery", "AlterQuery", "InsertQuery",
    }  # fmt: skip
    # Of a cluster each table is two; the records of steps and of versions, which every node holds whole, are not.
    plain = len(re.findall("EXISTS {local ", whole_text()))
    assert kinds["CreateQuery"] == (2 * plain + 2 if cluster else plain + 2)


def test_of_a_cluster_every_table_is_replicated_and_stands_behind_a_sharded_one() -> None:
    text = "\n".join(statements_of("shop"))
    shards = re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)_local ON CLUSTER `shop` \(", text)
    fronts = re.findall(
        r"TABLE IF NOT EXISTS (\w+) ON CLUSTER `shop` AS (\w+)_local\n"
        r"ENGINE = Distributed\('shop', currentDatabase\(\), (\w+)_local, cityHash64\(klaviyo_public_id\)\)",
        text,
    )
    assert [(name, name, name) for name in shards] == fronts
    assert len(shards) >= 18
    engine = "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', "
    assert text.count(engine) == len(shards)
    assert len(re.findall(r"(?m)^(CREATE|TRUNCATE|OPTIMIZE|ALTER)", text)) == text.count("ON CLUSTER `shop`")
    assert "ReplicatedReplacingMergeTree" not in "\n".join(statements_of(""))
