"""Klaviyo's entities one at a time: find, create or update, delete, aggregate, within the caller's transaction.

Loads bring entities in bulk (`writes/load_*`); this is for single ones. All functions belong to one account.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from data_access.engines.base import Session

_DOCUMENTS: Final = frozenset({"metadata", "properties", "raw_data"})
_EVER: Final = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))


class Entity(StrEnum):
    """The kinds that have an id of their own. Columns: those of the table klaviyo_<entity>, less the account."""

    METRICS = "metrics"
    PROFILES = "profiles"
    EVENTS = "events"
    CAMPAIGNS = "campaigns"
    FLOWS = "flows"


_BY_ID: Final = {
    Entity.METRICS: "entities/metrics_by_id",
    Entity.PROFILES: "entities/profiles_by_id",
    Entity.EVENTS: "entities/events_by_id",
    Entity.CAMPAIGNS: "entities/campaigns_by_id",
    Entity.FLOWS: "entities/flows_by_id",
}
_PUT: Final = {
    Entity.METRICS: "entities/metrics_put",
    Entity.PROFILES: "entities/profiles_put",
    Entity.EVENTS: "entities/events_put",
    Entity.CAMPAIGNS: "entities/campaigns_put",
    Entity.FLOWS: "entities/flows_put",
}
_DELETE: Final = {
    Entity.METRICS: "entities/metrics_delete",
    Entity.PROFILES: "entities/profiles_delete",
    Entity.EVENTS: "entities/events_delete",
    Entity.CAMPAIGNS: "entities/campaigns_delete",
    Entity.FLOWS: "entities/flows_delete",
}
# What each may be found by, and the columns that `put` takes; those without a value are left empty.
_FIND: Final[dict[Entity, tuple[str, tuple[str, ...]]]] = {
    Entity.METRICS: ("entities/metrics_find", ("name", "integration")),
    Entity.PROFILES: ("entities/profiles_find", ("email", "phone", "external")),
    Entity.CAMPAIGNS: ("entities/campaigns_find", ("status", "channel")),
    Entity.FLOWS: ("entities/flows_find", ("status", "trigger")),
}
_TIMED: Final = ("created_at", "updated_at")
_COLUMNS: Final[dict[Entity, tuple[str, ...]]] = {
    Entity.METRICS: (
        "name", "type", "description", *_TIMED, "integration_id", "integration_name", "integration_category",
        "metadata",
    ),
    Entity.PROFILES: (
        "email", "phone_number", "external_id", "first_name", "last_name", *_TIMED, "properties", "last_event_date",
    ),
    Entity.EVENTS: ("metric_id", "profile_id", "timestamp", "value", "properties", "raw_data"),
    Entity.CAMPAIGNS: ("name", "status", *_TIMED, "sent_at", "channel", "metadata"),
    Entity.FLOWS: ("name", "status", *_TIMED, "trigger_type", "metadata"),
}  # fmt: skip


def by_id(session: Session, entity: Entity, account: str, id: str) -> dict[str, Any] | None:
    """One entity, documents as dictionaries, instants in UTC; None where there is none. Raises StoreError."""
    row = session.one(_BY_ID[entity], account=account, id=id)
    return None if row is None else _read(row)


def find(session: Session, entity: Entity, account: str, **criteria: str) -> list[dict[str, Any]]:
    """Those that meet every criterion: metrics by name, integration; profiles by email, phone, external; campaigns by
    status, channel; flows by status, trigger. Events have `events`. Raises ValueError, StoreError.
    """
    name, allowed = _FIND[entity]
    _require(set(criteria) <= set(allowed), f"{entity} are found by {', '.join(allowed)}")
    asked = dict.fromkeys(allowed) | criteria
    return [_read(row) for row in session.rows(name, account=account, **asked)]


def put(session: Session, entity: Entity, account: str, id: str, values: Mapping[str, Any]) -> None:
    """Creates the entity, or updates all its columns; `created_at` of one that is there stays.

    Without `created_at` and `updated_at` both are now. An event makes its day due for the figures of events.
    Raises ValueError for an unknown column, StoreError.
    """
    columns = _COLUMNS[entity]
    _require(set(values) <= set(columns), f"{entity} have the columns {', '.join(columns)}")
    now = datetime.now(UTC)
    row: dict[str, Any] = dict.fromkeys(columns) | {name: now for name in _TIMED if name in columns} | dict(values)
    if entity is Entity.EVENTS:
        row = {"properties": {}, "raw_data": {}} | {key: value for key, value in row.items() if value is not None}
        row.setdefault("value", None)
    session.execute(_PUT[entity], account=account, id=id, **_written(row))


def delete(session: Session, entity: Entity, account: str, id: str) -> None:
    """Deletes the entity. Of a profile that events name a stub without personal data stays. Raises StoreError."""
    session.execute(_DELETE[entity], account=account, id=id)


def events(
    session: Session,
    account: str,
    *,
    metric: str | None = None,
    profile: str | None = None,
    span: tuple[datetime, datetime] = _EVER,
    count: int = 1000,
) -> list[dict[str, Any]]:
    """Events of a metric or profile within a span (from, to; the end is out), newest first. Raises StoreError."""
    rows = session.rows(
        "entities/events_find", account=account, metric=metric, profile=profile, start=span[0], end=span[1], count=count
    )
    return [_read(row) for row in rows]


def event_totals(
    session: Session, account: str, metric: str | None = None, span: tuple[datetime, datetime] = _EVER
) -> list[dict[str, Any]]:
    """By metric: count, sum_value, min_value, max_value, value_count (events with a value). Raises StoreError."""
    return session.rows("entities/events_aggregate", account=account, metric=metric, start=span[0], end=span[1])


def buckets(
    session: Session, account: str, metric: str, bucket_size: str, span: tuple[datetime, datetime] = _EVER
) -> list[dict[str, Any]]:
    """Aggregated metrics of one size ('1 hour', '1 day', '1 week', '1 month') in their order. Raises StoreError."""
    place = {"metric": metric, "bucket_size": bucket_size, "start": span[0], "end": span[1]}
    return session.rows("entities/aggregated_metrics_find", account=account, **place)


def bucket_total(
    session: Session, account: str, metric: str, bucket_size: str, span: tuple[datetime, datetime] = _EVER
) -> dict[str, Any]:
    """Such buckets together: count, sum_value, min_value, max_value, value_count. Raises StoreError."""
    place = {"metric": metric, "bucket_size": bucket_size, "start": span[0], "end": span[1]}
    return session.rows("entities/aggregated_metrics_total", account=account, **place)[0]


def put_bucket(session: Session, account: str, row: Mapping[str, Any]) -> None:
    """Creates or updates a bucket, by metric_id, time_bucket and bucket_size; all columns are given."""
    session.execute("entities/aggregated_metrics_put", account=account, **row)


def delete_bucket(session: Session, account: str, metric_id: str, time_bucket: datetime, bucket_size: str) -> None:
    """Deletes a bucket. Raises StoreError."""
    key = {"metric_id": metric_id, "time_bucket": time_bucket, "bucket_size": bucket_size}
    session.execute("entities/aggregated_metrics_delete", account=account, **key)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: json.loads(value) if key in _DOCUMENTS and value else value for key, value in row.items()}


def _written(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: json.dumps(value) if key in _DOCUMENTS and value is not None else value for key, value in row.items()}
