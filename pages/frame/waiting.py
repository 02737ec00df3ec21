"""What stands in place of figures that are read beside the page, and the look every second whether they are there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from datetime import timedelta
from typing import Any, Final, TypeVar

import streamlit as st

from data_access.beside import Pending
from data_access.scope import Scope
from data_access.stores import Stores
from pages.frame.view import View

T = TypeVar("T")
EVERY: Final = timedelta(seconds=1)
# Lines and pairs of baskets that are looked through within the time that a page may take: for pairs, for bundles.
PAIRS_SOON = 500_000
BUNDLES_SOON = 100_000


def read(
    view: View, query: Callable[[Stores, Scope, str, Any], T], asked: Hashable, derived: Collection[str], *, soon: bool
) -> T | Pending:
    """A cached read; of what does not come soon, the question as it stands while there is no answer.

    Raises NotPermitted, StoreError.
    """
    return view.read(query, asked, derived) if soon else view.ask(query, asked, derived)


def follow(pending: Pending, what: str) -> None:
    """Says what is done and for how long; draws the page anew when it is over. what: 'Counting 3.9M baskets'."""

    def draw() -> None:
        if pending.over():
            st.rerun()
        st.markdown(
            f":material/hourglass_top: **{what}**, {pending.seconds:,.0f} s so far. The figures stand here as soon as"
            " they are there; other pages can be looked at meanwhile."
        )

    st.fragment(draw, run_every=EVERY)()
