"""`promolens account add --oauth`: a person permits the app at Klaviyo, and comes back to a port of this machine."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Final
from urllib.parse import parse_qs, urlsplit

from data_access.stores import Stores
from ingest.accounts import RegisteredAccount, register_signed_in
from ingest.errors import IngestError
from ingest.klaviyo.oauth import SignInRefused, challenge_pair, consent_address, redeem_code
from settings import Settings

PATH: Final = "/oauth/callback"
PATIENCE_SECONDS: Final = 300.0
DONE: Final = "Promolens is connected. You can close this page and go back to the terminal."
NOT_DONE: Final = "Promolens is not connected. The terminal says why."


class NotConnected(IngestError):
    """The person did not permit it, did not come back in time, or the port is taken."""


class _Callback(HTTPServer):
    """Waits on 127.0.0.1 for the one request that carries our state."""

    allow_reuse_address = False

    def __init__(self, port: int, state: str) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.timeout = 0.2
        self.state = state
        self.code = ""
        self.refused = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{PATH}"


class _Handler(BaseHTTPRequestHandler):
    server: _Callback
    timeout = 10  # whoever connects and says nothing does not hold the sign-in up
    protocol_version = "HTTP/1.0"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(parts.query).items()}
        ours = hmac.compare_digest(given.get("state", "").encode(), self.server.state.encode())
        if parts.path != PATH or not ours:
            self._say(404, "This is not the answer that is waited for.")
        elif given.get("code"):
            self.server.code = given["code"]
            self._say(200, DONE)
        else:
            self.server.refused = given.get("error", "no code came")[:60]
            self._say(200, NOT_DONE)

    def _say(self, status: int, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a request's line carries the code."""


def sign_in(
    stores: Stores,
    settings: Settings,
    show: Callable[[str], None],
    *,
    patience: float = PATIENCE_SECONDS,
) -> RegisteredAccount:
    """Connects the store that a person chooses at Klaviyo; `show` gets the address to open.

    Raises NotConnected, OAuthNotConfigured, SignInRefused, SignInFailed, KeyRefused, StoreError.
    """
    state = secrets.token_urlsafe(32)
    verifier, challenge = challenge_pair()
    try:
        callback = _Callback(settings.klaviyo_oauth_port, state)
    except OSError as error:
        raise NotConnected(
            f"Port {settings.klaviyo_oauth_port} on 127.0.0.1 cannot be listened on ({error.strerror}). Set"
            " KLAVIYO_OAUTH_PORT to a free one, and register its address with your Klaviyo app."
        ) from error
    with callback:
        show(consent_address(settings, callback.address, state, challenge))
        deadline = time.monotonic() + patience
        while not callback.code and not callback.refused:
            if time.monotonic() > deadline:
                raise NotConnected(f"Nobody came back from Klaviyo within {patience:.0f} seconds. Try again.")
            callback.handle_request()
        if callback.refused:
            raise NotConnected(f"Klaviyo did not connect the store ({callback.refused}). Try again and permit it.")
    try:
        tokens = redeem_code(settings, callback.code, verifier, callback.address)
    except SignInRefused as refused:
        raise NotConnected(f"Klaviyo did not redeem the code ({refused}). Try again.") from None
    return register_signed_in(stores, settings, tokens)
