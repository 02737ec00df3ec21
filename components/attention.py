"""What needs a person, each as a sentence with the way to the page behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import streamlit as st

from analytics.anomalies import Finding
from analytics.attention import Drain, Fall
from analytics.deliverability import State
from analytics.overview import OverviewFigures
from analytics.runs import RunFigures
from components import engagement_columns, engagement_words, finding_words, runs, sync_panel, wording
from components.plain import plain
from components.revenue_series import Shown

ENGAGEMENT, JOBS = "pages/sales/engagement.py", "pages/data/jobs.py"
SETTINGS, REVENUE = "pages/data/settings.py", "pages/sales/revenue.py"
# A sync runs several times a day: without one for so long, something is in its way.
OVERDUE: Final = timedelta(hours=26)
# Of flows and segments only the worst: the page behind has them all.
MOST: Final = 3
REVENUES: Final = frozenset({"gross", "net"})
ERROR_SEEN: Final = 160
# So many stand open: the list shares a screen, and a sheet of paper, with the figures.
OPEN: Final = 6
QUIET: Final = "Nothing needs you: no failed sync, no limit of mailbox providers, no flow or segment that fell."
QUIET_FILES: Final = "Nothing needs you: no load failed, every order has a rate, and no day was worse than expected."


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence in Markdown, and the page behind it with what its address asks for. grave: it cannot wait."""

    said: str
    page: str
    link: str
    query: Mapping[str, str] = field(default_factory=dict)
    grave: bool = False


def notices(
    figures: OverviewFigures, ran: Sequence[RunFigures], findings: Sequence[Finding], shown: Shown
) -> list[Notice]:
    """All that needs a person: data first, since figures rest on them, then messages, flows, segments, unusual days."""
    found = [*_sync(shown), *_failed(ran), *_unpriced(figures, shown), *_mail(figures)]
    found += [_fall(each, shown) for each in figures.falls[:MOST]]
    found += [_drain(each) for each in figures.drains[:MOST]]
    found += [_unusual(each, shown) for each in needing(findings)[:MOST]]
    return sorted(found, key=lambda notice: not notice.grave)


def show(found: Iterable[Notice], store: str, *, from_files: bool = False) -> None:
    """The list, with a link in each row that keeps the store; a sentence where there is nothing.

    from_files: the store is filled from order files, so that no sync, message, flow or segment of it is looked at.
    """
    rows = list(found)
    if not rows:
        st.markdown(QUIET_FILES if from_files else QUIET)
    for place, notice in enumerate(rows[:OPEN]):
        _row(place, notice, store)
    if rows[OPEN:]:
        with st.container(key="more_notices"), st.expander(f"and {len(rows) - OPEN} more"):
            for place, notice in enumerate(rows[OPEN:], OPEN):
                _row(place, notice, store)


def _row(place: int, notice: Notice, store: str) -> None:
    with st.container(gap=None, key=f"notice_{place}"):
        icon = ":red[:material/error:]" if notice.grave else ":orange[:material/warning:]"
        st.markdown(f"{icon} {notice.said}")
        query = ({"store": store} if store else {}) | dict(notice.query)
        st.page_link(notice.page, label=notice.link, icon=":material/arrow_forward:", query_params=query)


def _sync(shown: Shown) -> Iterable[Notice]:
    if shown.account.files is not None or shown.as_of is None or shown.now - shown.as_of <= OVERDUE:
        return
    reached = wording.moment(shown.as_of, shown.account.zone)
    said = f"**Sync overdue**: orders are known up to {reached}, {wording.ago(shown.now - shown.as_of)}."
    yield Notice(said, JOBS, "Open Jobs", grave=True)


def _failed(ran: Sequence[RunFigures]) -> Iterable[Notice]:
    """Kinds of work whose newest run failed."""
    newest: dict[str, RunFigures] = {}
    for run in ran:
        newest.setdefault(run.kind, run)
    for kind, run in newest.items():
        if run.state == "failed":
            what = sync_panel.KINDS.get(kind, kind.capitalize())
            why = f": {plain(run.error[:ERROR_SEEN])}" if run.error else ""
            yield Notice(f"**{what} failed**{why}", JOBS, "Open this run", {runs.JOB: run.job_id}, grave=True)


def _unpriced(figures: OverviewFigures, shown: Shown) -> Iterable[Notice]:
    for currency, number in figures.this.unpriced.items():
        orders = f"{wording.count(number)} order{'' if number == 1 else 's'}"
        said = f"**{currency} has no exchange rate** to {shown.account.currency}: {orders} of this month in no sum."
        yield Notice(said, SETTINGS, "Add a rate in Settings")


def _mail(figures: OverviewFigures) -> Iterable[Notice]:
    for standing in figures.mail:
        if said := engagement_words.warning(standing):
            grave = standing.state in (State.HIGH, State.CRITICAL)
            yield Notice(said, ENGAGEMENT, "Open e-mail", {"messages": "E-mail"}, grave=grave)


def _fall(found: Fall, shown: Shown) -> Notice:
    flow, status = found.flow, engagement_words.STATUS.get(found.flow.status, found.flow.status)
    state = f" ({status.lower()})" if flow.status not in ("", "live") else ""
    if found.of == "recipients":
        fell = f"reached {wording.count(found.now)} in its last week, usually {wording.count(found.usual)}"
    else:
        currency = shown.account.currency
        fell = f"brought {wording.money_short(found.now, currency)} in its last week whose orders are in, usually "
        fell += wording.money_short(found.usual, currency)
    said = f"**Flow {plain(flow.name)}**{state} {fell} ({wording.change(-found.pct)})."
    return Notice(said, ENGAGEMENT, "Open this flow", {"behind": "Flows", engagement_columns.FLOW: flow.id})


def needing(findings: Sequence[Finding]) -> list[Finding]:
    """Those that need a person: a day that was better than expected needs nobody, and what gross revenue lacks net
    revenue lacks too, so that one day is told of once, by the one that was further off."""
    found: list[Finding] = []
    told: set[date] = set()
    for each in findings:
        if each.good or (each.metric.key in REVENUES and each.day in told):
            continue
        if each.metric.key in REVENUES:
            told.add(each.day)
        found.append(each)
    return found


def _unusual(found: Finding, shown: Shown) -> Notice:
    said = f"**Unusual**: {plain(finding_words.sentence(found, shown.account.currency))}"
    if found.metric.world == "orders":
        return Notice(said, REVENUE, "Open Revenue at these days", {"period": "28 d"})
    return Notice(said, ENGAGEMENT, "Open Engagement at these days", {"period": "28 d"})


def _drain(found: Drain) -> Notice:
    said = (
        f"**Segment {plain(found.name)}** shrank from {wording.count(found.before)} to {wording.count(found.now)} "
        f"since {wording.day(found.since)} ({wording.change(-found.pct)})."
    )
    return Notice(said, ENGAGEMENT, "Open segments", {"behind": "Segments"})
