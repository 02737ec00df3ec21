"""Who asks: every read and write takes a `Scope`. Only the sign-in guard and the command line make one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """What a person (or job) may do."""

    VIEW = "view"
    SYNC = "sync"
    SETTINGS = "settings"
    EXPORT = "export"
    PII = "pii"
    PROMO_READ = "promo_read"
    PROMO_WRITE = "promo_write"
    PROMO_APPROVE = "promo_approve"
    ADMIN = "admin"


class NotPermitted(Exception):
    """The scope lacks the account or the right that was asked for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Accounts, rights and name of the person or job on whose behalf data are read or written."""

    person: str
    accounts: frozenset[str]
    rights: frozenset[Right]
    all_accounts: bool = False

    def allows(self, right: Right) -> bool:
        return right in self.rights

    def sees(self, account: str) -> bool:
        return self.all_accounts or account in self.accounts

    def require(self, right: Right, account: str | None = None) -> None:
        """Raises NotPermitted unless the scope holds the right and, where one is named, the account."""
        if right not in self.rights:
            raise NotPermitted(f"This needs the right '{right}'. Ask an admin for it.")
        if account is not None and not self.sees(account):
            raise NotPermitted("This store is not among those that you may see. Ask an admin for access.")

    @property
    def cache_key(self) -> str:
        """Same key, same visible data: part of every cache key."""
        accounts = "all" if self.all_accounts else repr(sorted(self.accounts))
        return f"{accounts}|{','.join(sorted(self.rights))}"


def local_admin(person: str = "local admin") -> Scope:
    """The scope of the one person who uses the app on their own machine, and of the command line."""
    return Scope(person=person, accounts=frozenset(), rights=frozenset(Right), all_accounts=True)


def granted(person: str, accounts: Iterable[str], rights: Iterable[Right]) -> Scope:
    """A scope limited to the accounts and rights given."""
    return Scope(person=person, accounts=frozenset(accounts), rights=frozenset(rights))
