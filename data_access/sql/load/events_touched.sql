-- purpose: the UTC days on which new events fall
-- grain: one row a day
-- params: account String
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'day', day, nextval('ingest_seq')
FROM (
    SELECT DISTINCT CAST(CAST(s.timestamp AT TIME ZONE 'UTC' AS DATE) AS VARCHAR) AS day
    FROM (SELECT id, timestamp FROM arriving_events) AS s
    WHERE NOT EXISTS (SELECT 1 FROM known_events AS k WHERE k.id = s.id)
) AS days
