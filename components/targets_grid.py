"""Targets of months and regions in a grid, to be typed over, and what is wrong with its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import pyarrow as pa
import streamlit as st

from analytics.promo.targets import BadCell, Goal, Key
from components import wording
from components.hovers import hover
from components.scenario_words import titled
from components.tables import ROW_HEIGHT

FIELDS: Final = {"sales": "sales", "margin_pct": "margin", "units": "pieces"}


def draw(
    base: Mapping[Key, Goal], months: Sequence[str], regions: Sequence[str], currency: str, *, key: str, disabled: bool
) -> dict[Key, dict[str, Any]]:
    """The grid: a row a month, of each region sales, margin and pieces; what stands in it, None where blank."""
    fields: list[pa.Field] = [pa.field("month", pa.string())]
    columns: dict[str, list[Any]] = {"month": [_month(month) for month in months]}
    config: dict[str, Any] = {"month": st.column_config.TextColumn("Month", disabled=True, pinned=True, width=85)}
    for place, region in enumerate(regions):
        held = [base.get(Key(month, region)) for month in months]
        sales, margin, units = (f"{field}_{place}" for field in FIELDS)
        fields += [pa.field(sales, pa.float64()), pa.field(margin, pa.float64()), pa.field(units, pa.float64())]
        columns[sales] = [None if goal is None else float(goal.sales) for goal in held]
        columns[margin] = [None if goal is None else float(goal.margin_pct) for goal in held]
        columns[units] = [None if goal is None or goal.units is None else float(goal.units) for goal in held]
        config[sales] = st.column_config.NumberColumn(
            titled(f"{region}: sales", currency), format="%,.2f", width=150, help=hover("discovery.target_sales")
        )
        config[margin] = st.column_config.NumberColumn(
            f"{region}: margin", format="%g %%", width=115, help=hover("discovery.target_margin")
        )
        config[units] = st.column_config.NumberColumn(
            f"{region}: pieces", format="%,.0f", width=115, help=hover("discovery.target_units")
        )
    edited = st.data_editor(
        pa.table(columns, schema=pa.schema(fields)), column_config=config, hide_index=True, disabled=disabled, key=key,
        row_height=ROW_HEIGHT, height=ROW_HEIGHT * (len(months) + 1) + 3, placeholder="–",
        alt="Targets by month and region",
    )  # fmt: skip
    rows = edited.to_pylist()
    return {
        Key(month, region): {field: rows[at][f"{field}_{place}"] for field in FIELDS}
        for at, month in enumerate(months)
        for place, region in enumerate(regions)
    }


def problems(found: Sequence[BadCell]) -> None:
    """Each cell that cannot be kept."""
    said = [f"- {_month(bad.key.month)}, {bad.key.geo}: {FIELDS[bad.column]} {bad.wrong}." for bad in found]
    st.error("Nothing was saved:\n\n" + "\n".join(said), icon=":material/error:")


def changed(standing: Mapping[Key, Goal | None], currency: str) -> None:
    """What somebody else put in place meanwhile."""
    said = []
    for key, goal in standing.items():
        what = (
            "no target" if goal is None else f"{wording.money(goal.sales, currency)} at {wording.rate(goal.margin_pct)}"
        )
        said.append(f"- {_month(key.month)}, {key.geo}: {what} stands there now.")
    st.warning(
        "Somebody else changed these after you opened them. Nothing of yours was written; what you typed is still in"
        " the grid, and saved once more it counts.\n\n" + "\n".join(said).replace("$", r"\$"),
        icon=":material/group:",
    )


def _month(month: str) -> str:
    return f"{date.fromisoformat(f'{month}-01'):%b %Y}"
