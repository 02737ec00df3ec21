"""Typing targets: by right, each cell told by itself, and never over what somebody else changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import streamlit as st

from analytics.periods import add_months
from analytics.promo.targets import Goal, Key, changes_of, read_region
from components import states, targets_grid
from components.hovers import hover
from data_access.queries.accounts import PROMO
from data_access.queries.promo_sales import targets
from data_access.queries.promo_state import TARGETS
from data_access.scope import Right
from data_access.writes.targets import TargetsChanged, save_targets
from pages.frame import navigation
from pages.frame.desk import Desk

# The month before, this one, and a year ahead.
MONTHS: Final = 14
_OPENED: Final = "targets.opened"
_TURN: Final = "targets.turn"
_SAID: Final = "targets.said"
_REGION: Final = "targets_region"


@dataclass(frozen=True, slots=True)
class _Opened:
    """What stood there when the grid of this visit was opened; seen: what is known to stand there by now."""

    visit: int
    base: Mapping[Key, Goal]
    seen: Mapping[Key, Goal | None]


def grid(d: Desk) -> None:
    """The targets in an expander that is filled once it is opened; what is saved is told."""
    states.told_once(st.session_state.pop(_SAID, None))
    with st.expander("Targets by month and region", key="targets_open", on_change="rerun") as fold:
        if fold.open:
            _draw(d)


def _draw(d: Desk) -> None:
    may = d.scope.allows(Right.PROMO_WRITE)
    opened = _opened(d)
    months = [f"{month:%Y-%m}" for month in _months(d.today)]
    regions = sorted({key.geo for key in opened.base})
    if not regions and d.settings.geo:
        regions = [d.settings.geo]
    if may:
        typed = st.text_input(
            "Another region", key=_REGION, placeholder="AT", help=hover("discovery.region"), width=220
        )
        if typed.strip():
            try:
                regions = list(dict.fromkeys([*regions, read_region(typed)]))
            except ValueError as wrong:
                st.error(str(wrong))
    else:
        st.caption("You may look at these targets; whoever plans promotions can change them.")
    if not regions:
        st.caption(
            "No targets yet. Type a region to set some, or load them on the page Workbooks."
            if may
            else "No targets yet."
        )
        return
    turn = st.session_state.get(_TURN, 0)
    cells = targets_grid.draw(
        opened.base, months, regions, d.currency, key=f"targets_{opened.visit}_{turn}_{regions}", disabled=not may
    )
    if may and st.button("Save targets", key="targets_save", type="primary", icon=":material/save:"):
        changes, problems = changes_of(opened.base, cells)
        if problems:
            targets_grid.problems(problems)
            return
        known = [replace(one, seen=opened.seen.get(one.key, one.seen)) for one in changes]
        try:
            saved = save_targets(d.stores, d.scope, known)
        except TargetsChanged as moved:
            st.session_state[_OPENED] = replace(opened, seen={**opened.seen, **moved.standing})
            targets_grid.changed(moved.standing, d.currency)
            return
        st.session_state.pop(_OPENED, None)
        st.session_state[_TURN] = turn + 1
        what = f"{saved} {'target' if saved == 1 else 'targets'} saved." if saved else "Nothing had changed."
        st.session_state[_SAID] = what
        st.rerun()


def _opened(d: Desk) -> _Opened:
    """The targets that this visit's grid was opened over: a save on top of somebody else's is told."""
    held = st.session_state.get(_OPENED)
    if isinstance(held, _Opened) and held.visit == navigation.visit():
        return held
    rows = d.read(targets, datasets=(PROMO, TARGETS))
    base = {Key(row.month, row.geo): Goal(row.sales_value, row.margin_pct, row.units) for row in rows}
    opened = _Opened(navigation.visit(), base, {})
    st.session_state[_OPENED] = opened
    return opened


def _months(today: date) -> list[date]:
    first = add_months(today.replace(day=1), -1)
    return [add_months(first, place) for place in range(MONTHS)]
