"""Where a ClickHouse is, how a client of it is made, and what its errors mean."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError, ProgrammingError

from data_access.engines import said
from data_access.errors import (
    StatementRefused,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreUnavailable,
)

# What makes ClickHouse answer as the SQL standard, and therefore as the other engines, do.
ADAPTER_SETTINGS: Final[dict[str, Any]] = {
    "final": 1,  # the newest version of a row, and no removed one: here and nowhere else
    "join_use_nulls": 1,
    "group_by_use_nulls": 1,
    "aggregate_functions_null_for_empty": 1,
    "cast_keep_nullable": 1,
    "insert_null_as_default": 0,
    "prefer_column_name_to_alias": 1,
    "union_default_mode": "DISTINCT",
    "except_default_mode": "DISTINCT",
    "intersect_default_mode": "DISTINCT",
    "enable_extended_results_for_datetime_functions": 1,
    "decimal_check_overflow": 1,
    "session_timezone": "UTC",
    # Reading partition by partition is right where a row cannot move to another one: tables are partitioned by a date
    # of their key only.
    "do_not_merge_across_partitions_select_final": 1,
    # An index on what is not in the key finds the blocks of some version: those of the row's other versions come along.
    "use_skip_indexes_if_final": 1,
    "use_skip_indexes_if_final_exact_mode": 1,
    "insert_deduplicate": 1,
    # Of a cluster: an account's statement goes to its shard alone, a write has arrived when it returns, and a join with
    # rows of another table takes them along.
    "optimize_skip_unused_shards": 1,
    "distributed_foreground_insert": 1,
    "distributed_product_mode": "global",
}
_MEGABYTE: Final = 1_000_000
EMBEDDED_SETTINGS: Final[dict[str, Any]] = ADAPTER_SETTINGS | {
    # Embedded ClickHouse 26.5 now and then loses the wake-up between the threads of one query, and waits for ever.
    "max_threads": 1,
    # It shares the memory of the app's process, and knows no limit of its own: what is grouped or sorted goes to disk
    # from here on, and what is inserted is written in smaller parts.
    "max_bytes_before_external_group_by": 200 * _MEGABYTE,
    "max_bytes_before_external_sort": 200 * _MEGABYTE,
    "min_insert_block_size_rows": 262_144,
    "min_insert_block_size_bytes": 64 * _MEGABYTE,
}
_UNAVAILABLE: Final = frozenset({159, 202, 209, 210, 242, 279, 999})  # timeouts, too many queries, no replica or Keeper
_REFUSED_SIGN_IN: Final = frozenset({192, 193, 194, 516})
_MEMORY: Final = 241
_FULL: Final = frozenset({243, 425})
_NO_DATABASE: Final = 81
# Its warnings of a connection that broke hold the request's whole address, with the values of the statement.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
_WRITTEN: Final = (
    "WAREHOUSE_URL: ClickHouse is written clickhousedb://user:password@host:8123/database; in a password / is %2F, @ is"
    " %40, : is %3A, # is %23 and ? is %3F."
)
_SQL_ERROR: Final = re.compile(r"DB::Exception:\s*(.*?)(?:\s*\(version [^)]*\))?\s*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Address:
    """A parsed WAREHOUSE_URL. `shown` leaves the password out."""

    shown: str
    path: Path | None = None
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)
    database: str = "default"
    options: dict[str, str] = field(default_factory=dict)

    @property
    def embedded(self) -> bool:
        return self.path is not None

    @classmethod
    def of(cls, url: str) -> Address:
        """`clickhousedb://user:password@host:port/database?secure=true` or `chdb:///path?database=name`.

        Raises StoreError where it is neither.
        """
        try:
            parts = urlsplit(url)
        except ValueError:
            raise StoreError(_WRITTEN) from None
        options = dict(parse_qsl(parts.query))
        if parts.scheme == "chdb":
            if parts.netloc or len(parts.path) < 2:
                raise StoreError("WAREHOUSE_URL: chDB needs a folder: chdb:///path, or chdb:////path from the root.")
            path = Path(unquote(parts.path[1:]))
            return cls(f"chdb:///{path}", path=path, database=options.pop("database", "default"), options=options)
        # A password that is not encoded parts the address in a wrong place: what follows would be shown.
        if parts.scheme != "clickhousedb" or not parts.hostname or "@" in f"{parts.path}{parts.query}{parts.fragment}":
            raise StoreError(_WRITTEN)
        secure = options.get("secure", "").lower() in ("1", "true", "yes")
        try:
            port = parts.port or (8443 if secure else 8123)
        except ValueError:
            raise StoreError(_WRITTEN) from None  # its text holds what stands there
        database = unquote(parts.path.strip("/")) or options.pop("database", "default")
        return cls(
            f"clickhouse://{parts.hostname}:{port}/{database}",
            host=parts.hostname,
            port=port,
            user=options.pop("user", "") or unquote(parts.username or "default"),
            password=options.pop("password", "") or unquote(parts.password or ""),
            database=database,
            options=options,
        )


def open_client(address: Address) -> Client:
    """A client with the settings of ADAPTER_SETTINGS. Raises StoreUnavailable, StoreBusy, StoreFull, StoreError."""
    try:
        return _embedded(address) if address.path is not None else _server(address)
    except ImportError as error:
        raise StoreError("chDB is not installed: install the package chdb-core-lite, or use a server.") from error
    except ClickHouseError as error:
        raise translate(error, address.shown) from error


def _embedded(address: Address) -> Client:
    assert address.path is not None
    try:
        address.path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreFull(f"The folder {address.path} cannot be made: {error.strerror}. Set WAREHOUSE_URL.") from error
    try:
        client = clickhouse_connect.get_client(interface="chdb", path=str(address.path), settings=EMBEDDED_SETTINGS)
    except ProgrammingError as error:
        raise _not_opened(error, address.path) from error
    if address.database != "default":
        client.command(f"CREATE DATABASE IF NOT EXISTS `{address.database}`")
        client.database = address.database
    return client


def _not_opened(error: ProgrammingError, path: Path) -> StoreError:
    if "different path" in str(error):
        return StoreBusy(
            f"This process has another embedded ClickHouse open: {path} can be opened once that is closed."
        )
    if "Error initializing EmbeddedServer" in str(error):
        return StoreBusy(
            f"{path} cannot be opened: another process holds it, most likely the running app. Use the app's own"
            " buttons, or stop it and try again."
        )
    return translate(error, f"chdb:///{path}")


def _server(address: Address) -> Client:
    options: dict[str, Any] = dict(address.options)
    secure = options.pop("secure", "false").lower() in ("1", "true", "yes")

    def connect(database: str) -> Client:
        return clickhouse_connect.get_client(
            host=address.host,
            port=address.port,
            username=address.user,
            password=address.password,
            database=database,
            secure=secure,
            settings=ADAPTER_SETTINGS,
            autogenerate_session_id=False,  # one client for all threads: a session would run one query at a time
            connect_timeout=2,
            **options,
        )

    try:
        return connect(address.database)
    except ClickHouseError as error:
        if getattr(error, "code", None) != _NO_DATABASE:
            raise
    first = connect("default")
    try:
        first.command(f"CREATE DATABASE IF NOT EXISTS `{address.database}`")
    finally:
        first.close()
    return connect(address.database)


def transport_failed(error: ClickHouseError) -> bool:
    """Whether the connection broke, so that nobody knows if the statement ran."""
    return isinstance(error, OperationalError) and getattr(error, "code", None) is None


def translate(error: ClickHouseError, shown: str) -> StoreError:
    """The error as a sentence that says what to do."""
    code = getattr(error, "code", None)
    text = str(error)
    found = _SQL_ERROR.search(text)
    first = (found.group(1) if found else text).strip().splitlines()[0] if text.strip() else type(error).__name__
    if not transport_failed(error):
        first = said.of_statement(error, first)
    if code in _REFUSED_SIGN_IN:
        return StoreUnavailable(f"{shown} refuses the user or the password of WAREHOUSE_URL.")
    if code == _NO_DATABASE:
        return StoreUnavailable(f"{shown}: the database does not exist and could not be made. {first}")
    if code in _FULL:
        return StoreFull(f"ClickHouse cannot write to its disk: {first} Free some space, then try again.")
    if code == _MEMORY:
        return StatementRefused(f"A statement needs more memory than ClickHouse permits (max_memory_usage): {first}")
    if transport_failed(error):
        # The client's own text holds the whole address, with the values of the statement.
        return StoreUnavailable(
            f"{shown} does not answer: {_broken(error)}. Check that ClickHouse runs, then try again."
        )
    if code in _UNAVAILABLE:
        return StoreUnavailable(f"{shown} does not answer: {first} Check that ClickHouse runs, then try again.")
    return StatementRefused(f"The database refused a statement: {first}")


def _broken(error: BaseException) -> str:
    """What befell the connection, in the words of the system where it has some."""
    chain: list[BaseException] = [error]
    while (before := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(before)
    for found in chain:
        if isinstance(found, OSError) and found.strerror:
            return found.strerror[0].lower() + found.strerror[1:]
    if any(isinstance(found, TimeoutError) for found in chain):
        return "no answer came in time"
    return "the connection was closed amid a statement"
