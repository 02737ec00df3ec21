"""The gap by part, the opportunities with the way to a scenario, and Discovery's rows for files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol

import streamlit as st

from analytics.promo.pacing import Pace, Part, Shared, TargetRow
from analytics.promo.terms import Cell
from components import tables, wording
from components.hovers import hover
from components.plain import plain
from components.scenario_words import dates, signed_money, titled
from components.simulator_words import plain_money

Rows = list[dict[str, Any]]
SCENARIOS: Final = "pages/promotions/scenarios.py"
BY: Final[dict[str, Callable[[Cell], str]]] = {
    "Departments": lambda cell: cell.department,
    "Channels": lambda cell: cell.channel.capitalize(),
    "Both": lambda cell: f"{cell.department}, {cell.channel}",
}
# So many stand open: the best are first.
OPEN: Final = 5


class Found(Protocol):
    """What is proposed."""

    @property
    def opportunity_id(self) -> str: ...
    @property
    def department(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date: ...
    @property
    def discount_pct(self) -> Decimal | None: ...
    @property
    def reason(self) -> str: ...


class Aimed(TargetRow, Protocol):
    """A target, and the workbook that it came from: None where it was typed."""

    @property
    def source(self) -> str | None: ...


class Proposed(Protocol):
    """An opportunity with its figures, and the scenario that was begun from it."""

    @property
    def found(self) -> Found: ...
    @property
    def ebit(self) -> Decimal | None: ...
    @property
    def gap_share_pct(self) -> Decimal | None: ...
    @property
    def scenario_id(self) -> str | None: ...


def part_table(month: Pace, shared: Shared, by: str, currency: str) -> None:
    """The whole and its parts, the largest gap first."""
    whole = Part(
        "All",
        None if month.target is None else float(month.target.sales),
        float(month.sales),
        month.expected,
        None if month.ending is None else month.ending.expected,
    )
    parts = [whole, *shared.by(BY[by])]
    columns: dict[str, Sequence[Any]] = {
        "Part": [part.name for part in parts],
        "Gap": [part.gap for part in parts],
        "Target": [part.target for part in parts],
        "Landing": [part.landing for part in parts],
        "Sold": [part.sales for part in parts],
        "Path": [part.expected for part in parts],
    }

    def amount(label: str, help: str, width: int = 150) -> Any:
        return st.column_config.NumberColumn(titled(label, currency), format="%,.0f", width=width, help=help)

    config = {
        "Part": st.column_config.TextColumn("Part", pinned=True, width=170),
        "Gap": amount("Gap, allocated", hover("discovery.gap_allocated")),
        "Target": amount("Target, allocated", hover("discovery.target_allocated"), 160),
        "Landing": amount("Landing, allocated", hover("discovery.landing_allocated"), 170),
        "Sold": amount("Sold so far", hover("discovery.sold")),
        "Path": amount("Path so far, allocated", hover("discovery.path_allocated"), 190),
    }
    tables.show(columns, config, key=f"table_parts_{by}", rows_seen=14)


def opportunities(rows: Sequence[Proposed], currency: str, *, may_plan: bool) -> None:
    """The best first, each with the way to a scenario for those who may plan."""
    for place, row in enumerate(rows[:OPEN], 1):
        _row(place, row, currency, may_plan=may_plan)
    if rows[OPEN:]:
        with st.expander(f"and {len(rows) - OPEN} more", key="more_opportunities"):
            for place, row in enumerate(rows[OPEN:], OPEN + 1):
                _row(place, row, currency, may_plan=may_plan)


def _row(place: int, row: Proposed, currency: str, *, may_plan: bool) -> None:
    found = row.found
    cut = "" if found.discount_pct is None else f"{float(found.discount_pct):g} % off"
    gain = f"EBIT **{signed_money(row.ebit, currency)}**"
    closes = "" if row.gap_share_pct is None else f"closes **{wording.rate(row.gap_share_pct)}** of the gap"
    figures = " · ".join(part for part in (dates(found.start, found.end), cut, gain, closes) if part)
    with st.container(gap="xsmall", key=f"opportunity_{place}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            name = f"{place}\\. **{plain(found.department)}, {plain(found.channel)}** · {plain_money(figures)}"
            st.markdown(name, width="content")
            if row.scenario_id is not None:
                st.page_link(
                    SCENARIOS, label="Open its scenario", icon=":material/arrow_forward:",
                    query_params={"scenario": row.scenario_id},
                )  # fmt: skip
            elif may_plan:
                st.page_link(
                    SCENARIOS, label="Begin a scenario", icon=":material/add:",
                    query_params={"opportunity": found.opportunity_id},
                )  # fmt: skip
        if found.reason:
            st.caption(plain(found.reason))


def pace_rows(month: Pace) -> Rows:
    """The month by day, for files."""
    path, come, rows = month.path, Decimal(0), []
    for place, day in enumerate(month.days):
        sold = month.actual[place].sales if place < len(month.actual) and day not in month.missing else None
        come += sold or Decimal(0)
        rows.append(
            {
                "date": day,
                "sales": sold,
                "sold_so_far": None if sold is None else come,
                "target_path": None if path is None else round(path[place], 2),
            }
        )
    return rows


def part_rows(shared: Shared) -> Rows:
    """Each department in each channel, for files."""
    return [
        {
            "department": cell.department,
            "channel": cell.channel,
            "target_allocated": part.target,
            "sales": part.sales,
            "path_allocated": None if part.expected is None else round(part.expected, 2),
            "landing_allocated": part.landing,
            "gap_allocated": None if part.gap is None else round(part.gap, 2),
        }
        for cell, part in sorted(shared.cells.items())
    ]


def target_rows(targets: Sequence[Aimed]) -> Rows:
    """All targets, for files."""
    return [
        {
            "month": one.month,
            "region": one.geo,
            "target_sales": one.sales_value,
            "target_margin_pct": one.margin_pct,
            "target_units": one.units,
            "from_file": one.source,
        }
        for one in targets
    ]


def opportunity_rows(rows: Sequence[Proposed]) -> Rows:
    """The opportunities, for files."""
    return [
        {
            "department": row.found.department,
            "channel": row.found.channel,
            "starts": row.found.start,
            "ends": row.found.end,
            "discount_pct": row.found.discount_pct,
            "net_ebit_delta": row.ebit,
            "gap_share_pct": row.gap_share_pct,
            "reason": row.found.reason,
            "opportunity_id": row.found.opportunity_id,
            "scenario_id": row.scenario_id,
        }
        for row in rows
    ]
