"""Orders of customers who come back: literal ones, and those of a base that the models of repeat buying describe."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

import numpy as np

from benchmarks.buyers import buyers
from data_access.stores import Stores
from tests.warehouse_rows import ACCOUNT, insert, order


def bought(customer: str, value: str | None, day: str, gap: int | None = None, **other: Any) -> dict[str, Any]:
    """An order of a customer; gap: days since the one before, as the sequence of orders has it. Without a value there
    is no exchange rate for it."""
    known = {"customer_id": customer, "customer_email": f"{customer}@example.com", "days_since_last_order": gap}
    row = order(f"{customer}-{day}", value or "5.00", f"{day[:10]} 12:00", **known)
    return row | ({} if value else {"order_value_account": None}) | other


def covered(stores: Stores, until: str) -> None:
    """A sync has covered everything up to midnight of a day in Berlin."""
    at = datetime.fromisoformat(f"{until}T00:30:00+01:00").astimezone(UTC)
    cursor = {"klaviyo_public_id": ACCOUNT, "resource": "events", "partition": "", "watermark": at}
    insert(stores, "sync_cursors", cursor)


@lru_cache(maxsize=2)
def modelled(customers: int, today: date) -> tuple[dict[str, Any], ...]:
    """Orders of so many customers up to a day, at most one a day, about 20.00 to 80.00 each; the same ones always."""
    rng = np.random.default_rng(3)
    drawn = buyers(rng, customers, r=0.9, alpha=40.0, a=0.9, b=2.2, horizon=0)
    found = []
    for number, (repeat, last, age) in enumerate(zip(drawn.repeat, np.ceil(drawn.last), drawn.age, strict=True)):
        between = rng.permutation(np.arange(1, int(last)))[: max(repeat - 1, 0)].tolist() if repeat else []
        days = sorted({0, *between, int(min(last, age))})
        usual = rng.uniform(25, 75)
        for place, day in enumerate(days):
            on = today - timedelta(days=int(age) - day)
            gap = day - days[place - 1] if place else None
            found.append(bought(f"c{number:04}", f"{usual + rng.uniform(-5, 5):.2f}", on.isoformat(), gap))
    return tuple(found)
