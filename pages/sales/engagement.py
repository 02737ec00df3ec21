"""Engagement: whether marketing reaches people, and whether it sells."""

import streamlit as st

from analytics.deliverability import standings
from analytics.engagement import Part
from components import cards, engagement_cards, engagement_charts, engagement_reach, filters, states
from components import engagement_tables as rows
from components import engagement_words as words
from components.anomaly_words import ENGAGEMENT
from components.plain import plain
from components.revenue_words import against_words
from data_access.queries.engagement import engagement
from pages.frame import engagement_drill, engagement_frame
from pages.frame.unusual import unusual
from pages.frame.view import opened

view = opened().reported
shown = view.shown
sparklines = not view.on_phone
st.title("Engagement", anchor=False)
caption = st.empty()
part, machines, row_end = engagement_frame.filter_row()
caption.caption(plain(words.caption(shown, part, compared=False)))
asked = engagement_frame.question(view, machines=machines)
body, told = states.body(
    "engagement",
    view.visit,
    lambda: engagement_charts.skeleton(sparklines=sparklines),
    lambda: (view.read(engagement, asked), unusual(view, "messages", filtered=part != Part())),
)
with body:
    figures, found = told
    if not figures.known and not figures.legacy:
        states.empty("No messages yet", words.no_statistics(shown), key="empty")
        st.stop()
    said = words.caption(shown, part, compared=figures.compared is not None)
    caption.caption(plain(said))
    with row_end:
        engagement_frame.exports(view, asked, figures, said, part, found)
    mail = standings(figures.this.of(Part("", "email")), figures.recent, asked.last_whole)
    for warning in filter(None, map(words.warning, mail)):
        st.warning(warning, icon=":material/warning:")
    if figures.this.of(part).recipients is None:
        states.empty("Nothing was sent in these days", words.nothing_sent(figures), key="empty")
    else:
        six = engagement_cards.engagement_cards(figures, part, shown)
        cards.show(six, against_words(view.chosen.against), sparklines=sparklines)
        st.markdown(words.what_moved(figures, part, shown))
        file = engagement_frame.file(view)
        with st.container(border=True):
            filters.heading("From recipients to buyers, by channel")
            engagement_charts.funnel(figures, part, file)
            rows.funnel_table(figures, part)
            st.caption(words.FUNNEL)
        left, right = st.columns(2)
        with left.container(border=True, height="stretch"):
            picked = filters.beside("Over time", list(engagement_charts.MEASURES), key="curve")
            watched = ENGAGEMENT.get(picked, "")
            marks = found.marks(watched, view, people=figures.people)
            engagement_charts.over_time(figures, part, shown, engagement_charts.MEASURES[picked], file, marks)
            found.caption(watched, view, people=figures.people)
        with right.container(border=True, height="stretch"):
            filters.heading("What messages sold, told twice")
            engagement_charts.attributions(figures, shown, file)
            st.caption(words.attribution(figures, shown))
        left, right = st.columns(2)
        with left.container(border=True, height="stretch"):
            filters.heading("Whether e-mail is let in")
            rows.deliverability_table(mail)
            engagement_charts.complaints(figures, shown, file)
            st.caption(words.DELIVERABILITY)
        with right.container(border=True, height="stretch"):
            filters.heading("When campaigns are sent")
            engagement_charts.send_times(figures.usual, part, shown, file)
        mailing = engagement_frame.reached(view, asked, part)
        with st.container(border=True):
            filters.heading("E-mail by mailbox")
            engagement_reach.mailbox_table(mailing)
        left, right = st.columns(2)
        with left.container(border=True, height="stretch"):
            filters.heading("Who can be reached")
            engagement_reach.reachable_table(mailing, view.account.engaged_days)
        with right.container(border=True, height="stretch"):
            filters.heading("Messages a week")
            engagement_reach.contact_chart(mailing, part, file)
    with st.container(border=True):
        table = filters.beside("Behind the figures", engagement_frame.tables_of(figures), key="behind")
        engagement_frame.draw_table(view, table, asked, figures, part)
    engagement_drill.drill(view, asked, figures, table)
    with st.expander("Notes: what is left out, what is not final, which method"):
        st.markdown("\n".join(f"- {note}" for note in words.notes(figures, shown, part)))
