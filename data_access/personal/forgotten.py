"""Who was erased, as keyed digests: without the key nobody can try addresses against the list, and with it nobody can
read one back.

A digest is HMAC-SHA-256 under a random key, which stands in each row as a token under PROMOLENS_SECRET_KEY (or the key
file), as Klaviyo's keys do. The list is in the operational store, in every backup, and in a file beside the backups, so
that an older backup does not bring anybody back.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from data_access.engines.base import Session
from data_access.errors import StoreError, StoreFull
from data_access.secrets import decrypt, encrypt, encrypt_anew
from settings import Settings

FILE: Final = "forgotten.json"
_SCHEMA: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("klaviyo_public_id", "kind", "digest", "pseudonym", "sealed_key")),
        ("forgotten_at", pa.timestamp("us", "UTC")),
        ("forgotten_by", pa.string()),
    ]
)


class Kind(StrEnum):
    """What a person is known by."""

    PROFILE = "profile"
    EMAIL = "email"
    PHONE = "phone"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of `forgotten`. pseudonym: the profile id that stands in its place; sealed_key: the digest's key, under a
    key of the store's secrets; forgotten_by: who asked for it. Times UTC."""

    klaviyo_public_id: str
    kind: str
    digest: str
    pseudonym: str
    sealed_key: str
    forgotten_at: datetime
    forgotten_by: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.klaviyo_public_id, self.kind, self.digest


class Forgotten:
    """The list of one account, ready to be asked. Raises SecretUnreadable where a key of it cannot be read."""

    def __init__(self, settings: Settings, account: str, entries: Iterable[Entry]) -> None:
        self.account = account
        self._settings = settings
        self._by_key: dict[bytes, dict[tuple[str, str], Entry]] = {}
        opened: dict[str, bytes] = {}
        for entry in entries:
            if entry.klaviyo_public_id != account:
                continue
            if entry.sealed_key not in opened:
                opened[entry.sealed_key] = bytes.fromhex(decrypt(settings, entry.sealed_key))
            self._by_key.setdefault(opened[entry.sealed_key], {})[entry.kind, entry.digest] = entry

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def pseudonym(self, kind: Kind, value: str | None) -> str | None:
        """The pseudonym of a forgotten person who is known by this; None for everybody else."""
        if not value:
            return None
        for key, entries in self._by_key.items():
            found = entries.get((kind, _digest(key, self.account, kind, value)))
            if found is not None:
                return found.pseudonym
        return None

    def pseudonyms(self, kind: Kind, values: Iterable[str | None]) -> dict[str, str]:
        """Those of the values that a forgotten person is known by, each with its pseudonym."""
        if not self._by_key:
            return {}
        return {value: found for value in set(values) if value and (found := self.pseudonym(kind, value)) is not None}

    def entries(self, known: Mapping[tuple[Kind, str], str], by: str, at: datetime) -> list[Entry]:
        """Rows for what a person is known by (kind, value → pseudonym), under the newest key of the list."""
        key = next(reversed(self._by_key), None) or secrets.token_bytes(32)
        sealed = next(
            (entry.sealed_key for entry in self._by_key.get(key, {}).values()),
            None,
        ) or encrypt(self._settings, key.hex())
        return [
            Entry(self.account, kind, _digest(key, self.account, kind, value), pseudonym, sealed, at, by)
            for (kind, value), pseudonym in known.items()
        ]


def read(session: Session) -> list[Entry]:
    """The whole list. Raises StoreError."""
    return [Entry(**row) for row in session.rows("personal/forgotten")]


def add(session: Session, entries: Iterable[Entry]) -> int:
    """Adds those that are not on the list yet; how many. Raises StoreError."""
    fresh = {entry.key: entry for entry in entries}
    for entry in read(session):
        fresh.pop(entry.key, None)
    if fresh:
        session.stage("added_forgotten", pa.Table.from_pylist([asdict(one) for one in fresh.values()], schema=_SCHEMA))
        session.execute("personal/forgotten_add")
    return len(fresh)


def put(session: Session, entries: Iterable[Entry]) -> None:
    """Makes these the whole list. Raises StoreError."""
    session.execute("personal/forgotten_clear")
    add(session, entries)


def seal_anew(session: Session, settings: Settings) -> int:
    """Puts the digests' keys under the newest key; how many of them changed. Raises SecretUnreadable, StoreError."""
    held = read(session)
    anew = {token: encrypt_anew(settings, token) for token in {entry.sealed_key for entry in held}}
    changed = [(old, new) for old, new in anew.items() if old != new]
    if changed:
        rows = [{"sealed_old": old, "sealed_new": new} for old, new in changed]
        session.stage("sealed_keys", pa.Table.from_pylist(rows))
        session.execute("personal/forgotten_seal")
    return len(changed)


def keep_beside(session: Session, settings: Settings) -> Path | None:
    """Writes the list into a file beside the backups; None where nobody was forgotten. Raises StoreFull, StoreError."""
    held = {entry.key: entry for entry in [*read_beside(settings.backup_folder), *read(session)]}
    if not held:
        return None
    path = settings.backup_folder / FILE
    text = json.dumps([asdict(entry) for entry in held.values()], default=str, indent=1)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    except OSError as error:
        raise StoreFull(
            f"The list of forgotten people cannot be written to {path}: {error.strerror or error}. Without it a restore"
            " on another machine would bring them back."
        ) from error
    return path


def read_beside(folder: Path) -> list[Entry]:
    """The list in a folder of backups; empty where there is none. Raises StoreError where it cannot be read."""
    path = folder / FILE
    if not path.is_file():
        return []
    try:
        told: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return [Entry(**row | {"forgotten_at": datetime.fromisoformat(row["forgotten_at"])}) for row in told]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"The list of forgotten people in {path} cannot be read. Put it back from a copy; without it people who"
            " were forgotten would come back."
        ) from error


def together(*lists: Iterable[Entry]) -> list[Entry]:
    """Several lists as one, each person's entry as the first that has it says."""
    found: dict[tuple[str, str, str], Entry] = {}
    for entries in lists:
        for entry in entries:
            found.setdefault(entry.key, entry)
    return list(found.values())


def plain(kind: Kind, value: str) -> str:
    """A value as it is compared: addresses in small letters, numbers without what only parts them."""
    text = value.strip()
    if kind == Kind.EMAIL:
        return text.lower()
    if kind == Kind.PHONE:
        return "".join(sign for sign in text if sign.isdigit())
    return text


def _digest(key: bytes, account: str, kind: str, value: str) -> str:
    told = f"{account}\0{kind}\0{plain(Kind(kind), value)}"
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()
