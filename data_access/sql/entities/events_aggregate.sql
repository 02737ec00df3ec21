-- purpose: number and values of events within a span, by metric
-- grain: one row a metric
-- params: account String, metric Nullable(String), start DateTime64(6), end DateTime64(6)
SELECT
    metric_id, count(*) AS count, coalesce(sum(value), 0) AS sum_value, min(value) AS min_value, max(value) AS max_value,
    count(value) AS value_count
FROM klaviyo_events
WHERE klaviyo_public_id = :account AND timestamp >= :start AND timestamp < :end
    AND (CAST(:metric AS VARCHAR) IS NULL OR metric_id = CAST(:metric AS VARCHAR))
GROUP BY metric_id
ORDER BY metric_id
