"""How a page looks on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import streamlit as st

_ONE_PAGE: Final = Path(__file__).parent / "static" / "one-page.css"


def on_one_page() -> None:
    """Has the browser print the page on one sheet of A4. The screen stays as it is: only Streamlit's own options shape
    that, but it has none for paper."""
    st.html(_ONE_PAGE)
