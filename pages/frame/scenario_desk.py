"""What the scenarios of some days rest on: baseline, uplift model, segments, other scenarios, targets of the months."""

from __future__ import annotations

from datetime import date
from typing import Final, NoReturn

import streamlit as st

from analytics.promo.trial import Ground
from components import states
from data_access.cache import cached_promo
from data_access.queries.accounts import PROMO
from data_access.queries.promo_ground import Asked, ground_of
from data_access.queries.promo_models import known
from data_access.queries.promo_settings import promo_settings
from data_access.queries.promo_state import BRIEFS, SCENARIOS, SETTINGS, TARGETS, UPLIFT
from data_access.scope import Scope
from data_access.stores import Stores
from pages.frame.desk import Desk

_RESTS_ON: Final = (PROMO, SCENARIOS, UPLIFT, SETTINGS, BRIEFS, TARGETS)


def ground(d: Desk, start: date, end: date, scenario_id: str | None = None) -> Ground:
    """What a scenario of these days rests on; scenario_id: of the one that is edited, which does not stand in its own
    way. Says what to do and stops the page where nothing was learned yet. Raises NotPermitted, StoreError."""
    found = d.read(resting_on, Asked(start, end, scenario_id, d.today), datasets=_RESTS_ON)
    if found is None:
        _nothing_yet()
    return found


def require_learned(d: Desk) -> None:
    """The same where no model was ever learned, before anything of the page stands there."""
    if UPLIFT not in d.state.versions:
        _nothing_yet()


def _nothing_yet() -> NoReturn:
    states.empty(
        "Nothing to simulate with yet",
        "A scenario rests on the company's sales and on what its promotions did before:\n\n"
        "1. Load sales with their discounts on the page Workbooks.\n"
        "2. Have uplift learned from them on the page Uplift.",
        key="empty",
    )
    with st.container(horizontal=True):
        st.page_link("pages/data/workbooks.py", label="Load workbooks", icon=":material/upload_file:")
        st.page_link("pages/promotions/uplift.py", label="Learn uplift", icon=":material/trending_up:")
    st.stop()


def resting_on(stores: Stores, scope: Scope, asked: Asked) -> Ground | None:
    """The same as a read; None where no uplift model is active. Raises NotPermitted, StoreError."""
    held = cached_promo(known, stores, scope, None, (UPLIFT,))
    if held is None:
        return None
    settings = cached_promo(promo_settings, stores, scope, None, (SETTINGS,))
    return ground_of(stores, scope, asked, held.model, settings)
