"""All customers' orders as they were last computed, held by the process for the questions that follow on the first.

Customers are known by their places, which every computation gives anew: who reads names of places asks for the history
once more afterwards, and begins again where it is another one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from analytics.packed import unpacked
from analytics.rfm_figures import Measured
from analytics.rfm_history import OrderHistory
from data_access import unwritten
from data_access.scope import Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores

# Of a million customers with four million orders one takes 50 MB.
HELD: Final = 2
# What was measured last of each: the dates that a page compares.
MEASURED: Final = 2
# The edition of customer_profiles from which on the orders are kept.
EDITION: Final = 4
_EPOCH: Final = date(1970, 1, 1)
_held: OrderedDict[tuple[str, ...], CustomerHistory] = OrderedDict()
_lock: Final = Lock()


@dataclass(frozen=True, slots=True, eq=False)
class CustomerHistory:
    """The orders of all customers by place (customer_profiles.place); `key` tells their computation."""

    key: tuple[str, ...]
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
    state = customers_state(stores, scope, account)
    if state is None or state["as_of"] is None or state["as_of"] < until or int(state["edition"]) < EDITION:
        return None
    key = _key(stores, account, state)
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]
    with scoped_read(stores.warehouse, scope, account) as session:
        found = session.long_rows("read/rfm/history")
    history = CustomerHistory(key, _orders(found))
    with _lock:
        _held[key] = history
        while len(_held) > HELD:
            _held.popitem(last=False)
    return history


def still_holds(history: CustomerHistory, stores: Stores, scope: Scope, account: str) -> bool:
    """Whether places are still those of that history, asked anew. Raises NotPermitted, StoreError."""
    state = _state(stores, scope, account)
    if state is not None and _key(stores, account, state) == history.key:
        return True
    # A computation is seen from its commit on, a moment before it is counted as written.
    unwritten.forget()
    return False


@unwritten.until_written
def customers_state(stores: Stores, scope: Scope, account: str) -> Mapping[str, Any] | None:
    """When customer_profiles was computed, up to which day, and with what; None before. Not to be changed.

    Raises NotPermitted, StoreError.
    """
    return _state(stores, scope, account)


def _state(stores: Stores, scope: Scope, account: str) -> Mapping[str, Any] | None:
    with scoped_read(stores.operational, scope, account) as session:
        return session.one("read/rfm/state")


def _key(stores: Stores, account: str, state: Mapping[str, Any]) -> tuple[str, ...]:
    return (stores.warehouse.url, account, str(state["computed_at"]), str(state["as_of"]))


def forget() -> None:
    """Lets go of what is held."""
    with _lock:
        _held.clear()


def _orders(blocks: pa.Table) -> OrderHistory:
    found: dict[str, list[npt.NDArray[np.integer[Any]]]] = {"orders": [], "days": [], "cents": []}
    for at in np.argsort(blocks["block"].to_numpy()).tolist():
        count = int(blocks["customers"][at].as_py())
        for name, parts in found.items():
            width = int(blocks[f"{name}_bytes"][at].as_py())
            parts.append(unpacked(width, blocks[name][at].values.to_numpy(), count))
            # Customers have orders; of these the days and cents are told.
            count = int(np.sum(found["orders"][-1], dtype=np.int64))
    return OrderHistory.of(found["orders"], found["days"], found["cents"])
