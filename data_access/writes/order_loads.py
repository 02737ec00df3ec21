"""The loads of order files of an account: which there were, and taking one out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from analytics.audit import Action
from data_access import jobs
from data_access.aggregates import refresh
from data_access.derived import work_list
from data_access.projections import EVERYTHING, Pair, basis_in, note_touched
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.audit import note
from data_access.writes.load_orders import (
    FILES,
    KIND,
    NO_ATTRIBUTION,
    NO_PROFILES,
    NO_REFUNDS,
    NOTED_ORDERS,
    OrdersRefused,
)


@dataclass(frozen=True, slots=True)
class OrderLoad:
    """A load that is in place. orders, lines: as they were loaded; first_order, last_order, loaded_at: UTC."""

    id: str
    file: str
    orders: int
    lines: int
    first_order: datetime
    last_order: datetime
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of a load. load: None where it broke off, or was taken out before. orders: order_id, order_date,
    customer_id; one that a later load replaced is that one's."""

    load: OrderLoad | None
    orders: pa.Table


def order_loads(stores: Stores, scope: Scope, account: str) -> Sequence[OrderLoad]:
    """The loads of an account, newest first. Raises NotPermitted, OrdersRefused, StoreError."""
    scope.require(Right.ADMIN, account)
    with stores.operational.read() as session:
        held = session.one("load_orders/account", account=account)
        if held is None or held["status"] != FILES:
            raise OrdersRefused(f"{account} is no account that is filled from files.")
        rows = session.rows("load_orders/loads", account=account)
    return [
        OrderLoad(
            row["job_id"], row["file_name"], int(row["orders"]), int(row["lines"]), row["first_order"],
            row["last_order"], row["loaded_at"],
        )
        for row in rows
    ]  # fmt: skip


def standing(stores: Stores, scope: Scope, account: str, load: str) -> Standing:
    """What there is to take out of a load; nothing where it was taken out before.

    Raises NotPermitted, OrdersRefused where there never was such a load, or where it was not noted which orders it
    brought, StoreError.
    """
    found = next((one for one in order_loads(stores, scope, account) if one.id == load), None)
    with stores.warehouse.read() as session:
        orders = session.query("load_orders/of_load", account=account, load=load)
        unmarked = int(session.rows("load_orders/unmarked", account=account)[0]["orders"])
    if found is not None and unmarked and not orders.num_rows:
        raise OrdersRefused(
            f"Load {load} is from before it was noted which orders a load brings. Load {found.file} again, and take"
            " that load out."
        )
    if found is None and not orders.num_rows:
        with stores.operational.read() as session:
            job = jobs.one_job(session, load)
        if job is None or job.account != account or job.kind != KIND:
            raise OrdersRefused(
                f"{account} has no load {load}. promolens load-orders --account {account} --loads lists those there are"
            )
    return Standing(found, orders)


def remove_orders(stores: Stores, scope: Scope, account: str, load: str, orders: pa.Table) -> None:
    """Takes the orders of a load out and brings the figures up to date, as `put_orders` puts them in.

    Tables derived from all orders are computed anew the next time. Raises NotPermitted, StoreError.
    """
    scope.require(Right.ADMIN, account)

    def put(pair: Pair) -> None:
        _note(pair, account, orders)
        with pair.warehouse() as session:
            session.stage("affected_orders", orders)
            session.execute("load_orders/remove", account=account)
        with pair.operational() as session:
            session.execute("load_orders/forget_load", account=account, job=load)
            told = {"orders": orders.num_rows}
            note(session, scope.person, Action.ORDERS_REMOVE, load, account=account, before=told)

    refresh(stores, account, put=put)


def _note(pair: Pair, account: str, orders: pa.Table) -> None:
    """Days and customers that change, before the warehouse is written: a run that breaks off leaves them due."""
    if orders.num_rows > NOTED_ORDERS:
        touched = pa.table({"kind": [EVERYTHING], "key": [basis_in(pair, account).timezone]})
    else:
        with pair.warehouse() as session:
            session.stage("accepted_orders", orders)
            session.stage("incoming_refunds", NO_REFUNDS)
            session.stage("revised_profiles", NO_PROFILES)
            session.stage("changed_attribution", NO_ATTRIBUTION)
            touched = session.query("project/slice_touched", account=account)
    with pair.operational() as session:
        note_touched(session, account, touched)
        work_list.forget(session, account)
