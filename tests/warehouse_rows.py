"""Literal rows for a migrated store: a test states the few that matter, everything else has a plain default."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data_access.account_days import day_table
from data_access.migrate import steps
from data_access.stores import Stores
from tests.embedded_clickhouse import migrated_stores
from tests.figures.literal import insert_rows

ACCOUNT = "AbC123"
ZONE = ZoneInfo("Europe/Berlin")
SEEN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@contextmanager
def migrated(folder: Path, warehouse: str = "duckdb") -> Iterator[Stores]:
    """Empty stores of the current schema in a folder of their own; the warehouse on 'duckdb' or 'clickhouse'."""
    with migrated_stores(folder, warehouse) as stores:
        yield stores


@lru_cache(maxsize=1)
def _of_the_warehouse() -> frozenset[str]:
    return frozenset(
        name for step in steps("warehouse", "duckdb") for name in re.findall(r"(?m)^CREATE TABLE (\w+)", step.text)
    )


def insert(stores: Stores, table: str, *rows: Mapping[str, Any]) -> None:
    """Adds rows to a table, wherever it stands; columns that a row does not name keep their defaults."""
    store = stores.warehouse if table in _of_the_warehouse() else stores.operational
    with store.write() as session:
        for _, alike in groupby(rows, key=tuple):
            insert_rows(session, table, list(alike))
        if table == "flow_statistics":  # as the aggregation after their load
            session.stage("rebuild_days", day_table({row["date"] for row in rows}))
            for account in {row["klaviyo_public_id"] for row in rows}:
                session.execute("aggregate/flow_days", account=account)


def order(order_id: str, value: str, at: str, **other: Any) -> dict[str, Any]:
    """An order: its value in the account's currency and its time as a person in Berlin would write it."""
    moment = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    row: dict[str, Any] = {
        "klaviyo_public_id": ACCOUNT,
        "order_id": order_id,
        "event_id": f"e-{order_id}",
        "customer_id": f"c-{order_id}",
        "customer_email": f"{order_id}@example.com",
        "order_value": Decimal(value),
        "currency": "EUR",
        "order_value_account": Decimal(value),
        "order_date": moment.date(),
        "order_timestamp": moment.astimezone(UTC),
        "is_first_order": 1,
        "order_count_for_customer": 1,
        "shipping_country": "DE",
        "device_type": "desktop",
        "discount_amount": Decimal(0),
        "discount_amount_account": Decimal(0),
        "synced_at": SEEN,
    }
    return row | other


def deduction(order_id: str, amount: str, at: str, ordered: str, kind: str = "refund") -> dict[str, Any]:
    """A refund or cancellation of an order, booked on its own day."""
    moment = datetime.fromisoformat(at).replace(tzinfo=ZONE)
    return {
        "klaviyo_public_id": ACCOUNT,
        "event_id": f"d-{order_id}-{at}",
        "order_id": order_id,
        "customer_id": f"c-{order_id}",
        "event_type": kind,
        "event_timestamp": moment.astimezone(UTC),
        "deduction_date": moment.date(),
        "order_date": datetime.fromisoformat(ordered).date(),
        "amount": Decimal(amount),
    }


def line(order_id: str, product: str, total: str, ordered: str, quantity: int = 1) -> dict[str, Any]:
    """One product line of an order."""
    return {
        "klaviyo_public_id": ACCOUNT,
        "order_id": order_id,
        "line_item_id": f"{order_id}:{product}",
        "product_id": product,
        "product_name": f"Product {product}",
        "product_brand": "Brand",
        "quantity": quantity,
        "unit_price": Decimal(total) / quantity,
        "line_total": Decimal(total),
        "line_total_account": Decimal(total),
        "order_date": datetime.fromisoformat(ordered).date(),
        "synced_at": SEEN,
    }


def attribution(order_id: str, kind: str, identifier: str, channel: str, ordered: str) -> dict[str, Any]:
    """The campaign or flow that won an order."""
    return {
        "klaviyo_public_id": ACCOUNT,
        "order_id": order_id,
        "order_date": datetime.fromisoformat(ordered).date(),
        "channel": channel,
        "source_type": kind,
        "campaign_id": identifier if kind == "campaign" else "",
        "flow_id": identifier if kind == "flow" else "",
        "message_id": f"m-{identifier}",
        "updated_at": SEEN,
    }


def store(account: str = ACCOUNT, name: str = "Demo store", **other: Any) -> dict[str, Any]:
    """A connected store."""
    row = {
        "public_id": account,
        "name": name,
        "klaviyo_public_id": account,
        "timezone": "Europe/Berlin",
        "currency": "EUR",
        "country": "DE",
    }
    return row | other


def version(dataset: str = "orders", number: int = 1, as_of: datetime = SEEN, account: str = ACCOUNT) -> dict[str, Any]:
    """A published state of a dataset."""
    return {"klaviyo_public_id": account, "dataset": dataset, "version": number, "as_of": as_of}
