-- purpose: a metric's buckets of one size within a span, together; the average is weighted by the values
-- grain: one row
-- params: account String, metric String, bucket_size String, start DateTime64(6), end DateTime64(6)
SELECT
    CAST(coalesce(sum(count), 0) AS BIGINT) AS count, coalesce(sum(sum_value), 0) AS sum_value,
    min(min_value) AS min_value, max(max_value) AS max_value, CAST(coalesce(sum(value_count), 0) AS BIGINT) AS value_count
FROM klaviyo_aggregated_metrics
WHERE klaviyo_public_id = :account AND metric_id = :metric AND bucket_size = :bucket_size
    AND time_bucket >= :start AND time_bucket < :end
