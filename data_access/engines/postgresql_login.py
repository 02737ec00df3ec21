"""What the login of a connection to PostgreSQL may act as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import psycopg

from data_access.engines.base import Part

# Roles are the server's: whether they were put to use in this database is told by a policy. From PostgreSQL 16 on a
# member may lack the right to act as the role.
_LOGIN: Final = (
    "SELECT coalesce((SELECT pg_has_role(session_user, relowner, 'USAGE') FROM pg_class"
    " WHERE oid = to_regclass('public.stores')), true) AS owner,"
    " ARRAY(SELECT rolname::text FROM pg_roles WHERE rolname = ANY(%s) AND pg_has_role(session_user, oid, %s)"
    " AND EXISTS (SELECT 1 FROM pg_policy WHERE polname = 'by_account' AND polrelid = to_regclass('public.stores'))),"
    " ARRAY(SELECT substr(viewname, 9)::text FROM pg_views"
    " WHERE schemaname = 'public' AND viewname LIKE 'visible\\_%%')"
)
_ACT: Final = "SELECT set_config('promolens.account', %s, true), set_config('role', %s, %s)"


@dataclass(frozen=True, slots=True)
class Login:
    """owner: it has the rights of the tables' owner. parts: what it may act as; none where roles are not installed.
    viewed: tables of which a reader sees a view visible_…, because compression permits them no row-level security."""

    owner: bool
    parts: frozenset[str]
    viewed: frozenset[str]


def login_of(connection: psycopg.Connection[Any]) -> Login:
    """Asks the server. Raises psycopg.Error."""
    right = "SET" if connection.info.server_version >= 160000 else "MEMBER"
    row = connection.execute(_LOGIN, [[str(part) for part in Part], right]).fetchone()
    assert row is not None
    return Login(bool(row[0]), frozenset(row[1]), frozenset(row[2]))


def act(connection: psycopg.Connection[Any], login: Login, part: Part | None, account: str) -> None:
    """Holds the open transaction to a part's rights; without a part, or where it may not act as that one, to those of
    the loader, unless the login is the owner, who does everything itself. Raises psycopg.Error.
    """
    if part not in login.parts:
        part = _unnamed(login)
    if part is not None:
        connection.execute(_ACT, [account, str(part), True])


def act_unbundled(connection: psycopg.Connection[Any], login: Login) -> None:
    """The same outside of a transaction, until RESET ROLE. Raises psycopg.Error."""
    if (part := _unnamed(login)) is not None:
        connection.execute(_ACT, ["", str(part), False])


def _unnamed(login: Login) -> Part | None:
    return None if login.owner or Part.LOADER not in login.parts else Part.LOADER
