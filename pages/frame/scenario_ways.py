"""Which part of the page Scenarios the address asks for, and the ways between them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import streamlit as st

from components import states

NEW: Final = "new"
OPPORTUNITY: Final = "opportunity"
_TOLD: Final = "scenarios.told"


class Way(StrEnum):
    """A part of the page, by its name in the address; the list has none."""

    LIST = ""
    SCENARIO = "scenario"
    BUILD = "build"
    # Not "compare": that is the sidebar's, which takes it out of the address.
    COMPARE = "side_by_side"
    OPTIMISE = "optimise"


def way() -> Way:
    """The part that the address asks for. A link from an opportunity asks for a new scenario."""
    if OPPORTUNITY in st.query_params and Way.BUILD.value not in st.query_params:
        return Way.BUILD
    asked = (one for one in (Way.COMPARE, Way.OPTIMISE, Way.BUILD, Way.SCENARIO) if one.value in st.query_params)
    return next(asked, Way.LIST)


def asked(part: Way) -> str:
    """What the address says of a part: an id, ids, a kind."""
    return str(st.query_params.get(part.value, ""))


def ids() -> list[str]:
    """The scenarios to be compared, each once."""
    return list(dict.fromkeys(one.strip() for one in asked(Way.COMPARE).split(",") if one.strip()))


def go(part: Way, value: str | Sequence[str] = "", told: str = "") -> None:
    """Another part of the page, in a new run. told: what is said there, once."""
    if told:
        st.session_state[_TOLD] = told
    for one in (*(way.value for way in Way if way.value), OPPORTUNITY):
        if one in st.query_params:
            del st.query_params[one]
    if part is not Way.LIST:
        st.query_params[part.value] = value if isinstance(value, str) else ",".join(value)
    st.rerun()


def is_under_way() -> bool:
    """Whether a way was begun whose part has not said yet what it was to say: a click may have broken it off."""
    return _TOLD in st.session_state


def say() -> None:
    """What the part before had to say."""
    states.told_once(st.session_state.pop(_TOLD, None))


def back(label: str = "All scenarios") -> None:
    """The way back to the list."""
    if st.button(label, key="scenarios_back", icon=":material/arrow_back:", type="tertiary"):
        go(Way.LIST)
