"""Whether a request comes from somebody who is signed in: files and uploads have no page's run that would ask."""

from __future__ import annotations

import json

from starlette.requests import cookie_parser
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import AUTH_COOKIE_NAME, get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from pages.frame import guard
from settings import Settings


def signed_in(cookies: str, settings: Settings) -> bool:
    """Whether a Cookie header holds a sign-in that stands. cookies: `name=value; …`."""
    secret = get_cookie_secret()
    held = cookie_parser(cookies)
    if not secret or AUTH_COOKIE_NAME not in held:
        return False

    def unsigned(name: str) -> bytes | None:
        value = held.get(name)
        return None if value is None else decode_signed_value(secret, name, value)

    said = get_cookie_with_chunks(unsigned, AUTH_COOKIE_NAME)
    if said is None:
        return False
    try:
        claims = json.loads(said)
    except ValueError:
        return False
    return isinstance(claims, dict) and guard.known(settings, claims)
