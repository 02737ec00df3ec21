"""Accounts that are connected by sign-in: PKCE, the way back, and how a connection is given up."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest

from data_access.scope import local_admin
from data_access.stores import Stores
from data_access.writes.oauth_tokens import held_tokens
from demo.emulator import RunningEmulator
from ingest.accounts import registered, remove_account
from ingest.conformance import FACTS, conform
from ingest.klaviyo import oauth
from ingest.klaviyo.oauth import OAuthNotConfigured
from ingest.sign_in import NotConnected, sign_in
from settings import Settings
from tests.ingest.signed_in import change, connected, end_soon, held, permit, row
from tests.ingest.synced import registered_account

# --- conformance ------------------------------------------------------------------------------------------------------


def test_conformance_asks_with_the_sign_in_that_lives(own_stores: Stores, app: Settings, shop: str) -> None:
    end_soon(own_stores)  # it is refreshed first, as by a sync
    checks = {check.name: check for check in conform(own_stores, app, None)}
    assert set(checks) == {f"{shop} {fact.name}" for fact in FACTS}
    assert checks[f"{shop} trailing-slash"].ok, checks[f"{shop} trailing-slash"].message
    assert checks[f"{shop} order-properties"].ok
    end_soon(own_stores)
    change(own_stores, "UPDATE stores SET refresh_token_encrypted = NULL")
    (ended,) = conform(own_stores, app, shop)
    assert not ended.ok
    assert "promolens account add --oauth" in ended.message


# --- connecting -------------------------------------------------------------------------------------------------------


def test_signing_in_connects_the_store_that_the_person_chose(
    own_stores: Stores, app: Settings, emulator: RunningEmulator
) -> None:
    seen: list[str] = []

    def show(address: str) -> None:
        seen.append(address)
        permit(address, "2")

    account = sign_in(own_stores, app, show, patience=30)
    assert emulator.app is not None
    assert account.public_id == emulator.app.views[1].world.plan.public_id
    asked = {name: values[0] for name, values in parse_qs(urlsplit(seen[0]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"].startswith("http://127.0.0.1:")
    kept = row(own_stores, account.public_id)
    mine = held(own_stores, app, account.public_id)
    assert mine.access
    assert mine.refresh
    assert mine.access not in str(kept)
    assert mine.refresh not in str(kept)
    assert kept["api_key_encrypted"] is None
    assert timedelta(minutes=50) < kept["token_expires_at"] - datetime.now(UTC) <= timedelta(hours=1)


def test_the_consent_page_names_the_stores(app: Settings, emulator: RunningEmulator) -> None:
    address = oauth.consent_address(app, "http://127.0.0.1:1/oauth/callback", "state", "challenge")
    with urlopen(address, timeout=30) as answer:
        page = answer.read().decode()
    assert emulator.app is not None
    assert all(view.world.plan.public_id in page for view in emulator.app.views)
    assert "store=deny" in page


def test_who_does_not_permit_it_connects_nothing(own_stores: Stores, app: Settings) -> None:
    with pytest.raises(NotConnected, match="access_denied"):
        connected(own_stores, app, "deny")
    assert registered(own_stores) == []


def test_nobody_coming_back_ends_the_wait(own_stores: Stores, app: Settings) -> None:
    with pytest.raises(NotConnected, match="Nobody came back"):
        sign_in(own_stores, app, lambda _address: None, patience=0)


def test_an_answer_with_another_state_is_not_taken(own_stores: Stores, app: Settings) -> None:
    refused: list[int] = []

    def show(address: str) -> None:
        back = parse_qs(urlsplit(address).query)["redirect_uri"][0]

        def forge() -> None:
            try:
                urlopen(f"{back}?code=stolen&state=guessed", timeout=30)
            except HTTPError as error:
                refused.append(error.code)
            permit(address)

        threading.Thread(target=forge, daemon=True).start()

    assert sign_in(own_stores, app, show, patience=30).public_id
    assert refused == [404]


def test_without_the_app_the_settings_are_named(own_stores: Stores, own_settings: Settings) -> None:
    with pytest.raises(OAuthNotConfigured, match="KLAVIYO_OAUTH_CLIENT_ID and KLAVIYO_OAUTH_CLIENT_SECRET"):
        sign_in(own_stores, own_settings.model_copy(update={"klaviyo_oauth_port": 0}), lambda _address: None)


def test_a_wrong_secret_of_the_app_is_told(own_stores: Stores, app: Settings, own_settings: Settings) -> None:
    wrong = app.model_copy(
        update={
            "klaviyo_oauth_client_secret": Settings(
                data_dir=own_settings.data_dir, klaviyo_oauth_client_secret="not the secret"
            ).klaviyo_oauth_client_secret
        }
    )
    with pytest.raises(OAuthNotConfigured, match="does not know the app") as told:
        connected(own_stores, wrong)
    assert "not the secret" not in str(told.value)


def test_a_key_and_a_sign_in_take_each_others_place(
    own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str
) -> None:
    assert registered_account(own_stores, app, emulator.api_key) == shop
    assert held_tokens(own_stores, app, shop) is None
    assert row(own_stores, shop)["api_key_encrypted"]
    assert connected(own_stores, app).public_id == shop
    assert row(own_stores, shop)["api_key_encrypted"] is None
    assert len(registered(own_stores)) == 1


def test_a_store_of_an_earlier_system_keeps_its_id(own_stores: Stores, app: Settings, shop: str) -> None:
    change(own_stores, "UPDATE stores SET public_id = 'store_abc123'")
    assert connected(own_stores, app).public_id == shop
    assert row(own_stores, shop)["public_id"] == "store_abc123"


def test_removing_an_account_ends_its_connection_at_klaviyo(
    own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str
) -> None:
    mine = held(own_stores, app, shop)
    assert remove_account(own_stores, app, local_admin(), shop) == ""
    assert emulator.requests["oauth_revoke"] == 1
    assert held_tokens(own_stores, app, shop) is None
    with pytest.raises(oauth.SignInRefused):
        oauth.refresh_tokens(app, mine.refresh)


def test_removing_goes_on_where_klaviyo_cannot_be_told(
    own_stores: Stores, app: Settings, emulator: RunningEmulator, shop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oauth, "PAUSE_SECONDS", 0)
    emulator.set_faults(error_5xx="9@/oauth/revoke")
    assert "could not be told" in remove_account(own_stores, app, local_admin(), shop)
    assert held_tokens(own_stores, app, shop) is None
