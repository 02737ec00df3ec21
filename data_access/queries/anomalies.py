"""Unusual days of a store: its daily figures, each judged by its own past (analytics/anomalies.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from analytics.anomalies import HISTORY_DAYS, Array, Daily, Finding, find_all, in_order
from analytics.periods import ONE_DAY
from analytics.watched import BY_KEY, MESSAGES, ORDERS, REACTIONS, Thresholds
from data_access.repeating import repeatable
from data_access.scope import Scope
from data_access.scoped import scoped_read
from data_access.stores import Stores

# So far back that each of the days shown has its season of the year before.
DAYS: Final = 2 * 364 + HISTORY_DAYS
# Orders whose mean value is taken for the usual one.
UNIT_DAYS: Final = HISTORY_DAYS
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AnomalyQuery:
    """last: the last day that is over; country: whose holidays count ('' for none). world: 'orders' or 'messages' for
    one of them alone, '' for both."""

    last: date
    country: str
    thresholds: Thresholds
    world: str = ""


@dataclass(frozen=True, slots=True)
class Anomalies:
    """Findings of the last two years, newest first. orders_from, messages_from, reactions_from: the first days of which
    orders, messages, their opens and clicks could be judged, None where there is no such day yet. last: the last day
    that is over. people: whether opens and clicks of e-mail are people's, those of machines left out."""

    findings: tuple[Finding, ...]
    orders_from: date | None
    messages_from: date | None
    last: date
    reactions_from: date | None = None
    people: bool = False

    def recent(self, days: int = 7) -> tuple[Finding, ...]:
        """Those of the last so many days."""
        return tuple(finding for finding in self.findings if (self.last - finding.last).days < days)


def together(found: Sequence[Anomalies]) -> Anomalies:
    """Those of orders, and of messages whose statistics may end earlier, as one; the last day is that of the first."""
    every = [finding for each in found for finding in each.findings]
    return Anomalies(
        findings=tuple(sorted(every, key=in_order)),
        orders_from=next((each.orders_from for each in found if each.orders_from is not None), None),
        messages_from=next((each.messages_from for each in found if each.messages_from is not None), None),
        last=found[0].last,
        reactions_from=next((each.reactions_from for each in found if each.reactions_from is not None), None),
        people=any(each.people for each in found),
    )


@repeatable
def anomalies(stores: Stores, scope: Scope, account: str, asked: AnomalyQuery) -> Anomalies:
    """The unusual days of a store's daily figures. Raises NotPermitted, StoreError."""
    start = asked.last - timedelta(days=DAYS - 1)
    days: dict[str, Any] = {"start": start, "end": asked.last}
    people_from: date | None = None
    people: Sequence[Row] = ()
    with scoped_read(stores.operational, scope, account) as session:
        free = session.rows("read/anomalies/holidays", country=asked.country, **days)
        if asked.world != ORDERS:
            people_from = session.rows("read/engagement/first_event")[0]["first_day"]
        if people_from is not None:
            nothing = dict.fromkeys(("compared_start", "compared_end", "recent_start", "recent_end"))
            people = session.rows("read/engagement/people_sends", **days, **nothing)
    known = people_from is not None
    with scoped_read(stores.warehouse, scope, account) as session:
        orders = session.rows("read/anomalies/order_days", **days) if asked.world != MESSAGES else []
        sends = session.rows("read/anomalies/message_days", people=known, **days) if asked.world != ORDERS else []
        # Orders are expected to be more on days on which a campaign was sent.
        sent = session.rows("read/anomalies/campaign_days", **days) if asked.world == ORDERS else sends
    campaigns = {row["day"] for row in sent if row["by_campaigns"]}
    first_send = min((row["day"] for row in sends), default=None)
    # Opens and clicks with machines, before that day, are no past of people's.
    first_reaction = first_send if first_send is None or people_from is None else max(first_send, people_from)
    series = [*_of_orders(orders, asked.last), *_of_messages(sends, people, first_send, first_reaction, asked.last)]
    return Anomalies(
        findings=tuple(find_all(series, asked.thresholds, {row["day"] for row in free}, campaigns)),
        orders_from=_judged_from(min((row["day"] for row in orders), default=None), asked.last),
        messages_from=_judged_from(first_send, asked.last),
        last=asked.last,
        reactions_from=_judged_from(first_reaction, asked.last),
        people=known,
    )


def _judged_from(first: date | None, last: date) -> date | None:
    found = None if first is None else first + timedelta(days=HISTORY_DAYS)
    return found if found is not None and found <= last else None


def _of_orders(rows: Sequence[Row], last: date) -> Iterator[Daily]:
    """Daily figures of orders from the first day with one on; a day without orders is a day of 0."""
    if not rows:
        return
    first = min(row["day"] for row in rows)
    days = (last - first).days + 1
    told: dict[str, Array] = {}
    for name in ("gross_revenue", "positive_value", "deducted", "orders", "priced_orders", "new_customers"):
        told[name] = np.zeros(days)
        for row in rows:
            told[name][(row["day"] - first).days] = float(row[name])
    priced = told["priced_orders"]
    early = priced[:UNIT_DAYS].sum()
    unit = float(told["positive_value"][:UNIT_DAYS].sum() / early) if early else 1.0
    for key, values in (
        ("net", told["gross_revenue"] - told["deducted"]),
        ("gross", told["gross_revenue"]),
        ("orders", told["orders"]),
        ("new_customers", told["new_customers"]),
        ("deductions", told["deducted"]),
    ):
        yield Daily(BY_KEY[key], first, values, unit=unit)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(priced > 0, told["positive_value"] / priced, np.nan)
    yield Daily(BY_KEY["aov"], first, mean, sizes=priced)


def _of_messages(
    rows: Sequence[Row], people: Sequence[Row], first: date | None, reactions: date | None, last: date
) -> Iterator[Daily]:
    """Daily figures of messages by send date, as the page Engagement has them of all channels; without the last days,
    on which people still open and click. people: opens and clicks of e-mail that the rows leave out; first, reactions:
    the first days with a message, and with opens and clicks that later ones can be set against."""
    if first is None or reactions is None:
        return
    places = [(row["day"] - first).days for row in rows]
    of_people = [row for row in people if first <= row["date"] <= last]
    people_places = [(row["date"] - first).days for row in of_people]

    def of(name: str, where_nothing: float = np.nan) -> Array:
        values = np.full((last - first).days + 1, where_nothing)
        values[places] = [where_nothing if row[name] is None else float(row[name]) for row in rows]
        return values

    def by_people(name: str) -> Array:
        values = of(name, 0 if people else np.nan)
        np.add.at(values, people_places, [float(row[name]) for row in of_people])
        return values

    recipients, delivered = of("recipients", 0), of("delivered")
    yield Daily(BY_KEY["recipients"], first, recipients)
    for key, part, whole in (
        ("open_rate", by_people("opens"), of("openable")),
        ("click_rate", by_people("clicks"), delivered),
        ("bounce_rate", of("bounced"), of("recipients")),
        ("complaint_rate", of("complaints"), delivered),
        ("unsubscribe_rate", of("unsubscribed"), delivered),
    ):
        metric = BY_KEY[key]
        begin = (reactions - first).days if key in REACTIONS else 0
        sizes = whole[begin : max(len(whole) - metric.ripe_days, begin)]
        with np.errstate(invalid="ignore", divide="ignore"):
            values = np.where(sizes > 0, part[begin : begin + len(sizes)] / sizes, np.nan)
        yield Daily(metric, first + begin * ONE_DAY, values, sizes=sizes)
