"""Where a scenario under edit starts from: a template, or an opportunity."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import streamlit as st

from analytics.promo.mechanics import CHANNELS, Mechanic
from analytics.promo.templates import Company, NoTemplate, template
from analytics.promo.trial import Ground
from components import filters, scenario_edit, scenario_templates
from components.scenario_edit import Edited
from components.simulator_words import plain_money
from data_access.queries.promo_opportunities import Opportunity, opportunity
from pages.frame import scenario_saving
from pages.frame.desk import Desk
from pages.frame.scenario_ways import NEW, OPPORTUNITY, Way

_MADE: Final = "scenarios.template"


def from_template(d: Desk, edited: Edited, below: Ground) -> None:
    """The choice of a template; once it is used, its rows in a new run, with what it came to."""
    place = st.empty()
    if made := st.session_state.pop(_MADE, None):
        place.info(plain_money(made), icon=":material/auto_awesome:")
    chosen = scenario_templates.picker(below.segments, edited.scenario_type, turn=edited.turn)
    if chosen is None:
        return
    kind, members = chosen
    settings = below.settings
    company = Company(settings.limits, below.segments, members, settings.default_redemption, settings.sensitivities)
    try:
        found = template(kind, below.baseline, below.knowledge, company)
    except NoTemplate as reason:
        st.warning(str(reason), icon=":material/warning:")
        return
    st.session_state[_MADE] = scenario_templates.said(found, d.currency)
    scenario_edit.hold(
        replace(
            edited,
            rows=tuple(row.stored() for row in found.rows),
            start=found.start,
            end=found.end,
            scenario_type=kind.value,
        )
    )
    st.rerun()


def from_opportunity(d: Desk, edited: Edited | None) -> Edited | None:
    """The scenario that the address's opportunity proposes: the one under edit where it was begun from it, else a new
    one; None where it is not there, which is told. Raises NotPermitted, StoreError."""
    asked = str(st.query_params[OPPORTUNITY])
    if edited is not None and edited.source_opportunity_id == asked.lower() and not edited.scenario_id:
        return edited
    found = opportunity(d.stores, d.scope, asked)
    if found is None:
        filters.not_here("opportunity", [asked])
        del st.query_params[OPPORTUNITY]
        st.query_params[Way.BUILD.value] = NEW
        return None
    scenario_saving.put_aside()
    return scenario_edit.hold(begun_from(found, d.today))


def begun_from(found: Opportunity, today: date) -> Edited:
    """The scenario that an opportunity proposes; without a discount of its own it has the usual one."""
    cut = scenario_edit.USUAL_DISCOUNT if found.discount_pct is None else float(found.discount_pct)
    channels = (found.channel,) if found.channel in CHANNELS else CHANNELS
    return replace(
        scenario_edit.begun(today),
        label=f"{found.department}, {found.channel}",
        start=found.start,
        end=found.end,
        rows=tuple(Mechanic(found.department, channel, cut).stored() for channel in channels),
        notes=found.reason,
        source_opportunity_id=found.opportunity_id,
    )
