"""What if: a planned scenario's effect on where the month lands, by the simulator's own figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import streamlit as st

from analytics.forecasting.kept import Counted, World
from analytics.forecasting.outlook import Against, Outlook
from analytics.promo.mechanics import BadMechanics
from analytics.promo.scenarios import State
from analytics.promo.simulation import NotSimulable, simulate
from analytics.promo.trial import sales_changed
from components import filters, tables
from components import forecast_words as words
from data_access.queries.accounts import PROMO
from data_access.queries.promo_ground import Asked
from data_access.queries.promo_scenarios import ScenarioRow, scenario, scenarios
from data_access.queries.promo_state import BRIEFS, SCENARIOS, SETTINGS, UPLIFT
from pages.frame import scenario_desk
from pages.frame.desk import Desk

_PARAM: Final = "scenario"
_RESTS_ON: Final = (PROMO, SCENARIOS, UPLIFT, SETTINGS, BRIEFS)
_PLANNED: Final = (State.DRAFT, State.SUBMITTED, State.APPROVED)


def what_if(d: Desk, world: World, shown: Outlook) -> None:
    """Pick a scenario of the days to come: what the month's and quarter's sales would land at with it."""
    if shown.kept.key.metric != "sales_value" or not shown.kept.key.whole or shown.quarter is None:
        return
    end = shown.quarter.landing.end
    rows = [
        row
        for row in d.read(scenarios, datasets=(SCENARIOS,))
        if row.state in _PLANNED and row.start <= end and row.end > world.last
    ]
    with st.container(border=True):
        filters.heading("What if: a planned scenario")
        if not rows:
            st.caption("No scenario is planned for these days. Build one on the page Simulator or Scenarios.")
            return
        names = {
            row.scenario_id: f"{row.label} ({row.state.value}, {row.start:%-d %b} – {row.end:%-d %b})" for row in rows
        }
        ids, asked = list(names), st.query_params.get(_PARAM)
        picked = st.selectbox(
            "Scenario", ids, index=ids.index(asked) if asked in ids else None, format_func=names.__getitem__,
            key="forecast_what_if", placeholder="Choose a scenario", label_visibility="collapsed",
        )  # fmt: skip
        if picked is None:
            tables.forget(_PARAM)
        elif picked != asked:
            st.query_params[_PARAM] = picked
        if picked is not None:
            _told(d, world, shown, next(row for row in rows if row.scenario_id == picked))


def _told(d: Desk, world: World, shown: Outlook, row: ScenarioRow) -> None:
    counted = world.counted(shown.kept.key.metric, row.scenario_id, row.cells)
    version = world.basis.scenarios.get(row.scenario_id, row.version)
    if counted is Counted.WHOLLY and version == row.version:
        st.markdown("It is approved, and the forecast counts with it already.")
        return
    if counted is not Counted.NOT and version != row.version:
        st.markdown(
            f"The forecast counts with its version {version}, which was approved; this is version {row.version}. What "
            "it changes is told once it is approved and forecast anew."
        )
        return
    held = d.read(scenario, row.scenario_id, datasets=(SCENARIOS,))
    ground = d.read(scenario_desk.resting_on, Asked(row.start, row.end, row.scenario_id), datasets=_RESTS_ON)
    if held is None or ground is None:
        st.caption("No uplift was learned yet: its effect cannot be told. Estimate it on the page Uplift.")
        return
    try:
        terms = ground.settings.terms(held.version.content.mechanics, ground.segments)
        changed = sales_changed(simulate(ground.baseline, terms, ground.knowledge), ground.knowledge)
    except (BadMechanics, NotSimulable) as bad:
        st.warning(str(bad), icon=":material/edit:")
        return
    for against in (shown.month, shown.quarter):
        if against is not None:
            st.markdown(words.with_scenario(against, _more(changed, against), d.currency, counted))
    if counted is Counted.PARTLY:
        st.caption(words.PARTLY)
    st.caption("By the simulator: its sales less the baseline's, less what the days after it miss.")


def _more(changed: Mapping[date, float], against: Against) -> float:
    """What it changes in a period's days to come: days that have come are in the landing as they went."""
    landing = against.landing
    return sum(
        amount for day, amount in changed.items() if landing.through < day and landing.start <= day <= landing.end
    )
