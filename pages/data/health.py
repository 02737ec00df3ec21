"""Health: whether the data are right and fresh, what runs by the clock, what needs an admin."""

import streamlit as st

from components import cards, filters, health, states
from components.plain import plain
from data_access.scope import Right
from pages.frame import clock, examining
from pages.frame.view import opened

view = opened()
st.title("Health", anchor=False)
if not view.scope.allows(Right.ADMIN):
    states.not_permitted("This page shows the whole installation: ask an admin for what you need of it.")
    st.stop()
caption = st.empty()
row_end = st.container(horizontal=True, horizontal_alignment="right")
slot = st.empty()
body, (found, overview) = states.body("health", view.visit, health.skeleton, lambda: examining.read(view))
caption.caption(plain(examining.caption(view, found, overview)))
looking = examining.under_way(found) or examining.look_again_if_stale(view, found)
with row_end:
    if st.button("Look again", key="look_again", icon=":material/troubleshoot:", disabled=looking):
        examining.begin(view, [(examining.CHECKS, ""), (examining.EXAMINATION, "")])
        looking = True
    examining.do_now(view, overview)
    examining.exports(view, found, overview)
if looking:
    with slot.container():
        examining.follow(view, examining.ends(found))
checks, sizes, figures = examining.results(found)
now, zone = clock.now(), view.account.zone
as_of = view.state.as_of.astimezone(zone) if view.state.as_of else None
with body:
    cards.show(health.six_cards(checks, figures, found.operations, overview.work, as_of, now), "", sparklines=False)
    st.markdown(health.sentence(checks, overview.work))
    health.trouble(checks)
    health.failing_work(overview.work, checks, zone, now)
    with st.container(border=True):
        filters.heading("Done by the clock")
        if overview.work:
            health.clock_work(overview.work, zone, now, kept=overview.kept)
        else:
            st.markdown("Nothing is done by the clock: it is switched off.")
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("Space by table")
        if sizes:
            health.space(sizes, "promolens-space")
        else:
            st.markdown("Not examined yet: that is under way beside the page, or begins with **Look again**.")
    with right.container(border=True, height="stretch"):
        filters.heading("Report calls of Klaviyo")
        health.report_calls(examining.calls(overview))
        st.caption("Klaviyo permits so many calls a report and day; a share is kept for people who press Sync now.")
    if found.operations:
        with st.container(border=True):
            filters.heading("Backups, upkeep and retention")
            health.operations_table(found.operations, zone)
    with st.container(border=True):
        filters.heading("What is well")
        health.well(checks)
    with st.expander("Notes: what is looked at, and when"):
        st.markdown(
            "- Freshness, schedule, backups and the machine are looked at each 15 minutes and when this page is "
            "opened; space, indexes, slow statements and missing rows each night and by **Look again**.\n"
            "- `promolens doctor` says the same on a terminal, with exit code 1 on trouble.\n"
            "- The address `/readyz` answers 200 while both databases answer at this version's schema."
        )
