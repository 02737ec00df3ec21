"""Tables with sparklines, and the buttons that export all of their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

ROW_HEIGHT = 36
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(
    columns: Mapping[str, Sequence[Any]], config: Mapping[str, ColumnConfig], *, key: str, rows_seen: int = 10
) -> None:
    """A sortable table of columns; `rows_seen` rows before it scrolls."""
    table = pa.table(dict(columns))
    st.dataframe(
        table,
        column_config=dict(config),
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(table.num_rows, rows_seen) + 1) + 3,
        key=key,
        placeholder="–",
    )


def export_menu(
    exports: Mapping[str, tuple[Callable[[], bytes], Callable[[], bytes]]], *, file: str, key: str, allowed: bool
) -> None:
    """A popover with a CSV and an Excel button for each named set of rows; made only when clicked."""
    with st.popover("Export", icon=":material/download:", disabled=not allowed, key=key):
        if not allowed:
            return
        for name, (csv, xlsx) in exports.items():
            slug = name.lower().replace(" ", "-")
            st.markdown(f"**{name}**, all rows")
            left, right = st.columns(2)
            left.download_button(
                "CSV", csv, f"{file}-{slug}.csv", CSV, key=f"{key}_{slug}_csv", on_click="ignore", width="stretch"
            )
            right.download_button(
                "Excel", xlsx, f"{file}-{slug}.xlsx", XLSX, key=f"{key}_{slug}_xlsx", on_click="ignore", width="stretch"
            )
