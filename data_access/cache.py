"""Cached reads: one entry for what a scope may see of one published state of the data.

The published state is part of the key, so that every session sees new data at once and nothing is cleared by hand. A
result whose state moved while it was read is handed over, but not kept.

All sessions are handed the same object, since copying it for each run took longer than drawing a chart: results are
plain frozen values (tuples, mappings typed as such), and nobody changes one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import timedelta
from typing import Any, TypeVar, cast

import streamlit as st

from analytics.account import DataState
from data_access.queries.accounts import data_state
from data_access.scope import Scope
from data_access.stores import Stores
from settings import get_settings

T = TypeVar("T")


class _Moved(Exception):
    def __init__(self, result: Any) -> None:
        super().__init__("the data moved while they were read")
        self.result = result


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
) -> T:
    """`read(stores, scope, account, asked)`, from the cache where this published state was read before.

    The result is shared: it must not be changed. `asked` is part of the key by its `repr`, which must tell all that the
    answer depends on. Errors are never kept.
    """

    def fresh() -> tuple[T, str]:
        result = read(stores, scope, account, asked)
        return result, data_state(stores, scope, account).version

    name = f"{read.__module__}.{read.__qualname__}@{stores.warehouse.url}"
    try:
        return cast(T, _kept((name, scope.cache_key, account, repr(asked), state.version), fresh))
    except _Moved as moved:
        return cast(T, moved.result)
