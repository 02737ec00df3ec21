"""An async client of Klaviyo's JSON:API for one account: limits, retries, typed errors; the key is never shown.

A request is asked again when the connection fails or is cut, on 5xx and on a body that is not JSON (bounded, with
growing pauses), and on 429 after the Retry-After that Klaviyo names. A Retry-After beyond `patience` seconds is the
daily quota: DailyQuotaReached, at once.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies

import httpx
import msgspec
import stamina

from ingest.klaviyo.endpoints import Endpoint, address
from ingest.klaviyo.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DailyQuotaReached,
    KlaviyoError,
    MalformedBody,
    NotFound,
    PermissionMissing,
    RequestRefused,
    ServerFailed,
    Throttled,
)
from ingest.klaviyo.limits import Clock, EndpointLimiter
from ingest.klaviyo.transport import OneConnection

DETAIL_LENGTH = 300
PRIVATE_KEY = "Klaviyo-API-Key"
BEARER = "Bearer"

# A retry is counted and told in the run's row; the library's own log line would stand between a command's output.
stamina.instrumentation.set_on_retry_hooks(())

_SENDABLE = re.compile(r"[!-~]{1,4096}\Z")

T = TypeVar("T")


class _Detail(msgspec.Struct):
    code: str = ""
    title: str = ""
    detail: str = ""


class _ErrorBody(msgspec.Struct):
    errors: list[_Detail] = []


_ERRORS = msgspec.json.Decoder(_ErrorBody)


@dataclass(frozen=True)
class Connection:
    """How to reach Klaviyo. `scheme` says what `api_key` is: a private key, or an access token (BEARER). `retries` is
    how often a failed request is asked again, `patience` the longest Retry-After in seconds that is waited for, `pause`
    the first pause in seconds before a retry."""

    api_key: str = field(repr=False)
    scheme: str = PRIVATE_KEY
    base_url: str = "https://a.klaviyo.com"
    revision: str = "2026-07-15"
    timeout: float = 60.0
    limits: bool = True
    retries: int = 6
    patience: float = 900.0
    pause: float = 0.25
    max_connections: int = 64


class KlaviyoClient:
    """Use as `async with KlaviyoClient(connection) as client`. Counts of requests and of retries by endpoint are kept
    in `requests` and `retried`. `renew` gives the token after one that was refused; without it a refusal is final."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock | None = None,
        renew: Callable[[str], Awaitable[str]] | None = None,
    ) -> None:
        self._connection = connection
        self._key = connection.api_key
        self._renew = renew
        self._clock = clock or Clock()
        self._limiters: dict[str, EndpointLimiter] = {}
        self.requests: Counter[str] = Counter()
        self.retried: Counter[str] = Counter()
        # One connection a lane: a pool of many looks through all of them for each request, which costs more CPU than
        # the request itself once dozens of slices are asked for side by side.
        self._lanes: list[httpx.AsyncClient] = []
        self._idle: list[httpx.AsyncClient] = []
        self._room = asyncio.Semaphore(connection.max_connections)
        self._tls = httpx.create_ssl_context()

    def __repr__(self) -> str:
        return f"KlaviyoClient({self._connection.base_url!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for lane in self._lanes:
            await lane.aclose()

    async def get(
        self,
        endpoint: Endpoint,
        decode: Callable[[bytes], T],
        *,
        id: str | None = None,
        params: Mapping[str, str | int] | None = None,
        link: str | None = None,
    ) -> T:
        """The decoded answer of a GET. `link` is a `links.next` as delivered; it replaces path and parameters, and only
        its path and query are used, so that the key never goes to another host. Raises KlaviyoError."""
        target, query = (_path_of(link), None) if link else (address(endpoint, id), params)
        return await self._ask(endpoint, "GET", target, decode, params=query)

    async def post(
        self,
        endpoint: Endpoint,
        decode: Callable[[bytes], T],
        body: Mapping[str, Any],
        *,
        page_cursor: str | None = None,
    ) -> T:
        """The decoded answer of a report query. Raises KlaviyoError."""
        params = {"page_cursor": page_cursor} if page_cursor else None
        return await self._ask(
            endpoint, "POST", endpoint.path, decode, params=params, content=msgspec.json.encode(body)
        )

    def use_key(self, key: str) -> None:
        """From the next request on."""
        self._key = key
        for lane in self._lanes:
            lane.headers["Authorization"] = f"{self._connection.scheme} {key}"

    async def _send(
        self, method: str, target: str, params: Mapping[str, str | int] | None, content: bytes | None
    ) -> httpx.Response:
        kind = {"content-type": "application/vnd.api+json"} if content else None
        async with self._room:
            lane = self._idle.pop() if self._idle else self._new_lane()
            try:
                response = await lane.request(method, target, params=params, content=content, headers=kind)
                # Response and stream hold each other: without this, read bodies stay until the collector comes by.
                response.stream = httpx.ByteStream(b"")
                return response
            finally:
                self._idle.append(lane)

    def _new_lane(self) -> httpx.AsyncClient:
        connection = self._connection
        lane = httpx.AsyncClient(
            base_url=connection.base_url,
            headers={
                "Authorization": f"{connection.scheme} {self._key}",
                "revision": connection.revision,
                "accept": "application/vnd.api+json",
            },
            timeout=httpx.Timeout(connection.timeout, connect=min(15.0, connection.timeout)),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1),
            follow_redirects=False,
            verify=self._tls,
            # Where there is a proxy, httpx finds its way by itself, at its own price.
            transport=None if getproxies().keys() - {"no"} else OneConnection(self._tls),
        )
        self._lanes.append(lane)
        return lane

    def limiter(self, endpoint: Endpoint) -> EndpointLimiter:
        """The windows that all requests of this endpoint share."""
        if endpoint.name not in self._limiters:
            self._limiters[endpoint.name] = EndpointLimiter(endpoint.tier, self._clock, self._connection.limits)
        return self._limiters[endpoint.name]

    async def _ask(
        self,
        endpoint: Endpoint,
        method: str,
        target: str,
        decode: Callable[[bytes], T],
        *,
        params: Mapping[str, str | int] | None,
        content: bytes | None = None,
    ) -> T:
        attempts = stamina.retry_context(
            on=(ConnectionFailed, ServerFailed, MalformedBody),
            attempts=self._connection.retries + 1,
            timeout=None,
            wait_initial=self._connection.pause,
            wait_max=30.0,
            wait_jitter=self._connection.pause,
        )
        async for attempt in attempts:
            with attempt:
                if attempt.num > 1:
                    self.retried[endpoint.name] += 1
                response = await self._through_limits(endpoint, method, target, params, content)
                try:
                    return decode(response)
                except msgspec.DecodeError as error:
                    raise MalformedBody(f"the body cannot be read: {error}", endpoint=endpoint.path) from error
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _through_limits(
        self,
        endpoint: Endpoint,
        method: str,
        target: str,
        params: Mapping[str, str | int] | None,
        content: bytes | None,
    ) -> bytes:
        """One request's body; 429s are waited for here and are no failed attempt."""
        if not _SENDABLE.match(self._key):
            raise AuthenticationFailed("the key is empty or holds characters that no key has", endpoint=endpoint.path)
        limiter = self.limiter(endpoint)
        renewed = False
        for _ in range(20):
            key = self._key
            sent = await limiter.acquire()
            headers: Mapping[str, str] | None = None
            try:
                self.requests[endpoint.name] += 1
                response = await self._send(method, target, params, content)
                headers = response.headers
            except httpx.LocalProtocolError:
                # Its text quotes the header that cannot be sent, which may be the key.
                raise RequestRefused("the request cannot be sent as it is", endpoint=endpoint.path) from None
            except httpx.TransportError as error:
                # The original is not chained: its request object holds the key.
                raise ConnectionFailed(f"{type(error).__name__}: {error}", endpoint=endpoint.path) from None
            finally:
                limiter.settle(sent, headers)
            if response.status_code == 401 and self._renew is not None and not renewed:
                # Once a request: a token that is refused when it is new is refused for good.
                renewed = True
                self.use_key(await self._renew(key))
                continue
            if response.status_code != 429:
                return _body(endpoint, response)
            wait = _retry_after(response)
            if wait > self._connection.patience:
                raise DailyQuotaReached(
                    f"the daily quota is used up for another {wait / 3600:.1f} hours",
                    endpoint=endpoint.path,
                    retry_after=wait,
                )
            limiter.block(wait)
            self.retried[endpoint.name] += 1
        raise Throttled("still refused with 429 after 20 waits", endpoint=endpoint.path)


def _body(endpoint: Endpoint, response: httpx.Response) -> bytes:
    status = response.status_code
    if status < 300:
        return response.content
    detail = _detail(response)
    where = endpoint.path
    failed: KlaviyoError
    if status == 401 or (status == 400 and _is_about_key(detail)):
        failed = AuthenticationFailed(f"Klaviyo does not accept the key ({status}: {detail})", endpoint=where)
    elif status == 403:
        failed = PermissionMissing(f"the key lacks the scope {endpoint.scope} (403: {detail})", endpoint=where)
    elif status == 404:
        failed = NotFound(f"not found (404: {detail})", endpoint=where, status=404)
    elif status >= 500:
        failed = ServerFailed(f"Klaviyo answered {status}: {detail}", endpoint=where)
    else:
        failed = RequestRefused(f"Klaviyo refused the request ({status}: {detail})", endpoint=where, status=status)
    raise failed


def _detail(response: httpx.Response) -> str:
    try:
        errors = _ERRORS.decode(response.content).errors
    except msgspec.DecodeError:
        errors = []
    text = "; ".join(f"{e.code or e.title}: {e.detail}" for e in errors) or response.reason_phrase
    return " ".join(text.split())[:DETAIL_LENGTH]


def _is_about_key(detail: str) -> bool:
    lowered = detail.lower()
    return any(word in lowered for word in ("api key", "api-key", "authenticat", "authoriz", "missing key"))


def _retry_after(response: httpx.Response) -> float:
    try:
        return max(0.0, float(response.headers.get("retry-after", "1")))
    except ValueError:
        return 1.0


def _path_of(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
