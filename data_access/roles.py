"""The roles of PostgreSQL: who may read and write which tables, and whose rows they see.

What each role may do stands in `sql/postgresql/roles/grants.sql`, one row a table; docs/security.md says it in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data_access.engines.base import Part, Store, Walled
from data_access.errors import StoreError

_DIALECT = "postgresql"
# An account that nobody has.
_PROBE = "?"


@dataclass(frozen=True, slots=True)
class Reader:
    """A person's own login, which reads one account without personal data."""

    login: str
    account: str


@dataclass(frozen=True, slots=True)
class State:
    """in_use: roles guard this database. login: who we are; is_owner: with all rights of the tables' owner; lacking:
    roles that we may not act as. bare: tables without any right; open: tables of an account that readers read whole;
    anybody_creates: every login may make tables. serves: a page that this
    login reads for an account sees that account's rows."""

    in_use: bool
    login: str
    is_owner: bool
    lacking: tuple[str, ...]
    bare: tuple[str, ...]
    open: tuple[str, ...]
    anybody_creates: bool
    serves: bool


def install(store: Store, logins: Sequence[str] = (), readers: Sequence[Reader] = ()) -> None:
    """Makes the roles, gives them their rights, and the logins their roles. Can be repeated. Raises StoreError."""
    _require_postgresql(store)
    with store.write() as session:
        session.execute("roles/create")
        session.execute("roles/grants")
        for login in logins:
            session.execute("roles/login", login=login)
        for reader in readers:
            session.execute("roles/reader", login=reader.login, account=reader.account)


def renew(store: Store) -> None:
    """Gives the roles their rights to what a migration has made, where they are in use. Raises StoreError."""
    if store.dialect != _DIALECT:
        return
    with store.write() as session:
        if session.rows("roles/state")[0]["in_use"]:
            session.execute("roles/grants")


def state(store: Store) -> State | None:
    """How the roles stand; None on an engine that has none. Raises StoreError."""
    if store.dialect != _DIALECT:
        return None
    with store.read() as session:
        row = session.rows("roles/state")[0]
    serves = True
    if row["in_use"] and isinstance(store, Walled) and Part.READER not in row["lacking"]:
        with store.read_as(Part.READER, _PROBE) as session:
            serves = _PROBE in session.rows("roles/visible")[0]["accounts"]
    lists = {name: tuple(row[name]) for name in ("lacking", "bare", "open")}
    return State(**(row | lists), serves=serves)


def _require_postgresql(store: Store) -> None:
    if store.dialect != _DIALECT:
        raise StoreError(
            f"DATABASE_URL names {store.url}, which has no roles: only PostgreSQL guards rows by role. Nothing was"
            " changed."
        )
