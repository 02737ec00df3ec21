"""The tables of the simulator: what each row needs and is expected to sell, figures by part, and rows for files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from analytics.promo.breakdown import by_cell_and_day
from analytics.promo.simulation import Simulation
from analytics.promo.trial import RowTold, Tried
from components import tables, wording
from components.definitions import told
from components.hovers import hover
from components.once import once
from components.scenario_edit import CHANNEL_NAMES

BY: Final = ("Channel", "Department", "Segment")
_KEYS: Final = {"Channel": ("by_channel", "channel"), "Department": ("by_department", "department"),
                "Segment": ("by_segment", "segment_id")}  # fmt: skip
Rows = list[dict[str, Any]]


def row_table(found: Tried) -> None:
    """Row by row: what it comes to, what must be sold more, and what is expected."""
    columns = once(found, "rows", lambda: _row_columns(found.rows))
    config = {
        "Department": st.column_config.TextColumn("Department", pinned=True, width=110),
        "Channel": st.column_config.TextColumn("Channel", width=70),
        "Effective": st.column_config.NumberColumn(
            "Effective discount", format="%.1f %%", width=115, help=told("simulator.effective")
        ),
        "Uplift": st.column_config.NumberColumn(
            "Expected uplift", format="%.1f %%", width=100, help=told("simulator.uplift")
        ),
        "Between": st.column_config.TextColumn("90 %", width=125),
        "EBIT": st.column_config.NumberColumn(
            "Break-even EBIT", format="%.1f %%", width=105, help=told("simulator.ebit_break_even")
        ),
        "Margin": st.column_config.NumberColumn(
            "on margin", format="%.1f %%", width=75, help=told("simulator.margin_break_even")
        ),
        "Verdict": st.column_config.TextColumn("What that means", width=340),
        "Rests": st.column_config.TextColumn("Rests on", width=260),
    }
    tables.show(columns, config, key="table_rows", rows_seen=8)


def _row_columns(rows: Sequence[RowTold]) -> dict[str, Sequence[Any]]:
    return {
        "Department": [row.row.department for row in rows],
        "Channel": [row.row.channel.capitalize() for row in rows],
        "Effective": [row.discount * 100 for row in rows],
        "Uplift": [None if row.problem else row.uplift * 100 for row in rows],
        "Between": ["" if row.problem else _between(row) for row in rows],
        "EBIT": [None if row.problem else _per_cent(row.ebit_break_even) for row in rows],
        "Margin": [None if row.problem else _per_cent(row.margin_break_even) for row in rows],
        "Verdict": [verdict(row) for row in rows],
        "Rests": ["" if row.problem else rests_on(row) for row in rows],
    }


def verdict(row: RowTold) -> str:
    """Whether a row earns its cost by itself, in words."""
    if row.problem:
        return f"Not in the figures: {row.problem}"
    if row.margin_break_even is None:
        return "No uplift pays it: nothing is left of a piece"
    if row.ebit_break_even is None:
        return "No uplift pays it: variable cost takes the rest"
    if not row.within_stock:
        return "The stock does not last to the break-even"
    if row.uplift >= row.ebit_break_even:
        sure = row.low >= row.ebit_break_even
        return "Earns its cost" if sure else "Earns its cost, if the uplift comes as expected"
    short = wording.points((row.ebit_break_even - row.uplift) * 100).removeprefix("+")
    return f"{short} short of its break-even" + ("" if row.high < row.ebit_break_even else ", within its interval")


def rests_on(row: RowTold) -> str:
    """How well the uplift is known."""
    days = f"{row.promo_days} promo day{'' if row.promo_days == 1 else 's'}"
    seen = f"{days}, up to {wording.rate(row.deepest * 100)}"
    return f"{seen}: beyond that it is a guess" if row.beyond_seen else seen


def part_table(found: Tried, by: str, currency: str) -> None:
    """Figures by channel, department or segment; the last ones are allocated."""
    rows = once(found, ("parts", by), lambda: parts(found, by))
    if not rows:
        st.caption("No segments are loaded: `promolens ingest segments.csv --kind segments`.")
        return
    name = "Segment (allocated)" if by == "Segment" else by
    money = f", {currency}" if currency else ""
    columns = {key: [row[key] for row in rows] for key in rows[0]}
    config = {
        "name": st.column_config.TextColumn(name, help=told("simulator.segment") if by == "Segment" else None),
        "sales": st.column_config.NumberColumn(f"Sales{money}", format="%,.0f"),
        "sales_delta": st.column_config.NumberColumn("Change", format="%+,.0f", help=hover("simulator.sales_change")),
        "margin": st.column_config.NumberColumn(f"Margin{money}", format="%,.0f"),
        "margin_pct": st.column_config.NumberColumn("Margin rate", format="%.1f %%"),
        "ebit": st.column_config.NumberColumn(f"EBIT{money}", format="%,.0f"),
        "ebit_delta": st.column_config.NumberColumn("Change", format="%+,.0f", help=hover("simulator.ebit_change")),
        "units": st.column_config.NumberColumn("Units", format="%,d"),
        "units_delta": st.column_config.NumberColumn("Change", format="%+,d", help=hover("simulator.units_change")),
    }
    tables.show(columns, config, key=f"table_{by.lower()}")


def parts(found: Tried, by: str) -> Rows:
    """One row a part: {name, sales, sales_delta, margin, margin_pct, ebit, ebit_delta, units, units_delta}."""
    key, name = _KEYS[by]
    return [
        {
            "name": CHANNEL_NAMES.get(row[name], row[name]) if by == "Channel" else row[name],
            "sales": row["sales_value"],
            "sales_delta": row["sales_value_delta"],
            "margin": row["margin_value"],
            "margin_pct": row["margin_pct"],
            "ebit": row["ebit"],
            "ebit_delta": row["ebit_delta"],
            "units": row["units"],
            "units_delta": row["units_delta"],
        }
        for row in found.kpis.kpi_breakdown[key]
    ]


def part_rows(found: Tried) -> Rows:
    """Channels, departments and segments in one table, for the export."""
    return [{"by": by.lower(), "allocated": by == "Segment", **_exported(row)} for by in BY for row in parts(found, by)]


def _exported(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "sales_value": row["sales"],
        "sales_value_delta": row["sales_delta"],
        "margin_value": row["margin"],
        "margin_pct": row["margin_pct"],
        "ebit": row["ebit"],
        "ebit_delta": row["ebit_delta"],
        "units": row["units"],
        "units_delta": row["units_delta"],
    }


def cell_rows(simulation: Simulation) -> Rows:
    """One row a department, channel and day, rounded so that they sum to the totals that are shown."""
    baseline = simulation.baseline
    arrays = {
        "units": (simulation.units, 0), "baseline_units": (baseline.units, 0),
        "sales_value": (simulation.sales, 2), "baseline_sales_value": (baseline.sales, 2),
        "margin_value": (simulation.margin, 2), "baseline_margin_value": (baseline.margin, 2),
        "ebit": (simulation.ebit, 2), "baseline_ebit": (simulation.baseline_ebit, 2),
    }  # fmt: skip
    whole = {name: by_cell_and_day(array, digits) for name, (array, digits) in arrays.items()}
    scale = {name: 10**digits for name, (_, digits) in arrays.items()}
    return [
        {
            "date": day,
            "department": cell.department,
            "channel": cell.channel,
            "discount_pct": round(offer.discount * 100, 4) if (offer := simulation.offers.get(cell)) else 0.0,
            **{
                name: int(array[row, place]) if scale[name] == 1 else int(array[row, place]) / scale[name]
                for name, array in whole.items()
            },
        }
        for row, cell in enumerate(baseline.cells)
        for place, day in enumerate(baseline.days)
    ]


def told_rows(found: Tried) -> Rows:
    """The scenario's rows with what is expected of them, for the export; rates in per cent."""
    return [
        {
            "department": row.row.department,
            "channel": row.row.channel,
            "form": row.row.form.value,
            "discount_pct": row.row.discount_pct,
            "segments": ", ".join(row.row.segments),
            "effective_discount_pct": round(row.discount * 100, 4),
            "uplift_pct": None if row.problem else round(row.uplift * 100, 4),
            "uplift_low_pct": None if row.problem else round(row.low * 100, 4),
            "uplift_high_pct": None if row.problem else round(row.high * 100, 4),
            "margin_break_even_pct": None if row.problem else _rounded(row.margin_break_even),
            "ebit_break_even_pct": None if row.problem else _rounded(row.ebit_break_even),
            "promo_days": row.promo_days,
            "deepest_seen_pct": round(row.deepest * 100, 4),
            "told": verdict(row),
        }
        for row in found.rows
    ]


def finding_rows(found: Tried) -> Rows:
    """What validation finds, for the export."""
    return [issue.stored() for issue in found.report.issues]


def _between(row: RowTold) -> str:
    return f"{wording.rate(row.low * 100)} to {wording.rate(row.high * 100)}"


def _per_cent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 4)
