"""The app as a person meets it, on a store of literal rows and at a moment that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_access.stores import Stores
from pages.frame import clock, guard
from settings import PROJECT_ROOT, Settings, get_settings
from tests.warehouse_rows import SEEN, insert, store, version

Open = Callable[..., AppTest]


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
        if page != "overview":
            (path,) = (PROJECT_ROOT / "pages").glob(f"*/{page}.py")
            app.switch_page(str(path.relative_to(PROJECT_ROOT))).run()
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


def files(app: AppTest) -> list[str]:
    """What the page's export menu offers once it is opened; nothing before that."""

    def offered() -> list[str]:
        return [element.proto.id for element in app.get("download_button") if "export" in element.proto.id]

    assert not offered()
    app.session_state["export"] = True
    app.run()
    assert not app.exception
    return offered()
