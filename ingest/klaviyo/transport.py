"""One HTTP/1.1 connection for httpx that takes a body of known length straight from the socket into one buffer.

A page of events is megabytes: read in pieces of 64 KB through the general transport, framing it costs more CPU than
parsing it. Heads, chunked bodies and the rules of the protocol are h11's; redirects, decoding and cookies stay httpx's.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import Any

import h11
import httpx

PIECE = 64 * 1024
# As httpcore has it: a head that is longer is no head.
LONGEST_HEAD = 100 * 1024
_NO_BODY = frozenset({204, 304})


class _Wire(asyncio.BufferedProtocol):
    """Bytes of one connection as they come: in small pieces, or to the end of a buffer that is waited for."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._piece = memoryview(bytearray(PIECE))
        self._into = self._piece
        self._filled = 0
        self._waiting: asyncio.Future[None] | None = None
        self._paused = False
        self._transport: asyncio.Transport | None = None
        self.ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002
        return self._into[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        self._filled += nbytes
        if self._filled == len(self._into):
            self._pause(True)
        if self._filled == len(self._into) or self._into is self._piece:
            self._wake()

    def eof_received(self) -> bool:
        self.ended = True
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.ended = True
        self._wake()

    async def piece(self, patience: float | None) -> bytes:
        """What has come, at least a byte; nothing at the connection's end. Raises httpx.ReadTimeout."""
        if not self._filled and not self.ended:
            await self._wait(patience)
        found = bytes(self._piece[: self._filled])
        self._filled = 0
        self._pause(False)
        return found

    async def fill(self, buffer: memoryview, patience: float | None) -> None:
        """Fills a buffer. Raises httpx.RemoteProtocolError where the connection ends first, httpx.ReadTimeout."""
        if not buffer:
            return
        self._into, self._filled = buffer, 0
        self._pause(False)
        try:
            while self._filled < len(buffer):
                if self.ended:
                    raise httpx.RemoteProtocolError("the connection was cut within an answer")
                await self._wait(patience)
        finally:
            self._into, self._filled = self._piece, 0
            self._pause(False)

    async def _wait(self, patience: float | None) -> None:
        """Until there is something to take; `patience` is how many seconds may pass without a byte."""
        self._waiting = self._loop.create_future()
        try:
            while not self._waiting.done():
                before = self._filled
                await asyncio.wait({self._waiting}, timeout=patience)
                if not self._waiting.done() and self._filled == before:
                    raise httpx.ReadTimeout(f"nothing came for {patience} s")
        finally:
            self._waiting = None

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _pause(self, pause: bool) -> None:
        if self._transport is not None and pause != self._paused and not self._transport.is_closing():
            self._paused = pause
            (self._transport.pause_reading if pause else self._transport.resume_reading)()


class OneConnection(httpx.AsyncBaseTransport):
    """The connection is opened with the first request and again after it was lost. One request at a time."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self._wire: _Wire | None = None
        self._transport: asyncio.Transport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        times: dict[str, float | None] = request.extensions.get("timeout", {})
        if self._wire is None or self._wire.ended:
            await self._connect(request.url, times.get("connect"))
        assert self._wire is not None
        assert self._transport is not None
        kept = False
        try:
            content = await request.aread()
            head = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
            self._transport.write(_written(head, request, content))
            response = await self._head(head, self._wire, times.get("read"))
            length = _length(request, response)
            if length is None:
                body = await self._framed(head, self._wire, times.get("read"))
                kept = head.our_state is h11.DONE and head.their_state is h11.DONE
            else:
                body = await self._counted(head, self._wire, length, times.get("read"))
                kept = head.our_state is h11.DONE
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        except h11.RemoteProtocolError as error:
            raise httpx.RemoteProtocolError(str(error)) from error
        finally:
            if not kept:
                await self.aclose()
        return httpx.Response(
            response.status_code,
            headers=list(response.headers.raw_items()),
            stream=httpx.ByteStream(body),
            extensions={"http_version": b"HTTP/" + response.http_version, "reason_phrase": response.reason},
        )

    async def aclose(self) -> None:
        """Ends the connection."""
        transport, self._transport, self._wire = self._transport, None, None
        if transport is not None:
            transport.abort()

    async def _connect(self, url: httpx.URL, patience: float | None) -> None:
        await self.aclose()
        secure = url.scheme == "https"
        more: dict[str, Any] = {"ssl": self._tls, "server_hostname": url.host} if secure else {}
        try:
            async with asyncio.timeout(patience):
                transport, self._wire = await asyncio.get_running_loop().create_connection(
                    _Wire, url.host, url.port or (443 if secure else 80), **more
                )
        except TimeoutError as error:
            raise httpx.ConnectTimeout(f"no connection to {url.host} within {patience} s") from error
        except OSError as error:
            raise httpx.ConnectError(str(error)) from error
        self._transport = transport

    async def _head(self, head: h11.Connection, wire: _Wire, patience: float | None) -> h11.Response:
        while not isinstance(event := head.next_event(), h11.Response):
            if event is h11.NEED_DATA:
                data = await wire.piece(patience)
                if not data:
                    raise httpx.RemoteProtocolError("the server ended the connection without an answer")
                head.receive_data(data)
            elif not isinstance(event, h11.InformationalResponse):
                raise httpx.RemoteProtocolError("the server's answer has no head")
        return event

    async def _framed(self, head: h11.Connection, wire: _Wire, patience: float | None) -> bytes:
        parts: list[bytes] = []
        while not isinstance(event := head.next_event(), h11.EndOfMessage):
            if event is h11.NEED_DATA:
                head.receive_data(await wire.piece(patience))
            elif isinstance(event, h11.Data):
                parts.append(bytes(event.data))
            else:
                raise httpx.RemoteProtocolError("the connection was cut within an answer")
        return b"".join(parts)

    async def _counted(self, head: h11.Connection, wire: _Wire, length: int, patience: float | None) -> bytes:
        begun, _ = head.trailing_data
        if len(begun) > length:
            raise httpx.RemoteProtocolError("the server sent more than it announced")
        body = bytearray(length)
        body[: len(begun)] = begun
        await wire.fill(memoryview(body)[len(begun) :], patience)
        return bytes(body)


def _written(head: h11.Connection, request: httpx.Request, content: bytes) -> bytes:
    asked = h11.Request(method=request.method, target=request.url.raw_path, headers=request.headers.raw)
    parts = [head.send(asked), head.send(h11.Data(data=content)) if content else b"", head.send(h11.EndOfMessage())]
    return b"".join(part or b"" for part in parts)


def _length(request: httpx.Request, response: h11.Response) -> int | None:
    """The body's length in bytes where the answer tells it and nothing else frames or ends it."""
    found: str | None = None
    for name, value in response.headers:
        if name == b"content-length":
            found = value.decode("ascii")
        elif name == b"transfer-encoding" or (name == b"connection" and b"close" in value.lower()):
            return None
    if request.method == "HEAD" or response.status_code in _NO_BODY or response.http_version < b"1.1":
        return None
    with suppress(ValueError):
        return None if found is None else int(found)
    return None
