"""Back to the page that somebody wanted before they had to sign in: providers send everybody to the start page."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Final

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.web.server.starlette.starlette_app_utils import decode_xsrf_token_string

from pages.frame.menu import menu

# What marks a browser from before it is signed in until after: Streamlit's own guard against forged requests.
COOKIE: Final = "_streamlit_xsrf"
PATIENCE_SECONDS: Final = 900.0
MOST: Final = 1_000
# Nobody has to be signed in to be remembered: a longer address is led back to without its filters.
MOST_LETTERS: Final = 8_000
_guard = threading.Lock()
_wanted: OrderedDict[bytes, tuple[float, str, dict[str, list[str]]]] = OrderedDict()


def _browser() -> bytes:
    """What the cookie holds beneath its mask, which changes with each answer; nothing where there is none."""
    return decode_xsrf_token_string(st.context.cookies.get(COOKIE, ""))[0] or b""


def remember() -> None:
    """Notes this page and its filters for when the browser comes back."""
    browser = _browser()
    if not browser:
        return
    filters = {name: st.query_params.get_all(name) for name in st.query_params}
    if sum(len(name) + sum(map(len, values)) for name, values in filters.items()) > MOST_LETTERS:
        filters = {}
    with _guard:
        _wanted.pop(browser, None)
        while len(_wanted) >= MOST:
            _wanted.popitem(last=False)
        _wanted[browser] = (time.monotonic(), str(st.session_state.get("navigation.page", "")), filters)


def go_on(page: Page) -> None:
    """Leads on from the start page to the one that was wanted, once."""
    browser = _browser()
    with _guard:
        since, wanted, filters = _wanted.pop(browser, (0.0, "", {})) if browser else (0.0, "", {})
    if not (wanted or filters) or page.url_path or time.monotonic() - since > PATIENCE_SECONDS:
        return
    for found in (one for pages in menu().values() for one in pages):
        if found.url_path == wanted:
            st.switch_page(found, query_params=filters)
