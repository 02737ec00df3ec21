"""A store of literal events on each stack of engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from data_access.migrate import migrate
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings
from tests.embedded_clickhouse import migrated_stores
from tests.figures.literal import Ledger

# The one that is not the embedded default: PostgreSQL for the operational store, ClickHouse for the warehouse.
ENGINES = ("duckdb", "postgresql", "clickhouse")


@pytest.fixture(params=ENGINES)
def ledger_stores(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Stores]:
    """Empty, migrated stores, one of them on each engine."""
    if request.param == "duckdb":
        yield request.getfixturevalue("stores")
        return
    if request.param == "clickhouse":
        with migrated_stores(settings.data_dir, "clickhouse") as apart:
            yield apart
        return
    url = request.getfixturevalue("migrated_postgres_url")
    warehouse = f"duckdb:///{settings.data_dir / 'warehouse.duckdb'}"
    opened = open_stores(Settings(data_dir=settings.data_dir, database_url=url, warehouse_url=warehouse))
    migrate(opened)
    yield opened
    close_stores(opened)


@pytest.fixture
def ledger(ledger_stores: Stores) -> Ledger:
    """An account in Berlin that reckons in euros, with the metrics of METRICS and without an event."""
    found = Ledger(ledger_stores)
    found.store()
    return found
