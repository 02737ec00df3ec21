"""Klaviyo gives an account's country as a person wrote it; figures need its ISO code."""

from __future__ import annotations

import re
from functools import lru_cache

_LOCALE = re.compile(r"^[a-z]{2,3}[-_]([A-Z]{2})\b")


def country_code(written: str | None, locale: str | None = None) -> str | None:
    """ISO 3166 alpha-2 code of a country written as a code or an English name; else that of the locale; else None."""
    plain = re.sub(r"[^a-z]", "", (written or "").lower())
    if plain in _codes():
        return _codes()[plain]
    found = _LOCALE.match(locale or "")
    return found.group(1) if found and found.group(1).lower() in _codes() else None


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Names and codes of countries, lower case without spaces, to their alpha-2 code."""
    # A quarter of what starting to fetch would take, for one word of an answer that comes later.
    from holidays.registry import COUNTRIES

    codes = {}
    for name, (_, alpha2, *more) in COUNTRIES.items():
        for known in (name.replace("_", ""), alpha2, *more):
            codes[known.lower()] = alpha2
    return codes
