"""What can go wrong with a store, said so that the person knows what to do."""

from __future__ import annotations

from collections.abc import Mapping


class StoreError(Exception):
    """A store cannot be used. `str()` says what happened and what to do."""


class StoreUnavailable(StoreError):
    """The database does not answer."""


class ConnectionLost(StoreUnavailable):
    """The connection broke in the middle; nothing of the transaction was kept."""


class SaveUncertain(StoreUnavailable):
    """The connection broke while a transaction was being committed: it may have been kept, or not."""


class StoreBusy(StoreError):
    """Another process holds the embedded database file, or a server has no connection to spare."""


class StoreDamaged(StoreError):
    """The embedded database file cannot be read."""


class StoreFull(StoreError):
    """The disk is full, or the file is read-only."""


class StatementRefused(StoreError):
    """The database refused a statement: a broken constraint, a value that does not fit, not enough memory."""


class TextRefused(StatementRefused):
    """A text that the database cannot hold: with the character NUL, or with half of a character."""

    def __init__(self) -> None:
        super().__init__(
            "A text holds a sign that is none: the character NUL, or half of a character. Take it out, then try again."
        )


class SchemaOutdated(StoreError):
    """The database is of another schema version than this program."""


def is_halved(values: object) -> bool:
    """Whether a text among the values holds half of a character, for which there are no bytes."""
    if isinstance(values, str):
        return any("\ud800" <= sign <= "\udfff" for sign in values)
    if isinstance(values, Mapping):
        return any(map(is_halved, values.values()))
    return isinstance(values, list | tuple) and any(map(is_halved, values))
