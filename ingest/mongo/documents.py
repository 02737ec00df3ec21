"""What the earlier system's documents say, checked field by field and turned into rows of the operational store.

A document is taken whole or not at all: the first field that does not fit is its reason for being left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import msgspec
from bson.decimal128 import Decimal128
from bson.int64 import Int64

from data_access.writes.earlier_system import (
    RUN_TIMES,
    UPDATE_TIMES,
    EarlierStatistics,
    EarlierStore,
    EarlierSync,
)
from ingest.fetch.entities import channel_name

# Clocks of two machines differ; a time further ahead than this would let the next sync begin behind what is known.
AHEAD: Final = timedelta(minutes=5)
LONGEST: Final = 4_000
_TO_JSON: Final = msgspec.json.Encoder(decimal_format="number", order="sorted")


class Malformed(Exception):
    """A field that does not fit, and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


def store_of(document: Mapping[str, Any], now: datetime) -> EarlierStore:
    """A document of `stores`. Raises Malformed."""
    inside = "klaviyo_integration."
    # A store that was never connected to Klaviyo has none.
    unconnected = document.get("klaviyo_integration") is None
    integration = {} if unconnected else _mapping(document, "klaviyo_integration", "")
    account = _text(integration, "public_id", inside)
    token = _text(integration, "oauth_token", inside)
    if token and not account:
        raise Malformed(f"{inside}public_id", "is missing, and a token stands beside it")
    return EarlierStore(
        public_id=_needed(document, "public_id"),
        name=_needed(document, "name"),
        account=account,
        status=_text(integration, "status", inside) or "active",
        oauth_token=token,
        refresh_token=_text(integration, "refresh_token", inside),
        token_expires_at=_instant(integration, "token_expires_at", inside),
        times={name: _past(integration, name, now, inside) for name in UPDATE_TIMES},
    )


def sync_of(document: Mapping[str, Any], now: datetime) -> EarlierSync:
    """A document of `klaviyo_syncs`. Raises Malformed."""
    return EarlierSync(
        account=_needed(document, "klaviyo_public_id"),
        sync_type=_needed(document, "sync_type"),
        times={name: _past(document, name, now) for name in RUN_TIMES},
        updated_at=_past(document, "updated_at", now),
    )


def statistics_of(document: Mapping[str, Any], now: datetime) -> EarlierStatistics:
    """A document of `campaignstats`. Raises Malformed."""
    groupings = _mapping(document, "groupings", "")
    inside = "groupings."
    channel = _text(groupings, "send_channel", inside)
    return EarlierStatistics(
        account=_needed(document, "klaviyo_public_id"),
        campaign_id=_needed(groupings, "campaign_id", inside),
        campaign_message_id=_needed(groupings, "campaign_message_id", inside),
        send_channel=channel_name(channel) if channel else None,
        store_public_ids=_texts(document, "store_public_ids"),
        campaign_name=_text(document, "campaign_name"),
        subject=_text(document, "subject"),
        tag_names=_texts(document, "tag_names"),
        statistics=_statistics(document),
        updated_at=_past(document, "updated_at", now),
    )


def _mapping(document: Mapping[str, Any], field: str, inside: str) -> Mapping[str, Any]:
    found = document.get(field)
    if found is None:
        raise Malformed(f"{inside}{field}", "is missing")
    if not isinstance(found, Mapping):
        raise Malformed(f"{inside}{field}", f"is {_kind(found)}, not a document")
    return found


def _text(document: Mapping[str, Any], field: str, inside: str = "") -> str | None:
    found = document.get(field)
    if found is None:
        return None
    if not isinstance(found, str):
        raise Malformed(f"{inside}{field}", f"is {_kind(found)}, not a text")
    if len(found) > LONGEST:
        raise Malformed(f"{inside}{field}", f"is longer than {LONGEST:,} characters")
    if "\x00" in found:
        raise Malformed(f"{inside}{field}", "holds a zero byte, which no database keeps in a text")
    return found.strip() or None


def _needed(document: Mapping[str, Any], field: str, inside: str = "") -> str:
    found = _text(document, field, inside)
    if not found:
        raise Malformed(f"{inside}{field}", "is missing")
    return found


def _texts(document: Mapping[str, Any], field: str) -> list[str]:
    found = document.get(field)
    if found is None:
        return []
    if not isinstance(found, list):
        raise Malformed(field, f"is {_kind(found)}, not a list of texts")
    texts = [_text({str(place): value}, str(place), f"{field}.") for place, value in enumerate(found)]
    return [text for text in texts if text]


def _instant(document: Mapping[str, Any], field: str, inside: str = "") -> datetime | None:
    found = document.get(field)
    if isinstance(found, str) and found.strip():
        try:
            found = datetime.fromisoformat(found.strip())
        except ValueError:
            raise Malformed(f"{inside}{field}", "is a text that is no time like 2025-09-18T10:00:00Z") from None
        if found.tzinfo is None:
            raise Malformed(f"{inside}{field}", "is a time without its zone")
    elif isinstance(found, str):
        return None
    if found is None:
        return None
    if not isinstance(found, datetime):
        raise Malformed(f"{inside}{field}", f"is {_kind(found)}, not a time")
    return found.astimezone(UTC)


def _past(document: Mapping[str, Any], field: str, now: datetime, inside: str = "") -> datetime | None:
    found = _instant(document, field, inside)
    if found is not None and found > now + AHEAD:
        raise Malformed(f"{inside}{field}", f"lies in the future ({found:%Y-%m-%d %H:%M} UTC)")
    return found


def _statistics(document: Mapping[str, Any]) -> str:
    """The statistics as JSON with sorted names, money as exact as it stood there."""
    found = _mapping(document, "statistics", "")
    numbers: dict[str, int | float | Decimal | None] = {}
    for name, value in found.items():
        number = value.to_decimal() if isinstance(value, Decimal128) else value
        if number is not None and (isinstance(number, bool) or not isinstance(number, int | float | Decimal)):
            raise Malformed(f"statistics.{name}", f"is {_kind(value)}, not a number")
        if number is not None and not math.isfinite(number):
            raise Malformed(f"statistics.{name}", "is not a finite number")
        numbers[str(name)] = int(number) if isinstance(number, Int64) else number
    return _TO_JSON.encode(numbers).decode()


def _kind(value: object) -> str:
    kinds = {bool: "true or false", dict: "a document", list: "a list", str: "a text", datetime: "a time"}
    number = isinstance(value, int | float | Decimal128) and not isinstance(value, bool)
    return "a number" if number else kinds.get(type(value), f"of the kind {type(value).__name__}")
