"""ClickHouse as the warehouse: a server or cluster over HTTP, or embedded (chDB) in a folder.

There are no transactions: every statement commits by itself. A row is replaced by a newer version and removed by one
with `is_deleted = 1`; `final = 1`, set here and nowhere else, makes every query see the newest version only. What a
reader must not see half done is guarded by the account's `publishing` mark, see `data_access.cache`.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import pyarrow as pa
import structlog
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from data_access import statements
from data_access.engines import clickhouse_arrow as arrow
from data_access.engines.clickhouse_connection import (
    ADAPTER_SETTINGS,
    Address,
    open_client,
    translate,
    transport_failed,
)
from data_access.engines.clickhouse_templates import fill_in
from data_access.engines.clickhouse_versions import RowVersions
from data_access.errors import StatementRefused, StoreUnavailable, TextRefused, is_halved

__all__ = ["ADAPTER_SETTINGS", "ClickHouseSession", "ClickHouseStore"]

VERSION: Final = "row_version"
_READING: Final = ("select", "with", "explain", "show", "describe", "exists")
_log = structlog.get_logger(__name__)
T = TypeVar("T")


class ClickHouseSession:
    """Statements of one reader or writer, with temporary tables of its own."""

    dialect = "clickhouse"

    def __init__(self, store: ClickHouseStore, client: Client, *, writes: bool) -> None:
        self._store = store
        self._client = client
        self._writes = writes
        self._http_session: dict[str, str] = {}
        self._staged = False
        self._has_version = False

    def query(self, name: str, /, **params: Any) -> pa.Table:
        part = statements.load(name, self.dialect).single
        return self._arrow(part.text, {key: params[key] for key in part.names}, name)

    def rows(self, name: str, /, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.query(name, **params).to_pylist()
        return found

    def one(self, name: str, /, **params: Any) -> dict[str, Any] | None:
        found = self.rows(name, **params)
        return found[0] if found else None

    def execute(self, name: str, /, **params: Any) -> int:
        """Runs every statement of the file; one that names `:row_version` gets a version newer than any before."""
        changed = -1
        for part in statements.load(name, self.dialect).parts:
            given = params | ({VERSION: self._next_version()} if VERSION in part.names else {})
            changed = self._command(
                fill_in(part.text, self._store.cluster), {key: given[key] for key in part.names}, name
            )
        return changed

    def _next_version(self) -> datetime:
        version = self._store.versions.next(self, begins=not self._has_version)
        self._has_version = True
        return version

    def pass_versions(self) -> None:
        self._store.versions.pass_tables(self)

    def stage(self, name: str, source: pa.Table | Sequence[Path]) -> None:
        if not arrow.IDENTIFIER.match(name):
            raise ValueError(f"not a table name: {name!r}")
        self._keep_session()
        table = arrow.read(source)
        columns = ", ".join(f"`{field.name}` {arrow.column_type(field.type)}" for field in table.schema)
        self._command(f"DROP TEMPORARY TABLE IF EXISTS {name}", {}, "stage")
        self._command(f"CREATE TEMPORARY TABLE {name} ({columns}) ENGINE = Memory", {}, "stage")
        for block in arrow.blocks(table):
            self._run(
                lambda block=block: self._client.insert_arrow(  # type: ignore[misc]
                    name, block, settings=self._http_session | {"date_time_overflow_behavior": "saturate"}
                ),
                f"stage {name}",
            )

    def query_text(self, sql: str, params: dict[str, Any], name: str = "") -> pa.Table:
        return self._arrow(sql, params, name or "composed")

    def keep(self, name: str, statement: str, /, **params: Any) -> int:
        """Makes a table of that name, seen by this session only, from the rows of a statement; how many there are."""
        if not arrow.IDENTIFIER.match(name):
            raise ValueError(f"not a table name: {name!r}")
        part = statements.load(statement, self.dialect).single
        self._keep_session()
        self._command(f"DROP TEMPORARY TABLE IF EXISTS {name}", {}, "stage")
        text = f"CREATE TEMPORARY TABLE {name} ENGINE = Memory AS {part.text}"
        self._command(text, {key: params[key] for key in part.names}, statement)
        return int(self._arrow(f"SELECT count(*) AS n FROM {name}", {}, "stage")["n"][0].as_py())  # noqa: S608

    def execute_text(self, sql: str) -> None:
        """Runs one statement. Of a template, the cluster's clauses are filled in; what is empty then is left out."""
        text = fill_in(sql, self._store.cluster)
        if text.strip():
            self._command(text, {}, "text")

    def change_text(self, sql: str, params: dict[str, datetime]) -> None:
        """Runs one statement with its values: for the versions of rows."""
        self._command(sql, params, "versions")

    def forget_staged(self) -> None:
        """Drops the session's temporary tables, so that the next one on this connection begins with none."""
        if not self._staged:
            return
        for row in self._arrow("SELECT name FROM system.tables WHERE is_temporary", {}, "staged").to_pylist():
            self._client.command(f"DROP TEMPORARY TABLE IF EXISTS {row['name']}", settings=self._http_session)

    def _keep_session(self) -> None:
        """Temporary tables live in a session of the server's; a session that stages nothing needs none."""
        self._staged = True
        if not self._store.embedded and not self._http_session:
            self._http_session = {"session_id": uuid.uuid4().hex, "session_timeout": "3600"}

    def _arrow(self, sql: str, params: Mapping[str, Any], name: str) -> pa.Table:
        if not _bare_start(sql).startswith(_READING):
            raise StatementRefused("The database refused a statement: a query must not change anything.")
        found = self._run(
            lambda: self._client.query_arrow(
                sql, parameters=dict(params) or None, settings=self._http_session or None, use_strings=True
            ),
            name,
            again=True,
            given=params,
        )
        return arrow.plain(found)

    def _command(self, sql: str, params: Mapping[str, Any], name: str) -> int:
        if not self._writes and name != "stage":
            raise StatementRefused("The database refused a statement: this session only reads.")
        start = _bare_start(sql)
        if "temporary" in start.split("as", 1)[0] or "temp table" in start[:40]:
            self._keep_session()
        settings = dict(self._http_session)
        if start.startswith("insert"):
            settings["insert_deduplication_token"] = uuid.uuid4().hex

        def send() -> Any:
            return self._client.command(sql, parameters=dict(params) or None, settings=settings or None)

        # An insert that the server may or may not have taken is sent again under its token: it is taken once.
        done = self._run(send, name, again=start.startswith("insert"), given=params)
        written = getattr(done, "written_rows", -1)
        return int(written) if start.startswith("insert") else -1

    def _run(
        self, send: Callable[[], T], name: str, *, again: bool = False, given: Mapping[str, Any] | None = None
    ) -> T:
        started = time.monotonic()
        try:
            try:
                return send()
            except ClickHouseError as error:
                if not again or not transport_failed(error):
                    raise
                return send()
        except (ClickHouseError, UnicodeEncodeError) as error:
            if is_halved(given):
                raise TextRefused from error
            if isinstance(error, UnicodeEncodeError):
                raise
            raise translate(error, self._store.url) from error
        finally:
            self._store.note_duration(name, time.monotonic() - started)


class ClickHouseStore:
    """A warehouse on ClickHouse. Reads run side by side; one writer a process."""

    dialect = "clickhouse"

    def __init__(self, url: str, *, slow_query_seconds: float = 0.0, cluster: str = "") -> None:
        self._address = Address.of(url)
        self.embedded = self._address.embedded
        self.cluster = cluster
        self._slow = slow_query_seconds
        self._writing = threading.RLock()
        self._guard = threading.Lock()
        self._closed = False
        self.versions = RowVersions()
        # A server's client serves all threads; an embedded one runs a statement at a time, so there are several.
        self._idle: list[Client] = [open_client(self._address)]
        self._all: list[Client] = list(self._idle)

    @property
    def url(self) -> str:
        return self._address.shown

    @contextmanager
    def read(self) -> Iterator[ClickHouseSession]:
        """Statements that change nothing. Each sees the newest state: several do not see one and the same."""
        with self._session(writes=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[ClickHouseSession]:
        """Statements that each commit by themselves: what ran before an exception stays, and must bear a repetition."""
        with self._writing, self._session(writes=True) as session:
            yield session

    def close(self) -> None:
        with self._writing, self._guard:
            self._closed = True
            for client in self._all:
                client.close()
            self._all.clear()
            self._idle.clear()

    def note_duration(self, name: str, seconds: float) -> None:
        """Logs a statement that took longer than the threshold."""
        if self._slow and seconds >= self._slow:
            _log.warning("slow statement", statement=name, milliseconds=round(seconds * 1000), store=self.dialect)

    @contextmanager
    def _session(self, *, writes: bool) -> Iterator[ClickHouseSession]:
        client = self._take()
        session = ClickHouseSession(self, client, writes=writes)
        try:
            yield session
        finally:
            self._give_back(session, client)

    def _take(self) -> Client:
        with self._guard:
            if self._closed:
                raise StoreUnavailable("The warehouse is closed. Start the app, or the command, again.")
            if not self.embedded:
                return self._idle[0]
            if self._idle:
                return self._idle.pop()
        client = open_client(self._address)
        with self._guard:
            self._all.append(client)
        return client

    def _give_back(self, session: ClickHouseSession, client: Client) -> None:
        if self._closed:
            return
        try:
            session.forget_staged()
        except (ClickHouseError, StoreUnavailable) as error:
            # The server forgets a session's tables by itself; the caller's own error must not be hidden by this one.
            _log.warning("temporary tables were not dropped", error=type(error).__name__, store=self.dialect)
            if self.embedded:
                return
        if self.embedded:
            with self._guard:
                if not self._closed:
                    self._idle.append(client)


def _bare_start(sql: str) -> str:
    """The statement's first words in small letters, without leading comments."""
    lines = sql.lstrip().splitlines()
    while lines and (lines[0].lstrip().startswith("--") or not lines[0].strip()):
        lines.pop(0)
    return " ".join(" ".join(lines[:3]).split()).lower().lstrip("( ")
