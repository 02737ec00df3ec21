"""The page Glossary: figures by subject and columns of files, as far as they hold what a person looks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from components import tables
from components.definitions import DEFINITIONS, Definition, page_of
from components.export_columns import COLUMNS

SUBJECTS: Final = {
    "/": "Overview",
    "/revenue": "Revenue",
    "/engagement": "Engagement",
    "/rfm": "RFM",
    "/cohorts": "Cohorts",
    "/products": "Products",
    "/basket": "Basket",
    "/simulator": "Simulator",
    "/jobs": "Jobs",
    "/health": "Health",
}


def found(wanted: str) -> dict[str, list[Definition]]:
    """The figures that hold all words of `wanted`, by the page on which they stand; without words all."""
    words = wanted.lower().split()
    by_page: dict[str, list[Definition]] = {}
    for figure, one in DEFINITIONS.items():
        page = page_of(figure)
        said = " ".join((one.name, one.text, one.formula, one.source, SUBJECTS.get(page, page))).lower()
        if all(word in said for word in words):
            by_page.setdefault(page, []).append(one)
    return by_page


def columns_found(wanted: str) -> dict[str, str]:
    """The columns of exported files that hold all words of `wanted`, with what they mean. A name that means another
    thing in one table stands with that table behind it."""
    words = wanted.lower().split()
    named = {}
    for name, (_, text) in COLUMNS.items():
        table, _, column = name.rpartition("/")
        named[f"{column} ({table})" if table else column] = text
    return {
        name: text for name, text in sorted(named.items()) if all(word in f"{name} {text}".lower() for word in words)
    }


def draw(figures: Mapping[str, list[Definition]]) -> None:
    """Subject by subject: name, meaning, formula, source, and the page on which the figure stands."""
    for page, ones in figures.items():
        with st.container(border=True):
            st.subheader(SUBJECTS.get(page, page), anchor=False)
            st.markdown("\n\n".join(map(_entry, ones)))
            st.caption(f"On the page {SUBJECTS.get(page, page)}, `{page}`.")


def draw_columns(columns: Mapping[str, str]) -> None:
    """The columns of exported files and what they hold."""
    with st.container(border=True):
        st.subheader("Columns of exported files", anchor=False)
        told = {"Column": list(columns), "Meaning": list(columns.values())}
        config = {
            "Column": st.column_config.TextColumn("Column", width="medium"),
            "Meaning": st.column_config.TextColumn("Meaning", width="large"),
        }
        tables.show(told, config, key="table_columns", rows_seen=15)


def _entry(one: Definition) -> str:
    return f"**{one.name}**: {_plain(one.text)}  \n*{_plain(one.formula)}* · from {_plain(one.source)}"


def _plain(text: str) -> str:
    return text.replace("*", r"\*").replace("_", r"\_").replace("$", r"\$").replace("~", r"\~")
