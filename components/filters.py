"""What a person chooses, kept in the address: a link shows the same to whoever may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from analytics.account import Account
from analytics.periods import Against, Alignment, Comparison, Kind, Period, Preset, chosen, compared

EARLIEST = date(2012, 1, 1)
NOT_KNOWN = "Not known"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sidebar's choice of days."""

    period: Period
    comparison: Comparison | None
    against: Against


def store_picker(accounts: Sequence[Account]) -> Account:
    """The store whose figures are shown. It always stands in the address, since people see different stores first."""
    names = _labels(accounts)
    if st.session_state.get("store") not in names and "store" not in st.query_params:
        st.session_state["store"] = next(iter(names))
    label = st.selectbox(
        "Store",
        list(names),
        index=None,
        key="store",
        bind="query-params",
        required=True,
        icon=":material/storefront:",
        label_visibility="collapsed",
    )
    return names.get(label or "", accounts[0])


def period_picker(today: date) -> Chosen:
    """Period and what it is compared with."""
    presets = [preset.value for preset in Preset]
    preset = st.selectbox(
        "Period",
        presets,
        index=presets.index(Preset.DAYS_28),
        key="period",
        bind="query-params",
        filter_mode=None,
    )
    custom = _dates(today) if preset == Preset.CUSTOM else None
    period = chosen(Preset(preset), today, custom)
    against = Against(
        st.selectbox(
            "Compare with", [choice.value for choice in Against], key="compare", bind="query-params", filter_mode=None
        )
    )
    alignment = Alignment.AUTO
    if against is Against.LAST_YEAR:
        usual = Alignment.WEEKDAYS if period.kind is Kind.DAYS else Alignment.DATES
        alignment = Alignment(
            st.selectbox(
                "Lay last year under",
                [choice.value for choice in Alignment],
                key="align",
                bind="query-params",
                filter_mode=None,
                help=f"Same weekdays: 364 days earlier. Automatic takes '{usual.value.lower()}' for this period.",
            )
        )
    return Chosen(period, compared(period, against, alignment), against)


def several(label: str, options: Sequence[str], *, key: str, everything: str) -> tuple[str, ...]:
    """Values of one dimension; none chosen means all."""
    by_label = {value or NOT_KNOWN: value for value in options}
    picked = st.multiselect(label, list(by_label), key=key, bind="query-params", placeholder=everything)
    return tuple(by_label[text] for text in picked)


def one(label: str, options: Sequence[str], *, key: str, visible: bool = True) -> str:
    """One of a few values, all in sight; the first is the default."""
    picked = st.segmented_control(
        label,
        list(options),
        default=options[0],
        required=True,
        key=key,
        bind="query-params",
        label_visibility="visible" if visible else "collapsed",
    )
    return picked if picked in options else options[0]


def heading(text: str) -> None:
    """A heading that stands as high as one with a choice on its right."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(text, anchor=False, width="content")


def beside(heading: str, options: Sequence[str], *, key: str) -> str:
    """A heading with a choice on its right; the first option is the default."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.subheader(heading, anchor=False, width="content")
        return one(heading, options, key=key, visible=False)


def _dates(today: date) -> tuple[date, date] | None:
    # No default, so that the days always stand in the address: a default that moves with the day would not.
    if "dates" not in st.session_state and "dates" not in st.query_params:
        usual = chosen(Preset.DAYS_28, today)
        st.session_state["dates"] = (usual.start, usual.end)
    picked = st.date_input(
        "Dates",
        value=[],
        min_value=EARLIEST,
        max_value=today,
        key="dates",
        bind="query-params",
        format="DD/MM/YYYY",
    )
    return (picked[0], picked[1]) if isinstance(picked, tuple) and len(picked) == 2 else None


def _labels(accounts: Sequence[Account]) -> dict[str, Account]:
    twice = {a.name for a in accounts if sum(b.name == a.name for b in accounts) > 1}
    return {f"{a.name} ({a.public_id})" if a.name in twice else a.name: a for a in accounts}
