"""What the page Uplift reads, and learning anew beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import streamlit as st

from components import states, sync_panel
from components import uplift_tables as tables
from components import uplift_words as words
from data_access.queries.accounts import PROMO
from data_access.queries.promo_models import Known, ModelRow, known, models
from data_access.queries.promo_state import SETTINGS, UPLIFT
from data_access.scope import Right
from pages.frame.company_exports import menu
from pages.frame.desk import Desk

if TYPE_CHECKING:
    from ingest.runner import Learning

EVERY: Final = timedelta(seconds=1)
_TOLD: Final = "uplift.told"


@dataclass(frozen=True, slots=True)
class Found:
    """The model in force with its coefficients, None where there is none; all models; whether the sales or settings
    have changed since the newest."""

    known: Known | None
    models: tuple[ModelRow, ...]
    stale: bool


def read(d: Desk) -> Found:
    """What stands on the page. Raises NotPermitted, StoreError."""
    held = d.read(known, datasets=(UPLIFT,))
    rows = tuple(d.read(models, datasets=(UPLIFT,)))
    changed = d.state.changed_at(PROMO, SETTINGS)
    newest = max((row.created_at for row in rows), default=None)
    return Found(held, rows, changed is not None and newest is not None and changed > newest)


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


def exports(d: Desk, held: Known) -> None:
    """Coefficients, effects and the days behind them as files."""
    model = held.model
    menu(
        d,
        words.TITLE,
        {
            "Coefficients": lambda: tables.band_rows(model, held.bands),
            "Effects": lambda: tables.effect_rows(model),
            "Promo days": lambda: tables.day_rows(model),
        },
        {"Model": model.version, "Sales": f"{model.first} to {model.last}"},
        file="uplift",
    )


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
