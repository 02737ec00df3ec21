"""Simulator: what a promotion would bring, how sure that is, and what it rests on."""

import streamlit as st

from components import cards, filters, scenario_checks, scenario_form, simulator_tables, states
from components import simulator_charts as drawn
from components import simulator_words as words
from components.plain import plain
from pages.frame import desk, navigation, scenario_starts, simulator_frame
from pages.frame.scenario_desk import ground, require_learned

d = desk.opened()
currency = d.currency
st.title("Simulator", anchor=False)
caption = st.empty()
require_learned(d)
edited = simulator_frame.under_edit(d)
row = st.container(horizontal=True, vertical_alignment="center")
with st.container(border=True):
    edited = scenario_form.head(edited, d.today)
    quick = st.container()
body, below = states.body(
    "simulator", navigation.visit(), drawn.skeleton, lambda: ground(d, edited.start, edited.end, edited.scenario_id)
)
known = below.baseline.cells
caption.caption(plain(words.caption(edited.start, edited.end, below, currency)))
with quick:
    scenario_starts.from_template(d, edited, below)
    scenario_form.quick_start(edited, known)
with body:
    answer = st.container()
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader("Row by row", anchor=False, width="content")
            scenario_form.depth_of_others(edited)
        scenario_form.grid(edited, known, below.segments, currency)
        needs = st.container()
        edited = scenario_form.notes(edited)
    with answer:
        found = simulator_frame.simulated(edited, below)
    with row:
        simulator_frame.ways(d, edited, found, below)
    if found is None:
        st.stop()
    file = f"promolens-simulator-{edited.start}-{edited.end}"
    with answer:
        cards.show(simulator_frame.six_cards(found, currency), "Baseline", sparklines=False)
        st.markdown(words.plain_money(simulator_frame.answered(found, currency)))
        left, right = st.columns([7, 5])
        with left.container(border=True, height="stretch"):
            shown = filters.beside("What changes EBIT", [drawn.WHOLE, drawn.CHANGES], key="bridge")
            drawn.bridge(found, shown, currency, file, narrow=simulator_frame.on_phone())
        with right.container(border=True, height="stretch"):
            filters.heading("May it run")
            fix = scenario_checks.live(found.report, key=f"simulator_{edited.grid}")
    if fix is not None:
        simulator_frame.apply(edited, found, fix)
    with needs:
        simulator_tables.row_table(found)
    left, right = st.columns([7, 5])
    with left.container(border=True, height="stretch"):
        measure = filters.beside("Day by day", drawn.MEASURES, key="figure")
        drawn.by_day(found, measure, currency, file)
    with right.container(border=True, height="stretch"):
        filters.heading("Which assumption matters most")
        drawn.tornado(found, currency, file)
    with st.container(border=True):
        by = filters.beside("Part by part", simulator_tables.BY, key="part")
        simulator_tables.part_table(found, by, currency)
    with st.expander("Notes: what it rests on, what is estimated, what is allocated"):
        st.markdown("\n".join(f"- {note}" for note in words.notes(below, currency)))
