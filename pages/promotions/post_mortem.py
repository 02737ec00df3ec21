"""Post-mortem: what a promotion really brought, and what there is to learn from it."""

import streamlit as st

from components import cards, filters, states
from components import post_mortem_cards as figures
from components import post_mortem_charts as drawn
from components import post_mortem_tables as tables
from components import post_mortem_words as words
from components.plain import plain
from data_access.scope import Right
from pages.frame import (
    desk,
    navigation,
    post_mortem_files,
    post_mortem_frame,
    post_mortem_judging,
    promotion_marks,
)

d = desk.opened()
st.title(words.TITLE, anchor=False)
caption = st.empty()
key = post_mortem_frame.asked()
choice = st.container()
actions = st.container(horizontal=True, horizontal_alignment="right")
slot = st.container()
body, found = states.body(
    "post-mortem", (navigation.visit(), key), drawn.skeleton, lambda: post_mortem_frame.read(d, key)
)
with choice:
    post_mortem_frame.pick(found, key)
picked, kept = found.picked, found.kept
if picked is None:
    caption.caption(plain(post_mortem_frame.counted(found)))
    with actions:
        post_mortem_files.offer_list(d, found)
    with body:
        post_mortem_frame.overview(d, found)
    st.stop()
with slot:
    post_mortem_judging.settle(d, picked.subject)
if kept is None:
    caption.caption(plain(f"{words.titled(picked.label)} · {words.dates(picked.start, picked.end)} · not judged yet"))
    with body:
        states.empty("Not judged yet", words.NOT_JUDGED, key="empty")
        if not d.scope.allows(Right.PROMO_WRITE):
            st.caption(words.READ_ONLY)
        post_mortem_judging.button(d, picked.subject, "Judge it", None, key="post_mortem_judge")
    st.stop()
row, report = kept.row, kept.report
said = words.caption(
    row.label or picked.label, row.start, row.end, row.sales_until, row.version, row.state, row.author, row.updated_at,
    d.zone, d.currency, d.now,
)  # fmt: skip
caption.caption(plain(said))
with actions:
    if row.state == "open":
        post_mortem_judging.button(d, picked.subject, "Judge anew", kept, key="post_mortem_judge")
        post_mortem_judging.closing(d, kept)
    else:
        post_mortem_judging.button(
            d, picked.subject, "Begin a further version", kept, key="post_mortem_judge", anew=True
        )
    post_mortem_files.offer(d, kept, said)
with body:
    if row.state != "open":
        st.info(f"Closed by {plain(row.closed_by or 'another program')}: it stays as it is.", icon=":material/lock:")
    cards.show(figures.six(row.figures, report, d.currency), "Forecast", sparklines=False)
    if report is None:
        st.warning(words.FOREIGN, icon=":material/help:")
        st.stop()
    st.markdown(f"**{plain(words.verdict(report))}**")
    with st.container(border=True):
        filters.heading("Units of the promoted departments, by day")
        others = promotion_marks.marked(d, beside=picked.subject)
        drawn.by_day(report["by_day"], row.start, row.end, others, "promolens-post-mortem")
    insights, learning_points = post_mortem_frame.sentences(d, kept)
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("What happened")
        post_mortem_frame.bullets(insights)
    with right.container(border=True, height="stretch"):
        filters.heading("What to learn")
        post_mortem_frame.bullets(learning_points or ("Nothing that can be told from its figures.",))
        if doubts := words.doubts(report):
            st.markdown("**What cannot be concluded, or only with care**")
            post_mortem_frame.bullets(doubts)
    with st.container(border=True):
        figure = filters.beside("Where the error came from", list(words.FIGURES), key="post_mortem_figure")
        if report["errors"] is None:
            st.caption("No forecast was frozen for it: there is no error to explain.")
        else:
            drawn.errors(report, figure, d.currency, "promolens-post-mortem-error")
        left, right = st.columns(2)
        with left:
            tables.against_table(report["by_department"], "department", figure)
        with right:
            tables.against_table(report["by_channel"], "channel", figure)
            tables.day_table(report["by_day"], figure)
    with st.container(border=True):
        filters.heading("Discount and uplift of what was promoted")
        tables.uplift_table(report["cells"])
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        filters.heading("What was missing afterwards")
        if report["dip"]:
            tables.dip_table(report["dip"])
        else:
            st.caption("No day after it can be judged yet.")
    with right.container(border=True, height="stretch"):
        filters.heading("What it did to others")
        if report["signals"]:
            tables.signal_table(report["signals"], d.currency)
        else:
            st.caption("No other department of its group, and no other channel, could be judged.")
    post_mortem_judging.marks(d, picked.subject, kept)
    if row.state != "open":
        post_mortem_judging.lesson(d, kept)
    with st.expander("Notes: what is estimated, which method"):
        st.markdown("\n".join(f"- {note}" for note in words.NOTES))
