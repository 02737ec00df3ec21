-- purpose: deletes a bucket of a metric
-- grain: one row a bucket
-- params: account String, metric_id String, time_bucket DateTime64(6), bucket_size String
DELETE FROM klaviyo_aggregated_metrics
WHERE klaviyo_public_id = :account AND metric_id = :metric_id AND bucket_size = :bucket_size
    AND time_bucket = :time_bucket
