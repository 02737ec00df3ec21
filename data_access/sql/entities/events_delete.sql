-- purpose: deletes an event; its day is due again
-- grain: one row an event
-- params: account String, id String
INSERT INTO touched (klaviyo_public_id, dataset, kind, key, seq)
SELECT :account, 'events', 'day', CAST(CAST(timestamp AT TIME ZONE 'UTC' AS DATE) AS VARCHAR), nextval('ingest_seq')
FROM klaviyo_events WHERE klaviyo_public_id = :account AND id = :id
-- @next
DELETE FROM klaviyo_events WHERE klaviyo_public_id = :account AND id = :id
