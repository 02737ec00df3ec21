"""What the page Audit asks for, by its filters in the address, and who may look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from analytics.audit import Asked, Entry
from components import audit_list, filters, wording
from components import audit_words as words
from components.list_columns import ENTRIES
from components.plain import plain
from data_access.queries.audit import MOST_ROWS, PAGE_ROWS, Entries, actors, entries, entry, instants
from data_access.queries.grants import administers
from pages.frame import company_exports
from pages.frame.desk import Desk

USUAL_DAYS: Final = 28
PERSON: Final = "person"
PAGE: Final = "at_page"
OF: Final = "of"


@dataclass(frozen=True, slots=True)
class Found:
    """What is shown. said: the filters in words."""

    asked: Asked
    entries: Entries
    page: int
    said: str


def may(d: Desk) -> bool:
    """Whether the person may look at the log."""
    return administers(d.scope)


def stores(d: Desk) -> Mapping[str, str]:
    """The stores' names by account."""
    return {account.public_id: name for name, account in filters.labels(d.accounts).items()}


def asked(d: Desk) -> tuple[Asked, str]:
    """The filters, and what they say. Raises NotPermitted, StoreError."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = _day("since", "From", d.today - timedelta(days=USUAL_DAYS - 1), d.today)
        last = _day("until", "To", d.today, d.today)
        person = _person(d)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        done = filters.several("What was done", list(words.DONE.values()), key="done", everything="Everything")
        things = filters.several("To what", list(words.THINGS.values()), key="things", everything="All things")
        of = {**{name: account for account, name in stores(d).items()}, words.NO_STORE: ""}
        accounts = filters.several("Of which store", list(of), key="of_store", everything="All stores and none")
    first, last = min(first, last), max(first, last)
    found = Asked(
        *instants(first, last, _zone(d)), person,
        tuple(action for action, said in words.DONE.items() if said in done),
        tuple(thing for thing, said in words.THINGS.items() if said in things),
        tuple(of[name] for name in accounts), _asked_thing(),
    )  # fmt: skip
    days = wording.day(first) if first == last else f"{wording.day(first)} to {wording.day(last)}"
    return found, " · ".join([days, *done, *things, *accounts])


def read(d: Desk, wanted: Asked, said: str) -> Found:
    """The page of the log that the address asks for. Raises NotPermitted, StoreError."""
    text = st.query_params.get(PAGE, "")
    page = max(int(text) - 1, 0) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
    found = entries(d.stores, d.scope, wanted, page=page)
    if page and not found.rows:
        page = 0
        found = entries(d.stores, d.scope, wanted)
    return Found(wanted, found, page, said)


def caption(d: Desk, found: Found) -> str:
    """What is shown, and how much of it."""
    total = found.entries.total
    counted = f"{total:,} {'entry' if total == 1 else 'entries'}"
    return f"{found.said} · {counted} · {_zone(d).key} time"


def turning(found: Found) -> None:
    """To newer and older entries."""
    pages = -(-found.entries.total // PAGE_ROWS)
    if pages < 2:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Newer", key="audit_newer", icon=":material/chevron_left:", disabled=found.page == 0,
            on_click=_to, args=(found.page,),
        )  # fmt: skip
        st.markdown(f"Page {found.page + 1:,} of {pages:,}")
        st.button(
            "Older", key="audit_older", icon=":material/chevron_right:", disabled=found.page + 1 >= pages,
            on_click=_to, args=(found.page + 2,),
        )  # fmt: skip


def detail(d: Desk, found: Found) -> None:
    """The entry that is picked, by the table or by a link."""
    id = st.query_params.get(audit_list.ENTRY)
    if not id:
        return
    held = Entries([one for one in found.entries.rows if one.id == id], 1, found.entries.names)
    if not held.rows:
        held = entry(d.stores, d.scope, id)
    with st.container(border=True):
        if not held.rows:
            st.markdown("This entry is not here, or not for you to see.")
            return
        one = held.rows[0]
        audit_list.one(one, held.names, stores(d), d.zone)
        _around(one)


def _around(one: Entry) -> None:
    """A way to everything that was done to the same thing."""
    if one.thing_id and st.query_params.get(OF) != one.thing_id:
        st.button(
            "All entries of this", key="audit_of", icon=":material/history:", on_click=_only, args=(one.thing_id,),
        )  # fmt: skip


def of_one(d: Desk, found: Found) -> None:
    """That the entries are those of one thing, and the way back."""
    if not found.asked.thing_id:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        named = next((words.thing(one, found.entries.names, stores(d)) for one in found.entries.rows), "one thing")
        st.markdown(f"Only entries of **{plain(named)}**")
        st.button("Show all", key="audit_all", type="tertiary", icon=":material/close:", on_click=_only, args=("",))


def exports(d: Desk, found: Found) -> None:
    """All entries that the filters leave, as files."""

    def all_rows() -> list[dict[str, object]]:
        every = entries(d.stores, d.scope, found.asked, rows=MOST_ROWS)
        return audit_list.rows(every.rows, every.names, stores(d))

    company_exports.menu(d, words.TITLE, {ENTRIES: all_rows}, {"Shows": found.said}, file="audit")


def _zone(d: Desk) -> ZoneInfo:
    """Whose days are counted: the first store's."""
    return d.accounts[0].zone if d.accounts else ZoneInfo("UTC")


def _asked_thing() -> str:
    """The thing whose entries alone are asked for; what no id can be is none."""
    said = st.query_params.get(OF, "")
    return said if said.isprintable() else ""


def _to(page: int) -> None:
    st.query_params[PAGE] = str(page)


def _only(thing_id: str) -> None:
    for name in (PAGE, OF):
        if name in st.query_params:
            del st.query_params[name]
    if thing_id:
        st.query_params[OF] = thing_id


def _day(key: str, label: str, usual: date, latest: date) -> date:
    filters.asked_for_day(key, latest)
    picked = st.date_input(
        label, value=usual, min_value=filters.EARLIEST, max_value=latest, key=key, bind="query-params",
        format="YYYY-MM-DD", width=150, on_change=_first_page,
    )  # fmt: skip
    return picked if isinstance(picked, date) else usual


def _first_page() -> None:
    if PAGE in st.query_params:
        del st.query_params[PAGE]


def _person(d: Desk) -> str:
    """Who did it. The address names people by pseudonym: it is kept in logs and histories."""
    known = actors(d.stores, d.scope)
    options = ["", *sorted(known, key=lambda one: (words.who(one, known).lower(), one)), *words.OF_NOBODY]
    asked_for = st.query_params.get(PERSON, "")
    if asked_for not in options:
        filters.not_here("person", [asked_for])
        asked_for = ""
    picked = st.selectbox(
        "Who", options, index=options.index(asked_for), key=f"audit_person_{asked_for}", width=260,
        format_func=lambda one: words.who(one, known) if one else "Everybody",
    )  # fmt: skip
    if picked != asked_for:
        _first_page()
        if picked:
            st.query_params[PERSON] = picked
        else:
            del st.query_params[PERSON]
    return picked
