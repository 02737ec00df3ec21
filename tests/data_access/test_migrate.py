"""Migrations: idempotent, recorded, all or nothing a step, safe for two runners."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data_access import migrate as migrations
from data_access.errors import SchemaOutdated, StatementRefused
from data_access.migrate import Step, drift, migrate, require_current, split, steps
from data_access.stores import Stores, close_stores, open_stores
from settings import PROJECT_ROOT, SCHEMA_VERSION, Settings

Write = Callable[[str, str], Path]


@pytest.fixture(params=["duckdb", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """The engine of the operational store."""
    return str(request.param)


@pytest.fixture
def own_settings(engine: str, settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Settings that name an empty database of that engine."""
    if engine == "duckdb":
        return settings
    return Settings(data_dir=settings.data_dir, database_url=request.getfixturevalue("postgres_url"))


@pytest.fixture
def empty(own_settings: Settings) -> Iterator[Stores]:
    """Stores without any table."""
    opened = open_stores(own_settings)
    yield opened
    close_stores(opened)


@pytest.fixture
def write(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """A set of migrations of the test's own: writes the file `operational/<engine>/<name>`."""
    root = tmp_path / "migrations"
    monkeypatch.setattr(migrations, "MIGRATIONS_ROOT", root)

    def put(name: str, text: str) -> Path:
        path = root / "operational" / engine / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return put


def tables(stores: Stores) -> set[str]:
    with stores.operational.read() as session:
        found = session.query_text(
            "SELECT CAST(table_name AS VARCHAR) AS name FROM information_schema.tables"
            " WHERE table_schema IN ('main', 'public')",
            {},
        )
    return set(found.column(0).to_pylist())


def record(stores: Stores) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for store in {id(store): store for store in (stores.operational, stores.warehouse)}.values():
        with store.read() as session:
            if session.one("migrate/log_exists") is None:
                continue
            table = session.query_text("SELECT * FROM schema_migrations ORDER BY store, version", {})
        found += table.to_pylist()
    return found


def all_steps(stores: Stores) -> list[Step]:
    """Every step of both stores."""
    return steps("operational", stores.operational.dialect) + steps("warehouse", stores.warehouse.dialect)


def names(found: list[Step]) -> list[str]:
    return [step.path.name for step in found]


def test_a_fresh_database_gets_every_step_once(empty: Stores) -> None:
    known = all_steps(empty)
    assert len(known) >= 3
    assert drift(empty).pending == tuple(known)
    assert names(migrate(empty)) == names(known)
    assert migrate(empty) == []
    assert drift(empty).clean
    require_current(empty)
    rows = record(empty)
    assert [(row["store"], row["version"], row["name"]) for row in rows] == [
        (step.store, step.version, step.name) for step in known
    ]
    for row, step in zip(rows, known, strict=True):
        assert row["checksum"] == hashlib.sha256(step.path.read_bytes()).hexdigest()
        assert row["schema_version"] == SCHEMA_VERSION
        assert row["applied_at"] is not None


def test_a_second_run_keeps_the_data(stores: Stores) -> None:
    with stores.operational.write() as session:
        session.execute_text("INSERT INTO stores (public_id, name) VALUES ('s', 'Shop')")
    assert migrate(stores) == []
    with stores.operational.read() as session:
        assert session.query_text("SELECT name FROM stores", {}).to_pylist() == [{"name": "Shop"}]


@pytest.mark.parametrize("folder", sorted(migrations.MIGRATIONS_ROOT.glob("*/*/")), ids=lambda path: path.name)
def test_steps_are_numbered_from_one_without_a_gap(folder: Path) -> None:
    if folder.parent.name in {"operational", "warehouse"}:
        found = steps(folder.parent.name, folder.name)
        assert [step.version for step in found] == list(range(1, len(found) + 1))


def test_a_program_on_an_old_schema_is_sent_to_migrate(empty: Stores) -> None:
    with pytest.raises(SchemaOutdated, match="promolens migrate"):
        require_current(empty)
    assert tables(empty) == set(), "asking changes nothing"


def test_a_failing_step_leaves_the_one_before(empty: Stores, write: Write) -> None:
    write("0001_first.sql", "CREATE TABLE a (x INTEGER);\nINSERT INTO a VALUES (1);\n")
    broken = write(
        "0002_second.sql", "CREATE TABLE b (x INTEGER);\nINSERT INTO a VALUES (2);\nCREATE TABLE a (y DATE);\n"
    )
    write("0003_third.sql", "CREATE TABLE c (x INTEGER);\n")
    with pytest.raises(StatementRefused, match=r"Step 0002_second\.sql failed, and nothing of it was kept"):
        migrate(empty)
    assert tables(empty) == {"schema_migrations", "a"}
    assert [row["version"] for row in record(empty)] == [1]
    with empty.operational.read() as session:
        assert session.query_text("SELECT x FROM a", {}).to_pylist() == [{"x": 1}]

    broken.write_text("CREATE TABLE b (x INTEGER);\n")
    assert names(migrate(empty)) == ["0002_second.sql", "0003_third.sql"]
    assert tables(empty) == {"schema_migrations", "a", "b", "c"}


def test_an_edited_step_is_refused(empty: Stores, write: Write) -> None:
    path = write("0001_first.sql", "CREATE TABLE a (x INTEGER);\n")
    migrate(empty)
    path.write_text("CREATE TABLE a (x INTEGER, y INTEGER);\n")
    assert [step.path.name for step in drift(empty).changed] == ["0001_first.sql"]
    with pytest.raises(SchemaOutdated, match=r"0001_first\.sql was changed"):
        migrate(empty)
    with pytest.raises(SchemaOutdated):
        require_current(empty)


def test_a_database_of_a_newer_version_is_refused_before_anything_is_changed(empty: Stores, write: Write) -> None:
    write("0001_first.sql", "CREATE TABLE a (x INTEGER);\n")
    newer = write("0003_third.sql", "CREATE TABLE c (x INTEGER);\n")
    migrate(empty)
    newer.unlink()
    write("0002_second.sql", "CREATE TABLE b (x INTEGER);\n")
    assert drift(empty).unknown == ("operational 0003",)
    with pytest.raises(SchemaOutdated, match=r"newer version of Promolens \(steps operational 0003\)"):
        migrate(empty)
    assert "b" not in tables(empty)
    with pytest.raises(SchemaOutdated, match="newer version"):
        require_current(empty)


def test_two_threads_apply_each_step_once(empty: Stores) -> None:
    start = threading.Barrier(2)
    results: list[list[Step] | BaseException] = []

    def work() -> None:
        start.wait()
        try:
            results.append(migrate(empty))
        except BaseException as error:  # a thread's failure must reach the test
            results.append(error)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    applied = [step for result in results if isinstance(result, list) for step in result]
    assert [result for result in results if isinstance(result, BaseException)] == []
    assert sorted(names(applied)) == sorted(names(all_steps(empty)))
    assert drift(empty).clean


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"], indirect=True)
def test_two_processes_at_once_end_at_one_whole_schema(own_settings: Settings) -> None:
    settings = own_settings
    url = settings.database_url
    environment = os.environ | {"DATA_DIR": str(settings.data_dir), "DATABASE_URL": url}
    command = [sys.executable, "-m", "cli", "migrate"]
    runs = [
        subprocess.Popen(
            command, cwd=PROJECT_ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    ended = [(run.communicate(), run.returncode) for run in runs]
    assert 0 in [code for _, code in ended]
    for (_, errors), code in ended:
        assert code == 0 or (code == 1 and "is in use by process" in errors and errors.count("\n") == 1), errors
    opened = open_stores(settings)
    try:
        assert drift(opened).clean
        assert len(record(opened)) == len(all_steps(opened))
    finally:
        close_stores(opened)


def test_a_file_is_split_at_the_ends_of_its_statements() -> None:
    text = """-- a note; with a semicolon
CREATE TABLE a (
    x VARCHAR DEFAULT 'a;b', -- why; because
    y INTEGER -- ends here;
);

CREATE FUNCTION f() RETURNS INTEGER AS $$
BEGIN
    RETURN 1;
END;
$$ LANGUAGE plpgsql;
SELECT 1"""
    found = split(text)
    assert [statement.split()[:2] for statement in found] == [
        ["CREATE", "TABLE"], ["CREATE", "FUNCTION"], ["SELECT", "1"],
    ]  # fmt: skip
    assert found[0].endswith(")")
    assert "y INTEGER" in found[0]


def test_a_step_that_permits_no_transaction_can_be_run_again(empty: Stores, write: Write, engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("every statement of the embedded engine permits a transaction")
    write("0001_first.sql", "CREATE TABLE a (x INTEGER);\nINSERT INTO a VALUES (1), (1);\n")
    broken = write(
        "0002_second.sql",
        "-- transaction: none\nCREATE INDEX CONCURRENTLY IF NOT EXISTS a_x ON a (x);\n"
        "CREATE UNIQUE INDEX CONCURRENTLY a_unique ON a (x);\n",
    )
    with pytest.raises(StatementRefused, match=r"Step 0002_second\.sql failed, and can be run again"):
        migrate(empty)
    assert [row["version"] for row in record(empty) if row["store"] == "operational"] == [1]
    broken.write_text(broken.read_text().replace("CREATE UNIQUE INDEX", "DROP INDEX a_unique;\nCREATE INDEX"))
    assert names(migrate(empty)) == ["0002_second.sql"]
