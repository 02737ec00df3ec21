"""What every engine's adapter offers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa


class Session(Protocol):
    """Statements within one snapshot (read) or one transaction (write). Parameters are bound, never formatted in."""

    @property
    def dialect(self) -> str: ...

    def query(self, name: str, /, **params: Any) -> pa.Table:
        """Rows of the statement file `name` as Arrow."""

    def rows(self, name: str, /, **params: Any) -> list[dict[str, Any]]:
        """Rows as dictionaries, for small answers."""

    def one(self, name: str, /, **params: Any) -> dict[str, Any] | None:
        """The first row, or None."""

    def execute(self, name: str, /, **params: Any) -> int:
        """Runs every statement of the file; rows changed by the last one, -1 where the engine does not tell."""

    def stage(self, name: str, source: pa.Table | Sequence[Path]) -> None:
        """Makes a table of that name, seen by this session only, from Arrow or from Parquet files."""

    def query_text(self, sql: str, params: dict[str, Any], name: str = "") -> pa.Table:
        """Rows of a text in the engine's own placeholders: for `scoped` and `migrate`, which compose from SQL files.

        `name`: of the file that it comes from, for the log of slow statements.
        """

    def execute_text(self, sql: str) -> None:
        """Runs one statement as it is: for migrations."""


@runtime_checkable
class Keeps(Protocol):
    """A session that can keep a statement's rows beside it, without handing them out."""

    def keep(self, name: str, statement: str, /, **params: Any) -> int:
        """Makes a table of that name, seen by this session only, from the rows of a statement; how many there are."""


@runtime_checkable
class Apart(Protocol):
    """A session that copies rows together when it hands them out, and can leave that."""

    def query_apart(self, sql: str, params: dict[str, Any]) -> pa.Table:
        """As `Session.query_text`, each row a chunk of its own: for few rows of long lists."""


@runtime_checkable
class Versioned(Protocol):
    """A session of a database in which the newest version of a row holds."""

    def pass_versions(self) -> None:
        """The tables were filled with rows of another database: what is written from now on is newer than they are."""


class Store(Protocol):
    """One database."""

    @property
    def dialect(self) -> str: ...

    @property
    def url(self) -> str:
        """The address, without its password."""

    def read(self) -> AbstractContextManager[Session]:
        """A snapshot: all statements within see one state. Raises StoreError."""

    def write(self) -> AbstractContextManager[Session]:
        """A transaction: committed at the end, rolled back on an exception. Raises StoreError."""

    def close(self) -> None: ...


@runtime_checkable
class Counting(Protocol):
    """A store that nobody but this process writes."""

    @property
    def written(self) -> int:
        """How many transactions that may have changed something have ended so far."""


@runtime_checkable
class Unbundling(Protocol):
    """A store on which statements can run outside of a transaction, where some must."""

    def unbundled(self) -> AbstractContextManager[Session]:
        """Each statement commits by itself; one such session at a time, in whatever process. Raises StoreError."""


class Part(StrEnum):
    """The parts of the program that act with rights of their own, by the database's role for each."""

    READER = "analytics_reader"
    PERSONAL_READER = "pii_reader"
    LOADER = "etl_writer"
    PLANNER = "promo_planner"
    KEEPER = "access_keeper"


@runtime_checkable
class Walled(Protocol):
    """A store that can hold a session to the rights of one part, where its roles are installed; elsewhere the session
    has the rights of the login."""

    def read_as(self, part: Part, account: str) -> AbstractContextManager[Session]:
        """A snapshot with that part's rights, in which no rows of another account are there. Raises StoreError."""

    def write_as(self, part: Part) -> AbstractContextManager[Session]:
        """A transaction with that part's rights. Raises StoreError."""
