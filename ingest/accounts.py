"""Klaviyo accounts: a key says which account it belongs to; it is stored encrypted and never shown again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.audit import Action
from data_access.engines.base import Session
from data_access.scope import COMMAND_LINE, SCHEDULE, Right, Scope
from data_access.secrets import SecretUnreadable, decrypt, encrypt
from data_access.stores import Stores
from data_access.writes.audit import note
from data_access.writes.load_orders import FILES
from data_access.writes.oauth_tokens import Tokens, held_tokens
from ingest.errors import IngestError, KeyRefused, UnknownAccount
from ingest.fetch import entities
from ingest.klaviyo import endpoints
from ingest.klaviyo.bodies import PAGE
from ingest.klaviyo.client import BEARER, PRIVATE_KEY, Connection, KlaviyoClient
from ingest.klaviyo.demo_keys import require_at_home
from ingest.klaviyo.errors import KlaviyoError
from ingest.klaviyo.oauth import revoke
from settings import Settings

DESCRIBED = ("name", "timezone", "currency", "locale", "country", "website_url")


@dataclass(frozen=True, slots=True)
class RegisteredAccount:
    """A store that can be synced. `has_key`: a key or a sign-in; false after it was forgotten."""

    public_id: str
    name: str
    timezone: str
    currency: str
    has_key: bool = True


def register_account(stores: Stores, settings: Settings, api_key: str, by: str = COMMAND_LINE) -> RegisteredAccount:
    """Asks Klaviyo whose key it is and stores it; an account that is there gets the new key.

    Raises KeyRefused, StoreError.
    """
    row = describe(settings, api_key)
    with stores.operational.write() as session:
        session.execute(
            "load/store_register",
            public_id=_store_id(session, row["account_id"]),
            account=row["account_id"],
            key=encrypt(settings, api_key),
            **{name: row[name] for name in DESCRIBED},
        )
        _connected(session, row, by, "key")
    return RegisteredAccount(row["account_id"], row["name"], row["timezone"], row["currency"])


def register_signed_in(stores: Stores, settings: Settings, tokens: Tokens) -> RegisteredAccount:
    """Asks Klaviyo whose tokens these are and keeps them; an account that is there is connected anew.

    Raises KeyRefused, StoreError.
    """
    row = describe(settings, tokens.access, scheme=BEARER)
    with stores.operational.write() as session:
        session.execute(
            "oauth/connect",
            public_id=_store_id(session, row["account_id"]),
            account=row["account_id"],
            access=encrypt(settings, tokens.access),
            refresh=encrypt(settings, tokens.refresh),
            expires_at=tokens.expires_at,
            **{name: row[name] for name in DESCRIBED},
        )
        _connected(session, row, COMMAND_LINE, "sign-in")
    return RegisteredAccount(row["account_id"], row["name"], row["timezone"], row["currency"])


def _connected(session: Session, row: Mapping[str, Any], by: str, how: str) -> None:
    account = row["account_id"]
    after = {"name": row["name"], "connected_by": how}
    note(session, by, Action.STORE_CONNECT, account, account=account, after=after)


def _store_id(session: Session, account: str) -> str:
    """A store that came over from an earlier system keeps the id that it had there. Raises KeyRefused."""
    held = session.one("load_orders/account", account=account)
    if held is not None and held["status"] == FILES:
        raise KeyRefused(
            f"The orders of {held['name']} ({account}) come from files, and an account has one source: use another"
            " database for this Klaviyo account."
        )
    known = session.one("load/store_id", account=account)
    return str(known["public_id"]) if known else f"store_{account}"


def register_from_settings(stores: Stores, settings: Settings) -> RegisteredAccount | None:
    """Registers the account of KLAVIYO_API_KEY unless its key is stored already; None where there is nothing to do.

    Raises KeyRefused, StoreError.
    """
    key = settings.klaviyo_api_key.get_secret_value().strip() if settings.klaviyo_api_key else ""
    if not key:
        return None
    with stores.operational.read() as session:
        tokens = [row["api_key_encrypted"] for row in session.rows("load/store_of_account")]
    for token in tokens:
        try:
            if token and decrypt(settings, token) == key:
                return None
        except SecretUnreadable:
            continue  # stored under another key: it is replaced by registering again
    return register_account(stores, settings, key, SCHEDULE)


def registered(stores: Stores) -> list[RegisteredAccount]:
    """All registered accounts, by name. Raises StoreError."""
    with stores.operational.read() as session:
        rows = session.rows("load/store_of_account")
    return [
        RegisteredAccount(
            r["account"], r["name"], r["timezone"], r["currency"], bool(r["api_key_encrypted"] or r["signed_in"])
        )
        for r in rows
    ]


def remove_account(stores: Stores, settings: Settings, scope: Scope, account: str) -> str:
    """Forgets an account's key or sign-in; its data stay. What Klaviyo said to the end of a sign-in, '' where nothing.

    Raises NotPermitted, UnknownAccount, StoreError.
    """
    scope.require(Right.ADMIN, account)
    if account not in {found.public_id for found in registered(stores)}:
        raise UnknownAccount(f"There is no account {account}. The registered ones: promolens account list")
    with stores.operational.read() as session:
        held = session.one("load_orders/account", account=account)
    if held is not None and held["status"] == FILES:
        raise UnknownAccount(f"{held['name']} ({account}) is filled from files: it has no key that could be forgotten.")
    said = _sign_out(stores, settings, account)
    with stores.operational.write() as session:
        session.execute("load/store_forget_key", account=account)
        note(session, scope.person, Action.STORE_FORGET_KEY, account, account=account)
    return said


def _sign_out(stores: Stores, settings: Settings, account: str) -> str:
    try:
        held = held_tokens(stores, settings, account)
        if held is not None and held.tokens.refresh:
            revoke(settings, held.tokens.refresh)
    except (IngestError, SecretUnreadable) as error:
        # Forgotten here all the same: what remains at Klaviyo, only the merchant can take away.
        return f"Klaviyo could not be told ({error}). Remove the app in Klaviyo under Settings, Integrations."
    return ""


def describe(settings: Settings, api_key: str, *, scheme: str = PRIVATE_KEY) -> dict[str, Any]:
    """The account of a key (or, as BEARER, of an access token), as a row of `stores`. Raises KeyRefused."""
    require_at_home(settings, api_key)
    connection = Connection(
        api_key=api_key,
        scheme=scheme,
        base_url=settings.klaviyo_base_url,
        revision=settings.klaviyo_revision,
        timeout=settings.klaviyo_timeout_seconds,
        limits=settings.klaviyo_limits,
        retries=2,
    )

    async def ask() -> dict[str, Any]:
        async with KlaviyoClient(connection) as client:
            page = await client.get(endpoints.ACCOUNTS, PAGE.decode)
        rows = entities.read(page.data, endpoints.ACCOUNTS.path, entities.account_row, [])
        if not rows:
            raise KeyRefused("Klaviyo names no account for this key. Make a private key with the scope accounts:read.")
        return rows[0]

    try:
        return asyncio.run(ask())
    except KlaviyoError as error:
        raise KeyRefused(error.told()) from None
