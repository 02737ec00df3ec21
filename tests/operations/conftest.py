"""A store of literal events on each engine, and people who may and may not."""

from __future__ import annotations

import pytest

from data_access.scope import Scope, local_admin
from data_access.stores import Stores
from tests.figures.literal import Ledger


@pytest.fixture
def admin() -> Scope:
    return local_admin("test")


@pytest.fixture
def ledger(stores: Stores) -> Ledger:
    """An account in Berlin that reckons in euros, whose events were read to the end once."""
    found = Ledger(stores)
    found.store()
    found.insert(
        "sync_cursors", {"klaviyo_public_id": found.account, "resource": "events", "watermark": "2026-01-15T11:00:00Z"}
    )
    return found
