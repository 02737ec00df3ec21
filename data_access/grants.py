"""Roles and who holds them: what a person may do is the sum of what was granted to them and to their groups."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from analytics.access import Grant, Role
from data_access.scope import OF_COMPANY, Right, Scope

_READS: Final = frozenset({Right.VIEW, Right.PROMO_READ})
_WORKS: Final = _READS | {Right.EXPORT}
# Who a customer is (Right.PII) is in no role: it is granted by itself, beside one.
RIGHTS: Final = {
    Role.VIEWER: _READS,
    Role.MARKETER: _WORKS | {Right.SYNC, Right.CAMPAIGN_WRITE},
    Role.PLANNER: _WORKS | {Right.PROMO_WRITE},
    Role.APPROVER: _WORKS | {Right.PROMO_APPROVE},
    Role.ADMIN: frozenset(Right) - {Right.PII},
}
_ALL: Final = "*"
_CLAIMED: Final = re.compile(rf"(?P<role>{'|'.join(Role)})(?:@(?P<account>[\w-]+|\*))?(?P<pii>\+pii)?")


def rights_of(grant: Grant) -> frozenset[Right]:
    """What a grant allows for its store."""
    return RIGHTS[grant.role] | ({Right.PII} if grant.pii else frozenset())


def scope_of(person: str, grants: Iterable[Grant]) -> Scope:
    """What the grants together allow a person."""
    everywhere: frozenset[Right] = frozenset()
    company: frozenset[Right] = frozenset()
    by_account: dict[str, frozenset[Right]] = {}
    for grant in grants:
        company |= rights_of(grant) & OF_COMPANY
        if grant.account is None:
            everywhere |= rights_of(grant)
        else:
            by_account[grant.account] = by_account.get(grant.account, frozenset()) | rights_of(grant)
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
