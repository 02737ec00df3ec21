"""What every run of a page asks anew of the operational store is kept for as long as nobody writes there.

Only where this process is the one writer, and so knows of every write (`Counting`): the embedded database. Of a server
others may have changed something at any time, and it is asked each time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from data_access.engines.base import Counting, Store
from data_access.scope import Scope
from data_access.stores import Stores

P = ParamSpec("P")
T = TypeVar("T")
# Answers of one state of a database: beyond them it is begun anew.
MOST: Final = 1_000
_kept: WeakKeyDictionary[Store, tuple[int, dict[Any, Any]]] = WeakKeyDictionary()
_guard = threading.Lock()


def until_written(
    read: Callable[Concatenate[Stores, Scope, P], T],
) -> Callable[Concatenate[Stores, Scope, P], T]:
    """Marks a read that rests on nothing but the operational store, its scope and its hashable arguments.

    All callers are handed the same object: it must be a frozen value. Errors are not kept.
    """

    @wraps(read)
    def kept(stores: Stores, scope: Scope, /, *args: P.args, **kwargs: P.kwargs) -> T:
        store = stores.operational
        if not isinstance(store, Counting):
            return read(stores, scope, *args, **kwargs)
        # Counted before the read: a write that ends meanwhile makes what was read here old at once.
        written = store.written
        key = (read, scope.cache_key, args, tuple(kwargs.items()))
        with _guard:
            of, answers = _kept.get(store, (-1, {}))
            if of != written or len(answers) >= MOST:
                answers = {}
                _kept[store] = (written, answers)
            if key in answers:
                return answers[key]  # type: ignore[no-any-return]
        answers[key] = found = read(stores, scope, *args, **kwargs)
        return found

    return kept


def forget() -> None:
    """Has everything be asked anew: for who measures that."""
    with _guard:
        _kept.clear()
