"""One TimescaleDB for the tests of this folder, of the current schema."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_access.engines import postgresql_rows
from data_access.engines.postgresql import PostgreSQLStore
from data_access.migrate import migrate
from data_access.stores import Stores, close_stores, open_stores
from settings import PROJECT_ROOT, Settings
from tests.availability import unavailable

PACKAGES = PROJECT_ROOT / ".timescaledb"


@pytest.fixture(scope="module")
def timescaledb_url() -> Iterator[str]:
    """The address of an empty database with the extension. It takes one connection at a time."""
    node = shutil.which("node")
    if node is None or not (PACKAGES / "node_modules").is_dir():
        unavailable("TimescaleDB is not installed (scripts/setup.sh dev, with Node.js)")
    program = Path(__file__).with_name("server.mjs")
    with subprocess.Popen([node, str(program), str(PACKAGES)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = json.loads(server.stdout.readline())["port"]
        yield f"postgresql+psycopg://postgres:any@127.0.0.1:{port}/template1?sslmode=disable"
        server.terminate()


def copied_without_copy(cursor: psycopg.Cursor[Any], name: str, source: pa.Table | Sequence[Path]) -> int:
    """What `copy_in` does, by small INSERTs: this server ends at COPY and at messages of several packets."""
    table = source if isinstance(source, pa.Table) else pq.read_table(list(source))
    columns = ", ".join(f"{postgresql_rows.quoted(f.name)} {postgresql_rows._declared(f)}" for f in table.schema)
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{name} CASCADE")
    cursor.execute(f"CREATE TEMP TABLE {name} ({columns}) ON COMMIT DROP")
    fill = f"INSERT INTO {name} SELECT * FROM json_populate_recordset(NULL::pg_temp.{name}, %s::json)"
    for batch in table.to_batches(max_chunksize=50):
        cursor.execute(fill, [json.dumps(batch.to_pylist(), default=str)])
    return table.num_rows


@pytest.fixture(scope="module", autouse=True)
def without_copy() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(postgresql_rows, "copy_in", copied_without_copy)
        yield


@pytest.fixture(scope="module")
def timescaledb(timescaledb_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """Migrated stores: TimescaleDB, and an embedded warehouse."""
    opened = PostgreSQLStore(timescaledb_url, pool_size=1)
    with opened.write() as session:
        session.execute_text("CREATE EXTENSION IF NOT EXISTS timescaledb")
    opened.close()
    folder = tmp_path_factory.mktemp("timescaledb")
    stores = open_stores(Settings(data_dir=folder, database_url=timescaledb_url, db_pool_size=1, db_idle_seconds=3600))
    migrate(stores)
    yield stores
    close_stores(stores)
