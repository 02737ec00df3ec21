"""Encrypts what must not stand in the database as text: Klaviyo keys and tokens.

Keys come from PROMOLENS_SECRET_KEY (comma-separated, newest first: the first encrypts, all decrypt). Without it a key
file is made in the data folder, readable by its owner only; a line a key, newest first. Beside the setting the file's
keys go on decrypting.
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


def encrypt_anew(settings: Settings, token: str) -> str:
    """The token under the newest key; the same one where it is under that. Raises SecretUnreadable, StoreError."""
    newest = MultiFernet([Fernet(_as_key(_words(settings)[0]))])
    try:
        newest.decrypt(token.encode("ascii"))
    except (InvalidToken, UnicodeError):
        return newest.encrypt(decrypt(settings, token).encode()).decode("ascii")
    return token


def in_key_file(settings: Settings) -> bool:
    """Whether the key file, not PROMOLENS_SECRET_KEY, gives the newest key."""
    return not _given(settings)


def put_new_key_into_file(settings: Settings) -> None:
    """Puts a new key before those of the key file, which go on decrypting. Raises StoreError."""
    path = settings.data_dir / KEY_FILE
    _write_file(path, [Fernet.generate_key().decode("ascii"), *_from_file(path)])


def leave_newest_key_in_file(settings: Settings) -> None:
    """Drops all keys but the newest from the key file: nothing rests on them any more. Raises StoreError."""
    path = settings.data_dir / KEY_FILE
    _write_file(path, _from_file(path)[:1])


def _given(settings: Settings) -> list[str]:
    given = settings.promolens_secret_key.get_secret_value() if settings.promolens_secret_key else ""
    return [word.strip() for word in given.split(",") if word.strip()]


def _words(settings: Settings) -> list[str]:
    given, path = _given(settings), settings.data_dir / KEY_FILE
    return [*given, *_read_file(path)] if given and path.exists() else given or _from_file(path)


def _fernet(settings: Settings) -> MultiFernet:
    return MultiFernet([Fernet(_as_key(word)) for word in _words(settings)])


def _as_key(word: str) -> bytes:
    # A Fernet key as it is; any other text (a pass phrase) through a hash.
    try:
        if len(base64.urlsafe_b64decode(word)) == 32:
            return word.encode("ascii")
    except ValueError:
        pass
    return base64.urlsafe_b64encode(hashlib.sha256(word.encode()).digest())


def _from_file(path: Path) -> list[str]:
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
    return _read_file(path)


def _read_file(path: Path) -> list[str]:
    try:
        found = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeError) as error:
        raise StoreError(f"The key file {path} cannot be read: {error}. Set PROMOLENS_SECRET_KEY.") from error
    if not found:
        raise StoreError(f"The key file {path} is empty. Put it back from a backup, or set PROMOLENS_SECRET_KEY.")
    return found


def _write_file(path: Path, words: list[str]) -> None:
    # Whole or not at all: a key file that breaks off would lock every secret away.
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as out:
            out.write("\n".join(words) + "\n")
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except OSError as error:
        raise StoreError(f"The key file {path} cannot be written: {error}.") from error
