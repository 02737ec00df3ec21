"""What the scenarios of some days rest on: baseline, uplift model, segments, other scenarios, targets of the months."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NoReturn

import streamlit as st

from analytics.promo import usual
from analytics.promo.brief_edits import mandatory_texts
from analytics.promo.model import Model
from analytics.promo.settings import PromoSettings
from analytics.promo.trial import Ground, Month
from components import states
from data_access.cache import cached_promo
from data_access.queries.accounts import PROMO
from data_access.queries.promo_briefs import brief
from data_access.queries.promo_models import holidays_between, known
from data_access.queries.promo_sales import Days, Target, sales, segments, targets
from data_access.queries.promo_scenarios import occupied
from data_access.queries.promo_settings import promo_settings
from data_access.queries.promo_state import BRIEFS, SCENARIOS, SETTINGS, UPLIFT
from data_access.scope import Scope
from data_access.stores import Stores
from pages.frame.desk import Desk

_RESTS_ON: Final = (PROMO, SCENARIOS, UPLIFT, SETTINGS, BRIEFS)


@dataclass(frozen=True, slots=True)
class Asked:
    """Days from start to end, both in; but: the scenario that is looked at itself; today: None where it does not matter
    which days are over."""

    start: date
    end: date
    but: str | None
    today: date | None = None


def ground(d: Desk, start: date, end: date, scenario_id: str | None = None) -> Ground:
    """What a scenario of these days rests on; scenario_id: of the one that is edited, which does not stand in its own
    way. Says what to do and stops the page where nothing was learned yet. Raises NotPermitted, StoreError."""
    found = d.read(resting_on, Asked(start, end, scenario_id, d.today), datasets=_RESTS_ON)
    if found is None:
        _nothing_yet()
    return found


def require_learned(d: Desk) -> None:
    """The same where no model was ever learned, before anything of the page stands there."""
    if UPLIFT not in d.state.versions:
        _nothing_yet()


def _nothing_yet() -> NoReturn:
    states.empty(
        "Nothing to simulate with yet",
        "A scenario rests on the company's sales and on what its promotions did before:\n\n"
        "1. Load sales with their discounts on the page Workbooks.\n"
        "2. Have uplift learned from them on the page Uplift.",
        key="empty",
    )
    with st.container(horizontal=True):
        st.page_link("pages/data/workbooks.py", label="Load workbooks", icon=":material/upload_file:")
        st.page_link("pages/promotions/uplift.py", label="Learn uplift", icon=":material/trending_up:")
    st.stop()


def resting_on(stores: Stores, scope: Scope, asked: Asked) -> Ground | None:
    """The same as a read; None where no uplift model is active. Raises NotPermitted, StoreError."""
    held = cached_promo(known, stores, scope, None, (UPLIFT,))
    if held is None:
        return None
    model = held.model
    settings = cached_promo(promo_settings, stores, scope, None, (SETTINGS,))
    first, last = asked.start.replace(day=1), _month_end(asked.end)
    # Those that the model knows of: of others it cannot tell what they do.
    free = holidays_between(model.country, first, last)
    # Sales may have come since the model was learned: a month lands on them.
    since = sales(stores, scope, Days(model.last + timedelta(days=1), date.max))
    until = max((row.date for row in since), default=model.last)
    return Ground(
        baseline=usual.baseline(model.parts, asked.start, asked.end, holidays=free),
        knowledge=model.knowledge(settings.variable_cost, settings.usual_variable_cost),
        model_version=model.version,
        sales_until=until,
        learned_until=model.last,
        segments=tuple(row.plain for row in segments(stores, scope)),
        settings=settings,
        others=tuple(occupied(stores, scope, asked.but)),
        months=_months(stores, scope, asked, model, settings, free, until),
        country=model.country,
        briefed=_briefed(stores, scope, asked.but),
        today=asked.today,
    )


def _briefed(stores: Stores, scope: Scope, scenario_id: str | None) -> Mapping[str, tuple[str, ...]]:
    """Mandatory texts of the scenario's saved brief by element; none without one."""
    held = None if scenario_id is None else brief(stores, scope, scenario_id)
    return {} if held is None else mandatory_texts(held.brief)


def _months(
    stores: Stores,
    scope: Scope,
    asked: Asked,
    model: Model,
    settings: PromoSettings,
    free: frozenset[date],
    until: date,
) -> tuple[Month, ...]:
    """The months that the days lie in and that are not over: their targets, and where sales land without the
    scenario: what has come, and the baseline of the days left. until: the last day with sales."""
    wanted = _targets(targets(stores, scope), settings.geo)
    found = []
    first = asked.start.replace(day=1)
    while first <= asked.end:
        last = _month_end(first)
        target = wanted.get(f"{first:%Y-%m}")
        if target is not None and last > until:
            come = 0.0
            if first <= until:
                rows = sales(stores, scope, Days(first, until))
                come = float(sum(row.sales_value for row in rows))
            left = max(first, until + timedelta(days=1))
            expected = float(usual.baseline(model.parts, left, last, holidays=free).sales.sum())
            found.append(Month(first, f"{first:%b %Y}", target, come + expected))
        first = last + timedelta(days=1)
    return tuple(found)


def _targets(rows: Sequence[Target], geo: str) -> dict[str, float]:
    """Sales targets by month: of the geo that sales belong to, of all together where none is set."""
    found: dict[str, float] = {}
    for row in rows:
        if not geo or row.geo == geo:
            found[row.month] = found.get(row.month, 0.0) + float(row.sales_value)
    return found


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
