"""What is kept how long: rows older than their setting go, and what was made of them stays as it is.

Orders, lines, refunds, deductions, attribution and the roll-ups made of them, and sales_aggregated, are kept for ever.
Events go once their figures are in place; the instant from which on they are complete is the account's horizon, and a
rebuild goes back to it only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from data_access.account_days import ONE_DAY, day_start
from data_access.aggregates import refresh
from data_access.conversion import account_basis
from data_access.engines.base import Session
from data_access.jobs import JobRunning
from data_access.operations.leases import Lease, held
from data_access.operations.runs import record_done, recorded
from data_access.scope import Right, Scope
from data_access.stores import Stores
from data_access.writes.load_orders import FILES
from settings import Settings

# Rows that go with one transaction: enough for a bulk delete, little enough for a table that others write meanwhile.
BATCH_ROWS: Final = 500_000
KIND: Final = "retention"
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a table is kept. `setting` names the setting; `unit`: days or months; 0 of them = for ever.

    found, removed: the statements that count and remove its rows; the latter empty where another table's does it.
    of_company: whether some of an account's rows belong to none, and are the company's.
    """

    table: str
    setting: str
    unit: str
    of_account: bool
    found: str
    removed: str
    of_company: bool = False


RULES: Final = (
    Rule(
        "raw_api_responses",
        "retention_raw_responses_days",
        "days",
        True,
        "operations/expired_raw_api_responses",
        "operations/remove_raw_api_responses",
    ),
    Rule(
        "klaviyo_events",
        "retention_events_months",
        "months",
        True,
        "operations/expired_klaviyo_events",
        "operations/remove_klaviyo_events",
    ),
    Rule(
        "klaviyo_attributions", "retention_events_months", "months", True, "operations/expired_klaviyo_attributions", ""
    ),
    Rule(
        "klaviyo_aggregated_metrics",
        "retention_aggregated_metrics_months",
        "months",
        True,
        "operations/expired_klaviyo_aggregated_metrics",
        "operations/remove_klaviyo_aggregated_metrics",
    ),
    Rule(
        "holdout_people",
        "retention_events_months",
        "months",
        True,
        "operations/expired_holdout_people",
        "operations/remove_holdout_people",
    ),
    Rule(
        "sync_jobs",
        "retention_sync_jobs_days",
        "days",
        True,
        "operations/expired_sync_jobs",
        "operations/remove_sync_jobs",
    ),
    Rule(
        "loaded_chunks",
        "retention_sync_jobs_days",
        "days",
        True,
        "operations/expired_loaded_chunks",
        "operations/remove_loaded_chunks",
    ),
    Rule(
        "forecast_predictions",
        "retention_predictions_months",
        "months",
        True,
        "operations/expired_forecast_predictions",
        "operations/remove_forecast_predictions",
        of_company=True,
    ),
    Rule(
        "scenario_kpis",
        "retention_scenario_kpis_months",
        "months",
        False,
        "operations/expired_scenario_kpis",
        "operations/remove_scenario_kpis",
    ),
    Rule(
        "post_mortem_reports",
        "retention_post_mortems_months",
        "months",
        False,
        "operations/expired_post_mortem_reports",
        "operations/remove_post_mortem_reports",
    ),
    Rule(
        "data_processing_jobs",
        "retention_processing_jobs_days",
        "days",
        False,
        "operations/expired_data_processing_jobs",
        "operations/remove_data_processing_jobs",
    ),
)
KEPT_FOR_EVER: Final = ("sales_aggregated", "klaviyo_orders", "klaviyo_order_line_items", "refund_cancelled_orders")
_RULE: Final = {rule.table: rule for rule in RULES}
_EVENTS: Final = ("klaviyo_events", "klaviyo_attributions")
# Sales, promotions and forecasts of the workbooks belong to no account.
COMPANY: Final = ""


@dataclass(frozen=True, slots=True)
class Expired:
    """Rows of a table that are older than `cutoff`: how many, the oldest and the newest instant among them (UTC)."""

    table: str
    account: str
    cutoff: datetime
    rows: int
    oldest: datetime | None = None
    newest: datetime | None = None


@dataclass(slots=True)
class Retained:
    """What a run removed, or would remove. notes: sentences about what was left alone and why."""

    expired: list[Expired] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    dry_run: bool = False
    skipped: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return sum(found.rows for found in self.expired)

    def as_dict(self) -> dict[str, Any]:
        tables = [asdict(found) for found in self.expired]
        return {
            "dry_run": self.dry_run,
            "rows": self.rows,
            "tables": tables,
            "notes": self.notes,
            "skipped": self.skipped,
        }


def retain(
    stores: Stores,
    settings: Settings,
    scope: Scope,
    *,
    account: str | None = None,
    dry_run: bool = False,
    now: datetime | None = None,
) -> Retained:
    """Removes what is older than its setting, account by account, then what belongs to the company.

    With `account` only that account's tables. An account with a running job is skipped, named in `skipped` and in the
    notes. `dry_run` changes nothing. Raises NotPermitted, UnknownAccount, StoreError.
    """
    scope.require(Right.ADMIN)
    moment = now or datetime.now(UTC)
    done = Retained(dry_run=dry_run)
    with stores.operational.read() as session:
        known = [row["account"] for row in session.rows("operations/accounts")]
        if account is not None:
            account_basis(session, account)
    for one in [account] if account is not None else known:
        try:
            _account(stores, settings, scope, one, moment, done)
        except JobRunning:
            done.skipped.append(one)
            done.notes.append(f"{one}: a sync or computation is running; nothing was removed. The next run does.")
    if account is None:
        _company(stores, settings, scope, moment, done)
    return done


def cutoffs(settings: Settings, zone: ZoneInfo, now: datetime) -> dict[str, datetime]:
    """Table → the instant before which its rows go, at the start of a day of the zone. Tables kept for ever are absent.

    Buckets of aggregated metrics go by whole months, so that no month is left with a part of its days.
    """
    today = now.astimezone(zone).date()
    found: dict[str, datetime] = {}
    for rule in RULES:
        length = int(getattr(settings, rule.setting))
        if length == 0:
            continue
        day = today - timedelta(days=length) if rule.unit == "days" else months_before(today, length)
        if rule.table == "klaviyo_aggregated_metrics":
            day = day.replace(day=1)
        found[rule.table] = day_start(day, zone)
    return found


def months_before(day: date, months: int) -> date:
    """The same day that many months earlier; the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (after - ONE_DAY).day
    return date(year, month + 1, min(day.day, last))


def _account(stores: Stores, settings: Settings, scope: Scope, account: str, now: datetime, done: Retained) -> None:
    with stores.operational.read() as session:
        zone = ZoneInfo(account_basis(session, account).timezone)
    limits = cutoffs(settings, zone, now)
    if done.dry_run:
        with stores.operational.read() as session:
            done.expired += _found(session, account, limits, done)
        return
    store = stores.operational
    with held(
        store, account, kind=KIND, by=scope.person, lease_seconds=settings.sync_lease_seconds, resource="old rows"
    ) as lease:
        # Whatever events still have to tell is in the figures before one of them goes.
        refresh(stores, account)
        with store.read() as session:
            found = _found(session, account, limits, done)
        with recorded(store, "retention", by=scope.person, account=account) as details:
            for one in found:
                lease.still_held()
                if one.table == "klaviyo_events":
                    _remove_events(stores, account, one.cutoff, lease)
                elif one.table != "klaviyo_attributions" and one.rows:
                    _remove(stores, one)
            details |= _told(found)
        done.expired += found


def _company(stores: Stores, settings: Settings, scope: Scope, now: datetime, done: Retained) -> None:
    limits = cutoffs(settings, ZoneInfo("UTC"), now)
    with stores.operational.read() as session:
        found = _found(session, COMPANY, limits, done)
    done.expired += found
    if done.dry_run:
        return
    for one in found:
        if one.rows:
            _remove(stores, one)
    with stores.operational.write() as session:
        record_done(session, "retention", by=scope.person, details=_told(found))


def _found(session: Session, account: str, limits: Mapping[str, datetime], done: Retained) -> list[Expired]:
    """What is older than the limits. Events stay until their whole history was read: figures would lack a part."""
    company = account == COMPANY
    rules = [rule for rule in RULES if rule.table in limits and (rule.of_company or rule.of_account != company)]
    known = session.rows("operations/events_complete", account=account)[0]
    if account != COMPANY and known["complete"] is None:
        rules = [rule for rule in rules if rule.table not in _EVENTS]
        if known["status"] != FILES:  # a store that is filled from files has no events
            done.notes.append(f"{account}: its events were never read to the end, so none is removed yet.")
    found = []
    for rule in rules:
        owner = {"account": account} if rule.of_account else {}
        row = session.rows(rule.found, cutoff=limits[rule.table], **owner)[0]
        oldest, newest = row["oldest"], row["newest"]
        found.append(Expired(rule.table, account, limits[rule.table], int(row["expired"]), oldest, newest))
    return found


def _remove_events(stores: Stores, account: str, cutoff: datetime, lease: Lease) -> None:
    """Events and their attributions, oldest first; touches that orders which stay were won by are kept with them."""
    store = stores.operational
    with store.read() as session:
        days = session.rows("operations/expired_event_days", account=account, cutoff=cutoff)
    for start, end in _batches(days, cutoff):
        lease.still_held()
        with store.write() as session:
            # The horizon comes with the first batch: from then on, days before it are never computed again.
            session.execute("operations/horizon_move", account=account, horizon=cutoff)
            session.execute(
                "operations/remove_klaviyo_events", account=account, cutoff=cutoff, range_start=start, range_end=end
            )


def _batches(days: Sequence[Mapping[str, Any]], cutoff: datetime) -> Iterator[tuple[datetime, datetime]]:
    """UTC days (date, rows), in order, as spans of about BATCH_ROWS rows; the last one ends at the cutoff."""
    start, rows = _FIRST, 0
    for row in days:
        rows += int(row["expired"])
        if rows >= BATCH_ROWS:
            end = min(datetime.combine(row["date"] + ONE_DAY, time(), UTC), cutoff)
            yield start, end
            start, rows = end, 0
    if rows:
        yield start, cutoff


def _remove(stores: Stores, expired: Expired) -> None:
    rule = _RULE[expired.table]
    owner = {"account": expired.account} if rule.of_account else {}
    with stores.operational.write() as session:
        session.execute(rule.removed, cutoff=expired.cutoff, **owner)


def _told(found: Sequence[Expired]) -> dict[str, Any]:
    return {one.table: {"rows": one.rows, "cutoff": one.cutoff.isoformat()} for one in found if one.rows}
