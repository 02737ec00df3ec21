"""What FINAL costs on ClickHouse: each query of a page with it and without it, on merged rows of equal answers."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from analytics.periods import Against, Period, compared
from benchmarks.shop_store import ACCOUNT, connect
from benchmarks.table import Figure
from data_access.derived.frame import compute
from data_access.derived.registry import TABLES as TABLES_DERIVED
from data_access.engines.clickhouse import ClickHouseSession, ClickHouseStore
from data_access.migrate import migrate
from data_access.queries.revenue import RevenueQuery
from data_access.scope import local_admin
from data_access.scoped import ScopedSession
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings

GOAL, RUNS, DAYS = 1.2, 15, 730
PARTS = 8
LAST = date(2026, 11, 15)
TABLES = ("klaviyo_orders", "klaviyo_order_line_items", "order_deductions", "order_attribution")
DERIVED = (
    "customer_history_blocks", "customer_profiles", "customer_values", "cohort_months", "products_master",
    "product_trends", "product_relationships_optimized", "order_baskets", "basket_products", "basket_relationships",
    "basket_bundles",
)  # fmt: skip
REVENUE = ("orders", "hours", "deductions", "customers", "products", "left_out")
_PERSON = {"customer": "c7", "with_email": True, "most": 25}
_PAIRS = {
    "products": [], "any_product": True, "kinds": [], "any_kind": True, "least_support": 0.0, "least_lift": 0.0,
    "most": 500,
}  # fmt: skip
_BASKETS: dict[str, Any] = {"start": None, "end": None, "segments": [], "any_segment": True}
READS: dict[str, dict[str, Any]] = {
    "rfm/history": {},
    "rfm/people_at": {"places": list(range(100))},
    "rfm/orders_of": {"customer": "c7", "as_of": LAST},
    "cohorts/months": {},
    "cohorts/leading": _PERSON | {"customer": ""},
    "products/all": {},
    "products/trends": {},
    "basket/products": {},
    "basket/counts": {},
    "basket/pairs": _PAIRS,
    "basket/segments": {},
    "basket/items": {"most": 1000},
    "basket/bundles": {"most": 500},
    "basket/part_pairs": {
        "part": "categories",
        "items": [],
        "any_item": True,
        "kinds": [],
        "any_kind": True,
        "least_support": 0.0,
        "least_lift": 0.0,
        "most": 500,
    },
    "basket/holding": {"one": 1, "other": 2},
    "basket/baskets": _BASKETS,
}


def measure(orders: int = 300_000) -> Iterator[Figure]:
    """Processor time of each query over the last 90 days and those before, of `orders` orders in two years.

    Raises AssertionError where an answer is another one without FINAL.
    """
    with tempfile.TemporaryDirectory(prefix="final-") as folder:
        settings = Settings(data_dir=Path(folder), warehouse_url=f"chdb:///{Path(folder) / 'warehouse'}")
        stores = open_stores(settings)
        try:
            migrate(stores)
            _fill(stores, orders)
            _derive(stores)
            yield from _compared(stores, orders)
        finally:
            close_stores(stores)


def _fill(stores: Stores, orders: int) -> None:
    dice = np.random.default_rng(7)
    for part in np.array_split(np.arange(orders), PARTS):
        tables = _rows(dice, part, orders)
        with stores.warehouse.write() as session:
            for name, table in tables.items():
                session.stage("added", table)
                columns = ", ".join(table.column_names)
                session.execute_text(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM added")
    with stores.warehouse.write() as session:
        for name in TABLES:
            session.execute_text(f"OPTIMIZE TABLE {name} FINAL")


def _derive(stores: Stores) -> None:
    """What pages about customers and products read, computed twice, so that every row has an earlier version."""
    connect(stores, LAST + timedelta(days=1))
    for _ in range(2):
        for table in TABLES_DERIVED:
            compute(stores, ACCOUNT, table, full=True)
    with stores.warehouse.write() as session:
        for name in DERIVED:
            session.execute_text(f"OPTIMIZE TABLE {name} FINAL")


def _rows(dice: np.random.Generator, part: np.ndarray[Any, Any], orders: int) -> dict[str, pa.Table]:
    seen = datetime(2026, 11, 20, tzinfo=UTC)
    days = [LAST - timedelta(days=int(DAYS - 1 - DAYS * place // orders)) for place in part]
    ids = [f"o{place:09d}" for place in part]
    money = pa.decimal128(18, 2)
    values = pa.array([Decimal(int(cents)) / 100 for cents in dice.integers(500, 30_000, len(part))], money)
    moments = [
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=int(second))
        for day, second in zip(days, dice.integers(0, 80_000, len(part)), strict=True)
    ]
    number = dice.integers(1, 4, len(part))

    def same(value: Any) -> list[Any]:
        return [value] * len(part)

    own = {"klaviyo_public_id": same(ACCOUNT), "order_id": ids, "order_date": days}
    placed = own | {
        "event_id": [f"e-{id}" for id in ids],
        "customer_id": [f"c{place}" for place in dice.integers(0, orders // 3, len(part))],
        "order_value": values, "currency": same("EUR"), "order_value_account": values,
        "order_timestamp": pa.array(moments, pa.timestamp("us", "UTC")),
        "is_first_order": (number == 1).astype("int64"), "order_count_for_customer": number,
        "shipping_country": dice.choice(["DE", "AT", "CH", "FR"], len(part)),
        "device_type": dice.choice(["desktop", "mobile"], len(part)),
        "synced_at": same(seen), "inserted_at": same(seen),
    }  # fmt: skip
    lines = own | {
        "line_item_id": [f"{id}:1" for id in ids],
        "product_id": [f"p{place}" for place in dice.integers(0, 800, len(part))],
        "product_name": same("Product"), "quantity": number, "unit_price": values, "line_total": values,
        "line_total_account": values, "synced_at": same(seen), "inserted_at": same(seen),
    }  # fmt: skip
    # Every order holds one of a few products too: pairs of products come from it.
    beside = lines | {"line_item_id": [f"{id}:2" for id in ids], "product_id": [f"few{place % 40}" for place in part]}
    won = own | {
        "channel": same("email"), "source_type": dice.choice(["campaign", "flow"], len(part)),
        "campaign_id": same("C1"), "flow_id": same("F1"), "updated_at": same(seen),
    }  # fmt: skip
    back = own | {
        "event_id": [f"d-{id}" for id in ids], "customer_id": same("c"), "event_type": same("refund"),
        "event_timestamp": placed["order_timestamp"], "deduction_date": days, "updated_at": same(seen),
        "amount": pa.array(same(Decimal("1.00")), money),
    }  # fmt: skip
    return {
        "klaviyo_orders": pa.table(placed),
        "klaviyo_order_line_items": pa.concat_tables([pa.table(lines), pa.table(beside)]),
        "order_attribution": pa.table(won).slice(0, len(part) // 3),
        "order_deductions": pa.table(back).slice(0, len(part) // 20),
    }


def _compared(stores: Stores, orders: int) -> Iterator[Figure]:
    period = Period(LAST - timedelta(days=89), LAST)
    bound = RevenueQuery(period, compared(period, Against.PREVIOUS), None, "Europe/Berlin", 1).bound()
    asked = {f"revenue/{name}": bound for name in REVENUE} | READS
    assert isinstance(stores.warehouse, ClickHouseStore)
    with stores.warehouse.write() as session:
        reader = ScopedSession(session, local_admin(), ACCOUNT)
        for name, params in asked.items():
            taken: dict[int, list[float]] = {0: [], 1: []}
            answers: dict[int, list[str]] = {}
            for _ in range(RUNS):
                for final in (1, 0):
                    session.execute_text(f"SET final = {final}")
                    began = time.process_time()
                    rows = reader.query(f"read/{name}", **params)
                    taken[final].append(time.process_time() - began)
                    answers[final] = sorted(repr(row) for row in rows.to_pylist())
            assert answers[0] == answers[1], f"{name} answers otherwise without FINAL"
            # The least of them: what else runs on the machine only ever adds.
            with_final, without = (min(taken[final]) * 1000 for final in (1, 0))
            yield Figure(
                f"FINAL: read/{name}",
                with_final,
                "ms of processor time",
                beside="the same without FINAL",
                beside_value=without,
                goal=f"≤ {GOAL} ×",
                met=with_final <= GOAL * without,
                note=f"{orders:,} orders of two years, merged parts, embedded ClickHouse",
            )
        _restore(session)


def _restore(session: ClickHouseSession) -> None:
    session.execute_text("SET final = 1")
