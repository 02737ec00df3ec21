"""All figures of the monthly report: those of the pages, asked for one month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.account import Account
from analytics.engagement import EngagementFigures, Flow
from analytics.periods import ONE_DAY, Comparison, Period, known_until
from analytics.report_month import ReportMonth
from analytics.revenue import Product, RevenueFigures
from analytics.rfm_figures import RfmFigures
from data_access.queries.engagement import EngagementQuery, engagement
from data_access.queries.engagement_behind import behind, flows
from data_access.queries.revenue import RevenueQuery, products, revenue
from data_access.queries.rfm import RfmQuery, computed, rfm
from data_access.scope import Right, Scope
from data_access.stores import Stores


@dataclass(frozen=True, slots=True)
class MonthlyFigures:
    """revenue: against the month before; last_year: the same against last year's. rfm: at the end of the month, moves
    since the day before its first; None before customers were computed, or where the month ends after that."""

    month: ReportMonth
    revenue: RevenueFigures
    last_year: RevenueFigures
    products: Sequence[Product]
    engagement: EngagementFigures
    engagement_asked: EngagementQuery
    flows: Sequence[Flow]
    rfm: RfmFigures | None


def monthly(
    stores: Stores, scope: Scope, account: Account, month: ReportMonth, as_of: datetime | None
) -> MonthlyFigures:
    """The figures of a month of a store whose orders are known up to `as_of` (UTC, None: never synced).

    Raises NotPermitted, StoreError.
    """
    id = account.public_id
    scope.require(Right.EXPORT, id)
    synced = as_of is not None
    asked = revenue_query(account, month.period, month.before if synced else None, as_of)
    day = account.reported(as_of).astimezone(account.zone).date() if as_of is not None else None
    after = month.period.end + ONE_DAY
    messages = EngagementQuery(
        month.period,
        month.before if synced else None,
        account.timezone,
        account.first_weekday,
        as_of=None if day is None else min(day, after),
        this_until=asked.this_until,
    )
    known = computed(stores, scope, id)
    customers = None
    # The orders of an as-of date itself are in its scores: the month ends with its last day, and begins after the day
    # before it.
    at = None if known is None else min(known.as_of, month.period.end)
    if at is not None and at >= month.period.start:
        customers = rfm(stores, scope, id, RfmQuery(at, month.period.start - ONE_DAY))
    sent = engagement(stores, scope, id, messages)
    return MonthlyFigures(
        month=month,
        revenue=revenue(stores, scope, id, asked),
        last_year=revenue(
            stores, scope, id, revenue_query(account, month.period, month.last_year if synced else None, as_of)
        ),
        products=products(stores, scope, id, asked),
        engagement=sent,
        engagement_asked=messages,
        flows=flows(stores, scope, id, behind(messages, sent.first_day)),
        rfm=customers if customers is not None and customers.customers else None,
    )


def revenue_query(
    account: Account, period: Period, comparison: Comparison | None, as_of: datetime | None
) -> RevenueQuery:
    """What the page Revenue asks for these days of all orders."""
    zone = account.zone
    reached = as_of.astimezone(zone).date() if as_of is not None else period.end
    return RevenueQuery(
        period=period,
        comparison=comparison,
        compared_until=comparison.until(period, as_of, zone) if comparison and as_of else None,
        this_until=known_until(period, as_of, zone) if as_of is not None else None,
        compared_refunds_until=comparison.same_age(as_of, zone) if comparison and as_of else None,
        zone=account.timezone,
        first_weekday=account.first_weekday,
        young_from=reached - timedelta(days=account.return_days),
    )
