"""How many messages people get a week: whole weeks from Monday, of which a touched day makes the whole one anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data_access.account_days import day_start, day_table
from data_access.conversion import AccountBasis
from data_access.engines.base import Session


def rebuild_contact_weeks(
    session: Session, basis: AccountBasis, days: Mapping[str, Collection[date]], frozen_before: datetime | None
) -> None:
    """Counts the weeks of touched days anew, those of zones that held before away; `metric_roles` are staged.

    days: touched days by zone. A week of which some events are no longer kept stays as it is.
    """
    weeks: dict[str, set[date]] = {}
    for name, told in days.items():
        mondays = {day - timedelta(days=day.weekday()) for day in told}
        weeks[name] = {
            each for each in mondays if frozen_before is None or day_start(each, ZoneInfo(name)) >= frozen_before
        }
    zone, own = ZoneInfo(basis.timezone), weeks.get(basis.timezone, set())
    session.stage("stale_weeks", day_table({each for told in weeks.values() for each in told}))
    session.stage("touched_weeks", day_table(own))
    if own:
        session.execute(
            "aggregate/contact_weeks",
            account=basis.account,
            timezone=basis.timezone,
            weeks_start=day_start(min(own), zone),
            weeks_end=day_start(max(own) + timedelta(days=7), zone),
        )
