"""docs/schema.md against a freshly migrated database, and the schema against what it was designed on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data_access.stores import close_stores, open_stores
from settings import PROJECT_ROOT, Settings
from tests.architecture.designed_tables import DESIGNED, NEEDED

KINDS = {
    "text": r"VARCHAR",
    "texts": r"VARCHAR\[\]",
    "json": r"JSON",
    "uuid": r"UUID",
    "boolean": r"BOOLEAN",
    "date": r"DATE",
    "instant": r"TIMESTAMPTZ",
    "decimal": r"DECIMAL\(\d+,\d+\)",
    "integer": r"U?(TINY|SMALL|BIG)?INT(EGER)?",
    "integers": r"U?(BIG)?INT(EGER)?\[\]",
    "number": r"FLOAT|DOUBLE",
    "map": r"MAP\(VARCHAR, DOUBLE\)",
}


@pytest.fixture(scope="module")
def schema(migrated_file: Path) -> dict[str, dict[str, str]]:
    """Table → column → type of a freshly migrated database, both stores."""
    found: dict[str, dict[str, str]] = {}
    stores = open_stores(Settings(data_dir=migrated_file.parent))
    for store in (stores.operational, stores.warehouse):
        with store.read() as session:
            rows = session.query_text(
                "SELECT table_name, column_name, data_type FROM duckdb_columns()"
                " WHERE schema_name = 'main' AND NOT internal ORDER BY table_name, column_index",
                {},
            ).to_pylist()
        for row in rows:
            kind = row["data_type"].replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ")
            found.setdefault(row["table_name"], {})[row["column_name"]] = kind
    close_stores(stores)
    return found


@pytest.fixture(scope="module")
def page() -> dict[str, list[tuple[str, str, str]]]:
    """Table → (column, type, meaning) of docs/schema.md, in its order."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    table = ""
    for line in (PROJECT_ROOT / "docs" / "schema.md").read_text(encoding="utf-8").splitlines():
        heading = re.fullmatch(r"### `(\w+)`", line)
        row = re.fullmatch(r"\| `(\w+)` \| `(.+?)` \| (.*) \|", line)
        if heading:
            table = heading.group(1)
            assert table not in found, f"{table} is described twice"
            found[table] = []
        elif row:
            found[table].append((row.group(1), row.group(2), row.group(3)))
        elif line.startswith("## "):
            table = ""
    return found


def test_every_table_and_column_is_described_and_nothing_else(
    schema: dict[str, dict[str, str]], page: dict[str, list[tuple[str, str, str]]]
) -> None:
    assert sorted(page) == sorted(schema)
    for table, columns in schema.items():
        assert [(name, kind) for name, kind, _ in page[table]] == list(columns.items()), table


def test_every_description_says_something(page: dict[str, list[tuple[str, str, str]]]) -> None:
    poor = [
        f"{table}.{name}"
        for table, columns in page.items()
        for name, _, meaning in columns
        if len(meaning) < 6 or not meaning.endswith(".") or meaning.strip(".").lower() == name.replace("_", " ")
    ]
    assert poor == []


def test_money_is_never_a_floating_point_number(schema: dict[str, dict[str, str]]) -> None:
    money = re.compile(r"(revenue|value|amount|price|spent|spend|total|refunds|ebit)(_|$)")
    counted = re.compile(
        r"total_(opens|clicks|orders|members|units)|_(pct|count|rank|growth_pct)$|^(usage|text_message_credit)"
    )
    loose = [
        f"{table}.{column}"
        for table, columns in schema.items()
        for column, kind in columns.items()
        if kind in {"DOUBLE", "FLOAT"} and money.search(column) and not counted.search(column)
    ]
    assert loose == []


def test_every_instant_knows_its_zone(schema: dict[str, dict[str, str]]) -> None:
    kinds = {kind for columns in schema.values() for kind in columns.values()}
    assert not {"TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_S", "TIME"} & kinds


def test_the_account_comes_first(schema: dict[str, dict[str, str]]) -> None:
    """Where a table is an account's alone, its key begins with the account."""
    owned = {name for name, columns in schema.items() if "klaviyo_public_id" in columns and name.startswith("klaviyo_")}
    assert len(owned) > 15
    assert [name for name in owned if next(iter(schema[name])) != "klaviyo_public_id"] == []


@pytest.mark.parametrize("table", sorted(DESIGNED))
def test_what_was_designed_is_there(schema: dict[str, dict[str, str]], table: str) -> None:
    assert table in schema
    for kind, columns in DESIGNED[table].items():
        for column in columns.split():
            assert column in schema[table], f"{table}.{column}"
            assert re.fullmatch(KINDS[kind], schema[table][column]), f"{table}.{column} is {schema[table][column]}"


def test_what_the_design_needs_is_there(schema: dict[str, dict[str, str]]) -> None:
    assert set(NEEDED) <= set(schema)


def test_the_list_of_what_was_designed_is_whole() -> None:
    """The warehouse's twelve tables, the promo tables and views, Klaviyo's tables, facts, models and collections."""
    assert len(DESIGNED) == 42
    assert sum(len(columns.split()) for kinds in DESIGNED.values() for columns in kinds.values()) == 545
