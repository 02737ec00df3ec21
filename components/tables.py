"""Tables with sparklines, and the buttons that export all of their rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

ROW_HEIGHT = 36
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Columns: TypeAlias = Mapping[str, Sequence[Any]] | pa.Table


def show(columns: Columns, config: Mapping[str, ColumnConfig], *, key: str, rows_seen: int = 10) -> None:
    """A sortable table of columns; `rows_seen` rows before it scrolls."""
    table = arrow(columns)
    st.dataframe(
        table,
        column_config=dict(config),
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(max(table.num_rows, 1), rows_seen) + 1) + 3,
        key=key,
        placeholder="–",
    )


def arrow(columns: Columns) -> pa.Table:
    """Columns as Streamlit takes them without another look at each value; as they are where they are such already."""
    return columns if isinstance(columns, pa.Table) else pa.table(dict(columns))


def pickable(
    columns: Columns,
    config: Mapping[str, ColumnConfig],
    *,
    ids: Sequence[str],
    param: str,
    key: str,
    rows_seen: int = 10,
) -> None:
    """The same, with a row that can be picked: its id stands in the address under `param`.

    An address that names another row than the one picked before wins, as after the way back in the browser.
    """
    asked, turn = st.query_params.get(param), f"{key}.turn"
    # Rows are picked by their place: other rows, or another address, begin a new table.
    stands = (tuple(ids), asked)
    held, number = st.session_state.get(turn, (None, 0))
    if held != stands:
        number += 1
        st.session_state[turn] = (stands, number)
    table = arrow(columns)
    rows: list[int] = [ids.index(asked)] if asked in ids else []
    state = st.dataframe(
        table,
        column_config=dict(config),
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(max(table.num_rows, 1), rows_seen) + 1) + 3,
        key=f"{key}_{number}",
        placeholder="–",
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": rows}},
    )
    rows = state["selection"]["rows"]
    picked = ids[rows[0]] if rows and rows[0] < len(ids) else None
    if picked == asked or (picked is None and asked not in ids):
        return
    if picked is None:
        forget(param)
    else:
        st.query_params[param] = picked
    # What was picked and what the address names are one again: the table stays as it is.
    st.session_state[turn] = ((tuple(ids), picked), number)


def forget(param: str) -> None:
    """Takes a picked row out of the address."""
    if param in st.query_params:
        del st.query_params[param]


@st.fragment
def export_menu(
    exports: Mapping[str, tuple[Callable[[], bytes], Callable[[], bytes]]],
    everything: Callable[[], bytes],
    *,
    file: str,
    key: str,
    allowed: bool,
    whole: bool,
    masked: bool = False,
) -> None:
    """A popover with a CSV and an Excel button for each named set of rows; made only when clicked.

    The buttons are drawn once it is opened, and nothing of the page but they: many pages' menus are never opened.

    whole: with a button for `everything` in one workbook. masked: e-mail addresses are, since the person may not see
    them.
    """
    with st.popover("Export", icon=":material/download:", disabled=not allowed, key=key, on_change="rerun") as opened:
        if not allowed or not opened.open:
            return
        if masked:
            st.caption("E-mail addresses are masked or left out: you lack the right to see personal data.")
        if whole:
            st.download_button(
                "Whole page (Excel)", everything, f"{file}.xlsx", XLSX, key=f"{key}_whole", on_click="ignore",
                width="stretch", icon=":material/table:", help="All tables of this page in one workbook.",
            )  # fmt: skip
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
