"""Documents as an earlier system kept them, and the files and the server that hold them."""

from __future__ import annotations

import asyncio
import gzip
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bson
from bson import ObjectId, json_util

Documents = Mapping[str, Sequence[Mapping[str, Any]]]

NOW = datetime(2025, 9, 18, 16, 0, tzinfo=UTC)
STORE_ID = ObjectId("65f000000000000000000001")


def at(hour: int, minute: int = 0, day: int = 18) -> datetime:
    return datetime(2025, 9, day, hour, minute, tzinfo=UTC)


def store(**changes: Any) -> dict[str, Any]:
    """The store of the earlier system; `klaviyo_integration=` changes fields within it, None leaves one out."""
    integration = {
        "status": "active",
        "public_id": "XqkVGb",
        "oauth_token": "access-of-the-earlier-system",
        "refresh_token": "refresh-of-the-earlier-system",
        "token_expires_at": datetime(2025, 10, 1, tzinfo=UTC),
        "is_updating_dashboard": True,
        "campaign_values_last_update": at(10),
        "segment_values_last_update": at(11),
        "flow_values_last_update": at(12),
        "form_values_last_update": at(13),
        "placed_order_last_update": at(14),
    }
    integration |= changes.pop("klaviyo_integration", {})
    whole = {"_id": STORE_ID, "name": "Store Name", "public_id": "store_abc123", **changes}
    return whole | {"klaviyo_integration": {key: value for key, value in integration.items() if value is not None}}


def sync(**changes: Any) -> dict[str, Any]:
    return {
        "_id": ObjectId("65f000000000000000000002"),
        "klaviyo_public_id": "XqkVGb",
        "sync_type": "cron_sync",
        "campaigns_last_sync": at(15),
        "flows_last_sync": at(15, 5),
        "forms_last_sync": at(15, 10),
        "segments_last_sync": at(15, 15),
        "events_last_sync": at(15, 20),
        "aggregates_last_sync": at(15, 25),
        "campaign_aggregates_last_run": at(15),
        "customer_profiles_last_run": at(14),
        "product_analytics_last_run": at(14),
        "product_relationships_last_run": at(12),
        "updated_at": at(15, 25),
        **changes,
    }


def statistics(**changes: Any) -> dict[str, Any]:
    return {
        "_id": ObjectId("65f000000000000000000003"),
        "klaviyo_public_id": "XqkVGb",
        "store_public_ids": ["store_abc123"],
        "groupings": {"send_channel": "email", "campaign_id": "01HJKL", "campaign_message_id": "01HJKM"},
        "campaign_name": "Holiday Sale 2024",
        "subject": "50% Off Everything!",
        "tag_names": ["holiday", "sale"],
        "statistics": {
            "recipients": 10000,
            "delivered": 9800,
            "opens_unique": 3000,
            "clicks_unique": 1000,
            "conversions": 150,
            "conversion_value": 15000.00,
        },
        "updated_at": at(15),
        **changes,
    }


def everything() -> Documents:
    return {"stores": [store()], "klaviyo_syncs": [sync()], "campaignstats": [statistics()]}


def write_bson(folder: Path, documents: Documents, *, packed: bool = False) -> Path:
    """As mongodump leaves it: one file a collection, beside it its metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, found in documents.items():
        content = b"".join(bson.encode(document) for document in found)
        path = folder / f"{name}.bson{'.gz' if packed else ''}"
        path.write_bytes(gzip.compress(content) if packed else content)
        (folder / f"{name}.metadata.json").write_text('{"indexes": []}', encoding="utf-8")
    return folder


def write_json(folder: Path, documents: Documents, form: str = "lines") -> Path:
    """As mongoexport leaves it: `lines`, `array`, or `pretty`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, found in documents.items():
        texts = [json_util.dumps(document, indent=2 if form == "pretty" else None) for document in found]
        whole = "[" + ",\n".join(texts) + "]\n" if form == "array" else "".join(f"{text}\n" for text in texts)
        (folder / f"{name}.json").write_text(whole, encoding="utf-8")
    return folder


@contextmanager
def mongodb(documents: Documents, database: str = "klaviyo") -> Iterator[str]:
    """A server that speaks MongoDB's wire protocol and holds the documents; its address without a database."""
    from mongoeco.wire.proxy import AsyncMongoEcoProxyServer
    from pymongo import MongoClient

    started, stop, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()
    address: list[str] = []

    async def serve() -> None:
        async with AsyncMongoEcoProxyServer() as server:
            address.append(server.address.uri)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert started.wait(30)
    try:
        with MongoClient(address[0]) as client:
            for name, found in documents.items():
                if found:
                    client[database][name].insert_many([dict(document) for document in found])
        yield address[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
        loop.close()
