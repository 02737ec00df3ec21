"""Another model of uplift beside the one in force: what would change, and the button that puts it there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final

import streamlit as st

from analytics.promo.model import Model
from analytics.promo.model_change import DISCOUNTS, CellChange, model_change
from components import tables, wording
from components.hovers import hover
from components.uplift_tables import Kept
from components.uplift_words import STATES

CLOCK: Final = "It stays in force until a model is learned from other sales, groups, holidays or days after."


def picked(models: Sequence[Kept], zone: tzinfo) -> str:
    """Which of the models that are not in force is looked at, the newest proposed one unless another is picked."""
    proposed = [place for place, one in enumerate(models) if one.state == "proposed"]
    named = {
        one.version: f"{one.version}, {STATES[one.state]}, learned {wording.moment(one.created_at, zone)}"
        for one in models
    }
    found = st.selectbox(
        "Another model", list(named), proposed[0] if proposed else 0, format_func=lambda one: named[one],
        key="uplift_other",
    )  # fmt: skip
    return str(found)


def change_table(now: Model, then: Model) -> None:
    """Uplift of each department and channel at 10, 20 and 30 %, by both."""
    found = model_change(now, then)
    columns: dict[str, Sequence[Any]] = {
        "Department": [one.cell.department for one in found],
        "Channel": [one.cell.channel.capitalize() for one in found],
    }
    config = {
        "Department": st.column_config.TextColumn("Department", pinned=True, width=120),
        "Channel": st.column_config.TextColumn("Channel", width=80),
    }
    for place, discount in enumerate(DISCOUNTS):
        off = f"{discount * 100:.0f} %"
        now_at, then_at = f"Now {off}", f"Then {off}"
        columns[now_at] = [_per_cent(one.now[place]) for one in found]
        columns[then_at] = [_per_cent(one.then[place]) for one in found]
        config[now_at] = st.column_config.NumberColumn(
            f"At {off}: now", format="%.0f %%", width=110, help=hover("uplift.now")
        )
        config[then_at] = st.column_config.NumberColumn("then", format="%.0f %%", width=70, help=hover("uplift.then"))
    tables.show(columns, config, key="table_change", rows_seen=12)
    others = f"Effects on other departments and channels: {len(now.crosses)} now, {len(then.crosses)} then."
    st.caption(f"{in_short(found)} {others}")


def in_short(found: Sequence[CellChange]) -> str:
    """The largest change at 20 % off, in a sentence."""
    at = DISCOUNTS.index(0.2)
    moved = [
        (then - now, one) for one in found
        if (now := one.now[at]) is not None and (then := one.then[at]) is not None
    ]  # fmt: skip
    came = sum(one.now[at] is None for one in found)
    went = sum(one.then[at] is None for one in found)
    said = []
    if moved:
        change, one = max(moved, key=lambda pair: abs(pair[0]))
        said.append(
            f"Largest change at 20 % off: {one.cell.department}, {one.cell.channel}, {wording.points(change * 100)}."
        )
    if came:
        said.append(f"{came} known to the other model only.")
    if went:
        said.append(f"{went} it does not know.")
    return " ".join(said)


def _per_cent(uplift: float | None) -> float | None:
    return None if uplift is None else round(uplift * 100, 2)
