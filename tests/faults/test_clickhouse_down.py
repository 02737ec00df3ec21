"""ClickHouse over the wire, and its bad days: down at the start, amid a page or a sync, an answer that is lost."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_access.errors import StoreUnavailable
from data_access.migrate import drift, migrate
from data_access.stores import close_stores, open_stores
from demo.emulator import running_emulator
from pages.frame import guard
from settings import PROJECT_ROOT, Settings, get_settings
from tests.clickhouse_over_http import HttpServer, running
from tests.embedded_clickhouse import require_chdb
from tests.figures.literal import Ledger, item, placed, refunded
from tests.ingest.synced import NOW, one, registered_account, settings_for, sync
from tests.pages.conftest import texts
from tests.warehouse_rows import insert, store, version

MAY1, MAY2, MAY3 = (f"2025-05-0{n}T12:00:00+02:00" for n in range(1, 4))
DOWN = "does not answer"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpServer]:
    require_chdb()
    with running(tmp_path_factory.mktemp("server") / "data") as found:
        yield found


@pytest.fixture
def settings(server: HttpServer, tmp_path: Path) -> Settings:
    """An operational store of the test's own, and the server's database."""
    return Settings(data_dir=tmp_path, warehouse_url=server.url(), _env_file=None)


@pytest.fixture
def ledger(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Ledger]:
    """An account of the test's own."""
    stores = open_stores(settings)
    migrate(stores)
    found = Ledger(stores, account=f"Acc{zlib.crc32(request.node.name.encode())}")
    found.store()
    yield found
    close_stores(stores)


def sold(ledger: Ledger) -> list[tuple[Any, ...]]:
    return ledger.table("klaviyo_orders", "order_id", "order_value", "item_count")


def test_the_adapter_speaks_to_a_server(ledger: Ledger) -> None:
    """A database is made, migrated and filled through temporary tables of a session; rows are replaced."""
    assert drift(ledger.stores).clean
    ledger.load(placed("A", MAY1, 10, Items=[item("naïve, 'q'", 5.0, 2)]), placed("B", MAY2, 20))
    ledger.refresh()
    ledger.load(placed("B2", MAY3, 30, OrderId="B"), refunded("r", "A", MAY2, 4))
    ledger.refresh()
    assert sold(ledger) == [("A", "10.00", 2), ("B", "30.00", 0)]
    assert ledger.table("klaviyo_order_line_items", "product_id", "line_total") == [("naïve, 'q'", "10.00")]
    assert ledger.table("account_metrics_daily", "date", "total_revenue") == [
        ("2025-05-01", "10.00"), ("2025-05-03", "30.00"),
    ]  # fmt: skip
    with ledger.stores.warehouse.read() as session:
        assert session.query_text("SELECT name FROM system.tables WHERE is_temporary", {}).num_rows == 0


@pytest.mark.parametrize("after", [False, True], ids=["before it ran", "after it ran"])
def test_an_insert_whose_answer_is_lost_is_taken_once(ledger: Ledger, server: HttpServer, after: bool) -> None:
    ledger.load(placed("A", MAY1, 10), placed("B", MAY2, 20))
    with ledger.stores.warehouse.write() as session:
        session.execute_text("SYSTEM STOP MERGES klaviyo_orders")
    server.lose("INSERT INTO klaviyo_orders", after=after)
    ledger.refresh()
    assert sold(ledger) == [("A", "10.00", 0), ("B", "20.00", 0)]
    own = {"account": ledger.account}
    with ledger.stores.warehouse.read() as session:
        text = (
            "SELECT count(*) AS n FROM klaviyo_orders WHERE klaviyo_public_id = {account:String}"
            " AND is_first_order IS NULL SETTINGS final = 0"
        )
        assert session.query_text(text, own)["n"].to_pylist() == [2]


def test_a_query_whose_answer_is_lost_is_asked_again(ledger: Ledger, server: HttpServer) -> None:
    ledger.load(placed("A", MAY1, 10))
    ledger.refresh()
    server.lose("FROM klaviyo_orders", after=True)
    assert sold(ledger) == [("A", "10.00", 0)]


def test_a_refresh_that_loses_the_server_says_so_and_is_caught_up(ledger: Ledger, server: HttpServer) -> None:
    ledger.load(placed("A", MAY1, 10, Items=[item("p", 10.0)]))
    ledger.refresh()
    ledger.load(placed("B", MAY2, 20), refunded("r", "A", MAY2, 4))
    server.kill()
    try:
        with pytest.raises(StoreUnavailable, match=DOWN) as told:
            ledger.refresh()
    finally:
        server.start()
    assert "connection refused. Check that ClickHouse runs" in str(told.value)
    assert ledger.account not in str(told.value)
    ledger.refresh()
    assert [order for order, *_ in sold(ledger)] == ["A", "B"]
    assert ledger.table("order_deductions", "event_id", "amount") == [("r", "4.00")]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Callable[[], AppTest]]:
    """The app as a process has it that was started once; running it again is a person who comes again."""
    monkeypatch.chdir(PROJECT_ROOT)

    def opened() -> AppTest:
        monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
        monkeypatch.setenv("DATABASE_URL", settings.database_url)
        monkeypatch.setenv("WAREHOUSE_URL", settings.warehouse_url)
        get_settings.cache_clear()
        guard.forget_checked()
        st.cache_resource.clear()
        return AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=60)

    yield opened
    close_stores()
    monkeypatch.undo()
    get_settings.cache_clear()


def test_a_page_says_that_clickhouse_is_down_and_goes_on_by_itself(
    server: HttpServer, settings: Settings, page: Callable[[], AppTest]
) -> None:
    stores = open_stores(settings)
    migrate(stores)
    insert(stores, "stores", store())
    insert(stores, "data_versions", version())
    close_stores(stores)
    app = page()
    server.kill()
    try:
        with pytest.raises(StoreUnavailable, match="connection refused"):
            open_stores(settings)
        assert DOWN in texts(app.run())  # down at the start
    finally:
        server.start()
    assert DOWN not in texts(app.run())
    assert not app.exception
    server.kill()
    st.cache_resource.clear()  # what is kept of a state is shown all the same
    try:
        said = texts(app.run())  # down in the middle
        assert DOWN in said
        assert "Traceback" not in said
    finally:
        server.start()
    assert DOWN not in texts(app.run())


@pytest.mark.slow
def test_a_sync_that_loses_clickhouse_goes_on_from_what_was_loaded(server: HttpServer, tmp_path: Path) -> None:
    with running_emulator(events=1_000, seed=5, now=NOW) as emulator:
        settings = settings_for(emulator, tmp_path, warehouse_url=server.url(), sync_lease_seconds=5)
        stores = open_stores(settings)
        migrate(stores)
        account = registered_account(stores, settings, emulator.api_key)
        killed: list[str] = []

        def told(text: str, _share: float | None) -> None:
            if "loaded" in text and not killed:
                killed.append(text)
                server.kill()

        try:
            broken = sync(stores, settings, account, progress=told)
        finally:
            server.start()
        assert killed
        assert broken.state == "failed"
        assert DOWN in str(broken.error)
        events = one(stores, "SELECT count(*) FROM klaviyo_events")
        assert sync(stores, settings, account).state == "done"
        assert one(stores, "SELECT count(*) FROM klaviyo_events") == events
        placed = one(
            stores,
            """SELECT count(DISTINCT coalesce(properties ->> '$.OrderId', properties ->> '$."$event_id"'))
            FROM klaviyo_events AS e JOIN klaviyo_metrics AS m ON m.id = e.metric_id WHERE m.name = 'Placed Order'""",
        )
        mine = f"SELECT count(*) FROM klaviyo_orders WHERE klaviyo_public_id = '{account}'"
        assert one(stores, mine) == placed > 10
        close_stores(stores)
