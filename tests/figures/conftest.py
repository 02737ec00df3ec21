"""A store of literal events on each engine."""

from __future__ import annotations

import pytest

from data_access.stores import Stores
from tests.figures.literal import Ledger

ENGINES = ("duckdb",)


@pytest.fixture(params=ENGINES)
def ledger(request: pytest.FixtureRequest, stores: Stores) -> Ledger:
    """An account in Berlin that reckons in euros, with the metrics of METRICS and without an event."""
    assert stores.operational.dialect == request.param
    found = Ledger(stores)
    found.store()
    return found
