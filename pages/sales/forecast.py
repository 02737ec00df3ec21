"""Forecast: where the month and the quarter will land, of the company's sales and of a store's orders."""

import streamlit as st

from components import cards, filters, forecast_cards, forecast_charts, forecast_tables, states
from components import forecast_words as words
from components.plain import plain
from pages.frame import forecast_frame, forecast_scenarios, navigation

known = {source.name: source for source in forecast_frame.sources()}
st.title(words.TITLE, anchor=False)
caption = st.empty()
choices = st.container(horizontal=True, vertical_alignment="bottom")
row_end = st.container(horizontal=True, horizontal_alignment="right")
with choices:
    source = known[filters.one("World", list(known), key="world", visible=False)]
slot = st.container()
body, found = states.body(
    "forecast", (navigation.visit(), source.name, source.account), forecast_charts.skeleton,
    lambda: forecast_frame.read(source),
)  # fmt: skip
with slot:
    forecast_frame.progress(source)
world = found.world
if world is None:
    with body:
        states.empty("No forecast yet", words.EMPTY_ORDERS if source.account else words.EMPTY_SALES, key="empty")
        forecast_frame.anew(source, "Forecast")
    st.stop()
with choices:
    names = {words.METRICS[metric]: metric for metric in words.METRICS if metric in world.metrics}
    metric = names[filters.one("Figure", list(names), key="forecast_of", visible=False)]
    shown = forecast_frame.outlooks(found, metric)
    parts = {words.part(one.kept.key): one for one in shown}
    picked = st.selectbox("Part", list(parts), key="part", bind="query-params", label_visibility="collapsed")
    one = parts[picked] if picked in parts else shown[0]
kept = one.kept
said = words.caption(world, source.name, metric, kept.key, source.zone, source.currency)
caption.caption(plain(said))
with row_end:
    forecast_frame.anew(source, "Forecast anew")
    forecast_frame.exports(source, world, shown, metric, said)
with body:
    if found.stale:
        st.warning("There are newer figures than those that these forecasts rest on.", icon=":material/update:")
    cards.show(forecast_cards.forecast_cards(one, source.currency), "Last year", sparklines=False)
    st.markdown(words.lands(one, source.currency))
    with st.container(border=True):
        filters.heading("By day")
        forecast_charts.over_time(one, found.marks, source.currency, "promolens-forecast")
        st.caption(words.planned(world, kept))
    if source.desk is not None:
        forecast_scenarios.what_if(source.desk, world, one)
    with st.container(border=True):
        filters.heading(f"{words.METRICS[metric]} in parts, which add up")
        forecast_tables.part_table(shown, source.currency)
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("Which model, and how it did")
        st.markdown(words.in_use(kept))
        if words.worse_shown(kept):
            st.caption("After adding up with the other parts it was not better than the seasonal naive.")
        forecast_tables.model_table(kept)
    with right.container(border=True, height="stretch"):
        filters.heading("How far off past months were to land")
        if kept.landings:
            forecast_charts.landing_errors(kept, "promolens-landing-errors")
        else:
            st.caption("No past month could be tried out whole.")
    with st.expander("Notes: what is estimated, which method"):
        st.markdown("\n".join(f"- {note}" for note in words.notes(world, kept, source.name)))
