"""Grants as they are kept: those of one person, for the sign-in guard, and all of them, for admins."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from analytics.access import GROUP, Grant, Role
from data_access.grants import scope_of
from data_access.repeating import repeatable
from data_access.scope import NotPermitted, Right, Scope
from data_access.stores import Stores


@repeatable
def scope_for(stores: Stores, person: str, groups: Collection[str], beside: Collection[Grant] = ()) -> Scope:
    """What was granted to a person, to their groups, and `beside` by their provider. Only the sign-in guard asks.

    A role that was taken back is gone with the next click. Raises StoreError.
    """
    holders = [person, *(f"{GROUP}{name}" for name in groups)]
    with stores.operational.read() as session:
        held = [_grant(row) for row in session.rows("grants/held_by", holders=holders)]
    return scope_of(person, [*held, *beside])


@repeatable
def grants(stores: Stores, scope: Scope) -> list[Grant]:
    """All grants that the scope administers, by holder. Raises NotPermitted, StoreError."""
    if not administers(scope):
        raise NotPermitted("Who may see and do what is for admins to look at. Ask an admin for what you need.")
    with stores.operational.read() as session:
        found = [_grant(row) for row in session.rows("grants/all")]
    return [grant for grant in found if scope.allows(Right.ADMIN, grant.account)]


def administers(scope: Scope) -> bool:
    """Whether the scope is an admin's, of all stores or of one."""
    return scope.allows(Right.ADMIN) or any(Right.ADMIN in held for held in scope.by_account.values())


def _grant(row: Mapping[str, Any]) -> Grant:
    return Grant(
        holder=row["person"],
        role=Role(row["role"]),
        account=row["klaviyo_public_id"],
        pii=bool(row["pii"]),
        id=str(row["id"]),
        granted_by=row["granted_by"] or "",
        granted_at=row["created_at"],
    )
