-- purpose: events of a metric or a profile within a span, newest first
-- grain: one row an event
-- params: account String, metric Nullable(String), profile Nullable(String), start DateTime64(6)
-- params: , end DateTime64(6), count Int64
SELECT
    id, metric_id, profile_id, timestamp, value, CAST(properties AS VARCHAR) AS properties,
    CAST(raw_data AS VARCHAR) AS raw_data
FROM klaviyo_events
WHERE klaviyo_public_id = :account AND timestamp >= :start AND timestamp < :end
    AND (CAST(:metric AS VARCHAR) IS NULL OR metric_id = CAST(:metric AS VARCHAR))
    AND (CAST(:profile AS VARCHAR) IS NULL OR profile_id = CAST(:profile AS VARCHAR))
ORDER BY timestamp DESC, id
LIMIT :count
