"""A saved scenario whose figures rest on another uplift model than the one in force: what they would be by that one."""

from __future__ import annotations

from typing import Final

import streamlit as st

from analytics.promo.mechanics import BadMechanics
from analytics.promo.scenarios import State, kpi_changes
from analytics.promo.simulation import NotSimulable
from analytics.promo.trial import Ground, Tried, tried
from components.plain import plain
from components.scenario_words import with_other_model
from components.simulator_words import left_out, plain_money
from data_access.queries.promo_models import known
from data_access.queries.promo_scenarios import Standing
from data_access.queries.promo_state import UPLIFT
from data_access.scope import Right
from pages.frame import scenario_saving
from pages.frame.desk import Desk
from pages.frame.scenario_desk import ground
from pages.frame.scenario_ways import Way, go

_TRIED: Final = "scenario.renewed"
_KEPT: Final = frozenset({State.SUBMITTED, State.ARCHIVED})


def offer(d: Desk, found: Standing) -> None:
    """Says what another model in force makes of it, and computes it anew by one click. What waits for approval is only
    told so: its figures are those that are decided on. Nothing is drawn where its model is the one in force."""
    version = found.version
    if found.kpis is None or version.state is State.ARCHIVED:
        return
    held = d.read(known, datasets=(UPLIFT,))
    if held is None or held.model.version == version.model_version:
        return
    below = ground(d, version.content.start, version.content.end, version.scenario_id)
    with st.container(border=True, key="scenario_renewing"):
        st.markdown(
            f"**Another uplift model is in force.** These figures rest on {version.model_version or 'none'}; in force "
            f"is {below.model_version}, from sales up to {held.model.last:%d %b %Y}."
        )
        try:
            now = _tried(found, below)
        except (NotSimulable, BadMechanics) as reason:
            st.caption(plain(f"It cannot be computed anew as it is: {reason}"))
            return
        changes = kpi_changes(found.kpis, now.kpis)
        st.markdown(f"With it: {plain_money(with_other_model(found.kpis, now.kpis, changes, d.currency))}")
        if now.left_out:
            st.caption(plain_money(left_out(now)))
        if version.state in _KEPT or now.left_out or not d.scope.allows(Right.PROMO_WRITE):
            return
        if version.state is State.APPROVED:
            st.caption("Computed anew it is a draft again, to be approved; its frozen forecast stays.")
        if st.button("Recompute as a new version", key="scenario_renew", icon=":material/update:"):
            saved = scenario_saving.renew(d, version, now, below)
            if saved is not None:
                go(Way.SCENARIO, saved.scenario_id, f"Computed anew as version {saved.version}.")


def _tried(found: Standing, below: Ground) -> Tried:
    """Kept while neither the scenario nor what it rests on changes."""
    held = st.session_state.get(_TRIED)
    if not (isinstance(held, tuple) and held[0] is below and held[1] == found.version.content):
        held = (below, found.version.content, tried(below, found.version.content))
        st.session_state[_TRIED] = held
    now: Tried = held[2]
    return now
