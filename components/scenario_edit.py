"""The scenario under edit: one a session, in st.session_state, so that pages can hand it to each other.

`hold(of_content(…))` hands one over; the page that edits it takes it with `held()`. What a person does in the grid is
read from the grid's own edits (`rows_of`), so it is known before anything is drawn.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import streamlit as st

from analytics.promo.mechanics import ALL, CHANNELS, Mechanic, mechanics_of
from analytics.promo.scenarios import Content
from analytics.promo.terms import Cell, Form

KEY: Final = "scenario"
# What was under edit before a link opened another one, while it is not saved.
ASIDE: Final = "scenario.aside"
USUAL_DISCOUNT: Final = 20.0
USUAL_DAYS: Final = 7
_SHARES: Final = ("redemption", "reach", "promoted_share")
_AMOUNTS: Final = ("fixed_cost", "funding", "stock_cap")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edited:
    """A scenario as it stands on the page. rows: as they are stored (`Mechanic.stored`), also such as cannot be used.

    kept: as it was last saved, None: never. scenario_id, seen, state: of what is saved; seen is its newest version that
    this session knows. save_id: of the next save, so that two clicks save once. laid: the rows that the grid was laid
    out with; turn and grid: numbers that make new widgets; visit: the page's visit that they are of.
    """

    label: str
    start: date
    end: date
    scenario_type: str | None
    rows: tuple[Row, ...]
    notes: str = ""
    source_opportunity_id: str | None = None
    scenario_id: str | None = None
    seen: int | None = None
    state: str = "draft"
    kept: Content | None = None
    save_id: str = ""
    laid: tuple[Row, ...] = ()
    turn: int = 0
    grid: int = 0
    visit: Hashable = None

    @property
    def grid_key(self) -> str:
        """The grid's key in the session."""
        return f"scenario_grid_{self.grid}"

    @property
    def cells(self) -> list[Cell]:
        """Where it offers something, each once."""
        named = [(row.get("department"), row.get("channel")) for row in self.rows]
        return list(dict.fromkeys(Cell(one, other) for one, other in named if one and other))


def begun(today: date) -> Edited:
    """A new scenario: the week that starts on the next Monday, and no rows yet."""
    start = today + timedelta(days=7 - today.weekday())
    return Edited("", start, start + timedelta(days=USUAL_DAYS - 1), "balanced", ())


def of_content(
    content: Content, *, scenario_id: str | None = None, seen: int | None = None, state: str = "draft"
) -> Edited:
    """A scenario to be edited; with a scenario_id it is the saved one, else a new one that nobody has saved."""
    return Edited(
        content.label,
        content.start,
        content.end,
        content.scenario_type,
        tuple(row.stored() for row in content.mechanics),
        content.notes,
        content.source_opportunity_id,
        scenario_id,
        seen,
        state,
        content if scenario_id else None,
    )


def hold(edited: Edited) -> Edited:
    """Puts a scenario under edit, with new widgets over it."""
    before = st.session_state.get(KEY)
    turn, grid = (before.turn, before.grid) if isinstance(before, Edited) else (0, 0)
    fresh = replace(edited, laid=edited.rows, turn=turn + 1, grid=grid + 1, save_id=edited.save_id or str(uuid.uuid4()))
    st.session_state[KEY] = fresh
    return fresh


def held() -> Edited | None:
    """The scenario under edit, with what was last typed into its grid."""
    edited = st.session_state.get(KEY)
    if not isinstance(edited, Edited):
        return None
    typed = st.session_state.get(edited.grid_key)
    if typed:
        edited = replace(edited, rows=rows_of(edited.laid, typed))
        st.session_state[KEY] = edited
    return edited


def on_visit(edited: Edited, visit: Hashable) -> Edited:
    """The scenario at a visit of the page: at a new one its widgets are new, since the browser has forgotten them."""
    return edited if edited.visit == visit else hold(replace(edited, visit=visit))


def keep(edited: Edited) -> Edited:
    """Notes what was typed, under the same widgets."""
    st.session_state[KEY] = edited
    return edited


def lay(edited: Edited, rows: Sequence[Row]) -> Edited:
    """Other rows than those typed: the grid is laid out anew."""
    st.session_state[KEY] = fresh = replace(edited, rows=tuple(rows), laid=tuple(rows), grid=edited.grid + 1)
    return fresh


def content(edited: Edited, segments: Sequence[str] | None = None) -> Content:
    """What would be saved. segments: ids that may be named. Raises BadMechanics."""
    return Content(
        edited.label.strip(),
        edited.start,
        edited.end,
        tuple(mechanics_of(edited.rows, segments)),
        edited.scenario_type,
        edited.notes.strip(),
        edited.source_opportunity_id,
    )


def shown(edited: Edited) -> tuple[Row, ...]:
    """The rows as the grid has them: shares in per cent."""
    return tuple(as_shown(row) for row in edited.laid)


def as_shown(row: Row) -> Row:
    """A stored row with its shares in per cent and all keys of the grid."""
    found: dict[str, Any] = {
        "department": row.get("department"),
        "channel": row.get("channel"),
        "form": str(row.get("form") or Form.PERCENTAGE),
        "discount_pct": row.get("discount_pct"),
        "segments": list(row.get("segments") or [ALL]),
    }
    found |= {name: None if row.get(name) is None else round(row[name] * 100, 6) for name in _SHARES}
    return found | {name: row.get(name) for name in _AMOUNTS} | {"notes": row.get("notes") or ""}


def as_stored(row: Row) -> Row:
    """A row of the grid as it is stored; what is not filled in is left out, for `mechanics_of` to complain of."""
    found: dict[str, Any] = {name: row.get(name) for name in ("department", "channel", "discount_pct")}
    found["segments"] = list(row.get("segments") or [ALL])
    found["notes"] = str(row.get("notes") or "")
    if (form := row.get("form")) and form != Form.PERCENTAGE:
        found["form"] = str(form)
    found |= {name: row[name] / 100 for name in _SHARES if row.get(name) is not None}
    return found | {name: row[name] for name in _AMOUNTS if row.get(name) is not None}


def rows_of(laid: Sequence[Row], typed: Mapping[str, Any]) -> tuple[Row, ...]:
    """The rows that a grid holds: those it was laid out with, and what a person typed, added and deleted since.

    typed: the state of Streamlit's data editor (edited_rows by place, added_rows, deleted_rows).
    """
    changed = {int(place): values for place, values in (typed.get("edited_rows") or {}).items()}
    gone = set(typed.get("deleted_rows") or ())
    rows = [
        as_stored({**as_shown(row), **changed[place]}) if place in changed else row
        for place, row in enumerate(laid)
        if place not in gone
    ]
    added = [as_stored(row) for row in typed.get("added_rows") or () if any(value for value in row.values())]
    return (*rows, *added)


def for_departments(
    rows: Sequence[Row], departments: Sequence[str], channels: Sequence[str], discount: float, known: Sequence[Cell]
) -> tuple[Row, ...]:
    """The rows of these departments and channels: those that are there, and one for each cell of a department or a
    channel that had none; what was taken out of the grid by hand stays out.

    known: cells that sell at all; no row is made for another.
    """
    had = {row.get("department") for row in rows}, {row.get("channel") for row in rows}
    kept = [row for row in rows if row.get("department") in departments and row.get("channel") in channels]
    there = {(row.get("department"), row.get("channel")) for row in kept}
    made = [
        Mechanic(department, channel, discount).stored()
        for department in departments
        for channel in channels
        if (department, channel) not in there
        and (department not in had[0] or channel not in had[1])
        and Cell(department, channel) in known
    ]
    return (*kept, *made)


def with_each(rows: Sequence[Row], change: Callable[[Row], Mapping[str, Any]]) -> tuple[Row, ...]:
    """The rows with what `change` says of each."""
    return tuple({**row, **change(row)} for row in rows)


def unsaved(edited: Edited) -> bool:
    """Whether a reload would lose something: it differs from what was saved, or holds rows and was never saved."""
    if edited.kept is None:
        return bool(edited.rows) or bool(edited.label.strip())
    kept = edited.kept
    now = (edited.label.strip(), edited.start, edited.end, edited.scenario_type, edited.notes.strip())
    before = (kept.label, kept.start, kept.end, kept.scenario_type, kept.notes)
    return now != before or [_plain(row) for row in edited.rows] != [_plain(row.stored()) for row in kept.mechanics]


def _plain(row: Row) -> dict[str, Any]:
    """A row for comparison: what is not set is left out, and numbers are numbers."""
    return {
        name: float(value) if isinstance(value, int) else value
        for name, value in as_stored(as_shown(row)).items()
        if value is not None
    }


CHANNEL_NAMES: Final[Mapping[str, str]] = {name: name.capitalize() for name in CHANNELS}
