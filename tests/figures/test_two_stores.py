"""Operational store and warehouse in two databases: the same figures, and a crash between them leaves none wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from data_access.engines.base import Session
from data_access.migrate import migrate
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings
from tests.embedded_clickhouse import WAREHOUSES, migrated_stores
from tests.figures.literal import OPENED, Event, Ledger, cancelled, placed, refunded

OF_THE_WAREHOUSE = {
    "klaviyo_orders": ("order_id", "customer_id", "order_status", "order_date", "order_count_for_customer"),
    "order_deductions": ("event_id", "amount"),
    "order_attribution": ("order_id", "channel"),
    "account_metrics_daily": ("date", "total_revenue", "new_customers"),
}
OF_THE_OPERATIONAL = {
    "fact_revenue": ("date", "channel", "revenue", "customer_count"),
    "fact_conversions": ("date", "source_id", "conversions"),
    "fact_engagement": ("date", "channel", "metric_type", "count"),
}


class PowerCut(Exception):
    """The machine went off."""


@pytest.fixture(params=WAREHOUSES)
def apart(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "clickhouse":
        with migrated_stores(tmp_path / "apart", "clickhouse") as found:
            ledger = Ledger(found)
            ledger.store()
            yield ledger
        return
    settings = Settings(
        data_dir=tmp_path,
        database_url=f"duckdb:///{tmp_path / 'operational.duckdb'}",
        warehouse_url=f"duckdb:///{tmp_path / 'warehouse.duckdb'}",
    )
    stores = open_stores(settings)
    assert not stores.same
    migrate(stores)
    ledger = Ledger(stores)
    ledger.store()
    yield ledger
    close_stores(stores)


def figures_of(ledger: Ledger) -> dict[str, list[Any]]:
    return {name: ledger.table(name, *columns) for name, columns in (OF_THE_WAREHOUSE | OF_THE_OPERATIONAL).items()}


def first(ledger: Ledger) -> None:
    ledger.load(Event("t", OPENED, "2025-05-01T08:00:00+02:00"), placed("B", "2025-05-03T12:00:00+02:00", 20, "p1"))
    ledger.load(placed("C", "2025-05-04T12:00:00+02:00", 30, "p2"))
    ledger.attribute("B", {"attributed_event_id": "t", "campaign_id": "c1", "campaign_message_id": "m1"})


def second(ledger: Ledger) -> None:
    """An order moves to another day, a first order comes late, one is cancelled, two profiles merge."""
    ledger.load(placed("B2", "2025-05-06T12:00:00+02:00", 25, "p1", OrderId="B"))
    ledger.load(placed("A", "2025-05-01T12:00:00+02:00", 10, "p2"), cancelled("x", "C", "2025-05-05T12:00:00+02:00"))
    ledger.load(refunded("r", "A", "2025-05-07T12:00:00+02:00", 4))
    ledger.profile("p1", merged_into="p2")


def test_the_figures_are_those_of_one_database(apart: Ledger, stores: Stores) -> None:
    together = Ledger(stores)
    together.store()
    for ledger in (apart, together):
        for load in (first, second):
            load(ledger)
            ledger.refresh()
    found = figures_of(apart)
    assert found == figures_of(together)
    assert found["klaviyo_orders"] == [
        ("A", "p2", "placed", "2025-05-01", 1),
        ("B", "p2", "placed", "2025-05-06", 2),
        ("C", "p2", "cancelled", "2025-05-04", 0),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "project/touched_add", "project/orders_replace", "project/refunds_replace", "project/customers_replace",
        "project/settle", "project/watermark_move", "aggregate/sequence_update", "aggregate/account_metrics_daily",
        "aggregate/fact_revenue", "aggregate/fact_engagement", "aggregate/publish", "aggregate/touched_done",
    ],
)  # fmt: skip
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_is_caught_up_by_the_next_run(
    apart: Ledger, stores: Stores, monkeypatch: pytest.MonkeyPatch, statement: str, after: bool
) -> None:
    together = Ledger(stores)
    together.store()
    for load in (first, second):
        load(together)
        together.refresh()
    first(apart)
    apart.refresh()
    second(apart)
    kinds: set[type[Session]] = set()
    for store in (apart.stores.operational, apart.stores.warehouse):
        with store.read() as session:
            kinds.add(type(session))

    def cutting(whole: Callable[..., int]) -> Callable[..., int]:
        def cut(self: Session, name: str, /, **params: Any) -> int:
            if name == statement and not after:
                raise PowerCut
            done = whole(self, name, **params)
            if name == statement:
                raise PowerCut
            return done

        return cut

    with monkeypatch.context() as patched:
        for kind in kinds:
            patched.setattr(kind, "execute", cutting(kind.execute))
        with pytest.raises(PowerCut):
            apart.refresh()
    apart.refresh()
    assert figures_of(apart) == figures_of(together)
    assert apart.rows("touched") == []
