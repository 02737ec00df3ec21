"""The entries of the audit log: as a table, one of them field by field, and as rows of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any, Final

import streamlit as st

from analytics.audit import Entry
from components import audit_words as words
from components import tables, wording
from components.hovers import hover
from components.plain import plain

ENTRY: Final = "entry"
_HEIGHT: Final = 420


def skeleton() -> None:
    """The place of the table."""
    st.skeleton(_HEIGHT)


def table(
    entries: Sequence[Entry], names: Mapping[str, str], stores: Mapping[str, str], zone: tzinfo, page: int
) -> None:
    """The entries, of which one can be picked: its id stands in the address under `entry`."""
    columns = {
        "When": [wording.moment(one.at, zone) for one in entries],
        "Who": [words.who(one.actor, names) for one in entries],
        "What": [words.done(one) for one in entries],
        "Which": [words.thing(one, names, stores) for one in entries],
        "Store": [words.store(one.account, stores) for one in entries],
        "Changed": [", ".join(words.field(name) for name, *_ in one.fields()) for one in entries],
    }
    config = {
        "When": st.column_config.TextColumn("When", width=140, pinned=True),
        "Who": st.column_config.TextColumn("Who", width=170, help=hover("audit.who_did")),
        "What": st.column_config.TextColumn("What", width=210),
        "Which": st.column_config.TextColumn("Which", width=230),
        "Store": st.column_config.TextColumn("Store", width=130, help=hover("audit.store_of")),
        "Changed": st.column_config.TextColumn("Changed", width=260, help=hover("audit.changed")),
    }
    tables.pickable(
        columns, config, ids=[one.id for one in entries], param=ENTRY, key=f"audit_table_{page}", rows_seen=12
    )


def one(entry: Entry, names: Mapping[str, str], stores: Mapping[str, str], zone: tzinfo) -> None:
    """An entry, its fields before and after side by side."""
    st.markdown(f"**{plain(words.done(entry))}: {plain(words.thing(entry, names, stores))}**")
    at = wording.moment(entry.at, zone)
    of = "" if entry.account is None else f" · {plain(words.store(entry.account, stores))}"
    st.caption(f"{plain(words.who(entry.actor, names))} · {at}{of}")
    fields = entry.fields()
    if not fields:
        st.markdown("Nothing more is noted of it.")
        return
    columns = {
        "Field": [words.field(name) for name, *_ in fields],
        "Before": [words.value(before, names) for _, before, _ in fields],
        "After": [words.value(after, names) for *_, after in fields],
    }
    config = {
        "Field": st.column_config.TextColumn("Field", width=180, pinned=True),
        "Before": st.column_config.TextColumn("Before", width="large"),
        "After": st.column_config.TextColumn("After", width="large"),
    }
    tables.show(columns, config, key="audit_fields", rows_seen=15)


def rows(
    entries: Sequence[Entry], names: Mapping[str, str], stores: Mapping[str, str]
) -> list[dict[str, Any]]:  # fmt: skip
    """The same, for files: a row a field, so that before and after stand side by side there too."""
    return [
        {
            "at_utc": entry.at,
            "who": words.who(entry.actor, names),
            "what": words.done(entry),
            "which": words.thing(entry, names, stores),
            "store": "" if entry.account is None else words.store(entry.account, stores),
            "field": words.field(name) if name else "",
            "before": words.value(before, names) if before is not None else "",
            "after": words.value(after, names) if after is not None else "",
            "entry": entry.id,
        }
        for entry in entries
        for name, before, after in entry.fields() or [("", None, None)]
    ]
