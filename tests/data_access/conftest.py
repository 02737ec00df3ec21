"""Each engine as an empty store of its own, and a folder of SQL files that only the test sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data_access import statements
from data_access.engines.base import Store
from data_access.stores import close_stores, open_stores
from settings import Settings
from tests.data_access.guarded import Guarded, guarded_database
from tests.postgresql_servers import Server

ENGINES = ("duckdb", "postgresql")


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Store]:
    """An empty store without any table, on each engine."""
    if request.param == "postgresql":
        settings = Settings(data_dir=settings.data_dir, database_url=request.getfixturevalue("postgres_url"))
    opened = open_stores(settings)
    assert opened.operational.dialect == request.param
    yield opened.operational
    close_stores(opened)


@pytest.fixture
def sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], str]]:
    """Writes a SQL file (name, body) with its head lines where the program looks for them; returns the name."""
    root = tmp_path / "sql"
    monkeypatch.setattr(statements, "SQL_ROOT", root)
    statements.load.cache_clear()

    def write(name: str, body: str) -> str:
        path = root / f"{name}.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        head = "" if body.startswith("--") else "-- purpose: a test\n-- grain: one row\n"
        path.write_text(head + body, encoding="utf-8")
        return name

    yield write
    statements.load.cache_clear()


@pytest.fixture(scope="session")
def guarded(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """A PostgreSQL database with roles in use."""
    return guarded_database(postgres, tmp_path_factory.mktemp("guarded"))
