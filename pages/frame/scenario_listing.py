"""All scenarios: filtered, ordered, exported, and the ways to a new one, to one of them, or to several side by side."""

from __future__ import annotations

import streamlit as st

from analytics.promo.comparison import FEWEST, MOST
from components import cards, scenario_list, states, wording
from components.plain import plain
from components.scenario_words import amounts
from components.simulator_words import plain_money
from data_access.queries.promo_scenarios import scenarios
from data_access.queries.promo_state import SCENARIOS
from data_access.scope import Right
from pages.frame import company_exports, navigation
from pages.frame.desk import Desk
from pages.frame.scenario_ways import NEW, Way, go, say


def page(d: Desk) -> None:
    """The list."""
    st.title("Scenarios", anchor=False)
    may_write = d.scope.allows(Right.PROMO_WRITE)
    caption = st.empty()
    say()
    with st.container(horizontal=True, vertical_alignment="center", key="scenarios_ways"):
        if may_write and st.button("New scenario", key="scenario_new", type="primary", icon=":material/add:"):
            go(Way.BUILD, NEW)
        if may_write and st.button("Find the best discounts", key="scenario_optimise", icon=":material/target:"):
            go(Way.OPTIMISE, NEW)
        export = st.empty()
    body, found = states.body(
        "scenarios", navigation.visit(), scenario_list.skeleton, lambda: d.read(scenarios, datasets=(SCENARIOS,))
    )
    with body:
        if not found:
            caption.caption("What is planned, what it is expected to bring, and who has agreed to it")
            states.empty(
                "No scenarios yet",
                "Build one from a template, let the optimiser find the best discounts, or try one in the simulator."
                if may_write
                else "A planner has to build the first one.",
                key="empty",
            )
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = scenario_list.filter_row(found)
        shown = scenario_list.ordered(scenario_list.filtered(found, *chosen[:3]), chosen[3])
        said = f"{wording.count(len(shown))} of {wording.count(len(found))} scenarios"
        caption.caption(plain(f"{said} · {amounts(d.currency)}, against the baseline without promotion"))
        if not shown:
            states.empty("No scenarios like these", "Choose other states, types or months.", key="empty_filtered")
            return
        cards.show(scenario_list.four_cards(found, d.today, d.currency), "", sparklines=False)
        st.markdown(plain_money(scenario_list.sentence(found, d.today, d.currency)))
        with st.container(border=True):
            picked = scenario_list.table(shown, d.currency, d.zone, key="table_scenarios")
            with st.container(horizontal=True, vertical_alignment="center"):
                if st.button(
                    "Open", key="scenario_open", icon=":material/open_in_full:", disabled=len(picked) != 1,
                    help="Tick one row.",
                ):  # fmt: skip
                    go(Way.SCENARIO, picked[0])
                if st.button(
                    f"Compare {len(picked)}" if len(picked) > 1 else "Compare",
                    key="scenario_compare", icon=":material/compare_arrows:",
                    disabled=not FEWEST <= len(picked) <= MOST, help=f"Tick between {FEWEST} and {MOST} rows.",
                ):  # fmt: skip
                    go(Way.COMPARE, picked)
                st.caption(f"Tick one row to open it, {FEWEST} to {MOST} to compare them.")
    with export:
        company_exports.menu(
            d, "Scenarios", {"Scenarios": lambda: scenario_list.file_rows(shown)}, {"Shows": said}, file="scenarios"
        )
