"""The page Glossary: figures, columns and fields by subject, and columns of files, as far as they hold what a person
looks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from components import tables
from components.definitions import DEFINITIONS, Definition, page_of
from components.export_columns import COLUMNS, heading
from components.hovers import glossary_entries
from components.plain import plain

SUBJECTS: Final = {
    "/": "Overview",
    "/revenue": "Revenue",
    "/engagement": "Engagement",
    "/forecast": "Forecast",
    "/rfm": "RFM",
    "/cohorts": "Cohorts",
    "/products": "Products",
    "/basket": "Basket",
    "/discovery": "Discovery",
    "/simulator": "Simulator",
    "/scenarios": "Scenarios",
    "/calendar": "Calendar",
    "/workbooks": "Workbooks",
    "/uplift": "Uplift",
    "/post-mortem": "Post-mortem",
    "/planning": "Planning",
    "/jobs": "Jobs",
    "/health": "Health",
    "/settings": "Settings",
    "/access": "Access",
    "/audit": "Audit",
    "/filters": "Sidebar",
}

SIDEBAR: Final = "/filters"


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


def hovers_found(wanted: str) -> dict[str, list[tuple[str, str]]]:
    """Columns of tables and fields of forms with their texts, by the page on which they stand, likewise."""
    words = wanted.lower().split()
    by_page: dict[str, list[tuple[str, str]]] = {}
    for name, (label, text) in glossary_entries().items():
        page = page_of(name)
        if all(word in f"{label} {text} {SUBJECTS.get(page, page)}".lower() for word in words):
            by_page.setdefault(page, []).append((label, text))
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


def draw(figures: Mapping[str, list[Definition]], hovers: Mapping[str, list[tuple[str, str]]]) -> None:
    """Subject by subject: figures with name, meaning, formula, source; then columns and fields; where they stand."""
    for page in sorted({*figures, *hovers}, key=list(SUBJECTS).index):
        with st.container(border=True):
            st.subheader(SUBJECTS[page], anchor=False)
            if ones := figures.get(page):
                st.markdown("\n\n".join(map(_entry, ones)))
            if others := hovers.get(page):
                st.markdown("In its tables and forms:" if ones else "In forms:")
                st.markdown("\n".join(f"- **{plain(label)}**: {plain(text)}" for label, text in others))
            if page != SIDEBAR:
                st.caption(f"On the page {SUBJECTS[page]}, `{page}`.")


def draw_columns(columns: Mapping[str, str]) -> None:
    """The columns of exported files and what they hold."""
    with st.container(border=True):
        st.subheader("Columns of exported files", anchor=False)
        told = {
            "Column": [heading(name) for name in columns],
            "Meaning": list(columns.values()),
            "Name": list(columns),
        }
        config = {
            "Column": st.column_config.TextColumn("Column", width="medium"),
            "Name": st.column_config.TextColumn("In CSV files", width="medium"),
            "Meaning": st.column_config.TextColumn("Meaning", width="large"),
        }
        tables.show(told, config, key="table_columns", rows_seen=15)


def _entry(one: Definition) -> str:
    return f"**{one.name}**: {plain(one.text)}  \n*{plain(one.formula)}* · from {plain(one.source)}"
