"""Glossary: what every figure means, by the same words as on hover."""

import streamlit as st

from components import glossary, states
from pages.frame.view import opened

view = opened()
st.title("Glossary", anchor=False)
figures, hovers, columns = glossary.found(""), glossary.hovers_found(""), glossary.columns_found("")
st.caption(
    f"{sum(map(len, figures.values()))} figures, {sum(map(len, hovers.values()))} columns and fields, {len(columns)} "
    "columns of files · the words that stand on hover · "
    "money in the store's currency, days of its time zone, rates in per cent"
)
wanted = st.text_input(
    "Find", key="find", bind="query-params", placeholder="refund, lift, deliver …", icon=":material/search:"
)
figures, hovers = glossary.found(wanted or ""), glossary.hovers_found(wanted or "")
columns = glossary.columns_found(wanted or "")
if not figures and not hovers and not columns:
    states.empty(
        "Nothing is called so",
        "Try one word, such as **refund** or **customers**; what is counted how stands in docs/metrics.md.",
        key="empty",
    )
    st.stop()
glossary.draw(figures, hovers)
if columns:
    glossary.draw_columns(columns)
