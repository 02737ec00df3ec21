"""PostgreSQL: a pool of connections, snapshots for reading, one writer at a time, COPY for what comes in bulk.

The pool is SQLAlchemy's: it parses the address, tries a connection before it hands it out and replaces one that has
died. Statements run on psycopg itself, which has COPY and hands columns over as they are.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import pyarrow as pa
import structlog
from psycopg.rows import dict_row
from psycopg.types.string import StrDumper
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from data_access import statements
from data_access.engines import postgresql_login, postgresql_rows, said
from data_access.engines.base import Part
from data_access.errors import (
    ConnectionLost,
    SaveUncertain,
    StatementRefused,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreUnavailable,
    TextRefused,
)

OLDEST: Final = 140000
LOG = structlog.get_logger(part="promolens.postgresql")
_IDENTIFIER: Final = re.compile(r"[A-Za-z_]\w*\Z")
# Of several writers, in whatever process, one at a time works: numbers of the work list become visible in their order.
_WRITERS: Final = 7_460_113
_RUNNERS: Final = 7_460_114
_BEGIN_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN_WRITE: Final = f"BEGIN; SELECT pg_advisory_xact_lock({_WRITERS})"
_SETUP: Final = (
    "SET TIME ZONE 'UTC'; SET application_name = 'promolens'; SET jit = off; SET temp_buffers = '32MB';"
    " SET client_min_messages = warning; SET idle_session_timeout = {idle};"
    # Where TimescaleDB is: what it permits by itself is less than a merge or retention has to change in old events.
    " SELECT set_config(name, '0', false) FROM pg_settings"
    " WHERE name = 'timescaledb.max_tuples_decompressed_per_dml_transaction'"
)
_TRY_RUNNERS: Final = f"SELECT pg_try_advisory_lock({_RUNNERS})"
_FREE_RUNNERS: Final = f"RESET ROLE; SELECT pg_advisory_unlock({_RUNNERS})"

Connection = psycopg.Connection[Any]
Cursor = psycopg.Cursor[Any]


class PostgreSQLSession:
    """Statements on one connection, within one transaction."""

    dialect = "postgresql"

    def __init__(
        self,
        connection: Connection,
        slow_seconds: float = 0,
        anew: Callable[[], Connection] | None = None,
        viewed: frozenset[str] = frozenset(),
    ) -> None:
        self.viewed = viewed
        self._connection = connection
        self._slow_seconds = slow_seconds
        self._anew = anew

    def query(self, name: str, /, **params: Any) -> pa.Table:
        part = statements.load(name, self.dialect).single
        return self._arrow(part.text, {key: params[key] for key in part.names}, name)

    def rows(self, name: str, /, **params: Any) -> list[dict[str, Any]]:
        part = statements.load(name, self.dialect).single
        cursor = self._run(part.text, {key: params[key] for key in part.names}, name, _of_dicts)
        with _translated():
            return list(cursor.fetchall())

    def one(self, name: str, /, **params: Any) -> dict[str, Any] | None:
        found = self.rows(name, **params)
        return found[0] if found else None

    def execute(self, name: str, /, **params: Any) -> int:
        changed = -1
        for part in statements.load(name, self.dialect).parts:
            changed = self._run(part.text, {key: params[key] for key in part.names}, name).rowcount
        return changed

    def stage(self, name: str, source: pa.Table | Sequence[Path]) -> None:
        _require_plain(name)
        started = time.perf_counter()
        self._anew = None
        with _translated(), self._connection.cursor() as cursor:
            rows = postgresql_rows.copy_in(cursor, name, source)
        self._tell_slow(f"stage {name}", started, rows)

    def query_text(self, sql: str, params: dict[str, Any], name: str = "") -> pa.Table:
        return self._arrow(sql, params, name)

    def execute_text(self, sql: str) -> None:
        self._run(sql, None, "")

    def _arrow(self, sql: str, params: dict[str, Any], name: str) -> pa.Table:
        cursor = self._run(sql, params, name, postgresql_rows.columns_cursor)
        with _translated():
            return postgresql_rows.arrow(cursor)

    def _run(
        self,
        sql: str,
        params: dict[str, Any] | None,
        name: str,
        make: Callable[[Connection], Cursor] = Connection.cursor,
    ) -> Cursor:
        started = time.perf_counter()
        anew, self._anew = self._anew, None
        try:
            cursor = make(self._connection)
            cursor.execute(sql, params)
        except psycopg.Error as error:
            if anew is None or not _lost(self._connection, error):
                raise translate(error) from error
            # Nothing was read or written in this transaction yet: it begins anew on another connection.
            self._connection = anew()
            return self._run(sql, params, name, make)
        except UnicodeEncodeError as error:
            raise TextRefused from error
        self._tell_slow(name, started, cursor.rowcount)
        return cursor

    def _tell_slow(self, name: str, started: float, rows: int) -> None:
        seconds = time.perf_counter() - started
        if self._slow_seconds and seconds >= self._slow_seconds:
            LOG.warning("slow statement", statement=name or "composed", milliseconds=round(seconds * 1000), rows=rows)


def _require_plain(name: str) -> None:
    if not _IDENTIFIER.match(name):
        raise ValueError(f"not a table name: {name!r}")


def _of_dicts(connection: Connection) -> Cursor:
    cursor = connection.cursor(row_factory=dict_row)
    cursor.adapters.register_loader("json", postgresql_rows.PlainJson)
    cursor.adapters.register_loader("jsonb", postgresql_rows.PlainJson)
    return cursor


class PostgreSQLStore:
    """A PostgreSQL database, of version 14 or newer."""

    dialect = "postgresql"

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 20,
        idle_seconds: int = 30,
        connect_timeout: int = 2,
        pool_wait_seconds: float = 10,
        slow_ms: int = 1000,
    ) -> None:
        """Connects once, to tell early what is wrong. Raises StoreUnavailable, StoreError."""
        try:
            address = make_url(url)
        except (ArgumentError, ValueError) as error:
            raise StoreError(
                "DATABASE_URL is no address of a PostgreSQL database: postgresql+psycopg://user:password@host:5432/name"
            ) from error
        query = {key: value for key, value in address.query.items() if key != "password"}
        shown = address.set(query=query)._replace(username=None, password=None)
        self.url = shown.render_as_string(hide_password=True)
        self._place = f"{address.host or address.query.get('host') or 'localhost'}:{address.port or 5432}"
        self._slow_seconds = slow_ms / 1000
        self._closed = False
        self._pool_size = pool_size
        self._engine = create_engine(
            address,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=pool_wait_seconds,
            pool_pre_ping=True,
            pool_use_lifo=True,
            use_native_hstore=False,
            connect_args={"connect_timeout": connect_timeout},
        )
        setup = _SETUP.format(idle=idle_seconds * 1000)

        @event.listens_for(self._engine, "connect", insert=True)
        def prepare(connection: Connection, record: ConnectionPoolEntry) -> None:
            connection.autocommit = True
            # A text is one wherever it stands: the server need not guess, twice differently, from its places.
            connection.adapters.register_dumper(str, StrDumper)
            if connection.info.server_version < OLDEST:
                raise StoreUnavailable(
                    f"PostgreSQL at {self._place} is of version {connection.info.server_version // 10000}."
                    " Version 14 or newer is needed."
                )
            connection.execute(setup)
            record.info["login"] = postgresql_login.login_of(connection)

        try:
            with self._connected():
                pass
        except StoreError:
            self._engine.dispose()
            raise

    @contextmanager
    def read(self) -> Iterator[PostgreSQLSession]:
        with self._session(_BEGIN_READ) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[PostgreSQLSession]:
        with self._session(_BEGIN_WRITE) as session:
            yield session

    @contextmanager
    def read_as(self, part: Part, account: str) -> Iterator[PostgreSQLSession]:
        with self._session(_BEGIN_READ, part, account) as session:
            yield session

    @contextmanager
    def write_as(self, part: Part) -> Iterator[PostgreSQLSession]:
        with self._session(_BEGIN_WRITE, part) as session:
            yield session

    @contextmanager
    def unbundled(self) -> Iterator[PostgreSQLSession]:
        """Each statement commits by itself, as CREATE INDEX CONCURRENTLY must; one such session at a time.

        Raises StoreError.
        """
        with self._connected() as lease:
            # A session that waits for a lock within a statement would make a concurrent index wait for it: it asks.
            with _translated():
                while not _answer(lease.connection, _TRY_RUNNERS):
                    time.sleep(0.05)
            try:
                with _translated():
                    postgresql_login.act_unbundled(lease.connection, lease.login)
                yield PostgreSQLSession(lease.connection, self._slow_seconds)
            finally:
                if not lease.connection.closed:
                    with _translated():
                        lease.connection.execute(_FREE_RUNNERS)

    def close(self) -> None:
        self._closed = True
        self._engine.dispose()

    @contextmanager
    def _session(self, begin: str, part: Part | None = None, account: str = "") -> Iterator[PostgreSQLSession]:
        with self._connected() as lease:

            def opened() -> Connection:
                with _translated():
                    lease.connection.execute(begin)
                    postgresql_login.act(lease.connection, lease.login, part, account)
                return lease.connection

            def anew() -> Connection:
                lease.replace()
                return opened()

            opened()

            try:
                viewed = lease.login.viewed if part in lease.login.parts else frozenset()
                yield PostgreSQLSession(lease.connection, self._slow_seconds, anew, viewed)
            except BaseException:
                _rollback(lease.connection)
                raise
            self._commit(lease.connection, begin == _BEGIN_WRITE)

    def _commit(self, connection: Connection, write: bool) -> None:
        try:
            if write:
                # What a session made for itself ends with it, and does not wait in the pool for the next one.
                connection.execute("DISCARD TEMP")
            connection.execute("COMMIT")
        except psycopg.Error as error:
            if write and _lost(connection, error):
                raise SaveUncertain(
                    "The connection to the database was lost while a change was being saved. Look whether it is there"
                    " before you repeat it."
                ) from error
            _rollback(connection)
            raise translate(error) from error

    @contextmanager
    def _connected(self) -> Iterator[_Lease]:
        lease = _Lease(self._checkout)
        try:
            yield lease
        finally:
            lease.give_back()

    def _checkout(self) -> PoolProxiedConnection:
        if self._closed:
            raise StoreUnavailable("The connection to PostgreSQL is closed.")
        try:
            return self._engine.raw_connection()
        except PoolTimeout as error:
            raise StoreBusy(
                f"All {self._pool_size} connections to PostgreSQL are in use. Try again in a moment, or raise"
                " DB_POOL_SIZE."
            ) from error
        except psycopg.Error as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: psycopg.Error) -> StoreError:
        text = " ".join(str(error).split())
        if "password authentication failed" in text or ("role" in text and "does not exist" in text):
            return StoreUnavailable(f"PostgreSQL at {self._place} refuses the user of DATABASE_URL: {text}")
        if "database" in text and "does not exist" in text:
            return StoreUnavailable(f"PostgreSQL at {self._place} has no such database. Create it first: {text}")
        if ("too many" in text and "connections" in text) or "remaining connection slots" in text:
            return StoreBusy(f"PostgreSQL at {self._place} takes no more connections. Lower DB_POOL_SIZE: {text}")
        return StoreUnavailable(
            f"PostgreSQL at {self._place} does not answer. Check that it runs and that DATABASE_URL names it: {text}"
        )


class _Lease:
    """A connection out of the pool, which may be replaced by another one."""

    def __init__(self, checkout: Callable[[], PoolProxiedConnection]) -> None:
        self._checkout = checkout
        self._proxied = checkout()

    @property
    def connection(self) -> Connection:
        found = self._proxied.driver_connection
        assert isinstance(found, psycopg.Connection)
        return found

    @property
    def login(self) -> postgresql_login.Login:
        found = self._proxied.info["login"]
        assert isinstance(found, postgresql_login.Login)
        return found

    def replace(self) -> None:
        self._proxied.invalidate()
        self._proxied = self._checkout()

    def give_back(self) -> None:
        if self._proxied.is_valid and self.connection.closed:
            self._proxied.invalidate()
        self._proxied.close()


def _answer(connection: Connection, sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    return row[0] if row else None


def _rollback(connection: Connection) -> None:
    if connection.closed:
        return
    try:
        connection.execute("ROLLBACK")
    except psycopg.Error as error:
        # A connection on which not even this works is of no use to the next session.
        connection.close()
        if not _lost(connection, error):
            raise translate(error) from error


def _lost(connection: Connection, error: psycopg.Error) -> bool:
    return connection.closed or (error.sqlstate or "").startswith(("08", "57P0"))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise translate(error) from error


def translate(error: psycopg.Error) -> StoreError:
    """What a driver's error means for the person, without any value of a statement."""
    state = error.sqlstate or ""
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    # Class 22 tells of a value, and quotes it; the row that breaks a constraint (23) stands in the lines below.
    first = said.of_values(error, first) if state.startswith("22") else said.of_names(error, first)
    if state.startswith(("08", "57P0")) or (not state and isinstance(error, psycopg.OperationalError)):
        return ConnectionLost("The connection to the database was lost. Try again in a moment.")
    if state in {"53100", "58030"}:
        return StoreFull(f"The database cannot write to its disk: {first} Free some space, then try again.")
    if state == "53200":
        return StatementRefused(f"The database has not enough memory for a statement: {first}")
    if state == "53300":
        return StoreBusy(f"PostgreSQL takes no more connections. Lower DB_POOL_SIZE: {first}")
    if state == "25006" and "recovery" in first:
        return StoreFull(f"This PostgreSQL server takes no changes, it is a copy of another one: {first}")
    if not state and "NUL" in first:
        return TextRefused()
    if state in {"40001", "40P01", "55P03", "57014"}:
        return StoreBusy(f"The database ended a statement in favour of another one: {first}. Try again.")
    if state == "42501":
        return StatementRefused(f"The database user lacks a right: {first}")
    return StatementRefused(f"The database refused a statement: {first}")
