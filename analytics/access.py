"""Roles, and who holds them for which store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from string import ascii_lowercase, ascii_uppercase
from typing import Final

# What stands before a group's name where a person's could stand.
GROUP: Final = "group:"
_SMALL: Final = str.maketrans(ascii_uppercase, ascii_lowercase)


class Role(StrEnum):
    """What somebody is for a store, or for all of them."""

    VIEWER = "viewer"
    MARKETER = "marketer"
    PLANNER = "planner"
    APPROVER = "approver"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that a person, or a group of them, holds for one store, or for all (None).

    pii: whether they see who customers are, which is in no role. id, granted_by, granted_at: of one that is kept.
    """

    holder: str
    role: Role
    account: str | None = None
    pii: bool = False
    id: str = ""
    granted_by: str = ""
    granted_at: datetime | None = None


def address_of(said: str) -> str | None:
    """An e-mail address as persons are named by it, with A to Z in small letters; None for what is none.

    Other letters stay: some small ones are those of other addresses (the Kelvin sign's is k). A group's name and a
    provider's id of a person (`https://issuer#subject`) are no addresses, whatever they hold.
    """
    name = said.strip()
    if "@" not in name or "://" in name or name.lower().startswith(GROUP):
        return None
    return name.translate(_SMALL)
