"""With TimescaleDB the same tables give the same figures, and what makes them faster agrees with them."""

from __future__ import annotations

from typing import Any

import pytest

from data_access import roles
from data_access.engines.base import Part
from data_access.engines.postgresql import PostgreSQLStore
from data_access.errors import StatementRefused
from data_access.migrate import drift, migrate
from data_access.scope import Right, granted
from data_access.scoped import scoped_read
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
    run(timescaledb, "DELETE FROM touched; DELETE FROM klaviyo_events")
    ledger, coming = Ledger(timescaledb, "old"), Ledger(timescaledb, "coming")
    ledger.store()
    coming.store()
    ledger.load(placed("A", "2019-05-03T12:10:00+02:00", 20))
    with timescaledb.operational.write() as session:
        session.execute("operations/policies_set", events_months=12, aggregated_months=24)
    (job,) = told(
        timescaledb,
        "SELECT job_id, config->>'months' AS months FROM timescaledb_information.jobs"
        " WHERE proc_name = 'drop_expired_events'",
    )
    assert job["months"] == "12"

    def left() -> int:
        with timescaledb.operational.unbundled() as session:  # type: ignore[attr-defined]
            session.execute_text(f"CALL run_job({job['job_id']})")
        return len(ledger.rows("klaviyo_events"))

    # Its order is not in the warehouse yet; then more of its events may come; then it was read to its end.
    assert left() == 1
    ledger.refresh()
    assert left() == 1
    read_to_its_end = {"resource": "events", "watermark": "2026-01-15T11:00:00Z"}
    ledger.insert("sync_cursors", {"klaviyo_public_id": "old", **read_to_its_end})
    assert left() == 0
    assert len(ledger.rows("klaviyo_orders")) == 1
    (horizon,) = ledger.rows("retention_horizons")
    assert coming.rows("retention_horizons") == [], "its history is still to be read, and to be counted"
    age = told(timescaledb, f"SELECT now() - interval '12 months' >= '{horizon['horizon']}' AS whole")
    assert age == [{"whole": True}]
    run(timescaledb, "SELECT set_timescaledb_retention(0, 0)")
    policies = told(
        timescaledb,
        "SELECT count(*) AS n FROM timescaledb_information.jobs"
        " WHERE proc_name IN ('drop_expired_events', 'policy_retention')",
    )
    assert policies == [{"n": 0}]


def test_a_statement_may_change_as_many_compressed_rows_as_it_must(timescaledb: Stores) -> None:
    """A merge, or retention, changes more than the 100,000 that TimescaleDB permits by itself."""
    setting = "timescaledb.max_tuples_decompressed_per_dml_transaction"
    assert told(timescaledb, f"SELECT current_setting('{setting}') AS most") == [{"most": "0"}]


@pytest.mark.parametrize("table", ["klaviyo_events", "klaviyo_aggregated_metrics"])
def test_a_key_still_keeps_a_row_from_coming_twice(timescaledb: Stores, table: str) -> None:
    keys = told(
        timescaledb,
        f"SELECT count(*) AS n FROM pg_index WHERE indrelid = '{table}'::regclass AND indisunique AND indisprimary",
    )
    assert keys == [{"n": 1}]


def test_compressed_tables_are_guarded_by_a_view(timescaledb: Stores) -> None:
    """Row-level security is not permitted on them."""
    with timescaledb.operational.write() as session:
        for account in ("RoleA", "RoleB"):
            session.execute_text(
                "INSERT INTO klaviyo_metrics (klaviyo_public_id, id, name, created_at, updated_at)"
                f" VALUES ('{account}', 'm', 'Placed Order', now(), now())"
            )
            session.execute_text(
                "INSERT INTO klaviyo_events (klaviyo_public_id, id, metric_id, profile_id, timestamp, properties,"
                f" raw_data, ingest_seq) VALUES ('{account}', 'e', 'm', 'p', now(), '{{}}', '{{}}', 1)"
            )
    store = timescaledb.operational
    assert isinstance(store, PostgreSQLStore)
    roles.install(store, ["postgres"])
    store._engine.dispose()  # a connection knows what it may act as from its beginning
    with scoped_read(store, granted("vic", ["RoleA"], [Right.VIEW]), "RoleA") as session:
        assert [row["events"] for row in session.rows("read/accounts/metrics")] == [1]
    with store.read_as(Part.READER, "RoleA") as reading:
        assert reading.query_text("SELECT count(id) AS n FROM visible_klaviyo_events", {}).to_pylist() == [{"n": 1}]
    for refused in ("SELECT id FROM klaviyo_events", "SELECT properties FROM visible_klaviyo_events"):
        with pytest.raises(StatementRefused, match="lacks a right"), store.read_as(Part.READER, "RoleA") as reading:
            reading.query_text(refused, {})
