"""The operational store has the same tables and columns on every engine, and on PostgreSQL what only it can hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest

from settings import PROJECT_ROOT
from tests.postgresql_servers import Server

KINDS = {
    "VARCHAR": "character varying", "VARCHAR[]": "text[]", "JSON": "jsonb", "BOOLEAN": "boolean", "DATE": "date",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone", "UUID": "uuid", "DOUBLE": "double precision",
    "INTEGER": "integer", "BIGINT": "bigint", "HUGEINT": "numeric",
}  # fmt: skip
OWN_TO_POSTGRESQL = {"sales_daily_summary_stored", "sales_daily_summary_changed", "login_accounts"}
INDEXES = {
    "idx_raw_api_responses_endpoint_timestamp", "idx_klaviyo_metrics_name", "idx_klaviyo_events_metric_timestamp",
    "idx_fact_revenue_channel_date", "idx_fact_engagement_metric_date", "idx_forecast_predictions_model_date",
    "idx_klaviyo_events_profile_timestamp", "idx_klaviyo_profiles_email", "idx_klaviyo_profiles_phone",
    "idx_sales_date", "idx_sales_channel", "idx_sales_department", "idx_sales_promo", "idx_sales_date_channel",
    "idx_sales_date_department", "idx_scenarios_date_range", "idx_scenarios_type", "idx_scenarios_created_at",
    "idx_kpis_scenario", "idx_kpis_period", "idx_validation_status", "idx_validation_scenario",
    "idx_postmortem_scenario", "idx_postmortem_period", "idx_creative_scenario", "idx_uplift_department",
    "idx_uplift_channel", "idx_uplift_version", "idx_jobs_status", "idx_jobs_created_at", "idx_targets_month",
    "idx_targets_geo", "idx_promo_dates", "idx_promo_departments", "idx_promo_source_file",
}  # fmt: skip
Columns = dict[str, list[tuple[str, str, bool]]]


@pytest.fixture(scope="module")
def connection(postgres: Server, postgres_template: str) -> Iterator[psycopg.Connection]:
    name = postgres.create(postgres_template)
    with psycopg.connect(host=str(postgres.folder), user="postgres", dbname=name) as opened:
        yield opened
    postgres.drop(name)


@pytest.fixture(scope="module")
def embedded(migrated_file: Path) -> Columns:
    """Table → (column, kind as PostgreSQL calls it, whether it may be empty), less the warehouse's tables."""
    found: Columns = {}
    with duckdb.connect(str(migrated_file), read_only=True) as opened:
        warehouse = {
            row[0]
            for path in (PROJECT_ROOT / "migrations/warehouse/duckdb").glob("*.sql")
            for row in duckdb.sql(
                "SELECT unnest(regexp_extract_all(content, 'CREATE (?:TABLE|VIEW) (\\w+)', 1)) FROM read_text(?)",
                params=[str(path)],
            ).fetchall()
        }
        rows = opened.execute(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'main' ORDER BY table_name, ordinal_position"
        ).fetchall()
        views = {row[0] for row in opened.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall()}
    for table, column, kind, empty in rows:
        if table not in warehouse:
            kind = kind.lower().replace("decimal", "numeric") if kind.startswith("DECIMAL") else KINDS[kind]
            found.setdefault(table, []).append((column, kind, table in views or empty == "YES"))
    return found


def test_tables_and_columns_are_the_same(embedded: Columns, connection: psycopg.Connection) -> None:
    rows = connection.execute(
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), c.relkind = 'v' OR NOT a.attnotnull"
        " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition"
        " AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
    ).fetchall()
    found: Columns = {}
    for table, column, kind, empty in rows:
        if table not in OWN_TO_POSTGRESQL:
            found.setdefault(table, []).append((column, kind, empty))
    assert sorted(found) == sorted(embedded)
    views = {"sales_daily_summary", "scenario_comparison_view"}
    for table, columns in embedded.items():
        if table in views:  # a sum's width is each engine's own
            assert [name for name, _, _ in found[table]] == [name for name, _, _ in columns]
        else:
            assert found[table] == columns, table


def test_the_indexes_of_the_design_are_there(connection: psycopg.Connection) -> None:
    rows = connection.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'").fetchall()
    found = dict(rows)
    assert found.keys() >= INDEXES
    assert found["idx_klaviyo_events_metric_timestamp"].endswith('(metric_id, "timestamp" DESC)')
    assert "gin" in found["idx_promo_departments"]


def test_texts_are_ordered_by_their_bytes(connection: psycopg.Connection) -> None:
    """Where two rows tie, every engine must choose the same one."""
    loose = connection.execute(
        "SELECT c.relname || '.' || a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " JOIN pg_collation l ON l.oid = a.attcollation WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND l.collname <> 'C'"
        " AND c.relname <> 'schema_migrations'"
    ).fetchall()
    assert loose == []


def test_sales_of_a_month_stand_in_a_partition_of_it(migrated_postgres_url: str) -> None:
    with psycopg.connect(migrated_postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO sales_aggregated (date, channel, department, sales_value, margin_value, units) VALUES"
            " ('2031-05-01', 'online', 'TV', 100, 25, 1), ('2031-05-31', 'online', 'TV', 10, 2, 1),"
            " ('2031-06-01', 'online', 'TV', 1, 0, 1)"
        )
        place = "SELECT tableoid::regclass::text, count(*) FROM sales_aggregated GROUP BY 1 ORDER BY 1"
        assert connection.execute(place).fetchall() == [("sales_aggregated_rest", 3)]
        assert connection.execute("SELECT sales_partitions('2031-05-10', '2031-05-11')").fetchone() == (1,)
        assert connection.execute("SELECT sales_partitions('2031-05-10', '2031-05-11')").fetchone() == (0,)
        assert connection.execute(place).fetchall() == [("sales_aggregated_2031_05", 2), ("sales_aggregated_rest", 1)]
        assert connection.execute("SELECT sum(sales_value), max(margin_pct) FROM sales_aggregated").fetchone() == (
            111,
            25,
        )


def test_the_stored_daily_summary_never_tells_yesterdays_sums(migrated_postgres_url: str) -> None:
    with psycopg.connect(migrated_postgres_url.replace("+psycopg", ""), autocommit=True) as connection:

        def summary() -> list[tuple[str, int, int]]:
            return connection.execute(
                "SELECT date::text, total_sales_value::int, total_units::int FROM sales_daily_summary ORDER BY date"
            ).fetchall()

        def waiting() -> int:
            return connection.execute("SELECT count(*) FROM sales_daily_summary_changed").fetchone()[0]  # type: ignore[index]

        add = (
            "INSERT INTO sales_aggregated (date, channel, department, sales_value, margin_value, units)"
            " VALUES (%s, 'online', %s, %s, 0, 1)"
        )
        connection.execute(add, ["2024-10-01", "TV", 100])
        connection.execute(add, ["2024-10-02", "TV", 7])
        assert summary() == [("2024-10-01", 100, 1), ("2024-10-02", 7, 1)]
        assert waiting() == 2
        connection.execute("SELECT refresh_sales_daily_summary()")
        assert waiting() == 0
        assert summary() == [("2024-10-01", 100, 1), ("2024-10-02", 7, 1)]
        connection.execute(add, ["2024-10-01", "Toys", 50])
        connection.execute("UPDATE sales_aggregated SET date = '2024-10-03' WHERE sales_value = 7")
        assert summary() == [("2024-10-01", 150, 2), ("2024-10-03", 7, 1)]
        connection.execute("DELETE FROM sales_aggregated WHERE department = 'Toys'")
        assert summary() == [("2024-10-01", 100, 1), ("2024-10-03", 7, 1)]
        connection.execute("SELECT refresh_sales_daily_summary()")
        connection.execute("TRUNCATE sales_aggregated")
        assert summary() == []


def test_a_change_gets_its_moment_unless_it_names_one(migrated_postgres_url: str) -> None:
    with psycopg.connect(migrated_postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO targets (month, geo, sales_value_target, margin_pct_target, updated_at)"
            " VALUES ('2026-10', 'DE', 1, 1, '2020-01-01 00:00:00+00')"
        )
        connection.execute("UPDATE targets SET units_target = 5")
        assert connection.execute("SELECT updated_at > '2025-01-01' FROM targets").fetchone() == (True,)
        connection.execute("UPDATE targets SET updated_at = '2021-01-01 00:00:00+00'")
        assert connection.execute("SELECT extract(year FROM updated_at)::int FROM targets").fetchone() == (2021,)
