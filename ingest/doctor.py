"""What is wrong with this installation, and what to do about each thing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from data_access.errors import StoreBusy, StoreError
from data_access.migrate import drift
from data_access.scope import Right, Scope
from data_access.stores import Stores, open_stores
from ingest.spool import size_in_bytes
from settings import Settings

LOW_DISK = 2 * 2**30
STALE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `message` says what was found and, where not `ok`, what to do."""

    name: str
    ok: bool
    message: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def examine(settings: Settings, scope: Scope, *, account: str | None = None, conformance: bool = False) -> list[Check]:
    """Every check, in the order in which they depend on each other. Changes nothing. Raises NotPermitted."""
    scope.require(Right.ADMIN)
    checks = list(_machine(settings))
    file = _embedded_file(settings)
    if file is not None and not file.exists():
        return [*checks, Check("database", False, f"{file} does not exist yet: 'make run', or 'promolens migrate'")]
    try:
        stores = open_stores(settings)
    except StoreBusy as error:
        return [*checks, _held(settings, error)]
    except StoreError as error:
        return [*checks, Check("database", False, str(error))]
    checks.append(Check("database", True, f"{stores.operational.url} and {stores.warehouse.url} answer"))
    found = drift(stores)
    if not found.clean:
        return [*checks, Check("schema", False, "The schema is not this version's. Run 'promolens migrate'.")]
    checks.append(Check("schema", True, "at this version"))
    checks += _accounts(stores, account)
    if conformance:
        from ingest.conformance import conform

        checks += conform(stores, settings, account)
    return checks


def _machine(settings: Settings) -> Iterator[Check]:
    folder = settings.data_dir if settings.data_dir.exists() else settings.data_dir.parent
    free = shutil.disk_usage(folder.resolve()).free
    room = f"{free / 2**30:.1f} GiB free in {settings.data_dir}"
    yield Check("disk", free >= LOW_DISK, room if free >= LOW_DISK else f"{room}: free some space before the next sync")
    waiting = size_in_bytes(settings.spool_dir) if settings.spool_dir.exists() else 0
    limit = settings.spool_max_mb * 2**20
    text = f"{waiting / 2**20:.0f} MiB fetched and not loaded"
    ok = waiting < limit
    yield Check("spool", ok, text if ok else f"{text}: start the app, or run 'promolens sync', so that it is loaded")


def _embedded_file(settings: Settings) -> Path | None:
    return Path(settings.database_url[len("duckdb:///") :]) if settings.database_url.startswith("duckdb:") else None


def _held(settings: Settings, error: StoreBusy) -> Check:
    """The embedded file is another process's: well if that is the app, and it answers."""
    url = f"http://{settings.host}:{settings.port}"
    try:
        answered = httpx.get(f"{url}/_stcore/health", timeout=5).status_code == 200
    except httpx.HTTPError:
        answered = False
    told = f"in use by the app on {url}, which answers; stop it to have the rest looked at"
    return Check("database", answered, told if answered else str(error))


def _accounts(stores: Stores, only: str | None) -> Iterator[Check]:
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
        if not row["api_key_encrypted"]:
            yield Check(f"key of {name}", False, "No key: promolens account add --api-key-stdin")
        last = row["events_last_sync"]
        if last is None:
            yield Check(f"sync of {name}", False, "Never synced: promolens sync")
        else:
            age = datetime.now(UTC) - last
            said = f"events up to {last:%d %b %Y %H:%M} UTC"
            yield Check(f"sync of {name}", age <= STALE, said if age <= STALE else f"{said}: run 'promolens sync'")
        if account in failed:
            yield Check(f"last run of {name}", False, failed[account]["error"] or "failed without a reason")
        lost = left_out.get(account)
        if lost and lost["orders_without_rate"]:
            advice = "load a rate: promolens rates FILE"
            yield Check(f"rates of {name}", False, f"{lost['orders_without_rate']} order(s) without a rate: {advice}")
        if lost and lost["rejected_events"]:
            yield Check(
                f"events of {name}", True, f"{lost['rejected_events']} event(s) could not become an order or refund"
            )
