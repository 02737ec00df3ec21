"""The tables of the page Post-mortem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol

import pyarrow as pa
import streamlit as st

from analytics.promo.learning import Change
from analytics.promo.postmortem.marks import Mark, MarkKind
from components import tables, wording
from components.hovers import hover
from components.post_mortem_words import FIGURES, MARKED, STATES, dates, titled
from components.tables import ROW_HEIGHT

Row = Mapping[str, Any]
_MARKS: Final = pa.schema(
    [("department", pa.string()), ("channel", pa.string()), ("start", pa.date32()), ("end", pa.date32()),
     ("kind", pa.string()), ("note", pa.string())]
)  # fmt: skip


class Judged(Protocol):
    """A promotion of the list. state: '' where it was not judged."""

    @property
    def key(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date: ...
    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def sales(self) -> Decimal | None: ...
    @property
    def sales_error(self) -> Decimal | None: ...
    @property
    def ebit_error(self) -> Decimal | None: ...


def promotion_rows(rows: Sequence[Judged]) -> list[dict[str, Any]]:
    """All that can be judged, for files."""
    return [
        {
            "promotion": row.label,
            "starts": row.start,
            "ends": row.end,
            "kind": row.kind,
            "post_mortem": STATES.get(row.state, row.state),
            "sales": row.sales,
            "sales_off_pct": row.sales_error,
            "ebit_off_pct": row.ebit_error,
        }
        for row in rows
    ]


def promotion_table(rows: Sequence[Judged], currency: str) -> str | None:
    """All that can be judged; the key of the one that is picked."""
    columns: dict[str, Sequence[Any]] = {
        "Promotion": [titled(row.label) for row in rows],
        "Days": [dates(row.start, row.end) for row in rows],
        "Kind": [row.kind for row in rows],
        "Post-mortem": [STATES.get(row.state, row.state) for row in rows],
        "Sales": [None if row.sales is None else float(row.sales) for row in rows],
        "Off": [None if row.sales_error is None else float(row.sales_error) for row in rows],
        "EBIT off": [None if row.ebit_error is None else float(row.ebit_error) for row in rows],
    }
    config = {
        "Promotion": st.column_config.TextColumn("Promotion", pinned=True, width="medium"),
        "Sales": st.column_config.NumberColumn(f"Sales, {currency}" if currency else "Sales", format="%,.0f"),
        "Off": st.column_config.NumberColumn("Sales off by", format="%+.1f %%", help=hover("post-mortem.off")),
        "EBIT off": st.column_config.NumberColumn("EBIT off by", format="%+.1f %%", help=hover("post-mortem.off")),
    }
    state = st.dataframe(
        pa.table(columns), column_config=config, hide_index=True, row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(max(len(rows), 1), 14) + 1) + 3, key="table_post_mortems", placeholder="–",
        on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    return next((rows[place].key for place in state["selection"]["rows"] if place < len(rows)), None)


def against_table(rows: Sequence[Row], by: str, name: str) -> None:
    """One figure by department or channel: actual, forecast, error. by: 'department' or 'channel'."""
    figure = FIGURES[name]
    columns: dict[str, Sequence[Any]] = {
        by.capitalize(): [str(row[by]) if by == "department" else str(row[by]).capitalize() for row in rows],
        "Actual": [_float(row[figure]) for row in rows],
        "Forecast": [_float(row[f"forecast_{figure}"]) for row in rows],
        "Off": [_float(row[f"{figure}_error_pct"]) for row in rows],
    }
    tables.show(columns, _compared(by.capitalize()), key=f"table_by_{by}", rows_seen=10)


def day_table(rows: Sequence[Row], name: str) -> None:
    """One figure by day of the promotion: actual, forecast, error. rows: `by_day` of a report, the days after too."""
    figure = FIGURES[name]
    held = [row for row in rows if row.get(figure) is not None]
    columns: dict[str, Sequence[Any]] = {
        "Day": [wording.day_short(date.fromisoformat(row["date"])) for row in held],
        "Actual": [_float(row[figure]) for row in held],
        "Forecast": [_float(row[f"forecast_{figure}"]) for row in held],
        "Off": [_float(row[f"{figure}_error_pct"]) for row in held],
    }
    tables.show(columns, _compared("Day"), key="table_by_day", rows_seen=7)


def uplift_table(rows: Sequence[Row]) -> None:
    """Of each promoted department and channel: discount and uplift, planned and seen. rows: `cells` of a report."""
    held = [row for row in rows if row["promoted"]]
    columns: dict[str, Sequence[Any]] = {
        "Department": [row["department"] for row in held],
        "Channel": [str(row["channel"]).capitalize() for row in held],
        "Days": [row["days"] for row in held],
        "Planned": [_float(row["discount_pct"]) for row in held],
        "Seen": [_float(row["seen_discount_pct"]) for row in held],
        "Units": [_float(row["units"]) for row in held],
        "Without it": [_float(row["expected_units"]) for row in held],
        "Forecast uplift": [_float(row["forecast_uplift_pct"]) for row in held],
        "Uplift": [_float(row["uplift_pct"]) for row in held],
        "Error": [_float(row["uplift_error_pct"]) for row in held],
    }
    per_cent = {
        name: st.column_config.NumberColumn(name, format="%.1f %%")
        for name in ("Planned", "Seen", "Forecast uplift", "Uplift")
    }
    config = {
        "Department": st.column_config.TextColumn("Department", pinned=True, width=140),
        **per_cent,
        "Planned": st.column_config.NumberColumn("Discount planned", format="%.1f %%"),
        "Seen": st.column_config.NumberColumn("Discount seen", format="%.1f %%", help=hover("post-mortem.seen")),
        "Units": st.column_config.NumberColumn("Units", format="%,.0f"),
        "Without it": st.column_config.NumberColumn("Without it", format="%,.0f"),
        "Error": st.column_config.NumberColumn("± points", format="%.1f", help=hover("post-mortem.error")),
    }
    tables.show(columns, config, key="table_uplifts", rows_seen=10)


def dip_table(rows: Sequence[Row]) -> None:
    """What was missing afterwards, by promoted department and channel. rows: `dip` of a report."""
    columns: dict[str, Sequence[Any]] = {
        "Department": [row["department"] for row in rows],
        "Channel": [str(row["channel"]).capitalize() for row in rows],
        "Days": [row["days"] for row in rows],
        "Usual": [_float(row["baseline_units"]) for row in rows],
        "Sold": [_float(row["actual_units"]) for row in rows],
        "Missing": [_float(row["pull_forward_units"]) for row in rows],
        "Between": [_between(row) for row in rows],
        "Dip": [_float(row["dip_pct"]) for row in rows],
    }
    config = {
        "Department": st.column_config.TextColumn("Department", pinned=True, width=130),
        "Days": st.column_config.NumberColumn("Days after", format="%d"),
        "Usual": st.column_config.NumberColumn("Usual units", format="%,.0f"),
        "Sold": st.column_config.NumberColumn("Sold", format="%,.0f"),
        "Missing": st.column_config.NumberColumn("Missing", format="%,.0f", help=hover("post-mortem.missing")),
        "Between": st.column_config.TextColumn("90 %"),
        "Dip": st.column_config.NumberColumn("Dip", format="%.1f %%"),
    }
    tables.show(columns, config, key="table_dips", rows_seen=8)


def signal_table(rows: Sequence[Row], currency: str) -> None:
    """What it took from other departments and channels, and what it gave them. rows: `signals` of a report."""
    columns: dict[str, Sequence[Any]] = {
        "Department": [row["department"] for row in rows],
        "Channel": [str(row["channel"]).capitalize() for row in rows],
        "Effect": [
            str(row["kind"]).capitalize() if row["low"] > 0 or row["high"] < 0 else "Not told from none" for row in rows
        ],
        "Units": [round(row["effect_units"]) for row in rows],
        "Between": [_between(row) for row in rows],
        "Margin": [round(row["effect_margin"]) for row in rows],
    }
    config = {
        "Department": st.column_config.TextColumn("Department", pinned=True, width=130),
        "Effect": st.column_config.TextColumn("Effect", help=hover("post-mortem.others")),
        "Units": st.column_config.NumberColumn("Units", format="%+,d"),
        "Between": st.column_config.TextColumn("90 %"),
        "Margin": st.column_config.NumberColumn(f"Margin, {currency}" if currency else "Margin", format="%+,d"),
    }
    tables.show(columns, config, key="table_signals", rows_seen=8)


def lesson_table(changes: Sequence[Change]) -> None:
    """What the model of uplift would learn."""
    columns: dict[str, Sequence[Any]] = {
        "Department": [one.outcome.cell.department for one in changes],
        "Channel": [one.outcome.cell.channel.capitalize() for one in changes],
        "Discount": [one.outcome.discount * 100 for one in changes],
        "Believed": [one.before * 100 for one in changes],
        "Seen": [one.outcome.uplift * 100 for one in changes],
        "After": [one.after * 100 for one in changes],
        "Weight": [one.weight * 100 for one in changes],
    }
    config = {
        "Department": st.column_config.TextColumn("Department", pinned=True, width=140),
        "Discount": st.column_config.NumberColumn("Discount", format="%.1f %%"),
        "Believed": st.column_config.NumberColumn("Uplift believed", format="%+.1f %%"),
        "Seen": st.column_config.NumberColumn("Seen", format="%+.1f %%", help=hover("post-mortem.outcome")),
        "After": st.column_config.NumberColumn("After", format="%+.1f %%"),
        "Weight": st.column_config.NumberColumn("Weight", format="%.0f %%", help=hover("post-mortem.weight")),
    }
    tables.show(columns, config, key="table_lesson", rows_seen=8)


def marks_editor(
    marks: Sequence[Mark], departments: Sequence[str], channels: Sequence[str], mark: str
) -> list[dict[str, Any]]:
    """The days that planners mark, as they are typed. mark: what tells one report's editor from another's."""
    rows = [{**one.stored(), "start": one.start, "end": one.end, "kind": MARKED[one.kind]} for one in marks]
    edited = st.data_editor(
        pa.Table.from_pylist(rows, schema=_MARKS),
        column_config={
            "department": st.column_config.SelectboxColumn("Department", options=list(departments)),
            "channel": st.column_config.SelectboxColumn("Channel", options=list(channels)),
            "start": st.column_config.DateColumn("First day", format="D MMM YYYY"),
            "end": st.column_config.DateColumn("Last day", format="D MMM YYYY"),
            "kind": st.column_config.SelectboxColumn("Why", options=list(MARKED.values())),
            "note": st.column_config.TextColumn("Note"),
        },
        num_rows="dynamic", hide_index=True, row_height=ROW_HEIGHT, key=f"marks_{mark}",
        alt="Days that are left out, by department and channel",
    ).to_pylist()  # fmt: skip
    by_word: dict[str, MarkKind] = {word: kind for kind, word in MARKED.items()}
    return [{**row, "kind": by_word[row["kind"]].value if row["kind"] else None} for row in edited]


def _compared(first: str) -> dict[str, Any]:
    return {
        first: st.column_config.TextColumn(first, pinned=True, width=140),
        "Actual": st.column_config.NumberColumn("Actual", format="%,.0f"),
        "Forecast": st.column_config.NumberColumn("Forecast", format="%,.0f"),
        "Off": st.column_config.NumberColumn("Off by", format="%+.1f %%", help=hover("post-mortem.off")),
    }


def _between(row: Row) -> str:
    return f"{wording.count(row['low'])} to {wording.count(row['high'])}"


def _float(value: Any) -> float | None:
    return None if value is None else float(value)
