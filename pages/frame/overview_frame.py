"""The question, the list of what needs a person, and the exports of the overview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from analytics.overview import OverviewFigures
from analytics.periods import ONE_DAY, Against, Comparison, Kind, compared, day_start, to_date
from components import attention, tables
from components import overview_exports as exported
from components.attention import Notice
from components.revenue_series import Shown
from data_access.queries.jobs import runs
from data_access.queries.overview import OverviewQuery, sales_state
from data_access.scope import Right
from pages.frame.exports import both
from pages.frame.view import View

# A run that failed longer ago has been followed by others, or is told of by the page Health.
LOOKED_BACK = timedelta(days=7)


def question(view: View) -> OverviewQuery:
    """The month of the last moment with data, up to it, and what it is compared with."""
    zone, as_of = view.account.zone, view.state.as_of
    moment = as_of or view.now
    # A store that is filled from files is known up to the end of a day, which is the beginning of the next.
    last = (moment - timedelta(microseconds=1)).astimezone(zone).date()
    period = to_date(last, Kind.MONTH_TO_DATE)
    asked = OverviewQuery(period, as_of or day_start(last + ONE_DAY, zone), view.account.timezone)
    asked = replace(asked, sales_state=sales_state(view.stores, view.scope, view.account.public_id))
    if as_of is None:
        return asked
    previous, year = compared(period, Against.PREVIOUS), compared(period, Against.LAST_YEAR)

    def until(other: Comparison | None) -> datetime | None:
        return other.until(period, as_of, zone) if other else None

    return replace(asked, previous=previous, previous_until=until(previous), year=year, year_until=until(year))


def shown_of(view: View, asked: OverviewQuery) -> Shown:
    """What components need to know: the month, not the days that the sidebar has."""
    return Shown(view.account, asked.period, asked.year, view.state.as_of, view.now)


def needed(view: View, figures: OverviewFigures, shown: Shown) -> list[Notice]:
    """What needs a person. Runs are read anew each time: a failed one publishes nothing. Whatever else finds something
    to tell joins the list here."""
    ran = runs(view.stores, view.scope, view.account.public_id, view.now - LOOKED_BACK, view.now)
    return attention.notices(figures, ran, shown)


def exports(view: View, figures: OverviewFigures, found: Sequence[Notice], shown: Shown, caption: str) -> None:
    """The export menu."""
    notes = exported.export_notes(figures, shown, caption)
    tables.export_menu(
        {
            "Month by day": both(lambda: exported.day_rows(figures, shown), notes),
            "What moved": both(lambda: exported.moved_rows(figures, shown), notes),
            "What needs you": both(lambda: exported.notice_rows(found), notes),
        },
        file=file(view, shown),
        key="export",
        allowed=view.scope.allows(Right.EXPORT),
    )


def file(view: View, shown: Shown) -> str:
    """The beginning of the names of files."""
    return f"promolens-{view.account.public_id}-overview-{shown.period.start}-{shown.period.end}"
