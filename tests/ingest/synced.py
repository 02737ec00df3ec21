"""What the tests of a sync share: settings against an emulator, one call to sync, and tables that can be compared."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from data_access.derived import basket_parts, customer_profiles
from data_access.derived.registry import derive
from data_access.migrate import migrate
from data_access.stores import Stores, open_stores
from demo.emulator import RunningEmulator
from ingest.accounts import register_account
from ingest.run import SyncSummary
from ingest.runner import run_sync
from settings import Settings
from tests.figures.literal import WAREHOUSE

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)

# Runs and the moments at which rows were written differ between two syncs that found the same.
OWN_TO_A_RUN = {
    "sync_jobs", "loaded_chunks", "raw_api_responses", "report_calls", "sync_cursors", "touched", "data_versions",
    "schema_migrations", "klaviyo_syncs", "stores", "projection_watermarks", "derived_states", "derived_work",
    "audit_log", "persons",
}  # fmt: skip
MOMENTS = {
    "ingest_seq",
    "updated_at",
    "synced_at",
    "inserted_at",
    "processed_at",
    "timestamp",
    "seq",
    "last_updated",
    "calculated_at",
    "computed_at",
}
EVENT_TIME = {"klaviyo_events", "klaviyo_profiles", "klaviyo_campaigns", "klaviyo_flows"}


def settings_for(emulator: RunningEmulator, folder: Path, **more: Any) -> Settings:
    return Settings(data_dir=folder, klaviyo_base_url=emulator.base_url, **{"klaviyo_limits": False, **more})


def new_stores(settings: Settings) -> Stores:
    stores = open_stores(settings)
    migrate(stores)
    return stores


def registered_account(stores: Stores, settings: Settings, key: str) -> str:
    return register_account(stores, settings, key).public_id


def sync(stores: Stores, settings: Settings, account: str, **more: Any) -> SyncSummary:
    now = more.pop("at", NOW)
    return run_sync(stores, settings, account, now=lambda: now, **more)


def rows(stores: Stores, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a query that a test writes itself, of the store whose tables it names."""
    named = set(re.findall(r"\w+", sql))
    with (stores.warehouse if named & WAREHOUSE else stores.operational).read() as session:
        table = session.query_text(sql, {})
    return [tuple(row.values()) for row in table.to_pylist()]


def one(stores: Stores, sql: str) -> Any:
    return rows(stores, sql)[0][0]


def fingerprint(stores: Stores) -> dict[str, tuple[int, str]]:
    """Each table's number of rows and a checksum of what a sync found, whatever the order of the rows.

    Tables that the clock makes are brought up to what was loaded first: after two syncs they may be of other moments.
    """
    for (account,) in rows(stores, "SELECT klaviyo_public_id FROM stores"):
        derive(stores, account)
        # Customers are numbered as they come; they are in the segments of when the pairs were last computed.
        derive(stores, account, [customer_profiles.NAME, basket_parts.NAME], full=True)
    found = {}
    columns = rows(
        stores,
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'main' ORDER BY ALL",
    )
    tables: dict[str, list[str]] = {}
    for table, column in columns:
        if table in OWN_TO_A_RUN or column == "ingest_seq":
            continue
        if column in MOMENTS and table not in EVENT_TIME:
            continue
        tables.setdefault(table, []).append(f'CAST("{column}" AS VARCHAR)')
    for table, names in tables.items():
        count, checksum = rows(
            stores, f"SELECT count(*), CAST(bit_xor(hash({', '.join(names)})) AS VARCHAR) FROM {table}"
        )[0]
        if count:
            found[table] = (count, checksum)
    return found
