"""A database of an earlier version, with a synced store in it, comes through a migration with all of its data.

`earlier/*.zip` hold what `EXPORT DATABASE` wrote of a store of 1,000 events that the version of that month had synced.
"""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from analytics.periods import Period
from data_access import migrate as migrations
from data_access.aggregates import recompute
from data_access.errors import SchemaOutdated
from data_access.migrate import Step, drift, migrate, require_current
from data_access.operations.tables import ROLES, Role, catalogue, filling_order, portions, put_in
from data_access.queries.revenue import RevenueQuery, revenue
from data_access.scope import local_admin
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings
from tests.embedded_clickhouse import beside, require_chdb

ARCHIVES = sorted((Path(__file__).parent / "earlier").glob("*.zip"))
# How many steps PostgreSQL and ClickHouse had when the first stores were synced into them.
STEPS = {("operational", "postgresql"): 9, ("warehouse", "clickhouse"): 1}
# Moments at which a recomputation writes, and its own record.
WRITTEN = {"updated_at", "synced_at", "inserted_at", "processed_at", "timestamp", "last_updated"}


@pytest.fixture(params=ARCHIVES, ids=lambda path: path.stem)
def file(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> Path:
    """The database as that version left it."""
    with zipfile.ZipFile(request.param) as archive:
        archive.extractall(tmp_path / "export")
    settings.data_dir.mkdir(parents=True)
    path = settings.data_dir / "promolens.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute((tmp_path / "export" / "schema.sql").read_text(encoding="utf-8"))
        for rows in sorted((tmp_path / "export").glob("*.parquet")):
            connection.execute(f"INSERT INTO {rows.stem} SELECT * FROM read_parquet('{rows}')")
    return path


@pytest.fixture
def earlier(file: Path, settings: Settings) -> Iterator[Stores]:
    stores = open_stores(settings)
    yield stores
    close_stores(stores)


def columns(file: Path) -> dict[str, list[tuple[str, str]]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        found: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        ).fetchall():
            found.setdefault(table, []).append((column, kind))
    return found


def contents(file: Path, shape: dict[str, list[tuple[str, str]]], less: Collection[str] = ()) -> dict[str, list[Any]]:
    """Every table's rows, in the columns and types of `shape`."""
    found = {}
    with duckdb.connect(str(file), read_only=True) as connection:
        for table, told in shape.items():
            named = ", ".join(f'CAST("{column}" AS {kind})' for column, kind in told if column not in less)
            found[table] = sorted(map(str, connection.execute(f"SELECT {named} FROM {table}").fetchall()))
    return found


def test_there_is_an_earlier_version() -> None:
    assert ARCHIVES


def test_it_comes_through_with_every_row(file: Path, settings: Settings) -> None:
    shape = columns(file)
    before = contents(file, shape)
    assert sum(map(len, before.values())) > 5_000
    stores = open_stores(settings)
    with pytest.raises(SchemaOutdated, match="promolens migrate"):
        require_current(stores)
    assert not drift(stores).clean
    assert migrate(stores)
    require_current(stores)
    assert migrate(stores) == []
    close_stores(stores)
    after = contents(file, shape)
    # A step is logged, and may put days on the work list that it counts for the first time.
    for grown in ("schema_migrations", "touched"):
        assert set(before.pop(grown)) <= set(after.pop(grown))
    for table, rows in before.items():
        assert after[table] == rows, table


def test_its_figures_are_those_that_this_version_computes(earlier: Stores, file: Path, settings: Settings) -> None:
    migrate(earlier)
    with earlier.operational.read() as session:
        account = session.query_text("SELECT klaviyo_public_id FROM stores", {}).to_pylist()[0]["klaviyo_public_id"]
        placed = session.query_text(
            "SELECT sum(e.value) AS total FROM klaviyo_events e JOIN klaviyo_metrics m ON m.id = e.metric_id"
            " WHERE m.name = 'Placed Order'",
            {},
        ).to_pylist()[0]["total"]
    asked = RevenueQuery(Period(date(2020, 1, 1), date(2026, 12, 31)), None, None, "Europe/Berlin", 1)
    found = revenue(earlier, local_admin("test"), account, asked)
    assert 0 < found.this.total.gross <= placed
    close_stores(earlier)
    # Ratios were kept with seven digits, and are until their day is computed anew.
    shape = {
        table: [(column, "FLOAT" if kind == "DOUBLE" else kind) for column, kind in told]
        for table, told in columns(file).items()
        if table in {"klaviyo_orders", "klaviyo_order_line_items", "order_deductions", "order_attribution",
                     "account_metrics_daily", "fact_revenue", "fact_engagement", "fact_conversions"}
    }  # fmt: skip
    before = contents(file, shape, WRITTEN)
    stores = open_stores(settings)
    recompute(stores, account)
    close_stores(stores)
    after = contents(file, shape, WRITTEN)
    for table, rows in before.items():
        assert after[table] == rows, table


def on_servers(stores: Stores, named: dict[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """The rows of the tables, in the columns that are named."""
    found = {}
    for role in ROLES:
        with (stores.operational if role == "operational" else stores.warehouse).read() as session:
            for name, table in catalogue(session, role).items():
                if columns := named.get(f"{role} {name}"):
                    rows = [str(row) for part in portions(session, table, columns) for row in part.to_pylist()]
                    found[f"{role} {name}"] = sorted(rows)
    return found


def test_on_servers_it_comes_through_with_every_row(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_chdb()
    with zipfile.ZipFile(ARCHIVES[-1]) as archive:
        archive.extractall(tmp_path / "export")
    all_steps = migrations.steps

    def of_then(store: str, dialect: str) -> list[Step]:
        return all_steps(store, dialect)[: STEPS[store, dialect]]

    stores = open_stores(beside(tmp_path, "clickhouse").model_copy(update={"database_url": postgres_url}))
    with monkeypatch.context() as patched:
        patched.setattr(migrations, "steps", of_then)
        migrate(stores)
    named: dict[str, tuple[str, ...]] = {}
    roles: tuple[tuple[Role, Any], ...] = (("operational", stores.operational), ("warehouse", stores.warehouse))
    for role, store in roles:
        with store.write() as session:
            known = catalogue(session, role)
            for name in filling_order(session, known):
                path = tmp_path / "export" / f"{name}.parquet"
                if path.exists() and (rows := pq.ParquetFile(path, arrow_extensions_enabled=False).read()).num_rows:
                    put_in(session, known[name], rows)
                    named[f"{role} {name}"] = known[name].names
    before = on_servers(stores, named)
    assert {"operational klaviyo_events", "operational stores", "warehouse klaviyo_orders"} <= before.keys()
    assert sum(map(len, before.values())) > 5_000
    assert len(drift(stores).pending) >= 2
    migrate(stores)
    require_current(stores)
    assert on_servers(stores, named) == before
    close_stores(stores)
