"""The foot of the sidebar: how fresh the figures are."""

from __future__ import annotations

import streamlit as st

from components.revenue_words import freshness
from pages.frame.view import View


def sync_panel(view: View) -> None:
    """Freshness of the store in view."""
    words = freshness(view.shown)
    st.caption(words[:1].upper() + words[1:])
