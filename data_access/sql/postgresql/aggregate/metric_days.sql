-- purpose: rebuilds the buckets of the account's days, then weeks and months from the days; stale_days are those that go
-- grain: one row a metric and bucket with an event; a bucket begins at the zone's midnight
-- params: account String, timezone String, range_start DateTime64(6), range_end DateTime64(6)
DELETE FROM klaviyo_aggregated_metrics
WHERE klaviyo_public_id = :account AND (
    (bucket_size = '1 day' AND time_bucket IN (SELECT day_start FROM stale_days))
    OR (bucket_size = '1 week' AND time_bucket IN (SELECT week_start FROM stale_days))
    OR (bucket_size = '1 month' AND time_bucket IN (SELECT month_start FROM stale_days))
)
-- @next
INSERT INTO klaviyo_aggregated_metrics (
    klaviyo_public_id, metric_id, time_bucket, bucket_size, count, sum_value, min_value, max_value, avg_value, value_count
)
SELECT
    :account, e.metric_id, d.day_start, '1 day', e.events, e.total, e.least_value, e.most_value,
    CASE WHEN valued > 0 THEN sign(total)
        * div(2 * abs(total) * 100 + valued, 2 * valued) * 0.01 END,
    valued
FROM (
    SELECT
        metric_id, CAST(timestamp AT TIME ZONE :timezone AS DATE) AS date, count(*) AS events,
        coalesce(sum(value), 0) AS total, min(value) AS least_value, max(value) AS most_value, count(value) AS valued
    FROM klaviyo_events
    WHERE klaviyo_public_id = :account AND timestamp >= :range_start AND timestamp < :range_end
    GROUP BY metric_id, CAST(timestamp AT TIME ZONE :timezone AS DATE)
) AS e
JOIN touched_days AS d ON d.date = e.date
-- @next
INSERT INTO klaviyo_aggregated_metrics (
    klaviyo_public_id, metric_id, time_bucket, bucket_size, count, sum_value, min_value, max_value, avg_value, value_count
)
SELECT
    :account, metric_id, time_bucket, bucket_size, events, total, least_value, most_value,
    CASE WHEN valued > 0 THEN sign(total)
        * div(2 * abs(total) * 100 + valued, 2 * valued) * 0.01 END,
    valued
FROM (
    SELECT
        m.metric_id, s.time_bucket, s.bucket_size, CAST(sum(m.count) AS BIGINT) AS events, sum(m.sum_value) AS total,
        min(m.min_value) AS least_value, max(m.max_value) AS most_value, CAST(sum(m.value_count) AS BIGINT) AS valued
    FROM bucket_days AS s
    JOIN klaviyo_aggregated_metrics AS m
        ON m.klaviyo_public_id = :account AND m.bucket_size = '1 day' AND m.time_bucket = s.day_start
    GROUP BY m.metric_id, s.time_bucket, s.bucket_size
) AS buckets
