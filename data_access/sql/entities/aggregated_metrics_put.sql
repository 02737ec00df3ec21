-- purpose: creates a bucket of a metric, or updates it
-- grain: one row a bucket
-- params: account String, metric_id String, time_bucket DateTime64(6), bucket_size String, count Int64
-- params: , sum_value Decimal(18,2), min_value Nullable(Decimal(18,2)), max_value Nullable(Decimal(18,2))
-- params: , avg_value Nullable(Decimal(18,2)), value_count Int64
UPDATE klaviyo_aggregated_metrics SET
    count = CAST(:count AS BIGINT), sum_value = CAST(:sum_value AS DECIMAL(18, 2)), min_value = CAST(:min_value AS
    DECIMAL(18, 2)), max_value = CAST(:max_value AS DECIMAL(18, 2)), avg_value = CAST(:avg_value AS DECIMAL(18, 2)),
    value_count = CAST(:value_count AS BIGINT)
WHERE klaviyo_public_id = :account AND metric_id = :metric_id AND bucket_size = :bucket_size
    AND time_bucket = :time_bucket
-- @next
INSERT INTO klaviyo_aggregated_metrics
    (klaviyo_public_id, metric_id, time_bucket, bucket_size, count, sum_value, min_value, max_value, avg_value,
    value_count)
SELECT
    :account, :metric_id, CAST(:time_bucket AS TIMESTAMPTZ), :bucket_size, CAST(:count AS BIGINT), CAST(:sum_value
    AS DECIMAL(18, 2)), CAST(:min_value AS DECIMAL(18, 2)), CAST(:max_value AS DECIMAL(18, 2)), CAST(:avg_value AS
    DECIMAL(18, 2)), CAST(:value_count AS BIGINT)
WHERE NOT EXISTS (
    SELECT 1 FROM klaviyo_aggregated_metrics
    WHERE klaviyo_public_id = :account AND metric_id = :metric_id AND bucket_size = :bucket_size
    AND time_bucket = :time_bucket
)
