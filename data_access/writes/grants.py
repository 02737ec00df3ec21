"""Grants given and taken back by admins: each write one transaction, noted in the audit log."""

from __future__ import annotations

import re
from typing import Final

from analytics.access import GROUP, Grant, Role, address_of
from analytics.audit import Action
from data_access.engines.base import Session
from data_access.pseudonyms import pseudonym_of
from data_access.scope import Right, Scope
from data_access.scoped import access_write
from data_access.stores import Stores
from data_access.writes.audit import note

MOST_LETTERS: Final = 200
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")


class InvalidGrant(Exception):
    """The grant cannot be kept; the message says why and what to do."""


def give(stores: Stores, scope: Scope, wanted: Grant) -> Grant:
    """Keeps a grant of `holder`, `role`, `account` and `pii`; one that is there already has its `pii` set.

    An admin of one store grants for that store alone. Raises NotPermitted, InvalidGrant, StoreError.
    """
    scope.require(Right.ADMIN, wanted.account)
    holder = holder_of(wanted.holder)
    if wanted.account is not None:
        with stores.operational.read() as read:
            if not read.rows("grants/known_account", account=wanted.account):
                said = "`promolens account list` shows those that are."
                raise InvalidGrant(f"There is no store '{wanted.account}'. {said}")
    with access_write(stores.operational, scope, wanted.account) as session:
        held = session.one("grants/held", holder=holder, role=wanted.role.value, account=wanted.account)
        given = Grant(holder, Role(wanted.role), wanted.account, wanted.pii)
        if held is not None and bool(held["pii"]) == wanted.pii:
            return given
        if held is None:
            session.execute(
                "grants/put",
                holder=holder, role=wanted.role.value, account=wanted.account, pii=wanted.pii, person=scope.person,
            )  # fmt: skip
        else:
            session.execute("grants/change", id=str(held["id"]), pii=wanted.pii, person=scope.person)
        before = None if held is None else Grant(holder, given.role, given.account, bool(held["pii"]))
        _told(session, scope, Action.GRANT_GIVE, before, given)
    return given


def take(stores: Stores, scope: Scope, grant: Grant) -> bool:
    """Takes a grant back, whether it was there. Nobody takes their own role of an admin: so one always remains.

    Raises NotPermitted, InvalidGrant, StoreError.
    """
    scope.require(Right.ADMIN, grant.account)
    holder = holder_of(grant.holder)
    if grant.role is Role.ADMIN and holder == scope.person:
        raise InvalidGrant("This would take your own role of an admin. Another admin can do it.")
    with access_write(stores.operational, scope, grant.account) as session:
        held = session.one("grants/held", holder=holder, role=grant.role.value, account=grant.account)
        if held is None:
            return False
        session.execute("grants/remove", holder=holder, role=grant.role.value, account=grant.account)
        _told(session, scope, Action.GRANT_TAKE, Grant(holder, grant.role, grant.account, bool(held["pii"])), None)
    return True


def holder_of(said: str) -> str:
    """A person's or group's name as it is kept: e-mail addresses in small letters. Raises InvalidGrant."""
    name = said.strip()
    if not name.removeprefix(GROUP).strip():
        raise InvalidGrant("Say who it is for: an e-mail address as the provider has it, or group:NAME.")
    if len(name) > MOST_LETTERS or _UNSEEN.search(name):
        raise InvalidGrant(f"A name has at most {MOST_LETTERS} letters, and none that cannot be seen.")
    return address_of(name) or name


def _told(session: Session, scope: Scope, action: Action, before: Grant | None, after: Grant | None) -> None:
    one = after or before
    assert one is not None
    holder = one.holder if one.holder.startswith(GROUP) else pseudonym_of(session, one.holder)
    was, is_now = (None if grant is None else {"pii": grant.pii} for grant in (before, after))
    note(
        session, scope.person, action, holder,
        account=one.account, before=was, after=is_now, about={"role": one.role.value},
    )  # fmt: skip
