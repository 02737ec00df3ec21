"""Access tokens that live: refreshed before they end or when they were refused, by one at a time, kept before use.

Of all threads and processes one takes the account's turn in the database; the others wait and take what it has kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4

from data_access.errors import StoreError
from data_access.stores import Stores
from data_access.writes.oauth_tokens import HeldTokens, Tokens, end_lease, held_tokens, keep_tokens, take_lease
from ingest.errors import IngestError, UnknownAccount
from ingest.klaviyo.oauth import OAuthNotConfigured, SignInFailed, SignInRefused, refresh_tokens
from settings import Settings

POLL_SECONDS: Final = 0.1
# Longer than a turn lasts: whoever died with it is waited out.
PATIENCE_SECONDS: Final = 120.0
KEEP_TRIES: Final = 10
KEEP_PAUSE_SECONDS: Final = 1.0
AGAIN: Final = "Connect it again: promolens account add --oauth"


class ConnectionEnded(IngestError):
    """An account's connection does not live any more; only a person can connect it again."""


class TokenKeeper:
    """Gives an account's access token. `now` is the clock that a token's end is compared with."""

    def __init__(
        self, stores: Stores, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._stores = stores
        self._settings = settings
        self._now = now
        self._ahead = timedelta(seconds=settings.klaviyo_oauth_ahead_seconds)

    def fresh(self, account: str, refused: str | None = None) -> Tokens:
        """Tokens whose access token lives for a while and is not the `refused` one.

        Raises ConnectionEnded, OAuthNotConfigured, SignInFailed, UnknownAccount, StoreError.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            held = self._held(account)
            if self._good(held, refused):
                return held.tokens
            if not held.leased:
                owner = uuid4().hex
                if take_lease(self._stores, account, owner):
                    return self._refreshed(account, owner, refused)
            if time.monotonic() > deadline:
                raise SignInFailed(f"{held.name}: another process refreshes its token and does not end. Try again.")
            time.sleep(POLL_SECONDS)

    def _held(self, account: str) -> HeldTokens:
        held = held_tokens(self._stores, self._settings, account)
        if held is None:
            raise UnknownAccount(f"{account} is not connected by sign-in. Connect it: promolens account add --oauth")
        return held

    def _good(self, held: HeldTokens, refused: str | None) -> bool:
        return held.tokens.access != refused and held.tokens.lives(self._now(), self._ahead)

    def _refreshed(self, account: str, owner: str, refused: str | None) -> Tokens:
        """With the turn in hand; it is given back however this ends."""
        error: str | None = None
        try:
            # Another one may have refreshed between our look and our turn.
            held = self._held(account)
            if self._good(held, refused):
                return held.tokens
            return self._ask(account, held, refused)
        except IngestError as failed:
            error = str(failed)
            raise
        finally:
            with suppress(StoreError):
                end_lease(self._stores, account, owner, error)

    def _ask(self, account: str, held: HeldTokens, refused: str | None) -> Tokens:
        if not held.tokens.refresh:
            raise ConnectionEnded(f"{held.name}: its access token has ended and there is none to refresh it. {AGAIN}")
        try:
            new = refresh_tokens(self._settings, held.tokens.refresh)
        except SignInRefused as ended:
            raise ConnectionEnded(f"{held.name}: Klaviyo no longer accepts its connection ({ended}). {AGAIN}") from None
        except (SignInFailed, OAuthNotConfigured) as failed:
            # Refreshed ahead of time: what is there still holds.
            if held.tokens.access != refused and held.tokens.lives(self._now()):
                return held.tokens
            raise type(failed)(f"{held.name}: {failed}") from None
        # Kept before it is used: the old refresh token may be spent.
        return new if self._keep(account, held.tokens.refresh, new) else self._held(account).tokens

    def _keep(self, account: str, made_of: str, new: Tokens) -> bool:
        for last in (*[False] * (KEEP_TRIES - 1), True):
            try:
                return keep_tokens(self._stores, self._settings, account, made_of, new)
            except StoreError:
                # Klaviyo will not hand these out again: a database that rests for a moment is waited for.
                if last:
                    raise
                time.sleep(KEEP_PAUSE_SECONDS)
        raise AssertionError("unreachable: the last try returns or raises")
