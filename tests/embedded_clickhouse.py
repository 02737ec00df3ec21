"""Embedded ClickHouse for the tests: one folder of the current schema, copied for each test that asks for it."""

from __future__ import annotations

import atexit
import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from data_access.migrate import migrate
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings
from tests.availability import unavailable

# The engines that a statement of the warehouse must serve.
WAREHOUSES = ("duckdb", "clickhouse")


def require_chdb() -> None:
    """Ends the test where embedded ClickHouse is not installed."""
    if importlib.util.find_spec("chdb") is None:
        unavailable("the package chdb-core-lite is not installed here")


def beside(folder: Path, warehouse: str) -> Settings:
    """Settings of a test's own stores: one DuckDB file, or that and a warehouse on embedded ClickHouse."""
    url = f"chdb:///{folder / 'warehouse'}" if warehouse == "clickhouse" else ""
    return Settings(data_dir=folder, database_url="", warehouse_url=url, _env_file=None)


@lru_cache(maxsize=2)
def _migrated(warehouse: str) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="migrated-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    stores = open_stores(beside(folder, warehouse))
    migrate(stores)
    close_stores(stores)
    return folder


@contextmanager
def migrated_stores(folder: Path, warehouse: str) -> Iterator[Stores]:
    """Empty stores of the current schema in a folder of their own, the warehouse on 'duckdb' or 'clickhouse'."""
    if warehouse == "clickhouse":
        require_chdb()
    shutil.copytree(_migrated(warehouse), folder, dirs_exist_ok=True, symlinks=True)
    stores = open_stores(beside(folder, warehouse))
    try:
        yield stores
    finally:
        close_stores(stores)


def migrated_warehouse(folder: Path) -> str:
    """The address of an empty warehouse of the current schema on embedded ClickHouse, in that folder."""
    require_chdb()
    shutil.copytree(_migrated("clickhouse") / "warehouse", folder / "warehouse", symlinks=True)
    return beside(folder, "clickhouse").warehouse_url
