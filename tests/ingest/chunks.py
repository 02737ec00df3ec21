"""Chunks written by hand into the spool of an account that was never synced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from data_access.secrets import encrypt
from data_access.stores import Stores
from ingest import spool
from ingest.spool import Chunk, CursorMove, Manifest, write_chunk
from settings import Settings
from tests.figures.literal import ACCOUNT, PLACED, Ledger

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
TOUCH = (
    "id", "event_id", "attributed_event_id", "campaign_id", "campaign_message_id", "flow_id", "flow_message_id",
    "flow_message_variation_id",
)  # fmt: skip


def account_with_key(stores: Stores, settings: Settings) -> Ledger:
    """An account whose key is there; nothing answers behind it."""
    ledger = Ledger(stores)
    ledger.store()
    with stores.operational.write() as session:
        token = encrypt(settings, "pk_nobody")
        session.execute_text(f"UPDATE stores SET api_key_encrypted = '{token}'")  # type: ignore[attr-defined]
    return ledger


def events(
    *found: tuple[str, datetime], delivery: int = 1, metric: str = PLACED, profiles: Sequence[str] = ()
) -> pa.Table:
    """Orders of 10 by id and instant; each of a profile of its own unless told otherwise."""
    return pa.table(
        {
            "id": [id for id, _ in found],
            "metric_id": [metric] * len(found),
            "profile_id": list(profiles) or [f"p-{id}" for id, _ in found],
            "timestamp": pa.array([at for _, at in found], pa.timestamp("us", "UTC")),
            "value": pa.array([Decimal("10.00")] * len(found), pa.decimal128(18, 2)),
            "properties": pa.array([f'{{"OrderId":"{id}","$value":10}}' for id, _ in found], pa.large_string()),
            "raw_data": pa.array(["{}"] * len(found), pa.large_string()),
            "delivery": pa.array([delivery] * len(found), pa.int64()),
        }
    )


def touches(*found: Mapping[str, Any], delivery: int = 1) -> pa.Table:
    """Attributions; each names at least id and event_id."""
    table = pa.table({name: pa.array([row.get(name) for row in found], pa.string()) for name in TOUCH})
    return table.append_column("delivery", pa.array([delivery] * len(found), pa.int64()))


def chunk(
    settings: Settings,
    seq: int,
    tables: Mapping[str, pa.Table],
    cursors: Sequence[CursorMove] = (),
    job: str = "20261101T000000000000-aaaaaaaa",
) -> Chunk:
    """One complete chunk of an earlier job."""
    folder = spool.job_folder(settings.spool_dir, ACCOUNT, job)
    folder.mkdir(parents=True, exist_ok=True)
    manifest = Manifest(job=job, account=ACCOUNT, seq=seq, resource="events", fetched_at=AT, cursors=list(cursors))
    return write_chunk(folder, manifest, tables)


def left_in(folder: Path) -> list[str]:
    """Names of the chunks' folders that are left."""
    return sorted(path.name for path in folder.glob("[0-9]*"))
