"""Klaviyo's sign-in for apps: the address of consent with PKCE, codes and refresh tokens redeemed, tokens revoked.

No error carries a token, a code or the app's secret.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import httpx

from data_access.writes.oauth_tokens import Tokens
from ingest.errors import IngestError
from settings import Settings

TRIES: Final = 3
ANSWER_SECONDS: Final = 15.0
PAUSE_SECONDS: Final = 0.5


class OAuthNotConfigured(IngestError):
    """The app's id or secret is not set."""


class SignInRefused(IngestError):
    """Klaviyo does not accept a code or a refresh token: only a person can connect the account again."""


class SignInFailed(IngestError):
    """Klaviyo could not be asked; later it may be."""


def challenge_pair() -> tuple[str, str]:
    """A PKCE verifier and its S256 challenge (RFC 7636)."""
    verifier = secrets.token_urlsafe(64)
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def consent_address(settings: Settings, redirect_uri: str, state: str, challenge: str) -> str:
    """Where a person permits the app to read a store. Raises OAuthNotConfigured."""
    client_id, _ = _app(settings)
    return f"{settings.klaviyo_oauth_authorize_url}?" + urlencode(
        {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "scope": settings.klaviyo_oauth_scopes,
            "state": state,
            "code_challenge_method": "S256",
            "code_challenge": challenge,
        }
    )


def redeem_code(settings: Settings, code: str, verifier: str, redirect_uri: str) -> Tokens:
    """Tokens for a code. Raises OAuthNotConfigured, SignInRefused, SignInFailed."""
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
    return _tokens(_ask(settings, "/oauth/token", form), "")


def refresh_tokens(settings: Settings, refresh: str) -> Tokens:
    """New tokens for a refresh token, which may be spent with it. Raises OAuthNotConfigured, SignInRefused,
    SignInFailed."""
    return _tokens(_ask(settings, "/oauth/token", {"grant_type": "refresh_token", "refresh_token": refresh}), refresh)


def revoke(settings: Settings, refresh: str) -> None:
    """Ends a connection at Klaviyo. Raises OAuthNotConfigured, SignInRefused, SignInFailed."""
    _ask(settings, "/oauth/revoke", {"token": refresh, "token_type_hint": "refresh_token"})


def _app(settings: Settings) -> tuple[str, str]:
    secret = settings.klaviyo_oauth_client_secret
    if not settings.klaviyo_oauth_client_id or secret is None:
        raise OAuthNotConfigured(
            "Sign-in needs the id and secret of your Klaviyo app: set KLAVIYO_OAUTH_CLIENT_ID and"
            " KLAVIYO_OAUTH_CLIENT_SECRET."
        )
    return settings.klaviyo_oauth_client_id, secret.get_secret_value()


def _ask(settings: Settings, path: str, form: dict[str, str]) -> dict[str, Any]:
    app = _app(settings)
    failure = ""
    for attempt in range(TRIES):
        if attempt:
            time.sleep(PAUSE_SECONDS * attempt)
        try:
            response = httpx.post(f"{settings.klaviyo_base_url}{path}", data=form, auth=app, timeout=ANSWER_SECONDS)
        except httpx.TransportError as error:
            # Not chained: the request that it holds carries the tokens.
            failure = type(error).__name__
            continue
        if response.status_code == 429 or response.status_code >= 500:
            failure = str(response.status_code)
            continue
        told = _json(response)
        if response.status_code >= 400:
            raise _refusal(told, response.status_code)
        return told
    raise SignInFailed(f"Klaviyo's sign-in does not answer ({failure}). Check the network, then run the sync again.")


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        found = response.json() if response.content else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _refusal(told: dict[str, Any], status: int) -> IngestError:
    code = str(told.get("error", status))[:60]
    if code == "invalid_client" or status == 401:
        return OAuthNotConfigured(
            f"Klaviyo does not know the app ({code}). Check KLAVIYO_OAUTH_CLIENT_ID and KLAVIYO_OAUTH_CLIENT_SECRET."
        )
    said = " ".join(str(told.get("error_description", "")).split())[:200]
    return SignInRefused(f"{code}: {said}" if said else code)


def _tokens(told: dict[str, Any], refresh: str) -> Tokens:
    access = told.get("access_token")
    if not isinstance(access, str) or not access:
        raise SignInFailed("Klaviyo's sign-in answered without a token. Try again.")
    lifetime = told.get("expires_in")
    known = isinstance(lifetime, int | float) and lifetime > 0
    ends = datetime.now(UTC) + timedelta(seconds=float(lifetime)) if known and lifetime is not None else None
    # A service that does not rotate says nothing, or says the same again.
    return Tokens(access, str(told.get("refresh_token") or refresh), ends)
