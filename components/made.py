"""What is drawn of figures is made once: figures that a page reads from the cache are the same object in each run."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

T = TypeVar("T")
# Things that are kept of one object: by filters and measures that people choose.
MOST: Final = 60
_kept: dict[int, tuple[weakref.ref[Any], dict[Hashable, Any]]] = {}
_guard: Final = threading.Lock()


def once(of: object, asked: Hashable, make: Callable[[], T]) -> T:
    """`make()`, which rests on nothing but `of` and what `asked` tells; kept for as long as `of` lives.

    All callers are handed the same object, which nobody changes. `of` is one that is never changed, too, and that weak
    references can be made to.
    """
    place = id(of)
    with _guard:
        held = _kept.get(place)
        if held is None or held[0]() is not of:
            held = _kept[place] = (weakref.ref(of, lambda gone: _forget(place, gone)), {})
        found = held[1]
        if asked in found:
            kept: T = found[asked]
            return kept
    made = make()
    with _guard:
        if len(found) >= MOST:
            found.clear()
        found[asked] = made
    return made


def _forget(place: int, gone: weakref.ref[Any]) -> None:
    # Without the lock: the collector may come by while it is held. Another object may have taken the place since.
    held = _kept.get(place)
    if held is not None and held[0] is gone:
        _kept.pop(place, None)
