"""What all derived tables have in common: one that cannot be computed stays as it was, and holds nothing else up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data_access.derived import registry
from data_access.derived.frame import Changes, Derived, DerivedTable, Run
from data_access.stores import Stores
from tests.embedded_clickhouse import WAREHOUSES, migrated_stores
from tests.figures.literal import Ledger, placed

NOW = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.fixture(params=WAREHOUSES)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    with migrated_stores(tmp_path / "stores", request.param) as stores:
        found = Ledger(stores)
        found.store()
        yield found


def offer(monkeypatch: pytest.MonkeyPatch, *tables: DerivedTable) -> None:
    monkeypatch.setattr(registry, "TABLES", tables)
    monkeypatch.setattr(registry, "NAMES", tuple(each.name for each in tables))


def table(name: str, *, refused: bool = False) -> DerivedTable:
    def rebuild(run: Run) -> dict[str, Any]:
        with run.pair.warehouse() as session:
            if refused:
                session.query_text("SELECT no_such_column FROM klaviyo_orders", {})
        return {"made": "anew"}

    def update(run: Run, changes: Changes) -> dict[str, Any]:
        return {"made": "updated"}

    return DerivedTable(name, "customers", timedelta(hours=1), 1, rebuild, update)


def test_one_that_is_refused_is_told_and_the_others_are_computed(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.load(placed("o1", "2026-01-03T10:15+01:00", 100.00))
    ledger.refresh()
    stores: Stores = ledger.stores
    offer(monkeypatch, table("first", refused=True), table("second"))
    refused = registry.derive_due(stores, ledger.account, NOW)
    assert refused.keys() == {"first"}
    assert "no_such_column" in refused["first"]
    # Only what was refused is due again, and is made as soon as it can be.
    offer(monkeypatch, table("first"), table("second"))
    assert registry.derive_due(stores, ledger.account, datetime.now(UTC)) == {}
    assert [found.how for found in registry.derive(stores, ledger.account)] == ["unchanged", "unchanged"]


def test_a_table_left_half_done_keeps_no_work_waiting(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, table("first"), table("second"))
    ledger.load(*(placed(f"o{n}", "2026-01-03T10:15+01:00", 100.00) for n in range(9)))
    ledger.refresh()
    registry.derive(ledger.stores, ledger.account)
    with ledger.stores.operational.write() as session:
        session.execute_text("UPDATE derived_states SET dirty = true WHERE derived = 'first'")
    ledger.load(placed("o9", "2026-01-04T10:15+01:00", 10.00))
    ledger.refresh()
    assert ledger.rows("derived_work")
    second = registry.derive(ledger.stores, ledger.account, ["second"])
    assert [(found.how, found.orders) for found in second] == [("updated", 1)]
    assert not ledger.rows("derived_work")
    first: list[Derived] = registry.derive(ledger.stores, ledger.account, ["first"])
    assert [found.how for found in first] == ["rebuilt"]
