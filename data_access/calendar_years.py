"""The calendar (`dim_time`) and the holidays: of the years that the data span, and the one after."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from data_access.account_days import calendar_tables
from data_access.conversion import AccountBasis
from data_access.projections import Pair


def extend_calendar(pair: Pair, basis: AccountBasis, days: Collection[date], *, anew: bool) -> None:
    """The calendar of the years that some days span and the one after, where it lacks some of them; anew: in any case.

    Raises StoreError.
    """
    if not days:
        return
    years = range(min(days).year, max(days).year + 2)
    with pair.operational() as session:
        default: dict[str, Any] = session.one("aggregate/default_country") or {"country": basis.country}
        place = {"country": basis.country, "default_country": default["country"]}
        has = session.rows("aggregate/calendar_span", last_year=years[-1], **place)[0]
        covered = (
            has["first_day"] is not None and has["first_day"].year <= years[0] and has["last_day"].year >= years[-1]
        )
        if covered and not anew and not has["stale"] and (has["holidays"] or not basis.country):
            return
        if has["first_day"] is not None:
            years = range(min(years[0], has["first_day"].year), max(years[-1], has["last_day"].year) + 1)
        calendar, told = calendar_tables(years, default["country"], {basis.country})
        session.stage("calendar_days", calendar)
        session.stage("calendar_holidays", told)
        session.execute("aggregate/calendar")
