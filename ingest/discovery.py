"""Looks for promotions that would close the gap of this month and the next, and keeps them as opportunities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from analytics.landing import month_end
from analytics.promo.discovery import Found, discovered
from data_access.queries.accounts import PROMO, accounts
from data_access.queries.promo_ground import Asked, ground_of
from data_access.queries.promo_models import known
from data_access.queries.promo_pacing import landings
from data_access.queries.promo_settings import promo_settings
from data_access.queries.promo_state import (
    OPPORTUNITIES,
    SCENARIOS,
    SETTINGS,
    TARGETS,
    UPLIFT,
    company_state,
)
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.opportunities import keep_opportunities
from ingest.schedule.context import Context, Outcome

UP_TO_DATE = "The opportunities are up to date."


class NothingLearned(Exception):
    """No uplift model is in force: nothing can be said of a promotion."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found, by the first day of its month, and how far each month lands below its target (None: it does not,
    or there is no target)."""

    months: Mapping[date, Sequence[Found]]
    gaps: Mapping[date, float | None]

    @property
    def count(self) -> int:
        """How many were found."""
        return sum(map(len, self.months.values()))

    @property
    def sentence(self) -> str:
        """In one line, for the person who asked."""
        if not self.count:
            return "No promotion was found that is expected to earn more than it costs and that the validation passes."
        told = ", ".join(f"{len(found)} in {first:%B %Y}" for first, found in self.months.items())
        return f"{self.count} {'opportunity' if self.count == 1 else 'opportunities'} found: {told}."

    def as_dict(self) -> dict[str, Any]:
        """For a file or another program."""
        return {
            "opportunities": [
                {
                    "department": one.cell.department, "channel": one.cell.channel, "date_start": one.start.isoformat(),
                    "date_end": one.end.isoformat(), "discount_pct": round(one.discount * 100, 2),
                    "expected_ebit_delta": round(one.net_ebit, 2),
                    "gap_share_pct": None if one.gap_share_pct is None else round(one.gap_share_pct, 2),
                    "reason": one.reason,
                }
                for found in self.months.values()
                for one in found
            ],
            "gaps": {f"{first:%Y-%m}": gap for first, gap in self.gaps.items()},
        }  # fmt: skip


def company_today(stores: Stores, scope: Scope, now: datetime) -> date:
    """The company's day: that of its first store, in UTC where it has none. Raises NotPermitted, StoreError."""
    known_stores = accounts(stores, scope)
    return now.astimezone(known_stores[0].zone if known_stores else UTC).date()


def discover(stores: Stores, scope: Scope, today: date) -> Discovery:
    """Looks for promotions in the rest of the month, from tomorrow on, and in the next one, and keeps them.

    Raises NotPermitted, NothingLearned, StoreError.
    """
    scope.require(Right.PROMO_WRITE)
    held = known(stores, scope)
    if held is None:
        raise NothingLearned(
            "No uplift model is in force. Load sales with their discounts, then have uplift learned: promolens uplift."
        )
    settings = promo_settings(stores, scope)
    this, tomorrow = today.replace(day=1), today + timedelta(days=1)
    firsts = (this, month_end(today) + timedelta(days=1))
    paces = landings(stores, scope, firsts, today, held.model, settings.geo)
    months: dict[date, Sequence[Found]] = {}
    gaps: dict[date, float | None] = {}
    for first, month in zip(firsts, paces, strict=True):
        start, end = max(first, tomorrow), month_end(first)
        months[first], gaps[first] = (), None
        if start > end:
            continue
        gaps[first] = month.gap if month.gap is not None and month.gap > 0 else None
        ground = ground_of(stores, scope, Asked(start, end, None, today), held.model, settings)
        months[first] = discovered(ground, gaps[first])
    keep_opportunities(stores, scope, months, held.model.version)
    return Discovery(months, gaps)


def by_the_clock(context: Context) -> Outcome:
    """Looks anew each day, and where sales, targets, the model, settings or scenarios have changed since."""
    stores, scope, now = context.stores, context.scope, context.clock()
    state, today = company_state(stores, scope), company_today(stores, scope, now)
    looked = state.changed_at(OPPORTUNITIES)
    changed = state.changed_at(PROMO, TARGETS, UPLIFT, SETTINGS, SCENARIOS)
    fresh = looked is not None and company_today(stores, scope, looked) == today
    if looked is not None and fresh and (changed is None or changed <= looked):
        return Outcome("done", UP_TO_DATE)
    try:
        done = discover(stores, scope, today)
    except NothingLearned as why:
        return Outcome("done", str(why))
    return Outcome("done", done.sentence, done.as_dict())
