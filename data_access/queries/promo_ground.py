"""What the scenarios of some days rest on: baseline, uplift model, segments, other scenarios, targets of the months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from analytics.landing import month_end
from analytics.promo import usual
from analytics.promo.brief_edits import mandatory_texts
from analytics.promo.model import Model
from analytics.promo.settings import PromoSettings
from analytics.promo.trial import Ground, Month
from data_access.queries.promo_briefs import brief
from data_access.queries.promo_models import holidays_between
from data_access.queries.promo_pacing import landings
from data_access.queries.promo_sales import segments
from data_access.queries.promo_scenarios import occupied
from data_access.scope import Scope
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class Asked:
    """Days from start to end, both in; but: the scenario that is looked at itself, None for a new one; today: sales of
    later days do not count, None where it does not matter which days are over."""

    start: date
    end: date
    but: str | None
    today: date | None = None


def ground_of(stores: Stores, scope: Scope, asked: Asked, model: Model, settings: PromoSettings) -> Ground:
    """What scenarios of these days rest on, by a model and the planners' settings. Raises NotPermitted, StoreError."""
    # Holidays that the model knows of: of others it cannot tell what they do.
    free = holidays_between(model.country, asked.start.replace(day=1), month_end(asked.end))
    months = []
    first = asked.start.replace(day=1)
    while first <= asked.end:
        months.append(first)
        first = month_end(first) + timedelta(days=1)
    # Sales may have come since the model was learned: a month lands on them.
    until, found = landings(stores, scope, months, asked.today or max(model.last, asked.start), model, settings.geo)
    return Ground(
        baseline=usual.baseline(model.parts, asked.start, asked.end, holidays=free),
        knowledge=model.knowledge(settings.variable_cost, settings.usual_variable_cost),
        model_version=model.version,
        sales_until=model.last if until is None else max(until, model.last),
        learned_until=model.last,
        segments=tuple(row.plain for row in segments(stores, scope)),
        settings=settings,
        others=tuple(occupied(stores, scope, asked.but)),
        months=tuple(
            Month(
                one.first, f"{one.first:%b %Y}", float(one.target.sales),
                None if one.ending is None else one.ending.expected,
            )
            for one in found
            if one.target is not None and one.days_left
        ),
        country=model.country,
        briefed=_briefed(stores, scope, asked.but),
        today=asked.today,
    )  # fmt: skip


def _briefed(stores: Stores, scope: Scope, scenario_id: str | None) -> Mapping[str, tuple[str, ...]]:
    """Mandatory texts of the scenario's saved brief by element; none without one."""
    held = None if scenario_id is None else brief(stores, scope, scenario_id)
    return {} if held is None else mandatory_texts(held.brief)
