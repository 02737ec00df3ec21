"""Upkeep on ClickHouse: replaced and removed rows leave nothing behind, and nothing that is read changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from data_access.engines.clickhouse import ClickHouseStore
from data_access.engines.clickhouse_versions import RowVersions
from data_access.operations.upkeep import maintain
from data_access.scope import local_admin
from data_access.stores import Stores
from settings import Settings
from tests.warehouse_rows import SEEN, insert, migrated, order

ORDERS = "klaviyo_orders"
# A slow insert, as of a writer whose connection broke: it is still running when its writer has long gone on.
SLOW = (
    "INSERT INTO klaviyo_orders (klaviyo_public_id, order_id, order_value, currency, order_date, inserted_at)"
    " SELECT 'AbC123', 'late', 1 + sleepEachRow(1), 'EUR', '2026-11-01', now64(6) FROM numbers(3)"
    " SETTINGS max_block_size = 1"
)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    folder: Path = tmp_path_factory.mktemp("upkeep")
    with migrated(folder, "clickhouse") as found:
        yield found


@pytest.fixture
def orders(stores: Stores) -> Iterator[Stores]:
    """'here' of three versions; 'gone' removed, its older version arriving after the mark; nothing merged."""

    def at(place: int, order_id: str, value: str, **more: Any) -> None:
        when = SEEN + timedelta(microseconds=place)
        insert(stores, ORDERS, order(order_id, value, "2026-11-09 10:00") | {"inserted_at": when} | more)

    at(3, "here", "30.00")
    at(2, "here", "20.00", is_deleted=1)
    at(1, "here", "10.00")
    at(2, "gone", "9.00", is_deleted=1)
    at(1, "gone", "9.00")
    yield stores
    with stores.warehouse.write() as session:
        session.execute_text(f"TRUNCATE TABLE {ORDERS}")


def read(stores: Stores) -> list[tuple[str, str]]:
    with stores.warehouse.read() as session:
        rows = session.query_text("SELECT order_id, order_value FROM klaviyo_orders ORDER BY order_id", {})
    return [(row["order_id"], str(row["order_value"])) for row in rows.to_pylist()]


def kept(stores: Stores) -> list[tuple[str, int]]:
    """What lies on the disk, removed rows with their marks."""
    text = "SELECT order_id, is_deleted FROM klaviyo_orders ORDER BY order_id, inserted_at SETTINGS final = 0"
    with stores.warehouse.read() as session:
        return [(row["order_id"], row["is_deleted"]) for row in session.query_text(text, {}).to_pylist()]


def test_removed_rows_leave_no_mark(orders: Stores, settings: Settings) -> None:
    assert read(orders) == [("here", "30.00")]
    assert len(kept(orders)) == 5
    done = maintain(orders, settings, local_admin())
    assert done["warehouse"]["marks of removed rows kept"] == []
    assert kept(orders) == [("here", 0)]
    assert read(orders) == [("here", "30.00")]


def test_a_row_comes_back_after_its_mark_has_gone_though_the_clock_was_set_back(
    orders: Stores, settings: Settings
) -> None:
    """Without marks nothing tells how new a removed row was: only rising versions keep its place."""
    maintain(orders, settings, local_admin())
    assert isinstance(orders.warehouse, ClickHouseStore)
    before, orders.warehouse.versions = orders.warehouse.versions, RowVersions(lambda: SEEN - timedelta(days=900))
    try:
        with orders.warehouse.write() as session:
            session.execute("project/forget", account="AbC123", horizon=SEEN - timedelta(days=9000))
        assert read(orders) == []
        insert(orders, ORDERS, order("gone", "7.00", "2026-11-09 10:00"))
        assert read(orders) == [("gone", "7.00")]
    finally:
        orders.warehouse.versions = before


def test_marks_stay_while_an_insert_is_running(orders: Stores, settings: Settings) -> None:
    def late() -> None:
        with orders.warehouse.read() as session:
            session._client.command(SLOW)  # type: ignore[attr-defined]

    running = threading.Thread(target=late)
    running.start()
    with orders.warehouse.read() as session:
        text = "SELECT count() AS n FROM system.processes WHERE query_kind = 'Insert'"
        while not session.query_text(text, {})["n"][0].as_py():
            time.sleep(0.01)
    done = maintain(orders, settings, local_admin())
    running.join()
    assert ORDERS in done["warehouse"]["marks of removed rows kept"]
    assert ("gone", 1) in kept(orders)
    assert ("gone", 0) not in kept(orders)
