"""What the page Uplift reads, and learning anew beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import streamlit as st

from analytics.promo.model import Model
from components import states, sync_panel, uplift_choice
from components import uplift_tables as tables
from components import uplift_words as words
from components.list_columns import MODELS
from data_access.queries.accounts import PROMO
from data_access.queries.promo_models import Known, ModelRow, country_of_stores, known, models
from data_access.queries.promo_state import UPLIFT
from data_access.scope import Right
from data_access.writes.uplift_models import ModelChanged, UnknownModel, choose_model
from pages.frame.company_exports import menu
from pages.frame.desk import Desk

if TYPE_CHECKING:
    from ingest.runner import Learning

EVERY: Final = timedelta(seconds=1)
_TOLD: Final = "uplift.told"
_CHOSEN: Final = "uplift.chosen"


@dataclass(frozen=True, slots=True)
class Found:
    """The model in force with its coefficients, None where there is none; all models; whether the sales have
    changed since the newest, or what it was learned with: groups, holidays,
    days after promotions."""

    known: Known | None
    models: tuple[ModelRow, ...]
    stale: bool


def read(d: Desk) -> Found:
    """What stands on the page. Raises NotPermitted, StoreError."""
    held = d.read(known, datasets=(UPLIFT,))
    rows = tuple(d.read(models, datasets=(UPLIFT,)))
    newest = max(rows, key=lambda row: row.created_at, default=None)
    return Found(held, rows, newest is not None and _stale(d, newest))


def learned_otherwise(d: Desk, model: Model) -> tuple[str, ...]:
    """In what a model was learned with other settings than those that count now, in words; other settings do not
    enter a model. Raises NotPermitted, StoreError."""
    settings = d.settings
    found = []
    if dict(model.groups) != dict(settings.groups):
        found.append("groups of departments")
    if model.country != (settings.country or country_of_stores(d.stores)):
        found.append("holidays")
    if any(one.window_days != settings.dip_window(cell.department) for cell, one in model.pull_forward.items()):
        found.append("days after promotions")
    return tuple(found)


def _stale(d: Desk, newest: ModelRow) -> bool:
    changed = d.state.changed_at(PROMO)
    if changed is not None and changed > newest.created_at:
        return True
    held = d.read(known, newest.version, datasets=(UPLIFT,))
    return held is not None and bool(learned_otherwise(d, held.model))


def estimate(d: Desk, label: str) -> None:
    """The button for those who may plan; while a model is being learned, how far that is."""
    from ingest.runner import begin_learning, learning  # only here: what learns is not needed to draw other pages

    if not d.scope.allows(Right.PROMO_WRITE):
        return
    held = learning(d.stores)
    running = held is not None and held.running
    if st.button(label, key="estimate", icon=":material/model_training:", type="primary", disabled=running):
        begin_learning(d.stores, d.scope)
        st.session_state[_TOLD] = False
        st.rerun()


def progress(d: Desk) -> None:
    """How far learning is, and how it ended."""
    from ingest.runner import learning

    held = learning(d.stores)
    if held is None or _TOLD not in st.session_state:
        return
    if held.running:
        sync_panel.poll(lambda: _follow(d), EVERY)
    elif not st.session_state[_TOLD]:
        st.session_state[_TOLD] = True
        _ended(held)


def exports(d: Desk, held: Known, rows: Sequence[ModelRow]) -> None:
    """Coefficients, effects, the days behind them and all models as files."""
    model = held.model
    menu(
        d,
        words.TITLE,
        {
            "Coefficients": lambda: tables.band_rows(model, held.bands),
            "Effects": lambda: tables.effect_rows(model),
            "Promo days": lambda: tables.day_rows(model),
            MODELS: lambda: tables.model_rows(rows),
        },
        {"Model": model.version, "Sales": f"{model.first} to {model.last}"},
        file="uplift",
    )


def choice(d: Desk, held: Known, rows: Sequence[ModelRow]) -> None:
    """Another model beside the one in force: what would change, and putting it there, by those who may approve."""
    states.told_once(st.session_state.pop(_CHOSEN, None))
    others = [row for row in rows if row.state != "active"]
    if not others:
        return
    proposed = any(row.state == "proposed" for row in others)
    with st.expander("A model is proposed" if proposed else "Bring a former model back", expanded=proposed):
        version = uplift_choice.picked(others, d.zone)
        other = d.read(known, version, datasets=(UPLIFT,))
        if other is None:
            return
        st.caption(words.caption(other.model, None, d.zone))
        uplift_choice.change_table(held.model, other.model)
        if not (d.scope.allows(Right.PROMO_APPROVE) or d.scope.allows(Right.ADMIN)):
            st.caption("Whoever may approve promotions can put it in force.")
            return
        label = "Put in force" if other.row.state == "proposed" else "Bring back"
        pressed = st.button(label, key=f"uplift_choose_{version}_{held.row.version}", type="primary")
        st.caption(uplift_choice.CLOCK)
        if not pressed:
            return
        try:
            choose_model(d.stores, d.scope, version, seen=held.row.version)
        except (ModelChanged, UnknownModel) as reason:
            st.error(str(reason))
            return
        st.session_state[_CHOSEN] = (
            f"Model {version} is in force now. {held.row.version} is kept and can be brought back."
        )
        st.rerun()


def empty(d: Desk) -> None:
    """Nothing was learned yet."""
    plans = d.scope.allows(Right.PROMO_WRITE)
    states.empty("No uplift yet", words.EMPTY if plans else words.READ_ONLY, key="empty")


def _follow(d: Desk) -> None:
    from ingest.runner import learning

    held = learning(d.stores)
    if held is None or not held.running:
        st.rerun()
    st.progress(held.share, "Learning from the sales …")


def _ended(held: Learning) -> None:
    if held.failed:
        st.error(held.said, icon=":material/error:")
    else:
        st.success(held.said, icon=":material/check:")
