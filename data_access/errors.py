"""What can go wrong with a store, said so that the person knows what to do."""

from __future__ import annotations


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


class SchemaOutdated(StoreError):
    """The database is of another schema version than this program."""
