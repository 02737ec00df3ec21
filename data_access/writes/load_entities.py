"""Entities, raw responses and the account itself: staged Parquet files → tables, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from data_access.engines.base import Session
from data_access.writes.load_events import Files

# Each table, and the dataset whose version moves with its rows.
ENTITIES: Final[Mapping[str, str]] = {
    "metrics": "engagement",
    "campaigns": "campaigns",
    "campaign_messages": "campaigns",
    "flows": "flows",
    "flow_actions": "flows",
    "flow_messages": "flows",
    "lists": "segments",
    "list_sizes": "segments",
    "segments": "segments",
    "forms": "forms",
    "form_versions": "forms",
    "tags": "campaigns",
    "catalog_items": "catalog",
    "catalog_variants": "catalog",
    "catalog_categories": "catalog",
}


def load_entities(session: Session, account: str, timezone: str, files: Files) -> dict[str, int]:
    """Takes entities in; the number of rows that are new or changed by table. A row that did not change is left alone.
    Where some have, the dataset is noted on the work list, and the next publication moves its version.

    `timezone` decides on which day a campaign was sent. Raises StoreError.
    """
    counts: dict[str, int] = {}
    if files.get("account"):
        session.stage("staged_account", files["account"])
        session.execute("load/account", account=account)
    for name, dataset in ENTITIES.items():
        if not files.get(name):
            continue
        session.stage(f"staged_{name}", files[name])
        if name == "campaigns":
            session.execute("load/campaigns_touched", account=account, timezone=timezone)
        counts[name] = session.execute(f"load/{name}", account=account)
        if counts[name]:
            session.execute("load/touched_rows", account=account, dataset=dataset, name=name)
    return counts


def load_raw_responses(session: Session, account: str, files: Files) -> None:
    """Keeps Klaviyo's answers as they came. Raises StoreError."""
    if files.get("raw_api_responses"):
        session.stage("staged_raw_api_responses", files["raw_api_responses"])
        session.execute("load/raw_responses", account=account)
