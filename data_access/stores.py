"""The two stores of this process, opened once: operational and warehouse, one and the same on the embedded default."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from data_access import recovery
from data_access.engines.base import Store
from data_access.engines.duckdb import DuckDBStore
from data_access.errors import StoreError
from settings import Settings

_open: dict[str, Store] = {}
_guard = threading.Lock()


@dataclass(frozen=True, slots=True)
class Stores:
    """Where entities, events and promotions are kept, and where orders are analysed."""

    operational: Store
    warehouse: Store

    @property
    def same(self) -> bool:
        """True where both are one database, so that one transaction covers both."""
        return self.operational is self.warehouse


def open_stores(settings: Settings) -> Stores:
    """The stores of the settings' URLs; opened on the first call, shared afterwards.

    Raises StoreBusy, StoreDamaged, StoreFull or StoreUnavailable.
    """
    with _guard:
        return Stores(_store(settings.database_url, settings), _store(settings.warehouse_url, settings))


def close_stores(only: Stores | None = None) -> None:
    """Closes these stores, or every store of this process; the next `open_stores` opens them anew."""
    with _guard:
        for key, store in list(_open.items()):
            if only is None or store is only.operational or store is only.warehouse:
                store.close()
                del _open[key]


def embedded_file(url: str) -> Path | None:
    """The file of an embedded database's address, None for a server's."""
    scheme, _, rest = url.partition("://")
    if scheme != "duckdb":
        return None
    return Path(rest[1:] if rest.startswith("/") else rest)


def _store(url: str, settings: Settings) -> Store:
    scheme = url.partition("://")[0]
    if scheme == "duckdb":
        path = embedded_file(url)
        assert path is not None
        key = f"duckdb:{path.resolve()}"
        if key not in _open:
            make = partial(
                DuckDBStore, path, memory_limit=settings.duckdb_memory_limit, threads=settings.duckdb_threads
            )
            _open[key] = recovery.opened(path, settings, make)
    elif scheme == "postgresql+psycopg":
        from data_access.engines.postgresql import PostgreSQLStore  # SQLAlchemy's import, which only its users pay

        key = url
        if key not in _open:
            _open[key] = PostgreSQLStore(
                url,
                pool_size=settings.db_pool_size,
                idle_seconds=settings.db_idle_seconds,
                connect_timeout=settings.db_connect_timeout_seconds,
                pool_wait_seconds=settings.db_pool_wait_seconds,
                slow_ms=settings.slow_query_ms,
            )
    elif scheme in ("clickhousedb", "chdb"):
        from data_access.engines.clickhouse import ClickHouseStore  # a quarter of a second that only its users pay

        key = url
        if key not in _open:
            _open[key] = ClickHouseStore(
                url, slow_query_seconds=settings.slow_query_ms / 1000, cluster=settings.clickhouse_cluster
            )
    else:
        raise StoreError(
            f"There is no adapter for '{scheme}://'. Use duckdb:///path, postgresql+psycopg://…, clickhousedb://… or"
            " chdb:///path."
        )
    return _open[key]
