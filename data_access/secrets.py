"""Encrypts what must not stand in the database as text: Klaviyo keys and tokens.

Keys come from PROMOLENS_SECRET_KEY (comma-separated, newest first: the first encrypts, all decrypt). Without it a key
file is made in the data folder, readable by its owner only.
"""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from data_access.errors import StoreError
from settings import Settings

KEY_FILE = "secret.key"


class SecretUnreadable(StoreError):
    """A stored secret was encrypted with another key."""


def encrypt(settings: Settings, text: str) -> str:
    """The text as a token that `decrypt` reads. Raises StoreError where no key can be had."""
    return _fernet(settings).encrypt(text.encode()).decode("ascii")


def decrypt(settings: Settings, token: str) -> str:
    """The text of a token. Raises SecretUnreadable where none of the keys fits."""
    try:
        return _fernet(settings).decrypt(token.encode("ascii")).decode()
    except (InvalidToken, UnicodeError) as error:
        raise SecretUnreadable(
            "The stored key was encrypted with another PROMOLENS_SECRET_KEY (or key file). Put the old one behind the "
            "new one, separated by a comma, or add the account's key again: promolens account add --api-key-stdin"
        ) from error


def _fernet(settings: Settings) -> MultiFernet:
    given = settings.promolens_secret_key.get_secret_value() if settings.promolens_secret_key else ""
    words = [word.strip() for word in given.split(",") if word.strip()] or [_from_file(settings.data_dir / KEY_FILE)]
    return MultiFernet([Fernet(_as_key(word)) for word in words])


def _as_key(word: str) -> bytes:
    # A Fernet key as it is; any other text (a pass phrase) through a hash.
    try:
        if len(base64.urlsafe_b64decode(word)) == 32:
            return word.encode("ascii")
    except ValueError:
        pass
    return base64.urlsafe_b64encode(hashlib.sha256(word.encode()).digest())


def _from_file(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreError(f"The key file {path} cannot be made: {error}. Set PROMOLENS_SECRET_KEY.") from error
    else:
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write(Fernet.generate_key().decode("ascii"))
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise StoreError(f"The key file {path} cannot be read: {error}. Set PROMOLENS_SECRET_KEY.") from error
