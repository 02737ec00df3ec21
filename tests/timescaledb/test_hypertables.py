"""With TimescaleDB the same tables give the same figures, and what makes them faster agrees with them."""

from __future__ import annotations

from typing import Any

import pytest

from data_access.migrate import drift, migrate
from data_access.stores import Stores
from tests.figures.literal import OPENED, Event, Ledger, placed
from tests.figures.test_two_stores import figures_of, first, second

HOURS = "SELECT metric_id, time_bucket, count, sum_value FROM {} WHERE klaviyo_public_id = '{}' {} ORDER BY 1, 2"


def told(stores: Stores, sql: str) -> list[dict[str, Any]]:
    with stores.operational.read() as session:
        return list(session.query_text(sql, {}).to_pylist())


def run(stores: Stores, sql: str) -> None:
    with stores.operational.write() as session:
        session.execute_text(sql)


def test_the_schema_is_whole_and_its_big_tables_are_hypertables(timescaledb: Stores) -> None:
    assert drift(timescaledb).clean
    assert migrate(timescaledb) == []
    found = told(
        timescaledb,
        "SELECT hypertable_name::text AS name, compression_enabled AS compressed"
        " FROM timescaledb_information.hypertables ORDER BY 1",
    )
    assert found == [
        {"name": name, "compressed": True}
        for name in (
            "fact_conversions",
            "fact_engagement",
            "fact_revenue",
            "klaviyo_aggregated_metrics",
            "klaviyo_events",
        )
    ]


def test_the_figures_are_those_of_the_embedded_engine(timescaledb: Stores, stores: Stores) -> None:
    beside, embedded = Ledger(timescaledb), Ledger(stores)
    for ledger in (beside, embedded):
        ledger.store()
        for load in (first, second):
            load(ledger)
            ledger.refresh()
    assert figures_of(beside) == figures_of(embedded)


def test_late_events_and_merges_reach_a_compressed_chunk(timescaledb: Stores, stores: Stores) -> None:
    beside, embedded = Ledger(timescaledb, "late"), Ledger(stores, "late")
    for ledger in (beside, embedded):
        ledger.store()
        first(ledger)
        ledger.refresh()
    run(timescaledb, "SELECT compress_chunk(c) FROM show_chunks('klaviyo_events') AS c")
    assert told(timescaledb, "SELECT count(*) AS n FROM timescaledb_information.chunks WHERE is_compressed")[0]["n"] > 0
    for ledger in (beside, embedded):
        second(ledger)
        ledger.load(Event("t", OPENED, "2025-05-01T08:00:00+02:00", profile="p2"))
        ledger.refresh()
    assert figures_of(beside) == figures_of(embedded)


def test_the_continuous_aggregate_agrees_with_the_table(timescaledb: Stores) -> None:
    ledger = Ledger(timescaledb, "hours")
    ledger.store()
    ledger.load(placed("A", "2025-05-03T12:10:00+02:00", 20), placed("B", "2025-05-03T12:50:00+02:00", 1))
    ledger.refresh()
    table = told(timescaledb, HOURS.format("klaviyo_aggregated_metrics", "hours", "AND bucket_size = '1 hour'"))
    assert [row["count"] for row in table] == [2]
    assert told(timescaledb, HOURS.format("klaviyo_events_hourly", "hours", "")) == table


def test_retention_notes_first_that_events_are_gone(timescaledb: Stores) -> None:
    ledger = Ledger(timescaledb, "old")
    ledger.store()
    ledger.load(placed("A", "2019-05-03T12:10:00+02:00", 20))
    run(timescaledb, "SELECT set_timescaledb_retention(12, 24)")
    (job,) = told(
        timescaledb,
        "SELECT job_id, config->>'months' AS months FROM timescaledb_information.jobs"
        " WHERE proc_name = 'drop_expired_events'",
    )
    assert job["months"] == "12"
    with timescaledb.operational.unbundled() as session:  # type: ignore[attr-defined]
        session.execute_text(f"CALL run_job({job['job_id']})")
    assert ledger.rows("klaviyo_events") == []
    (horizon,) = ledger.rows("retention_horizons")
    age = told(timescaledb, f"SELECT now() - interval '12 months' >= '{horizon['horizon']}' AS whole")
    assert age == [{"whole": True}]
    run(timescaledb, "SELECT set_timescaledb_retention(0, 0)")
    policies = told(
        timescaledb,
        "SELECT count(*) AS n FROM timescaledb_information.jobs"
        " WHERE proc_name IN ('drop_expired_events', 'policy_retention')",
    )
    assert policies == [{"n": 0}]


@pytest.mark.parametrize("table", ["klaviyo_events", "klaviyo_aggregated_metrics"])
def test_a_key_still_keeps_a_row_from_coming_twice(timescaledb: Stores, table: str) -> None:
    keys = told(
        timescaledb,
        f"SELECT count(*) AS n FROM pg_index WHERE indrelid = '{table}'::regclass AND indisunique AND indisprimary",
    )
    assert keys == [{"n": 1}]
