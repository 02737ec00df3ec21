-- purpose: takes in the batch's new events; an event that is there already stays as it is
-- grain: one row an event
-- params: account String
INSERT INTO klaviyo_events
    (klaviyo_public_id, id, metric_id, profile_id, timestamp, value, properties, raw_data, ingest_seq)
SELECT
    :account, s.id, s.metric_id, s.profile_id, s.timestamp, s.value, CAST(s.properties AS JSON), CAST(s.raw_data AS JSON), nextval('ingest_seq')
FROM arriving_events AS s
WHERE NOT EXISTS (SELECT 1 FROM known_events AS k WHERE k.id = s.id)
