"""Puts every stored secret under the newest key, in one transaction: all of them, or none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from analytics.audit import Action
from data_access.errors import StoreError
from data_access.scope import Right, Scope
from data_access.secrets import SecretUnreadable, encrypt_anew
from data_access.stores import Stores
from data_access.writes.audit import note
from settings import Settings

SECRETS: Final = ("api_key", "oauth_token", "refresh_token")
_SCHEMA: Final = pa.schema(
    [("public_id", pa.string()), *((f"{name}_{age}", pa.string()) for name in SECRETS for age in ("old", "new"))]
)


class SecretsMoved(StoreError):
    """Somebody replaced a secret while all of them were encrypted anew; nothing was written."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """Secrets that are under the newest key now, and those that were before."""

    rotated: int
    already: int


def rotate_secrets(stores: Stores, settings: Settings, scope: Scope) -> Rotated:
    """Encrypts every secret with the newest key. Where one cannot be read, nothing is changed.

    Raises NotPermitted, SecretUnreadable (which names the store), SecretsMoved, StoreError.
    """
    scope.require(Right.ADMIN)
    rotated = already = 0
    with stores.operational.write() as session:
        staged: list[dict[str, str | None]] = []
        for held in session.rows("secrets/held"):
            row: dict[str, str | None] = {"public_id": held["public_id"]}
            for name in SECRETS:
                token = held[f"{name}_encrypted"]
                row[f"{name}_old"] = token
                row[f"{name}_new"] = _anew(settings, token, held["name"]) if token else None
                already += bool(token) and row[f"{name}_new"] == token
                rotated += row[f"{name}_new"] != token
            if any(row[f"{name}_new"] != row[f"{name}_old"] for name in SECRETS):
                staged.append(row)
        if staged:
            session.stage("staged_secrets", pa.Table.from_pylist(staged, schema=_SCHEMA))
            if session.execute("secrets/replace") not in (len(staged), -1):
                raise SecretsMoved("A key or token was replaced just now. Nothing was changed: run it again.")
            note(session, scope.person, Action.KEY_ROTATE, "database", after={"rotated": rotated})
    return Rotated(rotated, already)


def _anew(settings: Settings, token: str, name: str) -> str:
    try:
        return encrypt_anew(settings, token)
    except SecretUnreadable as error:
        raise SecretUnreadable(f"{name}: {error}. Nothing was changed.") from error
