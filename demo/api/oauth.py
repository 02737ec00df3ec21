"""The service's sign-in for apps: authorization code with PKCE (S256), refresh tokens that rotate, revocation.

`/oauth/authorize` asks a person which store to connect: a page of links, the same address with `store=1`,
`store=2` or `store=deny`. Access tokens live `expires_in` seconds. Each refresh hands out a new refresh token; one that
comes a second time ends all that came of that sign-in, as a code does that is redeemed twice.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import html
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

CLIENT_ID = "promolens-demo-app"
# What an access or refresh token begins with: so whoever looks for one that got out finds it.
TOKENS = "promolens-demo-token-"
CLIENT_SECRET = "promolens-demo-app-secret"  # noqa: S105 - the synthetic service's own, written down in its README
PREFIX = "/oauth/"
CODE_SECONDS = 300
LIFETIME = 3600
REFRESH_SECONDS = 90 * 86400


class OAuthError(Exception):
    """A refusal as RFC 6749 words it."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.status = status


@dataclass
class SignIn:
    """One consent, and all tokens that come of it."""

    store: int
    scopes: frozenset[str]
    challenge: str
    redirect_uri: str
    until: float
    redeemed: bool = False
    ended: bool = False


@dataclass
class _Token:
    of: SignIn
    until: float
    used: bool = False


@dataclass
class OAuth:
    """`stores` are the names shown for consent; `clock` gives UTC seconds; `requests` counts what was asked."""

    stores: list[str]
    clock: Callable[[], float]
    requests: Counter[str]
    expires_in: int = LIFETIME
    codes: dict[str, SignIn] = field(default_factory=dict)
    access: dict[str, _Token] = field(default_factory=dict)
    refresh: dict[str, _Token] = field(default_factory=dict)

    async def answer(self, request: Request) -> Response:
        """Any request below /oauth/."""
        place = request.url.path.removeprefix(PREFIX).rstrip("/")
        try:
            if place == "authorize" and request.method == "GET":
                return self._authorize(request)
            if place in ("token", "revoke") and request.method == "POST":
                self._client(request)
                form = parse_qs((await request.body()).decode(), keep_blank_values=True)
                given = {name: values[0] for name, values in form.items()}
                return self._token(given) if place == "token" else self._revoke(given)
        except (OAuthError, UnicodeDecodeError) as error:
            kind = error if isinstance(error, OAuthError) else OAuthError("invalid_request", "the form is not UTF-8")
            told = {"error": kind.error, "error_description": str(kind)}
            return Response(orjson.dumps(told), kind.status, media_type="application/json")
        return Response(orjson.dumps({"error": "not_found"}), 404, media_type="application/json")

    def bearer(self, token: str) -> SignIn | None:
        """Whose token it is; None for one that is unknown, ended or too old."""
        found = self.access.get(token)
        return found.of if found and not found.of.ended and self.clock() < found.until else None

    def end(self, store: int | None = None) -> None:
        """Ends every sign-in of a store (or of all): what the merchant does who removes the app."""
        for found in (*self.codes.values(), *(token.of for token in self.refresh.values())):
            if store in (None, found.store):
                found.ended = True

    def _authorize(self, request: Request) -> Response:
        given = dict(request.query_params)
        self.requests["oauth_authorize"] += 1
        target = given.get("redirect_uri", "")
        if given.get("client_id") != CLIENT_ID:
            raise OAuthError("invalid_client", "no app has this client_id")
        if urlsplit(target).hostname not in ("127.0.0.1", "localhost"):
            raise OAuthError("invalid_request", "redirect_uri is not one of the app's")
        wrong = ""
        if given.get("response_type") != "code":
            wrong = "unsupported_response_type"
        elif given.get("code_challenge_method") != "S256" or not given.get("code_challenge"):
            wrong = "invalid_request"
        elif given.get("store") == "deny":
            wrong = "access_denied"
        state = {"state": given["state"]} if "state" in given else {}
        if wrong:
            return RedirectResponse(f"{target}?{urlencode({'error': wrong, **state})}", 302)
        if not given.get("store"):
            return HTMLResponse(self._page(str(request.url)))
        if given["store"] not in {str(number) for number in range(1, len(self.stores) + 1)}:
            raise OAuthError("invalid_request", "there is no such store")
        code = secrets.token_urlsafe(24)
        self.codes[code] = SignIn(
            int(given["store"]) - 1,
            frozenset(given.get("scope", "").split()),
            given["code_challenge"],
            target,
            self.clock() + CODE_SECONDS,
        )
        return RedirectResponse(f"{target}?{urlencode({'code': code, **state})}", 302)

    def _page(self, address: str) -> str:
        choices = [*((str(number), name) for number, name in enumerate(self.stores, 1)), ("deny", "Do not connect")]
        links = "".join(
            f'<li><a href="{html.escape(f"{address}&store={key}")}">{html.escape(name)}</a></li>'
            for key, name in choices
        )
        return f"<!doctype html><title>Connect an app</title><h1>Which store?</h1><ul>{links}</ul>"

    def _client(self, request: Request) -> None:
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(told, validate=True).decode() if scheme.lower() == "basic" else ""
        except (binascii.Error, UnicodeDecodeError):
            given = ""
        if not hmac.compare_digest(given.encode(), f"{CLIENT_ID}:{CLIENT_SECRET}".encode()):
            raise OAuthError("invalid_client", "the app's id or secret is wrong", 401)

    def _token(self, given: dict[str, str]) -> Response:
        kind = given.get("grant_type", "")
        self.requests[f"oauth_{kind or 'nothing'}"] += 1
        if kind == "authorization_code":
            return self._redeemed(given)
        if kind == "refresh_token":
            return self._refreshed(given)
        raise OAuthError("unsupported_grant_type", "grant_type must be authorization_code or refresh_token")

    def _redeemed(self, given: dict[str, str]) -> Response:
        found = self.codes.get(given.get("code", ""))
        if found is None or found.ended or self.clock() >= found.until:
            raise OAuthError("invalid_grant", "the code is unknown or too old")
        if found.redeemed:
            found.ended = True
            raise OAuthError("invalid_grant", "the code was used before; its tokens are revoked")
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        if not hmac.compare_digest(base64.urlsafe_b64encode(digest).rstrip(b"="), found.challenge.encode()):
            raise OAuthError("invalid_grant", "code_verifier does not fit the challenge")
        if given.get("redirect_uri") != found.redirect_uri:
            raise OAuthError("invalid_grant", "redirect_uri is another one than before")
        found.redeemed = True
        return self._issue(found)

    def _refreshed(self, given: dict[str, str]) -> Response:
        found = self.refresh.get(given.get("refresh_token", ""))
        if found is None or found.of.ended or self.clock() >= found.until:
            raise OAuthError("invalid_grant", "the refresh token is unknown, revoked or too old")
        if found.used:
            found.of.ended = True
            raise OAuthError("invalid_grant", "the refresh token was used before; its tokens are revoked")
        found.used = True
        return self._issue(found.of)

    def _issue(self, of: SignIn) -> Response:
        access, refresh = (f"{TOKENS}{secrets.token_urlsafe(32)}" for _ in range(2))
        self.access[access] = _Token(of, self.clock() + self.expires_in)
        self.refresh[refresh] = _Token(of, self.clock() + REFRESH_SECONDS)
        told = {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": self.expires_in,
            "token_type": "bearer",
            "scope": " ".join(sorted(of.scopes)),
        }
        return Response(orjson.dumps(told), media_type="application/json", headers={"Cache-Control": "no-store"})

    def _revoke(self, given: dict[str, str]) -> Response:
        self.requests["oauth_revoke"] += 1
        token = given.get("token", "")
        found = self.refresh.get(token) or self.access.get(token)
        if found is not None:
            found.of.ended = True
        return Response(b"{}", media_type="application/json")
