"""A view that somebody saved: a page with all that its address says, under a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

LONGEST_NAME: Final = 60
# Of what an address may carry: browsers and proxies take some thousands of characters.
LONGEST_FILTERS: Final = 4_000
Filters = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class SavedView:
    """account: the store that it shows, '' for a page of the company's. page: the page's address without its query,
    such as '/revenue'. filters: the values of the address by name, without the store. shared: others who see the
    store, or the company's pages, may open it."""

    id: str
    account: str
    name: str
    page: str
    filters: Filters
    owner: str
    shared: bool = False


class InvalidView(Exception):
    """A view that cannot be kept; says why."""


def checked(view: SavedView) -> SavedView:
    """The view without blanks around its name. Raises InvalidView."""
    name = " ".join(view.name.split())
    if not name:
        raise InvalidView("Give the view a name.")
    if len(name) > LONGEST_NAME:
        raise InvalidView(f"A name has at most {LONGEST_NAME} characters; this one has {len(name)}.")
    if sum(len(key) + len(value) for key, values in view.filters.items() for value in values) > LONGEST_FILTERS:
        raise InvalidView("So many filters do not fit into an address: choose fewer values.")
    return replace(view, name=name)
