"""The headers of each answer. What a browser may load, run and send is no more than the app needs; docs/security.md
says which of it could not be stricter, and why."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Final

from streamlit import file_util

Headers = list[tuple[bytes, bytes]]

# A year, as browsers ask for.
HSTS: Final = (b"strict-transport-security", b"max-age=31536000")
_INLINE: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# What the app never asks a browser for, so that nothing that got into a page can.
_NEVER: Final = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment",
    "publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip


def policy(page: str, parents: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of the app. page: its HTML, whose inline scripts run by their hashes; parents:
    origins that may show the app in a frame, none by default."""
    scripts = " ".join(["'self'", *(f"'sha256-{_hash(text)}'" for text in _INLINE.findall(page))])
    shown_by = " ".join(parents) or "'none'"
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {scripts}",
            # Streamlit's components and Plotly write styles as they draw.
            "style-src 'self' 'unsafe-inline'",
            # Icons of a chart, and the picture of it that one takes out.
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {shown_by}",
        ]
    )


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@lru_cache(maxsize=4)
def always(parents: tuple[str, ...] = ()) -> Headers:
    """What stands on every answer, whatever it is."""
    page = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    told = {
        "content-security-policy": policy(page, parents),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": ", ".join(f"{name}=()" for name in _NEVER),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    if not parents:
        # For what reads no frame-ancestors.
        told["x-frame-options"] = "DENY"
    return [(name.encode(), value.encode()) for name, value in told.items()]


def added(given: Iterable[tuple[bytes, bytes]], ours: Headers, *, encrypted: bool) -> Headers:
    """An answer's headers with ours in place of any of the same name; where the connection is encrypted, cookies are
    sent over such connections alone."""
    names = {name for name, _ in ours}
    kept = [(name, value) for name, value in given if name.lower() not in names]
    if not encrypted:
        return kept + ours
    return [(name, _secure(value) if name.lower() == b"set-cookie" else value) for name, value in kept] + [*ours, HSTS]


def _secure(cookie: bytes) -> bytes:
    flags = {part.strip().lower() for part in cookie.split(b";")[1:]}
    return cookie if b"secure" in flags else cookie + b"; Secure"
