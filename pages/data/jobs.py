"""Jobs: what syncs, loads and computations did, how fast, and what they left out."""

import streamlit as st

from analytics.runs import days_between
from components import cards, filters, runs, states
from components import revenue_words as words
from components.plain import plain
from pages.frame import following
from pages.frame.view import opened

view = following.of_today(opened())
zone, period = view.account.zone, view.chosen.period
sparklines = not view.on_phone
st.title("Jobs", anchor=False)
caption = st.empty()
with st.container(horizontal=True, vertical_alignment="bottom"):
    kinds = filters.several("What", list(runs.KINDS.values()), key="what", everything="All work")
    outcomes = filters.several("Outcome", list(runs.STATES.values()), key="outcome", everything="All outcomes")
    row_end = st.empty()
said = following.caption(view, [*kinds, *outcomes])
caption.caption(plain(said))
following.running(view)
body, (found, before, ever) = states.body(
    "jobs",
    view.visit,
    lambda: runs.skeleton(sparklines=sparklines),
    lambda: following.read(view, kinds, outcomes),
)
file = f"promolens-{view.account.public_id}-jobs-{period.start}-{period.end}"
loads = following.loads(view)
with body:
    if not ever:
        states.empty("No runs yet", following.never_ran(view), key="empty")
        following.workbooks(view, loads)
        st.stop()
    if not found:
        states.empty("No runs in these days", "Choose other days, or fewer filters.", key="empty")
        following.detail(view, file)
        following.workbooks(view, loads)
        st.stop()
    with row_end:
        following.exports(view, found, loads, said, file, [*kinds, *outcomes])
    days = days_between(period.start, period.end)
    six = runs.six_cards(found, before, days, zone)
    cards.show(six, words.against_words(view.chosen.against), sparklines=sparklines)
    st.markdown(runs.sentence(found, zone, view.now))
    with st.container(border=True):
        filters.heading("How runs ended")
        runs.outcomes(found, days, zone, view.marked, file)
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("What they brought")
        runs.brought(found, days, zone, view.marked, file)
    with right.container(border=True, height="stretch"):
        filters.heading("How long they took")
        runs.lengths(found, days, zone, view.marked, file)
    with st.container(border=True):
        filters.heading("Runs")
        runs.table(found, zone)
    following.detail(view, file)
    following.workbooks(view, loads)
    with st.expander("Notes: what counts as a run"):
        st.markdown("\n".join(f"- {note}" for note in runs.NOTES))
