"""Cached reads: one entry for what a scope may see of one published state of the data.

The published state is part of the key, so that every session sees new data at once and nothing is cleared by hand. A
result whose state moved while it was read is handed over, but not kept.

Where operational store and warehouse are two databases, such a result may be half old and half new: it is read again.
While new figures are put in place, what is kept of the state before is shown, or the reader waits until they are.

All sessions are handed the same object, since copying it for each run took longer than drawing a chart: results are
plain frozen values (tuples, mappings typed as such), and nobody changes one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable
from datetime import timedelta
from typing import Any, TypeVar, cast

import streamlit as st

from analytics.account import DataState
from data_access.beside import QUESTIONS, Pending
from data_access.errors import StoreBusy
from data_access.queries.accounts import data_state
from data_access.queries.promo_state import DATASETS, CompanyState, company_state
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.stores import Stores
from settings import get_settings

T = TypeVar("T")


# How long a reader waits for figures that are being put in place, and how often it looks.
PATIENCE = timedelta(seconds=20)
_LOOK = timedelta(milliseconds=200)
# How long a page waits for what is read beside it, before it shows that it waits.
AT_ONCE = timedelta(milliseconds=50)


class _Moved(Exception):
    def __init__(self, result: Any) -> None:
        super().__init__("the data moved while they were read")
        self.result = result


class _NotKept(Exception):
    """Nothing is kept of this state."""


@st.cache_resource(
    ttl=timedelta(seconds=get_settings().cache_ttl_seconds),
    max_entries=get_settings().cache_max_entries,
    show_spinner=False,
)
def _kept(key: tuple[str, ...], _read: Callable[[], tuple[Any, str]]) -> Any:
    result, after = _read()
    if after != key[-1]:
        raise _Moved(result)
    return result


def cached(
    read: Callable[[Stores, Scope, str, Any], T],
    stores: Stores,
    scope: Scope,
    account: str,
    asked: Hashable,
    state: DataState,
    derived: Collection[str] = (),
) -> T:
    """`read(stores, scope, account, asked)`, from the cache where this published state was read before.

    derived: the datasets that are derived from orders by the clock and that the answer rests on.

    The result is shared: it must not be changed. `asked` is part of the key by its `repr`, which must tell all that the
    answer depends on. Errors are never kept.
    """

    @repeatable
    def fresh() -> tuple[T, str]:
        result = read(stores, scope, account, asked)
        return result, data_state(stores, scope, account).including(derived).version

    state = state.including(derived)

    name = f"{read.__module__}.{read.__qualname__}@{stores.warehouse.url}"
    who = (name, scope.cache_key, account, repr(asked))
    if stores.same:
        try:
            return cast(T, _kept((*who, state.version), fresh))
        except _Moved as moved:
            return cast(T, moved.result)
    deadline = time.monotonic() + PATIENCE.total_seconds()
    while True:
        try:
            if not state.publishing:
                return cast(T, _kept((*who, state.version), fresh))
            return cast(T, _kept((*who, state.settled), _nothing))
        except (_Moved, _NotKept):
            if time.monotonic() > deadline:
                raise StoreBusy(
                    "New figures are being put in place, and nothing can be shown before they are whole. Try again in a"
                    " minute; where it stays so, a refresh has failed: run it again on the page Data."
                ) from None
        time.sleep(_LOOK.total_seconds())
        state = data_state(stores, scope, account).including(derived)


def cached_promo(
    read: Callable[[Stores, Scope, Any], T],
    stores: Stores,
    scope: Scope,
    asked: Hashable = None,
    datasets: Collection[str] = DATASETS,
    state: CompanyState | None = None,
) -> T:
    """`read(stores, scope, asked)` over the company's data, which belong to no account, from the cache where it was
    read before in this state of them.

    datasets: those that the answer rests on (`promo_state`), so that a saved scenario does not throw away what was
    learned from sales. state: where the caller knows it already. The result is shared, `asked` is told by its `repr`
    and errors are never kept, as with `cached`. Raises NotPermitted, StoreError, and what `read` raises.
    """
    version = (state or company_state(stores, scope)).of(datasets)

    @repeatable
    def fresh() -> tuple[T, str]:
        result = read(stores, scope, asked)
        return result, company_state(stores, scope).of(datasets)

    name = f"{read.__module__}.{read.__qualname__}@{stores.operational.url}"
    try:
        return cast(T, _kept((name, scope.cache_key, "the company", repr(asked), version), fresh))
    except _Moved as moved:
        return cast(T, moved.result)


def cached_beside(
    read: Callable[[Stores, Scope, str, Any], T],
    stores: Stores,
    scope: Scope,
    account: str,
    asked: Hashable,
    state: DataState,
    derived: Collection[str] = (),
) -> T | Pending:
    """What `cached` reads, of what takes seconds, read beside the pages; the question as it stands until that is there.

    Raises what `read` raises.
    """
    own = state.including(derived)
    name = f"{read.__module__}.{read.__qualname__}@{stores.warehouse.url}"
    key = (name, scope.cache_key, account, repr(asked), own.version, own.publishing)
    return QUESTIONS.ask(
        key, lambda: cached(read, stores, scope, account, asked, state, derived), AT_ONCE.total_seconds()
    )


def cached_promo_beside(
    read: Callable[[Stores, Scope, Any], T],
    stores: Stores,
    scope: Scope,
    asked: Hashable,
    datasets: Collection[str],
    state: CompanyState,
) -> T | Pending:
    """The same of what `cached_promo` reads. Raises what `read` raises."""
    name = f"{read.__module__}.{read.__qualname__}@{stores.operational.url}"
    key = (name, scope.cache_key, "the company", repr(asked), state.of(datasets))
    return QUESTIONS.ask(
        key, lambda: cached_promo(read, stores, scope, asked, datasets, state), AT_ONCE.total_seconds()
    )


def _nothing() -> tuple[Any, str]:
    raise _NotKept
