"""What the page Discovery reads, looking for promotions beside it, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import streamlit as st

from analytics.landing import month_end
from analytics.periods import add_months
from components import discovery_tables as tables
from components import discovery_words as words
from components import filters, sync_panel
from components.list_columns import TARGETS as TARGETS_SHEET
from data_access.cache import cached_promo
from data_access.queries.accounts import PROMO
from data_access.queries.promo_models import known
from data_access.queries.promo_opportunities import Proposed, opportunities
from data_access.queries.promo_pacing import Paced, paced
from data_access.queries.promo_sales import Days, targets
from data_access.queries.promo_state import OPPORTUNITIES, SCENARIOS, SETTINGS, TARGETS, UPLIFT
from data_access.scope import Right, Scope
from data_access.stores import Stores
from pages.frame import company_exports
from pages.frame.desk import Desk

MONTH: Final = "of_month"
UPLIFT_PAGE: Final = "pages/promotions/uplift.py"
EVERY: Final = timedelta(seconds=1)
_TOLD: Final = "discovery.told"
_LOOKING: Final = "Looking for promotions …"


@dataclass(frozen=True, slots=True)
class Asked:
    """The month that begins on `first`; today: sales of later days do not count; geo: '' for all together."""

    first: date
    today: date
    geo: str


@dataclass(frozen=True, slots=True)
class Found:
    """What stands on the page. looked: when promotions were looked for last, None where nobody has; learned: whether a
    model of uplift is in force; stale: whether something has changed since that they rest on."""

    paced: Paced
    proposed: Sequence[Proposed]
    looked: datetime | None
    learned: bool
    stale: bool

    @property
    def best(self) -> Decimal | None:
        """The largest change of EBIT among what is proposed."""
        return max((row.ebit for row in self.proposed if row.ebit is not None), default=None)


def chosen_month(d: Desk) -> date:
    """The month that is looked at: this one, the next, or the one before."""
    this = d.today.replace(day=1)
    months = {f"{first:%b %Y}": first for first in (this, add_months(this, 1), add_months(this, -1))}
    return months[filters.one("Month", list(months), key=MONTH, visible=False)]


def read(d: Desk, first: date) -> Found:
    """What stands on the page. Raises NotPermitted, StoreError."""
    month = d.read(pace_of, Asked(first, d.today, d.settings.geo), datasets=(PROMO, TARGETS, UPLIFT))
    ahead = Days(max(first, d.today), month_end(first))
    rows: Sequence[Proposed] = ()
    if ahead.start <= ahead.end:
        rows = d.read(opportunities, ahead, datasets=(OPPORTUNITIES, SCENARIOS))
    looked = d.state.changed_at(OPPORTUNITIES)
    changed = d.state.changed_at(PROMO, TARGETS, UPLIFT, SETTINGS, SCENARIOS)
    return Found(
        month,
        rows,
        looked,
        d.read(known, datasets=(UPLIFT,)) is not None,
        looked is not None and changed is not None and changed > looked,
    )


def pace_of(stores: Stores, scope: Scope, asked: Asked) -> Paced:
    """The month by the uplift model in force, where there is one. Raises NotPermitted, StoreError."""
    held = cached_promo(known, stores, scope, None, (UPLIFT,))
    return paced(stores, scope, asked.first, asked.today, None if held is None else held.model, asked.geo)


def is_empty(found: Found) -> bool:
    """Whether there is nothing to hold against each other: neither sales nor a target."""
    month = found.paced.month
    return month.through is None and month.target is None


def look(d: Desk, found: Found) -> None:
    """The button for those who may plan; while somebody looks, it waits."""
    from ingest.runner import begin_looking, looking  # only here: what looks is not needed to draw other pages

    if not d.scope.allows(Right.PROMO_WRITE) or not found.learned:
        return
    held = looking(d.stores)
    running = held is not None and held.running
    if st.button("Look again", key="look_again", icon=":material/travel_explore:", type="primary", disabled=running):
        begin_looking(d.stores, d.scope, d.today)
        st.session_state[_TOLD] = False
        st.rerun()


def progress(d: Desk) -> None:
    """That somebody looks, and how it ended."""
    from ingest.runner import looking

    held = looking(d.stores)
    if held is None or _TOLD not in st.session_state:
        return

    def follow() -> None:
        now = looking(d.stores)
        if now is None or not now.running:
            st.rerun()
        st.info(_LOOKING, icon=":material/hourglass_top:")

    if held.running:
        sync_panel.poll(follow, EVERY)
    elif not st.session_state[_TOLD]:
        st.session_state[_TOLD] = True
        if held.failed:
            st.error(held.said, icon=":material/error:")
        else:
            st.success(held.said, icon=":material/check:")


def proposals(d: Desk, found: Found) -> None:
    """What is proposed, or why nothing is, with the next step."""
    may_plan = d.scope.allows(Right.PROMO_WRITE)
    if found.paced.month.end < d.today:
        st.caption(words.PAST)
    elif not found.learned:
        st.markdown(words.NO_MODEL)
        st.page_link(UPLIFT_PAGE, label="Have uplift learned", icon=":material/arrow_forward:")
    elif found.looked is None:
        st.markdown(words.NOBODY_LOOKED + (f" {words.LOOK}" if may_plan else ""))
    else:
        if found.stale:
            st.caption(f":orange[:material/update:] {words.STALE}")
        if not found.proposed:
            st.markdown(words.NOTHING_FOUND)
        tables.opportunities(found.proposed, d.currency, may_plan=may_plan)


def counted(d: Desk, found: Found) -> int | None:
    """How many are proposed, None where nobody has looked, or the month is over."""
    return None if found.looked is None or found.paced.month.end < d.today else len(found.proposed)


def exports(d: Desk, found: Found) -> None:
    """The month by day, its parts, the opportunities and all targets as files."""
    month = found.paced.month
    company_exports.menu(
        d,
        words.TITLE,
        {
            "Pace": lambda: tables.pace_rows(month),
            "Gap by part": lambda: tables.part_rows(found.paced.shared),
            "Opportunities": lambda: tables.opportunity_rows(found.proposed),
            TARGETS_SHEET: lambda: tables.target_rows(targets(d.stores, d.scope)),
        },
        {"Shows": words.caption(month, d.currency, found.looked, d.zone), "Says": words.answer(month, d.currency)},
        file=f"discovery-{month.first:%Y-%m}",
    )
