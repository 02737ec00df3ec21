"""One customer of the page Cohorts: what is expected of them, and how long their silence may last."""

from __future__ import annotations

import streamlit as st

from analytics.customer_base import Outlook
from analytics.lifetime_value import Terms
from components import charts, cohort_words, day_marks, line_chart, wording
from components.day_marks import Marked
from components.line_chart import Series


def heading(found: Outlook) -> bool:
    """Who it is, with a button on the right; whether a person closes it."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        # As code: an address would become a link that opens a mail.
        st.subheader(f"`{found.customer.email or found.customer.id}`", anchor=False, width="content")
        return st.button("Close", key="customer_close", icon=":material/close:", type="tertiary")


def told(found: Outlook, currency: str, terms: Terms) -> str:
    """Why this much is expected, in words."""
    one = found.customer
    silent = (found.as_of - one.last_order).days
    days = found.repeat_days + 1
    rhythm = f", about every {found.usual_gap:,.0f} days" if found.usual_gap is not None else ""
    bought = (
        f"Ordered on {wording.count(days)} day{'s' if days > 1 else ''} since {wording.day(one.first_order)}{rhythm}"
    )
    even = found.even_chance
    if even is None:
        until = "Even after a year of silence they would more likely be active than not."
    elif even <= found.as_of:
        until = f"Since {wording.day(even)} it is more likely that they have stopped."
    else:
        until = f"Should they stay silent, it is more likely from {wording.day(even)} on that they have stopped."
    return (
        f"{bought}; silent for {wording.count(silent)} day{'' if silent == 1 else 's'}: active with "
        f"{wording.rate(100 * one.alive)}. Expected within {terms.months} months: {one.expected_orders:.1f} orders of "
        f"{wording.money(one.expected_order_value, currency)}, {wording.money(one.expected_value, currency)} in all"
        f"{cohort_words.after_deductions(terms)}, "
        f"in nine of ten cases between {wording.money_short(one.interval.low, currency)} and "
        f"{wording.money_short(one.interval.high, currency)}. {until}"
    )


def draw(found: Outlook, currency: str, terms: Terms, marked: Marked, file: str) -> None:
    """The sentence, and how sure it is by day that they are still active."""
    st.markdown(told(found, currency, terms))
    past = [100 * chance if day <= found.as_of else None for day, chance in found.alive]
    ahead = [100 * chance if day >= found.as_of else None for day, chance in found.alive]
    texts = [f"{wording.day(day)}: {wording.rate(100 * chance)}" for day, chance in found.alive]
    dates = [day.isoformat() for day, _ in found.alive]
    figure = line_chart.over_time(
        dates,
        Series("So far", past, texts),
        Series("If they stay silent", ahead, texts),
        suffix=" %",
        unit="Probability of being active",
    )
    figure["layout"]["height"] = charts.LOW
    figure["layout"]["yaxis"]["range"] = [0, 104]
    last = found.alive[-1]
    alt = (
        f"Probability of being active: {wording.rate(100 * found.customer.alive)} on {wording.day(found.as_of)}, "
        f"{wording.rate(100 * last[1])} on {wording.day(last[0])} if they stay silent."
    )
    alt = day_marks.on(figure, dates, last[0], marked, alt)
    charts.show(figure, key="chart_customer", alt=alt, file=file)
    st.caption("Probability of being active by day since the last order; dotted: if they stay silent from now on.")
