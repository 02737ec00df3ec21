-- purpose: one event of the account
-- grain: one row an event
-- params: account String, id String
SELECT
    id, metric_id, profile_id, timestamp, value, CAST(properties AS VARCHAR) AS properties,
    CAST(raw_data AS VARCHAR) AS raw_data
FROM klaviyo_events WHERE klaviyo_public_id = :account AND id = :id
