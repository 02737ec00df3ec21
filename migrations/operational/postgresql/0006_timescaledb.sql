-- Where TimescaleDB is: hypertables, compression and a continuous aggregate. Without it nothing changes, and the same
-- tables give the same answers; `SELECT enable_timescaledb()` makes up for it once the extension has been installed.

CREATE FUNCTION enable_timescaledb() RETURNS TEXT
LANGUAGE plpgsql AS $$
DECLARE
    place RECORD;
BEGIN
    -- The extension ends a session that creates it on a server which has not loaded it at its start.
    IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'timescaledb') THEN
        IF current_setting('shared_preload_libraries') !~ 'timescaledb' THEN
            RETURN 'TimescaleDB is not loaded by this server: plain tables';
        END IF;
        BEGIN
            CREATE EXTENSION timescaledb;
        EXCEPTION WHEN insufficient_privilege OR undefined_file THEN
            RETURN 'TimescaleDB may not be created by this user: plain tables';
        END;
    END IF;
    FOR place IN
        SELECT * FROM (VALUES
            ('klaviyo_events', 'timestamp', interval '1 month', 'klaviyo_public_id, metric_id', 'timestamp DESC, id'),
            ('klaviyo_aggregated_metrics', 'time_bucket', interval '3 months',
                'klaviyo_public_id, metric_id, bucket_size', 'time_bucket DESC'),
            ('fact_revenue', 'date', interval '1 year', 'klaviyo_public_id', 'date DESC, channel'),
            ('fact_engagement', 'date', interval '1 year', 'klaviyo_public_id', 'date DESC, channel, metric_type'),
            ('fact_conversions', 'date', interval '1 year', 'klaviyo_public_id', 'date DESC, source_type, source_id')
        ) AS p (table_name, time_column, chunk, segment_by, order_by)
    LOOP
        EXECUTE format(
            'SELECT create_hypertable(%L, %L, chunk_time_interval => %L::interval, migrate_data => true, '
            'if_not_exists => true)', place.table_name, place.time_column, place.chunk
        );
        -- Compression and continuous aggregates are not in every build of the extension.
        BEGIN
            EXECUTE format(
                'ALTER TABLE %I SET (timescaledb.compress, timescaledb.compress_segmentby = %L, '
                'timescaledb.compress_orderby = %L)', place.table_name, place.segment_by, place.order_by
            );
            EXECUTE format(
                'SELECT add_compression_policy(%L, %L::interval, if_not_exists => true)',
                place.table_name, place.chunk * 3
            );
        EXCEPTION WHEN feature_not_supported OR undefined_function THEN
            NULL;
        END;
    END LOOP;
    BEGIN
        IF to_regclass('klaviyo_events_hourly') IS NULL THEN
            EXECUTE
                'CREATE MATERIALIZED VIEW klaviyo_events_hourly '
                'WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS '
                'SELECT klaviyo_public_id, metric_id, time_bucket(interval ''1 hour'', timestamp) AS time_bucket, '
                'count(*) AS count, sum(value) AS sum_value, min(value) AS min_value, max(value) AS max_value, '
                'count(value) AS value_count '
                'FROM klaviyo_events GROUP BY klaviyo_public_id, metric_id, time_bucket(interval ''1 hour'', timestamp) '
                'WITH NO DATA';
            EXECUTE
                'SELECT add_continuous_aggregate_policy(''klaviyo_events_hourly'', start_offset => interval ''30 days'', '
                'end_offset => interval ''1 hour'', schedule_interval => interval ''15 minutes'', if_not_exists => true)';
        END IF;
    EXCEPTION WHEN feature_not_supported OR undefined_function OR invalid_parameter_value THEN
        RETURN 'TimescaleDB: hypertables only';
    END;
    RETURN 'TimescaleDB: hypertables, compression, continuous aggregate';
END
$$;

-- Removes events from before the horizon by whole chunks, and notes first that they are gone: figures made of them are
-- frozen. The job's configuration names the months; run by TimescaleDB's scheduler, or by hand with run_job.
CREATE PROCEDURE drop_expired_events(job_id INTEGER, config JSONB)
LANGUAGE plpgsql AS $$
DECLARE
    expired TIMESTAMPTZ := date_trunc('day', now()) - make_interval(months => (config ->> 'months')::integer);
BEGIN
    INSERT INTO retention_horizons (klaviyo_public_id, horizon)
    SELECT klaviyo_public_id, expired FROM stores WHERE klaviyo_public_id IS NOT NULL
    ON CONFLICT (klaviyo_public_id) DO UPDATE
    SET horizon = greatest(excluded.horizon, retention_horizons.horizon), updated_at = now();
    EXECUTE format('SELECT drop_chunks(%L, older_than => %L::timestamptz)', 'klaviyo_events', expired);
END
$$;

-- The retention policies: months that events and aggregated metrics are kept, 0 = for ever.
CREATE FUNCTION set_timescaledb_retention(events_months INTEGER, aggregated_months INTEGER) RETURNS VOID
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'timescaledb') THEN
        RETURN;
    END IF;
    EXECUTE 'SELECT delete_job(job_id) FROM timescaledb_information.jobs WHERE proc_name = ''drop_expired_events''';
    EXECUTE 'SELECT remove_retention_policy(''klaviyo_aggregated_metrics'', if_exists => true)';
    IF events_months > 0 THEN
        EXECUTE format(
            'SELECT add_job(''drop_expired_events'', interval ''1 day'', config => %L)',
            jsonb_build_object('months', events_months)
        );
    END IF;
    IF aggregated_months > 0 THEN
        EXECUTE format(
            'SELECT add_retention_policy(''klaviyo_aggregated_metrics'', make_interval(months => %s))', aggregated_months
        );
    END IF;
END
$$;

SELECT enable_timescaledb();
