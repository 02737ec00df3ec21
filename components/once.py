"""What is drawn from the same figures again is not put together again: kept in the session while they are the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, TypeVar

import streamlit as st

T = TypeVar("T")
_HELD: Final = "once"
# Beyond them it is begun anew.
MOST: Final = 100


def once(of: object, name: Hashable, make: Callable[[], T], *, place: str = "figures") -> T:
    """What `make` gives, made when `of` is another object than in the run before or nothing of that name was made yet.

    name: with all that it depends on besides `of`; place: a page's part that is drawn from an object of its own.
    Callers must not change what they are handed.
    """
    key = f"{_HELD}.{place}"
    held = st.session_state.get(key)
    if not (isinstance(held, tuple) and held[0] is of and len(held[1]) < MOST):
        held = (of, {})
        st.session_state[key] = held
    made: dict[Hashable, T] = held[1]
    if name not in made:
        made[name] = make()
    return made[name]
