"""Entities one at a time, on each operational engine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from data_access import entities
from data_access.engines.base import Store
from data_access.entities import Entity
from data_access.errors import StoreError
from data_access.stores import close_stores, open_stores
from settings import Settings

A, B = "AbC123", "Other"
EARLY, LATE = datetime(2026, 3, 1, 8, tzinfo=UTC), datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture(params=["duckdb", "postgresql"])
def store(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Store]:
    """An empty, migrated operational store."""
    if request.param == "duckdb":
        yield request.getfixturevalue("stores").operational
        return
    url = request.getfixturevalue("migrated_postgres_url")
    opened = open_stores(Settings(data_dir=settings.data_dir, database_url=url))
    yield opened.operational
    close_stores(opened)


FIRST: dict[Entity, dict[str, Any]] = {
    Entity.METRICS: {"name": "Placed Order", "integration_name": "Shop", "metadata": {"a": [1, "b"]}},
    Entity.PROFILES: {"email": "ann@example.com", "phone_number": "+49", "properties": {"tags": ["vip"]}},
    Entity.CAMPAIGNS: {"name": "Spring", "status": "Draft", "channel": "email"},
    Entity.FLOWS: {"name": "Welcome", "status": "live", "trigger_type": "List"},
}
SECOND: dict[Entity, dict[str, Any]] = {
    Entity.METRICS: FIRST[Entity.METRICS] | {"name": "Ordered"},
    Entity.PROFILES: FIRST[Entity.PROFILES] | {"email": "anna@example.com"},
    Entity.CAMPAIGNS: FIRST[Entity.CAMPAIGNS] | {"status": "Sent", "sent_at": LATE},
    Entity.FLOWS: FIRST[Entity.FLOWS] | {"status": "manual"},
}
ASKED: dict[Entity, dict[str, str]] = {
    Entity.METRICS: {"name": "Placed Order", "integration": "Shop"},
    Entity.PROFILES: {"email": "ann@example.com"},
    Entity.CAMPAIGNS: {"status": "Draft", "channel": "email"},
    Entity.FLOWS: {"trigger": "List", "status": "live"},
}


@pytest.mark.parametrize("entity", list(FIRST))
def test_created_found_updated_and_deleted(store: Store, entity: Entity) -> None:
    moment = {"created_at": EARLY, "updated_at": EARLY}
    with store.write() as session:
        entities.put(session, entity, A, "x", FIRST[entity] | moment)
        entities.put(session, entity, B, "x", FIRST[entity])
    with store.read() as session:
        found = entities.by_id(session, entity, A, "x")
        assert found is not None
        assert found.items() >= (FIRST[entity] | moment).items()
        assert entities.find(session, entity, A, **ASKED[entity]) == [found]
        assert entities.find(session, entity, A, **dict.fromkeys(ASKED[entity], "else")) == []
        assert entities.by_id(session, entity, A, "y") is None

    with store.write() as session:
        entities.put(session, entity, A, "x", SECOND[entity] | {"created_at": LATE, "updated_at": LATE})
    with store.read() as session:
        found = entities.by_id(session, entity, A, "x")
        assert found is not None
        assert found.items() >= SECOND[entity].items()
        assert (found["created_at"], found["updated_at"]) == (EARLY, LATE), "when it was created stays"

    with store.write() as session:
        entities.delete(session, entity, A, "x")
    with store.read() as session:
        left = entities.by_id(session, entity, A, "x")
        if entity is Entity.PROFILES:
            assert left is None, "no event names it"
        assert left is None
        assert entities.by_id(session, entity, B, "x") is not None, "another account's is another one"


def event(value: str | None, at: datetime, metric: str = "m", profile: str = "p") -> dict[str, Any]:
    row = {"metric_id": metric, "profile_id": profile, "timestamp": at, "properties": {"$value": value}}
    return row | ({"value": Decimal(value)} if value else {})


def test_events_are_found_by_metric_profile_and_span_and_summed_up(store: Store) -> None:
    with store.write() as session:
        entities.put(session, Entity.EVENTS, A, "e1", event("10.10", EARLY))
        entities.put(session, Entity.EVENTS, A, "e2", event("0.20", LATE, profile="q"))
        entities.put(session, Entity.EVENTS, A, "e3", event(None, LATE, metric="n"))
        entities.put(session, Entity.EVENTS, B, "e1", event("99", EARLY))
    with store.read() as session:
        assert [row["id"] for row in entities.events(session, A)] == ["e2", "e3", "e1"]
        assert [row["id"] for row in entities.events(session, A, metric="m", count=1)] == ["e2"]
        assert [row["id"] for row in entities.events(session, A, profile="p", span=(EARLY, LATE))] == ["e1"]
        assert entities.event_totals(session, A) == [
            {
                "metric_id": "m", "count": 2, "sum_value": Decimal("10.30"), "min_value": Decimal("0.20"),
                "max_value": Decimal("10.10"), "value_count": 2,
            },
            {"metric_id": "n", "count": 1, "sum_value": 0, "min_value": None, "max_value": None, "value_count": 0},
        ]  # fmt: skip
        assert entities.event_totals(session, A, "m", (LATE, LATE)) == []


def test_a_changed_event_makes_both_of_its_days_due(store: Store) -> None:
    with store.write() as session:
        entities.put(session, Entity.EVENTS, A, "e1", event("10", EARLY))
        entities.put(session, Entity.EVENTS, A, "e1", event("12", LATE))
    with store.read() as session:
        found = entities.by_id(session, Entity.EVENTS, A, "e1")
        assert found is not None
        assert (found["value"], found["timestamp"], found["properties"]) == (Decimal("12.00"), LATE, {"$value": "12"})
        due = session.query_text("SELECT DISTINCT key FROM touched ORDER BY key", {})["key"].to_pylist()
    assert due == ["2026-03-01", "2026-03-02"]
    with store.write() as session:
        entities.delete(session, Entity.EVENTS, A, "e1")
    with store.read() as session:
        assert entities.events(session, A) == []


def test_of_a_profile_that_events_name_a_stub_stays(store: Store) -> None:
    with store.write() as session:
        entities.put(session, Entity.PROFILES, A, "p", FIRST[Entity.PROFILES])
        entities.put(session, Entity.EVENTS, A, "e1", event("10", EARLY))
        entities.delete(session, Entity.PROFILES, A, "p")
    with store.read() as session:
        stub = entities.by_id(session, Entity.PROFILES, A, "p")
    assert stub is not None
    assert (stub["email"], stub["phone_number"], stub["properties"]) == (None, None, None)


def test_buckets_of_a_metric(store: Store) -> None:
    plain = {"metric_id": "m", "bucket_size": "1 day", "avg_value": None, "min_value": None, "max_value": None}
    with store.write() as session:
        for at, count, total in ((EARLY, 2, "10.10"), (LATE, 1, "0.20"), (EARLY, 3, "11.10")):
            row = {"time_bucket": at, "count": count, "sum_value": Decimal(total), "value_count": count}
            entities.put_bucket(session, A, plain | row)
    with store.read() as session:
        found = entities.buckets(session, A, "m", "1 day")
        assert [(row["time_bucket"], row["count"], row["sum_value"]) for row in found] == [
            (EARLY, 3, Decimal("11.10")),
            (LATE, 1, Decimal("0.20")),
        ]
        together = entities.bucket_total(session, A, "m", "1 day")
        assert (together["count"], together["sum_value"]) == (4, Decimal("11.30"))
        assert entities.bucket_total(session, A, "m", "1 hour")["count"] == 0
    with store.write() as session:
        entities.delete_bucket(session, A, "m", EARLY, "1 day")
    with store.read() as session:
        assert len(entities.buckets(session, A, "m", "1 day")) == 1


def test_several_in_one_transaction_are_kept_together_or_not_at_all(store: Store) -> None:
    def fails() -> None:
        with store.write() as session:
            entities.put(session, Entity.METRICS, A, "m", FIRST[Entity.METRICS])
            entities.put(session, Entity.PROFILES, A, "p", FIRST[Entity.PROFILES])
            entities.put(session, Entity.METRICS, A, "n", {"name": None})

    with pytest.raises(StoreError):
        fails()
    with store.read() as session:
        assert entities.by_id(session, Entity.METRICS, A, "m") is None
        assert entities.by_id(session, Entity.PROFILES, A, "p") is None


def test_what_is_no_column_or_criterion_is_named(store: Store) -> None:
    with store.write() as session, pytest.raises(ValueError, match="metrics have the columns name, type"):
        entities.put(session, Entity.METRICS, A, "m", {"colour": "red"})
    with store.read() as session, pytest.raises(ValueError, match="profiles are found by email"):
        entities.find(session, Entity.PROFILES, A, colour="red")
