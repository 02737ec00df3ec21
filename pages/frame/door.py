"""What every request passes before the app, and every answer after it: which names it answers to, whose pages may talk
to it, how often somebody may try to sign in, what needs a sign-in beside the pages, and the headers of each answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.frame import door_headers as headers
from pages.frame import door_passes as passes
from pages.frame.door_hosts import Hosts, hosts_of
from pages.frame.door_pace import Pace
from pages.frame.guard import LOG
from settings import Settings, get_settings
from sign_in import SignInFileError, providers, redirect_address

# Whoever looks whether the server lives asks by whatever name it has there, and is told nothing else.
_PROBES: Final = frozenset({"/readyz", "/_stcore/health"})
_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MEDIA: Final = "/media/"
_INSIDE: Final = ("/_stcore/upload_file/", "/_stcore/metrics")
_BEGINS: Final = frozenset({"/auth/login", "/auth/logout", "/oauth2callback"})
_ENDS: Final = "/auth/logout"
# A header is told in the log no longer than this.
_LONGEST: Final = 200

_TOO_OFTEN: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Promolens</title>
<h1>Too many sign-ins</h1>
<p>More people than usual tried to sign in, or somebody tried too often. Try again in {seconds} seconds.</p>
<p><a href="/">Back to Promolens</a></p></html>"""


class Door:
    """Refuses what is not for the app, and gives each answer its headers; the rest goes on as it came."""

    def __init__(
        self, app: ASGIApp, settings: Settings, hosts: Hosts, base: str = "", *, encrypted: bool = False
    ) -> None:
        """base: path that the app is served below, '' for none; encrypted: people reach it over TLS alone."""
        self._app, self._settings, self._hosts, self._base = app, settings, hosts, base
        self._encrypted = encrypted
        self._always = headers.always(tuple(settings.frame_ancestors.split()))
        self._paces = {
            path: Pace(settings.sign_ins_per_minute, settings.sign_ins_per_minute_together) for path in _BEGINS
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope)
        path = scope["path"].removeprefix(self._base)
        encrypted = self._encrypted or scope["scheme"] in ("https", "wss")

        async def told(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept", "websocket.http.response.start"):
                ours = headers.added(message.get("headers", ()), self._always, encrypted=encrypted)
                if message.get("status", 0) >= 400 and scope.get("method", "GET") not in _READS:
                    # Else the rest of a file that was refused would still be read.
                    ours.append((b"connection", b"close"))
                message = {**message, "headers": ours}
            await send(message)

        refusal = self._refusal(scope, given, path)
        if refusal is not None:
            await _answer(refusal, scope, receive, told)
        elif path.startswith(_MEDIA) and self._guarded():
            await self._app(scope, receive, _Handed(told, lambda: self._inside(given)))
        else:
            await self._app(_by_its_own_name(scope, given), receive, told)

    def _refusal(self, scope: Scope, given: Headers, path: str) -> Response | None:
        """What is answered instead of the app, None where it may answer."""
        host, origin = given.get("host"), given.get("origin")
        if not self._hosts.serves(host) and path not in _PROBES:
            _log("host", host)
            return PlainTextResponse("This server does not answer to that name (setting ALLOWED_HOSTS).", 400)
        changes = scope["type"] == "websocket" or scope["method"] not in _READS
        if changes and not self._hosts.own(origin, host):
            _log("origin", origin)
            return PlainTextResponse("Only the app's own pages may ask for this.", 403)
        if path.startswith(_INSIDE) and self._guarded() and not self._inside(given):
            return PlainTextResponse("Sign in first.", 401)
        if (pace := self._paces.get(path)) is not None:
            return self._paced(scope, given, path, pace)
        return None

    def _paced(self, scope: Scope, given: Headers, path: str, pace: Pace) -> Response | None:
        if path == _ENDS and given.get("sec-fetch-site") == "cross-site":
            return PlainTextResponse("Only the app's own pages may sign somebody out.", 403)
        seconds = pace.wait((scope.get("client") or ("",))[0])
        if not seconds:
            return None
        _log("pace", path)
        return HTMLResponse(
            _TOO_OFTEN.format(seconds=seconds), 429, {"Retry-After": str(seconds), "Cache-Control": "no-store"}
        )

    def _guarded(self) -> bool:
        """Whether people sign in here; where the file of providers cannot be used, nobody can, and nothing is open."""
        try:
            return bool(providers(self._settings))
        except SignInFileError:
            return True

    def _inside(self, given: Headers) -> bool:
        return passes.signed_in(given.get("cookie", ""), self._settings)


class _Handed:
    """Hands out a file to who is signed in. Pictures that pages show, the logo above the sign-in among them, are no
    files that somebody took out."""

    def __init__(self, send: Send, inside: Callable[[], bool]) -> None:
        self._send, self._inside, self._refused = send, inside, False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            given = Headers(raw=list(message["headers"]))
            if "content-disposition" in given or not given.get("content-type", "").startswith("image/"):
                self._refused = message["status"] < 400 and not self._inside()
                message = {**message, "headers": [*message["headers"], (b"cache-control", b"private, no-store")]}
            if self._refused:
                await _answer(PlainTextResponse("Sign in first.", 401), {"type": "http"}, _nothing, self._send)
        if not self._refused:
            await self._send(message)


def _by_its_own_name(scope: Scope, given: Headers) -> Scope:
    """A page's lasting connection, as if it had been asked for by the name that the page has.

    Streamlit compares the two once more, and a proxy may have asked by another name; where they differ, Streamlit would
    ask the internet for this machine's address.
    """
    origin = given.get("origin")
    name = urlsplit(origin).netloc if origin and scope["type"] == "websocket" else ""
    if not name or name == given.get("host"):
        return scope
    others = [(key, value) for key, value in scope["headers"] if key != b"host"]
    return {**scope, "headers": [*others, (b"host", name.encode())]}


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


async def _answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    await response(scope, receive, send)


def _log(why: str, what: str | None) -> None:
    LOG.warning("refused", why=why, what=(what or "")[:_LONGEST])


def middleware() -> list[Middleware]:
    """The door in front of this process's app."""
    settings = get_settings()
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return [
        Middleware(
            Door,
            settings=settings,
            hosts=hosts_of(settings, st.get_option("server.address")),
            base=f"/{base}" if base else "",
            encrypted=_encrypted(settings),
        )
    ]


def _encrypted(settings: Settings) -> bool:
    try:
        back = redirect_address(settings)
    except SignInFileError:
        return False
    return back is not None and back.scheme == "https"


async def failed(_request: Request, _error: Exception) -> Response:
    """The answer to a request that broke the server: the error itself goes to the log alone."""
    settings = get_settings()
    answer = PlainTextResponse("Something went wrong on the server.", 500)
    always = headers.always(tuple(settings.frame_ancestors.split()))
    answer.raw_headers = headers.added(answer.raw_headers, always, encrypted=_encrypted(settings))
    return answer
