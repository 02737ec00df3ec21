"""All customers' orders as they were last computed, held by the process for the questions that follow on the first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.rfm_figures import Measured
from analytics.rfm_history import OrderHistory
from data_access.scope import Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores

# Of a million customers with four million orders one takes 70 MB.
HELD: Final = 2
# What was measured last of each: the dates that a page compares.
MEASURED: Final = 2
# The edition of customer_profiles from which on the orders are kept.
EDITION: Final = 2
_EPOCH: Final = date(1970, 1, 1)
_held: OrderedDict[tuple[str, ...], CustomerHistory] = OrderedDict()
_lock: Final = Lock()


@dataclass(frozen=True, slots=True, eq=False)
class CustomerHistory:
    """ids: of the customers whose orders these are, in their order."""

    ids: pa.Array
    orders: OrderHistory
    _last: dict[tuple[date, date], tuple[Measured, npt.NDArray[np.bool_]]] = field(default_factory=dict)

    def measured(self, until: date, after: date) -> tuple[Measured, npt.NDArray[np.bool_]]:
        """What orders after a day and up to another measure, and which customers have one."""
        known = self._last.get((until, after))
        if known is None:
            known = self.orders.measured((until - _EPOCH).days, (after - _EPOCH).days)
            # A page asks for one date and window by several questions: the segments, their customers, a preview.
            with _lock:
                while len(self._last) >= MEASURED:
                    self._last.pop(next(iter(self._last)))
                self._last[until, after] = known
        return known


def customer_history(stores: Stores, scope: Scope, account: str, until: date) -> CustomerHistory | None:
    """The orders of all customers; None where orders up to that day were not computed yet.

    Raises NotPermitted, StoreError.
    """
    with scoped_read(stores.operational, scope, account) as session:
        state = session.one("read/rfm/state")
    if state is None or state["as_of"] is None or state["as_of"] < until or int(state["edition"]) < EDITION:
        return None
    key = (stores.warehouse.url, account, str(state["computed_at"]), str(state["as_of"]))
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]
    with scoped_read(stores.warehouse, scope, account) as session:
        found = session.query("read/rfm/history")
    history = CustomerHistory(found["customer_id"].combine_chunks(), _orders(found["orders"]))
    with _lock:
        _held[key] = history
        while len(_held) > HELD:
            _held.popitem(last=False)
    return history


def forget() -> None:
    """Lets go of what is held."""
    with _lock:
        _held.clear()


def _orders(lists: pa.ChunkedArray) -> OrderHistory:
    """From lists of (day, cents)."""
    length = pc.list_value_length(lists).to_numpy().astype(np.int64)
    chunks = [chunk.flatten() for chunk in lists.chunks]
    day = [chunk.field("day").cast(pa.date32()).cast(pa.int32()).to_numpy() for chunk in chunks]
    cents = [chunk.field("cents").to_numpy() for chunk in chunks]
    nothing = np.empty(0, np.int64)
    return OrderHistory.of(
        length,
        np.concatenate([nothing.astype(np.int32), *day]),
        np.concatenate([nothing, *cents]),
    )
