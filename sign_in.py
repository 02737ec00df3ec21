"""Who can sign people in: the file of providers that Streamlit's `st.login` reads, checked before the app serves."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from settings import Settings

OWN_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "::1"})
CALLBACK: Final = "/oauth2callback"
SHORTEST_SECRET: Final = 32
_REQUIRED: Final = ("client_id", "client_secret", "server_metadata_url")
_NAME: Final = re.compile(r"[A-Za-z0-9-]+")


class SignInFileError(Exception):
    """The file of providers cannot be used: nobody is let in. The message names the file and the line's key."""


def providers(settings: Settings) -> dict[str, str]:
    """What each provider is called, by its name in the file; empty without sign-in.

    Raises SignInFileError where a file is named and cannot be used: a mistake in it must not open the doors.
    """
    path = settings.sign_in_path
    if path is None:
        return {}
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise SignInFileError(f"SIGN_IN_FILE: {path} cannot be read ({error.strerror}).") from error
    return dict(_read(path, changed))


def secrets_within(settings: Settings) -> frozenset[str]:
    """What the file of providers holds and must appear nowhere; empty where there is none that can be read."""
    path = settings.sign_in_path
    try:
        return frozenset() if path is None else _secrets(path, path.stat().st_mtime_ns)
    except OSError:
        return frozenset()


@lru_cache(maxsize=4)
def _secrets(path: Path, _changed: int) -> frozenset[str]:
    try:
        section = tomllib.loads(path.read_text(encoding="utf-8")).get("auth")
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return frozenset()
    sections = [section, *section.values()] if isinstance(section, dict) else []
    return frozenset(
        str(value)
        for given in sections
        if isinstance(given, dict)
        for name, value in given.items()
        if name.endswith("secret") and value
    )


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> dict[str, str]:
    try:
        section = tomllib.loads(path.read_text(encoding="utf-8")).get("auth")
    except (OSError, UnicodeDecodeError) as error:
        raise SignInFileError(f"{path} cannot be read ({type(error).__name__}).") from error
    except tomllib.TOMLDecodeError as error:
        raise SignInFileError(f"{path} is not TOML: {error}.") from error
    if not isinstance(section, dict):
        raise SignInFileError(f"{path} has no section [auth].")
    _check_shared(path, section)
    named = {name: given for name, given in section.items() if isinstance(given, dict) and name != "client_kwargs"}
    if any(key in section for key in _REQUIRED):
        named["default"] = section
    if not named:
        raise SignInFileError(f"{path} names no provider: add a section like [auth.google].")
    for name, given in named.items():
        _check_provider(path, name, given)
    return {name: str(given.get("label") or _titled(name)) for name, given in named.items()}


def redirect_address(settings: Settings) -> SplitResult | None:
    """The app's own address as providers send people back to it; None without sign-in. Raises SignInFileError."""
    path = settings.sign_in_path
    if path is None or not providers(settings):
        return None
    section = tomllib.loads(path.read_text(encoding="utf-8"))["auth"]
    return urlsplit(str(section["redirect_uri"]).lower())


def _titled(name: str) -> str:
    return "your company's account" if name == "default" else name.capitalize()


def _check_shared(path: Path, section: dict[str, Any]) -> None:
    back = urlsplit(str(section.get("redirect_uri", "")))
    if back.scheme not in ("http", "https") or not back.hostname or not back.path.endswith(CALLBACK):
        raise SignInFileError(
            f"{path}, [auth]: redirect_uri must be the app's address followed by {CALLBACK}, like"
            f" https://promolens.example.com{CALLBACK}."
        )
    if back.scheme == "http" and back.hostname not in OWN_MACHINE:
        raise SignInFileError(f"{path}, [auth]: redirect_uri must begin with https:// except on this machine.")
    if len(str(section.get("cookie_secret", ""))) < SHORTEST_SECRET:
        raise SignInFileError(
            f"{path}, [auth]: cookie_secret must be a random text of {SHORTEST_SECRET} characters or more."
        )


def _check_provider(path: Path, name: str, given: dict[str, Any]) -> None:
    where = f"{path}, [auth]" if name == "default" else f"{path}, [auth.{name}]"
    if not _NAME.fullmatch(name):
        raise SignInFileError(f"{where}: a provider's name has letters, digits and hyphens.")
    if missing := [key for key in _REQUIRED if not str(given.get(key, "")).strip()]:
        raise SignInFileError(f"{where}: {', '.join(missing)} is missing.")
    metadata = urlsplit(str(given["server_metadata_url"]))
    if metadata.scheme != "https" and metadata.hostname not in OWN_MACHINE:
        raise SignInFileError(f"{where}: server_metadata_url must begin with https://.")
