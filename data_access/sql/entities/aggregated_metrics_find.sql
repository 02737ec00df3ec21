-- purpose: buckets of one size of a metric within a span
-- grain: one row a bucket
-- params: account String, metric String, bucket_size String, start DateTime64(6), end DateTime64(6)
SELECT metric_id, time_bucket, bucket_size, count, sum_value, min_value, max_value, avg_value, value_count
FROM klaviyo_aggregated_metrics
WHERE klaviyo_public_id = :account AND metric_id = :metric AND bucket_size = :bucket_size
    AND time_bucket >= :start AND time_bucket < :end
ORDER BY time_bucket
