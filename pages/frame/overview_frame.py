"""The question, the list of what needs a person, and the exports of the overview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import streamlit as st

from analytics.anomalies import Finding
from analytics.overview import OverviewFigures
from analytics.periods import ONE_DAY, Against, Comparison, Kind, Preset, compared, day_start, to_date
from components import attention, export_words
from components import overview_exports as exported
from components import overview_words as words
from components.attention import Notice
from components.revenue_series import Shown
from data_access.queries.jobs import runs
from data_access.queries.overview import OverviewQuery, overview, sales_state
from pages.frame import unusual
from pages.frame.exports import Sets, menu
from pages.frame.view import View

# A run that failed longer ago has been followed by others, or is told of by the page Health.
LOOKED_BACK = timedelta(days=7)
# Unusual days are told of for so long.
RECENT_DAYS = 3


def question(view: View) -> OverviewQuery:
    """The month of the last moment with data, up to it, and what it is compared with."""
    zone, as_of = view.account.zone, view.state.as_of
    moment = as_of or view.now
    # A store that is filled from files is known up to the end of a day, which is the beginning of the next.
    last = (moment - timedelta(microseconds=1)).astimezone(zone).date()
    period = to_date(last, Kind.MONTH_TO_DATE)
    asked = OverviewQuery(period, as_of or day_start(last + ONE_DAY, zone), view.account.timezone)
    state = sales_state(view.stores, view.scope, view.account.public_id)
    asked = replace(
        asked,
        sales_state=state,
        today=view.now.astimezone(zone).date(),
        messages_last=view.account.last_of_messages(asked.last_whole),
        segments_last=view.account.last_of_segments(asked.last_whole),
    )
    if as_of is None:
        return asked
    previous, year = compared(period, Against.PREVIOUS), compared(period, Against.LAST_YEAR)

    def until(other: Comparison | None) -> datetime | None:
        return other.until(period, as_of, zone) if other else None

    return replace(asked, previous=previous, previous_until=until(previous), year=year, year_until=until(year))


def shown_of(view: View, asked: OverviewQuery) -> Shown:
    """What components need to know: the month, not the days that the sidebar has."""
    return Shown(view.account, asked.period, asked.year, view.state.as_of, view.now, view.marked)


def read(view: View, asked: OverviewQuery) -> tuple[OverviewFigures, tuple[Finding, ...]]:
    """The figures, and what was unusual on the last days. Raises NotPermitted, StoreError."""
    figures, found = view.read(overview, asked), unusual.everything(view)
    return figures, found.recent(RECENT_DAYS) if found is not None else ()


def needed(view: View, figures: OverviewFigures, findings: Sequence[Finding], shown: Shown) -> list[Notice]:
    """What needs a person. Runs are read anew each time: a failed one publishes nothing."""
    ran = runs(view.stores, view.scope, view.account.public_id, view.now - LOOKED_BACK, view.now)
    return attention.notices(figures, ran, findings, shown)


def exports(view: View, figures: OverviewFigures, found: Sequence[Notice], shown: Shown, caption: str) -> None:
    """The export menu."""
    sets: Sets = {
        "Month by day": lambda: exported.day_rows(figures, shown),
        "What moved": lambda: exported.moved_rows(figures, shown),
        "What needs you": lambda: exported.notice_rows(found),
    }
    compared = shown.comparison.period if shown.comparison and figures.year is not None else None
    about = export_words.about(caption, shown, days=shown.period, compared=compared, notes=words.notes(figures, shown))
    menu(view, "Overview", sets, about, file=file(view, shown))


def days_of(view: View, asked: OverviewQuery, against: str) -> dict[str, str]:
    """What the address of another page asks for to show the same days against the same ones.

    Where the last day with data lies in another month than today, month to date is not that month.
    """
    query = {"store": st.query_params.get("store", view.account.name)}
    if view.now.astimezone(view.account.zone).date().replace(day=1) == asked.period.start:
        query["period"] = Preset.MONTH_TO_DATE.value
    else:
        query |= {
            "period": Preset.CUSTOM.value,
            "from": asked.period.start.isoformat(),
            "to": asked.period.end.isoformat(),
        }
    return query | ({"compare": Against.LAST_YEAR.value} if against == words.YEAR else {})


def file(view: View, shown: Shown) -> str:
    """The beginning of the names of files."""
    return f"promolens-{view.account.public_id}-overview-{shown.period.start}-{shown.period.end}"
