"""An older PostgreSQL server gives the same figures: nothing in the SQL is newer than version 14."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.migrate import drift, migrate
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings
from tests import postgresql_servers
from tests.figures.literal import Ledger, item, placed, refunded
from tests.figures.test_two_stores import figures_of, first, second


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Stores]:
    """Migrated stores on the oldest PostgreSQL server, from 14 on, that the system has."""
    programs = postgresql_servers.older_programs()
    if programs is None:
        pytest.skip("no older PostgreSQL server is installed on this machine")
    with postgresql_servers.running(programs) as server:
        opened = open_stores(Settings(data_dir=tmp_path / "older", database_url=server.url(server.create())))
        migrate(opened)
        yield opened
        close_stores(opened)


def test_the_figures_are_those_of_the_embedded_engine(older: Stores, stores: Stores) -> None:
    assert drift(older).clean
    beside, embedded = Ledger(older), Ledger(stores)
    for ledger in (beside, embedded):
        ledger.store()
        for load in (first, second):
            load(ledger)
            ledger.refresh()
        at = "2025-05-09T12:00:00+02:00"
        landing = "/?utm_source=Caf%C3%A9&utm_medium=%ff"
        ledger.load(placed("D", at, "12.345", Items=[item("a", 10.1, 2), item("b", 0.05)], landing_site=landing))
        ledger.load(refunded("rd", "D", at, None, Items=[{"ProductID": "a", "Quantity": 1}]))
        ledger.refresh()
    assert figures_of(beside) == figures_of(embedded)
    columns = ("order_id", "line_item_id", "quantity", "unit_price", "line_total", "discount_amount")
    assert beside.table("klaviyo_order_line_items", *columns) == embedded.table("klaviyo_order_line_items", *columns)
    told = beside.table("klaviyo_orders", "order_id", "utm_source", "utm_medium", "order_value")
    assert told == embedded.table("klaviyo_orders", "order_id", "utm_source", "utm_medium", "order_value")
    assert told[-1] == ("D", "Café", "%ff", "12.35")
