"""Who a provider says that somebody is: their name for grants, their groups, and until when they are signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from analytics.access import Grant, address_of
from data_access.grants import claimed
from settings import Settings

# A provider's clock may be ahead of ours by this much.
AHEAD = timedelta(minutes=5)


class SignInNeeded(Exception):
    """Nobody is signed in, or not any more; the message says why, and is empty for somebody who comes for the first
    time."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A person who is signed in. `ticket` is this one sign-in: who issued it, for whom, when."""

    person: str
    groups: tuple[str, ...]
    roles: tuple[Grant, ...]
    ticket: tuple[str, str, int]


def identity(claims: Mapping[str, Any], settings: Settings, now: datetime) -> Identity:
    """Who somebody is by a provider's claims. Raises SignInNeeded.

    The name is the e-mail address in small letters where the provider has verified it; else the provider's own id for
    the person, which another provider cannot have.
    """
    if claims.get("is_logged_in") is not True:
        raise SignInNeeded("")
    issuer, subject, issued = claims.get("iss"), claims.get("sub"), claims.get("iat")
    if not (isinstance(issuer, str) and isinstance(subject, str) and issuer and subject):
        raise SignInNeeded("The provider did not say who you are (no iss or sub).")
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        raise SignInNeeded("The provider did not say when you signed in (no iat).")
    since = now - datetime.fromtimestamp(issued, UTC)
    if since > timedelta(hours=settings.sign_in_hours) or since < -AHEAD:
        raise SignInNeeded(f"You signed in more than {settings.sign_in_hours:g} hours ago.")
    email = claims.get("email")
    # Some providers write it as text.
    said = claims.get("email_verified")
    verified = said is True or (settings.sign_in_unverified_email and said in (None, "true"))
    address = address_of(email) if verified and isinstance(email, str) else None
    person = address or f"{issuer}#{subject}"
    spelled = _texts(claims, settings.sign_in_roles_claim)
    return Identity(
        person,
        _texts(claims, settings.sign_in_groups_claim),
        tuple(claimed(person, spelled, settings.sign_in_roles_prefix)),
        (issuer, subject, int(issued)),
    )


def _texts(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The texts of a claim, whose name may lead inside (`realm_access.roles`); a claim of one text is one."""
    held: Any = claims
    if not name:
        return ()
    if name in claims:
        held = claims[name]
    else:
        for part in name.split("."):
            held = held.get(part) if isinstance(held, Mapping) else None
    if isinstance(held, str):
        return (held,)
    return tuple(one for one in held if isinstance(one, str)) if isinstance(held, list | tuple) else ()
