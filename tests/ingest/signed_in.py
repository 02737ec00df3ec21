"""Accounts that are connected by sign-in at the local Klaviyo."""

from __future__ import annotations

import threading
from typing import Any
from urllib.request import urlopen

from data_access.stores import Stores
from data_access.writes.oauth_tokens import Tokens, held_tokens
from demo.api.oauth import CLIENT_ID, CLIENT_SECRET
from demo.emulator import RunningEmulator
from ingest.accounts import RegisteredAccount
from ingest.sign_in import sign_in
from settings import Settings


def oauth_settings(emulator: RunningEmulator, settings: Settings, **changes: object) -> Settings:
    """The settings with the local Klaviyo's app."""
    return settings.model_copy(
        update={
            "klaviyo_oauth_client_id": CLIENT_ID,
            "klaviyo_oauth_client_secret": type(settings)
            .model_validate({"data_dir": settings.data_dir, "klaviyo_oauth_client_secret": CLIENT_SECRET})
            .klaviyo_oauth_client_secret,
            "klaviyo_oauth_authorize_url": f"{emulator.base_url}/oauth/authorize",
            "klaviyo_oauth_port": 0,
            **changes,
        }
    )


def permit(address: str, store: str = "1") -> None:
    """What the person does in the browser: chooses a store and follows the way back, beside the waiting command."""

    def follow() -> None:
        with urlopen(f"{address}&store={store}", timeout=30) as answer:
            answer.read()

    threading.Thread(target=follow, daemon=True).start()


def connected(stores: Stores, settings: Settings, store: str = "1") -> RegisteredAccount:
    return sign_in(stores, settings, lambda address: permit(address, store), patience=30)


def row(stores: Stores, account: str) -> dict[str, Any]:
    with stores.operational.read() as session:
        return session.query_text(f"SELECT * FROM stores WHERE klaviyo_public_id = '{account}'", {}).to_pylist()[0]


def change(stores: Stores, sql: str) -> None:
    with stores.operational.write() as session:
        session.execute_text(sql)


def end_soon(stores: Stores) -> None:
    """As if the access token's hour were over."""
    change(stores, "UPDATE stores SET token_expires_at = TIMESTAMPTZ '2020-01-01 00:00:00+00'")


def held(stores: Stores, settings: Settings, account: str) -> Tokens:
    found = held_tokens(stores, settings, account)
    assert found is not None
    return found.tokens
