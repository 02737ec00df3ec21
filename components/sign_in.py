"""The page of somebody who is not signed in: which providers there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

FIRST: Final = "Use your company's account. What you see is what an admin has granted to you."


def draw(providers: Mapping[str, str], why: str, before: Callable[[], None]) -> None:
    """A button for each provider, by its name; `why` somebody who was signed in must do so again, '' for all others.
    `before` is called before the browser leaves."""
    with st.container(horizontal_alignment="center"), st.container(border=True, width=420, key="state_sign_in"):
        st.subheader("Sign in to Promolens", anchor=False)
        st.markdown(f"{why} Sign in again to go on." if why else FIRST)
        for name, label in providers.items():
            if st.button(f"Continue with {label}", key=f"sign_in_{name}", type="primary", width="stretch"):
                before()
                st.login(None if name == "default" else name)
