"""A store of literal events on each engine, and people who may and may not."""

from __future__ import annotations

import pytest

from data_access.scope import Scope, local_admin
from data_access.stores import Stores
from tests.figures.conftest import ledger_stores as ledger_stores
from tests.figures.literal import Ledger


@pytest.fixture
def admin() -> Scope:
    return local_admin("test")


@pytest.fixture
def ledger(stores: Stores) -> Ledger:
    """An account in Berlin that reckons in euros, whose events were read to the end once."""
    return read_once(stores)


@pytest.fixture
def each_ledger(ledger_stores: Stores) -> Ledger:
    """The same, on each engine."""
    return read_once(ledger_stores)


def read_once(stores: Stores) -> Ledger:
    found = Ledger(stores)
    found.store()
    found.insert(
        "sync_cursors", {"klaviyo_public_id": found.account, "resource": "events", "watermark": "2026-01-15T11:00:00Z"}
    )
    return found
