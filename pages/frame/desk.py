"""What a page of promotions works with: the company's sales and scenarios, which belong to no store.

Only `app.py` lays out a desk; without one nothing is shown. It stands also where no store is connected.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final, TypeVar

import streamlit as st

from analytics.account import Account
from analytics.promo.settings import PromoSettings
from components import states
from data_access.beside import Pending
from data_access.cache import cached_promo, cached_promo_beside
from data_access.queries.promo_settings import promo_settings
from data_access.queries.promo_state import DATASETS, SETTINGS, CompanyState, company_state
from data_access.scope import Right, Scope
from data_access.stores import Stores
from pages.frame import clock

T = TypeVar("T")
KEY: Final = "desk"
# Pages of a store that show the company's figures too, apart, to those who may see them.
BESIDE: Final = frozenset({"forecast"})
# Pages over the company's data: what they look at instead of the sidebar's store and days.
PAGES: Final = {
    "workbooks": "Workbooks are the company's: they belong to no store and bring their own days.",
    "discovery": "Discovery has months of its own.",
    "simulator": "The simulator looks at the company's sales, in the dates of its scenario.",
    "scenarios": "Scenarios rest on the company's sales and have dates of their own.",
    "uplift": "Uplift is learned from all of the company's sales.",
    "planning": "These settings are the company's: they hold for all scenarios.",
    "calendar": "The calendar has months of its own.",
    "access": "Access holds for all days.",
    "audit": "The audit log has days of its own.",
    "post-mortem": "A post-mortem looks at the days of its promotion.",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """For whom, over which databases, and when."""

    stores: Stores
    scope: Scope
    accounts: tuple[Account, ...]
    state: CompanyState
    now: datetime

    def read(
        self,
        query: Callable[[Stores, Scope, Any], T],
        asked: Hashable = None,
        datasets: Collection[str] = DATASETS,
    ) -> T:
        """A cached read of the company's data; datasets: those that the answer rests on.

        Raises NotPermitted, StoreError.
        """
        return cached_promo(query, self.stores, self.scope, asked, datasets, self.state)

    def ask(
        self,
        query: Callable[[Stores, Scope, Any], T],
        asked: Hashable,
        datasets: Collection[str] = DATASETS,
    ) -> T | Pending:
        """The same of what takes seconds: read beside the page, which is told while there is no answer yet.

        Raises NotPermitted, StoreError.
        """
        return cached_promo_beside(query, self.stores, self.scope, asked, datasets, self.state)

    @property
    def settings(self) -> PromoSettings:
        """The company's cost rates, groups and limits. Raises NotPermitted, StoreError."""
        return self.read(promo_settings, datasets=(SETTINGS,))

    @property
    def currency(self) -> str:
        """ISO 4217 code of all amounts, '' where none is known. Raises NotPermitted, StoreError."""
        return self.settings.shown_currency([account.currency for account in self.accounts])

    @property
    def zone(self) -> tzinfo:
        """Whose days the company counts: its first store's, UTC where it has none."""
        return self.accounts[0].zone if self.accounts else UTC

    @property
    def today(self) -> date:
        """The day of this run."""
        return self.now.astimezone(self.zone).date()


def wanted(page: str, scope: Scope) -> bool:
    """Whether a page, by its address, needs a desk."""
    return page in PAGES or (page in BESIDE and scope.allows(Right.PROMO_READ))


def laid_out(stores: Stores, scope: Scope, accounts: Sequence[Account]) -> Desk:
    """The desk of this run. Raises NotPermitted, StoreError."""
    return Desk(stores, scope, tuple(accounts), company_state(stores, scope), clock.now())


def opened() -> Desk:
    """The desk that `app.py` laid out in this run; stops the page where there is none."""
    desk = st.session_state.get(KEY)
    if not isinstance(desk, Desk):
        states.not_permitted("Open Promolens at its start page: this page shows nothing on its own.")
        st.stop()
    return desk
