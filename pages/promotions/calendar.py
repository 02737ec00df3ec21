"""Calendar: which promotions ran, run and are planned, what is sent meanwhile, and where two of them meet."""

import streamlit as st

from components import calendar_chart, calendar_list, cards, filters, states
from components import calendar_words as words
from components.plain import plain
from data_access.queries.promo_calendar import DATASETS, Days, plan
from pages.frame import calendar_frame, desk, navigation

d = desk.opened()
calendar_frame.follow_pick()
st.title("Calendar", anchor=False)
caption = st.empty()
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    shown, span = calendar_frame.seen(d)
    export = st.empty()
body, whole = states.body(
    "calendar", navigation.visit(), calendar_list.skeleton,
    lambda: d.read(plan, Days(shown.start, shown.end), datasets=DATASETS),
)  # fmt: skip
whole = calendar_list.within(whole, shown)
campaigns = calendar_frame.sent(d, shown)
with body:
    if not whole.promotions:
        calendar_frame.nothing(d, whole, shown, span)
        if not campaigns:
            caption.caption(plain(f"{words.title(shown, span)} · what runs when, and what meets"))
            st.stop()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = calendar_list.filter_row(whole)
    filters.missing("department", "state", "span", "rows")
    found = calendar_list.filtered(whole, *asked)
    said = words.sentence(found, campaigns, calendar_list.days_of(found, shown), shown, span)
    caption.caption(plain(words.caption(found, whole, shown)))
    cards.show(calendar_list.four_cards(found, shown), "", sparklines=False)
    st.markdown(said)
    with st.container(border=True):
        by = filters.beside("Time line", [calendar_chart.BY_DEPARTMENT, calendar_chart.BY_PROMOTION], key="rows")
        left_out = calendar_chart.show(
            found, campaigns, by, shown, d.today, "promolens", said, calendar_frame.pick
        )  # fmt: skip
        if left_out:
            st.caption(calendar_chart.left_out_said(left_out))
    if found.promotions:
        with st.container(border=True):
            calendar_list.overlaps(found.overlaps)
        with st.container(border=True):
            filters.heading("Promotions")
            calendar_list.table(found)
            calendar_frame.open_picked(d, found)
    with st.expander("Notes: what is shown, and what counts as an overlap"):
        st.markdown("\n".join(f"- {note}" for note in words.NOTES))
with export:
    calendar_frame.exports(d, found, campaigns, shown, said)
