"""What stands on a page in place of figures: nothing yet, something wrong, not permitted, still loading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

CARD_HEIGHT = 170
CHART_HEIGHT = 330


@contextmanager
def loading(page: str) -> Iterator[None]:
    """Skeletons in the page's slots until the first figures of the session come; nothing on later runs."""
    slot = st.empty()
    marker = f"drawn.{page}"
    if marker in st.session_state:
        yield
        return
    with slot.container():
        st.skeleton(CARD_HEIGHT)
        st.skeleton(CHART_HEIGHT)
        left, right = st.columns(2)
        left.skeleton(CHART_HEIGHT)
        right.skeleton(CHART_HEIGHT)
    try:
        yield
    finally:
        slot.empty()
    st.session_state[marker] = True


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
        "1. `promolens account add --api-key-stdin`\n2. `promolens sync`\n\nTo look around first: `promolens demo`.",
        key="state_no_store",
    )
    st.button("Look again", key="state_look_again", type="primary")


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
