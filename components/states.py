"""What stands on a page in place of figures: nothing yet, something wrong, not permitted, still loading."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

T = TypeVar("T")


def body(page: str, visit: Hashable, skeleton: Callable[[], None], read: Callable[[], T]) -> tuple[DeltaGenerator, T]:
    """The place of a page's figures, and the figures; while a visit's first ones are read, skeletons stand there.

    Whatever stood there before, such as another store's figures, goes at once. Later runs of a visit leave in place
    what is drawn until the new figures come: other days are no reason to take the page away.
    """
    marker = f"drawn.{page}"
    drawn, side = st.session_state.get(marker, (None, 1))
    if drawn == visit:
        place = _sides(side)
        place.empty()
        return place, read()
    # What stood on the other side goes with the message that it is empty; a container drawn over it would keep parts.
    side = 1 - side
    place = _sides(side)
    slot = place.empty()
    with slot.container():
        skeleton()
    try:
        found = read()
    finally:
        slot.empty()
    st.session_state[marker] = (visit, side)
    return place, found


def _sides(side: int) -> DeltaGenerator:
    """Two places, of which one is empty: the other, 0 or 1."""
    if side == 0:
        place = st.container()
        st.empty()
        return place
    st.empty()
    return st.container()


def told_once(said: str | None) -> None:
    """What was done last, said in one run. Its place stays afterwards, so that what stands beneath is not drawn anew:
    whoever works by keyboard would lose the focus."""
    place = st.empty()
    if said:
        place.success(said, icon=":material/check:")


def empty(title: str, next_step: str, *, key: str) -> None:
    """A friendly sentence and what to do next; a button may follow."""
    with st.container(border=True, key=key):
        st.subheader(title, anchor=False)
        st.markdown(next_step)


def no_store() -> None:
    """Nobody has connected a store yet."""
    empty(
        "No store yet",
        "Connect a Klaviyo account by its private API key, then sync it:\n\n"
        "1. `promolens account add --api-key-stdin`\n2. `promolens sync`\n\n"
        "A store without Klaviyo: `promolens load-orders orders.csv --account SHOP`.\n\n"
        "Only planning promotions? Load the company's sales on the page Workbooks.\n\n"
        "To look around first: `promolens demo`.",
        key="state_no_store",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Look again", key="state_look_again", type="primary")
        st.page_link("pages/data/workbooks.py", label="Load workbooks", icon=":material/upload_file:")


def warned(said: str, *, page: str, link: str) -> None:
    """What is wrong with the figures below, and the way to the page on which it is mended."""
    st.warning(said, icon=":material/warning:")
    st.page_link(page, label=link, icon=":material/arrow_forward:")


def not_permitted(reason: str) -> None:
    """The person may not see this."""
    with st.container(border=True, key="state_not_permitted"):
        st.subheader("No access", anchor=False)
        st.markdown(reason)


def failed(what: str, meaning: str, remedy: str, details: str | None) -> None:
    """What happened, what it means for the figures, what to do. `details` is for admins only: None hides it."""
    with st.container(border=True, key="state_failed"):
        st.subheader(what, anchor=False)
        st.markdown(f"{meaning}\n\n{remedy}")
        st.button("Try again", key="state_try_again", type="primary")
        if details:
            with st.expander("Details for admins"):
                st.code(details, language=None, wrap_lines=True)
