"""The form of one scenario: name, dates and type, a quick start over departments, and the grid of its rows.

What it works on is kept by `components.scenario_edit`: draw `head`, `quick_start` and `grid` with what `held` gives, in
whatever order a page has them; each notes what it was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pandas as pd
import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from analytics.promo.arithmetic import bundle_depth, vat_free_depth
from analytics.promo.mechanics import ALL, CHANNELS, Segment
from analytics.promo.scenarios import MOST_DAYS, MOST_LABEL, TYPES
from analytics.promo.terms import Cell, Form
from components import scenario_edit as edit
from components.definitions import Told
from components.hovers import hover
from components.once import once
from components.scenario_edit import CHANNEL_NAMES, Edited, Row
from components.scenario_words import dates

TYPE_NAMES: Final = {
    "conservative": "Conservative", "balanced": "Balanced", "aggressive": "Aggressive", "flash": "Flash",
    "best_deal": "Best deal", "coupon": "Coupon", "member_only": "Members only",
}  # fmt: skip
FORM_NAMES: Final = {
    Form.PERCENTAGE: "Percentage", Form.COUPON: "Coupon", Form.MEMBER_ONLY: "Members only", Form.BUNDLE: "Bundle",
    Form.CASHBACK: "Cashback", Form.VAT_FREE: "VAT-free",
}  # fmt: skip
EVERYBODY: Final = "Everybody"
# A promotion of years ago can be planned anew, as one that a post-mortem is to be made of.
_EARLIEST: Final = date(2000, 1, 1)
DEEPEST: Final = 60
ROW_HEIGHT: Final = 36
ROWS_SEEN: Final = 10
_SCHEMA: Final = pa.schema(
    [
        ("department", pa.string()), ("channel", pa.string()), ("discount_pct", pa.float64()), ("form", pa.string()),
        ("segments", pa.list_(pa.string())), ("fixed_cost", pa.float64()), ("funding", pa.float64()),
        ("stock_cap", pa.float64()), ("promoted_share", pa.float64()), ("redemption", pa.float64()),
        ("reach", pa.float64()), ("notes", pa.string()),
    ]
)  # fmt: skip


def head(edited: Edited, today: date) -> Edited:
    """Name, dates and type."""
    turn = edited.turn
    name, days, kind = st.columns([5, 4, 3])
    label = name.text_input(
        "Name", edited.label, max_chars=MOST_LABEL, key=f"scenario_label_{turn}", placeholder="October TV week"
    )
    picked = days.date_input(
        "First and last day", (edited.start, edited.end), min_value=_EARLIEST,
        max_value=today + timedelta(days=2 * MOST_DAYS),
        key=f"scenario_days_{turn}", format="DD/MM/YYYY",
    )  # fmt: skip
    types = [None, *TYPES]
    scenario_type = kind.selectbox(
        "Type", types, types.index(edited.scenario_type) if edited.scenario_type in types else 0,
        format_func=lambda key: TYPE_NAMES[key] if key else "None", key=f"scenario_type_{turn}",
    )  # fmt: skip
    found = picked if isinstance(picked, tuple) else (picked,)
    # While a person has picked the first of two days only, the scenario keeps those it had.
    start, end = (found[0], found[1]) if len(found) == 2 else (edited.start, edited.end)
    last = start + timedelta(days=MOST_DAYS - 1)
    if end > last:
        st.warning(
            f"A scenario runs for at most {MOST_DAYS} days: what follows is of {dates(start, last)}.",
            icon=":material/date_range:",
        )
        end = last
    return edit.keep(replace(edited, label=label, start=start, end=end, scenario_type=scenario_type))


def quick_start(edited: Edited, known: Sequence[Cell]) -> Edited:
    """Departments, channels and one discount for all rows. known: the cells that sell."""
    departments = list(dict.fromkeys(cell.department for cell in known))
    # A row may name what is not sold (any more): it stays in sight.
    departments += [cell.department for cell in edited.cells if cell.department not in departments]
    channels = [channel for channel in CHANNELS if any(cell.channel == channel for cell in known)]
    turn = edited.turn
    keys = {name: f"scenario_{name}_{turn}" for name in ("departments", "channels", "discount")}
    # The grid may have added or dropped some: what stands here follows it.
    st.session_state[keys["departments"]] = list(dict.fromkeys(cell.department for cell in edited.cells))
    st.session_state.setdefault(keys["channels"], channels)
    st.session_state.setdefault(keys["discount"], round(edit.USUAL_DISCOUNT))
    if edited.cells:
        st.session_state[keys["channels"]] = [c for c in channels if any(cell.channel == c for cell in edited.cells)]
        st.session_state[keys["discount"]] = min(round(_common(edited)), DEEPEST)

    def chosen() -> None:
        now = edit.held() or edited
        wanted = st.session_state[keys["channels"]] or channels
        discount = float(st.session_state[keys["discount"]])
        rows = edit.for_departments(now.rows, st.session_state[keys["departments"]], wanted, discount, known)
        edit.lay(now, rows)

    def discounted() -> None:
        now = edit.held() or edited
        discount = float(st.session_state[keys["discount"]])
        edit.lay(now, edit.with_each(now.rows, lambda _row: {"discount_pct": discount}))

    left, middle, right = st.columns([6, 2, 4], vertical_alignment="bottom")
    left.multiselect(
        "Departments", departments, key=keys["departments"], on_change=chosen, placeholder="Choose departments",
        help=hover("simulator.departments"),
    )  # fmt: skip
    middle.pills(
        "Channels", channels, selection_mode="multi", format_func=lambda c: CHANNEL_NAMES[c], key=keys["channels"],
        on_change=chosen,
    )  # fmt: skip
    right.slider(
        "One discount for all rows, %", 0, DEEPEST, step=5, key=keys["discount"],
        on_change=discounted, format="%d %%", help=hover("simulator.one_discount_for_all_rows_pct"),
    )  # fmt: skip
    return edited


def grid(edited: Edited, known: Sequence[Cell], segments: Sequence[Segment], currency: str) -> None:
    """The rows, to be typed over; beneath them the notes."""
    departments = list(dict.fromkeys([*(c.department for c in known), *(c.department for c in edited.cells)]))
    names = [ALL, *(segment.segment_id for segment in segments)]
    rows = edit.shown(edited)
    named = [name for row in rows for name in row["segments"]]
    money = f", {currency}" if currency else ""
    config = {
        "department": st.column_config.SelectboxColumn(
            "Department", options=departments, required=True, pinned=True, width=130
        ),
        "channel": st.column_config.SelectboxColumn(
            "Channel", options=list(CHANNELS), required=True, format_func=lambda c: CHANNEL_NAMES[str(c)],
            default=CHANNELS[0], width=85,
        ),
        "form": st.column_config.SelectboxColumn(
            "Mechanic", options=[form.value for form in Form], required=True, default=Form.PERCENTAGE.value,
            format_func=lambda form: FORM_NAMES[Form(str(form))], width=120,
        ),
        "discount_pct": st.column_config.NumberColumn(
            "Discount", min_value=0.0, max_value=99.99, required=True, default=edit.USUAL_DISCOUNT, format="%g %%",
            width=95, help=hover("simulator.discount"),
        ),
        "segments": st.column_config.MultiselectColumn(
            "For whom", options=list(dict.fromkeys([*names, *named])), default=[ALL], width=130,
            format_func=lambda name: EVERYBODY if name == ALL else name,
            help=hover("simulator.for_whom"),
        ),
        "redemption": _per_cent(
            "Redeemed", hover("simulator.redeemed")
        ),
        "reach": _per_cent("Reach", hover("simulator.reach")),
        "promoted_share": _per_cent(
            "On offer", hover("simulator.on_offer")
        ),
        "fixed_cost": _amount(f"Fixed cost{money}", hover("simulator.fixed_cost")),
        "funding": _amount(f"Supplier funding{money}", hover("simulator.funding"), 150),
        "stock_cap": _amount("Stock, pieces", hover("simulator.stock")),
        "notes": st.column_config.TextColumn("Notes", width=180),
    }  # fmt: skip
    st.data_editor(
        once(edited.laid, "grid", lambda: _frame(rows), place="form"),
        column_config=config,
        num_rows="dynamic",
        hide_index=True,
        key=edited.grid_key,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(max(len(rows) + 1, 2), ROWS_SEEN) + 1) + 3,
        placeholder="–",
        alt="Rows of the scenario",
    )


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    found: pd.DataFrame = pa.Table.from_pylist([dict(row) for row in rows], schema=_SCHEMA).to_pandas()
    return found


def notes(edited: Edited) -> Edited:
    """Free text about the scenario, such as its legal note."""
    said = st.text_area(
        "Notes and mandatory texts", edited.notes, height=80, key=f"scenario_notes_{edited.turn}",
        placeholder="Terms and conditions apply. Media: two newsletters.",
    )  # fmt: skip
    return edit.keep(replace(edited, notes=said))


def depth_of_others(edited: Edited) -> None:
    """What a bundle or a day without VAT takes off, and a button that puts it into the rows of that mechanic."""
    fold = st.popover("Bundle, VAT-free", icon=":material/calculate:", key="scenario_depths", on_change="rerun")
    # Drawn once it is opened: most never open it.
    if not fold.open:
        return
    with fold:
        st.caption("What such an offer takes off the regular price. It is put into the rows of that mechanic.")
        left, right = st.columns(2)
        taken = int(left.number_input("Take", 2, 100, 3, key="scenario_taken"))
        paid = int(right.number_input("pay for", 1, 100, 2, key="scenario_paid"))
        if paid > taken:
            st.caption("More pieces are paid for than taken.")
        else:
            _fill(edited, Form.BUNDLE, bundle_depth(taken, paid), "Put into bundle rows")
        rate = st.number_input("VAT rate, %", 0.0, 50.0, 19.0, step=0.5, key="scenario_vat")
        _fill(edited, Form.VAT_FREE, vat_free_depth(rate / 100), "Put into VAT-free rows")


def _fill(edited: Edited, form: Form, depth: float, label: str) -> None:
    discount = round(depth * 100, 2)
    there = any(row.get("form") == form for row in edited.rows)

    def fill() -> None:
        now = edit.held() or edited
        edit.lay(
            now, edit.with_each(now.rows, lambda row: {"discount_pct": discount} if row.get("form") == form else {})
        )

    st.button(
        f"{label}: {discount:g} %", key=f"scenario_fill_{form.value}", on_click=fill, disabled=not there,
        help=None if there else f"No row has the mechanic {FORM_NAMES[form]}.",
    )  # fmt: skip


def _per_cent(label: str, help: Told) -> ColumnConfig:
    return st.column_config.NumberColumn(label, help=help, min_value=0.0, max_value=100.0, format="%g %%", width=90)


def _amount(label: str, help: Told, width: int = 115) -> ColumnConfig:
    return st.column_config.NumberColumn(label, help=help, min_value=0.0, format="%,.0f", width=width)


def _common(edited: Edited) -> float:
    """The discount that most rows have."""
    found = [float(row["discount_pct"]) for row in edited.rows if row.get("discount_pct") is not None]
    return max(found, key=found.count, default=edit.USUAL_DISCOUNT)
