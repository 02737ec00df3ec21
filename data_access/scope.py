"""Who asks: every read and write takes a `Scope`. Only the sign-in guard and the command line make one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Right(StrEnum):
    """What a person (or job) may do."""

    VIEW = "view"
    SYNC = "sync"
    SETTINGS = "settings"
    EXPORT = "export"
    PII = "pii"
    CAMPAIGN_WRITE = "campaign_write"
    PROMO_READ = "promo_read"
    PROMO_WRITE = "promo_write"
    PROMO_APPROVE = "promo_approve"
    ADMIN = "admin"


# What is asked for without an account: sales, promotions and targets have none, so that a person's role alone governs
# them. Every other right that is asked for without an account must be held for all stores.
OF_COMPANY = frozenset({Right.VIEW, Right.EXPORT, Right.PROMO_READ, Right.PROMO_WRITE, Right.PROMO_APPROVE})


# Who uses the app without sign-in, on their own machine.
LOCAL_ADMIN: Final = "local admin"
# Who works on a terminal of the server, and what the program does by the clock.
COMMAND_LINE: Final = "command line"
SCHEDULE: Final = "schedule"


class NotPermitted(Exception):
    """The scope lacks the account or the right that was asked for."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Name and rights of the person or job on whose behalf data are read or written.

    everywhere: held for every account, also for those that are connected later. by_account: held for one account beside
    these; somebody may so be a marketer for one store and a viewer for another. company: held for what has no account.
    """

    person: str
    everywhere: frozenset[Right] = frozenset()
    by_account: Mapping[str, frozenset[Right]] = field(default_factory=dict)
    company: frozenset[Right] = frozenset()

    def allows(self, right: Right, account: str | None = None) -> bool:
        """Whether the right is held for the account; without one: for the company's data, or for all stores."""
        if right in self.everywhere:
            return True
        if account is None:
            return right in self.company and right in OF_COMPANY
        return right in self.by_account.get(account, frozenset())

    def sees(self, account: str) -> bool:
        return self.allows(Right.VIEW, account)

    def require(self, right: Right, account: str | None = None) -> None:
        """Raises NotPermitted unless the scope holds the right, for the account where one is named."""
        if self.allows(right, account):
            return
        if account is not None and not (self.everywhere or self.by_account.get(account)):
            raise NotPermitted("This store is not among those that you may see. Ask an admin for access.")
        raise NotPermitted(f"This needs the right '{right}'. Ask an admin for it.")

    def without(self, right: Right) -> Scope:
        """The same person, who lacks a right."""
        kept = {account: held - {right} for account, held in self.by_account.items()}
        return Scope(self.person, self.everywhere - {right}, kept, self.company - {right})

    @property
    def cache_key(self) -> str:
        """Same key, same visible data: part of every cache key."""
        held = ";".join(f"{account!r}:{_listed(rights)}" for account, rights in sorted(self.by_account.items()))
        return f"{_listed(self.everywhere)}|{held}|{_listed(self.company)}"


def _listed(rights: Iterable[Right]) -> str:
    return ",".join(sorted(rights))


def local_admin(person: str = LOCAL_ADMIN) -> Scope:
    """The scope of the one person who uses the app on their own machine, and of the command line."""
    return Scope(person=person, everywhere=frozenset(Right))


def granted(person: str, accounts: Iterable[str], rights: Iterable[Right]) -> Scope:
    """A scope with the same rights for each of the accounts, and for the company's data."""
    held = frozenset(rights)
    return Scope(person, by_account=dict.fromkeys(accounts, held), company=held & OF_COMPANY)
