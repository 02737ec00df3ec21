"""Two accounts with hostile names on each stack, and what is sent to the engines meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pytest

from data_access.engines.clickhouse import ClickHouseSession
from data_access.engines.duckdb import DuckDBSession
from data_access.engines.postgresql import PostgreSQLSession
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings
from tests.embedded_clickhouse import migrated_warehouse
from tests.postgresql_servers import Server
from tests.two_stacks import EMBEDDED
from tests.warehouse_rows import ACCOUNT, SEEN, insert, line, order, store, version

# What belongs to the other account holds this word, which no hostile text does.
OTHER: Final = "Rk7Bq2"


@contextmanager
def opened(stack: str, folder: Path, migrated_file: Path, postgres: Server | None, template: str) -> Iterator[Stores]:
    """Empty stores of the current schema: one DuckDB file, or PostgreSQL and embedded ClickHouse."""
    if stack == EMBEDDED or postgres is None:
        folder.mkdir(exist_ok=True)
        shutil.copy(migrated_file, folder / "promolens.duckdb")
        stores = open_stores(Settings(data_dir=folder))
    else:
        folder.mkdir(exist_ok=True)
        url = postgres.url(postgres.create(template))
        stores = open_stores(Settings(data_dir=folder, database_url=url, warehouse_url=migrated_warehouse(folder)))
    try:
        yield stores
    finally:
        close_stores(stores)


def fill(stores: Stores, texts: Sequence[str]) -> None:
    """Tags and products of both accounts called by all of the texts; the other's names hold `OTHER` besides."""
    for account, name, mark in ((ACCOUNT, "Demo store", ""), (OTHER, OTHER, OTHER)):
        insert(stores, "stores", store(account, name))
        insert(stores, "data_versions", version(account=account))
        insert(
            stores, "klaviyo_orders",
            order(f"o{mark}", "10.00", "2026-11-10 10:00", klaviyo_public_id=account, shipping_country=f"DE{mark}"),
        )  # fmt: skip
        insert(stores, "klaviyo_order_line_items", line(f"o{mark}", f"p{mark}", "10.00", "2026-11-10") | {
            "klaviyo_public_id": account, "product_name": f"p{mark}",
        })  # fmt: skip
        numbered = pa.table(
            {
                "klaviyo_public_id": [account] * len(texts),
                "id": [f"{mark}{number}" for number in range(len(texts))],
                "name": list(texts),
                "last_updated": pa.array([SEEN] * len(texts), pa.timestamp("us", "UTC")),
            }
        )
        for side, table, key, named, at in (
            (stores.operational, "klaviyo_tags", "tag_id", "name", ""),
            (stores.warehouse, "products_master", "product_id", "product_name", ", last_updated"),
        ):
            with side.write() as session:
                session.stage("hostile_names", numbered)
                session.execute_text(
                    f"INSERT INTO {table} (klaviyo_public_id, {key}, {named}{at})"
                    f" SELECT klaviyo_public_id, id, name{at} FROM hostile_names"
                )


@contextmanager
def sent() -> Iterator[list[str]]:
    """The texts of all statements that go to an engine, without their values."""
    told: list[str] = []
    duckdb, postgresql = DuckDBSession._run, PostgreSQLSession._run
    asked, commanded = ClickHouseSession._arrow, ClickHouseSession._command

    def of_duckdb(self: DuckDBSession, sql: str, params: dict[str, Any]) -> Any:
        told.append(sql)
        return duckdb(self, sql, params)

    def of_postgresql(self: PostgreSQLSession, sql: str, *more: Any) -> Any:
        told.append(sql)
        return postgresql(self, sql, *more)

    def of_clickhouse(self: ClickHouseSession, sql: str, params: Any, name: str) -> Any:
        told.append(sql)
        return asked(self, sql, params, name)

    def of_commands(self: ClickHouseSession, sql: str, params: Any, name: str) -> Any:
        told.append(sql)
        return commanded(self, sql, params, name)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(DuckDBSession, "_run", of_duckdb)
        patched.setattr(PostgreSQLSession, "_run", of_postgresql)
        patched.setattr(ClickHouseSession, "_arrow", of_clickhouse)
        patched.setattr(ClickHouseSession, "_command", of_commands)
        yield told
