"""Between two and five scenarios side by side."""

from __future__ import annotations

import streamlit as st

from analytics.promo.comparison import FEWEST, MOST, compared
from components import scenario_comparison, states
from components.plain import plain
from components.scenario_words import amounts
from data_access.queries.promo_comparison import sides
from data_access.queries.promo_state import SCENARIOS
from pages.frame import company_exports, navigation
from pages.frame.desk import Desk
from pages.frame.scenario_ways import back, ids


def page(d: Desk) -> None:
    """The comparison that the address names."""
    st.title("Scenarios side by side", anchor=False)
    caption = st.empty()
    with st.container(horizontal=True, vertical_alignment="center"):
        back()
        export = st.empty()
    asked = tuple(ids()[:MOST])
    body, found = states.body(
        "scenarios.compare",
        navigation.visit(),
        scenario_comparison.skeleton,
        lambda: d.read(sides, asked, datasets=(SCENARIOS,)),
    )
    with body:
        if len(found) < FEWEST:
            caption.caption("Nothing to compare")
            states.empty(
                "Not enough scenarios",
                f"Tick {FEWEST} to {MOST} scenarios with figures in the list; of these {len(found)} can be used.",
                key="empty",
            )
            return
        told = compared(found)
        said = f"Changes are against each scenario's own baseline without promotion · {amounts(d.currency)}"
        caption.caption(plain(said))
        if said := scenario_comparison.sentence(told, d.currency):
            st.markdown(plain(said))
        scenario_comparison.draw(told, d.currency, "promolens-scenarios")
    with export:
        company_exports.menu(
            d, "Scenarios side by side", {"Side by side": lambda: scenario_comparison.rows(told)},
            {"Shows": ", ".join(scenario_comparison.names(told))}, file="scenarios-compared",
        )  # fmt: skip
