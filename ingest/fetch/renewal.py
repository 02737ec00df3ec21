"""The fetch process's side of a token that ends: it asks its starter, who holds the database, for the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from ingest.klaviyo.errors import ConnectionEnded

SOONEST_SECONDS = 5.0


class TokenAnswer(msgspec.Struct, kw_only=True):
    """What the starter says: the next token and its end, or why there is none."""

    token: str = ""
    expires_at: datetime | None = None
    refused: str = ""


class Renewal:
    """`ask` tells the starter whether the token in use was refused; `deliver` brings its answer."""

    def __init__(self, token: str, expires_at: datetime | None, ask: Callable[[bool], None]) -> None:
        self._token = token
        self._expires_at = expires_at
        self._ask = ask
        self._answer: asyncio.Future[TokenAnswer] | None = None
        self._turn = asyncio.Lock()

    def deliver(self, answer: TokenAnswer) -> None:
        """Within the loop's own thread."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    async def renew(self, old: str, *, refused: bool = True) -> str:
        """The token after `old`; requests that fail together ask once. Raises ConnectionEnded."""
        async with self._turn:
            if self._token != old:
                return self._token
            self._answer = asyncio.get_running_loop().create_future()
            self._ask(refused)
            answer = await self._answer
            if not answer.token:
                raise ConnectionEnded(answer.refused)
            self._token, self._expires_at = answer.token, answer.expires_at
            return self._token

    def pause(self, now: datetime, ahead: timedelta) -> float | None:
        """Seconds until the token is to be renewed ahead of its end; None where its end is not known."""
        if self._expires_at is None:
            return None
        return max(SOONEST_SECONDS, (self._expires_at - ahead - now).total_seconds())

    async def ahead(self, now: Callable[[], datetime], ahead: timedelta, use: Callable[[str], None]) -> None:
        """Renews the token before it ends, for as long as the process runs; `use` gets each new one."""
        while (pause := self.pause(now(), ahead)) is not None:
            await asyncio.sleep(pause)
            try:
                use(await self.renew(self._token, refused=False))
            except ConnectionEnded:
                return  # the next request is refused and says so
