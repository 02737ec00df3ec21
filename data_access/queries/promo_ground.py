"""What the scenarios of some days rest on: baseline, uplift model, segments, other scenarios, targets of the months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from analytics.landing import month_end
from analytics.periods import ONE_DAY
from analytics.promo import usual
from analytics.promo.brief_edits import mandatory_texts
from analytics.promo.model import Model
from analytics.promo.pacing import target_of
from analytics.promo.settings import PromoSettings
from analytics.promo.trial import Ground, Month
from data_access.queries.promo_briefs import brief
from data_access.queries.promo_models import holidays_between
from data_access.queries.promo_sales import Days, reach_of, sales, segments, targets
from data_access.queries.promo_scenarios import occupied
from data_access.scope import Right, Scope
from data_access.scoped import promo_read
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class Asked:
    """Days from start to end, both in; but: the scenario that is looked at itself, None for a new one; today: None
    where it does not matter which days are over."""

    start: date
    end: date
    but: str | None
    today: date | None = None


def ground_of(stores: Stores, scope: Scope, asked: Asked, model: Model, settings: PromoSettings) -> Ground:
    """What scenarios of these days rest on, by a model and the planners' settings. Raises NotPermitted, StoreError."""
    scope.require(Right.PROMO_READ)
    # Holidays that the model knows of: of others it cannot tell what they do.
    free = holidays_between(model.country, asked.start.replace(day=1), month_end(asked.end))
    # Sales may have come since the model was learned: a month lands on them, as far as all channels are loaded.
    with promo_read(stores.operational, scope) as session:
        ends = reach_of(session, model.last)
    until = model.last if ends is None else ends.until
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
    scenario: what has come, and the baseline of the days left. Not the overview's landing: that carries promotions of
    the last weeks on, which the scenario would count a second time. until: the last day up to which all channels are
    loaded."""
    wanted = targets(stores, scope)
    found = []
    first = asked.start.replace(day=1)
    while first <= asked.end:
        last = month_end(first)
        target = target_of(wanted, first, settings.geo)
        if target is not None and last > until:
            come = 0.0
            if first <= until:
                come = float(sum(row.sales_value for row in sales(stores, scope, Days(first, until))))
            left = max(first, until + ONE_DAY)
            expected = float(usual.baseline(model.parts, left, last, holidays=free).sales.sum())
            found.append(Month(first, f"{first:%b %Y}", float(target.sales), come + expected))
        first = last + ONE_DAY
    return tuple(found)
