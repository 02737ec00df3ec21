"""What the digest says: where yesterday or the last seven days stand, what was unusual, what needs attention, and
what people noted on those days.

Its figures are those of the page Revenue for the same days; each is told with the same days a week and a year before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from html import escape
from typing import Final
from urllib.parse import urlencode

from analytics.account import Account
from analytics.deliverability import State, standings
from analytics.engagement import Part
from analytics.periods import ONE_DAY, Comparison, Period
from analytics.revenue import Span
from analytics.watched import MESSAGES, ORDERS
from components import finding_words, wording
from data_access import schedule
from data_access.queries.accounts import accounts, data_state
from data_access.queries.annotations import Range, notes
from data_access.queries.anomalies import AnomalyQuery, anomalies, together
from data_access.queries.engagement import EngagementQuery, engagement
from data_access.queries.revenue import RevenueQuery, revenue
from data_access.scope import Right, Scope
from data_access.stores import Stores
from ingest.errors import IngestError, UnknownAccount
from settings import Settings

WEEK, YEAR = 7, 364
WEEKLY: Final = "weekly"
STATES: Final = {
    State.CRITICAL: "above the limit at which mailbox providers refuse mail",
    State.HIGH: "above the limit of mailbox providers",
    State.HEADING: "heading for the limit of mailbox providers",
}
CELL: Final = "padding:4px 12px 4px 0;text-align:left;border-bottom:1px solid #ddd"


class NothingKnown(IngestError):
    """The store's first sync is not complete: there is nothing to tell yet."""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: now, and what it was a week and a year before with the change; '' where that is not known."""

    name: str
    now: str
    week: str
    week_change: str
    year: str
    year_change: str


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of one store. account: its id; days: what it is about; links: (name, address)."""

    account: str
    title: str
    store: str
    days: Period
    lines: tuple[Line, ...]
    unusual: tuple[str, ...]
    attention: tuple[str, ...]
    noted: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    foot: str

    @property
    def subject(self) -> str:
        """The first line that a person sees: store, days, net revenue and its change."""
        first = self.lines[0]
        change = f" ({first.week_change})" if first.week_change else ""
        return " ".join(f"{self.store}: {first.name.lower()} {first.now}{change}, {wording.days(self.days)}".split())

    @property
    def _lists(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return ("Unusual days", self.unusual), ("Needs attention", self.attention), ("Notes", self.noted)

    def plain(self) -> str:
        """The whole digest as text."""
        said = [self.title, ""]
        for line in self.lines:
            before = [
                f"{name} {then} ({change})"
                for name, then, change in (
                    ("a week before", line.week, line.week_change), ("a year before", line.year, line.year_change)
                )
                if then
            ]  # fmt: skip
            said.append(f"{line.name}: {line.now}" + (f"; {', '.join(before)}" if before else ""))
        for heading, items in self._lists:
            said += ["", heading, *(f"- {item}" for item in items)] if items else []
        said += ["", *(f"{name}: {address}" for name, address in self.links)] if self.links else []
        return "\n".join([*said, "", self.foot, ""])

    def html(self) -> str:
        """The same as a page of tables: no picture, no script, nothing that asks another host."""
        head = "".join(f'<th style="{CELL}">{name}</th>' for name in ("", "Now", "A week before", "A year before"))
        rows = "".join(
            f'<tr><td style="{CELL}">{escape(line.name)}</td><td style="{CELL}"><b>{escape(line.now)}</b></td>'
            f'<td style="{CELL}">{escape(_then(line.week, line.week_change))}</td>'
            f'<td style="{CELL}">{escape(_then(line.year, line.year_change))}</td></tr>'
            for line in self.lines
        )
        lists = "".join(
            f'<h2 style="font-size:16px">{heading}</h2><ul>'
            + "".join(f"<li>{escape(item)}</li>" for item in items)
            + "</ul>"
            for heading, items in self._lists
            if items
        )
        links = " · ".join(f'<a href="{escape(address)}">{escape(name)}</a>' for name, address in self.links)
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>'
            f'{escape(self.subject)}</title></head><body style="font-family:sans-serif;font-size:14px;color:#222">'
            f'<h1 style="font-size:18px">{escape(self.title)}</h1>'
            f'<table style="border-collapse:collapse"><tr>{head}</tr>{rows}</table>{lists}'
            f'<p>{links}</p><p style="color:#666">{escape(self.foot)}</p></body></html>'
        )


def compose(stores: Stores, scope: Scope, settings: Settings, account: str, rhythm: str, now: datetime) -> Digest:
    """The digest of a store at a moment (UTC): 'daily' of the last day that is over, 'weekly' of the last seven.

    Raises NotPermitted, UnknownAccount, NothingKnown, StoreError.
    """
    scope.require(Right.VIEW, account)
    known = accounts(stores, scope)
    found = next((each for each in known if each.public_id == account), None)
    if found is None:
        raise UnknownAccount(f"There is no store '{account}'.")
    state = data_state(stores, scope, account)
    if state.as_of is None:
        raise NothingKnown(f"The first sync of {found.name} is not complete: there is nothing to tell yet.")
    reached = state.as_of.astimezone(found.zone).date()
    last = min(reached, now.astimezone(found.zone).date()) - ONE_DAY
    days = Period(last - timedelta(days=WEEK - 1), last) if rhythm == WEEKLY else Period(last, last)
    week = _figures(stores, scope, found, days, WEEK)
    year = _figures(stores, scope, found, days, YEAR)
    currency = found.currency
    judged = (found.country, found.settings.thresholds)
    unusual = together(
        [
            anomalies(stores, scope, account, AnomalyQuery(last, *judged, ORDERS)),
            anomalies(stores, scope, account, AnomalyQuery(found.last_of_messages(last), *judged, MESSAGES)),
        ]
    )
    told = "the last seven days" if rhythm == WEEKLY else wording.day_short(last)
    return Digest(
        account=account,
        title=f"{found.name}: {told}" + (f", {wording.days(days)}" if rhythm == WEEKLY else f" {last.year}"),
        store=found.name,
        days=days,
        lines=_lines(week.this, week, year, currency),
        unusual=tuple(finding_words.sentence(finding, currency) for finding in unusual.recent(WEEK)),
        attention=_attention(stores, scope, found, last, now, week.unpriced),
        noted=tuple(
            f"{wording.days(Period(note.start, note.end))}: {note.text}"
            for note in reversed(notes(stores, scope, account, Range(days.start, days.end)))
        ),
        links=_links(settings, found, known, days),
        foot=f"{found.timezone} time, {currency}, {found.value_wording}. Data up to "
        f"{wording.moment(state.as_of, found.zone)}. An admin chooses on the page Settings who gets this and when.",
    )


@dataclass(frozen=True, slots=True)
class _Beside:
    """Figures of some days beside those of days before. counts, sums: what of those may be compared, None where nothing
    may, as on the page; unpriced: orders of these days without a rate, by currency."""

    this: Span
    counts: Span | None
    sums: Span | None
    unpriced: Mapping[str, int]


def _figures(stores: Stores, scope: Scope, account: Account, days: Period, back: int) -> _Beside:
    """Figures of some days beside those of so many days before."""
    other = Comparison(Period(days.start - timedelta(days=back), days.end - timedelta(days=back)), shift_days=back)
    asked = RevenueQuery(
        period=days, comparison=other, compared_until=None, zone=account.timezone,
        first_weekday=account.first_weekday,
    )  # fmt: skip
    found = revenue(stores, scope, account.public_id, asked)
    known = found.first_day is not None and found.first_day <= other.period.start
    counts = found.compared if known else None
    return _Beside(found.this, counts, counts if found.fully_priced else None, found.unpriced)


def _lines(this: Span, week: _Beside, year: _Beside, currency: str) -> tuple[Line, ...]:
    def line(name: str, of: Callable[[Span], Decimal | int | None], *, money: bool) -> Line:
        before = [each.sums if money else each.counts for each in (week, year)]
        now, *then = [None if span is None else of(span) for span in (this, *before)]
        said = [wording.money(each, currency) if money else wording.count(each) for each in (now, *then)]
        told = [
            ("", "") if each is None else (text, wording.change(_change(now, each)))
            for text, each in zip(said[1:], then, strict=True)
        ]
        return Line(name, said[0], *told[0], *told[1])

    return (
        line("Net revenue", lambda span: span.net, money=True),
        line("Gross revenue", lambda span: span.total.gross, money=True),
        line("Orders", lambda span: span.total.orders, money=False),
        line("Order value", lambda span: span.total.aov, money=True),
        line("New customers", lambda span: span.total.new, money=False),
    )


def _change(now: Decimal | int | None, then: Decimal | int) -> Decimal | None:
    return None if now is None or not then else Decimal(now - then) / abs(Decimal(then)) * 100


def _attention(
    stores: Stores, scope: Scope, account: Account, last: date, now: datetime, unpriced: Mapping[str, int]
) -> tuple[str, ...]:
    """What a person should look at: old data, orders in no sum, mail that is not let in, work that fails."""
    said = []
    yesterday = now.astimezone(account.zone).date() - ONE_DAY
    if last < yesterday:
        said.append(f"Data end with {wording.day(last)}: newer days are not known. Look at the page Jobs.")
    for currency, number in sorted(unpriced.items()):
        said.append(f"{wording.count(number)} order(s) in {currency} have no exchange rate and are in no sum.")
    reported = account.last_of_messages(last)
    if reported < last:
        said.append(f"Messages are judged up to {wording.day(reported)}: reports end there.")
    asked = EngagementQuery(
        Period(reported - timedelta(days=27), reported),
        None,
        account.timezone,
        account.first_weekday,
        reported + ONE_DAY,
    )
    messages = engagement(stores, scope, account.public_id, asked)
    for standing in standings(messages.this.of(Part("", "email")), messages.recent, reported):
        if standing.state in STATES and standing.limit.limit is not None:
            share = standing.recent if standing.recent is not None else standing.share
            said.append(
                f"{standing.limit.name} of e-mail: {share or 0:.2f} % over 14 days, {STATES[standing.state]}"
                f" ({standing.limit.limit:.2f} %)."
            )
    with stores.operational.read() as session:
        rows = schedule.known_work(session)
    said += [
        f"The work '{row.work}' has failed {row.failures} time(s): {row.message}"
        for (of, _), row in sorted(rows.items())
        if of == account.public_id and row.failures and row.work != "digest"
    ]
    return tuple(said)


def _links(settings: Settings, account: Account, known: Sequence[Account], days: Period) -> tuple[tuple[str, str], ...]:
    base = settings.public_url.rstrip("/")
    if not base:
        return ()
    twice = sum(each.name == account.name for each in known) > 1
    store = f"{account.name} ({account.public_id})" if twice else account.name
    query = urlencode({"store": store, "period": "Custom", "from": days.start, "to": days.end})
    pages = {"Revenue": "revenue", "Engagement": "engagement", "Jobs": "jobs", "Health": "health"}
    return tuple((name, f"{base}/{page}?{query}") for name, page in pages.items())


def _then(value: str, change: str) -> str:
    return f"{value} ({change})" if value else wording.NOT_AVAILABLE
