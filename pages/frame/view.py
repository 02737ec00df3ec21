"""What a page looks at: for whom, which store, which days. Only `app.py` opens a view; without one nothing is shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import streamlit as st

from analytics.account import Account, DataState
from analytics.day_marks import Mark
from analytics.periods import Comparison, known_until
from components import day_marks, states
from components.filters import Chosen
from components.revenue_series import Shown
from data_access.beside import Pending
from data_access.cache import cached, cached_beside
from data_access.queries import annotations as noted
from data_access.scope import Right, Scope
from data_access.stores import Stores
from pages.frame import navigation

T = TypeVar("T")
KEY = "view"


@dataclass(frozen=True, slots=True)
class View:
    """The frame's choices, made in this run."""

    stores: Stores
    scope: Scope
    account: Account
    state: DataState
    chosen: Chosen
    now: datetime

    def may(self, right: Right) -> bool:
        """Whether the person holds a right for the chosen store."""
        return self.scope.allows(right, self.account.public_id)

    @property
    def shown(self) -> Shown:
        """What components need to know of it."""
        return Shown(self.account, self.chosen.period, self.comparison, self.state.as_of, self.now, self.marked)

    def marked(self, first: date, last: date) -> list[Mark]:
        """What is marked on days from first to last: notes, the largest campaigns, promotions.

        Raises NotPermitted, StoreError.
        """
        days = noted.Range(first, last)
        notes = self.read(noted.notes, days, derived=noted.DERIVED)
        promotions = self.read(noted.promotions, days, derived=noted.PROMOTIONS)
        return [*map(day_marks.of_note, notes), *self.read(noted.campaigns, days), *promotions]

    @property
    def as_of(self) -> datetime:
        """The moment up to which orders are known; now where nothing was synced yet."""
        return self.state.as_of or self.now

    @property
    def comparison(self) -> Comparison | None:
        """What the period is compared with. Nothing before the first sync is complete: earlier days may be missing."""
        return self.chosen.comparison if self.state.as_of is not None else None

    @property
    def this_until(self) -> datetime | None:
        """UTC instant before which the period's own orders count, None: no limit.

        Orders newer than the last complete sync are there already while one is under way: they wait for the rest.
        """
        as_of = self.state.as_of
        return known_until(self.chosen.period, as_of, self.account.zone) if as_of is not None else None

    @property
    def compared_until(self) -> datetime | None:
        """UTC instant before which compared orders count."""
        comparison = self.comparison
        return comparison.until(self.chosen.period, self.as_of, self.account.zone) if comparison else None

    @property
    def compared_refunds_until(self) -> datetime | None:
        """UTC instant before which deductions of compared orders count for their refund rate."""
        comparison = self.comparison
        return comparison.same_age(self.as_of, self.account.zone) if comparison else None

    @property
    def young_from(self) -> date:
        """The first day whose orders are younger than the usual return time."""
        return self.as_of.astimezone(self.account.zone).date() - timedelta(days=self.account.return_days)

    @property
    def reported(self) -> View:
        """The same as far as statistics of messages reach: a day that has orders and no report yet would look like a
        fall."""
        as_of = self.state.as_of
        if as_of is None or self.account.reported(as_of) == as_of:
            return self
        state = self.state.known_up_to(self.account.reported(as_of))
        return View(self.stores, self.scope, self.account, state, self.chosen, self.now)

    @property
    def visit(self) -> Hashable:
        """What a page has to be drawn anew for, skeletons first: coming to it, and looking at another store."""
        return (navigation.visit(), self.account.public_id)

    @property
    def on_phone(self) -> bool:
        """Whether the browser says that it is a phone's."""
        return "Mobi" in (st.context.headers.get("User-Agent") or "")

    def read(
        self, query: Callable[[Stores, Scope, str, Any], T], asked: Hashable = None, derived: Collection[str] = ()
    ) -> T:
        """A cached read for this store; derived: datasets made by the clock that it rests on ('customers', …).

        Raises NotPermitted, StoreError.
        """
        return cached(query, self.stores, self.scope, self.account.public_id, asked, self.state, derived)

    def ask(
        self, query: Callable[[Stores, Scope, str, Any], T], asked: Hashable = None, derived: Collection[str] = ()
    ) -> T | Pending:
        """The same of what takes seconds: read beside the page, which is told while there is no answer yet.

        Raises NotPermitted, StoreError.
        """
        return cached_beside(query, self.stores, self.scope, self.account.public_id, asked, self.state, derived)


def opened() -> View:
    """The view that `app.py` opened in this run; stops the page where there is none."""
    view = st.session_state.get(KEY)
    if not isinstance(view, View):
        states.not_permitted("Open Promolens at its start page: this page shows nothing on its own.")
        st.stop()
    return view
