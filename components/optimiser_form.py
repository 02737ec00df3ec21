"""What the optimiser is asked: the objective, the limits, and which departments and channels may be promoted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
import streamlit as st

from analytics.promo.optimiser import Weights
from analytics.promo.task import Candidate, Objective, Task
from analytics.promo.templates import ceiling_of
from analytics.promo.terms import Cell
from analytics.promo.verdict import Limits
from components.hovers import hover
from components.scenario_edit import CHANNEL_NAMES
from components.scenario_words import titled
from components.tables import ROW_HEIGHT

MOST_CELLS: Final = 40
ROWS_SEEN: Final = 10
_WHAT: Final = {
    Objective.EBIT: "EBIT (contribution), the days after included",
    Objective.MARGIN: "margin of the period",
    Objective.SALES: "sales of the period",
    Objective.WEIGHTED: "a weighted sum of the changes of sales, margin and EBIT",
}


def form(cells: Sequence[Cell], limits: Limits, currency: str, *, turn: int) -> tuple[Task, bool]:
    """The form over the cells that sell and whose uplift is known: the task as it stands there, and whether a person
    asks for the answer.

    turn: another number is another form, with nothing filled in.
    """
    objective = Objective(
        st.segmented_control(
            "Make as large as can be",
            [one.value for one in Objective],
            default=Objective.EBIT.value,
            required=True,
            key=f"optimise_objective_{turn}",
        )
        or Objective.EBIT.value
    )
    st.caption(f"Looks for the largest {_WHAT[objective]}.")
    weights = Weights()
    if objective is Objective.WEIGHTED:
        parts = [
            column.number_input(
                f"Weight of {name}", 0.0, 100.0, usual, step=0.1, key=f"optimise_weight_{name}_{turn}",
                help=hover("scenarios.weight"),
            )
            for column, name, usual in zip(
                st.columns(3), ("sales", "margin", "EBIT"), (0.1, 0.5, 1.0), strict=True
            )
        ]  # fmt: skip
        weights = Weights(*parts)
    first, second, third, fourth = st.columns(4, vertical_alignment="bottom")
    floor = first.number_input(
        "Margin at least, % of sales", -50.0, 100.0, None, step=1.0, key=f"optimise_floor_{turn}",
        placeholder="No such limit", help=hover("scenarios.margin_at_least"),
    )  # fmt: skip
    budget = second.number_input(
        titled("Budget", currency), 0.0, 1e12, limits.budget, step=1000.0, key=f"optimise_budget_{turn}", format="%.0f",
        help=hover("scenarios.budget"),
    )  # fmt: skip
    most = third.number_input(
        "Promotions at once, at most", 1, max(len(cells), 1), None, key=f"optimise_most_{turn}",
        placeholder="No such limit", help=hover("scenarios.promotions_at_once"),
    )  # fmt: skip
    least = fourth.number_input(
        titled("Sales at least", currency), 0.0, 1e15, None, step=1000.0, key=f"optimise_sales_{turn}", format="%.0f",
        placeholder="No such limit", help=hover("scenarios.sales_at_least"),
    )  # fmt: skip
    floors = st.checkbox(
        "Keep the margin floor of each department", True, key=f"optimise_floors_{turn}",
        help=hover("scenarios.keep_floors"),
    )  # fmt: skip
    candidates = _candidates(cells, limits, currency, turn)
    asked = st.button(
        "Find the best discounts", key=f"optimise_run_{turn}", type="primary", icon=":material/target:",
        disabled=not candidates,
    )  # fmt: skip
    if len(candidates) > MOST_CELLS:
        st.caption(f"With more than {MOST_CELLS} rows the answer may take a few seconds.")
    task = Task(
        objective,
        candidates,
        weights,
        None if floor is None else floor / 100,
        floors,
        budget,
        None if most is None else int(most),
        least,
    )
    return task, asked


def _candidates(cells: Sequence[Cell], limits: Limits, currency: str, turn: int) -> tuple[Candidate, ...]:
    columns: dict[str, Sequence[Any]] = {
        "taken": [True] * len(cells),
        "department": [cell.department for cell in cells],
        "channel": [CHANNEL_NAMES.get(cell.channel, cell.channel) for cell in cells],
        "ceiling": [round(ceiling_of(cell.department, limits) * 100, 2) for cell in cells],
        "stock": pa.nulls(len(cells), pa.float64()),
        "fixed_cost": pa.nulls(len(cells), pa.float64()),
        "funding": pa.nulls(len(cells), pa.float64()),
    }
    config = {
        "taken": st.column_config.CheckboxColumn("On offer?", width="small", help=hover("scenarios.may_be_promoted")),
        "department": st.column_config.TextColumn("Department", disabled=True, pinned=True),
        "channel": st.column_config.TextColumn("Channel", disabled=True),
        "ceiling": st.column_config.NumberColumn(
            "Discount at most", min_value=0.0, max_value=99.0, format="%g %%", required=True
        ),
        "stock": st.column_config.NumberColumn("Stock, pieces", min_value=0.0, format="%,.0f"),
        "fixed_cost": st.column_config.NumberColumn(titled("Fixed cost", currency), min_value=0.0, format="%,.0f"),
        "funding": st.column_config.NumberColumn(titled("Supplier funding", currency), min_value=0.0, format="%,.0f"),
    }
    edited = st.data_editor(
        pa.table(columns),
        column_config=config,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(max(len(cells), 1), ROWS_SEEN) + 1) + 3,
        key=f"optimise_cells_{turn}",
        placeholder="–",
        alt="Departments and channels that may be promoted",
    )
    return tuple(
        Candidate(
            cell,
            (row["ceiling"] or 0.0) / 100,
            row["stock"],
            row["fixed_cost"] or 0.0,
            row["funding"] or 0.0,
        )
        for cell, row in zip(cells, edited.to_pylist(), strict=True)
        if row["taken"]
    )
