"""A small emulator in a thread and stores of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.stores import Stores, close_stores
from demo.emulator import RunningEmulator, running_emulator
from settings import Settings
from tests.canaries import search_rows
from tests.ingest.signed_in import connected, oauth_settings
from tests.ingest.synced import NOW, new_stores, registered_account, settings_for


@pytest.fixture
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(events=3_000, seed=5, now=NOW) as running:
        yield running


@pytest.fixture
def own_settings(emulator: RunningEmulator, tmp_path: Path) -> Settings:
    return settings_for(emulator, tmp_path / "data")


@pytest.fixture
def own_stores(own_settings: Settings) -> Iterator[Stores]:
    stores = new_stores(own_settings)
    yield stores
    search_rows(stores)
    close_stores(stores)


@pytest.fixture
def account(own_stores: Stores, own_settings: Settings, emulator: RunningEmulator) -> str:
    return registered_account(own_stores, own_settings, emulator.api_key)


@pytest.fixture
def app(emulator: RunningEmulator, own_settings: Settings) -> Settings:
    """Settings with the app that the local Klaviyo knows."""
    return oauth_settings(emulator, own_settings)


@pytest.fixture
def shop(own_stores: Stores, app: Settings) -> str:
    """An account that is connected by sign-in."""
    return connected(own_stores, app).public_id
