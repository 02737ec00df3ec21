"""Versions of rows on ClickHouse: of two rows with one key the one with the greater version holds.

A version is the writer's clock, but never less than what any writer has taken before: a clock that was set back, or
another machine's slow one, would else write rows that lose against older ones. What is taken is noted in the database
before it is used, in blocks, so that a crash in between wastes versions and repeats none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import pyarrow as pa

from data_access import statements

# Taken at a time. A writer that begins right after another one is at most so far ahead of its clock.
BLOCK: Final = timedelta(seconds=10)
_STEP: Final = timedelta(microseconds=1)
_NEVER: Final = datetime.fromtimestamp(0, UTC)
_TAKEN, _TAKE, _TABLES, _GREATEST = (
    statements.load(f"versions/{name}", "clickhouse").single.text for name in ("taken", "take", "tables", "greatest")
)


class Writer(Protocol):
    """What versions need of a session that writes."""

    def query_text(self, sql: str, params: dict[str, datetime]) -> pa.Table: ...

    def change_text(self, sql: str, params: dict[str, datetime]) -> None: ...


class RowVersions:
    """The versions of this process. One account is written by one process at a time; others may write other ones."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._last = _NEVER
        self._upto = _NEVER
        self._tables_seen = False

    def next(self, writer: Writer, *, begins: bool) -> datetime:
        """A version greater than every one before it. `begins`: the session's first. Raises StoreError.

        At a session's beginning the database is asked what others have taken meanwhile, and at the process's first what
        its tables hold: rows of a backup, or of a program before versions were noted, bring versions along.
        """
        with self._guard:
            if begins:
                self._catch_up(writer)
            version = max(self._clock(), self._last + _STEP)
            if version > self._upto:
                writer.change_text(_TAKE, {"upto": version + BLOCK})
                self._upto = version + BLOCK
            self._last = version
            return version

    def pass_tables(self, writer: Writer) -> None:
        """Notes what the tables hold, which were filled from elsewhere: nobody takes less from now on."""
        with self._guard:
            self._tables_seen = False
        self.next(writer, begins=True)

    def _catch_up(self, writer: Writer) -> None:
        taken = _moment(writer, _TAKEN)
        if not self._tables_seen:
            taken = max([taken, *(_moment(writer, text) for text in _greatest(writer))])
            self._tables_seen = True
        if taken > self._upto:
            # Somebody else has taken them, and may have used them all.
            self._last, self._upto = max(self._last, taken), _NEVER


def _greatest(writer: Writer) -> list[str]:
    tables = writer.query_text(_TABLES, {}).to_pylist()
    return [_GREATEST.replace("the_table", t["table_name"]).replace("the_column", t["version_column"]) for t in tables]


def _moment(writer: Writer, text: str) -> datetime:
    found: datetime | None = writer.query_text(text, {})["upto"][0].as_py()
    return found or _NEVER
