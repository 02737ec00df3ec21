"""Roles and who holds them: what a person may do is the sum of what was granted to them and to their groups."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from data_access.scope import OF_COMPANY, Right, Scope


class Role(StrEnum):
    """What somebody is for a store, or for all of them."""

    VIEWER = "viewer"
    MARKETER = "marketer"
    PLANNER = "planner"
    APPROVER = "approver"
    ADMIN = "admin"


_READS: Final = frozenset({Right.VIEW, Right.PROMO_READ})
_WORKS: Final = _READS | {Right.EXPORT}
# Who a customer is (Right.PII) is in no role: it is granted by itself, beside one.
RIGHTS: Final = {
    Role.VIEWER: _READS,
    Role.MARKETER: _WORKS | {Right.SYNC},
    Role.PLANNER: _WORKS | {Right.PROMO_WRITE},
    Role.APPROVER: _WORKS | {Right.PROMO_APPROVE},
    Role.ADMIN: frozenset(Right) - {Right.PII},
}
# What stands before a group's name where a person's could stand.
GROUP: Final = "group:"
_ALL: Final = "*"
_CLAIMED: Final = re.compile(rf"(?P<role>{'|'.join(Role)})(?:@(?P<account>[\w-]+|\*))?(?P<pii>\+pii)?")


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that a person, or a group of them, holds for one store, or for all (None)."""

    holder: str
    role: Role
    account: str | None = None
    pii: bool = False
    id: str = ""
    granted_by: str = ""
    granted_at: datetime | None = None

    @property
    def rights(self) -> frozenset[Right]:
        return RIGHTS[self.role] | ({Right.PII} if self.pii else frozenset())


def scope_of(person: str, grants: Iterable[Grant]) -> Scope:
    """What the grants together allow a person."""
    everywhere: frozenset[Right] = frozenset()
    company: frozenset[Right] = frozenset()
    by_account: dict[str, frozenset[Right]] = {}
    for grant in grants:
        company |= grant.rights & OF_COMPANY
        if grant.account is None:
            everywhere |= grant.rights
        else:
            by_account[grant.account] = by_account.get(grant.account, frozenset()) | grant.rights
    return Scope(person, everywhere, by_account, company)


def claimed(person: str, values: Collection[str], before: str = "") -> list[Grant]:
    """Grants that a provider's claim spells out: `planner`, `marketer@AbC123`, `admin@*+pii`.

    before: what stands in front of each of them at the provider, such as `promolens-`. Other values say nothing.
    """
    found = []
    for value in values:
        if value.startswith(before) and (read := _CLAIMED.fullmatch(value.removeprefix(before))):
            account = read["account"]
            found.append(
                Grant(person, Role(read["role"]), None if account in (None, _ALL) else account, bool(read["pii"]))
            )
    return found
