"""Fixed limits of scores, set by hand, with a look at what they would move before they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from analytics.rfm import CutOffs
from analytics.rfm_figures import BEST_FIRST, MEASURES, RfmFigures
from components import tables, wording
from components.rfm_words import MEASURE_NAMES
from data_access.queries.rfm import DERIVED, FixedLimits, RfmQuery, would_move
from data_access.writes.rfm_limits import save_limits
from data_access.writes.settings import SettingsChanged
from pages.frame.view import View

ASKS: Final = {
    "recency": "Days since the last order, at most, for score 5, 4, 3 and 2",
    "frequency": "Orders, at least, for score 2, 3, 4 and 5",
    "monetary": "Net revenue, at least, for score 2, 3, 4 and 5",
}
USUAL: Final = CutOffs((30, 90, 180, 365), (2, 3, 5, 10), (50.0, 100.0, 250.0, 500.0))


def draw(view: View, asked: RfmQuery, found: RfmFigures, fixed: FixedLimits) -> None:
    """The limits that a person tries, over those that are kept; whom they would move; the button that keeps them."""
    held = fixed.limits or USUAL
    mark = f"{view.account.public_id}_{fixed.version}"
    tried = {
        name: _four(name, values, mark)
        for name, values in zip(MEASURES, (held.recency_days, held.orders, held.net_revenue), strict=True)
    }
    recency, orders, revenue = (tried[name] for name in MEASURES)
    try:
        limits = CutOffs(
            (int(recency[0]), int(recency[1]), int(recency[2]), int(recency[3])),
            (int(orders[0]), int(orders[1]), int(orders[2]), int(orders[3])),
            (revenue[0], revenue[1], revenue[2], revenue[3]),
        )
    except ValueError as reason:
        st.warning(f"{reason}.", icon=":material/warning:")
        return
    moves = view.read(would_move, (asked, limits), derived=DERIVED)
    _preview(moves, found)
    moved, same = _moved(moves), limits == fixed.limits
    everybody = f"I know that {wording.count(moved)} of {wording.count(found.customers)} customers change their segment"
    # Whoever looks at fixed limits sees other segments from then on.
    sure = same or st.checkbox(f"{everybody} where fixed limits are chosen.", key=f"limits_sure_{mark}_{limits}")
    if st.button("Keep these limits", key="limits_keep", type="primary", disabled=same or not sure):
        try:
            save_limits(view.stores, view.scope, view.account.public_id, limits, fixed.version)
        except SettingsChanged as reason:
            st.error(str(reason))
            return
        st.rerun()


def _moved(moves: Mapping[tuple[str, str], int]) -> int:
    return sum(count for (come, to), count in moves.items() if come != to)


def _four(name: str, values: tuple[Any, ...], mark: str) -> list[float]:
    st.markdown(f"**{MEASURE_NAMES[name]}**: {ASKS[name]}")
    whole = name != "monetary"
    found = []
    for place, (column, value) in enumerate(zip(st.columns(4), values, strict=True)):
        with column:
            given = st.number_input(
                _asked(name, place),
                value=int(value) if whole else float(value),
                step=1 if whole else 10.0,
                key=f"limit_{name}_{place}_{mark}",
            )
            found.append(float(given))
    return found


def _asked(name: str, place: int) -> str:
    """What one field means: scores of days fall with the limit, those of orders and revenue rise."""
    if name == "recency":
        return f"Days, score {5 - place} up to"
    return f"{'Orders' if name == 'frequency' else 'Revenue'}, score {2 + place} from"


def _preview(moves: Mapping[tuple[str, str], int], found: RfmFigures) -> None:
    """How many customers each segment would gain and lose."""
    names = sorted({name for move in moves for name in move}, key=BEST_FIRST.index)
    moved = _moved(moves)
    st.caption(
        f"Against the scores above these limits would put {wording.count(moved)} of {wording.count(found.customers)} "
        "customers into another segment."
    )
    now = [sum(n for (a, _), n in moves.items() if a == name) for name in names]
    then = [sum(n for (_, b), n in moves.items() if b == name) for name in names]
    stay = [moves.get((name, name), 0) for name in names]
    columns: dict[str, Sequence[Any]] = {
        "Segment": names,
        "Now": now,
        "Then": then,
        "Come": [b - c for b, c in zip(then, stay, strict=True)],
        "Leave": [a - c for a, c in zip(now, stay, strict=True)],
    }
    config = {
        "Segment": st.column_config.TextColumn("Segment", width="medium"),
        "Now": st.column_config.NumberColumn("Now", format="%,d"),
        "Then": st.column_config.NumberColumn("With these limits", format="%,d"),
        "Come": st.column_config.NumberColumn("Would come", format="%,d"),
        "Leave": st.column_config.NumberColumn("Would leave", format="%,d"),
    }
    tables.show(columns, config, key="table_limits", rows_seen=11)
