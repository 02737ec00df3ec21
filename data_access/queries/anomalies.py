"""Unusual days of a store: its daily figures, each judged by its own past (analytics/anomalies.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from analytics.anomalies import HISTORY_DAYS, Array, Daily, Finding, find_all
from analytics.engagement import NOTHING, Counts
from analytics.periods import ONE_DAY
from analytics.watched import BY_KEY, Thresholds
from data_access.queries.engagement import counts_of
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
    """last: the last day that is over; country: whose holidays count ('' for none)."""

    last: date
    country: str
    thresholds: Thresholds


@dataclass(frozen=True, slots=True)
class Anomalies:
    """Findings of the last two years, newest first. orders_from, messages_from: the first days that could be judged,
    None where there is no such day yet. last: the last day that is over."""

    findings: tuple[Finding, ...]
    orders_from: date | None
    messages_from: date | None
    last: date

    def recent(self, days: int = 7) -> tuple[Finding, ...]:
        """Those of the last so many days."""
        return tuple(finding for finding in self.findings if (self.last - finding.last).days < days)


@repeatable
def anomalies(stores: Stores, scope: Scope, account: str, asked: AnomalyQuery) -> Anomalies:
    """The unusual days of a store's daily figures. Raises NotPermitted, StoreError."""
    start = asked.last - timedelta(days=DAYS - 1)
    with scoped_read(stores.warehouse, scope, account) as session:
        orders = session.rows("read/anomalies/order_days", start=start, end=asked.last)
        sends = session.rows(
            "read/engagement/sends",
            start=start, end=asked.last, recent_start=start, recent_end=asked.last,
            compared_start=None, compared_end=None,
        )  # fmt: skip
    with scoped_read(stores.operational, scope, account) as session:
        free = session.rows("read/anomalies/holidays", country=asked.country, start=start, end=asked.last)
    by_day: dict[date, Counts] = {}
    for row in sorted(sends, key=lambda row: (row["date"], row["kind"], row["channel"])):
        by_day[row["date"]] = by_day.get(row["date"], NOTHING).plus(counts_of(row))
    campaigns = {row["date"] for row in sends if row["kind"] == "campaign" and row["recipients"]}
    first_order = min((row["day"] for row in orders), default=None)
    first_send = min(by_day, default=None)
    series = [*_of_orders(orders, asked.last), *_of_messages(by_day, asked.last)]
    return Anomalies(
        findings=tuple(find_all(series, asked.thresholds, {row["day"] for row in free}, campaigns)),
        orders_from=_judged_from(first_order, asked.last),
        messages_from=_judged_from(first_send, asked.last),
        last=asked.last,
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


def _of_messages(by_day: Mapping[date, Counts], last: date) -> Iterator[Daily]:
    """Daily figures of messages by send date, as the page Engagement has them of all channels; without the last days,
    on which people still open and click."""
    if not by_day:
        return
    first = min(by_day)
    counts = [by_day.get(first + place * ONE_DAY, NOTHING) for place in range((last - first).days + 1)]
    yield Daily(BY_KEY["recipients"], first, _numbers([each.recipients or 0 for each in counts]))
    for key, part, whole in (
        ("open_rate", [each.opens for each in counts], [each.openable for each in counts]),
        ("click_rate", [each.clicks for each in counts], [each.delivered for each in counts]),
        ("bounce_rate", [each.bounced for each in counts], [each.recipients for each in counts]),
        ("complaint_rate", [each.complaints for each in counts], [each.delivered for each in counts]),
        ("unsubscribe_rate", [each.unsubscribed for each in counts], [each.delivered for each in counts]),
    ):
        metric = BY_KEY[key]
        end = max(len(counts) - metric.ripe_days, 0)
        sizes = _numbers(whole)[:end]
        with np.errstate(invalid="ignore", divide="ignore"):
            yield Daily(metric, first, np.where(sizes > 0, _numbers(part)[:end] / sizes, np.nan), sizes=sizes)


def _numbers(values: Sequence[Any]) -> Array:
    return np.array([np.nan if value is None else float(value) for value in values])
