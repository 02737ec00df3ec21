"""Entities, raw responses and the account itself: staged Parquet files → tables, in the caller's transaction."""

from __future__ import annotations

from data_access.engines.base import Session
from data_access.writes.load_events import Files

ENTITIES = (
    "metrics",
    "campaigns",
    "campaign_messages",
    "flows",
    "flow_actions",
    "flow_messages",
    "lists",
    "segments",
    "forms",
    "form_versions",
    "tags",
    "catalog_items",
    "catalog_variants",
    "catalog_categories",
)


def load_entities(session: Session, account: str, timezone: str, files: Files) -> dict[str, int]:
    """Takes entities in; the number of rows that are new or changed by table. A row that did not change is left alone.

    `timezone` decides on which day a campaign was sent. Raises StoreError.
    """
    counts: dict[str, int] = {}
    if files.get("account"):
        session.stage("staged_account", files["account"])
        session.execute("load/account", account=account)
    for name in ENTITIES:
        if not files.get(name):
            continue
        session.stage(f"staged_{name}", files[name])
        if name == "campaigns":
            session.execute("load/campaigns_touched", account=account, timezone=timezone)
        counts[name] = session.execute(f"load/{name}", account=account)
    return counts


def load_raw_responses(session: Session, account: str, files: Files) -> None:
    """Keeps Klaviyo's answers as they came. Raises StoreError."""
    if files.get("raw_api_responses"):
        session.stage("staged_raw_api_responses", files["raw_api_responses"])
        session.execute("load/raw_responses", account=account)
