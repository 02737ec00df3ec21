-- TimescaleDB's retention policy leaves events alone whose figures are not in place yet.

-- Removes events from before the horizon by whole chunks, and notes first that they are gone: figures made of them are
-- frozen. Chunks hold the events of all accounts: as long as one account's old events were not read to their end, or
-- wait for their orders and figures to be made, none goes, and the next run looks again. The job's configuration names
-- the months; run by TimescaleDB's scheduler, or by hand with run_job.
CREATE OR REPLACE PROCEDURE drop_expired_events(job_id INTEGER, config JSONB)
LANGUAGE plpgsql AS $$
DECLARE
    expired TIMESTAMPTZ := date_trunc('day', now()) - make_interval(months => (config ->> 'months')::integer);
    waiting VARCHAR;
BEGIN
    SELECT a.klaviyo_public_id INTO waiting
    FROM (SELECT DISTINCT klaviyo_public_id FROM klaviyo_events WHERE timestamp < expired) AS a
    WHERE NOT EXISTS (
            SELECT 1 FROM sync_cursors AS c
            WHERE c.klaviyo_public_id = a.klaviyo_public_id AND c.resource = 'events' AND c."partition" = ''
                AND c.watermark IS NOT NULL
        )
        OR EXISTS (SELECT 1 FROM touched AS t WHERE t.klaviyo_public_id = a.klaviyo_public_id)
        OR EXISTS (
            SELECT 1 FROM klaviyo_events AS e
            WHERE e.klaviyo_public_id = a.klaviyo_public_id AND e.ingest_seq > (
                SELECT coalesce(max(w.ingest_seq), 0) FROM projection_watermarks AS w
                WHERE w.klaviyo_public_id = a.klaviyo_public_id AND w.projection = 'orders'
            )
        )
    LIMIT 1;
    IF waiting IS NOT NULL THEN
        RAISE NOTICE 'No event was removed: figures of % are not in place yet', waiting;
        RETURN;
    END IF;
    -- An account that was never read to its end has its old events still to come: it has no horizon.
    INSERT INTO retention_horizons (klaviyo_public_id, horizon)
    SELECT s.klaviyo_public_id, expired
    FROM stores AS s
    WHERE EXISTS (
        SELECT 1 FROM sync_cursors AS c
        WHERE c.klaviyo_public_id = s.klaviyo_public_id AND c.resource = 'events' AND c."partition" = ''
            AND c.watermark IS NOT NULL
    )
    ON CONFLICT (klaviyo_public_id) DO UPDATE
    SET horizon = greatest(excluded.horizon, retention_horizons.horizon), updated_at = now();
    EXECUTE format('SELECT drop_chunks(%L, older_than => %L::timestamptz)', 'klaviyo_events', expired);
END
$$;
