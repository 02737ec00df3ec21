"""Tokens of accounts that are connected by sign-in: kept encrypted, refreshed by one process at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from data_access.secrets import decrypt, encrypt
from data_access.stores import Stores
from settings import Settings


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token, the refresh token that makes the next one, and when the first one ends (None: not known)."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime | None

    def lives(self, now: datetime, ahead: timedelta = timedelta(0)) -> bool:
        """Whether the access token holds for `ahead` from now on. One whose end is not known is tried."""
        return bool(self.access) and (self.expires_at is None or now + ahead < self.expires_at)


@dataclass(frozen=True, slots=True)
class HeldTokens:
    """Tokens as they stand in the store. `leased`: somebody is refreshing them."""

    name: str
    tokens: Tokens
    leased: bool


def held_tokens(stores: Stores, settings: Settings, account: str) -> HeldTokens | None:
    """An account's tokens; None where it has none. Raises SecretUnreadable, StoreError."""
    with stores.operational.read() as session:
        row = session.one("oauth/tokens", account=account)
    if row is None or not (row["oauth_token_encrypted"] or row["refresh_token_encrypted"]):
        return None
    return HeldTokens(row["name"], _tokens(settings, row), bool(row["leased"]))


def _tokens(settings: Settings, row: dict[str, Any]) -> Tokens:
    access, refresh = row["oauth_token_encrypted"], row["refresh_token_encrypted"]
    return Tokens(
        decrypt(settings, access) if access else "",
        decrypt(settings, refresh) if refresh else "",
        row["token_expires_at"],
    )


def take_lease(stores: Stores, account: str, owner: str) -> bool:
    """Whether it is this owner's turn to refresh the account's token, for 90 seconds. Raises StoreError."""
    with stores.operational.write() as session:
        session.execute("oauth/lease_take", account=account, owner=owner)
        row = session.one("oauth/tokens", account=account)
    return row is not None and row["owner"] == owner


def end_lease(stores: Stores, account: str, owner: str, error: str | None) -> None:
    """Gives the turn back and notes why the refresh failed, if it did. Raises StoreError."""
    with stores.operational.write() as session:
        session.execute("oauth/lease_end", account=account, owner=owner, error=error)


def keep_tokens(stores: Stores, settings: Settings, account: str, made_of: str, new: Tokens) -> bool:
    """Keeps new tokens where the refresh token that they were made of still stands; whether it did.

    The place is found by the token's text: its encrypted form changes with the key. Raises StoreError.
    """
    with stores.operational.write() as session:
        row = session.one("oauth/tokens", account=account)
        held = row["refresh_token_encrypted"] if row else None
        if not held or decrypt(settings, held) != made_of:
            return False
        session.execute(
            "oauth/tokens_put",
            account=account,
            held=held,
            access=encrypt(settings, new.access),
            refresh=encrypt(settings, new.refresh),
            expires_at=new.expires_at,
        )
        session.execute("oauth/refreshed", account=account)
        kept = session.one("oauth/tokens", account=account)
    return kept is not None and decrypt(settings, kept["refresh_token_encrypted"]) == new.refresh


def refresh_errors(stores: Stores) -> dict[str, str | None]:
    """Accounts that are connected by sign-in, and what went wrong with their last refresh. Raises StoreError."""
    with stores.operational.read() as session:
        return {row["account"]: row["error"] for row in session.rows("oauth/connected")}
