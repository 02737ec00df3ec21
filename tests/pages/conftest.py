"""The app as a person meets it, on a store of literal rows and at a moment that stands still."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_access.stores import Stores, close_stores, open_stores
from pages.frame import clock, guard
from settings import PROJECT_ROOT, Settings, get_settings
from tests.embedded_clickhouse import migrated_warehouse
from tests.warehouse_rows import SEEN, insert, store, version

Open = Callable[..., AppTest]
EMBEDDED, SERVERS = "embedded", "servers"
# For the tests of a page's main states: they run on all embedded, and on PostgreSQL with ClickHouse.
both_stacks = pytest.mark.parametrize("settings", [EMBEDDED, SERVERS], indirect=True)


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Addresses of empty, migrated stores on the test's stack, all embedded unless it says otherwise."""
    folder = tmp_path / "data"
    folder.mkdir()
    if getattr(request, "param", EMBEDDED) == SERVERS:
        database = request.getfixturevalue("migrated_postgres_url")
        return Settings(data_dir=folder, database_url=database, warehouse_url=migrated_warehouse(folder))
    shutil.copy(request.getfixturevalue("migrated_file"), folder / "promolens.duckdb")
    return Settings(data_dir=folder)


@pytest.fixture
def stores(settings: Settings) -> Iterator[Stores]:
    """Empty, migrated stores of the settings; closed after the test."""
    opened = open_stores(settings)
    yield opened
    close_stores(opened)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Saturday 21 November 2026, 13:00 in Berlin."""
    monkeypatch.setattr(clock, "now", lambda: SEEN)
    return SEEN


def opening(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens pages over the stores of these settings, as a process does that was started with them."""
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("WAREHOUSE_URL", settings.warehouse_url)
    monkeypatch.chdir(PROJECT_ROOT)
    get_settings.cache_clear()
    guard.forget_checked()
    st.cache_resource.clear()

    def opened(page: str, **query: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        folder = "sales" if page == "revenue" else "data"
        if page != "revenue":
            app.switch_page(f"pages/{folder}/{page}.py").run()
        return app

    return opened


@pytest.fixture
def open_page(settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens a page at its address: `open_page("revenue", period="7 d")`."""
    yield opening(settings, monkeypatch)
    get_settings.cache_clear()


@pytest.fixture
def connected(stores: Stores) -> Stores:
    """A store that is connected and synced, with two more days than orders."""
    insert(stores, "stores", store())
    insert(stores, "data_versions", version())
    return stores


def texts(app: AppTest) -> str:
    """Everything that the page says, in one string."""
    kinds = ("title", "subheader", "caption", "markdown", "error", "warning", "info", "success", "code")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(app, kind))
