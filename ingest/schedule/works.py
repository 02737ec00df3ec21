"""The work that is done by the clock: what it does, how often, and whether once a store or once an installation.

A new piece of work is one more row of WORKS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Final

from data_access import jobs, schedule
from data_access.aggregates import refresh
from data_access.derived.registry import NAMES, derive
from data_access.jobs import JobRunning
from ingest.run import Run, SyncSummary
from ingest.runner import SCHEDULED, run_sync
from ingest.schedule import house
from ingest.schedule.context import Context, Outcome
from ingest.schedule.rhythm import Rhythm, chosen_rhythms
from settings import Settings


class Work(StrEnum):
    """Names of the work, as in SCHEDULE_RHYTHM."""

    SYNC = "sync"
    AGGREGATES = "aggregates"
    PROFILES = "profiles"
    PRODUCTS = "products"
    PAIRS = "pairs"
    VALUES = "values"
    REFRESH = "refresh"
    CHECKS = "checks"
    EXAMINATION = "examination"
    MAINTENANCE = "maintenance"
    RETENTION = "retention"
    BACKUP = "backup"
    TRIAL_RESTORE = "trial-restore"
    DIGEST = "digest"
    UPLIFT = "uplift"
    FORECAST_ORDERS = "forecast-orders"
    FORECAST_SALES = "forecast-sales"
    DISCOVERY = "discovery"


@dataclass(frozen=True, slots=True)
class Kind:
    """A piece of work. says: what it does, as a sentence; of_store: once a store, and then by the store's clock."""

    work: Work
    says: str
    rhythm: Rhythm
    do: Callable[[Context], Outcome]
    of_store: bool = True
    needs_key: bool = False
    offered: Callable[[Settings], bool] = field(default=lambda _settings: True)


class _Refreshing(Run):
    """A run that fetches nothing: what waits in the spool is loaded, then figures are brought up to date."""

    only: tuple[str, ...] | None = None
    full = False

    def _publish(self) -> None:
        self._progress.resource = "figures"
        refresh(self._stores, self._job.account, full=self.full)
        self._dirty = False

    def _derive(self) -> None:
        if self.only or self.full:
            derive(self._stores, self._job.account, self.only, full=self.full)
        else:
            super()._derive()


def _sync(context: Context) -> Outcome:
    """Fetches what is new and brings the daily figures up to date; the report calls keep to the schedule's share."""
    try:
        summary = run_sync(context.stores, context.settings, context.account, by=SCHEDULED, now=context.clock)
    except JobRunning as running:
        return Outcome("done", str(running))
    return _told(context, summary)


def _aggregates(context: Context) -> Outcome:
    """Only where a load has left something behind: a sync brings its own figures up to date."""
    with context.stores.operational.read() as session:
        due = schedule.figures_due(session, context.account)
    return _refresh(context, kind="aggregate") if due else Outcome("done", "The figures were up to date.")


def _refresh(
    context: Context, *, kind: str = "refresh", only: tuple[str, ...] | None = None, full: bool = False
) -> Outcome:
    lease = timedelta(seconds=context.settings.sync_lease_seconds)
    try:
        job = jobs.claim(context.stores.operational, context.account, by=SCHEDULED, lease=lease, kind=kind)
    except JobRunning as running:
        return Outcome("waiting" if full else "done", str(running))
    run = _Refreshing(context.stores, context.settings, job, now=context.clock)
    run.only, run.full = only, full
    return _told(context, run.work(fetch=False), said="The figures are up to date.")


def _told(context: Context, summary: SyncSummary, said: str = "") -> Outcome:
    if summary.state == "failed":
        return Outcome("failed", summary.error or "It failed without a reason.")
    if summary.state == "cancelled" and context.stopping():
        return Outcome("waiting", "Broken off when the program ended. What was loaded stays.")
    return Outcome("done", said or summary.sentence)


def _digest(context: Context) -> Outcome:
    """Sends each store's digest at its own hour."""
    from ingest.digest.delivering import by_the_clock  # what it reads is of no use to other work

    return by_the_clock(context)


def _uplift(context: Context) -> Outcome:
    """Learns what promotions bring, from the company's sales."""
    from ingest.uplift import by_the_clock  # what it computes with is of no use to other work

    return by_the_clock(context)


def _forecast_orders(context: Context) -> Outcome:
    """Forecasts a store's orders, once a day of them is whole."""
    from ingest.forecasting.running import orders_by_the_clock  # what it computes with is of no use to other work

    return orders_by_the_clock(context)


def _forecast_sales(context: Context) -> Outcome:
    """Forecasts the company's sales, once there are new ones."""
    from ingest.forecasting.running import sales_by_the_clock

    return sales_by_the_clock(context)


def _discovery(context: Context) -> Outcome:
    """Looks for promotions that would close the gap to the targets."""
    from ingest.discovery import by_the_clock  # what it computes with is of no use to other work

    return by_the_clock(context)


def _derived(*names: str) -> Callable[[Context], Outcome]:
    return lambda context: _refresh(context, kind="aggregate", only=names)


def _computed(name: str) -> Callable[[Settings], bool]:
    """Whether this version computes that aggregate."""
    return lambda _settings: name in NAMES


WORKS: Final[tuple[Kind, ...]] = (
    Kind(Work.SYNC, "Fetch what is new", Rhythm(timedelta(minutes=15)), _sync, needs_key=True),
    Kind(Work.AGGREGATES, "Bring daily figures up to date", Rhythm(timedelta(minutes=15)), _aggregates),
    Kind(
        Work.PROFILES, "Compute customer profiles", Rhythm(timedelta(hours=1)), _derived("customer_profiles"),
        offered=_computed("customer_profiles"),
    ),
    Kind(
        Work.PRODUCTS, "Compute product figures", Rhythm(timedelta(hours=1)), _derived("products_master"),
        offered=_computed("products_master"),
    ),
    Kind(
        Work.PAIRS, "Compute products bought together", Rhythm(timedelta(hours=4)),
        _derived("product_relationships_optimized", "basket_parts"),
        offered=_computed("product_relationships_optimized"),
    ),
    Kind(
        Work.VALUES, "Compute cohorts and expected value", Rhythm(timedelta(hours=4)), _derived("customer_values"),
        offered=_computed("customer_values"),
    ),
    Kind(
        Work.REFRESH, "Compute all figures anew", Rhythm(at=time(3)), lambda context: _refresh(context, full=True)
    ),
    # Looks often, since each store has an hour of its own; what it sends it sends once.
    Kind(
        Work.DIGEST, "Send the digest by e-mail", Rhythm(timedelta(minutes=15)), _digest,
        offered=lambda settings: bool(settings.smtp_host),
    ),
    Kind(Work.UPLIFT, "Learn uplift from new sales", Rhythm(timedelta(hours=1)), _uplift, of_store=False),
    Kind(Work.FORECAST_ORDERS, "Forecast store orders", Rhythm(timedelta(hours=4)), _forecast_orders),
    Kind(Work.FORECAST_SALES, "Forecast sales", Rhythm(timedelta(hours=1)), _forecast_sales, of_store=False),
    Kind(
        Work.DISCOVERY, "Look for promotions that close the gap", Rhythm(timedelta(hours=1)), _discovery,
        of_store=False,
    ),
    Kind(Work.CHECKS, "Look at what is quickly told", Rhythm(timedelta(minutes=15)), house.checks, of_store=False),
    Kind(Work.EXAMINATION, "Examine the databases", Rhythm(at=time(4)), house.examination, of_store=False),
    Kind(
        Work.MAINTENANCE, "Statistics, indexes, storage", Rhythm(at=time(4, 30), weekday=7), house.maintenance,
        of_store=False,
    ),
    Kind(Work.BACKUP, "Back up both stores", Rhythm(at=time(2)), house.backup, of_store=False),
    Kind(
        Work.TRIAL_RESTORE, "Try out the newest backup", Rhythm(at=time(6), day=2), house.trial_restore,
        of_store=False,
    ),
    Kind(
        Work.RETENTION, "Remove what is too old", Rhythm(at=time(5), day=1), house.retention,
        of_store=False,
    ),
)  # fmt: skip


def works_of(settings: Settings, works: tuple[Kind, ...] = WORKS) -> list[tuple[Kind, Rhythm]]:
    """What is done by the clock under these settings, with its rhythm. Raises UnreadableRhythm."""
    chosen = chosen_rhythms(settings.schedule_rhythm, frozenset(kind.work for kind in works))
    found = []
    for kind in works:
        rhythm = chosen.get(kind.work, kind.rhythm)
        if rhythm is not None and kind.offered(settings):
            found.append((kind, rhythm))
    return found
