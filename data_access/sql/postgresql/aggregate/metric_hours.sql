-- purpose: rebuilds the hourly buckets of every metric for the UTC days of touched_utc_days
-- grain: one row a metric and UTC hour with an event
-- params: account String, range_start DateTime64(6), range_end DateTime64(6)
DELETE FROM klaviyo_aggregated_metrics
WHERE klaviyo_public_id = :account AND bucket_size = '1 hour'
    AND time_bucket >= :range_start AND time_bucket < :range_end
    AND CAST(time_bucket AT TIME ZONE 'UTC' AS DATE) IN (SELECT date FROM touched_utc_days)
-- @next
INSERT INTO klaviyo_aggregated_metrics (
    klaviyo_public_id, metric_id, time_bucket, bucket_size, count, sum_value, min_value, max_value, avg_value, value_count
)
SELECT
    :account, metric_id, hour AT TIME ZONE 'UTC', '1 hour', events, total, least_value, most_value,
    CASE WHEN valued > 0 THEN sign(total)
        * div(2 * abs(total) * 100 + valued, 2 * valued) * 0.01 END,
    valued
FROM (
    SELECT
        metric_id, date_trunc('hour', timestamp AT TIME ZONE 'UTC') AS hour, count(*) AS events,
        coalesce(sum(value), 0) AS total, min(value) AS least_value, max(value) AS most_value, count(value) AS valued
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND timestamp >= :range_start AND timestamp < :range_end
    GROUP BY metric_id, date_trunc('hour', timestamp AT TIME ZONE 'UTC')
) AS hours
WHERE CAST(hour AS DATE) IN (SELECT date FROM touched_utc_days)
