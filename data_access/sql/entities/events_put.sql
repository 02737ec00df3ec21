-- purpose: creates an event, or updates it at its place in time; its day is due again, and it joins the feed anew
-- grain: one row an event
-- params: account String, id String, metric_id String, profile_id String, timestamp DateTime64(6)
-- params: , value Nullable(Decimal(18,2)), properties String, raw_data String
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'day', CAST(CAST(timestamp AT TIME ZONE 'UTC' AS DATE) AS VARCHAR), nextval('ingest_seq')
FROM klaviyo_events WHERE klaviyo_public_id = :account AND id = :id
-- @next
UPDATE klaviyo_events SET
    metric_id = :metric_id, profile_id = :profile_id, timestamp = :timestamp, value = CAST(:value AS DECIMAL(18, 2)),
    properties = CAST(:properties AS JSON), raw_data = CAST(:raw_data AS JSON), ingest_seq = nextval('ingest_seq')
WHERE klaviyo_public_id = :account AND id = :id
-- @next
INSERT INTO klaviyo_events
    (klaviyo_public_id, id, metric_id, profile_id, timestamp, value, properties, raw_data, ingest_seq)
SELECT
    :account, :id, :metric_id, :profile_id, CAST(:timestamp AS TIMESTAMPTZ), CAST(:value AS DECIMAL(18, 2)),
    CAST(:properties AS JSON), CAST(:raw_data AS JSON), nextval('ingest_seq')
WHERE NOT EXISTS (SELECT 1 FROM klaviyo_events WHERE klaviyo_public_id = :account AND id = :id)
-- @next
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'day', CAST(CAST(timestamp AT TIME ZONE 'UTC' AS DATE) AS VARCHAR), nextval('ingest_seq')
FROM klaviyo_events WHERE klaviyo_public_id = :account AND id = :id
