"""Persons by pseudonym: what is noted of somebody names them by one, so that their name can go and the note stay.

`persons` holds which name stands behind a pseudonym. An erasure takes the name out of it; nothing that was noted under
the pseudonym is touched, and nobody can tell any more whose it was.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

from data_access.engines.base import Session
from data_access.scope import COMMAND_LINE, LOCAL_ADMIN, SCHEDULE

# Who is no person: the one in front of an app without sign-in, a terminal, the clock.
NOBODY: Final = frozenset({LOCAL_ADMIN, COMMAND_LINE, SCHEDULE})
_PSEUDONYM: Final = re.compile(r"p-[a-z0-9]{10}\Z")


def new_pseudonym() -> str:
    """One behind which no name is kept: for somebody whose data are about to go."""
    return f"p-{secrets.token_hex(5)}"


def is_pseudonym(said: str) -> bool:
    """Whether a text is one, and no name."""
    return _PSEUDONYM.match(said) is not None


def pseudonym_of(session: Session, name: str) -> str:
    """The pseudonym of a name, made at its first use; who is no person is named as they are. Raises StoreError."""
    if name in NOBODY or is_pseudonym(name):
        return name
    held = session.one("audit/pseudonym", name=name)
    if held is None:
        # There is one writer at a time: nobody else makes one in between.
        made = new_pseudonym()
        session.execute("audit/pseudonym_put", pseudonym=made, name=name)
        return made
    return str(held["pseudonym"])


def erase_name(session: Session, name: str) -> str | None:
    """Takes a person's name away from their pseudonym; which that was, None where there is none. Should they act again,
    they get another one. Raises StoreError."""
    held = session.one("audit/pseudonym", name=name)
    if held is None:
        return None
    session.execute("audit/pseudonym_erase", name=name)
    return str(held["pseudonym"])


def named(session: Session) -> dict[str, str]:
    """Pseudonym → name, of everybody whose name was not erased: for whom may see who did what. Raises StoreError."""
    return {row["pseudonym"]: row["name"] for row in session.rows("audit/names")}
