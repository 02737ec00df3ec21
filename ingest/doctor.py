"""What is wrong with this installation, and what to do about each thing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from data_access.errors import StoreBusy, StoreError
from data_access.migrate import drift
from data_access.scope import Right, Scope
from data_access.stores import Stores, open_stores
from data_access.writes.load_orders import FILES
from data_access.writes.oauth_tokens import refresh_errors
from ingest.examination import beside, databases, machine, rights, upkeep
from ingest.examination.check import Check
from settings import Settings

__all__ = ["Check", "Examination", "examine", "look", "look_deep"]

STALE = timedelta(hours=24)


@dataclass(slots=True)
class Examination:
    """What was found. tables: store, table, rows, bytes, index_bytes, where they were asked for; figures: numbers for
    those who show them."""

    checks: list[Check] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def failed(self) -> list[Check]:
        """What is not well."""
        return [check for check in self.checks if not check.ok]

    def as_dict(self) -> dict[str, Any]:
        return {
            "ok": not self.failed,
            "checks": [check.as_dict() for check in self.checks],
            "tables": self.tables,
            "figures": self.figures,
            "seconds": round(self.seconds, 2),
        }


def examine(settings: Settings, scope: Scope, *, account: str | None = None, conformance: bool = False) -> Examination:
    """Everything, in the order in which it depends on each other. Changes nothing. Raises NotPermitted."""
    scope.require(Right.ADMIN)
    started = time.monotonic()
    found = Examination(list(machine.machine(settings)))
    stores = _opened(settings, account, found.checks)
    if stores is not None:
        try:
            _with(stores, settings, scope, account, conformance, found)
        except StoreError as error:
            found.checks.append(Check("database", False, str(error), "Database"))
    found.seconds = time.monotonic() - started
    return found


def look(stores: Stores, settings: Settings, scope: Scope, now: datetime | None = None) -> Examination:
    """What is quickly told: machine, freshness, schedule, backups. Raises NotPermitted, StoreError."""
    scope.require(Right.ADMIN)
    started, now = time.monotonic(), now or datetime.now(UTC)
    checks = [*machine.machine(settings), *_schema(stores), *databases.clocks(stores)]
    checks += [*_accounts(stores, None, now), *upkeep.schedule_kept(stores, settings, now)]
    checks += upkeep.backups(stores, now)
    return Examination(checks, figures=machine.room(settings), seconds=time.monotonic() - started)


def look_deep(stores: Stores, settings: Settings, scope: Scope) -> Examination:
    """What takes time: space, indexes, slow statements, the archive, rows without what they name, Klaviyo's clock.

    Raises NotPermitted, StoreError.
    """
    scope.require(Right.ADMIN)
    started = time.monotonic()
    tables = databases.table_sizes(stores)
    parts: tuple[Callable[[], Iterator[Check]], ...] = (
        lambda: databases.space(stores, tables),
        lambda: databases.statements(stores),
        lambda: databases.archive(stores),
        lambda: rights.roles_kept(stores),
        lambda: databases.orphans(stores),
        lambda: machine.klaviyo_clock(settings),
    )
    checks = [check for part in parts for check in part()]
    figures = {"database_bytes": float(databases.taken(stores))}
    return Examination(checks, tables, figures, time.monotonic() - started)


def _with(
    stores: Stores, settings: Settings, scope: Scope, account: str | None, conformance: bool, found: Examination
) -> None:
    now = datetime.now(UTC)
    schema = list(_schema(stores))
    found.checks += schema
    if not all(check.ok for check in schema):
        return
    found.checks += [*databases.clocks(stores), *_accounts(stores, account, now)]
    found.checks += [*upkeep.schedule_kept(stores, settings, now), *upkeep.backups(stores, now)]
    deep = look_deep(stores, settings, scope)
    found.checks += deep.checks
    found.tables = deep.tables
    found.figures = machine.room(settings) | deep.figures
    if conformance:
        from ingest.conformance import conform

        found.checks += conform(stores, settings, account)


def _opened(settings: Settings, account: str | None, checks: list[Check]) -> Stores | None:
    file = _embedded_file(settings)
    if file is not None and not file.exists():
        told = f"{file} does not exist yet: 'make run', or 'promolens migrate'"
        checks.append(Check("database", False, told, "Database"))
        return None
    try:
        return open_stores(settings)
    except StoreBusy as error:
        checks += [_held(settings, error), *beside.noted(settings, account, datetime.now(UTC), STALE)]
    except StoreError as error:
        checks.append(Check("database", False, str(error), "Database"))
    return None


def _schema(stores: Stores) -> Iterator[Check]:
    found = drift(stores)
    answer = " and ".join(dict.fromkeys((stores.operational.url, stores.warehouse.url)))
    yield Check("database", True, f"{answer} answer{'s' if stores.same else ''}", "Database")
    told = "at this version" if found.clean else "The schema is not this version's. Run 'promolens migrate'."
    yield Check("schema", found.clean, told, "Database")


def _embedded_file(settings: Settings) -> Path | None:
    return Path(settings.database_url[len("duckdb:///") :]) if settings.database_url.startswith("duckdb:") else None


def _held(settings: Settings, error: StoreBusy) -> Check:
    """The embedded file is another process's: well if that is the app, and it is ready."""
    url = f"http://{settings.host}:{settings.port}"
    try:
        answered = httpx.get(f"{url}/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        answered = False
    told = f"in use by the app on {url}, which is ready; its page Health has the rest, as has this command without it"
    return Check("database", answered, told if answered else str(error), "Database")


def _accounts(stores: Stores, only: str | None, now: datetime) -> Iterator[Check]:
    signed_in = refresh_errors(stores)
    with stores.operational.read() as session:
        rows = [row for row in session.rows("doctor/freshness") if only in (None, row["account"])]
        failed = {row["account"]: row for row in session.rows("doctor/failed_jobs")}
    with stores.warehouse.read() as session:
        left_out = {row["account"]: row for row in session.rows("doctor/left_out")}
    if not rows and only:
        yield Check("accounts", False, f"There is no account {only}. The registered ones: promolens account list")
    elif not rows:
        yield Check("accounts", False, "No account yet. Add one: promolens account add --api-key-stdin")
    for row in rows:
        account, name = row["account"], f"{row['name']} ({row['account']})"
        if row["status"] == FILES:
            yield _loaded(name, row)
        else:
            yield from _synced(name, row, signed_in, now)
        if account in failed:
            yield Check(f"last run of {name}", False, failed[account]["error"] or "failed without a reason", "Klaviyo")
        lost = left_out.get(account)
        if lost and lost["orders_without_rate"]:
            advice = "load a rate: promolens rates FILE"
            yield Check(f"rates of {name}", False, f"{lost['orders_without_rate']} order(s) without a rate: {advice}")
        if lost and lost["rejected_events"]:
            yield Check(
                f"events of {name}", True, f"{lost['rejected_events']} event(s) could not become an order or refund"
            )


def _loaded(name: str, row: dict[str, Any]) -> Check:
    """A store that is filled from files is as fresh as its last file: nothing is due. Days are the store's."""
    if row["loaded_at"] is None:
        return Check(
            f"orders of {name}", False, f"No file loaded yet: promolens load-orders FILE --account {row['account']}"
        )
    zone = ZoneInfo(row["timezone"] or "UTC")
    last, loaded = row["last_order"].astimezone(zone), row["loaded_at"].astimezone(zone)
    said = f"orders up to {last:%d %b %Y}, loaded from a file on {loaded:%d %b %Y}"
    return Check(f"orders of {name}", True, said)


def _synced(name: str, row: dict[str, Any], signed_in: dict[str, str | None], now: datetime) -> Iterator[Check]:
    account = row["account"]
    if not row["api_key_encrypted"] and signed_in.get(account):
        yield Check(f"sign-in of {name}", False, str(signed_in[account]), "Klaviyo")
    if not row["api_key_encrypted"] and account not in signed_in:
        yield Check(f"key of {name}", False, "No key: promolens account add --api-key-stdin", "Klaviyo")
    last = row["events_last_sync"]
    if last is None:
        yield Check(f"sync of {name}", False, "Never synced: promolens sync", "Klaviyo")
    else:
        said = f"events up to {last:%d %b %Y %H:%M} UTC"
        fresh = now - last <= STALE
        yield Check(f"sync of {name}", fresh, said if fresh else f"{said}: run 'promolens sync'", "Klaviyo")
