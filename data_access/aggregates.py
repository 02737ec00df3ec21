"""Roll-ups: from what loads and projections touched, exactly those days and customers are rebuilt and published.

On one database all of it, the bump of `data_versions` and the removal from the work list is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from data_access.account_days import (
    ONE_DAY,
    bucket_table,
    day_start,
    day_table,
    local_days,
    period_table,
    span_of,
)
from data_access.calendar_years import extend_calendar
from data_access.contact_weeks import rebuild_contact_weeks
from data_access.conversion import AccountBasis
from data_access.engines.base import Session
from data_access.holdouts import DATASET as HELD_OUT
from data_access.holdouts import Touched, bring_up, roles_table
from data_access.projections import (
    EVERYTHING,
    Handover,
    Pair,
    Projected,
    basis_in,
    note_days,
    open_pair,
    project_in,
)
from data_access.reachable import rebuild_reachable
from data_access.stores import Stores

SEQUENCE: Final = "klaviyo_orders"
ACCOUNT_DAILY: Final = "account_metrics_daily"
CAMPAIGN_DAILY: Final = "campaign_daily_aggregates"
FLOW_DAILY: Final = "flow_days"
REVENUE: Final = "fact_revenue"
CONVERSIONS: Final = "fact_conversions"
ENGAGEMENT: Final = "fact_engagement"
MESSAGES: Final = "message_days"
CONTACTS: Final = "contact_weeks"
REACHABLE: Final = "reachable_profiles"
METRICS: Final = "klaviyo_aggregated_metrics"
HOLDOUTS: Final = "holdout_arms"
CALENDAR: Final = "dim_time"
NAMES: Final = (
    SEQUENCE,
    ACCOUNT_DAILY,
    CAMPAIGN_DAILY,
    FLOW_DAILY,
    REVENUE,
    CONVERSIONS,
    ENGAGEMENT,
    MESSAGES,
    CONTACTS,
    REACHABLE,
    METRICS,
    HOLDOUTS,
    CALENDAR,
)

# Datasets of data_versions, each with what it covers: pages put the versions of what they read into their cache keys.
DATASETS: Final = {
    "orders": "klaviyo_orders and their lines, refunds, deductions, attribution; account_metrics_daily; fact_revenue, "
    "fact_conversions",
    "engagement": "fact_engagement, message_days, mailbox_days, contact_weeks, "
    "reachable_profiles, klaviyo_aggregated_metrics",
    "campaigns": "campaign statistics, campaign_daily_aggregates, campaigns and their messages",
    "flows": "flow statistics, flow_days, flows_by_day, flows and their messages",
    "forms": "form statistics and forms",
    "segments": "segment statistics, memberships, segments, lists and their sizes",
    "profiles": "profiles",
    "catalog": "catalog items, variants and categories",
}
# Those of tables that are derived from orders by the clock: only pages that show them rest on them.
DERIVED_DATASETS: Final = {
    "customers": "customer_profiles",
    "values": "customer_values, cohort_months",
    "products": "products_master",
    "pairs": "product_relationships_optimized",
    "parts": "basket_relationships, basket_bundles",
}
_OF_TOUCHED: Final = {"events": "engagement", "lists": "segments", "tags": "campaigns", "reports": "campaigns"}
# Days of whose statistics hold figures of account_metrics_daily, campaign_daily_aggregates and flow_days.
_SENDS: Final = frozenset({"campaigns", "flows", "reports"})
_CUSTOMERS = pa.schema([("customer_id", pa.string())])
_GROWTH = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Aggregated:
    """What a run rebuilt: days of orders or statistics, days of events, customers, orders whose place in their
    customer's sequence changed, and the datasets whose version was bumped.

    frozen_before: where a rebuild of everything stopped, since retention has removed the events from before (UTC).
    """

    days: int = 0
    event_days: int = 0
    customers: int = 0
    orders: int = 0
    datasets: tuple[str, ...] = ()
    frozen_before: datetime | None = None

    @property
    def frozen(self) -> str | None:
        """That as a sentence; None where everything was rebuilt."""
        if self.frozen_before is None:
            return None
        return (
            f"Rebuilt back to {self.frozen_before:%d %b %Y} only: events from before are no longer kept, and orders, "
            "refunds and figures made of them stay as they are, save for the currency that they are told in."
        )


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Both halves of a refresh."""

    projected: Projected
    aggregated: Aggregated


@dataclass
class _Work:
    """What is to be rebuilt. Days are the account's; those of events are kept by zone, and `utc_days` beside them."""

    customers: pa.Table
    order_days: set[date] = field(default_factory=set)
    report_days: set[date] = field(default_factory=set)
    utc_days: set[date] = field(default_factory=set)
    event_days: dict[str, set[date]] = field(default_factory=dict)
    datasets: set[str] = field(default_factory=set)
    full: bool = False
    # Events from before were removed: figures made of them are never made again. None where all are there.
    frozen_before: datetime | None = None


def aggregate(stores: Stores, account: str, only: Collection[str] | None = None, full: bool = False) -> Aggregated:
    """Brings the roll-ups up to date. `full`: rebuilds all days that the events still reach, with the same result.

    With `only` (names of NAMES) the others stay due: nothing is taken from the work list. The places of orders in
    their customers' sequences are always brought up to date: other figures rest on them.
    Raises UnknownAccount, ValueError for a name that is none, StoreError.
    """
    _known(only)
    with open_pair(stores) as pair, _published_at_once(pair, account):
        return _aggregate_in(pair, basis_in(pair, account), only, full)


def refresh(
    stores: Stores,
    account: str,
    only: Collection[str] | None = None,
    full: bool = False,
    put: Callable[[Pair], None] = lambda _pair: None,
) -> Refreshed:
    """Projects and aggregates; on one database as one transaction, so that no page sees orders without their figures.

    `only` and `full` as for `aggregate`. `put`: brings orders that have no events in between, and notes what it
    touches. Raises UnknownAccount, ValueError for a name that is none, StoreError.
    """
    _known(only)
    with open_pair(stores) as pair, _published_at_once(pair, account):
        basis = basis_in(pair, account)
        projected = project_in(pair, basis)
        put(pair)
        return Refreshed(projected, _aggregate_in(pair, basis, only, full or projected.rebuilt))


def recompute(stores: Stores, account: str) -> Refreshed:
    """Rebuilds the account's orders and figures from its events, as after a change of its settings or of rates.

    Raises UnknownAccount, StoreError.
    """
    with open_pair(stores) as pair, _published_at_once(pair, account):
        basis = basis_in(pair, account)
        projected = project_in(pair, basis, rebuild=True)
        return Refreshed(projected, _aggregate_in(pair, basis, None, True))


@contextmanager
def _published_at_once(pair: Pair, account: str) -> Iterator[None]:
    """On two databases no transaction covers both: until the end the account is marked, and nobody reads half of it.

    A run that fails leaves the mark: what it left behind is not whole before another run has ended.
    """
    if not pair.single:
        with pair.operational() as session:
            mark_publishing(session, account)
    yield
    if not pair.single:
        with pair.operational() as session:
            session.execute("aggregate/published", account=account)


def mark_publishing(session: Session, account: str) -> None:
    """Says that the warehouse is about to change by several steps; the next refresh's end takes it back."""
    session.execute("aggregate/publishing", account=account)


def _known(only: Collection[str] | None) -> None:
    unknown = set(only or ()) - set(NAMES)
    if unknown:
        raise ValueError(f"There is no aggregate {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")


def _aggregate_in(pair: Pair, basis: AccountBasis, only: Collection[str] | None, full: bool) -> Aggregated:
    account, wanted = basis.account, set(only or NAMES)
    with pair.operational() as session:
        upto = int(session.rows("aggregate/newest", account=account)[0]["touched"])
        touched = session.query("aggregate/touched", account=account, upto=upto)
        frozen_before = session.rows("aggregate/frozen", account=account)[0]["frozen"]
    # A projection that began anew left the zone that held before: its days go, those of the zone in force come.
    old_zones = [row["key"] for row in touched.to_pylist() if row["kind"] == EVERYTHING]
    work = _everything(pair, basis, old_zones) if full or old_zones else _touched(touched, basis)
    work.frozen_before = frozen_before
    work.datasets |= _changed_by_loads(touched)
    moved = _sequence(pair, account, work, still_due=bool(only) or not pair.single) if work.customers.num_rows else 0
    days = _day_figures(pair, account, work, wanted)
    _event_figures(pair, basis, work, wanted)
    if REACHABLE in wanted and (work.full or work.utc_days or "profiles" in work.datasets):
        _reachable(pair, basis, work)
    if HOLDOUTS in wanted and bring_up(pair, basis, _held_out(basis, work)):
        work.datasets.add(HELD_OUT)
    if CALENDAR in wanted:
        known = work.order_days | work.report_days | work.event_days.get(basis.timezone, set())
        extend_calendar(pair, basis, known, anew=work.full)
    if moved or (days and wanted & {ACCOUNT_DAILY, REVENUE, CONVERSIONS}):
        work.datasets.add("orders")
    if work.utc_days and wanted & {ENGAGEMENT, MESSAGES, CONTACTS, REACHABLE, METRICS}:
        work.datasets.add("engagement")
    with pair.operational() as session:
        if work.datasets:
            session.execute("aggregate/publish", account=account, datasets=sorted(work.datasets))
            session.execute("aggregate/runs", account=account)
        session.execute("aggregate/publish_as_of", account=account)
        if not only and touched.num_rows:
            session.stage("done_days", day_table(work.order_days))
            session.execute("aggregate/touched_done", account=account, upto=upto)
    return Aggregated(
        days,
        len(work.event_days.get(basis.timezone, ())),
        work.customers.num_rows,
        moved,
        tuple(sorted(work.datasets)),
        frozen_before if work.full else None,
    )


def _changed_by_loads(touched: pa.Table) -> set[str]:
    """Datasets whose own rows have changed; days of events change nothing but the figures that are rebuilt for them."""
    rows = {(row["dataset"], row["kind"]) for row in touched.to_pylist()}
    return {_OF_TOUCHED.get(name, name) for name, kind in rows if (name, kind) != ("events", "day")} & DATASETS.keys()


def _touched(touched: pa.Table, basis: AccountBasis) -> _Work:
    """The work list as what it asks for."""
    keys: dict[str, list[str]] = {"customer": [], "order_day": [], "event_day": [], "report_day": []}
    for row in touched.to_pylist():
        kind = {"day": "event_day" if row["dataset"] == "events" else "report_day"}.get(row["kind"], row["kind"])
        if kind in keys and (kind != "report_day" or row["dataset"] in _SENDS):
            keys[kind].append(row["key"])
    utc_days = {date.fromisoformat(key[:10]) for key in keys["event_day"]}
    return _Work(
        customers=pa.Table.from_pydict({"customer_id": sorted(set(keys["customer"]))}, schema=_CUSTOMERS),
        order_days={date.fromisoformat(key) for key in keys["order_day"]},
        report_days={date.fromisoformat(key[:10]) for key in keys["report_day"]},
        utc_days=utc_days,
        event_days={basis.timezone: local_days(utc_days, ZoneInfo(basis.timezone))} if utc_days else {},
    )


def _everything(pair: Pair, basis: AccountBasis, old_zones: Collection[str]) -> _Work:
    """All customers and days; days of events only as far back as events are kept: earlier ones are frozen."""
    with pair.operational() as session:
        span = session.rows("aggregate/event_span", account=basis.account)[0]
        facts = session.query("aggregate/all_facts", account=basis.account)
    with pair.warehouse() as session:
        days = session.query("aggregate/all_orders", account=basis.account)
        customers = session.query("aggregate/all_customers", account=basis.account)
    order_days = {*days["date"].to_pylist(), *facts["date"].to_pylist()}
    work = _Work(customers, order_days, set(order_days), full=True)
    if span["first_event"] is not None:
        work.utc_days = span_of(span["first_event"], span["last_event"])
        for zone in {*old_zones, basis.timezone}:
            work.event_days[zone] = span_of(span["first_event"], span["last_event"], ZoneInfo(zone))
    return work


def _sequence(pair: Pair, account: str, work: _Work, still_due: bool) -> int:
    """Puts the orders of the touched customers in their places; a day whose first orders changed is touched too.

    `still_due`: these days go on the work list as well, since a later run finds every order in its place.
    """
    with pair.warehouse() as session:
        session.stage("touched_customers", work.customers)
        changed = session.query("aggregate/sequence_changed", account=account)
        if not changed.num_rows:
            return 0
    days = set(changed.filter(changed["first_moved"])["order_date"].unique().to_pylist())
    if still_due:
        with pair.operational() as session:
            note_days(session, account, days)
    with pair.warehouse() as session:
        session.stage("changed_sequence", changed)
        session.execute("aggregate/sequence_update", account=account)
    work.order_days |= days
    return int(changed.num_rows)


def _day_figures(pair: Pair, account: str, work: _Work, wanted: set[str]) -> int:
    """Daily figures of orders and report statistics; how many days were rebuilt."""
    days = work.order_days | work.report_days
    if not days:
        return 0
    # A day's figures are what the same weekday a week later grows from.
    grown = day_table(days | {day + _GROWTH for day in days})
    report_days, order_days = day_table(work.report_days), day_table(work.order_days)
    campaigns = CAMPAIGN_DAILY in wanted and bool(work.report_days)
    tags = Handover(pair)
    if campaigns:
        with pair.operational() as session:
            tags.take(session, "campaign_tags", "aggregate/campaign_tags", account=account)
    with pair.warehouse() as session:
        if ACCOUNT_DAILY in wanted:
            session.stage("rebuild_days", grown)
            session.execute("aggregate/account_metrics_daily", account=account)
        if campaigns:
            session.stage("rebuild_days", report_days)
            tags.give(session)
            session.execute("aggregate/campaign_daily_aggregates", account=account)
        if FLOW_DAILY in wanted and work.report_days:
            session.stage("rebuild_days", report_days)
            session.execute("aggregate/flow_days", account=account)
    copied = {REVENUE: "revenue_by_day", CONVERSIONS: "conversions_by_day"}
    sources = {name: source for name, source in copied.items() if name in wanted}
    if sources and work.order_days:
        _copy_back(pair, account, sources, order_days)
    return len(days)


def _copy_back(pair: Pair, account: str, sources: dict[str, str], days: pa.Table) -> None:
    """Facts that are computed in the warehouse and kept, by day, in the operational store."""
    rows = Handover(pair)
    with pair.warehouse() as session:
        session.stage("rebuild_days", days)
        for source in sources.values():
            rows.take(session, source, f"aggregate/{source}", account=account)
    with pair.operational() as session:
        if not pair.single:
            session.stage("rebuild_days", days)
        rows.give(session)
        for fact in sources:
            session.execute(f"aggregate/{fact}", account=account)


def _event_figures(pair: Pair, basis: AccountBasis, work: _Work, wanted: set[str]) -> None:
    """Figures of events of every metric, by hour, day, week and month."""
    _leave_frozen(work)
    zone = ZoneInfo(basis.timezone)
    days = work.event_days.get(basis.timezone, set())
    if not days or not work.utc_days:
        return
    account = {"account": basis.account}
    place = account | {
        "timezone": basis.timezone,
        "range_start": day_start(min(days), zone),
        "range_end": day_start(max(days) + ONE_DAY, zone),
    }
    stale = pa.concat_tables([period_table(told, ZoneInfo(name)) for name, told in work.event_days.items()])
    with pair.operational() as session:
        session.stage("touched_days", period_table(days, zone))
        session.stage("stale_days", stale)
        session.stage("metric_roles", roles_table(basis))
        if ENGAGEMENT in wanted:
            session.execute("aggregate/fact_engagement", **place)
        if MESSAGES in wanted:
            session.execute("aggregate/message_days", **place)
        if CONTACTS in wanted:
            rebuild_contact_weeks(session, basis, work.event_days, work.frozen_before)
        if METRICS in wanted:
            session.stage("touched_utc_days", day_table(work.utc_days))
            session.stage("bucket_days", bucket_table(days, zone))
            first_hour = datetime.combine(min(work.utc_days), time(), UTC)
            utc = {
                "range_start": max(first_hour, _whole_hour(work.frozen_before or first_hour)),
                "range_end": datetime.combine(max(work.utc_days) + ONE_DAY, time(), UTC),
            }
            session.execute("aggregate/metric_hours", **account, **utc)
            session.execute("aggregate/metric_days", **place)


def _reachable(pair: Pair, basis: AccountBasis, work: _Work) -> None:
    """Who may be sent messages. Reactions of which the events are no longer kept stay as they are."""
    with pair.operational() as session:
        session.stage("metric_roles", roles_table(basis))
        rebuild_reachable(
            session, basis, work.utc_days, everybody=work.full, from_scratch=work.full and work.frozen_before is None
        )


def _held_out(basis: AccountBasis, work: _Work) -> Touched:
    """What holdouts need to know of the work."""
    return Touched(
        order_days=work.order_days,
        event_days=work.event_days.get(basis.timezone, set()),
        profiles="profiles" in work.datasets,
        everything=work.full,
        complete=work.frozen_before is None,
    )


def _leave_frozen(work: _Work) -> None:
    """Takes out the days of which some events are no longer kept: their figures stay as they are."""
    before = work.frozen_before
    if before is None:
        return
    work.utc_days = {day for day in work.utc_days if datetime.combine(day + ONE_DAY, time(), UTC) > before}
    for name, told in work.event_days.items():
        zone = ZoneInfo(name)
        work.event_days[name] = {day for day in told if day_start(day, zone) >= before}


def _whole_hour(instant: datetime) -> datetime:
    """The first full hour from an instant on."""
    hour = instant.replace(minute=0, second=0, microsecond=0)
    return hour if hour == instant else hour + timedelta(hours=1)
