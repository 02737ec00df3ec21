"""A load of an order file taken out again, figures brought up to date."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import pyarrow.compute as pc

from data_access.derived.registry import derive
from data_access.jobs import Progress
from data_access.operations.leases import held
from data_access.scope import Scope
from data_access.stores import Stores
from data_access.writes.load_orders import KIND
from data_access.writes.order_loads import remove_orders, standing


@dataclass(frozen=True, slots=True)
class Removed:
    """What went. file: '' of a load that broke off or was taken out before. orders, customers, first_day, last_day: of
    what was taken out; brought: orders that the load brought: those that are missing were replaced by later loads."""

    account: str
    load: str
    file: str = ""
    loaded_at: datetime | None = None
    brought: int = 0
    orders: int = 0
    customers: int = 0
    first_day: Any = None
    last_day: Any = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def remove_load(stores: Stores, settings: Any, scope: Scope, account: str, load: str) -> Removed:
    """Takes out what stands of a load. Twice is as once: the second time nothing goes.

    Orders of before that the load had replaced do not come back: their file is loaded again. Raises NotPermitted,
    OrdersRefused, JobRunning, StoreError.
    """
    standing(stores, scope, account, load)
    progress = Progress(resource="orders")
    with held(
        stores.operational, account, kind=KIND, by=scope.person, lease_seconds=settings.sync_lease_seconds,
        told=progress,
    ):  # fmt: skip
        found = standing(stores, scope, account, load)
        orders, was = found.orders, found.load
        if not orders.num_rows and was is None:
            progress.note(f"Load {load} was taken out before.")
            return Removed(account, load)
        remove_orders(stores, scope, account, load, orders)
        derive(stores, account)
        progress.counts["removed"] = orders.num_rows
        progress.note(f"{orders.num_rows:,} orders of load {load} were taken out.")
    days = pc.min_max(orders["order_date"]).as_py()
    return Removed(
        account, load,
        file=was.file if was else "",
        loaded_at=was.loaded_at if was else None,
        brought=was.orders if was else orders.num_rows,
        orders=orders.num_rows,
        customers=pc.count_distinct(orders["customer_id"]).as_py(),
        first_day=days["min"],
        last_day=days["max"],
    )  # fmt: skip
