"""What can be told while another process holds the embedded database: what its owner left on the disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from data_access.operations.manifest import whole_backups
from ingest.examination.check import Check
from ingest.state import AccountState, KnownCursor, states_on_disk
from settings import Settings


def noted(settings: Settings, only: str | None, now: datetime, stale: timedelta) -> Iterator[Check]:
    """Each store as the owner noted it with its last commit of a sync, what waits in the spool, the newest backup."""
    known = [state for state in states_on_disk(settings) if only in (None, state.account)]
    for state in known:
        yield _freshness(state, now, stale)
    if not known:
        told = "none is noted beside the database yet: its owner does so with each sync"
        yield Check("stores", only is None, told, "Klaviyo")
    waiting = sum(1 for _ in settings.spool_dir.glob("*/[!d]*/[0-9]*/manifest.json"))
    if waiting:
        yield Check("spool", True, f"{waiting} chunk(s) wait to be loaded by the owner of the database", "Klaviyo")
    newest = next(whole_backups(settings.backup_folder), None)
    if newest is not None:
        yield Check("newest backup", True, f"of {newest[1].created_at:%d %b %Y %H:%M} UTC: {newest[0]}", "Schedule")


def _freshness(state: AccountState, now: datetime, stale: timedelta) -> Check:
    upto = state.cursors.get("events", {}).get("", KnownCursor()).watermark
    name = f"sync of {state.name} ({state.account})"
    if upto is None:
        return Check(name, False, "its first sync has not come to its end yet", "Klaviyo")
    told = f"events known up to {upto:%d %b %Y %H:%M} UTC"
    return Check(name, now - upto <= stale, told, "Klaviyo")
