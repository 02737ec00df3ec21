"""The embedded default: one read-write connection a process and file, a cursor a session, one writer at a time."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from data_access import statements
from data_access.engines import said
from data_access.errors import (
    StatementRefused,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreUnavailable,
    TextRefused,
    is_halved,
)

_FULL = re.compile(
    r"no space left|disk full|out of disk|read-only file system|permission denied|file too large|quota exceeded",
    re.IGNORECASE,
)
_DAMAGED = re.compile(r"corrupt (database|wal) file|could not read enough bytes from file", re.IGNORECASE)
_LOCKED = re.compile(r"could not set lock|being used by another process|conflicting lock", re.IGNORECASE)
# What tells of a value quotes it.
_OF_VALUES = (
    duckdb.ConversionException,
    duckdb.ConstraintException,
    duckdb.InvalidInputException,
    duckdb.OutOfRangeException,
    duckdb.TypeMismatchException,
)
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*\Z")
# A scan of an Arrow table costs over a millisecond however short it is: short ones become tables, by bound lists.
_SHORT = 500
_LISTS = {
    pa.string(): "VARCHAR[]",
    pa.date32(): "DATE[]",
    pa.int64(): "BIGINT[]",
    pa.bool_(): "BOOLEAN[]",
    pa.timestamp("us", "UTC"): "TIMESTAMPTZ[]",
}


class DuckDBSession:
    """Statements on one cursor."""

    dialect = "duckdb"

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self._staged: dict[str, str] = {}

    def query(self, name: str, /, **params: Any) -> pa.Table:
        part = statements.load(name, self.dialect).single
        return self.query_text(part.text, {key: params[key] for key in part.names})

    def rows(self, name: str, /, **params: Any) -> list[dict[str, Any]]:
        part = statements.load(name, self.dialect).single
        found = self._run(part.text, {key: params[key] for key in part.names})
        columns = [column[0] for column in found.description or []]
        return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]

    def one(self, name: str, /, **params: Any) -> dict[str, Any] | None:
        found = self.rows(name, **params)
        return found[0] if found else None

    def execute(self, name: str, /, **params: Any) -> int:
        changed = -1
        for part in statements.load(name, self.dialect).parts:
            done = self._run(part.text, {key: params[key] for key in part.names})
            row = done.fetchone() if done.description else None
            changed = row[0] if row is not None and isinstance(row[0], int) else -1
        return changed

    def stage(self, name: str, source: pa.Table | Sequence[Path]) -> None:
        if isinstance(source, pa.Table):
            if source.num_rows <= _SHORT and all(
                field.type in _LISTS and _IDENTIFIER.match(field.name) for field in source.schema
            ):
                self._stage_short(name, source)
                return
            self._make_room(name, "VIEW")
            self._cursor.register(name, source)
            return
        self._make_room(name, "VIEW")
        files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in source)
        # A view's definition cannot take bound values: the name is checked above, the paths are quoted.
        self._run(f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT * FROM read_parquet([{files}])", {})  # noqa: S608

    def keep(self, name: str, statement: str, /, **params: Any) -> int:
        """Makes a table of that name, seen by this session only, from the rows of a statement; how many there are."""
        part = statements.load(statement, self.dialect).single
        self._make_room(name, "TABLE")
        made = self._run(
            f"CREATE OR REPLACE TEMP TABLE {name} AS {part.text}", {key: params[key] for key in part.names}
        )
        return int((made.fetchone() or (0,))[0])

    def _stage_short(self, name: str, source: pa.Table) -> None:
        self._make_room(name, "TABLE")
        columns = ", ".join(
            f'unnest(CAST($c{place} AS {_LISTS[field.type]})) AS "{field.name}"'
            for place, field in enumerate(source.schema)
        )
        # Names are checked, values are bound.
        bound = {f"c{place}": column.to_pylist() for place, column in enumerate(source.columns)}
        self._run(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {columns}", bound)

    def _make_room(self, name: str, kind: str) -> None:
        """A name holds a view or a table: what it held as the other goes."""
        if not _IDENTIFIER.match(name):
            raise ValueError(f"not a table name: {name!r}")
        before = self._staged.get(name, kind)
        if before != kind:
            self._run(f"DROP {before} {name}", {})
        self._staged[name] = kind

    def query_text(self, sql: str, params: dict[str, Any], name: str = "") -> pa.Table:  # noqa: ARG002 - no slow log
        found = self._run(sql, params).to_arrow_table()
        assert isinstance(found, pa.Table)
        return found

    def query_apart(self, sql: str, params: dict[str, Any]) -> pa.Table:
        """As `query_text`, each row a chunk of its own: lists of several rows are copied as often as a list grows."""
        return self._run(sql, params).to_arrow_reader(1).read_all()

    def execute_text(self, sql: str) -> None:
        self._run(sql, {})

    def _run(self, sql: str, params: dict[str, Any]) -> duckdb.DuckDBPyConnection:
        try:
            return self._cursor.execute(sql, params or None)
        except duckdb.Error as error:
            raise _translate(error) from error
        except RuntimeError as error:
            # The driver cannot say which value it is.
            if is_halved(params):
                raise TextRefused from error
            raise


class DuckDBStore:
    """One DuckDB file, owned by this process while it is open."""

    dialect = "duckdb"

    def __init__(self, path: Path, *, memory_limit: str = "4GB", threads: int = 0) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._written = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreFull(f"The folder {path.parent} cannot be made: {error.strerror}. Set DATA_DIR.") from error
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory_limit,
            "temp_directory": str(path.parent / "tmp"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            # zstd for the long JSON columns: a third of the size, and less work than looking for the best scheme.
            "storage_compatibility_version": "v1.2.0",
            # A bulk load writes its row groups straight to the file; a low threshold would rewrite the rest each time.
            "checkpoint_threshold": "256MB",
        }
        if threads:
            self._config["threads"] = threads
        self._connection = self._opened()

    @property
    def url(self) -> str:
        return f"duckdb:///{self.path}"

    @property
    def written(self) -> int:
        """How many writing transactions have ended: the file is locked, so that no other process has any."""
        return self._written

    @contextmanager
    def read(self) -> Iterator[DuckDBSession]:
        with self._session("BEGIN TRANSACTION READ ONLY") as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[DuckDBSession]:
        with self._lock:
            try:
                with self._session("BEGIN TRANSACTION") as session:
                    yield session
            finally:
                self._written += 1

    @contextmanager
    def unbundled(self) -> Iterator[DuckDBSession]:
        """Each statement commits by itself, as CHECKPOINT must; no writer of this process works meanwhile."""
        with self._lock:
            cursor = self._cursor()
            try:
                yield DuckDBSession(cursor)
            finally:
                cursor.close()
                self._written += 1

    @contextmanager
    def limited(self, memory: str) -> Iterator[None]:
        """Works with less memory than the settings permit, and more on disk, for as long as the block lasts."""
        before = self._connection.execute("SELECT current_setting('memory_limit')").fetchone()
        assert before is not None
        self._connection.execute(f"SET GLOBAL memory_limit = '{memory}'")
        try:
            yield
        finally:
            self._connection.execute(f"SET GLOBAL memory_limit = '{before[0]}'")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _opened(self) -> duckdb.DuckDBPyConnection:
        try:
            connection = duckdb.connect(str(self.path), config=self._config)
            connection.execute("SET GLOBAL TimeZone = 'UTC'")
        except duckdb.Error as error:
            raise _opening(error, self.path) from error
        return connection

    def _cursor(self, begin: str = "") -> duckdb.DuckDBPyConnection:
        connection = self._connection
        try:
            return _begun(connection, begin)
        except duckdb.FatalException:
            self._open_anew(connection)
        except duckdb.Error as error:
            raise _translate(error) from error
        try:
            return _begun(self._connection, begin)
        except duckdb.Error as error:
            raise _translate(error) from error

    def _open_anew(self, invalid: duckdb.DuckDBPyConnection) -> None:
        """After a fatal error the engine refuses every statement until nobody uses it: then the file is read anew."""
        with self._lock:
            if self._connection is invalid:
                invalid.close()
                self._connection = self._opened()

    @contextmanager
    def _session(self, begin: str) -> Iterator[DuckDBSession]:
        cursor = self._cursor(begin)
        try:
            yield DuckDBSession(cursor)
            cursor.execute("COMMIT")
        except duckdb.Error as error:
            _rollback(cursor)
            raise _translate(error) from error
        except BaseException:
            _rollback(cursor)
            raise
        finally:
            cursor.close()


@contextmanager
def scratch(file: Path | None = None, *, memory_limit: str = "") -> Iterator[DuckDBSession]:
    """A session of an engine of its own, for what is compared or computed beside any store.

    In memory, or in a file that is not there yet, with as much memory as `memory_limit` says and the rest on disk.
    """
    config: dict[str, str | bool | int | float | list[str]] = {}
    if file is not None:
        config = {"memory_limit": memory_limit, "temp_directory": str(file.parent), "preserve_insertion_order": False}
    connection = duckdb.connect(str(file) if file else ":memory:", config=config)
    try:
        connection.execute("SET TimeZone = 'UTC'")
        yield DuckDBSession(connection.cursor())
    finally:
        connection.close()


def _begun(connection: duckdb.DuckDBPyConnection, begin: str) -> duckdb.DuckDBPyConnection:
    cursor = connection.cursor()
    cursor.execute(begin or "SELECT 1")
    return cursor


def _rollback(cursor: duckdb.DuckDBPyConnection) -> None:
    # A failed COMMIT has ended the transaction already: there is nothing left to roll back then.
    try:
        cursor.execute("ROLLBACK")
    except duckdb.TransactionException:
        return
    except duckdb.Error as error:
        raise _translate(error) from error


def _translate(error: duckdb.Error) -> StoreError:
    text = str(error)
    first = text.splitlines()[0] if text else type(error).__name__
    first = said.of_values(error, first) if isinstance(error, _OF_VALUES) else said.of_names(error, first)
    if isinstance(error, duckdb.IOException | duckdb.FatalException | duckdb.TransactionException) and _FULL.search(
        text
    ):
        return StoreFull(f"The database cannot write to the disk: {first} Free some space, then try again.")
    if isinstance(error, duckdb.IOException | duckdb.FatalException) and _DAMAGED.search(text):
        return StoreDamaged(
            f"The database file is damaged: {first} Stop the app, then put the newest backup in its place: promolens"
            " restore --replace"
        )
    if isinstance(error, duckdb.ConnectionException | duckdb.FatalException):
        return StoreUnavailable(f"The embedded database is closed: {first}")
    if isinstance(error, duckdb.OutOfMemoryException):
        return StatementRefused(f"The database needs more memory than DUCKDB_MEMORY_LIMIT permits: {first}")
    return StatementRefused(f"The database refused a statement: {first}")


def _opening(error: duckdb.Error, path: Path) -> StoreError:
    text = str(error)
    if _LOCKED.search(text):
        holder = re.search(r"PID (\d+)", text)
        who = f"process {holder.group(1)}" if holder else "another process"
        return StoreBusy(
            f"{path} is in use by {who}, most likely the running app. Use the app's own buttons, or stop it and try"
            " again."
        )
    if _FULL.search(text):
        return StoreFull(f"{path} cannot be opened for writing: {text.splitlines()[0]}")
    return StoreDamaged(
        f"{path} cannot be read as a database: {text.splitlines()[0]} "
        "Set the file aside and restore the last backup, or sync again into a new one."
    )
