"""What a person chooses, kept in the address: a link shows the same to whoever may see it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import streamlit as st

from analytics.account import Account
from analytics.periods import Against, Alignment, Comparison, Kind, Period, Preset, chosen, compared
from components.hovers import hover
from components.plain import plain

EARLIEST = date(2012, 1, 1)
NOT_KNOWN = "Not known"
LONGEST_SAID = 80
_NEW = "?"
_SHOWN_STORE = "shown.store"


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sidebar's choice of days."""

    period: Period
    comparison: Comparison | None
    against: Against


def store_picker(accounts: Sequence[Account], usual: Callable[[], str]) -> Account:
    """The store whose figures are shown: without a choice the one shown before, else the one whose id `usual` gives.

    It always stands in the address, since people see different stores first.
    """
    names = labels(accounts)
    _look("store", "store", names)
    if st.session_state.get("store") in names and len(st.query_params.get_all("store")) > 1:
        # A link names the store for a window of its own; within a session the browser adds the one that is shown.
        asked = str(st.query_params.get("store"))
        st.session_state["store"] = asked if asked in names else st.session_state["store"]
    if st.session_state.get("store") not in names and st.query_params.get("store") not in names:
        before = st.session_state.get(_SHOWN_STORE)
        first = usual() if before not in names else ""
        _set("store", next((label for label, a in names.items() if label == before or a.public_id == first), ""))
    _write_again("store")
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
    _require_address("store")
    st.session_state[_SHOWN_STORE] = label
    return names.get(label or "", accounts[0])


def follow_link() -> None:
    """Takes the days and the comparison that a link to another page asks for: within a session the sidebar's widgets
    keep their own, and the browser puts both into the address."""
    for key, known in (("period", Preset), ("compare", Against), ("align", Alignment)):
        asked = st.query_params.get(key)
        if key in st.session_state and asked in {value.value for value in known}:
            st.session_state[key] = asked
    for key in ("from", "to"):
        day = st.query_params.get(key, "")
        if st.session_state.get(key) is not None and _is_day(day, date.max):
            st.session_state[key] = date.fromisoformat(day)


def period_picker(today: date, latest: date | None = None, instead: str = "", uncompared: str = "") -> Chosen:
    """Period and what it is compared with. today: the day that periods end with; latest: that can be picked by hand.

    instead: what a page looks at that does not look at the period, uncompared: why it compares with nothing; '' where
    it does. What does nothing on a page is grey there, and says so.
    """
    presets = [preset.value for preset in Preset]
    _look("period", "period", presets)
    _look("compare", "comparison", list(Against))
    preset = st.selectbox(
        "Period",
        presets,
        index=presets.index(Preset.DAYS_28),
        key="period",
        bind="query-params",
        filter_mode=None,
        disabled=bool(instead),
        help=instead or None,
    )
    custom = _dates(today, latest or today, disabled=bool(instead)) if preset == Preset.CUSTOM else None
    period = chosen(Preset(preset), today, custom)
    against = Against(
        st.selectbox(
            "Compare with",
            [choice.value for choice in Against],
            key="compare",
            bind="query-params",
            filter_mode=None,
            disabled=bool(uncompared),
            help=uncompared or None,
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
                disabled=bool(uncompared),
                help=hover("filters.align", usual=usual.value.lower()),
            )
        )
    return Chosen(period, compared(period, against, alignment), against)


def several(label: str, options: Sequence[str], *, key: str, everything: str) -> tuple[str, ...]:
    """Values of one dimension; none chosen means all."""
    by_label = {value or NOT_KNOWN: value for value in options}
    _look(key, label.lower(), by_label)
    picked = st.multiselect(label, list(by_label), key=key, bind="query-params", placeholder=everything)
    return tuple(by_label[text] for text in picked)


def one(label: str, options: Sequence[str], *, key: str, visible: bool = True) -> str:
    """One of a few values, all in sight; the first is the default."""
    _look(key, label.lower(), options)
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


def missing(*keys: str) -> None:
    """Says which values of the link are not here, until something else is chosen."""
    for key in keys:
        held = st.session_state.get(f"missing.{key}")
        if held is None:
            continue
        what, values, shown = held
        now = st.session_state.get(key)
        if shown is _NEW:
            st.session_state[f"missing.{key}"] = (what, values, now)
        elif shown != now:
            del st.session_state[f"missing.{key}"]
            continue
        not_here(what, values)


def not_here(what: str, values: Iterable[str]) -> None:
    """Says that the link names something that is not here, such as a customer."""
    named = plain(", ".join(f"“{value}”" for value in values)[:LONGEST_SAID])
    st.warning(f"The link asked for the {what} {named}, which is not here.", icon=":material/link_off:")


def asked_for_day(key: str, latest: date) -> bool:
    """Whether the address asks for a day that can be chosen; another one is noted, to be told by `missing`."""
    asked = st.query_params.get(key)
    if asked is None:
        return False
    there = _is_day(asked, latest)
    if not there:
        st.session_state[f"missing.{key}"] = ("day", [asked], _NEW)
    return there


def _look(key: str, what: str, options: Iterable[str]) -> None:
    """Notes what the address asks for that is not among the options; the widget takes its usual value instead."""
    known = set(options)
    if unknown := [value for value in st.query_params.get_all(key) if value not in known]:
        st.session_state[f"missing.{key}"] = (what, unknown, _NEW)


def _set(key: str, value: str | date) -> None:
    """Chooses a value and writes it in the address, which a widget does not do for a value that it begins with.

    Where the address asks for something that is not here, it is put right before any widget reads it.
    """
    first, wrong = key not in st.session_state, key in st.query_params
    if first:
        st.query_params[key] = str(value)
        if wrong:
            st.rerun()
    st.session_state[key] = value


def _require_address(*keys: str) -> None:
    """Runs the script once more where a value that the address must carry is not in it.

    So it is after the way back in the browser to an address from before the choice: in that run a widget takes no other
    value than the address'.
    """
    lacking = [key for key in keys if not st.query_params.get(key)]
    tried = [st.session_state.pop(f"written.{key}", False) for key in keys]
    if lacking and not any(tried):
        for key in lacking:
            st.session_state[f"written.{key}"] = True
        st.rerun()


def _write_again(key: str) -> None:
    """Has the widget of a value that the address lacks write it there."""
    if st.session_state.get(f"written.{key}") and st.session_state.get(key) is not None:
        st.session_state[key] = st.session_state[key]


def _dates(today: date, latest: date, *, disabled: bool) -> tuple[date, date]:
    # No default, so that the days always stand in the address: a default that moves with the day would not.
    usual = chosen(Preset.DAYS_28, today)
    found: list[date] = []
    for key, label, day in (("from", "From", usual.start), ("to", "To", usual.end)):
        there = asked_for_day(key, latest)
        if st.session_state.get(key) is None and not there:
            _set(key, day)
        _write_again(key)
        picked = st.date_input(
            label,
            value=None,
            min_value=EARLIEST,
            max_value=latest,
            key=key,
            bind="query-params",
            format="DD/MM/YYYY",
            disabled=disabled,
        )
        found.append(picked if isinstance(picked, date) else day)
    _require_address("from", "to")
    return min(found), max(found)


def _is_day(text: str, latest: date) -> bool:
    try:
        return EARLIEST <= date.fromisoformat(text) <= latest
    except ValueError:
        return False


def labels(accounts: Sequence[Account]) -> dict[str, Account]:
    """The stores by what they are called in lists and in the address."""
    twice = {a.name for a in accounts if sum(b.name == a.name for b in accounts) > 1}
    return {f"{a.name} ({a.public_id})" if a.name in twice else a.name: a for a in accounts}
